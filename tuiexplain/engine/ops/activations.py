"""Rows of the functions between layers. Written as :mod:`tuiexplain.engine.ops.elementwise` is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs, Vjp
from tuiexplain.engine.ops.error_function import error_function
from tuiexplain.engine.ops.families import Elementwise, keep
from tuiexplain.trace.expression import Call, Expr

SIGMOID = Elementwise(
    "sigmoid",
    lambda x: 1.0 / (1.0 + np.exp(-x)),  # e^−x = inf gives 0, as it should
    formula="1 / (1 + e^−{x})",
    vjps={"x": Vjp(lambda g, y: g * y * (1.0 - y), "{g}·{y}·(1 − {y})")},
)


def tanh_x(g: Any, y: Any) -> Any:
    """g·(1 − y²), without arrays in between where there are arrays."""
    if isinstance(g, Expr):
        return g * (1.0 - y**2)
    slope = y * y
    slope = np.subtract(1.0, slope, slope if slope.ndim else None)
    return np.multiply(slope, g, slope if slope.ndim else None)


TANH = Elementwise(
    "tanh",
    lambda x: np.tanh(x),
    formula="tanh {x}",
    vjps={"x": Vjp(tanh_x, "{g}·(1 − {y}²)")},
)
RELU = Elementwise(
    "relu",
    lambda x: np.maximum(0.0, x),
    formula="max(0, {x})",
    vjps={"x": Vjp(lambda g, x: keep(g, np.greater(x, 0.0)), "{g}·[{x} > 0]")},
)


def leak(x: Any, negative_slope: Any) -> Any:
    """1 above zero, ``negative_slope`` elsewhere."""
    above = np.greater(x, 0.0) * 1.0
    return above + negative_slope * (1.0 - above)


LEAKY_RELU = Elementwise(
    "leaky_relu",
    lambda x, *, negative_slope: x * leak(x, negative_slope),
    formula="max({negative_slope}·{x}, {x})",
    vjps={
        "x": Vjp(
            lambda g, x, *, negative_slope: g * leak(x, negative_slope),
            "{g}·(1 or {negative_slope})",
        )
    },
)

# -- GELU (Hendrycks and Gimpel, 2016): x·Φ(x), Φ the normal distribution --------------------------


def erf(x: Any) -> Any:
    """The error function."""
    return Call("erf", [x], math.erf) if isinstance(x, Expr) else error_function(x)


ROOT_HALF = 1.0 / math.sqrt(2.0)
ROOT_TWO_OVER_PI = math.sqrt(2.0 / math.pi)
CUBIC = 0.044715


def gelu_exact(x: Any) -> Any:
    return x * 0.5 * (1.0 + erf(x * ROOT_HALF))


def gelu_exact_x(g: Any, x: Any) -> Any:
    """Φ(x) + x·φ(x), φ the normal density."""
    density = np.exp(x**2 * -0.5) * (0.5 * ROOT_TWO_OVER_PI)
    return g * (0.5 * (1.0 + erf(x * ROOT_HALF)) + x * density)


def gelu_tanh(x: Any) -> Any:
    return 0.5 * x * (1.0 + np.tanh(ROOT_TWO_OVER_PI * (x + CUBIC * x**3)))


def gelu_tanh_x(g: Any, x: Any) -> Any:
    t = np.tanh(ROOT_TWO_OVER_PI * (x + CUBIC * x**3))
    inner = ROOT_TWO_OVER_PI * (1.0 + 3.0 * CUBIC * x**2)
    return g * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t**2) * inner)


def gelu(x: Any, *, approximate: str) -> Any:
    return gelu_tanh(x) if approximate == "tanh" else gelu_exact(x)


def gelu_x(g: Any, x: Any, *, approximate: str) -> Any:
    return gelu_tanh_x(g, x) if approximate == "tanh" else gelu_exact_x(g, x)


def gelu_formula(attrs: Attrs) -> str:
    if attrs["approximate"] == "tanh":
        return "½·{x}·(1 + tanh(√(2/π)·({x} + 0.044715·{x}³)))"
    return "½·{x}·(1 + erf({x}/√2))"


def gelu_slope(attrs: Attrs) -> str:
    if attrs["approximate"] == "tanh":
        return "{g}·gelu′({x})"
    return "{g}·(Φ({x}) + {x}·φ({x}))"


GELU = Elementwise(
    "gelu",
    gelu,
    formula=gelu_formula,
    vjps={"x": Vjp(gelu_x, gelu_slope)},
)

ROWS = (SIGMOID, TANH, RELU, LEAKY_RELU, GELU)
