"""A trace read out: event by event, with the numbers, in plain lines for ear and pipe."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

import numpy as np

from tuiexplain.narrate import Say
from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.tile import matrix_shape
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Origin, Source, Value
from tuiexplain.trace.why import Why

MOST_ROWS = 8
MOST_COLUMNS = 12
MOST_CAUSES = 24
"""How much of an array, and of what a number came from, is read out; the rest is counted."""


def describe(trace: Trace, event: Event, say: Say) -> str:
    """What an event does and why: the sentence of its operation and, going back, its slot.

    A gradient is told by the operation that it answers; what is only made on the way to one, or to
    a new weight, by what is done there.
    """
    output = trace.values[event.output]
    about = trace.values[output.of].name if output.of is not None else output.name
    op, phase = event.op, event.phase
    if phase is not Phase.FORWARD and output.kind is Kind.ACTIVATION:
        phase = Phase.FORWARD
    elif event.answers is not None:
        op = trace.events[event.answers].op
    op = trace.rulebook.called(op)
    slot = (event.wrt or "").partition("[")[0]
    for key in (f"op.{op}.{phase}_{slot}", f"op.{op}.{phase}", f"op.generic.{phase}"):
        try:
            text = say(key)
        except KeyError:
            continue
        return text.format(output=trace.symbol(output), about=about)
    raise KeyError(f"op.generic.{event.phase}")


def origin_text(origin: Origin, say: Say) -> str:
    """Where a number comes from that no event of its trace made."""
    key, detail = f"origin.{origin.source}", origin.detail
    if origin.source is Source.LESSON and detail == "zero":
        key = "origin.zero"
    elif origin.source is Source.SEED:
        detail = _drawn_text(detail, say)
    elif origin.source is Source.DATA:
        detail = _said(f"data.{detail}", say) or detail
    return say(key, detail=detail, step=origin.step, seed=origin.seed)


def _drawn_text(how: str, say: Say) -> str:
    """How a number was drawn (``normal, mean 0, deviation 0.1``), its words in the language."""
    parts = [
        re.sub("[a-z]+", lambda word: _said(f"drawn.{word[0]}", say) or word[0], part)
        for part in how.split(", ")
    ]
    return say("narrate.comma").join(parts)


def _said(key: str, say: Say) -> str | None:
    try:
        return say(key)
    except KeyError:
        return None


def number_text(x: float, say: Say) -> str:
    """A number, with those that are none said in words."""
    if math.isnan(x):
        return say("narrate.not_a_number")
    if math.isinf(x):
        return ("-" if x < 0 else "") + say("narrate.infinite")
    return format_number(x, digits=6)


def kind_text(trace: Trace, value: Value, say: Say) -> str:
    """What a value is for; for a gradient, of what."""
    if value.kind is Kind.GRADIENT and value.of is not None:
        return say("narrate.gradient_of", name=trace.values[value.of].name)
    return say(f"kind.{value.kind}")


def value_lines(trace: Trace, value: Value, say: Say) -> Iterator[str]:
    """A value's name, what it is, and its numbers, row by row."""
    array = trace.data(value)
    kind = kind_text(trace, value, say)
    if not value.shape:
        number = number_text(float(array), say)
        yield say("narrate.is_number", name=value.name, kind=kind, number=number)
        return
    yield say("narrate.is_array", name=value.name, kind=kind, shape=shape_text(value))
    rows, columns = matrix_shape(value.shape)
    matrix = np.asarray(array).reshape(rows, columns)
    for at in range(min(rows, MOST_ROWS)):
        numbers = [format_number(x, digits=6) for x in matrix[at, :MOST_COLUMNS]]
        if columns > MOST_COLUMNS:
            numbers.append(say("narrate.more_columns", count=columns - MOST_COLUMNS))
        head = "" if len(value.shape) == 1 else _row_name(value, at) + ": "
        yield f"  {head}{'  '.join(numbers)}"
    if rows > MOST_ROWS:
        yield "  " + say("narrate.more", count=rows - MOST_ROWS)


def shape_text(value: Value) -> str:
    """``example 4 × feature 10``: the axes with their lengths."""
    pairs = zip(value.axes or ("",) * len(value.shape), value.shape, strict=False)
    return " × ".join(f"{axis} {length}".strip() for axis, length in pairs)


def _row_name(value: Value, row: int) -> str:
    if len(value.shape) == 2 and value.labels and value.labels[0]:
        return value.labels[0][row]
    index = np.unravel_index(row, value.shape[:-1])
    return "[" + ",".join(str(int(i)) for i in index) + "]"


def event_lines(trace: Trace, event: Event, say: Say) -> Iterator[str]:
    """One event: where we are, the formula, what it does, and what came out."""
    where: dict[str, object] = {"number": event.index + 1, "count": len(trace.events)}
    where["phase"] = say(f"phase.{event.phase}")
    if event.module:
        head = say("narrate.event", module=event.module.replace("/", "."), **where)
    else:
        head = say("narrate.event_plain", **where)
    if event.line is not None:
        head += " · " + say("narrate.code", line=event.line)
    yield head
    yield "  " + trace.formula(event)
    yield "  " + describe(trace, event, say)
    for line in value_lines(trace, trace.values[event.output], say):
        yield "  " + line


def start_lines(trace: Trace, say: Say) -> Iterator[str]:
    """What the training step starts with, and where each of it comes from."""
    yield say("narrate.starts_with")
    for value in trace.values:
        if value.producer is None:
            first, *rest = value_lines(trace, value, say)
            yield f"  {first}"
            yield from (f"  {line}" for line in rest)
            yield "    " + origin_text(value.origin, say)


def read_out(trace: Trace, events: Iterable[Event], say: Say) -> Iterator[str]:
    """Some events of a trace, an empty line after each."""
    for event in events:
        yield from event_lines(trace, event, say)
        yield ""


def why_lines(trace: Trace, why: Why, say: Say) -> Iterator[str]:
    """Why one number is what it is: with names, with numbers, and what it came from."""
    yield say("narrate.why_is", cell=why.symbol, number=number_text(why.number, say))
    if why.origin is not None:
        yield say("narrate.why_origin", cell=why.symbol, origin=origin_text(why.origin, say))
        return
    assert why.event is not None
    yield "  " + trace.formula(why.event)
    yield "  " + describe(trace, why.event, say)
    yield say("narrate.why_formula", cell=why.symbol, expression=why.with_names)
    yield say("narrate.why_formula", cell=why.symbol, expression=why.with_numbers)
    if why.causes:
        yield say("narrate.why_from")
        for cause in why.causes[:MOST_CAUSES]:
            yield f"  {cause.address} = {number_text(cause.number, say)}"
        if len(why.causes) > MOST_CAUSES:
            yield "  " + say("narrate.more_columns", count=len(why.causes) - MOST_CAUSES)
