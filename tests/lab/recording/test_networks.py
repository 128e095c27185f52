"""Whole training steps of networks of each kind: linked, explained, with autograd's gradients."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor  # noqa: E402
from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402

from tests.lab.recording import networks  # noqa: E402
from tests.lab.recording.holds import (  # noqa: E402
    Watch,
    assert_explained,
    assert_gradients,
    assert_linked,
    without_rule,
)
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402

ACCURACY = {torch.float32: 1e-5, torch.float64: 1e-9}
ACTIVATIONS = (
    "tanh",
    "relu",
    "sigmoid",
    "gelu",
    "silu",
    "elu",
    "softplus",
    "leaky_relu",
    "hardtanh",
)


@pytest.fixture(params=ACCURACY, ids=lambda dtype: str(dtype).removeprefix("torch."))
def dtype(request: pytest.FixtureRequest) -> Any:
    return request.param


def check(
    net: Any, loss_of: Callable[[], Tensor], dtype: Any, optimizer: Any = torch.optim.AdamW
) -> Any:
    """Record the second training step and check all that must hold of it."""
    update = optimizer(net.parameters(), lr=0.01)
    for _ in range(2):
        with record_torch(net) as trace:
            update.zero_grad()
            loss = loss_of()
            watch = Watch(loss)
            loss.backward()
            update.step()
    assert_linked(trace)
    assert_gradients(trace, net)
    assert watch.assert_agrees(trace) > 3
    assert_explained(trace, ACCURACY[dtype])
    return trace


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_perceptron(activation: str, dtype: Any) -> None:
    net = networks.Perceptron(activation).to(dtype)
    x, t = torch.randn(6, 3, dtype=dtype), torch.randn(6, 4, dtype=dtype)
    trace = check(net, lambda: F.mse_loss(net(x), t), dtype)
    assert not without_rule(trace)


def test_perceptron_with_momentum(dtype: Any) -> None:
    net = networks.Perceptron().to(dtype)
    x, t = torch.randn(6, 3, dtype=dtype), torch.tensor([0, 1, 2, 3, 2, 1])

    def sgd(parameters: Any, lr: float) -> Any:
        return torch.optim.SGD(parameters, lr=lr, momentum=0.9, weight_decay=0.1)

    trace = check(net, lambda: F.cross_entropy(net(x), t), dtype, sgd)
    assert not without_rule(trace)
    assert trace.value("fc1.weight.v'").kind == "optimiser state"


def test_convolutional(dtype: Any) -> None:
    net = networks.Convolutional().to(dtype)
    images, t = torch.randn(2, 1, 8, 8, dtype=dtype), torch.tensor([0, 2])
    trace = check(net, lambda: F.cross_entropy(net(images), t), dtype)
    assert not without_rule(trace)
    assert trace.value("features.1.running_mean'").kind == "buffer"


def test_recurrent(dtype: Any) -> None:
    net = networks.Recurrent().to(dtype)
    x = torch.randn(2, 3, 3, dtype=dtype)
    trace = check(net, lambda: net(x).square().mean(), dtype)
    assert not without_rule(trace)


@pytest.mark.parametrize("backend", ["written out", "math", "flash"])
def test_transformer(backend: str, dtype: Any) -> None:
    net = networks.Transformer(explicit=backend == "written out").to(dtype)
    tokens = torch.randint(0, 11, (2, 7))
    kind = SDPBackend.MATH if backend == "math" else SDPBackend.FLASH_ATTENTION

    def loss_of() -> Tensor:
        with sdpa_kernel(kind):
            return net(tokens[:, :-1], tokens[:, 1:])

    trace = check(net, loss_of, dtype)
    assert not without_rule(trace)
    # The token embedding's weights are the output layer's too: one value, two contributions.
    assert "head.weight" not in {v.name for v in trace.values}
    assert trace.value("tokens.weight.grad#1").of == trace.value("tokens.weight").id


@pytest.mark.parametrize("kind", ["GRU", "TransformerEncoderLayer"])
def test_layers_of_torch(kind: str, dtype: Any) -> None:
    if kind == "GRU":
        net = torch.nn.GRU(4, 5, batch_first=True).to(dtype)
        x = torch.randn(2, 3, 4, dtype=dtype)
        check(net, lambda: net(x)[0].square().mean(), dtype)
    else:
        net = torch.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True).to(dtype)
        x = torch.randn(2, 3, 8, dtype=dtype)
        check(net, lambda: net(x).square().mean(), dtype)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Adam", {"amsgrad": True}),
        ("AdamW", {"fused": True}),
        ("AdamW", {"foreach": True}),
        ("NAdam", {}),
        ("RMSprop", {"centered": True, "momentum": 0.9}),
        ("Adagrad", {}),
        ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ],
    ids=lambda x: x if isinstance(x, str) else "-".join(x),
)
def test_optimisers(name: str, options: dict[str, Any]) -> None:
    net = networks.Perceptron()
    x, t = torch.randn(6, 3), torch.randn(6, 4)

    def optimizer(parameters: Any, lr: float) -> Any:
        return getattr(torch.optim, name)(parameters, lr=lr, **options)

    trace = check(net, lambda: F.mse_loss(net(x), t), torch.float32, optimizer)
    assert not without_rule(trace)
    after = trace.data(trace.value("fc1.weight'"))
    assert (after == net.fc1.weight.detach().numpy()).all()
