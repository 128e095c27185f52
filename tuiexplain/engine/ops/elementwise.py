"""Rows that work cell by cell.

Each function is written once, with operators and NumPy's universal functions; it computes arrays, and
on the expressions of single cells it is its own explanation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Vjp
from tuiexplain.engine.ops.families import Elementwise, keep, same

# -- arithmetic ----------------------------------------------------------------------------------

ADD = Elementwise(
    "add",
    lambda a, b: a + b,
    formula="{a} + {b}",
    vjps={"a": Vjp(lambda g: g, "{g}"), "b": Vjp(lambda g: g, "{g}")},
)
SUB = Elementwise(
    "sub",
    lambda a, b: a - b,
    formula="{a} − {b}",
    vjps={"a": Vjp(lambda g: g, "{g}"), "b": Vjp(lambda g: -g, "−{g}")},
)
MUL = Elementwise(
    "mul",
    lambda a, b: a * b,
    formula="{a}·{b}",
    vjps={"a": Vjp(lambda g, b: g * b, "{g}·{b}"), "b": Vjp(lambda g, a: g * a, "{g}·{a}")},
)
DIV = Elementwise(
    "div",
    lambda a, b: a / b,
    formula="{a} / {b}",
    vjps={
        "a": Vjp(lambda g, b: g / b, "{g} / {b}"),
        "b": Vjp(lambda g, a, b: -(g * a / b**2), "−{g}·{a} / {b}²"),
    },
)
NEG = Elementwise(
    "neg", lambda x: -x, formula="−{x}", vjps={"x": Vjp(lambda g: -g, "−{g}")}
)


def power_by_base(g: Any, a: Any, b: Any) -> Any:
    """b·aᵇ⁻¹, and 0 for b = 0, also where a = 0."""
    if isinstance(b, float):
        return g * (b * a ** (b - 1)) if b else g * 0.0
    return g * keep(b * a ** (b - 1), np.not_equal(b, 0))


def power_by_exponent(g: Any, a: Any, b: Any, y: Any) -> Any:
    """aᵇ·log a, and 0 where a = 0 and b ≥ 0."""
    return g * keep(y * np.log(a), np.logical_or(np.not_equal(a, 0), np.less(b, 0)))


POW = Elementwise(
    "pow",
    lambda a, b: a**b,
    formula="{a}^{b}",
    vjps={
        "a": Vjp(power_by_base, "{g}·{b}·{a}^({b}−1)"),
        "b": Vjp(power_by_exponent, "{g}·{y}·log {a}"),
    },
)
ABS = Elementwise(
    "abs",
    lambda x: np.absolute(x),
    formula="|{x}|",
    vjps={"x": Vjp(lambda g, x: g * np.sign(x), "{g}·sign {x}")},
)
CLONE = Elementwise(
    "clone", lambda x: same(x), formula="{x}", vjps={"x": Vjp(lambda g: g, "{g}")}
)

# -- activations ---------------------------------------------------------------------------------

SIGMOID = Elementwise(
    "sigmoid",
    lambda x: 1.0 / (1.0 + np.exp(-x)),
    formula="1 / (1 + e^−{x})",
    vjps={"x": Vjp(lambda g, y: g * y * (1.0 - y), "{g}·{y}·(1 − {y})")},
)
TANH = Elementwise(
    "tanh",
    lambda x: np.tanh(x),
    formula="tanh {x}",
    vjps={"x": Vjp(lambda g, y: g * (1.0 - y * y), "{g}·(1 − {y}²)")},
)
RELU = Elementwise(
    "relu",
    lambda x: np.maximum(x, 0.0),
    formula="max(0, {x})",
    vjps={"x": Vjp(lambda g, x: keep(g, np.greater(x, 0.0)), "{g}·[{x} > 0]")},
)

# -- comparison: no gradient ---------------------------------------------------------------------

EQ = Elementwise("eq", lambda a, b: np.equal(a, b), formula="[{a} = {b}]")
NE = Elementwise("ne", lambda a, b: np.not_equal(a, b), formula="[{a} ≠ {b}]")
LT = Elementwise("lt", lambda a, b: np.less(a, b), formula="[{a} < {b}]")
LE = Elementwise("le", lambda a, b: np.less_equal(a, b), formula="[{a} ≤ {b}]")
GT = Elementwise("gt", lambda a, b: np.greater(a, b), formula="[{a} > {b}]")
GE = Elementwise("ge", lambda a, b: np.greater_equal(a, b), formula="[{a} ≥ {b}]")

ROWS = (ADD, SUB, MUL, DIV, NEG, POW, ABS, CLONE, SIGMOID, TANH, RELU, EQ, NE, LT, LE, GT, GE)
