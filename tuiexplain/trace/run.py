"""Runs: the history of training. Any step of a run can be opened as a trace, or forked."""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.packed import Packed
from tuiexplain.trace.recent import Recent
from tuiexplain.trace.recorder import record
from tuiexplain.trace.trace import Trace

State = Mapping[str, np.ndarray]
"""Parameters and optimiser state by name. Arrays are shared, never changed in place."""

BUDGET = 16 * 1024 * 1024
"""Bytes of snapshots that a run keeps before it thins them out."""

STATE_BYTES, ARRAY_BYTES = 250, 180
"""What a snapshot takes, and what each of its arrays takes besides its numbers."""

TRACES_KEPT = 4


class Program(Protocol):
    """Something that trains in steps, each a function of the state and the step's number alone."""

    @property
    def steps_per_epoch(self) -> int:
        """How many steps use every example once."""

    def state(self) -> State:
        """The state before the next step."""

    def restore(self, state: State) -> None:
        """Go back to a state that :meth:`state` gave."""

    def step(self, index: int) -> float:
        """Take training step ``index`` (from 0) and return its loss.

        If a recorder is active, tell it the names of what the step starts from.
        """

    @property
    def measures(self) -> Sequence[str]:
        """Names of what can be measured of a state: a validation loss, an accuracy."""

    def measure(self, name: str, state: State) -> float:
        """One measure of any state. The state before the next step stays as it is."""


@runtime_checkable
class Strider(Program, Protocol):
    """A program that takes many steps at once faster than one by one."""

    def steps(self, index: int, count: int) -> Sequence[float]:
        """Take ``count`` steps from ``index`` on and return their losses.

        Fewer, where a loss is no number: that one is the last.
        """


