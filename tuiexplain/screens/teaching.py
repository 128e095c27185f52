"""What a teacher is told on a second terminal while the lesson is on the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tuiexplain.course.languages import tr
from tuiexplain.course.prose import Block
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.pictures import status
from tuiexplain.screens.lesson.telling import told_in


class Notes(NamedTuple):
    """A page: where the lesson stands, and headed texts for :mod:`tuiexplain.views.prose`."""

    title: str
    where: str
    sections: tuple[tuple[str, str], ...]


def notes(desk: Desk, language: str) -> Notes:
    """The teacher's notes on where the learner is, in one language."""
    session = desk.session
    head = f"{session.lesson.number:02d} {session.lesson.prose(language).title}"
    part = session.lesson.block(session.bench.part.id, language)
    sections = tuple(_sections(desk, part, language))
    return Notes(f"{head} · {part.title}", status(desk, language), sections)


def _sections(desk: Desk, part: Block, language: str) -> Iterator[tuple[str, str]]:
    session = desk.session
    block = session.lesson.block(session.block_id, language)
    yield (
        block.title,
        _said(desk, block, block.teacher, language) or tr("follow.no_notes", language),
    )
    question = session.question
    if question is not None:
        answer = session.answers.get(question.id)
        yield tr("follow.answer", language), _answer(desk, block, str(question.answer), language)
        if answer is None:
            told = tr("follow.unanswered", language)
        elif answer.given is None:
            told = tr("follow.skipped", language)
        else:
            told = tr("follow.answered", language, answer=answer.given)
        yield tr("follow.learner", language), told
    yield tr("follow.text", language), _said(desk, block, block.text, language)
    if part.teacher and block.id != part.id:
        yield tr("follow.part", language), _said(desk, part, part.teacher, language)
    after = _after(desk)
    if after is not None:
        yield tr("follow.next", language), session.lesson.block(after, language).title


def _answer(desk: Desk, block: Block, answer: str, language: str) -> str:
    """The answer, as the choice that it is, and the reason."""
    if block.choices and answer.isdecimal():
        answer = f"{answer}. {_said(desk, block, block.choices[int(answer) - 1], language)}"
    return f"{answer}\n\n{_said(desk, block, block.why, language)}"


def _after(desk: Desk) -> str | None:
    """The step of the lesson that comes next in this part."""
    session = desk.session
    steps = [step.id for step in session.bench.part.spec.steps]
    here = session.bench.step_id
    if here in steps and steps.index(here) + 1 < len(steps):
        return steps[steps.index(here) + 1]
    return None


def _said(desk: Desk, block: Block, text: str, language: str) -> str:
    return told_in(desk.session.bench.part, block.id, text, language) if text else ""
