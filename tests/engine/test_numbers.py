"""IEEE arithmetic: what overflows becomes inf and nan, quietly; small numbers keep digits."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tuiexplain.engine.functional as F
from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.engine import nn, optim, tensor
from tuiexplain.trace import record


@pytest.fixture(autouse=True)
def _warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("recording", [False, True])
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "AdamW"])
def test_a_step_that_is_far_too_large_diverges_quietly(name: str, recording: bool) -> None:
    engine.manual_seed(0)
    net = nn.Linear(1, 1)
    x, t = tensor([[1.0], [2.0], [3.0], [4.0]]), tensor([[3.0], [5.0], [7.0], [9.0]])
    optimizer: Any = getattr(optim, name)(net.parameters(), lr=1e9)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        if recording:
            with record() as trace:
                loss = F.mse_loss(net(x), t)
                loss.backward()
                optimizer.step()
        else:
            loss = F.mse_loss(net(x), t)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert not max(losses) < 1e9
    if name == "SGD":
        assert np.isnan(losses[-1])
        assert np.inf in losses
    if recording:
        assert_explained(trace)


@pytest.mark.parametrize(
    ("fn", "x", "y", "slope"),
    [
        (F.sigmoid, -1000.0, 0.0, 0.0),
        (F.sigmoid, 1000.0, 1.0, 0.0),
        (F.sigmoid, -40.0, np.exp(-40.0), np.exp(-40.0)),
        (F.tanh, 1000.0, 1.0, 0.0),
        (F.gelu, -1000.0, 0.0, 0.0),
        (F.gelu, 1000.0, 1000.0, 1.0),
        (lambda x: F.binary_cross_entropy_with_logits(x, tensor(1.0)), -1000.0, 1000.0, -1.0),
        (
            lambda x: F.binary_cross_entropy_with_logits(x, tensor(1.0)),
            40.0,
            np.exp(-40.0),
            -np.exp(-40.0),
        ),
        (engine.exp, 1000.0, np.inf, np.inf),
        (engine.log, 0.0, -np.inf, np.inf),
        (engine.sqrt, 0.0, 0.0, np.inf),
        (engine.sqrt, -1.0, np.nan, np.nan),
        (lambda x: 1 / x, 0.0, np.inf, -np.inf),
        (lambda x: x**-1.0, 0.0, np.inf, -np.inf),
    ],
)
def test_at_the_edges(fn: Any, x: float, y: float, slope: float) -> None:
    leaf = tensor(x, requires_grad=True)
    with record() as trace:
        out = fn(leaf)
        out.backward()
    assert out.item() == pytest.approx(y, rel=1e-9, nan_ok=True)
    assert leaf.grad is not None
    assert leaf.grad.item() == pytest.approx(slope, rel=1e-9, nan_ok=True)
    assert_explained(trace)


def test_softmax_of_large_numbers() -> None:
    x = tensor([[1000.0, 1001.0, 999.0], [-1000.0, -1000.0, -1000.0]])
    same = tensor([[1.0, 2.0, 0.0], [0.0, 0.0, 0.0]])
    assert np.array_equal(F.softmax(x, 1).data, F.softmax(same, 1).data)
    assert np.array_equal(F.log_softmax(x, 1).data, F.log_softmax(same, 1).data)


def test_a_tiny_cross_entropy_keeps_its_digits() -> None:
    x = tensor([[0.0, 25.0]])
    with record() as trace:
        loss = F.cross_entropy(x, tensor([1]))
    assert loss.item() == pytest.approx(np.exp(-25.0), rel=1e-4)
    assert trace.why("loss").total == pytest.approx(loss.item(), rel=1e-9)


def test_what_is_wrong_may_be_hidden_by_where() -> None:
    x = tensor([0.0, 4.0], requires_grad=True)
    y = engine.where(x > 1, x, 0.0) * np.array([1.0, 2.0])
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0.0, 2.0]


def test_the_settings_of_the_user_stay() -> None:
    before = np.geterr()
    x = tensor([0.0], requires_grad=True)
    with record():
        (1 / x).backward()
    nn.Sequential(nn.Tanh())(1 / x)
    assert np.geterr() == before


def test_types_follow_torch_but_for_float64() -> None:
    assert tensor([1, 2]).dtype == np.int64
    assert tensor([1.5]).dtype == np.float64
    assert tensor(np.float32([1])).dtype == np.float64
    assert tensor([True]).dtype == np.bool_
    assert (tensor([1, 2]) * 0.5).dtype == np.float64
    assert (tensor([1.0]) > 0).dtype == np.bool_
    assert engine.arange(3).tolist() == [0, 1, 2]
    assert engine.arange(1, 2, 0.5).tolist() == [1.0, 1.5]


def test_making_tensors() -> None:
    assert engine.zeros(2, 3).shape == engine.zeros((2, 3)).shape == (2, 3)
    assert engine.full((2,), 7.0).tolist() == [7.0, 7.0]
    assert engine.eye(2).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert engine.linspace(0, 1, 3).tolist() == [0.0, 0.5, 1.0]
    assert engine.ones_like(engine.zeros(2)).tolist() == [1.0, 1.0]
    engine.manual_seed(4)
    first = [engine.randn(3).tolist(), engine.rand(3).tolist(), engine.randperm(9).tolist()]
    engine.manual_seed(4)
    assert first == [engine.randn(3).tolist(), engine.rand(3).tolist(), engine.randperm(9).tolist()]
    assert sorted(first[2]) == list(range(9))
    assert set(engine.randint(2, 5, (100,)).tolist()) == {2, 3, 4}


def test_how_a_tensor_looks() -> None:
    x = tensor([1.0, 2.5], requires_grad=True)
    assert repr(x) == "tensor([1. , 2.5], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 5.], grad_fn=<mul>)"
    assert f"{tensor(0.298371):.3f}" == "0.298"
    assert (np.array([1.0, 2.0]) * x).tolist() == [1.0, 5.0]
    assert (np.float64(2) * x).tolist() == [2.0, 5.0]
    assert x.retain_grad() is None
