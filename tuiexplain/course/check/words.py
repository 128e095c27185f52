"""Whether every word is there, in both languages, and fits where it is shown."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from tuiexplain.course import languages
from tuiexplain.course.check.claims import walked
from tuiexplain.course.dial_words import wordless
from tuiexplain.course.errors import CourseError, LessonFault
from tuiexplain.course.experiment import Training
from tuiexplain.course.glossary import the_glossary
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.markup import Renderer, citations, cite_from, terms
from tuiexplain.course.prose import HINTS, Block, Prose
from tuiexplain.course.schema import Dial, Exercise
from tuiexplain.course.table import Table
from tuiexplain.course.text import pieces, width, wrap
from tuiexplain.trace.errors import TraceError, did_you_mean
from tuiexplain.trace.run import Run

PANE = 36
"""Columns of the prose at 80x24, the narrowest screen: what fits there fits everywhere."""

MEASURE, DATA = "measure.", "data."
"""What the blocks that name measures and data begin with."""

ROWS = 18
"""Two panes full at 80x24. One (9 rows) is what a block should aim at."""

_DECIMAL = re.compile(r"(?<![\w.{=])[-−+]?\d*\.\d+(?:e[-+]?\d+)?(?!\w|\.\d)")
_TYPED = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?(?:e[-−+]?\d+)?|[-−+]?\.\d+")
_ALLOWED = re.compile(r"\{\{.*?\}\}", re.DOTALL)

_SMALL = 64
"""Values of more cells are left out when typed decimals are compared: chance would match."""


# -- presence --------------------------------------------------------------------------------------


def presence(lesson: Lesson, prose: Mapping[str, Prose]) -> Iterator[LessonFault]:
    """Every part, step and prediction has its words, and nothing has words that is not there."""
    for text in prose.values():
        if not text.blocks:
            continue
        yield from _present(lesson, text)
    counts = {
        language: {b.id: len(b.choices) for b in text.all()} for language, text in prose.items()
    }
    for language, count in counts.items():
        for name, number in count.items():
            there = counts["en"].get(name)
            if language != "en" and there is not None and there != number:
                block = prose[language].blocks.get(name)
                line = block.line if block else 1
                message = f"'{name}' has {number} choices, in en.md it has {there}"
                yield LessonFault(prose[language].file, line, message, "make them the same")


def _present(lesson: Lesson, text: Prose) -> Iterator[LessonFault]:
    missing = partial(_missing, text)
    known = {"summary"}
    if not text.question:
        line = text.head.line
        remedy = "add the question that the lesson answers"
        yield LessonFault(text.file, line, "there is no line under the title", remedy)
    for part in lesson.parts:
        for what, names in (("part", [part.id]), ("step", [s.id for s in part.spec.steps])):
            for name in names:
                known.add(name)
                block = text.blocks.get(name)
                if block is None:
                    yield missing(what, name)
                else:
                    yield from _plain_block(text, block, what)
        known |= {p.id for p in part.spec.predictions} | {e.id for e in part.spec.exercises}
        yield from _asked(text, part)
        for dial in part.dials:
            label = f"dial.{dial.id}"
            known.add(label)
            if label not in text.blocks and not languages.has(label):
                yield missing("dial", label)
            else:
                yield from _choices(lesson, text, dial)
    for block in text.blocks.values():
        if block.id not in known and not block.id.startswith((MEASURE, DATA)):
            message = f"no part, step or prediction is called '{block.id}'"
            remedy = did_you_mean(block.id, sorted(known))
            yield LessonFault(text.file, block.line, message, remedy)


def _choices(lesson: Lesson, text: Prose, dial: Dial) -> Iterator[LessonFault]:
    """What a dial may be set to has words where it is a word, and only that has some."""
    block = text.blocks.get(f"dial.{dial.id}")
    line = block.line if block is not None else 1
    for choice in wordless(lesson, dial, text.language):
        message = f"the choice '{choice}' of dial '{dial.id}' has no words"
        remedy = f"add '### choice {choice} | words' to the block 'dial.{dial.id}'"
        yield LessonFault(text.file, line, message, remedy)
    known = [c for p in lesson.parts for d in p.dials if d.id == dial.id for c in d.choices]
    for name in block.names if block is not None else ():
        if name not in known:
            message = f"dial '{dial.id}' has no choice '{name}'"
            yield LessonFault(text.file, line, message, did_you_mean(name, known))


def _missing(text: Prose, what: str, name: str) -> LessonFault:
    remedy = f"add '## {name} | Title'"
    return LessonFault(text.file, 1, f"the words of {what} '{name}' are missing", remedy)


def names(lesson: Lesson, text: Prose) -> Iterator[LessonFault]:
    """Measures and data have names, and names are of something: only the running network tells."""
    runs = [part.cited_run() for part in lesson.parts if part.spec.lab is None]
    measures = {MEASURE + name for run in runs for name in run.measures}
    data = {DATA + table.name for run in runs for table in _tables(run) if table.name}
    for what, start, there in (("measure", MEASURE, measures), ("data", DATA, data)):
        for label in sorted(there):
            if label not in text.blocks and not languages.has(label):
                yield _missing(text, what, label)
        for block in text.blocks.values():
            if block.id.startswith(start) and block.id not in there:
                remedy = did_you_mean(block.id, sorted(there)) if there else "take the block out"
                message = f"no {what} is called '{block.id}'"
                yield LessonFault(text.file, block.line, message, remedy)


def _tables(run: Run) -> Iterable[Table]:
    assert isinstance(run.program, Training)
    return run.program.experiment.data.values()


def _plain_block(text: Prose, block: Block, what: str) -> Iterator[LessonFault]:
    if not block.text:
        yield LessonFault(text.file, block.line, f"{what} '{block.id}' says nothing", "add a text")
    if block.choices or block.hints or block.wrong:
        message = f"{what} '{block.id}' has choices or hints, but is no prediction"
        remedy = "write lists with '- ', and hints under a prediction"
        yield LessonFault(text.file, block.line, message, remedy)


def _question(
    text: Prose, block: Block, answer: object, wrong: list[float | int | str]
) -> Iterator[LessonFault]:
    def fault(message: str, remedy: str) -> LessonFault:
        return LessonFault(text.file, block.line, f"'{block.id}' {message}", remedy)

    if not block.text:
        yield fault("asks nothing", "add the question under its heading")
    if len(block.hints) != HINTS or not all(block.hints):
        remedy = "add ### hint 1 (where to look), 2 (the idea), 3 (nearly there)"
        yield fault(f"has {sum(map(bool, block.hints))} hints, not {HINTS}", remedy)
    if not block.why:
        yield fault("does not say why", "add ### why")
    if not isinstance(answer, int):
        if block.choices:
            yield fault("has choices but asks for something else", "write lists with '- '")
        return
    if len(block.choices) < 2:
        yield fault("has no choices", "add them as a numbered list: 1. … 2. …")
    elif not 1 <= answer <= len(block.choices):
        yield fault(f"has no choice {answer}, its answer", "mend the list or the answer")
    else:
        left = set(range(1, len(block.choices) + 1)) - {answer} - set(wrong)
        if left:
            numbers = ", ".join(str(n) for n in sorted(left))
            remedy = "add [[part.prediction.wrong]] with an expectation that is false"
            yield fault(f"does not show choice {numbers} to be wrong", remedy)
        known = {str(number) for number in range(1, len(block.choices) + 1)}
        for number in (*wrong, *block.wrong):
            if str(number) not in known:
                yield fault(f"has no choice {number}", "mend the list or what speaks of it")


def _asked(text: Prose, part: Part) -> Iterator[LessonFault]:
    """The words of a part's predictions and exercises."""
    for prediction in part.spec.predictions:
        block = text.blocks.get(prediction.id)
        if block is None:
            yield _missing(text, "prediction", prediction.id)
            continue
        answer = prediction.answer if prediction.kind == "choice" else None
        yield from _question(text, block, answer, [w.answer for w in prediction.wrong])
    for exercise in part.spec.exercises:
        yield from _exercise(text, exercise)


