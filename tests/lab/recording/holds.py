"""What must hold of any trace that was recorded from PyTorch."""

from __future__ import annotations

import numpy as np

from tuiexplain.trace import Kind, Phase, Trace, TraceError

RANDOM = {"bernoulli", "normal", "uniform", "rand", "randn", "randint", "randperm"}


def assert_linked(trace: Trace) -> None:
    """Every backward event answers a forward event; each gradient is of one of its inputs."""
    for event in trace.events:
        if event.phase is not Phase.BACKWARD or event.op in ("seed", "accumulate"):
            continue
        assert event.answers is not None, (event, trace.formula(event))
        answered = trace.events[event.answers]
        assert answered.phase is Phase.FORWARD
        assert event.line == answered.line
        of = trace.values[event.output].of
        if of is not None:
            assert of in answered.inputs or event.op == "rewritten", (event, answered)
            assert trace.values[of].shape == trace.values[event.output].shape


def assert_explained(
    trace: Trace,
    accuracy: float,
    cells: int = 6,
    without: frozenset[str] = frozenset(),
    again: bool = True,
) -> None:
    """Sampled cells of every value equal their explanations; events run again to the same bits.

    ``without`` are the operations that have no rule.
    """
    chance = np.random.default_rng(0)
    for event in trace.events:
        output = trace.values[event.output]
        array = trace.data(output)
        assert array.shape == output.shape
        assert len(output.axes) == len(output.shape)
        formula = trace.formula(event)
        assert formula.startswith(trace.symbol(output) + " = "), formula
        assert "{" not in formula, formula
        if event.op in without or event.op in RANDOM:
            continue
        inputs = [trace.data(i) for i in event.inputs]
        if again:
            result = trace.rulebook.evaluate(event, inputs)
            assert np.array_equal(result, array, equal_nan=True), (event, result, array)
        finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
        scale = float(np.max(np.abs(finite.astype(float)), initial=0.0))
        for _ in range(min(cells, output.size)):
            cell = tuple(int(chance.integers(n)) for n in output.shape)
            found = trace.why(output, cell)
            number = float(array[cell])
            where = (found.address, event, found.with_numbers, number, found.total)
            if np.isfinite(number):
                assert abs(found.total - number) <= accuracy * max(scale, 1e-3), where
            else:
                assert np.array_equal(found.total, number, equal_nan=True), where
            assert found.with_names
            for cause in found.causes:
                assert cause.number == trace.cell(cause.value, cause.cell) or np.isnan(cause.number)


def assert_gradients(trace: Trace, model: object) -> None:
    """The trace has the gradient of every parameter, bit for bit what ``.grad`` holds."""
    for name, parameter in model.named_parameters():  # type: ignore[attr-defined]
        if parameter.grad is None:
            continue
        value = trace.value(name)
        assert value.kind is Kind.PARAMETER
        gradient = trace.gradient(value)
        assert gradient is not None, name
        assert np.array_equal(trace.data(gradient), parameter.grad.numpy(), equal_nan=True), name


def unexplained(trace: Trace) -> set[str]:
    """The operations of a trace that have no rule."""
    found = set()
    for event in trace.events:
        value = trace.values[event.output]
        try:
            if value.size:
                trace.why(value, (0,) * len(value.shape))
        except TraceError:
            found.add(event.op)
    return found
