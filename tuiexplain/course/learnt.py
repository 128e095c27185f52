"""What was learnt in a lesson, as Markdown: for the learner to keep."""

from __future__ import annotations

from collections.abc import Iterator

from tuiexplain.course.challenge import computed
from tuiexplain.course.dial_words import settings_text
from tuiexplain.course.errors import CourseError
from tuiexplain.course.expressions import formatted
from tuiexplain.course.languages import tr
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.markup import renderer
from tuiexplain.course.progress import Answer, Bookmark, Place, Progress
from tuiexplain.course.schema import Exercise, Prediction, Setting, Truth
from tuiexplain.course.text import without_controls
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.numbers import format_number

FRAMEWORKS = {"torch": "PyTorch", "keras": "Keras"}
DIGITS = 6
PUBLISHED = "pub:"
"""What the source of a published number begins with."""


def learnt(lesson: Lesson, progress: Progress, language: str) -> str:
    """Predictions and what came of them, exercises, key numbers, seeds, dials, notes, and the code.

    Answers to questions that were not answered yet are not told.
    """
    return "\n".join(_lines(lesson, progress, language)).rstrip() + "\n"


def _lines(lesson: Lesson, progress: Progress, language: str) -> Iterator[str]:
    def say(key: str, **fields: object) -> str:
        return tr(f"learnt.{key}", language, **fields)

    prose = lesson.prose(language)
    yield f"# {lesson.number:02d} {prose.title}"
    yield from ("", prose.question, "")
    answers = {a.prediction: a for a in progress.answers(lesson.id)}
    yield from _account(lesson, answers, language)
    for part in lesson.parts:
        yield f"## {lesson.block(part.id, language).title}"
        yield ""
        place = progress.last_place(lesson.id, part.id)
        yield from _settings(part, place, language)
        for prediction in part.spec.predictions:
            yield from _prediction(part, prediction, answers.get(prediction.id), language)
        for exercise in part.spec.exercises:
            yield from _exercise(part, exercise, answers, language)
        if all(prediction.id in answers for prediction in part.spec.predictions):
            yield from _numbers(part, language)  # they would tell what is still to be asked
    marks = progress.bookmarks(lesson.id)
    if marks:
        yield from (f"## {say('bookmarks')}", "")
        yield from (_bookmark(lesson, mark, language) for mark in marks)
        yield ""
    for twin in lesson.spec.twins:
        yield from (f"## {say('twin', name=FRAMEWORKS.get(twin, twin))}", "")
        yield from ("```python", lesson.source(f"{twin}_twin.py").rstrip(), "```", "")


def _account(lesson: Lesson, answers: dict[str, Answer], language: str) -> Iterator[str]:
    """How many predictions were right, wrong, skipped, and not met yet."""
    names = [p.id for part in lesson.parts for p in part.spec.predictions]
    given = [answers[name] for name in names if name in answers]
    yield tr(
        "learnt.account",
        language,
        right=sum(a.right is True for a in given),
        wrong=sum(a.right is False for a in given),
        skipped=sum(a.skipped for a in given),
        left=len(names) - len(given),
    )
    yield ""


def _settings(part: Part, place: Place | None, language: str) -> Iterator[str]:
    """Seed and dials as they were left, or the lesson's own."""
    told = {"seed": part.spec.seed, **part.settings()}
    told.update(place.dials if place else {})
    shown = settings_text(part.lesson, told, language, DIGITS)
    yield from (f"- {tr('learnt.settings', language, dials=shown)}", "")


def _setting(value: Setting) -> str:
    return value if isinstance(value, str) else format_number(float(value), digits=DIGITS)


def _prediction(
    part: Part, prediction: Prediction, answer: Answer | None, language: str
) -> Iterator[str]:
    block = part.lesson.block(prediction.id, language)
    render = renderer(part, language, block.id)

    def shown(setting: Setting | None) -> str:
        if prediction.kind == "choice" and isinstance(setting, int | float):
            at = int(setting)
            return render.plain(block.choices[at - 1]) if 0 < at <= len(block.choices) else "?"
        return "" if setting is None else _setting(setting)

    yield from (f"### {render.plain(block.title)}", "", render.plain(block.text), "")
    if answer is None:
        yield from (f"- {tr('learnt.unanswered', language)}", "")
        return
    if answer.skipped:
        yield f"- {tr('learnt.skipped', language)}"
    else:
        key = "right" if answer.right else "wrong"
        yield f"- {tr(f'learnt.{key}', language, given=shown(answer.answer))}"
    yield f"- {tr('learnt.computed', language, answer=shown(_computed(part, prediction)))}"
    yield from ("", render.plain(block.why), "")


def _computed(part: Part, prediction: Prediction) -> Setting | None:
    """The answer, worked out by the network now."""
    try:
        return computed(part, prediction)
    except (CourseError, TraceError):
        return prediction.answer


def _exercise(
    part: Part, exercise: Exercise, answers: dict[str, Answer], language: str
) -> Iterator[str]:
    """How the cells of an exercise went, in one line."""
    given = [a for name, a in answers.items() if name.startswith(f"{exercise.id}/")]
    if not given:
        return
    title = part.lesson.block(exercise.id, language).title
    yield from (f"### {title}", "")
    fields = {
        "right": sum(a.right is True for a in given),
        "wrong": sum(a.right is False for a in given),
        "skipped": sum(a.skipped for a in given),
    }
    yield from (f"- {tr('learnt.cells', language, **fields)}", "")


def _numbers(part: Part, language: str) -> Iterator[str]:
    """The numbers that the lesson vouches for, computed now."""
    rows = [row for truth in part.spec.truths if (row := _number(part, truth))]
    if rows:
        yield from (f"### {tr('learnt.numbers', language)}", "")
        heads = (tr(f"learnt.{key}", language) for key in ("what", "number", "source"))
        yield from (f"| {' | '.join(heads)} |", "|---|---|---|", *rows, "")


def _number(part: Part, truth: Truth) -> str:
    try:
        number = part.expression(truth.of).number(part.lookup(truth.run, truth.step))
    except (CourseError, TraceError):
        return ""
    digits = f".{truth.digits}f" if truth.digits is not None else f".{DIGITS}g"
    where = f" @{truth.step}" if truth.step else ""
    run = f"{truth.run}: " if truth.run else ""
    published, _, source = truth.source.partition(PUBLISHED)
    source = "" if published else source.strip()
    return f"| `{run}{truth.of}{where}` | {formatted(number, digits)} | {source} |"


def _bookmark(lesson: Lesson, mark: Bookmark, language: str) -> str:
    place = mark.place
    known = {part.id for part in lesson.parts}
    title = lesson.block(place.part, language).title if place.part in known else place.part
    dials = settings_text(lesson, place.dials, language, DIGITS)
    where = tr("screen.bookmark_place", language, step=place.step, event=place.event)
    note = " ".join(without_controls(mark.label).split())
    return f"- {title}: {where} {dials}" + (f"\n  > {note}" if note else "")
