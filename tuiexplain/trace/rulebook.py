"""What a recorder must know about its operations, for a trace to explain them.

The engine's table of op rules is one rulebook, the lab's is another. A trace file names the
rulebook that it was recorded with; whoever owns one registers it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.event import Event
from tuiexplain.trace.expression import Cell, Expr, Operand

Axes = tuple[str, ...]


class Rulebook(Protocol):
    """Formula, arithmetic and reasons of each operation that a recorder writes down."""

    def formula(self, event: Event, output: str, inputs: Sequence[str]) -> str:
        """The event's formula in the given symbols: ``z1 = x·W1ᵀ + b1``."""

    def evaluate(self, event: Event, inputs: Sequence[np.ndarray]) -> np.ndarray:
        """Run the event's operation again on other numbers of the same shapes."""

    def explain(self, event: Event, inputs: Sequence[Operand], cell: Cell) -> Expr:
        """The arithmetic that made one cell of the event's output.

        Raises :class:`TraceError` where the operation has no rule.
        """

    def axes(self, event: Event, inputs: Sequence[Axes], shape: tuple[int, ...]) -> Axes:
        """The names of the output's axes."""

    def called(self, op: str) -> str:
        """The name under which the interface's texts tell of an operation."""


_registered: dict[str, Rulebook] = {}


def register(name: str, rulebook: Rulebook) -> None:
    """Make ``rulebook`` known under ``name``, the name that traces and their files carry."""
    _registered[name] = rulebook


def rulebook(name: str) -> Rulebook:
    """The rulebook registered under ``name``; :class:`TraceError` if there is none."""
    try:
        return _registered[name]
    except KeyError:
        raise TraceError(
            f"This trace was recorded by '{name}', whose rules are not loaded: "
            f"import the part of tuiexplain that recorded it."
        ) from None
