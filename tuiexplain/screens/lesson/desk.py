"""The desk: which number the learner looks at, how they came to it, and what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tuiexplain.course.session import Session
from tuiexplain.course.walk import Place
from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceLost
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.tile import cell_at, matrix_position, matrix_shape
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Source, Value
from tuiexplain.trace.why import Cause, Why


class Side(StrEnum):
    """What stands beside the matrices where there is room for one thing only."""

    WORDS = "words"
    CODE = "code"
    CURVE = "curve"
    PICTURE = "picture"


class Link(NamedTuple):
    """A number on the way back through its causes, and the training step it belongs to."""

    place: Place
    value: int
    cell: Cell


@dataclass
class Desk:
    """The selected cell, and the chain of reasons that was followed to it."""

    session: Session
    value: int = 0
    cell: Cell = ()
    chain: list[Link] = field(default_factory=list)
    cause: int = 0
    side: Side = Side.WORDS
    lent: bool = False
    """Whether the words gave way to a picture by themselves, until the next move."""
    code_language: str = "numpy"
    lost: TraceLost | None = None
    """Why numbers that lie in another process could not be had when they were last asked for."""
    pointing: bool = False
    """Whether the arrows move the cell cursor; else they move along the timeline."""

    @property
    def trace(self) -> Trace:
        """The open training step."""
        return self.session.bench.trace

    @property
    def selected(self) -> Value:
        """The value that the cursor is in."""
        return self.trace.values[self.value]

    # -- the cursor ------------------------------------------------------------------------------

    def settle(self) -> None:
        """Put the cursor into what the current event made: on the cell that its step names, or
        on the first.
        """
        self.chain.clear()
        self.cause = 0
        if self.lent:
            self.turn_to(Side.WORDS)
        here = self.values_here()
        if not here:  # a run that is watched has no open step
            self.pointing = False
            return
        value = here[-1] if self.session.bench.player.event else here[0]
        self.select(value, self._named_cell(self.trace.values[value].shape))

    def _named_cell(self, shape: tuple[int, ...]) -> Cell | None:
        """The cell that the lesson's step names, where there is one in an array of this shape."""
        bench = self.session.bench
        named = {step.id: step.cell for step in bench.part.spec.steps if step.cell is not None}
        cell = named.get(bench.step_id) if named else None
        return None if cell is None else cells.found(shape, cell)

    def turn_to(self, side: Side) -> None:
        """Choose what stands beside the matrices."""
        self.side, self.lent = side, False

    def lend(self, side: Side | None = None) -> None:
        """Let the words give way to what shows training, until the next move."""
        pictured = bool(self.session.bench.part.spec.pictures)
        side = side or (Side.PICTURE if pictured else Side.CURVE)
        if self.side in (Side.WORDS, Side.CODE) or self.lent:
            self.side, self.lent = side, True

    def select(self, value: int, cell: Cell | None = None) -> None:
        """Put the cursor into a value, on ``cell`` or on its first."""
        self.value = value
        self.cell = (0,) * len(self.trace.values[value].shape) if cell is None else cell

    def stay_inside(self) -> None:
        """Keep the cursor in its value, which an edit elsewhere may have made shorter."""
        shape = self.selected.shape
        inside = tuple(min(i, max(0, n - 1)) for i, n in zip(self.cell, shape, strict=True))
        if inside != self.cell:
            self.cell = inside
            self.chain.clear()

    def values_here(self) -> list[int]:
        """The values of the current event: its inputs, then its output, and before a gradient what
        it is the gradient of.

        Before the first event, what the training step starts from.
        """
        event = self.session.bench.player.event
        if event is None:
            return [v.id for v in self.trace.values if v.producer is None and v.of is None]
        of = self.trace.values[event.output].of
        inputs = list(dict.fromkeys([*event.inputs, *([] if of is None else [of])]))
        return [*(i for i in inputs if i != event.output), event.output]

    def values_in_turn(self) -> list[int]:
        """Every value that can be pointed at: what the event made, its inputs, then the rest."""
        here = self.values_here()
        if self.session.bench.player.event is not None:
            here = here[-1:] + here[:-1]
        there = [v.id for v in self.trace.values if self.session.bench.player.exists(v)]
        return [*here, *(i for i in there if i not in here)]

    def move(self, down: int, across: int) -> None:
        """Move the cursor within its matrix; it stops at the edges."""
        shape = self.selected.shape
        rows, columns = matrix_shape(shape)
        row, column = matrix_position(shape, self.cell)
        row = min(max(row + down, 0), rows - 1)
        column = min(max(column + across, 0), columns - 1)
        self.cell = cell_at(shape, row, column)

    # -- code ------------------------------------------------------------------------------------

    @property
    def programs(self) -> list[str]:
        """The program that runs, and its twins; what PyTorch recorded is its own."""
        own = self.session.bench.code_name == "torch"
        return ["numpy", *(() if own else self.session.lesson.spec.twins)]

    @property
    def program(self) -> str:
        """Which of them the code pane shows."""
        return self.code_language if self.code_language in self.programs else "numpy"

    # -- why -------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether the selected number has been computed where the player stands."""
        return bool(self.trace.values) and self.session.bench.player.exists(self.selected)

    def why(self) -> Why | None:
        """Why the selected number is what it is; ``None`` while it is not computed."""
        try:
            return self.trace.why(self.selected, self.cell) if self.exists else None
        except TraceLost as lost:
            self.lost = lost
            return None

    @property
    def asking(self) -> bool:
        """Whether the learner follows causes now."""
        return bool(self.chain)

    def ask(self) -> None:
        """Begin to ask why."""
        if self.exists:
            self.chain.append(Link(self.session.bench.place, self.value, self.cell))
            self.cause = 0

    def causes(self) -> list[Cause]:
        """What may be followed from here: cells of this step, or of the step before."""
        why = self.why()
        if why is None:
            return []
        if why.origin is not None and why.origin.source is Source.STEP:
            before = self._before(why)
            return [] if before is None else [before]
        return list(why.causes)

    def _before(self, why: Why) -> Cause | None:
        """The same number at the end of the training step before, as that step's update made it."""
        assert why.origin is not None
        assert why.origin.step is not None
        trace = self.session.bench.trace_before(why.origin.step)
        if trace is None:
            return None
        value = trace.value(why.origin.detail or why.value.name + "'")
        symbol = cells.write(trace.symbol(value), why.cell)
        return Cause(value, why.cell, symbol, trace.cell(value, why.cell))

    def follow(self) -> bool:
        """Go to the chosen cause; ``False`` where the chain ends."""
        causes = self.causes()
        if not causes:
            return False
        cause = causes[min(self.cause, len(causes) - 1)]
        why = self.why()
        bench = self.session.bench
        if why is not None and why.origin is not None and why.origin.step is not None:
            bench.open_end(why.origin.step)
        self.select(cause.value.id, cause.cell)
        self.chain.append(Link(bench.place, self.value, self.cell))
        self.cause = 0
        return True

    def back(self) -> bool:
        """One reason back; ``False`` if none was followed."""
        if not self.chain:
            return False
        left = self.chain.pop()
        bench = self.session.bench
        if self.chain:
            link = self.chain[-1]
            if link.place.training_step != bench.training_step:
                bench.open(*link.place)
            self.select(link.value, link.cell)
        else:
            self.select(left.value, left.cell)
        self.cause = 0
        return True