def _exercise(text: Prose, exercise: Exercise) -> Iterator[LessonFault]:
    """An exercise has its words, and each of its slips."""
    block = text.blocks.get(exercise.id)
    if block is None:
        yield _missing(text, "exercise", exercise.id)
        return
    yield from _question(text, block, None, [])
    slips = {slip.id for slip in exercise.slips}
    for name in sorted(slips ^ set(block.wrong)):
        what = "has no words for the slip" if name in slips else "has words for an unknown slip"
        remedy = f"add '### wrong {name}'" if name in slips else "mend its id"
        yield LessonFault(text.file, block.line, f"'{block.id}' {what} '{name}'", remedy)


# -- what is shown ---------------------------------------------------------------------------------


def rendered(lesson: Lesson, text: Prose) -> Iterator[LessonFault]:
    """Citations, terms, typed decimals and layout of every text that a learner may see."""
    source = text.file.read_text(encoding="utf-8").splitlines()
    numbers = {part.id: _small_numbers(part) for part in lesson.parts}
    for block in text.all():
        part = owner(lesson, block.id)
        render = Renderer(text.language, cite_from(part))
        for content in filter(None, block.texts()):
            yield from _citations(text, block, content, part, source)
            yield from _terms(text, block, content, source)
            yield from _typed(text, block, content, numbers[part.id], source)
            if content != block.teacher:
                yield from _layout(text, block, render.plain(content))


