"""Rows of the optimisers: how a step changes a parameter, and what the optimiser remembers."""

from __future__ import annotations

from typing import Any

from tuiexplain.engine.op import Attrs
from tuiexplain.engine.ops.families import Elementwise

SYMBOLS = {
    "lr": "η",
    "momentum": "μ",
    "dampening": "τ",
    "weight_decay": "λ",
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "eps": "ε",
    "step": "t",
}


def decayed(g: Any, p: Any, weight_decay: Any) -> Any:
    """The gradient, with the pull of the weight decay added."""
    return g + weight_decay * p if weight_decay else g


def decayed_formula(attrs: Attrs, g: str = "{g}") -> str:
    return f"({g} + λ·{{p}})" if attrs["weight_decay"] else g


def sgd(p: Any, g: Any, *, lr: Any, weight_decay: Any) -> Any:
    return p - lr * decayed(g, p, weight_decay)


SGD = Elementwise(
    "sgd", sgd, formula=lambda attrs: "{p} − η·" + decayed_formula(attrs), symbols=SYMBOLS
)

ROWS = (SGD,)
