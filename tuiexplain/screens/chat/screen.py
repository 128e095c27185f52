"""The screen of a talk: questions and answers, and one token of the answer from inside."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.strip import Strip

from tuiexplain.commands import Place, bindings
from tuiexplain.course.lab_words import sentence
from tuiexplain.course.languages import tr
from tuiexplain.course.talk import Chat, Turn
from tuiexplain.screens.paned import Paned
from tuiexplain.views.answer import Answer, Looks, answer, looks
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.passage import passage
from tuiexplain.views.picture import Line, Picture, fill
from tuiexplain.views.prose import prose
from tuiexplain.views.text import width_of
from tuiexplain.widgets.pane import Pane
from tuiexplain.widgets.prompt import Prompt

LISTEN_EVERY = 0.05
"""Seconds between two looks at what was said."""
LEAST_INSIDE, LEAST_TALK = 14, 16
"""Lines of the inside of a token at least, and of all the rest in a larger window."""


class ChatScreen(Paned[None]):
    """Enter says something, ← and → choose a token of the answer, Esc leaves."""

    PLACE: ClassVar[Place] = Place.CHAT
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.CHAT)
    DEFAULT_CSS = """
    ChatScreen { layout: vertical; }
    ChatScreen #about { height: 2; }
    ChatScreen #note, ChatScreen #keys { height: 1; }
    ChatScreen #talk { height: 1fr; min-height: 3; padding: 0 1; }
    ChatScreen #said { height: 2; padding: 0 1; }
    ChatScreen #inside { height: 14; padding: 0 1; }
    ChatScreen #odds { width: 2fr; margin-right: 2; }
    ChatScreen #looks { width: 3fr; }
    """

    def __init__(self, chat: Chat) -> None:
        super().__init__()
        self.chat = chat
        self.top = 0
        """The first layer that is shown."""
        self._layers = 1

    def compose(self) -> ComposeResult:
        """What was said; the last answer token by token; one token from inside; a line to type in."""
        yield Pane(self._title, id="about")
        yield Pane(self._talk, id="talk")
        yield Pane(self._said, id="said")
        with Horizontal(id="inside"):
            yield Pane(self._odds, id="odds")
            yield Pane(self._looks, id="looks")
        yield Pane(self._note, id="note")
        yield Prompt(id="prompt")
        yield Pane(self._keys, id="keys")

    def on_mount(self) -> None:
        """Listen, and begin by asking."""
        self.set_interval(LISTEN_EVERY, self.listen)
        self.call_after_refresh(self.action_say)

    def on_unmount(self) -> None:
        """Nobody speaks any more."""
        self.chat.close()

    def lay_out(self) -> None:
        """The inside has a line for every head, if that leaves room for what was said."""
        turn, place = self.chat.last, self.chat.place
        if turn is not None and place is not None:
            layers, heads, _ = turn.said[place].shape
            most = max(LEAST_INSIDE, self.app.size.height - LEAST_TALK)
            lines = min(max(LEAST_INSIDE, layers * heads + 2), most)
            self.query_one("#inside").styles.height = lines

    def listen(self) -> None:
        """Take in what was said, and draw."""
        if not self.chat.poll():
            return
        self.hush()
        turn = self.chat.last
        if self.chat.trouble is not None:
            self.message = sentence(self.chat.trouble, self.language)
            self.query_one(Prompt).close()
        elif turn is not None and turn.cut:
            self.message = self._words("cut", count=turn.cut)
        elif turn is not None and turn.full:
            self.message = self._words("full")
        self.show()

    def _words(self, key: str, **fields: object) -> str:
        return tr(f"chat.{key}", self.language, **fields)

    # -- pictures --------------------------------------------------------------------------------

    def _title(self, width: int, height: int) -> Picture:
        look, present = self.look, self.chat.present
        line = Line(width).space(1)
        line.add(look.write(self._words("title", name=self.chat.name)), look.title, "…")
        below = Line(width).space(1)
        if present is None:
            below.add(look.write(self._words("starting")), look.muted)
            return Picture([line.strip(), below.strip()])
        told = self._words(
            "model",
            parameters=f"{present.parameters:,}",
            context=present.context,
            unit=self._words(f"unit_{present.unit}"),
        )
        line.add(look.write(f" · {told}"), look.muted, look.glyphs.ellipsis)
        key = "alone" if present.answers else "completes"
        below.add(look.write(self._words(key)), look.muted if present.answers else look.bad)
        return Picture([line.strip(), below.strip()])

    def _talk(self, width: int, height: int) -> Picture:
        """The last turns, as many as there is room for."""
        strips = [strip for turn in self.chat.turns for strip in self._turn(turn, width)]
        return Picture(fill(strips[-height:], width, height))

    def _turn(self, turn: Turn, width: int) -> list[Strip]:
        look = self.look
        lines: list[Strip] = []
        said = "".join(uttered.token for uttered in turn.said).rstrip("\n")
        waiting = look.glyphs.ellipsis if not turn.ended else ""
        for who, text, style in (
            ("you", turn.question, look.muted),
            ("it", said + waiting, look.text),
        ):
            name = look.write(self._words(who))
            room = max(1, width - width_of(name) - 2)
            for number, strip in enumerate(passage(text, room, 3, look, style)):
                line = Line(width).add(name if number == 0 else " " * width_of(name), look.name)
                lines.append(line.space(2).extend(strip).strip())
        return lines

    def _said(self, width: int, height: int) -> Picture:
        turn = self.chat.last
        if turn is None:
            return Picture([])
        odds = [float(uttered.rivals[0][1]) for uttered in turn.said]
        spec = Answer(turn.text, len(turn.tokens), odds, self.chat.place)
        return answer(spec, width, height, self.look)

    def _odds(self, width: int, height: int) -> Picture:
        """The likeliest tokens at the selected place."""
        look, turn, place = self.look, self.chat.last, self.chat.place
        if turn is None or place is None:
            return prose(self._words("nothing_yet"), width, look, style=look.muted)
        head = Line(width).add(look.write(self._words("odds")), look.muted, look.glyphs.ellipsis)
        rivals = turn.said[place].rivals
        names = [str(token).replace("\n", "/").replace(" ", "_") for token, _ in rivals]
        spec = Bars(names, [float(chance) for _, chance in rivals], selected=0, largest=1.0)
        drawn = bars(spec, width, min(height - 1, len(rivals)), look)
        return Picture(fill([head.strip(), *drawn.strips], width, height))

    def _looks(self, width: int, height: int) -> Picture:
        """Where each head looked when the selected token was said."""
        look, turn, place = self.look, self.chat.last, self.chat.place
        if turn is None or place is None:
            return Picture([])
        weights = turn.looked_at(place)
        if not weights.size:
            return prose(self._words("no_attention"), width, look, style=look.muted)
        self.top = min(self.top, len(weights) - 1)
        spec = Looks(weights, turn.text, self.top)
        strips, self._layers = looks(spec, width, height - 1, look)
        head = Line(width).add(
            look.write(self._words("attention")), look.muted, look.glyphs.ellipsis
        )
        if self._layers < len(weights):
            last = self.top + self._layers - 1
            told = self._words("layers", first=self.top, last=last, count=len(weights))
            head.add(look.write(f" · {told}"), look.faint, look.glyphs.ellipsis)
        return Picture([head.strip(), *strips])

    # -- commands --------------------------------------------------------------------------------

    def action_say(self) -> None:
        """Type something."""
        if self.chat.talker is not None:
            self.query_one(Prompt).ask(self._words("ask"), self._take)

    def _take(self, text: str) -> str | None:
        if not text.strip():
            return self._words("empty")
        self.chat.ask(text.strip())
        self.hush()
        self.show()
        return None

    def action_token(self, key: str) -> None:
        """The token before or after."""
        self.chat.go(-1 if key == "left" else 1)
        self.show()

    def action_layer(self, key: str) -> None:
        """Other layers."""
        turn, place = self.chat.last, self.chat.place
        if turn is None or place is None:
            return
        layers = turn.said[place].shape[0]
        step = self._layers if key == "down" else -self._layers
        self.top = max(0, min(self.top + step, layers - self._layers))
        self.show()

    def action_leave(self) -> None:
        """Back to where one came from, or out."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
        else:
            self.app.exit()

    async def on_pane_hit(self, hit: Pane.Hit) -> None:
        """A token is chosen; a command of the footer runs."""
        target = hit.target
        if hit.pane.id == "said" and isinstance(target, int):
            self.chat.selected = target
            self.show()
        elif isinstance(target, tuple) and target[0] == "command":
            await self.app.run_command(target[1])
