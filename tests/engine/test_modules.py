"""Modules: paths, names, state, modes, initialisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import tuiexplain.engine.functional as F
from tuiexplain import engine
from tuiexplain.engine import nn, tensor
from tuiexplain.trace import record


class Block(nn.Module):
    def __init__(self) -> None:
        self.attn = nn.Linear(2, 2)
        self.scale = nn.Parameter(np.ones(2))

    def forward(self, x: Any) -> Any:
        return self.attn(x) * self.scale


class Net(nn.Module):
    def __init__(self) -> None:
        self.block = Block()
        self.blocks = nn.ModuleList([Block(), Block()])
        self.head = nn.Sequential(nn.Linear(2, 2), nn.ReLU())

    def forward(self, x: Any) -> Any:
        x = self.block(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def test_paths_of_nested_modules_and_parameters() -> None:
    net = Net()
    assert [name for name, _ in net.named_parameters()] == [p.name for p in net.parameters()]
    assert net.block.attn.weight.name == "block.attn.weight"
    assert net.blocks[1].scale.name == "blocks.1.scale"
    with record() as trace:
        net(tensor([[1.0, 2.0]]))
    assert [e.module for e in trace.events] == [
        "block/attn", "block", "blocks/0/attn", "blocks/0", "blocks/1/attn", "blocks/1",
        "head/0", "head/1",
    ]  # fmt: skip


def test_module_lists_grow_and_a_later_layer_keeps_its_path() -> None:
    net = Net()
    net.blocks.append(Block())
    assert net.blocks[2].attn.weight.name == "blocks.2.attn.weight"
    assert net.blocks[2].attn.path == "blocks/2/attn"


def test_a_name_that_was_set_stays() -> None:
    net = Block()
    net.scale.name = "γ"
    outer = nn.Sequential(net)
    assert net.scale.name == "γ"
    assert net.attn.weight.name == "0.attn.weight"
    assert dict(outer.named_parameters()).keys() == {"0.scale", "0.attn.weight", "0.attn.bias"}


def test_names_and_order_are_those_of_torch() -> None:
    def build(nn: Any) -> Any:
        class Inner(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.a = nn.Linear(2, 3)
                self.free = nn.Parameter(torch.ones(1) if nn is torch.nn else np.ones(1))
                self.b = nn.Sequential(nn.Linear(3, 1), nn.Tanh(), nn.Linear(1, 1, bias=False))
                self.tied = self.a

        return Inner()

    ours, theirs = build(nn), build(torch.nn)
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    assert [n for n, _ in ours.named_modules()] == [n for n, _ in theirs.named_modules()]
    assert [n for n, _ in ours.named_children()] == ["a", "b", "tied"]


def test_state_goes_out_and_comes_back() -> None:
    net, other = Net(), Net()
    other.load_state_dict(net.state_dict())
    x = tensor([[1.0, -2.0]])
    assert np.array_equal(net(x).data, other(x).data)
    with pytest.raises(KeyError, match="no such parameter: extra"):
        net.load_state_dict({**net.state_dict(), "extra": 1})
    with pytest.raises(KeyError, match=r"nothing given for block\.scale"):
        net.load_state_dict({k: v for k, v in net.state_dict().items() if k != "block.scale"})
    with pytest.raises(ValueError, match=r"block\.scale has shape \(2,\), given \(3,\)"):
        net.load_state_dict({**net.state_dict(), "block.scale": np.ones(3)})


def test_buffers_are_state_but_not_parameters() -> None:
    class Running(nn.Module):
        def __init__(self) -> None:
            self.register_buffer("mean", engine.zeros(2))

    net = nn.Sequential(Running())
    assert list(net.state_dict()) == ["0.mean"]
    assert list(net.parameters()) == []


def test_training_and_evaluation_of_dropout() -> None:
    engine.manual_seed(0)
    net = nn.Sequential(nn.Dropout(0.5))
    x = engine.ones(1000)
    dropped = net(x)
    assert 400 < np.count_nonzero(dropped.data) < 600
    assert set(np.unique(dropped.data)) == {0.0, 2.0}
    assert net.eval()(x) is x
    assert not net[0].training
    assert np.array_equal(F.dropout(x, 1.0).data, np.zeros(1000))


@pytest.mark.parametrize("shape", [(5, 3), (2, 3), (4, 3, 2)])
def test_batch_norm_in_training_and_in_use(shape: tuple[int, ...]) -> None:
    generator = np.random.default_rng(4)
    ours, theirs = nn.BatchNorm1d(3, momentum=0.3), torch.nn.BatchNorm1d(3, momentum=0.3).double()
    weight, bias = generator.normal(size=3), generator.normal(size=3)
    for layer, array in ((ours, np.array), (theirs, torch.tensor)):
        for name, numbers in (("weight", weight), ("bias", bias)):
            getattr(layer, name).data = array(numbers)
    for training in (True, True, False):
        ours.train(training)
        theirs.train(training)
        x = generator.normal(3.0, 2.0, size=shape)
        expected = theirs(torch.tensor(x)).detach().numpy()
        np.testing.assert_allclose(ours(tensor(x)).data, expected, rtol=1e-12, atol=1e-14)
        for name in ("running_mean", "running_var"):
            mine, reference = getattr(ours, name).data, getattr(theirs, name).numpy()
            np.testing.assert_allclose(mine, reference, rtol=1e-12)
    assert list(ours.state_dict()) == ["weight", "bias", "running_mean", "running_var"]


def test_layer_norm_as_torch_has_it() -> None:
    x = np.random.default_rng(4).normal(size=(2, 5, 3))
    for shape in (3, (5, 3)):
        ours, theirs = nn.LayerNorm(shape), torch.nn.LayerNorm(shape).double()
        expected = theirs(torch.tensor(x)).detach().numpy()
        np.testing.assert_allclose(ours(tensor(x)).data, expected, rtol=1e-12, atol=1e-14)
        assert list(ours.state_dict()) == list(theirs.state_dict())


def test_frozen_parameters_get_no_gradient() -> None:
    net = Net().requires_grad_(False)
    net.head[0].bias.requires_grad_()
    net(tensor([[1.0, 2.0]])).sum().backward()
    assert [p.name for p in net.parameters() if p.grad is not None] == ["head.0.bias"]
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_the_same_seed_gives_the_same_network() -> None:
    def numbers(seed: int) -> np.ndarray:
        engine.manual_seed(seed)
        return nn.Linear(3, 4).weight.data

    assert np.array_equal(numbers(5), numbers(5))
    assert not np.array_equal(numbers(5), numbers(6))


@pytest.mark.parametrize(
    ("fill", "low", "high", "std", "how"),
    [
        (lambda w: nn.init.uniform_(w, -0.2, 0.2), -0.2, 0.2, 0.2 / 3**0.5, "uniform ±0.2"),
        (lambda w: nn.init.normal_(w, std=0.5), -9, 9, 0.5, "normal, mean 0, deviation 0.5"),
        (nn.init.xavier_uniform_, -0.174, 0.174, 0.1, "Xavier uniform ±0.1732"),
        (nn.init.xavier_normal_, -9, 9, 0.1, "Xavier normal, deviation 0.1"),
        (nn.init.kaiming_uniform_, -0.25, 0.25, 0.1414, "He uniform ±0.2449"),
        (
            lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
            -9,
            9,
            0.1414,
            "He normal, deviation 0.1414",
        ),
        (nn.init.ones_, 1, 1, 0, None),
        (nn.init.zeros_, 0, 0, 0, None),
        (nn.init.eye_, 0, 1, 0.1, None),
    ],
)
def test_initialisation(fill: Any, low: float, high: float, std: float, how: str | None) -> None:
    engine.manual_seed(0)
    weight = nn.Parameter(np.zeros((100, 100)))
    fill(weight)
    assert low <= weight.data.min()
    assert weight.data.max() <= high
    assert weight.data.std() == pytest.approx(std, rel=0.05, abs=1e-12)
    assert weight.initialised_by == how


def test_what_a_layer_says_of_its_first_numbers() -> None:
    layer = nn.Linear(4, 2)
    assert layer.weight.initialised_by == "uniform ±1/√4"
    assert np.abs(layer.weight.data).max() <= 0.5
    assert nn.Parameter([1.0]).initialised_by is None
    layer.load_state_dict({"weight": np.ones((2, 4)), "bias": np.ones(2)})
    assert layer.weight.initialised_by is None


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (nn.Identity(), lambda x: x),
        (nn.Sigmoid(), F.sigmoid),
        (nn.Tanh(), F.tanh),
        (nn.ReLU(), F.relu),
        (nn.LeakyReLU(0.3), lambda x: F.leaky_relu(x, 0.3)),
        (nn.GELU(), F.gelu),
        (nn.GELU("tanh"), lambda x: F.gelu(x, "tanh")),
        (nn.Softmax(dim=1), lambda x: F.softmax(x, 1)),
        (nn.LogSoftmax(dim=0), lambda x: F.log_softmax(x, 0)),
        (nn.Flatten(0), lambda x: x.flatten()),
    ],
    ids=lambda given: repr(given) if isinstance(given, nn.Module) else "",
)
def test_modules_that_are_functions(module: nn.Module, function: Any) -> None:
    x = tensor([[1.0, -2.0], [0.5, 3.0]])
    assert np.array_equal(module(x).data, function(x).data)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses_as_modules(reduction: str) -> None:
    x, t = tensor([[0.2, 0.7], [0.5, 0.9]]), tensor([[0.0, 1.0], [1.0, 1.0]])
    classes = tensor([1, 0])
    pairs = [
        (nn.MSELoss(reduction=reduction), F.mse_loss, t),
        (nn.L1Loss(reduction=reduction), F.l1_loss, t),
        (nn.BCELoss(reduction=reduction), F.binary_cross_entropy, t),
        (nn.BCEWithLogitsLoss(reduction=reduction), F.binary_cross_entropy_with_logits, t),
        (nn.CrossEntropyLoss(reduction=reduction), F.cross_entropy, classes),
    ]
    for module, function, target in pairs:
        assert np.array_equal(module(x, target).data, function(x, target, reduction=reduction).data)


def test_how_a_network_looks() -> None:
    assert repr(nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.1))) == (
        "Sequential(\n"
        "  (0): Linear(in_features=2, out_features=3, bias=True)\n"
        "  (1): Dropout(p=0.1)\n"
        ")"
    )


def test_dropout_is_torch_s_with_the_same_mask() -> None:
    """Torch draws other masks: its own is read from its output, and the rest must follow."""
    torch = pytest.importorskip("torch")
    numbers = np.random.default_rng(5).normal(size=(64, 32))
    x = torch.tensor(numbers, requires_grad=True)
    theirs = torch.nn.functional.dropout(x, 0.3)
    theirs.square().sum().backward()
    y = tensor(numbers).requires_grad_()
    ours = F.dropout(y, 0.3)
    (ours**2).sum().backward()
    both = (ours.data != 0) & (theirs.detach().numpy() != 0)
    assert both.mean() == pytest.approx(0.49, abs=0.05)
    np.testing.assert_allclose(ours.data[both], theirs.detach().numpy()[both], rtol=1e-12)
    assert y.grad is not None
    np.testing.assert_allclose(y.grad.data[both], x.grad.numpy()[both], rtol=1e-12)
    assert np.all(y.grad.data[ours.data == 0] == 0)
