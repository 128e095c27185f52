"""The palette: commands, lessons and terms, found by typing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tuiexplain.commands import Place, commands_for
from tuiexplain.course.course import the_course
from tuiexplain.course.glossary import the_glossary
from tuiexplain.course.languages import tr
from tuiexplain.views.text import clean

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain


class Offer(NamedTuple):
    """Something that the palette can do: what it is called, by what it is found, what it does."""

    label: str
    names: str
    explained: str
    run: Callable[[], Awaitable[Any] | Any]


class Palette(Provider):
    """What can be done here. Commands are listed; lessons and terms appear when searched for."""

    @property
    def tui(self) -> TuiExplain:
        """The application."""
        app: TuiExplain = self.app  # type: ignore[assignment]
        return app

    async def discover(self) -> Hits:
        """Every command."""
        for offer in self._commands():
            yield DiscoveryHit(offer.label, offer.run, offer.label, offer.explained)

    async def search(self, query: str) -> Hits:
        """Commands, lessons and terms whose names match."""
        matcher = self.matcher(query)
        for offer in (*self._commands(), *self._lessons(), *self._terms()):
            score = max(matcher.match(offer.label), matcher.match(offer.names))
            if score > 0:
                shown = matcher.highlight(offer.label)
                yield Hit(score, shown, offer.run, offer.label, offer.explained)

    def _commands(self) -> Iterator[Offer]:
        language = self.tui.language
        place = self._place()
        for command in commands_for(place):
            if command.takes_key or command.name == "command_palette":
                continue
            label = tr(f"command.{command.name}", language)
            text = tr(f"command_help.{command.name}", language)
            run = partial(self._run, command.name)
            yield Offer(f"{label}  ({command.shown})", text, text, run)

    def _place(self) -> Place:
        """Where the learner is."""
        place: Place | None = getattr(self.screen, "PLACE", None)
        if place is not None:
            return place
        return Place.LESSON if self.tui.studying else Place.MAP

    async def _run(self, name: str) -> None:
        screen = self.screen
        await screen.run_action(name if hasattr(screen, f"action_{name}") else f"app.{name}")

    def _lessons(self) -> Iterator[Offer]:
        language = self.tui.language
        for entry in the_course().lessons:
            if entry.folder is not None:
                label = f"{entry.number:02d} {entry.title(language)}"
                names = f"{entry.id} {entry.title('en')} {entry.title('zh')}"
                run = partial(self.tui.switch_lesson, entry.id)
                yield Offer(label, names, entry.question(language), run)

    def _terms(self) -> Iterator[Offer]:
        language = self.tui.language
        for term in the_glossary().terms:
            label = clean(f"{term.name(language)} · {term.en if language == 'zh' else term.zh}")
            definition = clean(term.definition(language))
            run = partial(self.tui.explain_term, term.id)
            yield Offer(label, " ".join(term.names()), definition, run)
