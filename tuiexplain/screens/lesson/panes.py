"""The panes of a lesson's screen: what is where, and what each of them draws."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from tuiexplain.commands import Place
from tuiexplain.course.bench import Refused
from tuiexplain.course.lab_words import sentence
from tuiexplain.course.languages import tr
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson import pictures, programs
from tuiexplain.screens.lesson.cards import cards, here, of_everything, of_the_event
from tuiexplain.screens.lesson.curves import curve
from tuiexplain.screens.lesson.desk import Desk, Side
from tuiexplain.screens.lesson.folding import is_large
from tuiexplain.screens.lesson.network import network
from tuiexplain.screens.lesson.words import words
from tuiexplain.screens.workplace import Workplace
from tuiexplain.trace.errors import TraceLost
from tuiexplain.views.board import board, two_boards
from tuiexplain.views.graph import graph, graph_height
from tuiexplain.views.picture import Picture
from tuiexplain.views.prose import fitted, page, prose
from tuiexplain.widgets.pane import Draw, Pane

if TYPE_CHECKING:
    from tuiexplain.screens.lesson.dashboard import View


ROOMY = 18
"""Lines of a board that shows the event's values above all the others."""
LEAST_GRAPH = 4
GRAPH_LINES = {(False, False): LEAST_GRAPH, (False, True): 7, (True, False): 12}
"""Most lines of the network's picture in a small, a medium and a large window."""


