"""The course map: every lesson, what it asks, and how far the learner is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from tuiexplain.commands import Place, bindings
from tuiexplain.course.course import Entry, the_course
from tuiexplain.course.languages import tr
from tuiexplain.screens.leading import Leading
from tuiexplain.screens.lesson.pictures import footer
from tuiexplain.views.picture import Area, Line, Picture, area_hits, blank
from tuiexplain.views.prose import prose
from tuiexplain.views.text import width_of
from tuiexplain.widgets.pane import Pane

if TYPE_CHECKING:
    from tuiexplain.screens.app import TuiExplain


class CourseMap(Leading):
    """The first screen."""

    app: TuiExplain
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.MAP)
    DEFAULT_CSS = """
    CourseMap { layout: vertical; }
    CourseMap #head { height: 2; }
    CourseMap #foot { height: 1; }
    CourseMap #lessons { width: 46; }
    CourseMap #about { width: 1fr; max-width: 60; margin: 0 1 0 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lessons = the_course().lessons
        self.chosen = 0
        self.top = 0

    def compose(self) -> ComposeResult:
        yield Pane(self._head, id="head")
        with Horizontal():
            yield Pane(self._list, id="lessons")
            yield Pane(self._about, id="about")
        yield Pane(self._foot, id="foot")

    def on_mount(self) -> None:
        """Choose the lesson where the learner was last, or the first that is there."""
        last = self.app.progress.last_place()
        ready = [i for i, entry in enumerate(self.lessons) if entry.folder is not None]
        known = {entry.id: i for i, entry in enumerate(self.lessons)}
        self.chosen = known.get(last.lesson, ready[0]) if last else ready[0]

    def show(self) -> None:
        """Draw again."""
        for pane in self.query(Pane):
            pane.redraw()

    def on_screen_resume(self) -> None:
        """Come back from a lesson."""
        self.show()

    # -- pictures --------------------------------------------------------------------------------

    def _head(self, width: int, height: int) -> Picture:
        look, language = self.app.look, self.app.language
        line = Line(width).space(1).add("tuiexplain", look.title)
        line.add(f"  {tr('screen.course_map', language)}", look.muted)
        return Picture([line.strip(), blank(width)])

    def _list(self, width: int, height: int) -> Picture:
        language, look = self.app.language, self.app.look
        lines: list[tuple[Line, int | None]] = []
        for part in the_course().parts:
            if lines:
                lines.append((Line(width), None))
            lines.append(
                (Line(width).space(1).add(look.write(part.title(language)), look.name), None)
            )
            for entry in the_course().of_part(part):
                index = self.lessons.index(entry)
                lines.append((self._row(entry, index, width), index))
        at = next(y for y, (_, index) in enumerate(lines) if index == self.chosen)
        self.top = min(max(self.top, at - height + 2), max(0, at - 1), max(0, len(lines) - height))
        shown = lines[self.top : self.top + height]
        places = [
            (index, Area(0, y, width, 1)) for y, (_, index) in enumerate(shown) if index is not None
        ]
        return Picture([line.strip() for line, _ in shown], area_hits(places))

    def _row(self, entry: Entry, index: int, width: int) -> Line:
        look = self.app.look
        chosen = index == self.chosen
        ready = entry.folder is not None
        state = self._state(entry)
        style = look.highlight if chosen else (look.text if ready else look.muted)
        mark = look.glyphs.done if state == "done" else look.glyphs.current if state else " "
        line = Line(width).space(1).add(mark, look.good).space(1)
        title = f"{entry.number:02d} {entry.title(self.app.language)}"
        status = tr(f"screen.{self._status(entry)}", self.app.language)
        room = width - line.used - width_of(status) - 2
        line.extend(Line(min(room, width_of(title))).add(look.write(title), style, "…").strip())
        return line.to(width - width_of(status) - 1).add(status, look.muted)

    def _state(self, entry: Entry) -> str:
        if entry.folder is None:
            return ""
        place = self.app.progress.last_place(entry.id)
        if place is None:
            return ""
        from tuiexplain.course.loading import open_folder

        parts = {part.id for part in open_folder(entry.folder).parts}
        return "done" if parts <= self.app.progress.finished(entry.id) else "begun"

    def _status(self, entry: Entry) -> str:
        """The word for how far a lesson is: planned, ready, begun, done."""
        if entry.folder is None:
            return "planned"
        return {"done": "done", "begun": "continue"}.get(self._state(entry), "complete")

    def _about(self, width: int, height: int) -> Picture:
        look, language = self.app.look, self.app.language
        entry = self.lessons[self.chosen]
        strips = prose(entry.title(language), width, look, style=look.title).strips
        strips = [*strips, blank(width), *prose(entry.question(language), width, look).strips]
        strips.append(blank(width))
        style = look.good if entry.folder is not None else look.muted
        status = tr(f"screen.{self._status(entry)}", language)
        strips += prose(status, width, look, style=style).strips
        if account := self._account(entry):
            strips += prose(account, width, look, style=look.muted).strips
        if entry.prereqs:
            names = {e.id: f"{e.number:02d} {e.title(language)}" for e in self.lessons}
            strips.append(blank(width))
            strips += prose(tr("screen.before", language), width, look, style=look.muted).strips
            for prereq in entry.prereqs:
                strips += prose(f"- {names[prereq]}", width, look, style=look.muted).strips
        return Picture(strips)

    def _account(self, entry: Entry) -> str:
        """What came of the predictions that were met; what was skipped is counted apart."""
        given = {a.prediction: a for a in self.app.progress.answers(entry.id) if not a.of_exercise}
        if not given:
            return ""
        return tr(
            "screen.account",
            self.app.language,
            right=sum(a.right is True for a in given.values()),
            wrong=sum(a.right is False for a in given.values()),
            skipped=sum(a.skipped for a in given.values()),
        )

    def _foot(self, width: int, height: int) -> Picture:
        return footer(width, self.app.look, self.app.language, Place.MAP)

    # -- commands --------------------------------------------------------------------------------

    def action_choose_lesson(self, key: str) -> None:
        """Move the choice."""
        moves = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -99, "end": 99}
        self.chosen = min(max(self.chosen + moves[key], 0), len(self.lessons) - 1)
        self.show()

    def action_open_lesson(self) -> None:
        """Go into the chosen lesson."""
        self.app.open_lesson(self.lessons[self.chosen].id)

    def action_visit(self) -> None:
        """Watch a run of another terminal."""
        self.app.visit_run()

    def action_playground(self) -> None:
        """A network of one's own."""
        self.app.open_playground()

    async def on_pane_hit(self, hit: Pane.Hit) -> None:
        """Choose a lesson, open it when pressed again, or run a command of the footer."""
        if isinstance(hit.target, int):
            if hit.target == self.chosen:
                self.action_open_lesson()
            self.chosen = hit.target
            self.show()
        elif isinstance(hit.target, tuple):
            await self.app.run_command(hit.target[1])
