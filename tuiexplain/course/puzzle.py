"""One question over a live trace: asked, tried, hinted at, given away. No screen in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tuiexplain.course.errors import CourseError
from tuiexplain.course.expressions import Reference, pick
from tuiexplain.course.languages import tr
from tuiexplain.course.lesson import Part, value_array
from tuiexplain.course.markup import cite_from
from tuiexplain.course.schema import Setting, Slip
from tuiexplain.trace import cells
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value
from tuiexplain.trace.why import Why

ROUNDING = 1e-9
"""How far a number may be from zero where the answer is zero."""

Spot = tuple[int, Cell]
"""A cell of a trace, by its value's id."""


class Unreadable(CourseError):  # noqa: N818 - an answer to the learner, not a fault
    """An entry that means nothing; ``key`` and ``fields`` are for the interface's words."""

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(tr(f"screen.{key}", "en", **fields))
        self.key, self.fields = key, fields


class Verdict(NamedTuple):
    """What there is to say to an entry.

    ``slip`` names the mistake that it is, if it is a known one: the id of a lesson's own slip in
    ``told``, or a key of the interface's words with its fields.
    """

    given: Setting
    right: bool
    told: str = ""
    slip: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass
class Puzzle:
    """A question about numbers of ``part``, whose own numbers may have been drawn anew.

    ``block`` has its words (hints and why among them), ``step`` is the step of the lesson to look
    at again. ``kind`` is ``cell`` for a number that is hidden on the board at ``spot``, ``number``,
    ``choice`` or ``point`` for a prediction. ``hidden`` is shared by questions over one board.
    """

    part: Part
    block: str
    step: str
    kind: str
    answer: Setting
    shows: tuple[str, ...] = ()
    training_step: int = 0
    spot: Spot | None = None
    hidden: set[Spot] = field(default_factory=set)
    tolerance: float = 0.01
    """Relative; ``least`` is what is allowed at least."""
    least: float = ROUNDING
    slips: tuple[Slip, ...] = ()
    order: tuple[int, ...] = ()
    """The lesson's numbers of the choices, in the order in which they are shown."""
    rung: int = 0
    rungs: int = 1
    one_try: bool = False
    tries: list[Verdict] = field(default_factory=list)
    hints: int = 0
    skipped: bool = False
    """Whether the answer was given away before the first try."""
    revealed: bool = False

    @property
    def name(self) -> str:
        """What an answer is kept under: the block, and of an exercise the rung and the cell."""
        if self.spot is None:
            return self.block
        cell = cells.write(self.trace.values[self.spot[0]].name, self.spot[1])
        return f"{self.block}/{self.rung}/{cell}"

    # -- where it stands -------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """The numbers, live."""
        return self.part.cited_trace(None, self.training_step)

    @property
    def solved(self) -> bool:
        """Whether the last entry was right."""
        return bool(self.tries) and self.tries[-1].right

    @property
    def done(self) -> bool:
        """Whether one may go on: answered, given away, or nothing was asked."""
        tried = self.one_try and bool(self.tries)
        return self.kind == "look" or self.solved or self.revealed or tried

    @property
    def right(self) -> bool | None:
        """Whether the first entry was right; ``None`` where it was skipped or not tried."""
        return self.tries[0].right if self.tries else None

    def shown(self) -> list[Value]:
        """The values on the board."""
        return [self.trace.value(name) for name in self.shows]

    def visible(self, value: Value, cell: Cell) -> bool:
        """Whether a number is on the board and not hidden."""
        return value.name in self.shows and (value.id, cell) not in self.hidden

    def why(self) -> Why | None:
        """The arithmetic of the number that was asked for."""
        if self.spot is None:
            return None
        return self.trace.why(self.trace.values[self.spot[0]], self.spot[1])

    # -- answering -------------------------------------------------------------------------------

    def read(self, text: str) -> Setting:
        """An entry: a number, arithmetic on numbers that are to be seen, a choice, or a cell.

        Raises :class:`Unreadable` for one that means nothing.
        """
        text = text.strip()
        if self.kind == "choice":
            if not (text.isdecimal() and 1 <= int(text) <= len(self.order)):
                raise Unreadable("entry_none", text=text, count=len(self.order))
            return self.order[int(text) - 1]
        try:
            if self.kind == "point":
                value, cell = self.trace.find(text)
                return cells.write(value.name, cell)
            number = self.part.expression(text).number(self._seen)
        except Unreadable:
            raise
        except (CourseError, TraceError) as error:
            key = "entry_no_cell" if self.kind == "point" else "entry_no_number"
            raise Unreadable(key, text=text) from error
        if not math.isfinite(number):
            raise Unreadable("entry_infinite", text=text)
        return number

    def _seen(self, reference: Reference) -> Any:
        """A number of the board, for arithmetic in an entry; what is hidden stays hidden."""
        value = self.trace.value(reference.name)
        array = value_array(self.trace, value.name)
        if reference.run or reference.part or reference.step or value.name not in self.shows:
            raise Unreadable("entry_elsewhere", cell=reference.name)
        ids = np.arange(array.size).reshape(array.shape)
        for place in np.atleast_1d(pick(reference, ids)).reshape(-1):
            cell = tuple(int(i) for i in np.unravel_index(int(place), array.shape))
            if (value.id, cell) in self.hidden:
                raise Unreadable("entry_hidden", cell=cells.write(value.name, cell))
        return pick(reference, array)

    def attempt(self, given: Setting) -> Verdict:
        """Lock an entry in and compare it with what the network computes."""
        verdict = Verdict(given, self._agrees(given))
        if not verdict.right and self.kind in ("cell", "number"):
            verdict = self._mistake(float(given), verdict)
        elif not verdict.right:
            verdict = verdict._replace(told=str(given))
        self.tries.append(verdict)
        if self.done:
            self._uncover()
        return verdict

    def reveal(self) -> None:
        """Give the answer away; before the first try that is skipping."""
        self.skipped = not self.tries
        self.revealed = True
        self._uncover()

    def _uncover(self) -> None:
        if self.spot is not None:
            self.hidden.discard(self.spot)

    def _agrees(self, given: Setting) -> bool:
        if self.kind not in ("cell", "number"):
            return given == self.answer
        return self.near(float(given), float(self.answer))

    def near(self, given: float, number: float) -> bool:
        """Whether an entry is this number, as exactly as the question wants it."""
        return abs(given - number) <= max(self.tolerance * abs(number), self.least)

    # -- known mistakes --------------------------------------------------------------------------

    def _mistake(self, given: float, verdict: Verdict) -> Verdict:
        """Which mistake leads to this number, if it is one that is known."""
        for slip in self.slips:
            number = self.slipped(slip)
            if number is not None and self.near(given, number):
                return verdict._replace(told=slip.id)
        answer = float(self.answer)
        if answer and self.near(given, -answer):
            return verdict._replace(slip="sign")
        why = self.why()
        for cause in why.causes if why else ():
            if self.near(given, cause.number):
                return verdict._replace(slip="cause", fields=(("cell", cause.symbol),))
        if why is not None:
            for cell in np.ndindex(why.value.shape):
                if self.near(given, self.trace.cell(why.value, cell)):
                    symbol = cells.write(self.trace.symbol(why.value), tuple(cell))
                    return verdict._replace(slip="other_cell", fields=(("cell", symbol),))
        if any(self.near(given, answer * 10.0**power) for power in (-2, -1, 1, 2)):
            return verdict._replace(slip="point")
        return verdict

    def slipped(self, slip: Slip) -> float | None:
        """The number that a slip of the lesson makes of the asked cell."""
        if self.spot is None:
            return None
        value = self.trace.values[self.spot[0]]
        if self.spot not in spots(self.part, self.trace, slip.of):
            return None
        found = np.asarray(
            self.part.expression(slip.value).evaluate(self.part.lookup(None, self.training_step))
        )
        if found.shape == value.shape:
            return float(found[self.spot[1]])
        if found.size != 1:
            shape = ", ".join(map(str, found.shape))
            raise CourseError(
                f"slip '{slip.id}': '{slip.value}' has the shape ({shape}); it is one number, or as "
                f"many as {value.name} has."
            )
        return float(found.reshape(()))

    # -- words -----------------------------------------------------------------------------------

    def cite(self) -> Any:
        """Citations of the words, from these numbers."""
        return cite_from(self.part)


def spots(part: Part, trace: Trace, text: str) -> list[Spot]:
    """The cells that ``W2.grad``, ``W2.grad[:,0]`` or ``W2.grad[0,1]`` names, in reading order."""
    reference = part.expression(text).references
    if len(reference) != 1:
        raise CourseError(f"'{text}' is not a value or cells of one: write W2.grad[:,0].")
    value = trace.value(reference[0].name)
    ids = np.arange(value.size).reshape(value.shape)
    places = np.atleast_1d(pick(reference[0], ids)).reshape(-1)
    return [
        (value.id, tuple(int(i) for i in np.unravel_index(int(place), value.shape)))
        for place in places
    ]
