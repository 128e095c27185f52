"""Expressions: the arithmetic that made one number, with every number in it.

A rule's ``why`` builds an expression from :class:`Operand` cells with ordinary arithmetic and
NumPy's functions (``np.exp(x[0]) * W[0, 1]``). It can be read with names or with numbers, its
``number`` is the total, recomputed, and its ``refs`` are the cells that it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuiexplain.trace.numbers import format_number

Cell = tuple[int, ...]
Namer = Callable[["Ref"], str]

SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly a node binds; one that binds more loosely than its place gets brackets."""

MOST_TERMS, LEAST_TERMS = 6, 2
"""Terms of a sum that are written out before the middle is left out; and where that is too long."""

LONGEST = 200
"""Characters up to which all of ``MOST_TERMS`` are written: some lines of a pane."""


class Expr:
    """A node of an expression. ``number`` is its value, computed when it is built."""

    __slots__ = ("number",)
    number: np.float64
    binds = ATOM

    def parts(self) -> Sequence[Expr]:
        """The nodes that this one is made of."""
        return ()

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        """Write the node as text; ``atom`` writes the leaves."""
        raise NotImplementedError

    def text(self, name: Namer | None = None) -> str:
        """The expression with names, if ``name`` gives them, else with numbers.

        Of its sums as many terms are written as keep it within ``LONGEST``, two at least; how
        many are left out stands in their place.
        """

        def atom(leaf: Expr) -> str:
            if isinstance(leaf, Ref) and name is not None:
                return name(leaf)
            if isinstance(leaf, Constant) and leaf.symbol and name is not None:
                return leaf.symbol
            return format_number(float(leaf.number))

        for most in range(MOST_TERMS, LEAST_TERMS, -1):
            text = self.write(atom, most)
            if len(text) <= LONGEST:
                return text
        return self.write(atom, LEAST_TERMS)

    def refs(self) -> Iterator[Ref]:
        """The cells that this number came from, each once, in reading order."""
        seen: set[tuple[int, Cell]] = set()
        stack: list[Expr] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, Ref):
                key = (node.value, node.cell)
                if key not in seen:
                    seen.add(key)
                    yield node
            else:
                stack.extend(reversed(node.parts()))

    def __add__(self, other: Any) -> Expr:
        return total([self, lift(other)])

    def __radd__(self, other: Any) -> Expr:
        return total([lift(other), self])

    def __sub__(self, other: Any) -> Expr:
        return total([self, negative(lift(other))])

    def __rsub__(self, other: Any) -> Expr:
        return total([lift(other), negative(self)])

    def __mul__(self, other: Any) -> Expr:
        return product([self, lift(other)])

    def __rmul__(self, other: Any) -> Expr:
        return product([lift(other), self])

    def __truediv__(self, other: Any) -> Expr:
        return folded(Quotient(self, lift(other)))

    def __rtruediv__(self, other: Any) -> Expr:
        return folded(Quotient(lift(other), self))

    def __pow__(self, other: Any) -> Expr:
        return power(self, lift(other))

    def __rpow__(self, other: Any) -> Expr:
        return power(lift(other), self)

    def __neg__(self) -> Expr:
        return negative(self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **_: Any) -> Any:
        if method != "__call__":
            return NotImplemented
        operator = _OPERATORS.get(ufunc.__name__)
        if operator is not None:
            return operator(*inputs)
        sign = _SIGNS.get(ufunc.__name__)
        if sign is not None:
            return folded(Comparison(ufunc, sign, lift(inputs[0]), lift(inputs[1])))
        name = _NAMES.get(ufunc.__name__, ufunc.__name__)
        return folded(Call(name, [lift(x) for x in inputs], ufunc))


class Ref(Expr):
    """One cell of one value."""

    __slots__ = ("cell", "value")

    def __init__(self, value: int, cell: Cell, number: float) -> None:
        self.value, self.cell, self.number = value, cell, np.float64(number)

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        return atom(self)


class Constant(Expr):
    """A number that belongs to the formula; one with a ``symbol`` is a dial (η) or a count (N)."""

    __slots__ = ("symbol",)

    def __init__(self, number: float, symbol: str = "") -> None:
        self.number, self.symbol = np.float64(number), symbol

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        return atom(self)