def owner(lesson: Lesson, name: str) -> Part:
    """The part that a block belongs to: the one that its numbers come from."""
    for part in lesson.parts:
        spec = part.spec
        own = {part.id, *(s.id for s in spec.steps), *(p.id for p in spec.predictions)}
        own |= {e.id for e in spec.exercises}
        if name in own:
            return part
    return lesson.part()


def _line(source: list[str], block: Block, needle: str) -> int:
    """The line where ``needle`` stands, at or below the heading of its block."""
    first = needle.split("\n", maxsplit=1)[0]
    for number in range(block.line, len(source) + 1):
        if first in source[number - 1]:
            return number
    return block.line


def _citations(
    text: Prose, block: Block, content: str, part: Part, source: list[str]
) -> Iterator[LessonFault]:
    cite = cite_from(part)
    for cited in citations(content):
        if cited.verbatim:
            if not _TYPED.fullmatch(cited.expression):
                line = _line(source, block, cited.expression)
                message = f"{{{{={cited.expression}}}}} stands as it is typed, and is not a number"
                yield LessonFault(text.file, line, message, "without the = it is worked out")
            continue
        try:
            cite(cited)
        except LessonFault:
            raise
        except (CourseError, TraceError) as error:
            line = _line(source, block, cited.expression)
            yield LessonFault(text.file, line, str(error).rstrip("."), "mend the citation")
    if content.count("{{") != content.count("}}"):
        line = _line(source, block, "{{")
        yield LessonFault(text.file, line, "a citation is not closed", "write {{CELL:FORMAT}}")


def _terms(text: Prose, block: Block, content: str, source: list[str]) -> Iterator[LessonFault]:
    glossary = the_glossary()
    for word in terms(content):
        if glossary.find(word) is None:
            names = [n for t in glossary.terms for n in t.names()]
            line = _line(source, block, f"[[{word}")
            message = f"the glossary has no term '{word}'"
            yield LessonFault(text.file, line, message, did_you_mean(word, names))


def _small_numbers(part: Part) -> list[float]:
    """The numbers of the traces that are walked, without those of large arrays."""
    found: set[float] = set()
    for trace in walked(part) if part.spec.lab is None else ():
        for value in trace.values:
            if value.size <= _SMALL:
                found |= {abs(float(x)) for x in trace.data(value).reshape(-1)}
    return sorted(x for x in found if math.isfinite(x) and x)


def _typed(
    text: Prose, block: Block, content: str, numbers: list[float], source: list[str]
) -> Iterator[LessonFault]:
    for match in _DECIMAL.finditer(_ALLOWED.sub(" ", content)):
        typed = match[0].replace("−", "-")
        if (found := matching(typed, numbers)) is not None:
            message = f"{typed} is typed, but the network computes it ({found!r})"
            remedy = "cite it as {{CELL:FORMAT}}, or write {{=" + typed + "}} if it is another"
            yield LessonFault(text.file, _line(source, block, match[0]), message, remedy)


def matching(typed: str, numbers: list[float]) -> float | None:
    """The traced number that a typed decimal is: with few digits exactly, else as it rounds."""
    value = abs(float(typed))
    mantissa = typed.lower().partition("e")[0]
    digits = len(re.sub(r"\D", "", mantissa).lstrip("0"))
    exponent = int(typed.lower().partition("e")[2] or 0)
    decimals = len(mantissa.partition(".")[2]) - exponent
    allowed = 0.5 * 10.0**-decimals if digits >= 3 else 1e-12 * value
    return next((x for x in numbers if abs(x - value) <= allowed * (1 + 1e-9)), None)


def _layout(text: Prose, block: Block, shown: str) -> Iterator[LessonFault]:
    rows = 0
    for paragraph in shown.split("\n\n"):
        rows += len(wrap(paragraph, PANE)) + (1 if rows else 0)
    if rows > ROWS:
        message = f"'{block.id or 'title'}' takes {rows} rows of {PANE} columns, more than {ROWS}"
        yield LessonFault(text.file, block.line, message, "say it in fewer words, or in two steps")
    for piece in pieces(shown.replace("\n", " ")):
        if width(piece.rstrip()) > PANE:
            message = f"'{piece.strip()}' is wider than the {PANE} columns of the pane"
            yield LessonFault(text.file, block.line, message, "put spaces into it or shorten it")
