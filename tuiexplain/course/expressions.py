"""The little language of citations, proofs and truths: cells of traces and arithmetic on them.

``W1.grad[0,1]``, ``loss@1`` (at training step 1), ``diverged.loss@last`` (of a named run),
``real::loss`` (of another part), ``dials.lr``; ``+ - * / **``, comparisons, ``and or not``, and the
functions in :data:`FUNCTIONS`. Nothing else of Python can be reached.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.course.errors import CourseError
from tuiexplain.trace.errors import did_you_mean


class ExpressionError(CourseError):
    """An expression cannot be read or has no value."""


@dataclass(frozen=True)
class Reference:
    """A value, or cells of it, at a training step of a run of a part; ``None``: where we are."""

    name: str
    index: tuple[int | slice, ...] | None = None
    step: int | str | None = None
    run: str | None = None
    part: str | None = None


Lookup = Callable[[Reference], Any]
"""From a reference to its number or array."""


def _close(a: Any, b: Any, rel: float = 1e-9) -> bool:
    return bool(np.allclose(a, b, rtol=rel, atol=0))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "max": lambda *a: np.max(a[0]) if len(a) == 1 else max(a),
    "min": lambda *a: np.min(a[0]) if len(a) == 1 else min(a),
    "sum": np.sum,
    "mean": np.mean,
    "std": np.std,
    "norm": lambda a: float(np.sqrt(np.sum(np.square(a)))),
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "round": np.round,
    "isfinite": lambda a: bool(np.all(np.isfinite(a))),
    "isnan": lambda a: bool(np.any(np.isnan(a))),
    "all": lambda a: bool(np.all(a)),
    "any": lambda a: bool(np.any(a)),
    "len": lambda a: int(np.shape(a)[0]) if np.ndim(a) else 1,
    "close": _close,
}

_WORDS = {"and", "or", "not", "True", "False", "in", "is", "if", "else", "rel"}

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Expression:
    """An expression that was read and can be evaluated in many places."""

    def __init__(self, text: str, runs: Iterable[str] = ()) -> None:
        self.text = text
        self.references: list[Reference] = []
        plain = _reference_pattern(runs).sub(self._take, text)
        try:
            self._tree = ast.parse(plain.strip(), mode="eval").body
        except SyntaxError:
            raise ExpressionError(f"'{text}' is not an expression: {_HELP}") from None
        self._check(self._tree)

    def _take(self, match: re.Match[str]) -> str:
        name = match["name"]
        bare = not (match["part"] or match["run"] or match["cell"] or match["step"])
        follows = match.string[match.end() :].lstrip()
        if bare and (name in _WORDS or (name in FUNCTIONS and follows.startswith("("))):
            return match[0]
        step = match["step"]
        self.references.append(
            Reference(
                name=name,
                index=_index(match["cell"], self.text) if match["cell"] else None,
                step=step if step in (None, "last") else int(step),
                run=match["run"],
                part=match["part"],
            )
        )
        return f"_{len(self.references) - 1}_"

    def _check(self, node: ast.AST) -> None:
        allowed = (
            ast.BinOp,
            ast.UnaryOp,
            ast.BoolOp,
            ast.Compare,
            ast.Call,
            ast.Name,
            ast.Constant,
            ast.keyword,
            ast.operator,
            ast.unaryop,
            ast.boolop,
            ast.cmpop,
            ast.expr_context,
        )
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                good = isinstance(part.func, ast.Name) and part.func.id in FUNCTIONS
            elif isinstance(part, ast.operator | ast.cmpop):
                good = type(part) in _OPERATORS
            elif isinstance(part, ast.Constant):
                good = isinstance(part.value, int | float)
            else:
                good = isinstance(part, allowed)
            if not good:
                raise ExpressionError(f"'{self.text}' is not an expression: {_HELP}")

    def evaluate(self, lookup: Lookup) -> Any:
        """The number, truth value or array that the expression comes to."""
        with np.errstate(all="ignore"):
            try:
                return self._value(self._tree, lookup)
            except (ArithmeticError, TypeError, ValueError, IndexError) as error:
                if isinstance(error, CourseError):
                    raise
                raise ExpressionError(f"'{self.text}' has no value: {error}.") from None

    def number(self, lookup: Lookup) -> float:
        """As :meth:`evaluate`, for an expression that must come to one number."""
        found = np.asarray(self.evaluate(lookup))
        if found.size != 1:
            shape = ", ".join(map(str, found.shape))
            raise ExpressionError(f"'{self.text}' is an array of shape ({shape}): say which cell.")
        return float(found.reshape(()))

    def truth(self, lookup: Lookup) -> bool:
        """As :meth:`evaluate`, for an expression that must be true or false."""
        return bool(np.all(self.evaluate(lookup)))

    def _value(self, node: ast.AST, lookup: Lookup) -> Any:  # noqa: PLR0911 - a case each
        match node:
            case ast.Constant():
                return node.value
            case ast.Name() if node.id.startswith("_"):
                return lookup(self.references[int(node.id.strip("_"))])
            case ast.BinOp():
                left, right = self._value(node.left, lookup), self._value(node.right, lookup)
                if isinstance(node.op, ast.Div):
                    return np.divide(left, right)
                return _OPERATORS[type(node.op)](left, right)
            case ast.UnaryOp():
                inner = self._value(node.operand, lookup)
                return (
                    not np.all(inner)
                    if isinstance(node.op, ast.Not)
                    else _OPERATORS[type(node.op)](inner)
                )
            case ast.BoolOp():
                each = (bool(np.all(self._value(v, lookup))) for v in node.values)
                return all(each) if isinstance(node.op, ast.And) else any(each)
            case ast.Compare():
                sides = [self._value(v, lookup) for v in (node.left, *node.comparators)]
                pairs = zip(node.ops, sides, sides[1:], strict=False)
                return np.logical_and.reduce([_OPERATORS[type(o)](a, b) for o, a, b in pairs])
            case ast.Call(func=ast.Name(id=name)):
                named = {k.arg or "": self._value(k.value, lookup) for k in node.keywords}
                return FUNCTIONS[name](*(self._value(a, lookup) for a in node.args), **named)
        raise ExpressionError(f"'{self.text}' is not an expression: {_HELP}")


_EXPONENT = re.compile(r"e\+?(-?)0*(\d)")
"""``1e-05`` is written ``1e-5``, as everywhere else."""
_HELP = "write cells (W1.grad[0,1], loss@1) and arithmetic"


def _reference_pattern(runs: Iterable[str]) -> re.Pattern[str]:
    # Run ids may have hyphens, which are minus signs elsewhere: so they are known by name.
    named = "|".join(re.escape(r) for r in sorted(runs, key=len, reverse=True)) or r"(?!)"
    return re.compile(
        rf"""(?<![\w.'\#])
        (?:(?P<part>[a-z0-9][a-z0-9-]*)::)?
        (?:(?P<run>{named}|dials)\.)?
        (?P<name>[^\W\d][\w.'\#]*)
        (?:\[(?P<cell>[^\]]*)\])?
        (?:@(?P<step>\d+|last))?""",
        re.VERBOSE,
    )


def _index(inside: str, text: str) -> tuple[int | slice, ...]:
    found: list[int | slice] = []
    try:
        for part in inside.split(","):
            ends = [int(end) if end.strip() else None for end in part.split(":")]
            if len(ends) == 1:
                found.append(int(part))
            else:
                found.append(slice(*ends))
    except (ValueError, TypeError):
        message = f"'{text}': between the brackets stand whole numbers, as W1[0,1]."
        raise ExpressionError(message) from None
    return tuple(found)


def pick(reference: Reference, array: np.ndarray) -> Any:
    """The cells of ``array`` that ``reference`` asks for."""
    if reference.index is None:
        return array[()]
    try:
        return array[reference.index]
    except IndexError:
        shape = ", ".join(map(str, array.shape))
        raise ExpressionError(
            f"'{reference.name}' has shape ({shape}): it has no such cell."
        ) from None


def formatted(number: float, spec: str) -> str:
    """``number`` as a citation's format asks."""
    try:
        text = format(number, spec)
    except ValueError:
        raise ExpressionError(f"'{spec}' is not a format: write it as .3f or +.4g.") from None
    text = _EXPONENT.sub(r"e\1\2", text)
    vanished = math.isfinite(number) and not any(c in "123456789" for c in text)
    return text.replace("-", "", 1) if vanished else text


def unknown_name(what: str, name: str, names: Iterable[str]) -> ExpressionError:
    """The error for a run, part or dial that is not there."""
    return ExpressionError(f"There is no {what} '{name}': {did_you_mean(name, names)}")
