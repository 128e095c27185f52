"""What stands beside the matrices in words: the step explained, a number's why, or a question."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from tuiexplain.course.lab_words import sentence
from tuiexplain.course.languages import tr
from tuiexplain.course.prose import Block
from tuiexplain.course.schema import Prediction, Setting
from tuiexplain.narrate.words import describe, origin_text
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.telling import told
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.why import Cause, Why
from tuiexplain.views.formula import Formula, formula_lines
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Hits, Line, Picture, area_hits, blank, shifted
from tuiexplain.views.prose import prose

FOLLOWED = "cause"
"""The first part of a hit on a cause; the second is its index."""


class Column:
    """Lines from top to bottom, with what lies where."""

    def __init__(self, width: int, look: Look, language: str) -> None:
        self.width, self.look, self.language = width, look, language
        self.strips: list[Strip] = []
        self.places: list[tuple[object, Area]] = []
        self.terms: list[Hits] = []

    def gap(self) -> None:
        """An empty line, unless there is one already."""
        if self.strips and self.strips[-1] != blank(self.width):
            self.strips.append(blank(self.width))

    def line(self, line: Line, target: object = None) -> None:
        """A line; a click on it means ``target``."""
        if target is not None:
            self.places.append((target, Area(0, len(self.strips), self.width, 1)))
        self.strips.append(line.strip())

    def heading(self, text: str) -> None:
        """A title."""
        self.text(text, self.look.title)

    def text(self, text: str, style: Style | None = None) -> None:
        """Prose."""
        picture = prose(text, self.width, self.look, style=style)
        self.terms.append(shifted(picture.hits, 0, len(self.strips)))
        self.strips.extend(picture.strips)

    def formula(self, left: str, rights: list[str], accent: str | None = None) -> None:
        """``left`` = each of ``rights``."""
        self.strips.extend(
            formula_lines(Formula(left, rights), self.width, self.look, accent=accent)
        )

    def say(self, key: str, style: Style | None = None, **fields: object) -> None:
        """A text of the interface."""
        self.text(tr(f"screen.{key}", self.language, **fields), style)

    def picture(self) -> Picture:
        """The column as it is now. Hits: what a line means, or the id of a term in the prose."""
        lines = area_hits(self.places)

        def at(x: int, y: int) -> object:
            found = lines.at(x, y)
            return found or next(filter(None, (hits.at(x, y) for hits in self.terms)), None)

        return Picture(self.strips, Hits(at, lines.where))


def words(desk: Desk, width: int, look: Look, language: str) -> Picture:
    """What is said here: a question, the reasons of a number, or the explanation of the step."""
    column = Column(width, look, language)
    if desk.asking:
        _why(column, desk)
    elif desk.session.question is not None:
        _question(column, desk, desk.session.question)
    else:
        _explanation(column, desk)
    if desk.lost is not None:
        column = Column(width, look, language)
        column.text(sentence(desk.lost, language), look.bad)
    return column.picture()


# -- the step --------------------------------------------------------------------------------------


def _explanation(column: Column, desk: Desk) -> None:
    session = desk.session
    event = session.bench.player.event
    lesson, language = session.lesson, column.language
    if event is not None:
        left, _, right = desk.trace.formula(event).partition(" = ")
        column.formula(left, [right], event.phase)
        if session.bench.code_name == "torch":
            column.gap()
            column.text(describe(desk.trace, event, lambda key: tr(key, language)))
        column.gap()
    elif session.bench.training_step == 0 and len(lesson.parts) > 1:
        part = lesson.block(session.bench.part.id, language)
        column.say("part", column.look.muted, at=session.at + 1, of=len(lesson.parts))
        column.heading(part.title)
        column.text(told(desk, part.text, language, part.id))
        column.gap()
    block = lesson.block(session.bench.step_id, language)
    column.heading(block.title)
    column.text(told(desk, block.text, language))
    _stale(column, desk, block)
    if session.bench.off_the_walk and "{{" in block.text:
        column.say("numbers_of_the_lesson", column.look.muted)
    why = desk.why()
    if why is not None:
        column.gap()
        _arithmetic(column, why, desk)


def _stale(column: Column, desk: Desk, block: Block) -> None:
    """Mark a translation whose source was changed since."""
    if desk.session.lesson.is_stale(block.id, column.language):
        column.say("stale_translation", column.look.muted)


def _arithmetic(column: Column, why: Why, desk: Desk) -> None:
    """One number in three lines: with names, with numbers, and what it comes to."""
    total = format_number(why.number)
    if why.expression is None:
        column.formula(why.symbol, [total])
        _unexplained(column, why, desk)
        return
    rights = [text for text in dict.fromkeys((why.with_names, why.with_numbers)) if text != total]
    column.formula(why.symbol, [*rights, total], why.event.phase if why.event else None)


# -- why -------------------------------------------------------------------------------------------


def _why(column: Column, desk: Desk) -> None:
    why = desk.why()
    if why is None:
        column.say("not_yet")
        return
    look = column.look
    number = format_number(why.number, digits=6)
    column.text(tr("screen.why_title", column.language, cell=why.symbol, number=number), look.title)
    column.gap()
    if why.expression is None:
        _unexplained(column, why, desk)
    else:
        assert why.event is not None
        _arithmetic(column, why, desk)
    causes = desk.causes()
    column.gap()
    if causes:
        column.say("causes", look.muted)
        chosen = min(desk.cause, len(causes) - 1)
        for index, cause in enumerate(causes):
            _cause(column, index, cause, index == chosen)
        if why.left_out:
            column.say("causes_left_out", look.muted, count=why.left_out)
    elif why.expression is not None:
        column.say("no_causes", look.muted)
    column.gap()
    column.say("follow" if causes else "back_only", look.muted)


def _cause(column: Column, index: int, cause: Cause, chosen: bool) -> None:
    look = column.look
    line = Line(column.width)
    line.add(f"{look.glyphs.right if chosen else ' '} ", look.cause)
    style = look.highlight if chosen else look.name
    number = format_number(cause.number, digits=6)
    line.add(look.write(cause.symbol), style, look.glyphs.ellipsis)
    line.to(column.width - len(number) - 1).add(" " + number, look.number)
    column.line(line, (FOLLOWED, index))


def _unexplained(column: Column, why: Why, desk: Desk) -> None:
    """Where a number comes from that no arithmetic is told of."""
    origin = why.origin
    if origin is None:
        if why.event is not None:
            column.say("no_rule", column.look.muted, op=why.event.op)
        return
    say = desk.session.lesson.say_in(column.language)
    column.text(origin_text(origin, say), column.look.muted)


# -- a question ------------------------------------------------------------------------------------


def _question(column: Column, desk: Desk, question: Prediction) -> None:
    session, look, language = desk.session, column.look, column.language
    block = session.lesson.block(question.id, language)
    answer = session.answers.get(question.id)
    column.heading(tr("screen.question", language, title=block.title))
    _stale(column, desk, block)
    column.text(told(desk, block.text, language))
    if session.bench.off_the_walk:
        column.say("question_of_the_lesson", look.muted)
    _choices(column, desk, question, block)
    if answer is None:
        rungs = session.hints.get(question.id, 0)
        for rung, hint in enumerate(block.hints[:rungs], start=1):
            column.gap()
            column.say("hint", look.muted, at=rung, of=len(block.hints))
            column.text(told(desk, hint, language))
        column.gap()
        column.say(f"answer_{question.kind}", look.muted, count=len(block.choices))
        return
    column.gap()
    if answer.given is None:
        column.say("skipped", look.muted)
    else:
        column.say(
            "right" if answer.right else "not_yet_right", look.good if answer.right else look.bad
        )
        if not answer.right:
            column.text(told(desk, _about_wrong(block, answer.given), language))
    column.text(told(desk, block.why, language))


def _about_wrong(block: Block, given: Setting) -> str:
    """What the lesson says to those who gave this wrong answer."""
    written = format(given, "g") if isinstance(given, float) else str(given)
    return block.wrong.get(written, "")


def _choices(column: Column, desk: Desk, question: Prediction, block: Block) -> None:
    answer = desk.session.answers.get(question.id)
    for number, choice in enumerate(block.choices, start=1):
        style, mark = None, ""
        if answer is not None and number == question.answer:
            style, mark = column.look.good, f" {column.look.glyphs.done}"
        elif answer is not None and number == answer.given:
            style, mark = column.look.bad, f" {column.look.glyphs.cross}"
        start = len(column.strips)
        column.text(f"{number}. {told(desk, choice, column.language)}{mark}", style)
        area = Area(0, start, column.width, len(column.strips) - start)
        column.places.append((("choice", number), area))
