"""What the running code is inside of: a module's forward, ``no_grad``, a file of the engine."""

from __future__ import annotations

from contextlib import ContextDecorator
from types import FrameType, TracebackType
from typing import Self

import numpy as np

from tuiexplain.trace import recorder as recording


class State:
    """One for the process: the engine computes in one thread at a time."""

    __slots__ = ("grad", "module", "quiet")

    def __init__(self) -> None:
        self.grad = True
        """Whether operations are remembered for a backward pass."""
        self.module = ""
        """The path of the module whose ``forward`` runs."""
        self.quiet = False
        """Whether NumPy's warnings are off already: turning them off costs as much as a row."""


state = State()


class no_grad(ContextDecorator):  # noqa: N801 - torch's name
    """Operations in the ``with`` block, or the decorated function, are not remembered."""

    def _recreate_cm(self) -> Self:
        return type(self)()  # each call of a decorated function has a state of its own

    def __enter__(self) -> None:
        self.before = state.grad
        state.grad = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        state.grad = self.before


class quiet:  # noqa: N801 - reads as a statement
    """NumPy's warnings off: inf and nan are results here, to be shown, not accidents.

    A recording has them off already.
    """

    __slots__ = ("errstate",)

    def __enter__(self) -> None:
        nothing_to_do = state.quiet or recording._active is not None
        self.errstate = None if nothing_to_do else np.errstate(all="ignore")
        if self.errstate is not None:
            self.errstate.__enter__()
            state.quiet = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.errstate is not None:
            state.quiet = False
            self.errstate.__exit__(kind, error, traceback)


_inside: dict[str, bool] = {}
"""For each source file met so far: whether it belongs to the engine."""


def caller(frame: FrameType) -> FrameType:
    """The first frame at or above ``frame`` that is not the engine's own: the line to show."""
    known = _inside
    while True:
        inside = known.get(frame.f_code.co_filename)
        if inside is None:
            inside = _is_inside(frame)
        above = frame.f_back
        if not inside or above is None:
            return frame
        frame = above


def _is_inside(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    inside = name == "tuiexplain.engine" or name.startswith("tuiexplain.engine.")
    _inside[frame.f_code.co_filename] = inside
    return inside