class LessonPanes(Workplace):
    """A lesson on the screen; the commands are added by the class that builds on this one."""

    PLACE: ClassVar[Place] = Place.LESSON

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.desk = Desk(session)
        self.desk.settle()
        self.scrolled = 0
        self.training = False
        self.hurry = False
        """Whether training goes as fast as it can from its first step."""
        self.turning: int | None = None
        self.playing: Timer | None = None
        self._network = Pane(self._guarded(self._graph), id="graph")
        self._laid_out: object = None
        self.speed = 1.0
        self.chosen = 0
        """Which of a run's pictures is on the board."""
        self.looking_at = 0
        """Which of its weights, and which layer's attention."""

    # -- panes -----------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Every pane there is; the style sheet chooses by size which are seen."""
        self.lay_out()  # before the panes are there: their styles are worked out once
        yield Pane(self._guarded(self._title), id="title")
        yield self._network
        with Container(id="body"):
            yield Pane(self._guarded(self._board), id="board")
            yield Pane(self._guarded(self._words), id="words")
            yield Pane(self._guarded(self._code), id="code")
            yield Pane(self._guarded(self._curve), id="curve")
            yield Pane(self._guarded(self._picture), id="picture")
        yield Pane(self._time, id="time")
        yield Pane(self._note, id="note")
        yield Pane(self._keys, id="keys")

    def say(self, key: str, **fields: object) -> None:
        """Show a text of the interface in the line for messages, until the next move."""
        self.message = tr(f"screen.{key}", self.language, **fields)

    def show(self) -> int:
        """Draw every pane again; return how many cells were sent."""
        self.desk.lost = None
        return super().show()

    def on_mount(self) -> None:
        """Play at the speed that was asked for."""
        self.speed = self.app.speed

    def lay_out(self) -> None:
        """Set the classes that the style sheet lays the panes out by."""
        width, height = self.app.size
        large = width >= 160 and height >= 44
        medium = not large and width >= 108 and height >= 34
        bench = self.session.bench
        pictured = bool(bench.part.spec.pictures)
        if self.desk.side is Side.PICTURE and not pictured:
            self.desk.turn_to(Side.WORDS)
        classes = {f"-{side}": self.desk.side is side for side in Side}
        classes |= {"-large": large, "-medium": medium, "-small": not large and not medium}
        unlearning = not bench.learns and self.session.watching is None
        still = unlearning and not pictured
        classes |= {"-pictured": pictured, "-still": still, "-unlearning": unlearning}
        self.update_classes(classes)
        if self._laid_out != (bench, large, medium):
            self._laid_out = (bench, large, medium)
            lines, most = LEAST_GRAPH, GRAPH_LINES[large, medium]
            if self.session.watching is None:
                with contextlib.suppress(TraceLost):  # the panes tell of it
                    # A folded network may have more rows at another step.
                    room = height if is_large(self.desk.trace) else most
                    lines = max(lines, graph_height(network(self.desk), room))
            self._network.styles.height = min(lines, most)

    # -- a run that is watched -------------------------------------------------------------------

    @property
    def view(self) -> View | None:
        """How the current part's run is shown; ``None`` where there is none, or a step is open."""
        rest = self.session.watching
        if rest is None:
            return None
        from tuiexplain.screens.lesson.dashboard import View

        return View(rest.lab, self.look, self.language, self.looking_at)

    def on_the_board(self, height: int) -> list[str]:
        """The pictures of the run that lie on a board of this height, the chosen one first."""
        from tuiexplain.screens.lesson.dashboard import fitting

        lab = self.session.bench.part.spec.lab
        assert lab is not None
        names = list(lab.pictures)
        if not self.has_class("-small"):
            # These two have panes of their own.
            names = [name for name in names if name not in ("curve", "samples")]
        at = self.chosen % len(names)
        return fitting([*names[at:], *names[:at]], height)

    def beside_the_board(self) -> str:
        """The picture of the run where the code stands otherwise: what it writes, if it writes."""
        lab = self.session.bench.part.spec.lab
        assert lab is not None
        if "samples" in lab.pictures:
            return "samples"
        shown = self.on_the_board(self.query_one("#board").content_size.height)
        rest = [name for name in lab.pictures if name not in (*shown, "curve")]
        return rest[0] if rest else shown[-1]

    def _guarded(self, draw: Draw) -> Draw:
        """``draw``, or the sentence that says why the numbers cannot be had any more."""

        def drawn(width: int, height: int) -> Picture:
            try:
                return draw(width, height)
            except TraceLost as lost:
                self.desk.lost = lost
                told = prose(sentence(lost, self.language), width, self.look, style=self.look.bad)
                return page(told, 0, width, height, self.look)

        return drawn

    # -- what each pane shows --------------------------------------------------------------------

    def _title(self, width: int, height: int) -> Picture:
        return pictures.title(self.desk, width, self.look, self.language)

    def _graph(self, width: int, height: int) -> Picture:
        if self.view is not None:
            return self.view.summary(width, height)
        return graph(network(self.desk), width, height, self.look)

    def _board(self, width: int, height: int) -> Picture:
        desk, look = self.desk, self.look
        if self.view is not None:
            return self.view.stack(self.on_the_board(height), width, height)
        more = tr("screen.more_cards", self.language)
        if height < ROOMY:
            return board(cards(desk), width, height, look, first=here(desk), more=more)
        heading = tr("screen.everything", self.language)
        upper, lower = of_the_event(desk), of_everything(desk)
        return two_boards(upper, lower, heading, width, height, look, more=more)

    def _words(self, width: int, height: int) -> Picture:
        if self.turning is not None:
            return pictures.dials(self.desk, self.turning, width, self.look, self.language)
        desk, look = self.desk, self.look
        whole = fitted(lambda wide: words(desk, wide, look, self.language), width, height)
        self.scrolled = max(0, min(self.scrolled, len(whole.strips) - height))
        return page(whole, self.scrolled, width, height, look)

    def _code(self, width: int, height: int) -> Picture:
        if self.view is not None:
            return self.view.draw(self.beside_the_board(), width, height)
        return programs.program(self.desk, width, height, self.look, self.language)

    def _curve(self, width: int, height: int) -> Picture:
        if self.view is not None:
            return self.view.draw("curve", width, height)
        return curve(self.desk, width, height, self.look, self.language)

    def _picture(self, width: int, height: int) -> Picture:
        from tuiexplain.screens.lesson.figures import figures

        return figures(self.desk, width, height, self.look, self.language)

    def _time(self, width: int, height: int) -> Picture:
        if self.view is not None:
            return self.view.progress(width)
        return pictures.time(self.desk, width, self.look, self.language)

    def _keys(self, width: int, height: int) -> Picture:
        here = self.session.watching
        first = "chat" if here is not None and here.answers else ""
        return pictures.footer(width, self.look, self.language, self.PLACE, first)

    # -- after a change --------------------------------------------------------------------------

    def moved(self) -> None:
        """The learner is somewhere else: put the cursor there and draw."""
        self.message = ""
        self.scrolled = 0
        self.desk.settle()
        self.lay_out()
        self.show()
        self.app.remember(self.session)

    def changed(self) -> None:
        """Numbers changed where the learner is: draw."""
        self.show()
        self.app.remember(self.session)

    def refused(self, refusal: Refused) -> None:
        """Say why something cannot be done."""
        told = {
            name: sentence(field, self.language) if isinstance(field, Exception) else field
            for name, field in refusal.fields.items()
        }
        self.say(refusal.key, **told)
        self.show()