class Run:
    """Training steps of one program from one seed, replayed bit for bit wherever one looks.

    Every state is kept while ``budget`` bytes allow; then every second one, every fourth, and so
    on, and the steps between are computed again from the nearest one before. ``stride`` is how many
    steps lie between two of them at first.
    """

    def __init__(
        self,
        make_program: Callable[[], Program],
        budget: int = BUDGET,
        *,
        parent: Run | None = None,
        start: int = 0,
        state: State | None = None,
        stride: int = 1,
    ) -> None:
        self.make_program = make_program
        self.budget = budget
        self.parent = parent
        self.start = start
        self.program = make_program()
        self._strider = self.program if isinstance(self.program, Strider) else None
        if state is not None:
            self.program.restore(state)
        self.losses: array[float] = array("d", parent.losses[:start] if parent else ())
        self._snapshots: dict[int, State] = {start: self.program.state()}
        self._snapshot_bytes = _size(self._snapshots[start])
        self._first_stride = self._stride = stride
        self._pace = 0.0
        """Seconds that a step took, of those taken last."""
        self._at = start
        self._traces: Recent[int, tuple[Trace, State]] = Recent(TRACES_KEPT)
        """The steps opened last, each with the state that it starts from."""
        self._measured: dict[tuple[str, int], float] = {}

    # -- training ------------------------------------------------------------------------------

    @property
    def length(self) -> int:
        """How many steps have been taken."""
        return len(self.losses)

    def advance(self) -> float:
        """Take the next step and return its loss."""
        self._go_to(self.length)
        return self._take_step()

    def train_for(self, seconds: float, most: int | None = None) -> int:
        """Take steps until the time is over, at least one; return how many.

        A loss that is no number any more is the last: who looks then sees the step of the overflow.
        """
        self._go_to(self.length)
        now = time.perf_counter()
        end = now + seconds
        taken = 0
        while taken == 0 or (now < end and (most is None or taken < most)):
            count = int(min((end - now) / self._pace, 10_000)) if self._pace else 1
            if most is not None:
                count = min(count, most - taken)
            done, finite = self._take_steps(max(1, count))
            taken += done
            before, now = now, time.perf_counter()
            self._pace = (now - before) / done
            if not finite:
                break
        return taken

    def extend_to(self, length: int) -> None:
        """Train until ``length`` steps have been taken."""
        if self.length < length:
            self._go_to(self.length)
        while self.length < length:
            self._take_steps(length - self.length)

    def shorten_to(self, length: int) -> None:
        """Forget the steps after the first ``length``, as if they had not been taken."""
        length = max(length, self.start)
        if length >= self.length:
            return
        del self.losses[length:]
        self._snapshots = {k: s for k, s in self._snapshots.items() if k <= length}
        self._snapshot_bytes = sum(map(_size, self._snapshots.values()))
        self._traces.drop(lambda step: step >= length)
        if self._at > length:
            self._go_to(length)

    # -- looking back --------------------------------------------------------------------------

    def trace_at(self, step: int) -> Trace:
        """Training step ``step`` as a trace; steps that were not reached yet are taken first."""
        if step < 0:
            raise TraceError(f"Step {step}: steps of a run count from 0.")
        if step < self.start and self.parent is not None:
            return self.parent.trace_at(step)
        known = self._traces.get(step)
        if known is not None:
            return known[0]
        self.extend_to(step)
        self._go_to(step)
        state = self.program.state()
        with record() as trace:
            self._take_step()
        trace.meta["step"] = step
        self._traces.put(step, (trace, state))
        return trace

    def state_at(self, step: int) -> State:
        """Parameters and optimiser state before training step ``step``."""
        if step < self.start and self.parent is not None:
            return self.parent.state_at(step)
        self.extend_to(step)
        self._go_to(step)
        return self.program.state()

    # -- measures ------------------------------------------------------------------------------

    @property
    def measures(self) -> Sequence[str]:
        """Names of what can be measured besides the loss."""
        return self.program.measures

    def measured(self, name: str, step: int) -> float:
        """The measure called ``name``, with the parameters that the loss of ``step`` is of.

        Computed when first asked for, then kept; no trace knows of it.
        """
        if step < self.start and self.parent is not None:
            return self.parent.measured(name, step)
        found = self._measured.get((name, step))
        if found is None:
            state = self._state_at_hand(step) or self.state_at(step)
            found = self._measured[name, step] = self.program.measure(name, state)
        return found

    def steps_to_measure(self, until: int, most: int) -> range:
        """Steps before ``until``, evenly, ``most`` of them at most, that cost little training again.

        As ``until`` grows, those that stay are those that were there: each is measured once.
        """
        spacing = max(1, self._widest_stride // self._first_stride)
        while spacing * most < until:
            spacing *= 2
        return range(0, until, spacing)

    @property
    def _widest_stride(self) -> int:
        return max(self._stride, 1 if self.parent is None else self.parent._widest_stride)

    def _state_at_hand(self, step: int) -> State | None:
        opened = self._traces.get(step)
        return opened[1] if opened is not None else self._snapshots.get(step)

    # -- branches ------------------------------------------------------------------------------

    def fork(
        self,
        step: int,
        numbers: Mapping[tuple[str, Cell], float] | None = None,
        make_program: Callable[[], Program] | None = None,
    ) -> Run:
        """A run with the same past up to ``step`` and one thing changed from there on.

        ``numbers`` sets cells of the state; ``make_program`` trains on with other settings.
        """
        state = dict(self.state_at(step))
        for (name, cell), number in (numbers or {}).items():
            changed = state[name].copy()
            changed[cell] = number
            state[name] = changed
        return Run(
            make_program or self.make_program,
            self.budget,
            parent=self,
            start=step,
            state=state,
            stride=self._first_stride,
        )

    def copy(self) -> Run:
        """A run of its own that has taken the same steps; neither notices what the other does."""
        twin = Run(
            self.make_program,
            self.budget,
            parent=self.parent,
            start=self.start,
            state=self._snapshots[self.start],
            stride=self._first_stride,
        )
        twin.losses = self.losses[:]
        twin._snapshots = dict(self._snapshots)
        twin._snapshot_bytes, twin._stride = self._snapshot_bytes, self._stride
        twin._traces = self._traces.copy()
        return twin

    # -- snapshots -----------------------------------------------------------------------------

    def _take_steps(self, most: int) -> tuple[int, bool]:
        """Steps up to the next that is kept; how many, and whether the last loss is a number."""
        count = min(most, self._stride - self._at % self._stride)
        if count == 1 or self._strider is None:
            return 1, math.isfinite(self._take_step())
        first, seen = self._at, self.length - self._at
        losses = self._strider.steps(first, count)
        self._at = first + len(losses)
        if len(losses) > seen:
            self.losses.extend(losses[seen:])
            self._keep_snapshot()
        return len(losses), math.isfinite(losses[-1])

    def _take_step(self) -> float:
        index = self._at
        loss = float(self.program.step(index))
        self._at = index + 1
        if index == self.length:
            self.losses.append(loss)
            self._keep_snapshot()
        return loss

    def _go_to(self, step: int) -> None:
        """Bring the program to the state before ``step``, which it has reached before."""
        if self._at == step:
            return
        nearest = self._nearest_snapshot(step)
        if not nearest <= self._at < step:
            self.program.restore(self._snapshots[nearest])
            self._at = nearest
        while self._at < step:
            self._take_steps(step - self._at)

    def _nearest_snapshot(self, step: int) -> int:
        on_stride = step - step % self._stride
        while on_stride > self.start and on_stride not in self._snapshots:
            on_stride -= self._stride
        return on_stride if on_stride in self._snapshots else self.start

    def _keep_snapshot(self) -> None:
        if self._at % self._stride:
            return
        state = self.program.state()
        self._snapshots[self._at] = state
        self._snapshot_bytes += _size(state)
        self._thin()

    def limit(self, budget: int) -> None:
        """Keep no more than ``budget`` bytes of states from now on."""
        self.budget = budget
        self._thin()

    def _thin(self) -> None:
        while self._snapshot_bytes > self.budget and len(self._snapshots) > 2:
            self._stride *= 2
            kept = {
                step: s
                for step, s in self._snapshots.items()
                if step % self._stride == 0 or step == self.start
            }
            self._snapshots = kept
            self._snapshot_bytes = sum(map(_size, kept.values()))


def _size(state: State) -> int:
    """The bytes that a snapshot takes, for small networks mostly those of the objects."""
    if isinstance(state, Packed):
        return STATE_BYTES + ARRAY_BYTES + state.vector.nbytes
    return STATE_BYTES + sum(ARRAY_BYTES + array.nbytes for array in state.values())
