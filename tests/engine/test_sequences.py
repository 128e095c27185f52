"""Recurrent layers, attention and positions against torch: forward and every gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tuiexplain.engine import nn, tensor
from tuiexplain.engine.nn.attention import causal_mask
from tuiexplain.engine.positions import angles, rotate, sinusoidal_positions

CLOSE = {"rtol": 1e-10, "atol": 1e-12}


def reals(*shape: int) -> np.ndarray:
    return np.random.default_rng(list(shape)).normal(size=shape)


def same_weights(ours: Any, theirs: Any) -> None:
    """Give both modules the same parameters."""
    theirs.double()
    with torch.no_grad():
        for (name, mine), (other, its) in zip(
            ours.named_parameters(), theirs.named_parameters(), strict=True
        ):
            assert name == other
            its.copy_(torch.from_numpy(np.array(mine.data)))


def agree(ours: Any, theirs: Any, x: Any, tx: Any, y: Any, ty: Any) -> None:
    """Outputs, and gradients of a sum with uneven weights, agree."""
    np.testing.assert_allclose(y.data, ty.detach().numpy(), **CLOSE)
    uneven = reals(*y.shape)
    (y * tensor(uneven)).sum().backward()
    (ty * torch.from_numpy(uneven)).sum().backward()
    np.testing.assert_allclose(x.grad.data, tx.grad.numpy(), **CLOSE)
    for mine, its in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad.data, its.grad.numpy(), **CLOSE)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("options", [{}, {"num_layers": 2}, {"bias": False}, {"batch_first": True}])
def test_layers(kind: str, options: dict[str, Any]) -> None:
    ours, theirs = getattr(nn, kind)(3, 4, **options), getattr(torch.nn, kind)(3, 4, **options)
    same_weights(ours, theirs)
    numbers = reals(5, 2, 3)
    x, tx = tensor(numbers, requires_grad=True), torch.tensor(numbers, requires_grad=True)
    (y, state), (ty, their_state) = ours(x), theirs(tx)
    for mine, its in zip(
        state if kind == "LSTM" else (state,),
        their_state if kind == "LSTM" else (their_state,),
        strict=True,
    ):
        np.testing.assert_allclose(mine.data, its.detach().numpy(), **CLOSE)
    agree(ours, theirs, x, tx, y, ty)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_layers_from_a_state_that_is_given(kind: str) -> None:
    ours, theirs = getattr(nn, kind)(3, 4), getattr(torch.nn, kind)(3, 4)
    same_weights(ours, theirs)
    numbers, start = reals(5, 3), reals(1, 4)
    given: Any = tensor(start)
    its: Any = torch.tensor(start)
    if kind == "LSTM":
        given, its = (given, tensor(start * 2)), (its, torch.tensor(start * 2))
    x, tx = tensor(numbers, requires_grad=True), torch.tensor(numbers, requires_grad=True)
    agree(ours, theirs, x, tx, ours(x, given)[0], theirs(tx, its)[0])


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells(kind: str) -> None:
    ours, theirs = getattr(nn, kind)(3, 4), getattr(torch.nn, kind)(3, 4)
    same_weights(ours, theirs)
    numbers = reals(2, 3)
    x, tx = tensor(numbers, requires_grad=True), torch.tensor(numbers, requires_grad=True)
    y, ty = ours(x), theirs(tx)
    y, ty = ours(x, y), theirs(tx, ty)
    if kind == "LSTMCell":
        y, ty = y[0] + y[1], ty[0] + ty[1]
    agree(ours, theirs, x, tx, y, ty)


@pytest.mark.parametrize("masked", [False, True])
def test_attention(masked: bool) -> None:
    ours = nn.MultiheadAttention(8, 2)
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    same_weights(ours, theirs)
    numbers = reals(2, 5, 8)
    x, tx = tensor(numbers, requires_grad=True), torch.tensor(numbers, requires_grad=True)
    mask = causal_mask(5) if masked else None
    theirs_mask = torch.from_numpy(~np.array(mask.data)) if mask is not None else None
    y, weights = ours(x, x, x, mask)
    ty, their_weights = theirs(tx, tx, tx, attn_mask=theirs_mask, average_attn_weights=False)
    np.testing.assert_allclose(weights.data, their_weights.detach().numpy(), **CLOSE)
    agree(ours, theirs, x, tx, y, ty)


def test_heads_that_do_not_share_equally_are_refused() -> None:
    with pytest.raises(ValueError, match="3 heads cannot share 8 numbers"):
        nn.MultiheadAttention(8, 3)


def test_sinusoidal_positions_are_the_papers() -> None:
    table = sinusoidal_positions(4, 4).data
    np.testing.assert_allclose(table[1], [0.8415, 0.5403, 0.0100, 0.99995], atol=5e-5)


def test_rotary_positions_leave_only_the_distance() -> None:
    """Turned by their positions, two vectors' product depends on how far apart they stand."""
    q, k, turned = tensor(reals(1, 6)), tensor(reals(1, 6) + 1), angles(12, 6)

    def score(i: int, j: int) -> float:
        return (rotate(q, turned[i : i + 1]) @ rotate(k, turned[j : j + 1]).T).item()

    assert score(2, 5) == pytest.approx(score(7, 10), rel=1e-12)
    assert score(2, 5) != pytest.approx(score(2, 6), rel=1e-3)
    assert score(0, 0) == pytest.approx((q @ k.T).item(), rel=1e-12)