class Sum(Expr):
    """Terms added; a term that is :class:`Negative` is written with a minus."""

    __slots__ = ("terms",)
    binds = SUM

    def __init__(self, terms: Sequence[Expr]) -> None:
        self.terms = terms
        self.number = np.float64(np.sum([t.number for t in terms])) if terms else np.float64(0)

    def parts(self) -> Sequence[Expr]:
        return self.terms

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        if not self.terms:
            return "0"
        shown: list[Expr | None] = list(self.terms)
        if len(shown) > most + 1:  # a mark for one would take its place
            shown = [*self.terms[: most - 1], None, self.terms[-1]]
        text = ""
        for term in shown:
            sign, piece = "+", f"… {len(self.terms) - most} …"
            if isinstance(term, Negative):
                sign, piece = "-", bracketed(term.part, PRODUCT, atom, most)
            elif term is not None:
                piece = bracketed(term, SUM, atom, most)
                if _is_plain(term) and piece.startswith("-"):
                    sign, piece = "-", piece[1:]
            if not text:
                text = piece if sign == "+" else minus(piece)
            else:
                text += f" {sign} " + (f"({piece})" if piece.startswith("-") else piece)
        return text


class Product(Expr):
    """Factors multiplied."""

    __slots__ = ("factors",)
    binds = PRODUCT

    def __init__(self, factors: Sequence[Expr]) -> None:
        self.factors = factors
        number = np.float64(1)
        for factor in factors:
            number = number * factor.number
        self.number = number

    def parts(self) -> Sequence[Expr]:
        return self.factors

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        first, *rest = [bracketed(f, PRODUCT, atom, most) for f in self.factors]
        return " × ".join([first, *(f"({r})" if r.startswith("-") else r for r in rest)])


class Quotient(Expr):
    """One divided by another."""

    __slots__ = ("above", "below")
    binds = PRODUCT

    def __init__(self, above: Expr, below: Expr) -> None:
        self.above, self.below = above, below
        self.number = above.number / below.number

    def parts(self) -> Sequence[Expr]:
        return (self.above, self.below)

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        above = bracketed(self.above, PRODUCT, atom, most)
        return f"{above} / {bracketed(self.below, POWER, atom, most)}"


class Power(Expr):
    """One raised to another."""

    __slots__ = ("base", "exponent")
    binds = POWER

    def __init__(self, base: Expr, exponent: Expr) -> None:
        self.base, self.exponent = base, exponent
        self.number = base.number**exponent.number

    def parts(self) -> Sequence[Expr]:
        return (self.base, self.exponent)

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        base = bracketed(self.base, ATOM, atom, most)
        if base.startswith(("-", "∂")):
            base = f"({base})"
        exponent = self.exponent
        if isinstance(exponent, Constant) and not exponent.symbol and exponent.number in range(10):
            return base + "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(exponent.number)]
        return f"{base}^{bracketed(self.exponent, ATOM, atom, most)}"


class Negative(Expr):
    """A minus sign before something."""

    __slots__ = ("part",)
    binds = PRODUCT

    def __init__(self, part: Expr) -> None:
        self.part = part
        self.number = -part.number

    def parts(self) -> Sequence[Expr]:
        return (self.part,)

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        inner = bracketed(self.part, PRODUCT, atom, most)
        return minus(inner)


class Call(Expr):
    """A named function of expressions: ``exp(x)``, ``max(a, b)``."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: Sequence[Expr], function: Callable[..., Any]) -> None:
        self.name, self.arguments = name, arguments
        self.number = np.float64(function(*(a.number for a in arguments)))

    def parts(self) -> Sequence[Expr]:
        return self.arguments

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        shown = few([a.write(atom, most) for a in self.arguments], most)
        return f"{self.name}({', '.join(shown)})"


class Comparison(Expr):
    """1 if it holds, else 0, in Iverson's brackets: ``[x > 0]``."""

    __slots__ = ("left", "right", "sign")

    def __init__(self, ufunc: np.ufunc, sign: str, left: Expr, right: Expr) -> None:
        self.left, self.sign, self.right = left, sign, right
        self.number = np.float64(ufunc(left.number, right.number))

    def parts(self) -> Sequence[Expr]:
        return (self.left, self.right)

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        return f"[{self.left.write(atom, most)} {self.sign} {self.right.write(atom, most)}]"


class Chosen(Expr):
    """A number that was picked out by others: it reads as itself, and they are causes too."""

    __slots__ = ("by", "chosen")

    def __init__(self, chosen: Expr, by: Sequence[Expr]) -> None:
        self.chosen, self.by = chosen, by
        self.number = chosen.number

    @property
    def binds(self) -> int:  # type: ignore[override]
        return self.chosen.binds

    def parts(self) -> Sequence[Expr]:
        return (self.chosen, *self.by)

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        return self.chosen.write(atom, most)


