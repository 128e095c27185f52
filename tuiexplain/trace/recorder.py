"""Recording: ``with record() as trace:`` around ordinary code.

An engine asks :func:`active` whether anybody listens and appends a :data:`Call` for each operation;
that is all that recording costs while the code runs. The trace makes values and events of the calls
when it is first looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import CodeType, TracebackType
from typing import Any

import numpy as np

from tuiexplain.trace.event import Phase
from tuiexplain.trace.trace import Declaration, Trace
from tuiexplain.trace.value import GIVEN, Kind, Origin

Call = tuple[
    Phase,  # which part of the training step
    str,  # op
    tuple[np.ndarray, ...],  # inputs
    np.ndarray,  # output: always an array object of its own
    Mapping[str, Any] | None,  # attrs
    str,  # module path
    CodeType | None,  # the code that ran ...
    int,  # ... and the instruction in it (f_lasti)
    np.ndarray | None,  # answers: the output of the forward call whose derivative this is
    str | None,  # wrt: that call's input
    np.ndarray | None,  # about: the array this is the gradient of, or (update) the one it replaces
]


class Recorder:
    """The calls of one recording, and what is known of the arrays that it starts from."""

    __slots__ = ("calls", "declared", "labelled", "scope", "titled")

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.declared: dict[int, Declaration] = {}
        self.titled: dict[int, Declaration] = {}
        """Names and kinds of what operations made, where they are known better than from the code."""
        self.labelled: dict[int, tuple[tuple[str, ...] | None, ...]] = {}
        """Labels that the recorded code itself gave to arrays, by the array's id."""
        self.scope: dict[str, Any] = {}

    def declare(
        self,
        array: np.ndarray,
        name: str,
        kind: Kind,
        axes: tuple[str, ...] = (),
        labels: tuple[tuple[str, ...] | None, ...] = (),
        origin: Origin = GIVEN,
    ) -> None:
        """Tell the name and nature of an array that the recorded code starts from."""
        self.declared[id(array)] = Declaration(array, name, kind, axes, labels, origin)

    def kept(self, array: np.ndarray) -> np.ndarray:
        """What the trace keeps of an array that was recorded."""
        return np.asarray(array)


_active: Recorder | None = None


def active() -> Recorder | None:
    """The recorder that listens now, if any."""
    return _active


class record:  # noqa: N801 - reads as a statement, like ``no_grad``
    """Record everything that an engine computes in the ``with`` block as a :class:`Trace`.

    ``rulebook`` names the rules that will explain it. Leaf arrays that nobody declared get the
    names of the variables that hold them where the block ends. Recordings do not nest. NumPy's
    warnings are off in the block: inf and nan are numbers that a trace shows.
    """

    def __init__(self, rulebook: str = "engine") -> None:
        self.recorder = Recorder()
        self.trace = Trace(rulebook, self.recorder)

    def __enter__(self) -> Trace:
        global _active
        if _active is not None:
            raise RuntimeError("A recording is already under way: recordings do not nest.")
        self.errstate = np.errstate(all="ignore")
        self.errstate.__enter__()
        _active = self.recorder
        return self.trace

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        global _active
        _active = None
        self.errstate.__exit__(kind, error, traceback)
        scope = sys._getframe(1).f_locals
        # Without the trace itself: a trace that holds itself is freed late, by the cycle collector.
        self.recorder.scope = {k: v for k, v in scope.items() if v is not self.trace}
