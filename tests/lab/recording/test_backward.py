"""Backward passes of every shape: forks, views, hooks, graphs of graphs, checkpoints."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

from tests.lab.recording.holds import (  # noqa: E402
    Watch,
    assert_explained,
    assert_linked,
    without_rule,
)
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402
from tuiexplain.trace import Kind, Phase  # noqa: E402


def record(loss_of: Callable[[], Tensor]) -> Any:
    """Record one pass and check what must hold of any."""
    with record_torch() as trace:
        loss = loss_of()
        watch = Watch(loss)
        loss.backward()
    assert_linked(trace)
    watch.assert_agrees(trace)
    assert_explained(trace, 1e-5)
    return trace


@pytest.fixture
def a() -> Tensor:
    return torch.tensor([0.5, -1.0, 2.0], requires_grad=True)


def test_forks_have_a_part_for_each_use_and_their_sums(a: Tensor) -> None:
    def loss_of() -> Tensor:
        y = a * 2
        z = y + y.relu() + y
        w = z + z
        v = w * y - y
        return v.sum()

    trace = record(loss_of)
    y = trace.value("y")
    parts = [v for v in trace.values if v.of == y.id]
    whole = trace.gradient(y)
    assert whole is not None
    assert len(parts) == 9  # five uses, and a sum wherever two parts met
    assert trace.events[whole.producer].op == "accumulate"
    passed = [e for e in trace.events if e.attrs.get("passed_on")]
    assert passed
    assert all(trace.events[e.answers].op in ("add", "sub") for e in passed)


def test_a_fork_of_one_operation(a: Tensor) -> None:
    def loss_of() -> Tensor:
        return (a * a).sum()

    trace = record(loss_of)
    parts = [trace.data(trace.value(f"a.grad#{i}")) for i in (1, 2)]
    assert np.array_equal(parts[0] + parts[1], a.grad.numpy())
    assert np.array_equal(trace.data(trace.value("a.grad")), a.grad.numpy())


def test_writing_to_views(a: Tensor) -> None:
    def loss_of() -> Tensor:
        y = torch.zeros(3, 3)
        b = a * 2
        y[0] = b
        y[1] = a
        y[2, 1:] = b[:2]
        q = y * y
        q += y
        return q.sum()

    trace = record(loss_of)
    assert not without_rule(trace)
    rewritten = [e for e in trace.events if e.op == "rewritten" and e.phase is Phase.FORWARD]
    assert [trace.values[e.output].name for e in rewritten] == ["y#2", "y#3", "y#4"]
    assert trace.data(trace.value("y#4"))[0].tolist() == [1.0, -2.0, 4.0]
    assert trace.data(trace.value("y#2"))[1].tolist() == [0.0, 0.0, 0.0]


def test_views_turned_in_place() -> None:
    layer = nn.Linear(4, 4)
    x = torch.randn(3, 4)

    def loss_of() -> Tensor:
        y = layer(x)
        y = y.t_()
        z = y * 2
        y.transpose_(0, 1)
        return (z.t() + y).square().sum()

    trace = record(loss_of)
    assert trace.value("y").shape == (3, 4)
    assert trace.value("y#2").shape == (4, 3)


def test_a_function_of_the_users_own(a: Tensor) -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            helper = x + 1
            return x * (helper - 1)

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            return 2 * gradient * x

    with record_torch() as trace:
        y = a * 2
        Square.apply(y).sum().backward()
    gradient = trace.gradient(trace.value("y"))
    assert gradient is not None
    answered = trace.events[trace.events[gradient.producer].answers]
    assert answered.op == "mul"
    assert np.array_equal(trace.data(trace.value("a.grad")), a.grad.numpy())


def test_a_hook_that_changes_a_gradient() -> None:
    layer = nn.Linear(4, 2)
    with record_torch(layer) as trace:
        h = layer(torch.randn(3, 4))
        h.register_hook(lambda gradient: gradient * 2)
        h.relu().sum().backward()
    assert_explained(trace, 1e-5)
    gradient = trace.gradient(trace.value("weight"))
    assert np.array_equal(trace.data(gradient), layer.weight.grad.numpy())
    doubled = [e for e in trace.events if e.op == "mul" and e.attrs.get("other") == 2]
    assert [e.phase for e in doubled] == [Phase.BACKWARD]


def test_gradients_of_gradients() -> None:
    layer = nn.Linear(4, 2)
    x = torch.randn(3, 4)

    def loss_of() -> Tensor:
        y = torch.tanh(layer(x)).sum()
        (gradient,) = torch.autograd.grad(y, [layer.weight], create_graph=True)
        return gradient.square().sum()

    with record_torch() as trace:
        loss = loss_of()
        watch = Watch(loss)
        loss.backward()
    assert_linked(trace)
    assert watch.assert_agrees(trace) > 2
    assert_explained(trace, 1e-5)
    second = [e for e in trace.events if e.answers is not None]
    assert any(trace.events[e.answers].phase is Phase.BACKWARD for e in second)


def test_two_passes_through_one_graph_add_up() -> None:
    layer = nn.Linear(4, 2)
    with record_torch(layer) as trace:
        y = layer(torch.randn(3, 4))
        y.sum().backward(retain_graph=True)
        (y * 2).mean().backward()
    assert_linked(trace)
    whole = trace.gradient(trace.value("weight"))
    assert np.array_equal(trace.data(whole), layer.weight.grad.numpy())
    assert trace.events[whole.producer].op == "accumulate"


def test_a_gradient_that_was_there_before() -> None:
    layer = nn.Linear(4, 2)
    layer(torch.randn(3, 4)).sum().backward()
    before = layer.weight.grad.clone().numpy()
    with record_torch(layer) as trace:
        layer(torch.randn(3, 4)).sum().backward()
    assert np.array_equal(trace.data(trace.value("weight.grad.before")), before)
    whole = trace.gradient(trace.value("weight"))
    assert np.array_equal(trace.data(whole), layer.weight.grad.numpy())
    assert_explained(trace, 1e-5)


@pytest.mark.parametrize("foreach", [False, True])
def test_clipping_changes_the_gradient_after_backward(foreach: bool) -> None:
    layer = nn.Linear(4, 2)
    with record_torch(layer) as trace:
        layer(torch.randn(3, 4)).square().sum().backward()
        nn.utils.clip_grad_norm_(layer.parameters(), 0.1, foreach=foreach)
    assert_explained(trace, 1e-5)
    clipped = [e for e in trace.events if e.phase is Phase.UPDATE and e.op == "mul"]
    results = {tuple(trace.data(e.output).ravel()) for e in clipped}
    assert tuple(layer.weight.grad.numpy().ravel()) in results
    assert trace.gradient(trace.value("weight")).name == "weight.grad"


def test_a_gradient_given_by_hand() -> None:
    layer = nn.Linear(4, 2)
    with record_torch(layer) as trace:
        y = layer(torch.randn(3, 4))
        y.backward(torch.full((3, 2), 2.0))
    assert_linked(trace)
    gradient = trace.gradient(trace.value("weight"))
    assert np.array_equal(trace.data(gradient), layer.weight.grad.numpy())


@pytest.mark.parametrize("reentrant", [False, True])
def test_what_checkpointing_runs_again_is_seen_in_backward(reentrant: bool) -> None:
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    x = torch.randn(3, 4, requires_grad=True)

    def inner(x: Tensor) -> Tensor:
        h = torch.relu(first(x))
        return torch.tanh(second(h))

    with record_torch() as trace:
        loss = checkpoint(inner, x, use_reentrant=reentrant).square().sum()
        loss.backward()
    again = [e for e in trace.events if e.phase is Phase.BACKWARD and e.op in ("addmm", "tanh")]
    assert [e.answers for e in again] == [None, None, None]
    assert all(trace.values[e.output].kind is Kind.ACTIVATION for e in again)
    assert_explained(trace, 1e-5)
    assert any(np.array_equal(trace.data(v), second.weight.grad.numpy()) for v in trace.values)


def test_helpers_without_gradient_answer_nothing() -> None:
    layer = nn.Linear(4, 4)
    x = torch.randn(3, 4)

    def loss_of() -> Tensor:
        with torch.no_grad():
            mask = torch.tril(torch.ones(3, 3))
            count = mask.sum()
        scores = (layer(x) @ layer(x).T).masked_fill(mask == 0, 0.0)
        return (scores * torch.arange(3).float()).sum() / count

    trace = record(loss_of)
    answered = {trace.events[e.answers].op for e in trace.events if e.answers is not None}
    assert not answered & {"tril", "ones", "arange", "eq"}


def test_weights_changed_by_hand() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    x = torch.randn(3, 4)
    with record_torch() as trace:
        y = x @ w
        loss = (y**2).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
    assert_linked(trace)
    assert_explained(trace, 1e-5)
    last = trace.events[-1]
    assert (last.phase, trace.values[last.output].name) == (Phase.UPDATE, "w'")
    assert np.array_equal(trace.data(last.output), w.detach().numpy())
    assert trace.formula(last) == "w' = w − mul"


def test_an_optimiser_that_runs_the_model_itself() -> None:
    layer = nn.Linear(4, 1)
    x, t = torch.randn(5, 4), torch.randn(5, 1)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=2)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(layer(x), t)
        loss.backward()
        return loss

    with record_torch(layer) as trace:
        optimizer.step(closure)
    assert_linked(trace)
    assert_explained(trace, 1e-5)
    phases = [e.phase for e in trace.events]
    assert phases.count(Phase.BACKWARD) > 10
    assert phases[-1] is Phase.UPDATE


def test_mixed_precision() -> None:
    layer, second = nn.Linear(4, 4), nn.Linear(4, 4)
    x = torch.randn(3, 4)
    with record_torch() as trace:
        with torch.autocast("cpu", torch.bfloat16):
            y = second(torch.relu(layer(x)))
        loss = F.mse_loss(y.float(), x)
        loss.backward()
    assert_linked(trace)
    assert trace.data(trace.value("y")).dtype == np.float32
    assert np.array_equal(
        trace.data(trace.gradient(trace.value("layer.weight"))), layer.weight.grad.numpy()
    )


def test_inference_mode_is_forward_only() -> None:
    layer = nn.Linear(4, 4)
    with record_torch(layer) as trace, torch.inference_mode():
        layer(torch.randn(3, 4)).relu_()
    assert {e.phase for e in trace.events} == {Phase.FORWARD}
    assert_explained(trace, 1e-5)


MODULES: dict[str, Callable[[], tuple[nn.Module, Tensor]]] = {
    "evaluated batch norm": lambda: (
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2).eval(), nn.Dropout(0.5)),
        torch.randn(2, 1, 5, 5),
    ),
    "transposed convolution": lambda: (
        nn.Sequential(
            nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1, groups=2),
            nn.AdaptiveAvgPool2d(2),
        ),
        torch.randn(1, 2, 3, 3),
    ),
    "dilated convolution": lambda: (
        nn.Conv1d(2, 3, 3, dilation=2, padding=2),
        torch.randn(2, 2, 6),
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_layers(name: str) -> None:
    net, x = MODULES[name]()
    trace = record(lambda: net(x).square().sum())
    assert not without_rule(trace)
