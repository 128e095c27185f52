"""A lesson: its structure, its words and its networks, each read when first asked for."""

from __future__ import annotations

import math
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tuiexplain.course.bounds import TooLongError, bounds
from tuiexplain.course.errors import AskedError, CourseError, LessonFault, Near
from tuiexplain.course.expressions import Expression, Reference, pick, unknown_name
from tuiexplain.course.own_text import fitted
from tuiexplain.course.prose import Block, Prose, read_prose
from tuiexplain.course.schema import Dial, LessonSpec, NamedRun, PartSpec, Setting
from tuiexplain.course.text import without_controls
from tuiexplain.lab.errors import LabError
from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.run import Run
from tuiexplain.trace.source import forget_sources
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind

if TYPE_CHECKING:
    from tuiexplain.course.experiment import Experiment, Training

T = TypeVar("T")

Settings = Mapping[str, Setting]
"""A value for each dial of a part."""

LANGUAGES = ("en", "zh")


class Lesson:
    """A lesson in ``folder``. Its code runs when a part is first set up, never before."""

    edited = True
    """Whether somebody may be writing it."""

    def __init__(self, spec: LessonSpec, folder: Path) -> None:
        self.spec, self.folder = spec, folder
        self.parts = tuple(Part(self, part) for part in spec.parts)
        self._prose: dict[str, Prose] = {}
        self._stale: dict[str, set[str]] = {}
        self._sources: dict[str, str] = {}

    @property
    def id(self) -> str:
        """As in ``tuiexplain open ID``."""
        return self.spec.id

    @property
    def number(self) -> int:
        """Its place in the course."""
        return self.spec.number

    def part(self, name: str | None = None) -> Part:
        """The part called ``name``; the one that the lesson shows first if there is no name."""
        name = name or self.spec.shows
        for part in self.parts:
            if part.id == name:
                return part
        known = Near(name, [p.id for p in self.parts])
        raise AskedError("part_unknown", lesson=self.id, name=name, known=known)

    def prose(self, language: str) -> Prose:
        """The words in one language; raises the first :class:`LessonFault` of their form."""
        if language not in self._prose:
            prose, faults = read_prose(self.folder / f"{language}.md", language)
            if faults:
                raise faults[0]
            self._prose[language] = prose
        return self._prose[language]

    def block(self, name: str, language: str) -> Block:
        """The block called ``name``."""
        prose = self.prose(language)
        try:
            return prose.blocks[name]
        except KeyError:
            message = f"the block '{name}' is missing"
            raise LessonFault(prose.file, 1, message, f"add '## {name} | Title'") from None

    def label(self, key: str, language: str) -> str:
        """The name of a dial or measure (``dial.lr``): the lesson's own, or the interface's."""
        from tuiexplain.course.languages import has, tr

        interfaces = has(key) and key not in self.prose(language).blocks
        return tr(key, language) if interfaces else self.block(key, language).title

    def say_in(self, language: str) -> Callable[..., str]:
        """The texts of the interface, and the lesson's own names for dials, measures and data."""
        from tuiexplain.course.languages import UnknownText, has, tr

        def say(key: str, **fields: Any) -> str:
            if has(key):
                return tr(key, language, **fields)
            block = self.prose(language).blocks.get(key)
            if block is None:
                raise UnknownText(key)
            return block.title

        return say

    def is_stale(self, name: str, language: str) -> bool:
        """Whether a block's English text was changed after it was translated."""
        if language == LANGUAGES[0]:
            return False
        if language not in self._stale:
            self._stale[language] = self.prose(language).stale(self.prose(LANGUAGES[0]))
        return name in self._stale[language]

    def source(self, file: str = "network.py") -> str:
        """A program of the lesson as text to show."""
        if file not in self._sources:
            text = (self.folder / file).read_text(encoding="utf-8")
            self._sources[file] = without_controls(text)
        return self._sources[file]

    @cached_property
    def network(self) -> ModuleType:
        """The lesson's ``network.py``, run."""
        forget_sources()
        file = self.folder / "network.py"
        name = f"tuiexplain_lesson_{self.id.replace('-', '_')}"
        module = ModuleType(name)
        module.__file__ = str(file)
        sys.modules[name] = module
        try:
            code = compile(file.read_bytes(), str(file), "exec")
        except FileNotFoundError:
            raise LessonFault(file, 1, "the file is missing", "every lesson has one") from None
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            what = getattr(error, "msg", None) or str(error)
            raise LessonFault(file, line, f"not Python: {what}", "mend the line") from None
        self.guarded(partial(exec, code, module.__dict__))
        return module

    def guarded(self, call: Callable[[], T]) -> T:
        """What ``call`` into the lesson's program returns; an exception becomes a fault.

        So does a call that takes more time or memory than :mod:`tuiexplain.course.bounds` allows.
        """
        try:
            with bounds.kept():
                return call()
        except (CourseError, TraceError):
            raise
        except LabError as error:  # what the lab lacks is not a fault of the lesson's
            raise CourseError(str(error)) from error
        except Exception as error:
            file, line = self.folder / "network.py", 1
            for frame in traceback.extract_tb(error.__traceback__):
                if frame.filename == str(file):
                    line = frame.lineno or 1
            raise LessonFault(file, line, *_told(error)) from error


