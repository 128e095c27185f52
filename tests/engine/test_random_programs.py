"""Random programs: shapes, broadcasting, forks and reuse, against ``torch.autograd`` in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.both import assert_close, in_engine, in_torch, weights
from tests.engine.cases import Case
from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.trace import record

PAIRS = {
    "add": lambda m, a, b: a + b,
    "sub": lambda m, a, b: a - b,
    "mul": lambda m, a, b: a * b,
    "div": lambda m, a, b: a / (b * b + 1.5),
    "maximum": lambda m, a, b: m.maximum(a, b),
    "where": lambda m, a, b: m.where(a > b, a * 2, b),
}
SINGLES = {
    "neg": lambda m, a: -a,
    "square": lambda m, a: a**2,
    "scale": lambda m, a: 0.5 * a - 1,
    "exp": lambda m, a: m.exp(m.sin(a)),
    "log": lambda m, a: m.log(a * a + 0.5),
    "sqrt": lambda m, a: m.sqrt(a * a + 0.5),
    "tanh": lambda m, a: m.tanh(a),
    "sigmoid": lambda m, a: a.sigmoid(),
    "relu": lambda m, a: a.relu(),
    "gelu": lambda m, a: m.nn.functional.gelu(a),
    "abs": lambda m, a: m.abs(a),
    "clone": lambda m, a: a.clone(),
    "unsqueeze": lambda m, a: a.unsqueeze(0),
}
WITH_AXIS = {
    "sum": lambda m, a, d: a.sum(dim=d),
    "sum kept": lambda m, a, d: a.sum(dim=d, keepdim=True),
    "mean": lambda m, a, d: a.mean(dim=d, keepdim=True),
    "max": lambda m, a, d: a.max(dim=d, keepdim=True).values,
    "softmax": lambda m, a, d: a.softmax(dim=d),
    "log_softmax": lambda m, a, d: a.log_softmax(dim=d),
    "first": lambda m, a, d: a.transpose(0, d)[0],
    "turn": lambda m, a, d: a.transpose(-1, d),
    "twice": lambda m, a, d: m.cat([a, a * a], dim=d),
    "pile": lambda m, a, d: m.stack([a, -a], dim=d),
    "flatten": lambda m, a, d: m.flatten(a, 0, d),
    "gather": lambda m, a, d: a.transpose(0, d)[[0, -1, 0]],
}
LENGTHS = (1, 2, 3)
MOST_CELLS = 60


@dataclass(frozen=True)
class Step:
    op: str
    operands: tuple[int, ...]
    axis: int = 0

    def run(self, m: Any, values: list[Any]) -> Any:
        inputs = [values[i] for i in self.operands]
        if self.op == "matmul":
            return inputs[0] @ inputs[1]
        if self.op in PAIRS:
            return PAIRS[self.op](m, *inputs)
        if self.op in SINGLES:
            return SINGLES[self.op](m, *inputs)
        return WITH_AXIS[self.op](m, *inputs, self.axis)


@dataclass(frozen=True)
class Program:
    """Leaves, then steps, each of which may use whatever was made before, any number of times."""

    leaves: tuple[np.ndarray, ...]
    steps: tuple[Step, ...]

    def __call__(self, m: Any, F: Any, *leaves: Any) -> Any:
        values = list(leaves)
        for step in self.steps:
            values.append(step.run(m, values))
        total = values[-1].sum()
        for value in values[-3:-1]:
            total = total + (value * 0.5).sum()
        return total * values[-1]


def shape_of(step: Step, shapes: list[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The shape that a step would make, or None if it cannot run (found out by running it)."""
    arrays = [engine.zeros(shape) for shape in shapes]
    try:
        shape = step.run(engine, arrays).shape
    except (ValueError, IndexError):
        return None
    return shape if 0 < int(np.prod(shape)) <= MOST_CELLS and len(shape) <= 4 else None


@st.composite
def programs(draw: st.DrawFn) -> Program:
    shapes = draw(
        st.lists(st.lists(st.sampled_from(LENGTHS), max_size=3).map(tuple), min_size=1, max_size=3)
    )
    seed = draw(st.integers(0, 2**32 - 1))
    chance = np.random.default_rng(seed)
    leaves = tuple(chance.normal(size=shape) for shape in shapes)
    names = [*PAIRS, *SINGLES, *WITH_AXIS, "matmul", "matmul"]
    steps: list[Step] = []
    for _ in range(draw(st.integers(1, 8))):
        op = draw(st.sampled_from(names))
        places = st.integers(0, len(shapes) - 1)
        operands = tuple(draw(places) for _ in range(2 if op in PAIRS or op == "matmul" else 1))
        rank = len(shapes[operands[0]])
        step = Step(op, operands, draw(st.integers(0, max(0, rank - 1))))
        shape = shape_of(step, shapes)
        if shape is not None:
            steps.append(step)
            shapes.append(shape)
    return Program(leaves, tuple(steps))


relaxed = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@settings(relaxed, max_examples=600)
@given(programs())
def test_gradients_are_those_of_torch(program: Program) -> None:
    case = Case("random", program, program.leaves)
    ours, theirs = in_engine(case), in_torch(case)
    assert_close(ours.output, theirs.output)
    for mine, reference in zip(ours.gradients, theirs.gradients, strict=True):
        assert_close(mine, reference)


@settings(relaxed, max_examples=250)
@given(programs())
def test_recording_changes_no_bit_and_every_cell_is_explained(program: Program) -> None:
    plain = in_engine(Case("random", program, program.leaves))
    leaves = [engine.tensor(x, requires_grad=True) for x in program.leaves]
    with record() as trace:
        output = program(engine, engine.functional, *leaves)
        output.backward(engine.tensor(weights(output.shape)))
    assert np.array_equal(output.data, plain.output, equal_nan=True)
    for leaf, before in zip(leaves, plain.gradients, strict=True):
        if before is None:
            assert leaf.grad is None
        else:
            assert leaf.grad is not None
            assert np.array_equal(leaf.grad.data, before, equal_nan=True)
    assert_explained(trace)
