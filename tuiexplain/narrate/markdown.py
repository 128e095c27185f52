"""A trace as Markdown: a handout with every formula and every number of one training step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tuiexplain.narrate import Say
from tuiexplain.narrate.words import (
    MOST_COLUMNS,
    MOST_ROWS,
    describe,
    kind_text,
    number_text,
    origin_text,
    shape_text,
)
from tuiexplain.trace.event import Phase
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.tile import matrix_shape
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value


def trace_markdown(trace: Trace, say: Say, level: int = 2) -> str:
    """The values that the step starts with, then its events by phase. Headings from ``level``."""
    lines = list(_start(trace, say, "#" * level))
    for phase in Phase:
        events = [e for e in trace.events if e.phase is phase]
        if not events:
            continue
        lines += [f"{'#' * level} {say(f'phase.{phase}_long')}", ""]
        for event in events:
            lines.append(f"**{event.index + 1}.** `{trace.formula(event)}`  ")
            lines.append(_escaped(describe(trace, event, say)))
            lines += ["", *_numbers(trace, trace.values[event.output], say), ""]
    return "\n".join(lines).rstrip() + "\n"


def _start(trace: Trace, say: Say, heading: str) -> Iterator[str]:
    yield f"{heading} {say('narrate.start')}"
    yield ""
    for value in trace.values:
        if value.producer is None:
            origin = _escaped(origin_text(value.origin, say))
            yield f"`{value.name}` ({kind_text(trace, value, say)}): {origin}"
            yield ""
            yield from _numbers(trace, value, say)
            yield ""


def _numbers(trace: Trace, value: Value, say: Say) -> Iterator[str]:
    if not value.shape:
        yield f"`{trace.symbol(value)} = {number_text(float(trace.data(value)), say)}`"
        return
    rows, columns = matrix_shape(value.shape)
    matrix = np.asarray(trace.data(value)).reshape(rows, columns)
    shown = min(columns, MOST_COLUMNS)
    names = value.labels[-1] if value.labels and value.labels[-1] else None
    head = [_escaped(names[i]) if names else str(i) for i in range(shown)]
    cut = ["…"] if columns > shown else []
    yield f"`{trace.symbol(value)}` ({shape_text(value)})"
    yield ""
    yield "| " + " | ".join(["", *head, *cut]) + " |"
    yield "|" + "---|" * (shown + 1 + len(cut))
    for row in range(min(rows, MOST_ROWS)):
        numbers = [format_number(x) for x in matrix[row, :shown]]
        yield "| " + " | ".join([str(row), *numbers, *cut]) + " |"
    if rows > MOST_ROWS:
        yield ""
        yield say("narrate.more", count=rows - MOST_ROWS)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
