"""Whether what a lesson says of a run of the lab is so: the run is trained for it, and recorded."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import partial

from tuiexplain.course.check import claims
from tuiexplain.course.errors import LessonFault
from tuiexplain.course.lab_numbers import Trained, parameters, settings_of, vocabulary
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.toml_lines import Lines
from tuiexplain.course.torch_process import TorchProcess
from tuiexplain.trace.file import described
from tuiexplain.trace.trace import Content, Trace


class Lab:
    """The lesson's parts that PyTorch trains, and what is said of them."""

    def __init__(self, lesson: Lesson, torch: TorchProcess) -> None:
        self.parts = [part for part in lesson.parts if part.spec.lab is not None]
        self.trained = Trained(self.parts, torch)
        self.notes: list[str] = []
        if self.parts and importlib.util.find_spec("torch") is None:
            self.notes.append(f"{lesson.folder}: runs not checked: PyTorch is not installed.")

    def check(self, part: Part, lines: Lines, number: int) -> Iterator[LessonFault]:
        """Truths, answer keys and the way through an open step, from runs made now."""
        if self.notes:
            return
        told = self.trained.told(part)
        settings = settings_of(part, None)
        if settings.model == "gpt" and parameters(settings, vocabulary(settings)) != (
            count := told["parameters"]
        ):
            file, line = part.lesson.folder / "lesson.toml", lines("part", number)
            message = f"part '{part.id}' has {count} parameters, and they are counted otherwise"
            yield LessonFault(file, line, message, "mend the counting")
        values, events = described(told["step"])
        step = Trace("aten", Content(values, events, ()))
        lookup = partial(self.trained.lookup, part)
        yield from claims.coverage_of(part, [step], lines, number)
        yield from claims.truths(part, lines, number, lookup)
        yield from claims.predictions(part, lines, number, lookup)
