"""What must hold of any trace that was recorded from PyTorch."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.creation import CHANCE
from tuiexplain.lab.recording.trace import TorchTrace, as_array
from tuiexplain.trace import Phase, Trace, TraceError
from tuiexplain.trace.expression import Expr, Sum

WITHOUT_ANSWER = {"seed", "accumulate", "rewritten"}
"""Backward events that answer no operation: they start the pass, or stand where gradients meet."""


def assert_linked(trace: Trace) -> None:
    """Every backward event answers a forward event; each gradient is of one of its inputs."""
    for event in trace.events:
        if event.phase is not Phase.BACKWARD or event.op in WITHOUT_ANSWER:
            continue
        assert event.answers is not None, (event, trace.formula(event))
        answered = trace.events[event.answers]
        assert answered.index < event.index
        assert (event.line, event.module) == (answered.line, answered.module)
        of = trace.values[event.output].of
        if of is not None:
            assert of in answered.inputs, (event, answered)
            assert trace.values[of].shape == trace.values[event.output].shape


def assert_explained(
    trace: TorchTrace, accuracy: float, cells: int = 4, replays: bool = True
) -> None:
    """Sampled cells of every value equal their explanations, and events replay.

    ``accuracy`` is relative to the size of what was added up, or of the array's largest number.
    What was recorded on another device replays on this one with other roundings: not asked for.
    """
    without = unexplained(trace)
    chance = np.random.default_rng(0)
    for event in trace.events:
        output = trace.values[event.output]
        array = trace.data(output)
        assert array.shape == output.shape
        assert len(output.axes) == len(output.shape)
        formula = trace.formula(event)
        assert formula.startswith(trace.symbol(output) + " = "), formula
        assert "{" not in formula, formula
        if event.op in without:
            continue
        if replays:
            assert_replays(trace, event.index, accuracy)
        numbers = array.astype(float)
        largest = float(np.max(np.abs(numbers[np.isfinite(numbers)]), initial=0.0))
        for _ in range(min(cells, output.size)):
            cell = tuple(int(chance.integers(n)) for n in output.shape)
            found = trace.why(output, cell)
            where = (found.address, event, found.with_numbers, numbers[cell], found.total)
            if np.isfinite(numbers[cell]):
                assert found.expression is not None
                scale = max(largest, size_of(found.expression), 1e-3)
                assert abs(found.total - numbers[cell]) <= accuracy * scale, where
            else:
                assert np.array_equal(found.total, numbers[cell], equal_nan=True), where
            assert found.with_names
            for cause in found.causes:
                number = trace.cell(cause.value, cause.cell)
                assert np.array_equal(cause.number, number, equal_nan=True), where


def assert_replays(trace: TorchTrace, index: int, accuracy: float) -> None:
    """The event gives the same bits again; only the spacing of memory may change the last one."""
    event = trace.events[index]
    array = trace.data(event.output)
    again = trace.rulebook.evaluate(event, [trace.data(i) for i in event.inputs])
    dense = all(trace.tensor(i).is_contiguous() for i in (*event.inputs, event.output))
    if dense or array.dtype.kind != "f":
        assert np.array_equal(again, array, equal_nan=True), (event, again, array)
    else:
        np.testing.assert_allclose(again, array, rtol=accuracy, atol=accuracy)


def size_of(expression: Expr) -> float:
    """What was added up, signs aside: what rounding is measured against."""
    if isinstance(expression, Sum):
        return sum(abs(float(term.number)) for term in expression.terms)
    return max([abs(float(expression.number)), *map(size_of, expression.parts())])


def unexplained(trace: Trace) -> set[str]:
    """The operations of a trace whose numbers have no rule, or were drawn by chance."""
    found = set(CHANCE)
    for event in trace.events:
        value = trace.values[event.output]
        try:
            if value.size:
                trace.why(value, (0,) * len(value.shape))
        except TraceError:
            found.add(event.op)
    return found


def without_rule(trace: Trace) -> set[str]:
    """The operations of a trace that have no rule."""
    return (unexplained(trace) & {e.op for e in trace.events}) - set(CHANCE)


# -- gradients ---------------------------------------------------------------------------------------


def assert_gradients(trace: Trace, model: Any) -> None:
    """The trace has the gradient of every parameter, bit for bit what ``.grad`` holds."""
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            continue
        gradient = trace.gradient(trace.value(name))
        assert gradient is not None, name
        assert np.array_equal(trace.data(gradient), as_array(parameter.grad), equal_nan=True), name


class Watch:
    """What autograd itself gives to each node of its graph, to compare with the trace."""

    def __init__(self, loss: Any) -> None:
        self.found: dict[tuple[int, int], Any] = {}
        self.nodes: list[Any] = [loss.grad_fn]
        for node in self.nodes:
            node.register_prehook(lambda gradients, node=node: self._note(node, gradients))
            for following, _ in node.next_functions:
                known = any(following is n for n in self.nodes)
                if following is not None and not known and "AccumulateGrad" not in following.name():
                    self.nodes.append(following)

    def _note(self, node: Any, gradients: tuple[Any, ...]) -> None:
        for output, gradient in enumerate(gradients):
            if gradient is not None:
                self.found[id(node), output] = as_array(gradient)

    def assert_agrees(self, trace: TorchTrace) -> int:
        """Each gradient in the trace is what autograd had there; how many were compared."""
        stored = trace.arrays.stored
        made = [
            (v, stored[v.id].live)
            for v in trace.values
            if v.producer is not None and trace.events[v.producer].phase is Phase.FORWARD
        ]
        objects = Counter(id(live) for _, live in made)
        compared = 0
        for value, live in made:
            if live.grad_fn is None or objects[id(live)] > 1:
                continue  # overwritten: one tensor, several values
            expected = self.found.get((id(live.grad_fn), live.output_nr))
            if expected is not None:
                gradient = trace.gradient(value)
                assert gradient is not None, value
                assert np.array_equal(trace.data(gradient), expected, equal_nan=True), value
                compared += 1
        return compared
