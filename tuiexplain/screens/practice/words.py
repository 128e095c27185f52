"""What is said beside the board of a question: what is asked, hints, what was wrong, and why."""

from __future__ import annotations

from tuiexplain.course.challenge import RIGHT, SKIPPED, WRONG, Challenge, Result
from tuiexplain.course.dial_words import settings_text
from tuiexplain.course.languages import tr
from tuiexplain.course.prose import Block
from tuiexplain.course.puzzle import Puzzle
from tuiexplain.screens.lesson.telling import told_in
from tuiexplain.screens.lesson.words import Column
from tuiexplain.trace import cells
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture

AGAIN = "again"
"""The first part of a hit on a place to look at again; the rest is lesson and step."""


def question(puzzle: Puzzle, width: int, look: Look, language: str) -> Picture:
    """A question, and after an entry what there is to say to it."""
    column = Column(width, look, language)
    block = puzzle.part.lesson.block(puzzle.block, language)
    _head(column, puzzle, block)
    if puzzle.kind == "choice":
        _choices(column, puzzle, block)
    _settings(column, puzzle)
    if not puzzle.done:
        _hints(column, puzzle, block)
    _last_entry(column, puzzle, block)
    if puzzle.done and puzzle.kind != "look":
        _answer(column, puzzle, block)
    column.gap()
    column.say(f"practice_{_keys(puzzle)}", look.muted, count=len(puzzle.order))
    return column.picture()


def _keys(puzzle: Puzzle) -> str:
    """Which line tells the keys that work now."""
    if puzzle.done:
        return "next"
    kind = "choice" if puzzle.kind == "choice" else "entry"
    return f"{kind}_again" if puzzle.tries else kind


def _head(column: Column, puzzle: Puzzle, block: Block) -> None:
    column.heading(block.title)
    symbol = _symbol(puzzle, column.language)
    if symbol:
        column.say("practice_cell", cell=symbol)
        if not puzzle.tries and not puzzle.done:
            column.say("practice_how", column.look.muted, cell=_first_seen(puzzle))
        return
    column.text(told_in(puzzle.part, block.id, block.text, column.language))
    if puzzle.kind == "look":
        column.gap()
        column.say("practice_look", column.look.muted)


def _symbol(puzzle: Puzzle, language: str) -> str:
    """The asked cell as a formula and as an entry writes it: ``∂L/∂z2[0,0] (z2.grad[0,0])``."""
    if puzzle.spot is None:
        return ""
    value, cell = puzzle.trace.values[puzzle.spot[0]], puzzle.spot[1]
    symbol = cells.write(puzzle.trace.symbol(value), cell)
    address = cells.write(value.name, cell)
    if symbol == address:
        return symbol
    return tr("screen.practice_written", language, symbol=symbol, address=address)


def _first_seen(puzzle: Puzzle) -> str:
    """The address of a cell that is not hidden, as an example of what one may write."""
    for value in puzzle.shown():
        cell = (0,) * len(value.shape)
        if puzzle.visible(value, cell):
            return cells.write(value.name, cell)
    return ""


def _settings(column: Column, puzzle: Puzzle) -> None:
    """The dials that a prediction's numbers come from."""
    part = puzzle.part
    if puzzle.kind in ("cell", "look") or not part.dials:
        return
    column.gap()
    column.text(settings_text(part.lesson, part.settings(), column.language), column.look.muted)


def _hints(column: Column, puzzle: Puzzle, block: Block) -> None:
    for rung, hint in enumerate(block.hints[: puzzle.hints], start=1):
        column.gap()
        column.say("hint", column.look.muted, at=rung, of=len(block.hints))
        column.text(told_in(puzzle.part, block.id, hint, column.language))


