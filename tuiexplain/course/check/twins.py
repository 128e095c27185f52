"""Whether a lesson's PyTorch twin gives the same numbers."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tuiexplain.course.errors import CourseError, LessonFault
from tuiexplain.course.lesson import Lesson, Part, value_array
from tuiexplain.course.marks import marks
from tuiexplain.course.torch_process import TorchProcess
from tuiexplain.trace.errors import TraceError, did_you_mean
from tuiexplain.trace.event import Phase

STEPS = 3
"""Training steps that are compared."""

RELATIVE = 1e-9


class Twin:
    """The twin of a lesson: started first, compared last, so that torch loads meanwhile."""

    def __init__(self, lesson: Lesson, torch: TorchProcess | None = None) -> None:
        self.lesson, self.torch = lesson, torch
        self.parts = [part for part in lesson.parts if part.spec.lab is None]
        """Those of our own engine; what PyTorch trains is its own twin."""
        self.file = lesson.folder / "torch_twin.py"
        self.notes: list[str] = []
        self._task: dict[str, Any] | None = None

    def start(self) -> Iterable[LessonFault]:
        """Start the twin with the network's first numbers and data."""
        for name in self.lesson.spec.twins:
            file = self.lesson.folder / f"{name}_twin.py"
            if not file.is_file():
                yield LessonFault(file, 1, "the file is missing", f"or take '{name}' out of twins")
        torch = self.torch
        if torch is None or "torch" not in self.lesson.spec.twins or not self.file.is_file():
            return
        if importlib.util.find_spec("torch") is None:
            self.notes.append(f"{self.file}: not compared, because PyTorch is not installed.")
            return
        # Started before the numbers are put together: torch takes a second to load.
        torch.start()
        self._task = self.lesson.guarded(self._prepare)

    def marks(self) -> Iterator[LessonFault]:
        """Every mark in a twin names a value of some part, or a phase."""
        for name in self.lesson.spec.twins:
            file = self.lesson.folder / f"{name}_twin.py"
            if not file.is_file():
                continue
            marked = marks(self.lesson.source(file.name))
            if not marked:
                continue
            traces = [part.cited_trace(None, 0) for part in self.parts]
            known = {value.name for trace in traces for value in trace.values} | set(Phase)
            for what, line in marked.items():
                if what not in known:
                    message = f"the mark '{what}' is no value of the lesson's network"
                    yield LessonFault(file, line, message, did_you_mean(what, sorted(known)))

    def _prepare(self) -> dict[str, Any]:
        return {"file": str(self.file), "parts": [_task(part) for part in self.parts]}

    def compare(self) -> Iterator[LessonFault]:
        """Wait for the twin's numbers and compare them with the traces."""
        if self.torch is None or self._task is None:  # the network is at fault, and was reported
            return
        try:
            answers = self.torch.ask("twin", self._task)
        except CourseError as error:
            yield LessonFault(self.file, 1, str(error).rstrip("."), "run it by hand")
            return
        for part, told in zip(self.parts, answers, strict=True):
            if "error" in told:
                yield LessonFault(self.file, told["line"], told["error"], "mend the twin")
                continue
            yield from self._part(part, told["line"], told["steps"])

    def _part(self, part: Part, line: int, steps: list[dict[str, Any]]) -> Iterator[LessonFault]:
        expected = _steps(part)
        if len(steps) != expected:
            message = f"'{part.spec.setup}' yields {len(steps)} training steps of {expected}"
            yield LessonFault(self.file, line, message, "yield once for every batch")
        for number, numbers in enumerate(steps[:expected]):
            trace = part.cited_trace(None, number)
            if not numbers:
                message = f"'{part.spec.setup}' yields nothing to compare"
                yield LessonFault(self.file, line, message, 'yield {"loss": loss, …}')
            for name, theirs in numbers.items():
                try:
                    ours = value_array(trace, name)
                except TraceError as error:
                    yield LessonFault(self.file, line, str(error).rstrip("."), "mend the name")
                    return
                if difference := _difference(ours, np.asarray(theirs)):
                    message = f"part '{part.id}', training step {number}: {name} {difference}"
                    yield LessonFault(self.file, line, message, "make network and twin the same")
                    return


def _difference(ours: np.ndarray, theirs: np.ndarray) -> str | None:
    if ours.shape != theirs.shape:
        return f"has shape {ours.shape}, the twin's {theirs.shape}"
    scale = float(np.abs(ours).max()) if ours.size else 0.0
    if np.allclose(ours, theirs, rtol=RELATIVE, atol=1e-12 * scale, equal_nan=True):
        return None
    at = np.unravel_index(int(np.argmax(np.abs(ours - theirs))), ours.shape)
    return f"is {float(ours[at])!r}, the twin's {float(theirs[at])!r}"


def _steps(part: Part) -> int:
    learns = any(e.phase is Phase.UPDATE for e in part.cited_trace(None, 0).events)
    return STEPS if learns else min(STEPS, part.spec.train_steps)


def _task(part: Part) -> dict[str, Any]:
    program = part.program()
    return {
        "function": part.spec.setup,
        "dials": part.settings(),
        "start": {name: array.tolist() for name, array in program.parameters().items()},
        "batches": [
            {key: array.tolist() for key, array in program.batch(step).items()}
            for step in range(_steps(part))
        ],
    }
