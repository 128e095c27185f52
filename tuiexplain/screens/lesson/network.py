"""The network of a trace as a graph: its forward operations, and what flows between them."""

from __future__ import annotations

import numpy as np

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.folding import Crossing, Folding, folding, is_large, node_of
from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.kept import kept_with_first
from tuiexplain.trace.moments import moments
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Value
from tuiexplain.views.graph import Edge, Graph, Node

SIGNS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "neg": "−", "matmul": "·", "sum": "Σ",
    "sqrt": "√", "abs": "|·|", "sigmoid": "σ", "relu": "ReLU", "gelu": "GELU", "mse_loss": "MSE",
    "cross_entropy": "CE", "binary_cross_entropy": "BCE", "transpose": "ᵀ", "index": "[ ]",
    "binary_cross_entropy_with_logits": "BCE", "log_softmax": "log p", "pow": "^",
    "layer_norm": "LN", "batch_norm": "BN", "batch_norm_in_use": "BN", "batch_mean": "mean",
    "batch_var": "var",
    "mm": "·", "bmm": "·", "addmm": "·+", "_softmax": "softmax", "_log_softmax": "log p",
    "native_layer_norm": "LN", "t": "ᵀ", "view": "▭", "_unsafe_view": "▭", "split": "[ ]",
    "select": "[ ]", "slice": "[ ]", "nll_loss_forward": "NLL", "convolution": "∗",
    "max_pool2d_with_indices": "max", "masked_fill": "mask",
}  # fmt: skip
"""What stands in the picture for an operation, where it is not simply its name."""


NUMBERS = (2, 8)
"""Rows and columns of a node's tile, of a value too large to be handed over whole."""
WHOLE = 4096


def network(desk: Desk) -> Graph:
    """Nodes for the data and for the forward operations, in the state of the current event.

    A layer's own parameters belong to the layer's node; others are nodes themselves. Of a large
    network the modules around the current event are open, and the moment of a loop over time; the
    others are a node each.
    """
    trace, event = desk.trace, desk.session.bench.player.event
    large = is_large(trace)
    moment = moments(trace, len(trace.events)).at(trace, event) if large else None
    found = folding(trace, len(trace.events), event.module if event else "", moment)
    blame = _contributions(trace, len(trace.events))
    nodes: dict[int, Node] = {}
    sources: dict[int, list[int]] = {}
    for crossing in found.crossings:
        sources.setdefault(crossing.target, []).append(crossing.source)
    for group in found.groups:
        for source in sources.get(group.output, ()):
            if source not in nodes:
                value = trace.values[source]
                nodes[source] = _node(desk, value, value.name)
        label = _module_label(group.folded) if group.folded else _label(group.events[0], large)
        nodes[group.output] = _node(desk, trace.values[group.output], label)
    edges = [_edge(desk, crossing, blame) for crossing in found.crossings]
    running = None if event is None else _running(trace, event, found)
    return Graph(list(nodes.values()), edges, running, str(event.phase) if event else "forward")


@kept_with_first(8)
def _contributions(trace: Trace, count: int) -> dict[tuple[int, int], int]:
    """For a forward operation and one of its inputs: the event that carries blame back along."""
    found = {}
    for event in trace.events[:count]:
        of = trace.values[event.output].of
        if event.answers is not None and of is not None:
            found[event.answers, of] = event.index
    return found


def _node(desk: Desk, value: Value, label: str) -> Node:
    trace, player = desk.trace, desk.session.bench.player
    gradient = trace.gradient(value)
    return Node(
        value.id,
        label,
        _numbers(trace, value) if player.exists(value) else None,
        _numbers(trace, gradient) if gradient is not None and player.exists(gradient) else None,
        scalar=value.size == 1,
        columns=value.shape[-1] if value.shape else 1,
    )


def _numbers(trace: Trace, value: Value) -> np.ndarray:
    return trace.data(value) if value.size <= WHOLE else trace.tile(value, None, NUMBERS)


def _edge(desk: Desk, crossing: Crossing, blame: dict[tuple[int, int], int]) -> Edge:
    position = desk.session.bench.player.position
    back = [blame[use] for use in crossing.uses if use in blame]
    done = bool(back) and max(back) < position
    running = position - 1 in back
    return Edge(crossing.source, crossing.target, back=done or running, running=running)


def _running(trace: Trace, event: Event, found: Folding) -> int | None:
    """The node of the forward operation that an event is, or answers."""
    if event.phase is Phase.FORWARD:
        return found.of_event[event.index]
    if event.answers is not None:
        answered = trace.events[event.answers]
        return found.of_event.get(answered.index, answered.output)
    of = trace.values[event.output].of
    producer = None if of is None else trace.values[of].producer
    if producer in found.of_event:
        return found.of_event[producer]
    if is_large(trace) and event.module:
        return node_of(event.module, found)
    return of


def _label(operation: Event, large: bool) -> str:
    if operation.module and not large:
        return operation.module.split("/")[-1]
    return SIGNS.get(operation.op, operation.op)


def _module_label(module: str) -> str:
    """The last name of a module's path, with the number of one in a list: ``h.0``."""
    names = module.rsplit("/", maxsplit=1)[-1].split(".")
    return ".".join(names[-2:] if names[-1].isdigit() else names[-1:])