def _told(error: Exception) -> tuple[str, str]:
    """What a lesson's program did, and the remedy."""
    if isinstance(error, TooLongError):
        return str(error), "look for a loop that does not end, or train fewer steps"
    if isinstance(error, MemoryError):
        return "it asks for more memory than there is for a lesson", "make its arrays smaller"
    return f"{type(error).__name__}: {error}", "mend the lesson's program"


class Part:
    """One network of a lesson with its data, dials and steps."""

    def __init__(
        self, lesson: Lesson, spec: PartSpec, edits: Mapping[str, float] | None = None
    ) -> None:
        self.lesson, self.spec = lesson, spec
        self.edits = dict(edits or {})
        """Cells of parameters and data that are set by hand in every run (see ``varied``)."""
        self._cited: dict[str | None, Run] = {}

    @property
    def id(self) -> str:
        """As in ``--part ID``."""
        return self.spec.id

    # -- dials -----------------------------------------------------------------------------------

    @property
    def dials(self) -> tuple[Dial, ...]:
        """What may be turned, in the order of the screen."""
        return self.spec.dials

    def settings(self, changed: Mapping[str, Any] | None = None) -> dict[str, Setting]:
        """Every dial's value: the default, or the one in ``changed`` (text is read as a number)."""
        settings: dict[str, Setting] = {d.id: d.default for d in self.dials}
        for name, value in (changed or {}).items():
            settings[name] = self.setting(name, value)
        return settings

    def setting(self, name: str, value: Any) -> Setting:
        """``value`` as the dial called ``name`` takes it; :class:`CourseError` if it does not."""
        dial = next((d for d in self.dials if d.id == name), None)
        if dial is None:
            if not self.dials:
                raise AskedError("part_no_dials", part=self.id, lesson=self.lesson.id)
            raise AskedError(
                "dial_unknown", name=name, known=Near(name, [d.id for d in self.dials])
            )
        if dial.scale == "choice":
            if value not in dial.choices:
                known = Near(str(value), dial.choices)
                raise AskedError("dial_choice", name=name, value=value, known=known)
            return str(value)
        if dial.scale == "text":
            text = fitted(str(value), dial.longest, dial.unit).text
            if not text:
                raise AskedError("dial_empty", name=name)
            return text
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise AskedError("dial_number", name=name, value=value, default=dial.default)
        if dial.scale != "int":
            return number
        if number != int(number):
            raise AskedError("dial_whole", name=name, value=value, number=int(number))
        if number < dial.minimum:
            raise AskedError("dial_least", name=name, value=value, least=f"{dial.minimum:g}")
        return int(number)

    # -- networks --------------------------------------------------------------------------------

    def setup(self, settings: Settings | None = None) -> Experiment:
        """The experiment that the lesson's program makes for these dials."""
        from tuiexplain.course.experiment import Experiment

        make = getattr(self.lesson.network, self.spec.setup, None)
        file = self.lesson.folder / "network.py"
        if not callable(make):
            message = f"there is no function '{self.spec.setup}' for part '{self.id}'"
            raise LessonFault(file, 1, message, f"add def {self.spec.setup}(dials)")
        made = self.lesson.guarded(lambda: make(dict(settings or self.settings())))
        if not isinstance(made, Experiment):
            message = f"'{self.spec.setup}' does not return an Experiment"
            raise LessonFault(file, 1, message, "end it with return Experiment(…)")
        return made

    def program(
        self,
        settings: Settings | None = None,
        seed: int | None = None,
        edits: Mapping[str, float] | None = None,
    ) -> Training:
        """A fresh program at step 0: the network initialised from ``seed``, with ``edits`` made."""
        from tuiexplain.course.experiment import Training

        seed = self.spec.seed if seed is None else seed
        chosen = self.settings(settings)
        made = {**self.edits, **(edits or {})}
        return Training(lambda: self.setup(chosen), seed, made)

    def run(
        self,
        settings: Settings | None = None,
        seed: int | None = None,
        edits: Mapping[str, float] | None = None,
    ) -> Run:
        """A run of this part from its start; an error of the lesson's program is a fault."""
        if self.spec.lab is not None:
            raise AskedError("part_in_torch", part=self.id, lesson=self.lesson.id)
        return self.lesson.guarded(lambda: Run(lambda: self.program(settings, seed, edits)))

    # -- what prose and proofs cite --------------------------------------------------------------

    def named_run(self, name: str | None) -> NamedRun | None:
        """The run called ``name``; ``None`` is the run with the part's own settings."""
        if name is None:
            return None
        for run in self.spec.runs:
            if run.id == name:
                return run
        raise unknown_name("run", name, [r.id for r in self.spec.runs])

    def cited_run(self, name: str | None = None) -> Run:
        """The run that citations are rendered from: one for all, made when first cited."""
        if name not in self._cited:
            told = self.named_run(name)
            self._cited[name] = (
                self.run() if told is None else self.run(told.dials, told.seed, told.edits)
            )
        return self._cited[name]

    def cited_trace(self, name: str | None, step: int | str) -> Trace:
        """Training step ``step`` (``"last"``: the last) of a cited run."""
        number = self._cited_step(name, step)
        return self.lesson.guarded(lambda: self.cited_run(name).trace_at(number))

    def _cited_step(self, name: str | None, step: int | str) -> int:
        told = self.named_run(name)
        length = self.spec.train_steps if told is None else told.steps
        number = length - 1 if step == "last" else int(step)
        if told is not None and number >= told.steps:
            raise CourseError(f"Run '{name}' has {told.steps} steps: there is no @{number}.")
        return number

    def _cited_measure(self, run: str | None, step: int | str, name: str) -> np.ndarray:
        number, cited = self._cited_step(run, step), self.cited_run(run)
        return np.asarray(self.lesson.guarded(lambda: cited.measured(name, number)))

    def expression(self, text: str) -> Expression:
        """``text`` as an expression that may name the runs of this lesson."""
        return Expression(text, {r.id for p in self.lesson.parts for r in p.spec.runs})

    def lookup(
        self, run: str | None = None, step: int | str = 0
    ) -> Callable[[Reference], np.ndarray | float | Setting]:
        """Where an expression finds its numbers: plain names at ``step`` of ``run``.

        Of a run of the lab these are the numbers that are known before it trains.
        """
        if self.spec.lab is not None:
            from tuiexplain.course.lab_numbers import known

            return known(self, run)

        def find(reference: Reference) -> Any:
            part = self if reference.part is None else self.lesson.part(reference.part)
            if reference.run == "dials":
                told = part.named_run(run) if part is self else None
                settings = part.settings(told.dials if told else None)
                if reference.name not in settings:
                    raise unknown_name("dial", reference.name, settings)
                return settings[reference.name]
            of = run if reference.run is None and part is self else reference.run
            at = reference.step if reference.step is not None else (step if part is self else 0)
            if reference.name in part.cited_run(of).measures:
                return pick(reference, part._cited_measure(of, at, reference.name))
            trace = part.cited_trace(of, at)
            return pick(reference, value_array(trace, reference.name))

        return find


def value_array(trace: Trace, name: str) -> np.ndarray:
    """The numbers of the value called ``name``; ``loss`` is the loss, whatever its name."""
    known = {v.name: v for v in trace.values}
    value = known.get(name)
    if value is None and name == "loss":
        value = next((v for v in trace.values if v.kind is Kind.LOSS), None)
    if value is None:
        raise cells.unknown(name, trace.values)
    return trace.data(value)
