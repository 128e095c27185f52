"""Recording ordinary code: what happened, under the names that the code gives."""

from pathlib import Path

import numpy as np
import pytest

import tuiexplain.engine.functional as F
from tuiexplain.engine import nn, optim, tensor
from tuiexplain.trace import Kind, Phase, Trace, TraceError, UnknownCell, active, record


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(2, 3)
        self.fc2 = nn.Linear(3, 1)

    def forward(self, x):
        h = F.tanh(self.fc1(x))
        y = self.fc2(h)
        return y


@pytest.fixture
def step() -> Trace:
    net = Net()
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    x = tensor([[1.0, -2.0], [0.5, 3.0]])
    t = tensor([[1.0], [0.0]])
    with record() as trace:
        optimizer.zero_grad()
        loss = F.mse_loss(net(x), t)
        loss.backward()
        optimizer.step()
    return trace


def test_names_come_from_the_code(step: Trace) -> None:
    names = {v.name for v in step.values}
    assert {"x", "t", "h", "y", "loss", "fc1.weight", "fc1.weight.grad", "fc1.weight'"} <= names


def test_kinds(step: Trace) -> None:
    assert step.value("fc1.weight").kind is Kind.PARAMETER
    assert step.value("h").kind is Kind.ACTIVATION
    assert step.value("loss").kind is Kind.LOSS
    assert step.value("h.grad").kind is Kind.GRADIENT
    assert step.value("fc2.bias'").kind is Kind.PARAMETER


def test_phases_follow_each_other(step: Trace) -> None:
    phases = [e.phase for e in step.events]
    assert phases == sorted(phases, key=list(Phase).index)
    assert set(phases) == set(Phase)


def test_a_backward_event_answers_a_forward_event(step: Trace) -> None:
    for event in step.events:
        if event.answers is not None:
            answered = step.events[event.answers]
            assert event.phase is Phase.BACKWARD
            assert answered.phase is Phase.FORWARD
            of = step.values[event.output].of
            assert of in answered.inputs


def test_events_know_their_module_and_line(step: Trace) -> None:
    event = step.events[step.value("y").producer]
    assert event.module == "fc2"
    source = Path(__file__).read_text().splitlines()
    assert source[event.line - 1].strip() == "y = self.fc2(h)"


def test_a_fork_has_a_part_for_each_use_and_their_sum() -> None:
    a = tensor(3.0, requires_grad=True)
    with record() as trace:
        c = a + a
        c.backward()
    parts = [trace.value(f"a.grad#{i}") for i in (1, 2)]
    total = trace.value("a.grad")
    assert [trace.cell(p, ()) for p in parts] == [1.0, 1.0]
    assert trace.cell(total, ()) == 2.0
    assert trace.events[total.producer].op == "accumulate"
    assert [c.value for c in trace.why(total, ()).causes] == parts


class Loop(nn.Module):
    """A line for each moment, and one of a single operation that goes round at once."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.Tanh()
        self.w = nn.Parameter(tensor(0.5))

    def forward(self, inputs):
        h = self.w
        for t in range(3):
            x = inputs[t]
            z = x + h
            h = self.cell(z)
        for _ in range(3):
            h = self.w * h
        return h


def test_what_a_loop_assigns_again_and_again_is_numbered() -> None:
    net = Loop()
    inputs = tensor([1.0, 0.0, 0.0])
    with record() as trace:
        y = net(inputs)
        y.backward()
    made = [trace.values[e.output].name for e in trace.events if e.phase is Phase.FORWARD]
    first = ["x1", "z1", "h1", "x2", "z2", "h2", "x3", "z3", "h3"]
    assert made == [*first, "h#4", "h#5", "h#6"], "the second loop's numbers have a meaning already"
    assert [trace.value(f"h{t}.grad").of for t in (1, 2, 3)] == [
        trace.value(f"h{t}").id for t in (1, 2, 3)
    ]


def test_symbols(step: Trace) -> None:
    assert step.symbol(step.value("fc1.weight.grad")) == "∂L/∂fc1.weight"
    assert step.formula(step.events[step.value("y").producer]).startswith("y = h·fc2.weightᵀ")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("fc1.weigth[0,0]", "did you mean fc1.weight"),
        ("fc1.weight", r"fc1.weight\[0,0\]"),
        ("fc1.weight[9,0]", "outside fc1.weight"),
        ("fc1.weight[a]", "whole numbers"),
        ("loss[0]", "a single number"),
        ("[0", "is not a cell"),
    ],
)
def test_an_unknown_cell_gets_one_sentence(step: Trace, address: str, message: str) -> None:
    with pytest.raises(UnknownCell, match=message):
        step.find(address)


def test_negative_indices_count_from_the_end(step: Trace) -> None:
    assert step.find("fc1.weight[-1,-1]")[1] == (2, 1)


def test_recordings_do_not_nest_and_end_when_code_raises() -> None:
    with record(), pytest.raises(RuntimeError, match="nest"), record():
        pass
    with pytest.raises(ZeroDivisionError), record():
        _ = 1 / 0
    assert active() is None


def test_a_trace_may_be_looked_at_before_it_ends() -> None:
    x = tensor(2.0, requires_grad=True)
    with record() as trace:
        y = x * x
        assert [e.op for e in trace.events] == ["mul"]
        _z = y * x
    assert [e.op for e in trace.events] == ["mul", "mul"]
    assert trace.values[-1].name == "_z"


def test_an_array_wants_a_cell(step: Trace) -> None:
    with pytest.raises(TraceError, match="say which cell"):
        step.why(step.value("h"))


def test_every_cell_explains_itself(step: Trace) -> None:
    for value in step.values:
        for cell in np.ndindex(value.shape):
            why = step.why(value, cell)
            assert why.total == pytest.approx(step.cell(value, cell), rel=1e-9, abs=1e-12)
            assert (why.origin is None) == (value.producer is not None)
