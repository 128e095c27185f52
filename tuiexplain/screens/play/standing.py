"""Where the learner stands in the playground: which unit, weight or example, and what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tuiexplain.play.design import PLANE_FEATURES
from tuiexplain.play.network import Network
from tuiexplain.play.play import Play


class Focus(StrEnum):
    """What the arrows move along."""

    RUN = "run"
    UNITS = "units"
    WEIGHTS = "weights"
    EXAMPLES = "examples"


class Side(StrEnum):
    """What stands beside the network where there is room for one thing only."""

    OUTPUT = "output"
    CURVE = "curve"
    UNIT = "unit"
    SCORE = "score"
    DATA = "data"
    DIALS = "dials"


TURNS = (Side.OUTPUT, Side.CURVE, Side.UNIT, Side.SCORE, Side.DATA)
"""In the order in which one key shows them; the dials have a key of their own."""


class Cell(NamedTuple):
    """A number that is learnt: its array, and where in it."""

    name: str
    at: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.at))}]"


def first_axes(columns: tuple[str, ...]) -> tuple[int, int]:
    """The first two columns that are no switches (``sex=male``), or else the first two."""
    numbers = [at for at, name in enumerate(columns) if "=" not in name]
    others = [at for at in range(len(columns)) if at not in numbers]
    across, up, *_ = [*numbers, *others, 0, 0]
    return across, up


@dataclass
class Standing:
    """``unit`` is (column, unit): column 0 are the features, the last the outputs.

    ``source`` is the unit of the column before whose weight is looked at; one past the last is the
    bias.
    """

    play: Play
    focus: Focus = Focus.UNITS
    unit: tuple[int, int] = (1, 0)
    source: int = 0
    example: int | None = None
    axes: tuple[int, int] = (0, 1)
    side: Side = Side.OUTPUT
    backward: bool = False
    discrete: bool = False
    tests: bool = False

    def __post_init__(self) -> None:
        self.axes = first_axes(self.play.dataset.columns)
        self.settle()

    @property
    def shape(self) -> Network:
        """The network at the step that is shown: in the past it may have been another."""
        return self.play.shape_at(self.play.at)

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature that there is, switched on or off."""
        return PLANE_FEATURES if self.play.design.generated else self.play.dataset.columns

    @property
    def counts(self) -> tuple[int, ...]:
        """Units of each column."""
        return (len(self.features), *self.shape.widths[1:])

    @property
    def layer(self) -> int | None:
        """Which hidden layer the cursor is in, from 0."""
        at = self.unit[0] - 1
        return at if 0 <= at < len(self.play.design.layers) else None

    def settle(self) -> None:
        """Keep the cursor inside what there is."""
        counts = self.counts
        column = min(self.unit[0], len(counts) - 1)
        self.unit = (column, min(self.unit[1], counts[column] - 1))
        before = counts[column - 1] if column else 0
        self.source = min(self.source, before)
        if self.focus is Focus.WEIGHTS and not column:
            self.focus = Focus.UNITS
        columns = len(self.play.dataset.columns)
        if max(self.axes) >= columns:
            self.axes = (0, min(1, columns - 1))
        if self.example is not None and self.example >= len(self.play.dataset.inputs):
            self.example = None

    def move(self, down: int, across: int) -> None:
        """Move the cursor from unit to unit, or from weight to weight; it stops at the edges."""
        counts = self.counts
        column, unit = self.unit
        if self.focus is Focus.WEIGHTS:
            self.source = min(max(self.source + down, 0), counts[column - 1])
            down = 0
        least = 1 if self.focus is Focus.WEIGHTS else 0
        to = min(max(column + across, least), len(counts) - 1)
        if to != column:  # beside where it was
            share = (unit + 0.5) / counts[column]
            unit = min(int(share * counts[to]), counts[to] - 1)
        self.unit = (to, min(max(unit + down, 0), counts[to] - 1))
        self.source = min(self.source, counts[to - 1]) if to else 0

    def cell(self, column: int, unit: int, source: int) -> Cell | None:
        """The weight to a unit from one before it, or its bias; ``None`` of a feature that is off."""
        if column == 0:
            return None
        if source >= self.counts[column - 1]:
            return Cell(f"b{column}", (unit,))
        if column > 1:
            return Cell(f"W{column}", (unit, source))
        inputs = self.shape.inputs
        name = self.features[source]
        return Cell("W1", (unit, inputs.index(name))) if name in inputs else None

    @property
    def selected(self) -> Cell | None:
        """The number under the cursor: a weight, or else the unit's bias."""
        column, unit = self.unit
        source = self.source if self.focus is Focus.WEIGHTS else self.counts[column - 1]
        return self.cell(column, unit, source)
