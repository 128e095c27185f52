"""The open step, in the training process: recorded on a copy of the run, asked about from outside.

The run itself is not touched: it goes on as if nobody had looked.
"""

from __future__ import annotations

import contextlib
import gc
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tuiexplain.lab.nonfinite import spoilt
from tuiexplain.lab.protocol import Answer, Ask, Entered
from tuiexplain.lab.recording.recorder import record_torch
from tuiexplain.lab.recording.trace import TorchTrace
from tuiexplain.lab.trainer import Trainer
from tuiexplain.trace import file
from tuiexplain.trace.errors import NoRule, TraceError
from tuiexplain.trace.tile import Reduce
from tuiexplain.trace.value import Kind, Origin, Source
from tuiexplain.trace.why import unexplained, why

MOST_SAID = 400
"""Characters of what is said of a question that means nothing."""
MOST_CAUSES = 256
"""How many of the cells behind a number are told of."""


class OpenStep:
    """The step that a run is about to take, with everything in it."""

    def __init__(self, trainer: Trainer) -> None:
        self.step = trainer.step
        self.trace, self.finite = recorded(trainer)
        self._answers: dict[str, Callable[..., tuple[dict[str, Any], bytes]]] = {
            "tile": self._tile,
            "data": self._data,
            "why": self._why,
            "source": self._source,
        }

    def entered(self) -> Entered:
        """Its values and events, and where it went wrong if it did."""
        content = json.dumps(file.describe(self.trace), separators=(",", ":"))
        spoilt = None if self.finite else first_spoilt(self.trace)
        return Entered(self.step, spoilt, content.encode())

    def answer(self, ask: Ask) -> Answer:
        """What was asked, or why it cannot be had: nothing that is asked ends the run."""
        try:
            about, content = self._answers[ask.what](**ask.about)
        except (TraceError, OSError) as error:
            return Answer(ask.number, {"error": str(error)})
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
            sentence = (
                f"there is no answer to {ask.what!r} with {ask.about} ({reason}): ask another."
            )
            return Answer(ask.number, {"error": sentence[:MOST_SAID]})
        return Answer(ask.number, about, content)

    def _tile(
        self,
        value: int,
        region: list[int] | None = None,
        shape: list[int] | None = None,
        reduce: str = Reduce.EXTREME,
    ) -> tuple[dict[str, Any], bytes]:
        found = self.trace.tile(
            self.trace.values[value],
            None if region is None else (region[0], region[1], region[2], region[3]),
            None if shape is None else (shape[0], shape[1]),
            Reduce(reduce),
        )
        return _array(found)

    def _data(self, value: int) -> tuple[dict[str, Any], bytes]:
        return _array(self.trace.data(value))

    def _why(self, value: int, cell: list[int]) -> tuple[dict[str, Any], bytes]:
        found, at = self.trace.values[value], tuple(cell)
        try:
            with _uncollected():
                told = why(self.trace, found, at, MOST_CAUSES)
        except NoRule:
            told = unexplained(self.trace, found, at)
        content = {
            "number": told.number,
            "total": told.total,
            "reckoned": told.expression is not None,
            "with_names": told.with_names,
            "with_numbers": told.with_numbers,
            "causes": [(c.value.id, c.cell, c.number) for c in told.causes],
            "left_out": told.left_out,
        }
        return {}, json.dumps(content, separators=(",", ":")).encode()

    def _source(self, file: str) -> tuple[dict[str, Any], bytes]:
        if not any(e.site is not None and e.site.file == file for e in self.trace.events):
            raise TraceError(f"No operation of this step stands in {file}.")
        return {}, Path(file).read_bytes()


def recorded(trainer: Trainer) -> tuple[TorchTrace, bool]:
    """The next step of ``trainer`` as a trace, and whether it is finite; if not, without an update.

    Training adds up the update of all weights in one go; here it is seen operation by operation,
    so its last bits may differ from those of the run. Forward and backward are the same bits.
    """
    twin = trainer.twin()
    before = Origin(Source.STEP, step=trainer.step - 1)
    start = Origin(Source.SEED, type(trainer.model).__name__, seed=trainer.settings.seed)
    former = trainer.settings.weights or trainer.settings.base
    if former:
        start = Origin(Source.DATA, Path(former).name)
    origin = before if trainer.step else start
    meta = {"model": trainer.settings.model, "step": trainer.step}
    recording = record_torch(twin.model, twin.optimizer, origin=origin, meta=meta)
    batches = [twin.batch(part) for part in range(twin.settings.accumulate)]
    data = Origin(Source.DATA, trainer.source.describe())
    for inputs, targets in batches:
        recording.declare(inputs, "inputs", Kind.INPUT, origin=data)
        recording.declare(targets, "targets", Kind.TARGET, origin=data)
    if twin.reference is not None:
        began = Origin(Source.DATA, Path(former).name)
        for name, parameter in twin.reference.named_parameters():
            recording.declare(parameter, f"reference.{name}", Kind.BUFFER, origin=began)
    twin.prepare()
    with recording as trace:
        losses = [twin.backward(*batch) for batch in batches]
        norm = twin.clip()
        finite = all(math.isfinite(number.item()) for number in (*losses, norm))
        if finite:
            twin.optimizer.step()
    return trace, finite


def first_spoilt(trace: TorchTrace) -> int | None:
    """The first value with a NaN or a plus infinity.

    Minus infinities are written on purpose, to mask: what they spoil has a NaN.
    """
    for value in trace.values:
        tensor = trace.tensor(value)
        if not tensor.is_floating_point() or not spoilt(tensor):
            continue
        if bool(torch.isnan(tensor).any()) or bool((tensor == math.inf).any()):
            return value.id
    return None


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No looking for garbage: among a hundred thousand terms that takes longer than making them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _array(array: np.ndarray) -> tuple[dict[str, Any], bytes]:
    array = np.ascontiguousarray(array)
    return {"shape": array.shape, "dtype": array.dtype.str}, array.tobytes()
