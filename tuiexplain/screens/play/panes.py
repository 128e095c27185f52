"""The panes of the playground: what is where, and what each of them draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual.app import ComposeResult
from textual.containers import Container

from tuiexplain.course.languages import tr
from tuiexplain.play.design import Design
from tuiexplain.play.play import Play
from tuiexplain.play.wording import notes_told, one_after_another, sentence
from tuiexplain.screens.play import sheets, surfaces
from tuiexplain.screens.play.curves import Lane, curve
from tuiexplain.screens.play.dials import Turn, turns
from tuiexplain.screens.play.network import network
from tuiexplain.screens.play.seeing import Seen
from tuiexplain.screens.play.standing import Focus, Side, Standing
from tuiexplain.screens.play.watching import Watched
from tuiexplain.screens.workplace import Workplace
from tuiexplain.views.picture import Picture
from tuiexplain.views.scrubber import Scrubber, scrubber
from tuiexplain.widgets.pane import Pane

if TYPE_CHECKING:
    from tuiexplain.play.errors import PlayError


OF_THE_RUN = ("title", "data", "curve", "score")
"""Panes that no key changes, only the run itself."""


class PlayPanes(Workplace):
    """The playground on the screen; the commands are added by the classes that build on this."""

    def __init__(self, play: Play) -> None:
        super().__init__()
        self.standing = Standing(play)
        self.watched = Watched()
        self.turning: int | None = None
        """The dial that is turned, while dials are."""
        self.training = False
        self.speed = 0.0
        """Training steps a second, as they were lately."""
        self._timed: tuple[Design, float] | None = None
        self._seen: Seen | None = None

    @property
    def play(self) -> Play:
        """The run that is played with."""
        return self.standing.play

    # -- panes -----------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Every pane there is; the style sheet chooses by size which are seen."""
        self.lay_out()  # before the panes are there: their styles are worked out once
        yield Pane(self._title, id="title")
        with Container(id="table"):
            with Container(id="left"):
                yield Pane(self._data, id="data")
                yield Pane(self._dials, id="dials")
            with Container(id="middle"):
                yield Pane(self._network, id="network")
                yield Pane(self._curve, id="curve")
            with Container(id="right"):
                yield Pane(self._output, id="output")
                yield Pane(self._unit, id="unit")
                yield Pane(self._score, id="score")
        yield Pane(self._time, id="time")
        yield Pane(self._note, id="note")
        yield Pane(self._keys, id="keys")

    def on_mount(self) -> None:
        """What was done to a table of the learner's own comes before the first keys."""
        if self.play.design.generated:
            self.say("welcome")
            return
        notes = notes_told(self.play.dataset.notes, self.language)
        said = [*([notes] if notes else []), tr("play.welcome_table", self.language)]
        self.message = one_after_another(said, self.language)

    def lay_out(self) -> None:
        """Set the classes that the style sheet lays the panes out by."""
        width, height = self.app.size
        large = width >= 160 and height >= 48
        medium = not large and width >= 108 and height >= 34
        side = self.standing.side
        classes = {f"-{each}": side is each for each in Side}
        classes |= {"-large": large, "-medium": medium, "-small": not large and not medium}
        classes["-listed"] = side in (Side.DATA, Side.DIALS)
        self.update_classes(classes)

    @property
    def seen(self) -> Seen:
        """The look at the run that the panes share; a new one for each frame."""
        if self._seen is None or self._seen.look is not self.look:
            self._seen = Seen(self.standing, self.look, self.language)
        return self._seen

    def show(self) -> int:
        """Draw every pane again; return how many cells were sent."""
        self._seen = None
        self.standing.settle()  # the network may be another than the one that was shown
        return super().show()

    def glance(self) -> int:
        """Draw what a key changes. While it trains, what the run changes waits for the next frame."""
        if not self.training or self._seen is None:
            return self.show()
        with self.app.batch_update():
            return sum(pane.redraw() for pane in self._panes if pane.id not in OF_THE_RUN)

    # -- what is said ----------------------------------------------------------------------------

    def say(self, key: str, **fields: object) -> None:
        """Show a text of the playground in the line for messages."""
        self.message = tr(f"play.{key}", self.language, **fields)

    def tell(self, key: str, **fields: object) -> None:
        """Say something, and draw."""
        self.say(key, **fields)
        self.glance()

    def refused(self, error: PlayError) -> None:
        """Say why something cannot be had."""
        self.message = sentence(error, self.language)
        self.show()

    @property
    def told(self) -> dict[str, float]:
        """The measures of the step that is shown."""
        return self.watched.at(self.play, self.play.at)

    # -- what each pane shows --------------------------------------------------------------------

    @property
    def full_speed(self) -> float:
        """Steps a second of one run of this design with nothing in its way; 0: not yet known."""
        design, speed = self._timed or (None, 0.0)
        return speed if design == self.play.design else 0.0

    @property
    def turns(self) -> list[Turn]:
        """The dials that there are."""
        return turns(self.standing)

    @property
    def lanes(self) -> list[Lane]:
        """The runs beside this one."""
        return []

    @property
    def own_name(self) -> str:
        """What this run is called among others."""
        return ""

    def _title(self, width: int, height: int) -> Picture:
        speed = self.speed if self.training else 0.0
        return sheets.title(self.seen, speed, self.told, width)

    def _data(self, width: int, height: int) -> Picture:
        return sheets.data(self.seen, width, height)

    def _dials(self, width: int, height: int) -> Picture:
        return sheets.dials(self.seen, self.turns, self.turning, width, height)

    def _network(self, width: int, height: int) -> Picture:
        return network(self.seen, width, height)

    def _curve(self, width: int, height: int) -> Picture:
        return curve(self.seen, self.watched, self.own_name, self.lanes, width, height)

    def _output(self, width: int, height: int) -> Picture:
        if not self.play.rivals:
            return surfaces.output(self.seen, width, height)
        run = self.play.run
        own = Lane(self.own_name, np.array(run.losses), self.play.steps_per_epoch)
        return surfaces.company(self.seen, [own, *self.lanes], width, height)

    def _unit(self, width: int, height: int) -> Picture:
        return surfaces.unit(self.seen, width, height)

    def _score(self, width: int, height: int) -> Picture:
        return sheets.score(self.seen, self.told, self.full_speed, (width, height), True)

    def _time(self, width: int, height: int) -> Picture:
        play = self.play
        label = f"{play.at:,}/{play.length:,}"
        spec = Scrubber(
            play.at,
            play.length,
            np.array(play.run.losses),
            tuple(segment.start for segment in play.segments[1:]),
            label,
            self.standing.focus is Focus.RUN,
        )
        return scrubber(spec, width, self.look)
