"""The network of a trace as a graph: its forward operations, and what flows between them."""

from __future__ import annotations

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value
from tuiexplain.views.graph import Edge, Graph, Node

SIGNS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "neg": "−", "matmul": "·", "sum": "Σ",
    "sqrt": "√", "abs": "|·|", "sigmoid": "σ", "relu": "ReLU", "gelu": "GELU", "mse_loss": "MSE",
    "cross_entropy": "CE", "binary_cross_entropy": "BCE", "transpose": "ᵀ", "index": "[ ]",
    "binary_cross_entropy_with_logits": "BCE", "log_softmax": "log p", "pow": "^",
    "layer_norm": "LN", "batch_norm": "BN", "batch_norm_in_use": "BN", "batch_mean": "mean",
    "batch_var": "var",
}  # fmt: skip
"""What stands in the picture for an operation, where it is not simply its name."""


def network(desk: Desk) -> Graph:
    """Nodes for the data and for every forward operation, in the state of the current event.

    A layer's own parameters belong to the layer's node; others are nodes themselves.
    """
    trace, event = desk.trace, desk.session.bench.player.event
    blame = _contributions(trace)
    nodes: dict[int, Node] = {}
    edges: list[Edge] = []
    for operation in trace.events:
        if operation.phase is not Phase.FORWARD:
            continue
        for value_id in dict.fromkeys(operation.inputs):
            value = trace.values[value_id]
            if _inside(value, operation):
                continue
            if value_id not in nodes:
                nodes[value_id] = _node(desk, value, value.name)
            edges.append(_edge(desk, value, operation, blame))
        output = trace.values[operation.output]
        nodes[output.id] = _node(desk, output, _label(operation))
    running = None if event is None else _running(trace, event)
    return Graph(list(nodes.values()), edges, running, str(event.phase) if event else "forward")


def _contributions(trace: Trace) -> dict[tuple[int, int], int]:
    """For a forward operation and one of its inputs: the event that carries blame back along."""
    found = {}
    for event in trace.events:
        of = trace.values[event.output].of
        if event.answers is not None and of is not None:
            found[event.answers, of] = event.index
    return found


def _inside(value: Value, operation: Event) -> bool:
    """Whether a value is a layer's own parameter, drawn with the layer."""
    return value.kind is Kind.PARAMETER and value.producer is None and bool(operation.module)


def _node(desk: Desk, value: Value, label: str) -> Node:
    trace, player = desk.trace, desk.session.bench.player
    gradient = trace.gradient(value)
    return Node(
        value.id,
        label,
        trace.data(value) if player.exists(value) else None,
        trace.data(gradient) if gradient is not None and player.exists(gradient) else None,
        scalar=value.size == 1,
        columns=value.shape[-1] if value.shape else 1,
    )


def _edge(desk: Desk, value: Value, operation: Event, blame: dict[tuple[int, int], int]) -> Edge:
    position = desk.session.bench.player.position
    back = blame.get((operation.index, value.id))
    done = back is not None and back < position
    return Edge(value.id, operation.output, back=done, running=done and back == position - 1)


def _running(trace: Trace, event: Event) -> int | None:
    """The node of the forward operation that an event is, or answers."""
    if event.phase is Phase.FORWARD:
        return event.output
    if event.answers is not None:
        return trace.events[event.answers].output
    return trace.values[event.output].of


def _label(operation: Event) -> str:
    if operation.module:
        return operation.module.split("/")[-1]
    return SIGNS.get(operation.op, operation.op)
