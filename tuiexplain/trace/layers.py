"""The layers of a trace: each weight matrix, what its layer gives out, and what blame comes back."""

from __future__ import annotations

from typing import NamedTuple

from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value


class Layer(NamedTuple):
    """One weight matrix at work.

    ``output`` is the last of what is computed from its product alone: behind the activation
    function, where there is one. ``gradient`` is ``None`` where the trace does not learn.
    """

    module: str
    weight: Value
    output: Value
    gradient: Value | None

    @property
    def name(self) -> str:
        """What the layer is called: its weight, which is what the learner sees elsewhere."""
        return self.weight.name


def layers(trace: Trace) -> list[Layer]:
    """Every parameter of two or more axes that takes part in the forward pass, in that order.

    One that is used several times stands where it is used first.
    """
    forward = [event for event in trace.events if event.phase is Phase.FORWARD]
    readers: dict[int, list[Event]] = {}
    for event in forward:
        for i in event.inputs:
            readers.setdefault(i, []).append(event)
    found: dict[int, Layer] = {}
    for event in forward:
        for i in event.inputs:
            value = trace.values[i]
            if value.kind is Kind.PARAMETER and len(value.shape) >= 2 and i not in found:
                output = _end_of(trace, event, readers)
                found[i] = Layer(event.module, value, output, trace.gradient(value))
    return list(found.values())


def _end_of(trace: Trace, event: Event, readers: dict[int, list[Event]]) -> Value:
    """Follow an output as long as one operation alone reads it, beside parameters only."""
    output = trace.values[event.output]
    while True:
        after = readers.get(output.id, [])
        if len(after) != 1:
            return output
        others = [trace.values[i] for i in after[0].inputs if i != output.id]
        following = trace.values[after[0].output]
        if (
            not all(map(_goes_along, others))
            or following.kind is not Kind.ACTIVATION
            or following.shape != output.shape
        ):
            return output
        output = following


def _goes_along(value: Value) -> bool:
    """Whether a layer goes on where this is read too: a scale, a shift, a mask; not a weight."""
    if value.kind is Kind.PARAMETER:
        return len(value.shape) < 2
    return value.kind is Kind.BUFFER
