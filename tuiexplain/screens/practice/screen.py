"""Questions on a screen of their own: the board, what is asked, and one line to answer in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from tuiexplain.commands import Place, bindings
from tuiexplain.course.challenge import Challenge
from tuiexplain.course.languages import tr
from tuiexplain.course.practice import Practice
from tuiexplain.course.puzzle import Puzzle, Unreadable
from tuiexplain.screens.paned import Paned
from tuiexplain.screens.practice import words
from tuiexplain.screens.practice.cards import cards
from tuiexplain.views.board import board
from tuiexplain.views.picture import Line, Picture
from tuiexplain.views.prose import fitted, page
from tuiexplain.views.text import QUOTED, shorten
from tuiexplain.widgets.pane import Pane
from tuiexplain.widgets.prompt import Prompt

Again = tuple[str, str]
"""A lesson and the step of it to look at again."""


class PracticeScreen(Paned["Again | None"]):
    """An exercise or a challenge. Leaves with a place to look at again, or with ``None``.

    Enter answers; only when the answer was checked it goes on.
    """

    PLACE: ClassVar[Place] = Place.PRACTICE
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.PRACTICE)
    DEFAULT_CSS = """
    PracticeScreen { layout: vertical; }
    PracticeScreen #title, PracticeScreen #note, PracticeScreen #keys { height: 1; }
    PracticeScreen #sheet { height: 1fr; padding: 0 1; }
    PracticeScreen #board { width: 41; margin-right: 1; }
    PracticeScreen #words { max-width: 72; }
    PracticeScreen.-bare #board { display: none; }
    PracticeScreen.-wide #board { width: 3fr; margin-right: 2; }
    PracticeScreen.-wide #words { width: 2fr; }
    """

    def __init__(self, quiz: Practice | Challenge, keep: Callable[[], None]) -> None:
        """``keep`` saves where the learner is."""
        super().__init__()
        self.quiz, self.keep = quiz, keep
        self.scrolled = 0
        self.chosen = 0

    def compose(self) -> ComposeResult:
        """Title, board and words, the line for messages or answers, the keys."""
        yield Pane(self._title, id="title")
        with Horizontal(id="sheet"):
            yield Pane(self._board, id="board")
            yield Pane(self._words, id="words")
        yield Pane(self._note, id="note")
        yield Prompt(id="prompt")
        yield Pane(self._keys, id="keys")

    @property
    def puzzle(self) -> Puzzle | None:
        """The question."""
        return self.quiz.current

    def on_mount(self) -> None:
        """Choose the layout."""
        self.lay_out()

    def lay_out(self) -> None:
        """Without values to show, the words have all the room."""
        self.set_class(self.puzzle is None or not self.puzzle.shows, "-bare")
        self.set_class(self.app.size.width >= 108, "-wide")

    def say(self, key: str, **fields: object) -> None:
        """Show a text in the line for messages."""
        self.message = tr(f"screen.{key}", self.language, **fields)
        self.show()

    # -- pictures --------------------------------------------------------------------------------

    def _title(self, width: int, height: int) -> Picture:
        look, language = self.look, self.language
        line = Line(width).space(1).add(look.write(self._heading()), look.title)
        if self.puzzle is not None:
            lesson = self.puzzle.part.lesson
            told = f" · {lesson.number:02d} {lesson.prose(language).title}"
            line.add(look.write(told), look.muted, look.glyphs.ellipsis)
        return Picture([line.strip()])

    def _heading(self) -> str:
        language, quiz, puzzle = self.language, self.quiz, self.puzzle
        if isinstance(quiz, Challenge):
            at = min(quiz.at + 1, len(quiz.items))
            return tr("screen.challenge_title", language, at=at, of=len(quiz.items))
        if puzzle is None:
            return tr("screen.practice_title", language)
        kind = _rung_name(puzzle, len(quiz.puzzles))
        return tr(
            "screen.practice_rung",
            language,
            at=puzzle.rung + 1,
            of=puzzle.rungs,
            kind=tr(f"screen.rung_{kind}", language),
        )

    def _board(self, width: int, height: int) -> Picture:
        if self.puzzle is None:
            return Picture([])
        more = tr("screen.more_cards", self.language)
        return board(cards(self.puzzle), width, height, self.look, more=more)

    def _words(self, width: int, height: int) -> Picture:
        whole = fitted(self._all_words, width, height)
        if self.puzzle is None and isinstance(self.quiz, Challenge):
            self._see_chosen(whole, height)
        self.scrolled = max(0, min(self.scrolled, len(whole.strips) - height))
        return page(whole, self.scrolled, width, height, self.look)

    def _all_words(self, width: int) -> Picture:
        look, language = self.look, self.language
        if self.puzzle is not None:
            return words.question(self.puzzle, width, look, language)
        if isinstance(self.quiz, Challenge):
            return words.results(self.quiz, self.chosen, width, look, language)
        return words.end_of_practice(width, look, language)

    def _see_chosen(self, results: Picture, height: int) -> None:
        """Scroll to the chosen line of the results, and a little further."""
        assert isinstance(self.quiz, Challenge)
        again = words.to_look_at(self.quiz)
        if self.chosen < len(again):
            chosen = again[self.chosen]
            area = results.hits.where((words.AGAIN, chosen.lesson, chosen.step))
            if area is not None:
                low, high = area.y + 3 - height, max(0, area.y - 2)
                self.scrolled = min(max(self.scrolled, low), high) if self.chosen else 0

    # -- commands --------------------------------------------------------------------------------

    def _moved(self) -> None:
        self.message = ""
        self.scrolled = 0
        self.keep()
        self.show()

    def action_submit(self) -> None:
        """Answer; when that was checked, go on."""
        if self.puzzle is None:
            again = words.to_look_at(self.quiz) if isinstance(self.quiz, Challenge) else []
            chosen = again[self.chosen] if self.chosen < len(again) else None
            self.dismiss(None if chosen is None else (chosen.lesson, chosen.step))
        elif self.puzzle.done:
            self.action_next_event()
        else:
            self.action_answer()

    def action_next_event(self) -> None:
        """To the next question, once this one is done."""
        if self.puzzle is None:
            self.say("practice_over")
        elif not self.puzzle.done:
            self.say("answer_first")
        else:
            self.quiz.advance()
            self._moved()

    def action_previous_event(self) -> None:
        """To the question before, where one may go back."""
        if self.quiz.back():
            self._moved()
        else:
            self.say("practice_no_way_back")

    def action_answer(self, begun: str = "") -> None:
        """Type an answer."""
        puzzle = self.puzzle
        if puzzle is None or puzzle.done:
            self.say("already_answered" if puzzle else "practice_over")
            return
        key = "practice_ask_choice" if puzzle.kind == "choice" else "your_answer"
        question = tr(f"screen.{key}", self.language, count=len(puzzle.order))
        self.query_one(Prompt).ask(question, self._answer, begun)

    def _answer(self, text: str) -> str | None:
        puzzle = self.puzzle
        if puzzle is None or not text.strip():
            return tr("screen.answer_first", self.language)
        try:
            puzzle.attempt(puzzle.read(text))
        except Unreadable as error:
            told = {
                name: shorten(field, QUOTED) if isinstance(field, str) else field
                for name, field in error.fields.items()
            }
            return tr(f"screen.{error.key}", self.language, **told)
        self._note_down(puzzle)
        self.message = ""
        self.scrolled = 0
        self.show()
        return None

    def _note_down(self, puzzle: Puzzle) -> None:
        """Save how an exercise's question ended; a challenge keeps its own account."""
        if isinstance(self.quiz, Practice) and puzzle.done:
            given = puzzle.tries[0].given if puzzle.tries else None
            lesson, part = puzzle.part.lesson.id, puzzle.part.id
            self.app.progress.answer(lesson, part, puzzle.name, given, puzzle.right)

    def action_choose(self, key: str) -> None:
        """Answer by the number of a choice, or begin to type a number."""
        puzzle = self.puzzle
        if puzzle is None or puzzle.done:
            return
        if puzzle.kind != "choice":
            self.action_answer(key)
        elif 1 <= int(key) <= len(puzzle.order):
            self._answer(key)

    def action_skip(self) -> None:
        """Give the answer away."""
        puzzle = self.puzzle
        if puzzle is not None and not puzzle.done:
            puzzle.reveal()
            self._note_down(puzzle)
            self.message = ""
            self.show()

    def action_hint(self) -> None:
        """The next hint."""
        puzzle = self.puzzle
        if puzzle is None or puzzle.done:
            self.say("already_answered" if puzzle else "practice_over")
            return
        hints = len(puzzle.part.lesson.block(puzzle.block, self.language).hints)
        puzzle.hints = min(puzzle.hints + 1, hints)
        self.show()

    def action_new_seed(self) -> None:
        """Other numbers."""
        self.quiz.anew()
        self.chosen = 0
        self._moved()

    def action_scroll(self, key: str) -> None:
        """Scroll the words; on the results, choose what to look at again."""
        direction = -1 if key == "up" else 1
        if self.puzzle is None and isinstance(self.quiz, Challenge):
            count = len(words.to_look_at(self.quiz))
            self.chosen = min(max(self.chosen + direction, 0), max(0, count - 1))
        else:
            self.scrolled += direction
        self.show()

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.keep()
        self.dismiss(None)

    async def on_pane_hit(self, hit: Pane.Hit) -> None:
        """Do what the thing that was pressed means."""
        target = hit.target
        if hit.pane.id == "board" and isinstance(target, tuple):
            if self.puzzle is not None and not self.puzzle.done:
                self.action_answer()
        elif isinstance(target, tuple) and target[0] == "command":
            await self.app.run_command(target[1])
        elif isinstance(target, tuple) and target[0] == "choice":
            self.action_choose(str(target[1]))
        elif isinstance(target, tuple) and target[0] == words.AGAIN:
            self.dismiss((target[1], target[2]))
        elif isinstance(target, str):
            self.app.explain_term(target)


def _rung_name(puzzle: Puzzle, asked: int) -> str:
    """How much of the worked example is left to the learner."""
    if puzzle.kind == "look":
        return "full"
    if puzzle.rung + 1 == puzzle.rungs:
        return "alone"
    return "cell" if asked == 1 else "column"
