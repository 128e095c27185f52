"""Rows that work cell by cell.

Each function is written once, with operators and NumPy's universal functions; it computes arrays,
and on the expressions of single cells it is its own explanation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Vjp
from tuiexplain.engine.ops.families import Elementwise, choose, keep, same, unless
from tuiexplain.trace.expression import Expr, lift

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
NEG = Elementwise("neg", lambda x: -x, formula="−{x}", vjps={"x": Vjp(lambda g: -g, "−{g}")})


def power_by_base(g: Any, a: Any, b: Any) -> Any:
    """b·aᵇ⁻¹, and 0 for b = 0, also where a = 0."""
    if isinstance(b, float):
        return g * (b * a ** (b - 1)) if b else g * 0.0
    return unless(np.equal(b, 0), g * (b * a ** (b - 1)))


def power_by_exponent(g: Any, a: Any, b: Any, y: Any) -> Any:
    """aᵇ·log a, and 0 where a = 0 and b ≥ 0."""
    flat = np.logical_and(np.equal(a, 0), np.greater_equal(b, 0))
    return unless(flat, g * (y * np.log(a)))


def power_formula(attrs: Any) -> str:
    """aᵇ, a whole exponent written as one: a²."""
    return "{a}" + _exponent(attrs.get("b"), "{b}")


def power_rule(attrs: Any) -> str:
    """b·aᵇ⁻¹ with the exponent worked out where it is a number: 2·a, 3·a²."""
    b = attrs.get("b")
    return "{g}·{b}·{a}" + _exponent(None if b is None else b - 1, "({b}−1)")


def _exponent(number: float | None, letters: str) -> str:
    if number is None:
        return f"^{letters}"
    if number == 1:
        return ""
    whole = int(number)
    return f"{whole}".translate(SUPERSCRIPTS) if whole == number else f"^{number:g}"


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

POW = Elementwise(
    "pow",
    lambda a, b: a**b,
    formula=power_formula,
    vjps={
        "a": Vjp(power_by_base, power_rule),
        "b": Vjp(power_by_exponent, "{g}·{y}·log {a}"),
    },
)
ABS = Elementwise(
    "abs",
    lambda x: np.absolute(x),
    formula="|{x}|",
    vjps={"x": Vjp(lambda g, x: g * np.sign(x), "{g}·sign {x}")},
)
ROUND = Elementwise(
    "round",
    lambda x: np.rint(x),
    formula="round {x}",
    vjps={"x": Vjp(lambda g: g * 0.0, "{g}·0")},
)
CLONE = Elementwise("clone", lambda x: same(x), formula="{x}", vjps={"x": Vjp(lambda g: g, "{g}")})

# -- functions -------------------------------------------------------------------------------------

EXP = Elementwise(
    "exp",
    lambda x: np.exp(x),
    formula="e^{x}",
    vjps={"x": Vjp(lambda g, y: g * y, "{g}·{y}")},
)
LOG = Elementwise(
    "log",
    lambda x: np.log(x),
    formula="log {x}",
    vjps={"x": Vjp(lambda g, x: g / x, "{g} / {x}")},
)
SQRT = Elementwise(
    "sqrt",
    lambda x: np.sqrt(x),
    formula="√{x}",
    vjps={"x": Vjp(lambda g, y: g / (2.0 * y), "{g} / (2·{y})")},
)
SIN = Elementwise(
    "sin",
    lambda x: np.sin(x),
    formula="sin {x}",
    vjps={"x": Vjp(lambda g, x: g * np.cos(x), "{g}·cos {x}")},
)
COS = Elementwise(
    "cos",
    lambda x: np.cos(x),
    formula="cos {x}",
    vjps={"x": Vjp(lambda g, x: -(g * np.sin(x)), "−{g}·sin {x}")},
)

# -- choosing --------------------------------------------------------------------------------------


def ahead(g: Any, a: Any, b: Any) -> Any:
    """The share of ``a`` in a maximum of both: all, nothing, or half where they are equal."""
    if isinstance(a, Expr) or isinstance(b, Expr):
        tie = lift(a).number == lift(b).number
        return g * 0.5 * np.equal(a, b) if tie else g * np.greater(a, b)
    return g * (0.5 * (np.greater(a, b) * 1.0 + np.greater_equal(a, b) * 1.0))


MAXIMUM = Elementwise(
    "maximum",
    lambda a, b: np.maximum(a, b),
    formula="max({a}, {b})",
    vjps={
        "a": Vjp(lambda g, a, b: ahead(g, a, b), "{g}·[{a} > {b}]"),
        "b": Vjp(lambda g, a, b: ahead(g, b, a), "{g}·[{b} > {a}]"),
    },
)
MINIMUM = Elementwise(
    "minimum",
    lambda a, b: np.minimum(a, b),
    formula="min({a}, {b})",
    vjps={
        "a": Vjp(lambda g, a, b: ahead(g, b, a), "{g}·[{a} < {b}]"),
        "b": Vjp(lambda g, a, b: ahead(g, a, b), "{g}·[{b} < {a}]"),
    },
)


def within(g: Any, x: Any, low: Any, high: Any) -> Any:
    """Where ``x`` was not cut off."""
    return keep(keep(g, np.greater_equal(x, low)), np.less_equal(x, high))


CLAMP = Elementwise(
    "clamp",
    lambda x, low, high: np.minimum(np.maximum(x, low), high),
    formula="clamp({x}, {low}, {high})",
    vjps={"x": Vjp(within, "{g}·[{low} ≤ {x} ≤ {high}]")},
)
WHERE = Elementwise(
    "where",
    choose,
    formula="where({condition}, {a}, {b})",
    vjps={
        "a": Vjp(lambda g, condition: keep(g, condition), "{g}·[{condition}]"),
        "b": Vjp(lambda g, condition: keep(g, np.logical_not(condition)), "{g}·[¬{condition}]"),
    },
)
DROPOUT = Elementwise(
    "dropout",
    lambda x, mask, *, p: keep(x, mask) / (1.0 - p),
    formula="{x}·{mask} / (1 − {p})",
    vjps={"x": Vjp(lambda g, mask, *, p: keep(g, mask) / (1.0 - p), "{g}·{mask} / (1 − {p})")},
)

ARITHMETIC = (ADD, SUB, MUL, DIV, NEG, POW, ABS, ROUND, CLONE)
FUNCTIONS = (EXP, LOG, SQRT, SIN, COS)
CHOOSING = (MAXIMUM, MINIMUM, CLAMP, WHERE, DROPOUT)

# -- comparison: no gradient ---------------------------------------------------------------------

EQ = Elementwise("eq", lambda a, b: np.equal(a, b), formula="[{a} = {b}]")
NE = Elementwise("ne", lambda a, b: np.not_equal(a, b), formula="[{a} ≠ {b}]")
LT = Elementwise("lt", lambda a, b: np.less(a, b), formula="[{a} < {b}]")
LE = Elementwise("le", lambda a, b: np.less_equal(a, b), formula="[{a} ≤ {b}]")
GT = Elementwise("gt", lambda a, b: np.greater(a, b), formula="[{a} > {b}]")
GE = Elementwise("ge", lambda a, b: np.greater_equal(a, b), formula="[{a} ≥ {b}]")

COMPARISONS = (EQ, NE, LT, LE, GT, GE)

ROWS = (*ARITHMETIC, *FUNCTIONS, *CHOOSING, *COMPARISONS)
