"""Run one program in PyTorch and in the engine, and compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from tests.engine.cases import Case
from tuiexplain import engine

torch.set_num_threads(1)


@dataclass(frozen=True)
class Result:
    output: np.ndarray
    gradients: list[np.ndarray | None]


def weights(shape: tuple[int, ...]) -> np.ndarray:
    """What an output is weighted with, so that no two cells have the same gradient."""
    return np.random.default_rng(9).uniform(0.5, 1.5, shape)


def in_engine(case: Case) -> Result:
    leaves = [engine.tensor(x, requires_grad=True) for x in case.inputs]
    fixed = [engine.tensor(x) for x in case.fixed]
    output = case.fn(engine, engine.functional, *leaves, *fixed)
    if output.requires_grad:
        output.backward(engine.tensor(weights(output.shape)))
    return Result(output.data, [None if x.grad is None else x.grad.data for x in leaves])


def in_torch(case: Case) -> Result:
    leaves = [torch.tensor(x, requires_grad=True) for x in case.inputs]
    fixed = [torch.tensor(x) for x in case.fixed]
    output = case.fn(torch, torch.nn.functional, *leaves, *fixed)
    if output.requires_grad:
        output.backward(torch.tensor(weights(tuple(output.shape))))
    return Result(
        output.detach().numpy(), [None if x.grad is None else x.grad.numpy() for x in leaves]
    )


def assert_close(ours: Any, theirs: Any, relative: float = 1e-10) -> None:
    """Equal shapes, and numbers within ``relative`` of the largest (inf and nan alike in both).

    Where everything cancels the numbers are nothing but rounding: those are below 1e-13.
    """
    if ours is None or theirs is None:
        assert ours is None
        assert theirs is None or not np.any(theirs)
        return
    assert ours.shape == theirs.shape
    finite = np.isfinite(theirs)
    scale = np.max(np.abs(theirs[finite]), initial=1e-3)
    np.testing.assert_allclose(ours, theirs, rtol=relative, atol=relative * scale)
