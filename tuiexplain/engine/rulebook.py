"""The table of operations as a trace wants it: formula, arithmetic and reasons of each event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tuiexplain.engine.op import Formula, Op, Rule, sum_to
from tuiexplain.engine.ops import TABLE
from tuiexplain.engine.state import quiet
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, few
from tuiexplain.trace.numbers import format_number

Axes = tuple[str, ...]


class EngineRulebook:
    """Implements :class:`~tuiexplain.trace.rulebook.Rulebook` by looking at the table."""

    def formula(self, event: Event, output: str, inputs: Sequence[str]) -> str:
        op, rule = row(event), rule_of(event)
        template: Formula = op.formula if rule is None else rule.vjp.formula
        if not isinstance(template, str):
            template = template({**event.attrs, "inputs": len(inputs)})
        symbols, options = bind(event, inputs)
        numbers = {name: number(value) for name, value in options.items()}
        slots = dict(zip(names_of(event), (number(s) for s in symbols), strict=False))
        joined = {"sum": " + ".join(few(inputs)), "list": ", ".join(few(inputs))}
        text = template.format(**{**numbers, **slots, **joined})
        if "sum_to" in event.attrs and not text.startswith("Σ "):
            text = f"Σ ({text})" if " + " in text or " − " in text else f"Σ {text}"
        return f"{output} = {text}"

    def evaluate(self, event: Event, inputs: Sequence[np.ndarray]) -> np.ndarray:
        op, rule = row(event), rule_of(event)
        arguments, attrs = bind(event, inputs)
        with quiet():
            if rule is None:
                return np.asarray(op.forward(*arguments, **attrs))
            to = attrs.pop("sum_to", None)
            part = np.asarray(rule.fn(*arguments, **{k: attrs[k] for k in rule.options}))
            return part if to is None else sum_to(part, to)

    def explain(self, event: Event, inputs: Sequence[Operand], cell: Cell) -> Expr:
        op, rule = row(event), rule_of(event)
        arguments, attrs = bind(event, inputs)
        arguments = [Constant(a) if type(a) is float else a for a in arguments]
        for name, symbol in op.symbols.items():
            if attrs.get(name):  # an option of 0 stays a number, so that rows can test for it
                attrs[name] = Constant(attrs[name], symbol)
        if rule is None:
            return op.explain(cell, arguments, attrs)
        return op.explain_vjp(rule, cell, arguments, attrs)

    def called(self, op: str) -> str:
        return op

    def axes(self, event: Event, inputs: Sequence[Axes], shape: tuple[int, ...]) -> Axes:
        _, attrs = bind(event, inputs)
        return row(event).output_axes(inputs, shape, attrs)


def row(event: Event) -> Op:
    """The row of the event's operation; :class:`TraceError` if the table has none."""
    try:
        return TABLE[event.op]
    except KeyError:
        raise TraceError(f"The engine has no operation '{event.op}'.") from None


def rule_of(event: Event) -> Rule | None:
    """The derivative that the event is, if it is one."""
    return row(event).rule(event.wrt) if event.phase is Phase.BACKWARD and event.wrt else None


def names_of(event: Event) -> tuple[str, ...]:
    """What the event's arrays (and plain numbers) are called in its row."""
    rule = rule_of(event)
    return row(event).slots if rule is None else rule.arrays


def bind(event: Event, inputs: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The positional arguments of the event's function, and what remains of its attributes.

    An attribute with the name of a slot is a plain number that stood in an array's place.
    """
    options = dict(event.attrs)
    if row(event).variadic:
        return list(inputs), options
    waiting = iter(inputs)
    arguments = []
    for name in names_of(event):
        argument = options.pop(name) if name in options else next(waiting, None)
        if argument is not None:  # a slot without an input is one that was left out, as a bias
            arguments.append(argument)
    return arguments, options


def number(x: Any) -> str:
    """A number as formulas write it; symbols are what they are."""
    return format_number(x) if isinstance(x, float) else str(x)