def _last_entry(column: Column, puzzle: Puzzle, block: Block) -> None:
    look, language = column.look, column.language
    if puzzle.skipped:
        column.gap()
        column.say("skipped", look.muted)
    if not puzzle.tries:
        return
    verdict = puzzle.tries[-1]
    style = look.good if verdict.right else look.bad
    column.gap()
    column.say("right" if verdict.right else "not_yet_right", style)
    if verdict.right:
        return
    if isinstance(verdict.given, float):
        column.say("practice_given", look.muted, number=format_number(verdict.given, digits=5))
    if block.wrong.get(verdict.told):
        column.text(told_in(puzzle.part, block.id, block.wrong[verdict.told], language))
    elif verdict.slip:
        column.say(f"slip_{verdict.slip}", None, **dict(verdict.fields))


def _answer(column: Column, puzzle: Puzzle, block: Block) -> None:
    """The answer as the network computes it, and why; also to those who were right."""
    column.gap()
    why = puzzle.why()
    if why is not None:
        number = format_number(why.number, digits=5)
        answers = {number, format_number(why.number)}  # what a copied cell's numbers come to
        steps = dict.fromkeys((why.with_names, why.with_numbers))
        rights = [step for step in steps if step not in answers]
        column.formula(why.symbol, [*rights, number], why.event.phase if why.event else None)
    elif puzzle.kind in ("number", "point"):
        answer = puzzle.answer
        value = answer if isinstance(answer, str) else format_number(float(answer), digits=5)
        column.say("computed", value=value)
    column.gap()
    column.text(told_in(puzzle.part, block.id, block.why, column.language))


def _choices(column: Column, puzzle: Puzzle, block: Block) -> None:
    given = puzzle.tries[-1].given if puzzle.tries else None
    for number, choice in enumerate(puzzle.order, start=1):
        style, mark = None, ""
        if puzzle.done and choice == puzzle.answer:
            style, mark = column.look.good, f" {column.look.glyphs.done}"
        elif choice == given:
            style, mark = column.look.bad, f" {column.look.glyphs.cross}"
        start = len(column.strips)
        text = told_in(puzzle.part, block.id, block.choices[choice - 1], column.language)
        column.text(f"{number}. {text}{mark}", style)
        area = Area(0, start, column.width, len(column.strips) - start)
        column.places.append((("choice", number), area))


# -- the end ---------------------------------------------------------------------------------------


def end_of_practice(width: int, look: Look, language: str) -> Picture:
    """After the last rung."""
    column = Column(width, look, language)
    column.say("practice_end", look.title)
    column.gap()
    column.say("practice_end_keys", look.muted)
    return column.picture()


def results(challenge: Challenge, chosen: int, width: int, look: Look, language: str) -> Picture:
    """A line for each lesson, and below it what to look at again. Hits: ``(again, …)``."""
    column = Column(width, look, language)
    counts = {how: sum(r.how == how for r in challenge.results) for how in (RIGHT, WRONG, SKIPPED)}
    column.say("challenge_end", look.title)
    column.say("challenge_counts", None, **counts)
    column.say("challenge_end_keys", look.muted)
    column.gap()
    index = 0
    for name, found in challenge.of_lessons().items():
        lesson = challenge.lessons[name]
        right = sum(r.how == RIGHT for r in found)
        good = right == len(found)
        line = Line(width).add(look.glyphs.done if good else look.glyphs.cross)
        title = f" {lesson.number:02d} {lesson.prose(language).title}"
        line.add(look.write(title), look.good if good else look.name, look.glyphs.ellipsis)
        column.line(line.to(width - 5).add(f"{right}/{len(found)}".rjust(5), look.number))
        for result in missed(found):
            again = Line(width).add(f"   {look.glyphs.right if index == chosen else ' '} ")
            told = lesson.block(result.step, language).title
            style = look.highlight if index == chosen else look.term
            again.add(look.write(told), style, look.glyphs.ellipsis)
            column.line(again, (AGAIN, result.lesson, result.step))
            index += 1
    return column.picture()


def missed(found: list[Result]) -> list[Result]:
    """What was not right, each step once."""
    return list({r.step: r for r in found if r.how != RIGHT}.values())


def to_look_at(challenge: Challenge) -> list[Result]:
    """What to look at again, in the order of the page."""
    return [result for found in challenge.of_lessons().values() for result in missed(found)]
