"""Names, kinds, modules and lines of what was recorded."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.lab.recording import networks  # noqa: E402
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402
from tuiexplain.lab.recording.trace import TorchTrace  # noqa: E402
from tuiexplain.trace import Kind, Origin, Source  # noqa: E402


def perceptron_step(**options: object) -> TorchTrace:
    net = networks.Perceptron()
    optimizer = torch.optim.AdamW(net.parameters())
    x, t = torch.randn(6, 3), torch.randn(6, 4)
    recording = record_torch(net, **options)  # type: ignore[arg-type]
    with recording as trace:
        optimizer.zero_grad()
        y = net(x)
        loss = F.mse_loss(y, t)
        loss.backward()
        optimizer.step()
    return trace


def names(trace: TorchTrace) -> list[str]:
    return [v.name for v in trace.values]


def test_names_come_from_the_code() -> None:
    found = names(perceptron_step())
    assert {"x", "z1", "h", "y", "t", "loss"} <= set(found)
    assert {"fc1.weight", "fc1.weightᵀ", "fc1.weight.grad", "fc1.weight'"} <= set(found)
    assert {"fc1.bias.m", "fc1.bias.m'", "fc1.bias.v'"} <= set(found)
    assert len(found) == len(set(found))


def test_parameters_may_be_called_otherwise() -> None:
    trace = perceptron_step(names={"fc1.weight": "W1", "fc1.bias": "b1"})
    assert {"W1", "W1.grad", "W1'", "W1.m'", "b1"} <= set(names(trace))
    assert trace.formula(trace.events[trace.value("z1").producer]) == "z1 = x·W1ᵀ + b1"
    assert trace.symbol(trace.value("W1.grad")) == "∂L/∂W1"


def test_kinds_and_axes() -> None:
    trace = perceptron_step(origin=Origin(Source.STEP, step=41))
    kinds = {
        "x": Kind.INPUT,
        "t": Kind.TARGET,
        "fc1.weight": Kind.PARAMETER,
        "fc1.weight'": Kind.PARAMETER,
        "z1": Kind.ACTIVATION,
        "loss": Kind.LOSS,
        "h.grad": Kind.GRADIENT,
        "fc1.weight.m'": Kind.STATE,
    }
    assert {name: trace.value(name).kind for name in kinds} == kinds
    assert trace.value("fc1.weight").axes == ("out", "in")
    assert trace.value("z1").axes == ("", "out")
    assert trace.why("fc1.weight[0,0]").origin == Origin(Source.STEP, step=41)


def test_a_tensor_may_be_declared() -> None:
    x = torch.randn(2, 3)
    recording = record_torch()
    recording.declare(x, "points", axes=("example", "feature"), labels=(None, ("a", "b", "c")))
    with recording as trace:
        y = x * 2
    assert trace.formula(trace.events[0]) == "y = points·2"
    assert trace.value("y").labels == (None, ("a", "b", "c"))
    assert y.shape == (2, 3)


def test_modules_and_lines() -> None:
    trace = perceptron_step()
    event = trace.events[trace.value("z1").producer]
    assert event.module == "fc1"
    source = Path(networks.__file__).read_text(encoding="utf-8").splitlines()
    assert source[event.line - 1].strip() == "z1 = self.fc1(x)"
    backward = trace.events[trace.value("fc1.bias.grad").producer]
    assert (backward.module, backward.line) == ("fc1", event.line)
    update = trace.events[trace.value("fc1.bias'").producer]
    assert update.module == "fc1"
    here = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert here[update.line - 1].strip() == "optimizer.step()"


def test_modules_within_lists_and_sequences() -> None:
    net = networks.Transformer(blocks=2)
    tokens = torch.randint(0, 11, (1, 5))
    with record_torch(net) as trace:
        loss = net(tokens[:, :-1], tokens[:, 1:])
    found = {e.module for e in trace.events}
    assert {"tokens", "blocks.0/ln1", "blocks.1/attn/qkv", "blocks.0/mlp/2", "head"} <= found
    # One variable in the code of two modules: told apart by where it is.
    assert {"blocks.0.attn.q", "blocks.1.attn.q", "blocks.0.attn.att", "logits"} <= set(
        names(trace)
    )
    assert loss.shape == ()


def test_the_model_is_found_if_it_is_not_given() -> None:
    net = networks.Perceptron()
    with record_torch() as trace:
        net(torch.randn(2, 3)).sum().backward()
    assert {"fc1.weight", "fc1.weight.grad", "z1"} <= set(names(trace))


def test_what_is_unpacked_and_added_to() -> None:
    with record_torch() as trace:
        x = torch.arange(6.0).view(2, 3)
        a, b, c = x.split(1, dim=1)
        largest, places = x.max(dim=1)
        parts = x.unbind(0)
        a += b
    found = names(trace)
    assert {"a", "b", "c", "largest", "places", "parts.0", "parts.1", "a#2"} <= set(found)
    assert (c.shape, largest.shape, places.shape, len(parts)) == ((2, 1), (2,), (2,), 2)


def test_a_loop_names_each_round() -> None:
    layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(3))

    def run(x: Tensor) -> Tensor:
        for layer in layers:
            x = layer(x)
        return x

    with record_torch(layers) as trace:
        run(torch.randn(2, 3))
    assert [n for n in names(trace) if n.partition("#")[0] == "x"] == ["x", "x#2", "x#3"]
