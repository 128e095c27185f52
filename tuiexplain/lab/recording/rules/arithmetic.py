"""Rows of arithmetic, cell by cell. Each function is written once and is its own explanation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tuiexplain.engine.ops.activations import erf
from tuiexplain.engine.ops.families import choose, keep
from tuiexplain.lab.recording.rules.row import Attrs, Row, constant, elementwise
from tuiexplain.trace.errors import NoRule
from tuiexplain.trace.expression import Call, Expr, lift

# -- sums and products -----------------------------------------------------------------------------


def scaled(number: Any, x: Any) -> Any:
    """``number·x``, without the number where it is 1."""
    return x if number == 1 else constant(number) * x


def add(x: Any, other: Any, *, alpha: Any = 1) -> Any:
    if alpha == 1:
        return x + other
    return x - scaled(-alpha, other) if alpha < 0 else x + scaled(alpha, other)


def sub(x: Any, other: Any, *, alpha: Any = 1) -> Any:
    return x - scaled(alpha, other)


def rsub(x: Any, other: Any, *, alpha: Any = 1) -> Any:
    return other - scaled(alpha, x)


def signed(sign: str, letters: str) -> Any:
    """A formula in which the second term may have a factor ``alpha``."""

    def formula(attrs: Attrs) -> str:
        alpha = attrs.get("alpha", 1)
        if alpha == 1:
            return letters.replace("@", sign)
        if isinstance(alpha, float | int) and alpha < 0 and sign == "+":
            return letters.replace("@ ", f"− {-alpha:g}·")
        return letters.replace("@ ", f"{sign} {alpha:g}·")

    return formula


def quotient(x: Any, other: Any, *, rounding_mode: Any = None) -> Any:
    result = x / other
    if rounding_mode is None:
        return result
    return np.floor(result) if rounding_mode == "floor" else np.trunc(result)


def divided(attrs: Attrs) -> str:
    mode = attrs.get("rounding_mode")
    return "{x} / {other}" if mode is None else f"{mode}({{x}} / {{other}})"


def addcmul(x: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    return add(x, tensor1 * tensor2, alpha=value)


def addcdiv(x: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    return add(x, tensor1 / tensor2, alpha=value)


def with_value(product: str) -> Any:
    """``x`` plus ``value`` times a product."""

    def formula(attrs: Attrs) -> str:
        value = attrs.get("value", 1)
        sign = "−" if value < 0 else "+"
        factor = "" if abs(value) == 1 else f"{abs(value):g}·"
        return f"{{x}} {sign} {factor}{product}"

    return formula


def xlogy(x: Any, other: Any) -> Any:
    """x·log(other), and 0 where x is 0."""
    return keep(x * np.log(other), np.not_equal(x, 0))


def lerp(x: Any, end: Any, weight: Any) -> Any:
    """From ``x`` towards ``end``, by the share ``weight``."""
    return x + weight * (end - x)


SUMS = {
    "add": elementwise(add, signed("+", "{x} @ {other}")),
    "sub": elementwise(sub, signed("−", "{x} @ {other}")),
    "rsub": elementwise(rsub, signed("−", "{other} @ {x}")),
    "mul": elementwise(lambda x, other: x * other, "{x}·{other}"),
    "div": elementwise(quotient, divided),
    "floor_divide": elementwise(lambda x, other: np.floor(x / other), "⌊{x} / {other}⌋"),
    "remainder": elementwise(lambda x, other: x - other * np.floor(x / other), "{x} % {other}"),
    "neg": elementwise(lambda x: -x, "−{x}"),
    "reciprocal": elementwise(lambda x: 1.0 / x, "1 / {x}"),
    "addcmul": elementwise(addcmul, with_value("{tensor1}·{tensor2}")),
    "addcdiv": elementwise(addcdiv, with_value("{tensor1} / {tensor2}")),
    "xlogy": elementwise(xlogy, "{x}·log {other}"),
    "lerp": elementwise(lerp, "{x} + {weight}·({end} − {x})"),
}

# -- functions -------------------------------------------------------------------------------------

FUNCTIONS = {
    "pow": elementwise(lambda x, exponent: x**exponent, "{x}^{exponent}"),
    "square": elementwise(lambda x: x**2, "{x}²"),
    "sqrt": elementwise(lambda x: np.sqrt(x), "√{x}"),
    "rsqrt": elementwise(lambda x: 1.0 / np.sqrt(x), "1 / √{x}"),
    "exp": elementwise(lambda x: np.exp(x), "e^{x}"),
    "expm1": elementwise(lambda x: np.expm1(x), "e^{x} − 1"),
    "log": elementwise(lambda x: np.log(x), "log {x}"),
    "log1p": elementwise(lambda x: np.log1p(x), "log(1 + {x})"),
    "log2": elementwise(lambda x: np.log2(x), "log₂ {x}"),
    "log10": elementwise(lambda x: np.log10(x), "log₁₀ {x}"),
    "sin": elementwise(lambda x: np.sin(x), "sin {x}"),
    "cos": elementwise(lambda x: np.cos(x), "cos {x}"),
    "atan": elementwise(lambda x: np.arctan(x), "arctan {x}"),
    "erf": elementwise(lambda x: erf(x), "erf {x}"),
    "abs": elementwise(lambda x: np.absolute(x), "|{x}|"),
    "sign": elementwise(lambda x: np.sign(x), "sign {x}"),
    "sgn": elementwise(lambda x: np.sign(x), "sign {x}"),
    "floor": elementwise(lambda x: np.floor(x), "⌊{x}⌋"),
    "ceil": elementwise(lambda x: np.ceil(x), "⌈{x}⌉"),
    "round": elementwise(lambda x: np.rint(x), "{x}, rounded"),
    "trunc": elementwise(lambda x: np.trunc(x), "trunc({x})"),
}

# -- choosing --------------------------------------------------------------------------------------


def clamp(x: Any, min: Any, max: Any) -> Any:
    low = x if min is None else np.maximum(x, min)
    return low if max is None else np.minimum(low, max)


def clamped(attrs: Attrs) -> str:
    low = "−∞" if attrs.get("min", 0) is None else "{min}"
    high = "∞" if attrs.get("max", 0) is None else "{max}"
    return f"clamp({{x}}, {low}, {high})"


def masked_fill(x: Any, mask: Any, value: Any) -> Any:
    return choose(mask, value, x)


def native_dropout(input: Any, mask: Any, *, p: Any) -> Any:
    return keep(input, mask) / constant(1.0 - p)


def native_dropout_backward(grad_output: Any, mask: Any, *, scale: Any) -> Any:
    return keep(grad_output, mask) * constant(scale)


CHOOSING = {
    "maximum": elementwise(lambda x, other: np.maximum(x, other), "max({x}, {other})"),
    "minimum": elementwise(lambda x, other: np.minimum(x, other), "min({x}, {other})"),
    "clamp": elementwise(clamp, clamped),
    "clamp_min": elementwise(lambda x, min: np.maximum(x, min), "max({x}, {min})"),
    "clamp_max": elementwise(lambda x, max: np.minimum(x, max), "min({x}, {max})"),
    "where": elementwise(
        lambda condition, x, other: choose(condition, x, other),
        "where({condition}, {x}, {other})",
    ),
    "masked_fill": elementwise(masked_fill, "where({mask}, {value}, {x})"),
    "native_dropout": elementwise(native_dropout, "{input}·{mask} / (1 − {p})"),
    "native_dropout_backward": elementwise(native_dropout_backward, "{grad_output}·{mask}·{scale}"),
}

# -- comparison and logic ----------------------------------------------------------------------------


def both(x: Any, other: Any) -> Any:
    return _logic("and", np.logical_and, x, other)


def either(x: Any, other: Any) -> Any:
    return _logic("or", np.logical_or, x, other)


def neither_nor_both(x: Any, other: Any) -> Any:
    return _logic("xor", np.logical_xor, x, other)


def _logic(name: str, function: Any, *parts: Any) -> Expr:
    return Call(name, [lift(p) for p in parts], lambda *numbers: float(function(*numbers)))


def opposite(x: Any) -> Any:
    return np.equal(x, 0)


def bitwise(logical: Callable[..., Any]) -> Callable[..., Any]:
    """On yes and no, the same as the logical operation; on whole numbers there is no rule."""

    def function(x: Any, other: Any, *, kind: str) -> Any:
        if kind != "torch.bool":
            raise NoRule("There is no rule for the bits of whole numbers yet.")
        return logical(x, other)

    return function


def bitwise_not(x: Any, *, kind: str) -> Any:
    return -x - 1 if kind != "torch.bool" else opposite(x)


COMPARISONS = {
    "eq": elementwise(lambda x, other: np.equal(x, other), "[{x} = {other}]"),
    "ne": elementwise(lambda x, other: np.not_equal(x, other), "[{x} ≠ {other}]"),
    "lt": elementwise(lambda x, other: np.less(x, other), "[{x} < {other}]"),
    "le": elementwise(lambda x, other: np.less_equal(x, other), "[{x} ≤ {other}]"),
    "gt": elementwise(lambda x, other: np.greater(x, other), "[{x} > {other}]"),
    "ge": elementwise(lambda x, other: np.greater_equal(x, other), "[{x} ≥ {other}]"),
    "isnan": elementwise(lambda x: np.not_equal(x, x), "isnan({x})"),
    "isinf": elementwise(lambda x: np.equal(np.absolute(x), np.inf), "isinf({x})"),
    "isfinite": elementwise(lambda x: np.less(np.absolute(x), np.inf), "isfinite({x})"),
    "logical_not": elementwise(opposite, "not {x}"),
    "logical_and": elementwise(both, "{x} ∧ {other}"),
    "logical_or": elementwise(either, "{x} ∨ {other}"),
    "bitwise_and": elementwise(bitwise(both), "{x} ∧ {other}"),
    "bitwise_or": elementwise(bitwise(either), "{x} ∨ {other}"),
    "bitwise_xor": elementwise(bitwise(neither_nor_both), "{x} ⊕ {other}"),
    "bitwise_not": elementwise(bitwise_not, "not {x}"),
    "logical_xor": elementwise(neither_nor_both, "{x} ⊕ {other}"),
}

# -- the same numbers --------------------------------------------------------------------------------

SAME = elementwise(lambda x: x, "{x}")
COPIES: dict[str, Row] = {
    "clone": SAME,
    "contiguous": SAME,
    "detach_copy": SAME,
    "lift_fresh_copy": SAME,
    "to_copy": elementwise(lambda x: x, lambda attrs: "{x}" + _as_kind(attrs)),
    "copy": elementwise(lambda src: src, "{src}"),
}


def _as_kind(attrs: Attrs) -> str:
    kind = attrs.get("dtype")
    return f" → {str(kind).removeprefix('torch.')}" if kind else ""


ROWS: dict[str, Row] = {**SUMS, **FUNCTIONS, **CHOOSING, **COMPARISONS, **COPIES}
