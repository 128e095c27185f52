"""What a recorder gets to hear: phases, forks, places in the source, names, updates by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tuiexplain.engine.nn.functional as F
from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.engine import nn, no_grad, optim, tensor
from tuiexplain.trace import Kind, Phase, record
from tuiexplain.trace.recorder import active


class Net(nn.Module):
    def __init__(self) -> None:
        self.fc1 = nn.Linear(2, 3)
        self.fc2 = nn.Linear(3, 1)

    def forward(self, x: Any) -> Any:
        z1 = self.fc1(x)
        h1 = F.sigmoid(z1)
        y = self.fc2(h1)
        return y  # noqa: RET504 - the trace takes its names from such lines


def ops(trace: Any, phase: Phase) -> list[str]:
    return [e.op for e in trace.events if e.phase is phase]


@pytest.fixture
def recorded() -> Any:
    engine.manual_seed(0)
    net = Net()
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    x, t = tensor([[1.0, 2.0], [0.5, -1.0]]), tensor([[1.0], [0.0]])
    x.axes = ("example", "feature")
    with record() as trace:
        optimizer.zero_grad()
        loss = F.mse_loss(net(x), t)
        loss.backward()
        optimizer.step()
    return trace


def test_a_training_step_in_order(recorded: Any) -> None:
    assert ops(recorded, Phase.FORWARD) == ["linear", "sigmoid", "linear", "mse_loss"]
    backward = [(e.op, e.wrt) for e in recorded.events if e.phase is Phase.BACKWARD]
    assert backward == [
        ("seed", None),
        ("mse_loss", "input"),
        ("linear", "W"),
        ("linear", "b"),
        ("linear", "x"),
        ("sigmoid", "x"),
        ("linear", "W"),
        ("linear", "b"),
    ]
    assert ops(recorded, Phase.UPDATE) == ["sgd"] * 4
    assert_explained(recorded)


def test_names_kinds_axes_and_modules(recorded: Any) -> None:
    names = [v.name for v in recorded.values]
    for name in ("x", "fc1.weight", "z1", "h1", "y", "loss", "h1.grad", "fc1.weight'"):
        assert name in names
    assert recorded.value("fc1.weight").kind is Kind.PARAMETER
    assert recorded.value("fc1.weight").axes == ("out", "in")
    assert recorded.value("z1").axes == ("example", "out")
    assert recorded.value("z1.grad").axes == ("example", "out")
    assert recorded.value("loss").kind is Kind.LOSS
    modules = [e.module for e in recorded.events]
    assert modules[:4] == ["fc1", "", "fc2", ""]
    assert modules[-4:] == ["fc1", "fc1", "fc2", "fc2"]


def test_backward_events_stand_at_the_line_of_their_forward(recorded: Any) -> None:
    for event in recorded.events:
        assert event.site is not None
        assert event.site.file == __file__
        if event.answers is not None:
            assert event.site == recorded.events[event.answers].site


def test_backward_inputs_are_what_the_derivative_uses(recorded: Any) -> None:
    event = next(e for e in recorded.events if e.op == "linear" and e.wrt == "W")
    assert [recorded.values[i].name for i in event.inputs] == ["y.grad", "h1"]
    assert recorded.formula(event) == "∂L/∂fc2.weight = ∂L/∂yᵀ·h1"


def test_a_fork_is_summed_by_an_event_of_its_own() -> None:
    a = tensor(3.0, requires_grad=True)
    with record() as trace:
        c = a + a
        d = c * c
        d.backward()
    assert ops(trace, Phase.BACKWARD) == [
        "seed", "mul", "mul", "accumulate", "add", "add", "accumulate",
    ]  # fmt: skip
    assert [v.name for v in trace.values if v.of is not None] == [
        "d.grad", "c.grad#1", "c.grad#2", "c.grad", "a.grad#1", "a.grad#2", "a.grad",
    ]  # fmt: skip
    assert trace.formula(trace.events[-1]) == "∂d/∂a = ∂d/∂a#1 + ∂d/∂a#2"
    assert a.grad is not None
    assert a.grad.item() == 24.0
    assert_explained(trace)


def test_a_gradient_that_was_not_zeroed_is_added_to() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()
    with record() as trace:
        (w * 3).sum().backward()
    assert ops(trace, Phase.BACKWARD)[-1] == "accumulate"
    assert w.grad is not None
    assert w.grad.tolist() == [5.0, 7.0]
    assert_explained(trace)


def test_an_update_by_hand_is_an_update() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    with record() as trace:
        loss = (w * w).sum()
        loss.backward()
        with no_grad():
            w -= 0.1 * w.grad
    assert ops(trace, Phase.UPDATE) == ["mul", "sub"]
    assert w.tolist() == [0.8, 1.6]
    assert w.requires_grad
    assert w.is_leaf
    last = trace.values[trace.events[-1].output]
    assert last.name == "w'"
    assert last.kind is Kind.PARAMETER
    assert trace.value("w").kind is Kind.PARAMETER
    assert_explained(trace)


def test_inference_under_no_grad_is_forward() -> None:
    net, x = Net(), tensor([[1.0, 2.0]])
    with record() as trace, no_grad():
        y = net(x)
    assert {e.phase for e in trace.events} == {Phase.FORWARD}
    assert not y.requires_grad


def test_no_grad_around_a_function() -> None:
    @no_grad()
    def predict(x: Any, depth: int = 1) -> Any:
        return predict(x, depth - 1) if depth else net(x)

    net = Net()
    assert not predict(tensor([[1.0, 2.0]])).requires_grad
    assert net(tensor([[1.0, 2.0]])).requires_grad


def test_backward_of_what_was_computed_before_the_recording() -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    y = (w * w).sum()
    with record() as trace:
        y.backward()
    assert [e.answers for e in trace.events] == [None] * len(trace.events)
    assert_explained(trace)


def test_the_dropout_mask_is_a_value() -> None:
    engine.manual_seed(1)
    x = tensor(np.ones((4, 5)), requires_grad=True)
    with record() as trace:
        y = F.dropout(x, 0.4)
        y.sum().backward()
    mask = trace.value("mask")
    assert mask.kind is Kind.BUFFER
    assert set(np.unique(y.data)) == {0.0, 1 / 0.6}
    assert np.array_equal(trace.data(mask), y.data > 0)
    assert_explained(trace)


@pytest.mark.parametrize("training", [True, False])
def test_what_batch_norm_remembers_is_told_and_explained(training: bool) -> None:
    layer = nn.BatchNorm1d(2).train(training)
    with record() as trace:
        recorder = active()
        assert recorder is not None
        for name, buffer in layer.named_buffers():
            recorder.declare(buffer.data, name, Kind.BUFFER, ("feature",))
        y = layer(tensor([[1.0, 2.0], [4.0, 7.0], [1.0, 0.0]]))
        y.sum().backward()
    assert_explained(trace)
    names = {v.name for v in trace.values if v.kind is Kind.BUFFER}
    new = {"running_mean'", "running_var'"} if training else set()
    assert names == {"running_mean", "running_var", *new}
    assert all(trace.events[trace.value(n).producer or 0].phase is Phase.FORWARD for n in new)
    if training:
        assert np.array_equal(trace.data(trace.value("running_mean'")), layer.running_mean.data)


def test_every_output_is_an_array_of_its_own() -> None:
    x = tensor([[1.0, 2.0]], requires_grad=True)
    same = [x.clone(), x.reshape(1, 2), x.expand(1, 2), x[:], x.permute(0, 1), x.squeeze(1), x + 0]
    assert len({id(s.data) for s in [x, *same]}) == len(same) + 1


def test_plain_numbers_are_part_of_the_formula() -> None:
    x = tensor([2.0])
    with record() as trace:
        y = 3 - x / 2
    assert [trace.formula(e) for e in trace.events] == ["div = x / 2", "y = 3 − div"]
    assert y.tolist() == [2.0]
    assert trace.why("y[0]").with_numbers == "3 - 1"


def test_recording_a_training_changes_no_bit() -> None:
    def train(recording: bool) -> list[np.ndarray]:
        engine.manual_seed(3)
        net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Dropout(0.3), nn.Linear(4, 1))
        optimizer = optim.Adam(net.parameters(), lr=0.05)
        x, t = engine.randn(6, 2), engine.randn(6, 1)
        for _ in range(10):
            if recording:
                with record() as trace:
                    step(net, optimizer, x, t)
                assert trace.events
            else:
                step(net, optimizer, x, t)
        return list(net.state_dict().values())

    def step(net: Any, optimizer: Any, x: Any, t: Any) -> None:
        optimizer.zero_grad()
        F.mse_loss(net(x), t).backward()
        optimizer.step()

    for plain, seen in zip(train(False), train(True), strict=True):
        assert np.array_equal(plain, seen)


def test_attributes_can_be_written_to_a_file() -> None:
    """Scalars, text, None, slices, and tuples of these; integer arrays for indices."""

    def plain(x: Any) -> bool:
        if isinstance(x, tuple):
            return all(plain(i) for i in x)
        if isinstance(x, slice):
            return all(plain(i) for i in (x.start, x.stop, x.step))
        if isinstance(x, np.ndarray):
            return x.dtype.kind in "iu"
        return x is None or isinstance(x, bool | int | float | str)

    from tests.engine.cases import CASES

    for case in CASES:
        leaves = [tensor(x, requires_grad=True) for x in case.inputs]
        with record() as trace:
            out = case.fn(engine, F, *leaves, *(tensor(x) for x in case.fixed))
            out.sum().backward()
        for event in trace.events:
            assert all(plain(a) for a in event.attrs.values()), (case.name, event)


def test_joins_are_written_as_they_are_called() -> None:
    a, b = tensor([[1.0]]), tensor([[2.0]])
    with record() as trace:
        tall = engine.cat([a, b])
        wide = engine.cat([a, b], dim=1)
        last = engine.stack([a, b], dim=-1)
    formulas = [trace.formula(e) for e in trace.events]
    assert formulas == ["tall = cat(a, b)", "wide = cat(a, b, dim=1)", "last = stack(a, b, dim=2)"]
    assert (tall.shape, wide.shape, last.shape) == ((2, 1), (1, 2), (1, 1, 2))
