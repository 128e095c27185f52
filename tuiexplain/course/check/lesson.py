"""All checks of one lesson, in the order in which one would mend what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tuiexplain.course.check import claims, exercises, numbers, twins, words
from tuiexplain.course.check.lab import Lab
from tuiexplain.course.check.translations import SOURCE, stale_blocks
from tuiexplain.course.course import the_course
from tuiexplain.course.errors import CourseError, LessonFault
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import LANGUAGES, Lesson
from tuiexplain.course.prose import Prose, read_prose
from tuiexplain.course.structure import read_structure
from tuiexplain.course.text import control_characters
from tuiexplain.course.toml_lines import Lines
from tuiexplain.course.torch_process import TorchProcess
from tuiexplain.trace.errors import TraceError, did_you_mean

Check = Callable[[], Iterable[LessonFault]]

OF_PARTS = (
    claims.coverage,
    claims.truths,
    claims.predictions,
    claims.races,
    exercises.exercises,
    exercises.variations,
    numbers.gradients,
    numbers.reasons,
)


def check_lesson(folder: Path) -> tuple[list[LessonFault], list[str]]:
    """The faults of the lesson in ``folder``, and notes on what could not be checked.

    Runs the lesson's program and, in a process of its own, its PyTorch twin.
    """
    structure = folder / "lesson.toml"
    spec, faults = read_structure(structure)
    if spec is None or not spec.parts:
        return faults, []
    faults += _name(folder, spec.id, spec.number)
    for file in (structure, *sorted(folder.glob("*.py"))):
        if file.is_file():
            for line, name in control_characters(
                file.read_text(encoding="utf-8", errors="replace")
            ):
                if name != "U+000D":
                    faults.append(
                        LessonFault(file, line, f"control character {name}", "take it out")
                    )
    prose: dict[str, Prose] = {}
    for language in LANGUAGES:
        prose[language], found = read_prose(folder / f"{language}.md", language)
        faults += found
    lesson = Lesson(spec, folder)
    if faults:
        # What follows would only repeat them in other words; the words can be checked still.
        return faults + list(words.presence(lesson, prose)), []
    lines = Lines(structure.read_text(encoding="utf-8"))
    for language, translation in prose.items():
        if language != SOURCE:
            faults += stale_blocks(prose[SOURCE], translation)
    faults += _in_the_course(folder, lesson, lines, prose)
    faults += words.presence(lesson, prose)
    torch = TorchProcess()
    twin = twins.Twin(lesson, torch)
    runs = Lab(lesson, torch)
    checks: list[Check] = [twin.start]
    for number, part in enumerate(lesson.parts):
        of_part = OF_PARTS if part.spec.lab is None else (runs.check,)
        checks += [partial(check, part, lines, number) for check in of_part]
    checks += [partial(words.names, lesson, text) for text in prose.values()]
    checks += [partial(words.rendered, lesson, text) for text in prose.values()]
    checks += [twin.marks, twin.compare]
    try:
        for check in checks:
            faults += _caught(check, structure)
    finally:
        torch.close()
    unique = {str(fault): fault for fault in faults}
    return list(unique.values()), [*twin.notes, *runs.notes]


def _caught(check: Check, file: Path) -> list[LessonFault]:
    """The faults that a check finds, and the one that stops it."""
    found: list[LessonFault] = []
    try:
        for fault in check():
            found.append(fault)
    except LessonFault as fault:
        found.append(fault)
    except (CourseError, TraceError) as error:
        found.append(LessonFault(file, 1, str(error), "mend what it names"))
    return found


def _name(folder: Path, identifier: str, number: int) -> list[LessonFault]:
    name = f"{number:02d}-{identifier}"
    if folder.resolve().name == name:
        return []
    message = f"the folder is called '{folder.resolve().name}'"
    return [
        LessonFault(folder / "lesson.toml", 1, message, f"call it '{name}', or mend id and number")
    ]


def _in_the_course(
    folder: Path, lesson: Lesson, lines: Lines, prose: Mapping[str, Prose]
) -> Iterable[LessonFault]:
    """Whether the course's list and the lesson agree."""
    file = folder / "lesson.toml"
    entries = {entry.id: entry for entry in the_course().lessons}
    for name in lesson.spec.prereqs:
        if name not in entries:
            remedy = did_you_mean(name, entries)
            yield LessonFault(file, lines("prereqs"), f"no lesson is called '{name}'", remedy)
    circle = _circle(
        lesson.id,
        {e.id: e.prereqs for e in the_course().lessons} | {lesson.id: lesson.spec.prereqs},
    )
    if circle:
        message = f"the lesson comes before itself: {' → '.join(circle)}"
        yield LessonFault(file, lines("prereqs"), message, "take one of these prereqs out")
    if folder.resolve().parent == lessons_root().resolve():
        entry = entries.get(lesson.id)
        if entry is None or entry.number != lesson.number:
            remedy = "add it to course.toml, or mend id and number"
            yield LessonFault(file, lines("id"), "the course does not list this lesson", remedy)
            return
        for language, text in prose.items():
            if text.title != entry.title(language):
                message = f"the title is not the course's, '{entry.title(language)}'"
                yield LessonFault(text.file, text.head.line, message, "mend one of them")
        if entry.prereqs != lesson.spec.prereqs:
            message = f"the course says prereqs = {list(entry.prereqs)}"
            yield LessonFault(file, lines("prereqs"), message, "mend one of them")


def _circle(start: str, prereqs: Mapping[str, Sequence[str]]) -> list[str]:
    """The way from a lesson through what must be known before it back to itself, if there is one."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for name in prereqs.get(way[-1], ()):
            if name == start:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