class Named(Expr):
    """Arithmetic with a name of its own: read by it, or as its number; what is in it are causes."""

    __slots__ = ("inner", "symbol")

    def __init__(self, symbol: str, inner: Expr) -> None:
        self.symbol, self.inner = Constant(inner.number, symbol), inner
        self.number = inner.number

    def parts(self) -> Sequence[Expr]:
        return (self.inner,)

    def write(self, atom: Callable[[Expr], str], most: int) -> str:
        return atom(self.symbol)


@dataclass(frozen=True)
class Operand:
    """A value as a rule's ``why`` sees it: ``x[0, 1]`` is a cell, not a number.

    ``fetch`` reads one cell, so that a value may lie in another process.
    """

    value: int
    shape: Cell
    fetch: Callable[[Cell], float]

    def __getitem__(self, cell: Cell | int) -> Ref:
        at = cell if isinstance(cell, tuple) else (cell,)
        at = tuple(map(int, at))
        return Ref(self.value, at, self.fetch(at))


def few(parts: Sequence[str], most: int = MOST_TERMS) -> list[str]:
    """``parts``, or ``most`` of them and how many are left out before the last."""
    if len(parts) <= most + 1:
        return list(parts)
    return [*parts[: most - 1], f"… {len(parts) - most} …", parts[-1]]


def bracketed(node: Expr, place: int, atom: Callable[[Expr], str], most: int) -> str:
    """``node`` as text, in brackets where its place binds more tightly than it does."""
    text = node.write(atom, most)
    return f"({text})" if node.binds < place else text


def minus(text: str) -> str:
    """``text`` with a minus before it."""
    return f"-({text})" if text.startswith("-") else f"-{text}"


def lift(x: Any) -> Expr:
    """``x`` itself if it is an expression, else the number as a constant."""
    return x if isinstance(x, Expr) else Constant(x)


def total(terms: Iterable[Expr]) -> Expr:
    """The sum of ``terms``; sums within it are joined, a single term stays itself."""
    flat: list[Expr] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Sum) else (term,))
    return flat[0] if len(flat) == 1 else folded(Sum(flat))


def product(factors: Iterable[Expr]) -> Expr:
    """The product of ``factors``; products within it are joined and plain ones are dropped."""
    flat: list[Expr] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    if len(flat) > 1:
        flat = [f for f in flat if not _is_one(f)] or flat[:1]
    return flat[0] if len(flat) == 1 else folded(Product(flat))


def negative(part: Expr) -> Expr:
    """``part`` with its sign turned."""
    return folded(Negative(part))


def power(base: Expr, exponent: Expr) -> Expr:
    """``base`` to the ``exponent``; to the first power it stays itself."""
    return base if _is_one(exponent) else folded(Power(base, exponent))


def folded(node: Expr) -> Expr:
    """Arithmetic on nothing but plain constants as the constant that it comes to."""
    parts = node.parts()
    if parts and all(_is_plain(part) for part in parts):
        return Constant(node.number)
    return node


def _is_plain(node: Expr) -> bool:
    return isinstance(node, Constant) and not node.symbol


def _is_one(node: Expr) -> bool:
    return _is_plain(node) and bool(node.number == 1)


_OPERATORS: dict[str, Callable[..., Expr]] = {
    "add": lambda a, b: total([lift(a), lift(b)]),
    "subtract": lambda a, b: total([lift(a), negative(lift(b))]),
    "multiply": lambda a, b: product([lift(a), lift(b)]),
    "divide": lambda a, b: folded(Quotient(lift(a), lift(b))),
    "power": lambda a, b: power(lift(a), lift(b)),
    "float_power": lambda a, b: power(lift(a), lift(b)),
    "square": lambda a: Power(lift(a), Constant(2)),
    "negative": lambda a: negative(lift(a)),
}

_SIGNS = {
    "greater": ">",
    "greater_equal": "≥",
    "less": "<",
    "less_equal": "≤",
    "equal": "=",
    "not_equal": "≠",
}

_NAMES = {
    "maximum": "max",
    "minimum": "min",
    "absolute": "abs",
    "rint": "round",
    "logical_not": "not",
    "fmod": "mod",
}
"""What the field calls a function that NumPy calls otherwise."""
