"""Rows of the optimisers: what a step remembers, and how it changes a parameter.

The first slot of each is what is replaced. Weight decay λ is part of the gradient (g + λ·p), except
in AdamW, which shrinks the parameter itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs
from tuiexplain.engine.ops.families import Elementwise

SYMBOLS = {
    "lr": "η",
    "momentum": "μ",
    "dampening": "τ",
    "weight_decay": "λ",
    "alpha": "α",
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "eps": "ε",
    "step": "t",
}


def decayed(g: Any, p: Any, weight_decay: Any) -> Any:
    """The gradient, with the pull of the weight decay."""
    return g + weight_decay * p if weight_decay else g


def with_decay(text: str, alone: str = "{g}") -> Callable[[Attrs], str]:
    """A formula in which ``@`` stands for the gradient, with the weight decay if there is any."""
    return lambda attrs: text.replace("@", "({g} + λ·{p})" if attrs["weight_decay"] else alone)


def update(name: str, forward: Callable[..., Any], formula: Any) -> Elementwise:
    return Elementwise(name, forward, formula=formula, symbols=SYMBOLS)


# -- gradient descent ------------------------------------------------------------------------------


def sgd(p: Any, g: Any, *, lr: Any, weight_decay: Any) -> Any:
    return p - lr * decayed(g, p, weight_decay)


def momentum(v: Any, g: Any, p: Any, *, momentum: Any, dampening: Any, weight_decay: Any) -> Any:
    """V ← μ·v + (1 − τ)·g (Polyak, 1964, as torch has it)."""
    g = decayed(g, p, weight_decay)
    return momentum * v + ((1.0 - dampening) * g if dampening else g)


def along(p: Any, v: Any, *, lr: Any) -> Any:
    return p - lr * v


def nesterov(p: Any, v: Any, g: Any, *, lr: Any, momentum: Any, weight_decay: Any) -> Any:
    """P ← p − η·(g + μ·v): the gradient, and once more the way that v already goes."""
    return p - lr * (decayed(g, p, weight_decay) + momentum * v)


SGD = update("sgd", sgd, with_decay("{p} − η·@"))
MOMENTUM = update(
    "momentum",
    momentum,
    lambda attrs: with_decay("μ·{v} + " + ("(1 − τ)·" if attrs["dampening"] else "") + "@")(attrs),
)
ALONG = update("momentum_step", along, "{p} − η·{v}")
NESTEROV = update("nesterov_step", nesterov, with_decay("{p} − η·(@ + μ·{v})"))

# -- running means ---------------------------------------------------------------------------------


def running_mean(m: Any, g: Any, p: Any, *, beta: Any, weight_decay: Any) -> Any:
    return beta * m + (1.0 - beta) * decayed(g, p, weight_decay)


def running_square(v: Any, g: Any, p: Any, *, beta: Any, weight_decay: Any) -> Any:
    return beta * v + (1.0 - beta) * decayed(g, p, weight_decay) ** 2


MEAN = update("running_mean", running_mean, with_decay("β·{m} + (1 − β)·@"))
SQUARE = update("running_square", running_square, with_decay("β·{v} + (1 − β)·@²", alone="({g})"))

# -- RMSProp (Tieleman and Hinton, 2012) -----------------------------------------------------------


def rmsprop(p: Any, g: Any, v: Any, *, lr: Any, eps: Any, weight_decay: Any) -> Any:
    return p - lr * decayed(g, p, weight_decay) / (np.sqrt(v) + eps)


def rmsprop_centered(
    p: Any, g: Any, v: Any, m: Any, *, lr: Any, eps: Any, weight_decay: Any
) -> Any:
    """As RMSProp, by the variance of the gradient: its mean m is taken off."""
    return p - lr * decayed(g, p, weight_decay) / (np.sqrt(v - m**2) + eps)


def scaled(b: Any, g: Any, p: Any, v: Any, *, momentum: Any, eps: Any, weight_decay: Any) -> Any:
    return momentum * b + decayed(g, p, weight_decay) / (np.sqrt(v) + eps)


def scaled_centered(
    b: Any, g: Any, p: Any, v: Any, m: Any, *, momentum: Any, eps: Any, weight_decay: Any
) -> Any:
    return momentum * b + decayed(g, p, weight_decay) / (np.sqrt(v - m**2) + eps)


RMSPROP = update("rmsprop", rmsprop, with_decay("{p} − η·@ / (√{v} + ε)"))
RMSPROP_CENTERED = update(
    "rmsprop_centered", rmsprop_centered, with_decay("{p} − η·@ / (√({v} − {m}²) + ε)")
)
SCALED = update("rmsprop_momentum", scaled, with_decay("μ·{b} + @ / (√{v} + ε)"))
SCALED_CENTERED = update(
    "rmsprop_centered_momentum", scaled_centered, with_decay("μ·{b} + @ / (√({v} − {m}²) + ε)")
)

# -- Adam (Kingma and Ba, 2014), AdamW (Loshchilov and Hutter, 2017) -------------------------------
# m and v start at 0, so after t steps they are too small by 1 − βᵗ; dividing by it corrects them.


def adam(p: Any, m: Any, v: Any, *, lr: Any, beta1: Any, beta2: Any, eps: Any, step: Any) -> Any:
    m_hat = m / (1.0 - beta1**step)
    v_hat = v / (1.0 - beta2**step)
    return p - lr * m_hat / (np.sqrt(v_hat) + eps)


def adamw(
    p: Any,
    m: Any,
    v: Any,
    *,
    lr: Any,
    beta1: Any,
    beta2: Any,
    eps: Any,
    step: Any,
    weight_decay: Any,
) -> Any:
    p = p - lr * weight_decay * p if weight_decay else p
    return adam(p, m, v, lr=lr, beta1=beta1, beta2=beta2, eps=eps, step=step)


ADAM_STEP = "η·{m}/(1 − β₁ᵗ) / (√({v}/(1 − β₂ᵗ)) + ε)"
ADAM = update("adam", adam, "{p} − " + ADAM_STEP)
ADAMW = update("adamw", adamw, "{p}·(1 − η·λ) − " + ADAM_STEP)

ROWS = (
    *(SGD, MOMENTUM, ALONG, NESTEROV),
    *(MEAN, SQUARE),
    *(RMSPROP, RMSPROP_CENTERED, SCALED, SCALED_CENTERED),
    *(ADAM, ADAMW),
)
