"""The mechanism behind the table of operations: a row says everything about one operation.

A row (:class:`Op`) has a ``forward`` function whose positional parameters are the *slots* (arrays,
or plain numbers) and whose keyword-only parameters are the *options* (an axis, a learning rate).
For each slot that can have a gradient it has a :class:`Vjp`: the vector-Jacobian product, as a
function of what it needs, by name:

* ``g``: the gradient of the output, and ``y``: the output itself,
* any of the slots,
* keyword-only: any option, ``<slot>_shape`` for the shape of a slot, and, where the row takes any
  number of arrays, ``position`` (which of them) and ``shapes`` (of all of them).

What a ``why`` returns is the arithmetic of one cell, on operands
(:class:`~tuiexplain.trace.expression.Operand`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np

from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.expression import Cell, Expr

Attrs = Mapping[str, Any]
Axes = tuple[str, ...]
Formula = str | Callable[[Attrs], str]
"""The right side, with slots in braces: ``{x}·{W}ᵀ + {b}``; a function where options change it."""

Pick = Callable[[tuple[Any, ...]], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Vjp:
    """The derivative with respect to one slot, as its row states it."""

    fn: Callable[..., Any]
    formula: Formula
    why: Callable[..., Expr] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A :class:`Vjp` made ready: which of ``(g, y, *inputs)`` it takes, and which options."""

    slot: str
    fn: Callable[..., Any]
    pick: Pick
    arrays: tuple[str, ...]
    options: tuple[str, ...]
    vjp: Vjp


Plan = tuple[tuple[int, str, Rule, Callable[..., Any], Pick], ...]
"""Which inputs have a derivative: their positions, what they are called, and their rules (of which
the function and the pick stand apart: looking them up would take longer than some rows do)."""


class Repeated(dict[int, Plan]):
    """The plans of a row that takes any number of arrays: one rule for each of them."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __missing__(self, n: int) -> Plan:
        plan = tuple(planned(i, f"{self.rule.slot}[{i}]", self.rule) for i in range(n))
        self[n] = plan
        return plan


def planned(
    position: int, slot: str, rule: Rule, pick: Pick | None = None
) -> tuple[int, str, Rule, Any, Pick]:
    return position, slot, rule, rule.fn, pick or rule.pick


def present(rule: Rule, slots: tuple[str, ...]) -> Pick:
    """The pick of a rule where only ``slots`` were given: what was left out is not passed on."""
    available = ("g", "y", *slots)
    if all(a in available for a in rule.arrays):
        return rule.pick
    return picker([available.index(a) for a in rule.arrays if a in available])


@dataclass(frozen=True, eq=False)
class Op:
    """One row: an operation, its derivatives, its reasons and its formula.

    ``axes`` gives the names of the output's axes from those of the inputs. ``symbols`` gives
    options the letters that they have in the field (``lr``: η). ``mismatch`` turns inputs that do
    not fit into the sentence that says so. ``broadcasts`` says that inputs may be repeated to fit
    each other, and that plain numbers may stand among them.
    """

    name: str
    forward: Callable[..., Any]
    formula: Formula
    vjps: Mapping[str, Vjp] = field(default_factory=dict)
    why: Callable[..., Expr] | None = None
    axes: Callable[..., Axes] | None = None
    symbols: Mapping[str, str] = field(default_factory=dict)
    mismatch: Callable[..., str] | None = None
    broadcasts: bool = False
    slots: tuple[str, ...] = field(init=False)
    variadic: bool = field(init=False)
    rules: Mapping[str, Rule] = field(init=False)
    plans: Mapping[int, Plan] = field(init=False)
    """For each number of inputs: the rules that apply, in the order in which they are run."""

    def __post_init__(self) -> None:
        parameters = inspect.signature(self.forward).parameters.values()
        slots = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
        rules = {slot: compiled(slot, vjp, slots) for slot, vjp in self.vjps.items()}
        variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        plans = (
            Repeated(rules[slots[0]])
            if variadic and rules
            else {
                n: tuple(
                    planned(slots.index(s), s, r, present(r, slots[:n]))
                    for s, r in rules.items()
                    if slots.index(s) < n
                )
                for n in range(len(slots) + 1)
            }
        )
        found = {"slots": slots, "variadic": variadic, "rules": rules, "plans": plans}
        for name, value in found.items():
            object.__setattr__(self, name, value)  # the row is frozen

    def rule(self, wrt: str) -> Rule:
        """The derivative with respect to the slot ``wrt`` (``tensors[2]`` where there are many)."""
        return self.rules[wrt.partition("[")[0]]

    def explain(self, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        """The arithmetic of one cell of the output."""
        if self.why is None:
            raise TraceError(f"'{self.name}' has no rule that says why.")
        return self.why(cell, *operands, **attrs)

    def explain_vjp(self, rule: Rule, cell: Cell, operands: Sequence[Any], attrs: Attrs) -> Expr:
        """The arithmetic of one cell of a contribution to a gradient."""
        if rule.vjp.why is None:
            raise TraceError(f"The derivative of '{self.name}' has no rule that says why.")
        return rule.vjp.why(cell, *operands, **attrs)

    def output_axes(self, inputs: Sequence[Axes], shape: tuple[int, ...], attrs: Attrs) -> Axes:
        """The names of the output's axes (empty where nothing is known)."""
        found = self.axes(*inputs, **attrs) if self.axes else ()
        return found if len(found) == len(shape) else ("",) * len(shape)


def compiled(slot: str, vjp: Vjp, slots: tuple[str, ...]) -> Rule:
    """Look at the parameters of ``vjp`` once, so that running it only picks by index."""
    parameters = inspect.signature(vjp.fn).parameters.values()
    arrays = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
    options = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
    available = ("g", "y", *slots)
    return Rule(slot, vjp.fn, picker([available.index(a) for a in arrays]), arrays, options, vjp)


def picker(places: list[int]) -> Pick:
    """A function that takes the items at ``places`` of a tuple, as a tuple."""
    if len(places) == 1:  # itemgetter gives a bare item for one place, but not for a slice
        return itemgetter(slice(places[0], places[0] + 1))
    return itemgetter(*places)


def options_for(
    rule: Rule, attrs: Attrs | None, slots: tuple[str, ...], arrays: Sequence[Any], position: int
) -> Attrs:
    """The keyword arguments of a rule's function: often just what its forward was told."""
    attrs = attrs or {}
    if len(attrs) == len(rule.options) and all(name in attrs for name in rule.options):
        return attrs
    found: dict[str, Any] = {}
    for name in rule.options:
        if name in attrs:
            found[name] = attrs[name]
        elif name == "position":
            found[name] = position
        elif name == "shapes":
            found[name] = tuple(np.shape(a) for a in arrays)
        else:
            found[name] = np.shape(arrays[slots.index(name.removesuffix("_shape"))])
    return found


def sum_to(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Undo broadcasting: sum ``array`` over the axes along which ``shape`` was repeated."""
    extra = array.ndim - len(shape)
    if extra:
        array = np.add.reduce(array, axis=tuple(range(extra)))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1 and array.shape[i] != 1)
    if repeated:
        array = np.add.reduce(array, axis=repeated, keepdims=True)
    return np.asarray(array)
