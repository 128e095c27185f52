"""A trace as JSON: the shape that ``show --json`` prints.

JSON has no number that is not finite: those are written as the strings ``"NaN"``, ``"Infinity"``
and ``"-Infinity"``, which ``float()`` in Python and ``Number()`` in JavaScript read back.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from tuiexplain.trace.event import Event
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value
from tuiexplain.trace.why import Why


def dumps(content: Any) -> str:
    """Valid JSON text, one line for each value and each event."""
    lines = []
    for key, part in content.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            items = ",\n  ".join(_compact(item) for item in part)
            lines.append(f" {_compact(key)}: [\n  {items}\n ]")
        else:
            lines.append(f" {_compact(key)}: {_compact(part)}")
    return "{\n" + ",\n".join(lines) + "\n}"


def _compact(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def number(x: float) -> float | str:
    """A number that JSON can hold."""
    x = float(x)
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def array(data: np.ndarray) -> Any:
    """An array as nested lists; what is not a float (a class, a mask) stays what it is."""
    data = np.asarray(data)
    if data.dtype.kind != "f" or np.isfinite(data).all():
        return data.tolist()
    return number(float(data)) if data.ndim == 0 else [array(row) for row in data]


def trace_json(trace: Trace, at: int | None = None) -> dict[str, Any]:
    """``loss``, ``values`` and ``events``; with ``at``, as they are when ``at`` events have run."""
    ran = len(trace.events) if at is None else at
    values = [v for v in trace.values if v.producer is None or v.producer < ran]
    return {
        "loss": loss_of(values, trace),
        "values": [_value(trace, v) for v in values],
        "events": [_event(trace, e) for e in trace.events[:ran]],
    }


def loss_of(values: list[Value], trace: Trace) -> float | str | None:
    """The loss, if it is there yet: what backward starts from, or what was called so."""
    found = [v for v in values if v.kind is Kind.LOSS] or [v for v in values if v.name == "loss"]
    return number(float(trace.data(found[0]))) if found and not found[0].shape else None


def _value(trace: Trace, value: Value) -> dict[str, Any]:
    return {
        "id": value.id,
        "name": value.name,
        "kind": str(value.kind),
        "shape": list(value.shape),
        "axes": list(value.axes),
        "of": value.of,
        "data": array(trace.data(value)),
    }


def _event(trace: Trace, event: Event) -> dict[str, Any]:
    return {
        "index": event.index,
        "phase": str(event.phase),
        "op": event.op,
        "module": event.module,
        "inputs": list(event.inputs),
        "output": event.output,
        "formula": trace.formula(event),
        "line": event.line,
    }


def why_json(why: Why) -> dict[str, Any]:
    """``--why``: the cell, the expression with numbers in it, its total, and what it came from.

    A cell that no event made has no expression; ``origin`` says where it comes from instead.
    """
    origin = why.origin
    content: dict[str, Any] = {
        "cell": why.address,
        "value": number(why.number),
        "expression": why.with_numbers if origin is None else None,
        "names": why.with_names if origin is None else None,
        "total": number(why.total),
        "from": [{"cell": c.address, "value": number(c.number)} for c in why.causes],
    }
    if origin is not None:
        content["origin"] = {
            "source": str(origin.source),
            "detail": origin.detail,
            "step": origin.step,
            "seed": origin.seed,
        }
    return content
