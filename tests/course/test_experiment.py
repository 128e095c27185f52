"""Experiments: batches, origins, replay, edits, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.course import Experiment, Sketch, Table
from tuiexplain.course.errors import CourseError
from tuiexplain.course.experiment import FROM_ZERO, Training
from tuiexplain.engine import functional as F
from tuiexplain.engine import nn, optim, tensor
from tuiexplain.trace import Kind, Source, record
from tuiexplain.trace.run import Run

ROWS = np.arange(14.0).reshape(7, 2) / 10


class Net(nn.Module):
    def __init__(self) -> None:
        self.fc = nn.Linear(2, 1)

    def forward(self, x):
        return self.fc(x)


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


def make(batch_size: int | None = None, **options) -> Experiment:
    net = Net()
    return Experiment(
        net=net,
        optimizer=optim.Adam(net.parameters(), lr=0.1),
        step=options.pop("step", train_step),
        data={
            "x": Table(ROWS, axes=("row", "feature"), labels=(None, ("a", "b")), name="rows"),
            "t": Table(ROWS[:, :1] * 2, axes=("row", "out"), name="answers"),
        },
        batch_size=batch_size,
        names={"fc.weight": "W", "fc.bias": "b"},
        **options,
    )


def training(batch_size: int | None = None, seed: int = 3, **options) -> Training:
    return Training(lambda: make(batch_size), seed, **options)


def origins(program: Training, step: int) -> dict[str, tuple[str, object]]:
    for k in range(step):
        program.step(k)
    with record() as trace:
        program.step(step)
    return {
        v.name: (v.origin.source, v.origin.step if v.origin.step is not None else v.origin.detail)
        for v in trace.values
        if v.producer is None
    }


def test_a_step_is_a_function_of_state_and_index() -> None:
    program = training(batch_size=3)
    losses = [program.step(k) for k in range(10)]
    again = training(batch_size=3)
    states = []
    for k in range(10):
        states.append(again.state())
        assert again.step(k) == losses[k]
    for k in reversed(range(10)):
        again.restore(states[k])
        assert again.step(k) == losses[k]


def test_another_seed_is_another_run() -> None:
    assert training(seed=3).step(0) != training(seed=4).step(0)


def test_every_epoch_uses_every_row_once_in_an_order_of_its_own() -> None:
    program = training(batch_size=3)
    assert program.steps_per_epoch == 3
    orders = []
    for epoch in range(2):
        rows = [program.batch(epoch * 3 + k)["x"] for k in range(3)]
        assert [len(r) for r in rows] == [3, 3, 1]
        orders.append(np.concatenate(rows))
        assert np.array_equal(np.sort(orders[-1], axis=0), ROWS)
    assert not np.array_equal(orders[0], orders[1])


def test_the_full_batch_is_the_data_in_its_order() -> None:
    program = training()
    assert program.steps_per_epoch == 1
    assert np.array_equal(program.batch(5)["x"], ROWS)


def test_origins_at_the_first_step() -> None:
    found = origins(training(), 0)
    assert found["W"] == (Source.SEED, "uniform ±1/√2")
    assert found["x"] == (Source.DATA, "rows")
    assert found["t"] == (Source.DATA, "answers")
    assert found["W.m"] == (Source.LESSON, FROM_ZERO)


def test_origins_at_a_later_step() -> None:
    found = origins(training(), 2)
    assert found["W"] == (Source.STEP, 1)
    assert found["W.m"] == (Source.STEP, 1)
    assert found["x"] == (Source.DATA, "rows")


def test_frozen_parameters_keep_their_origin() -> None:
    def frozen() -> Experiment:
        experiment = make()
        experiment.net.fc.bias.requires_grad = False
        return experiment

    assert origins(Training(frozen, 3), 2)["b"] == (Source.SEED, "uniform ±1/√2")


def test_what_a_trace_is_told() -> None:
    with record() as trace:
        training(batch_size=3).step(0)
    x, t, w = trace.value("x"), trace.value("t"), trace.value("W")
    assert (x.kind, t.kind, w.kind) == (Kind.INPUT, Kind.TARGET, Kind.PARAMETER)
    assert x.axes == ("row", "feature")
    assert x.labels[1] == ("a", "b")
    assert x.labels[0] is not None
    assert all(name.startswith("#") for name in x.labels[0])
    assert w.axes == ("out", "in")
    assert trace.value("W.m").kind is Kind.STATE


def test_edits_of_parameters_and_data() -> None:
    program = training(edits={"W[0,1]": 9.0, "x[6,0]": 5.0})
    assert program.state()["W"][0, 1] == 9.0
    assert program.batch(0)["x"][6, 0] == 5.0
    found = origins(program, 0)
    assert found["W"][0] is Source.EDIT
    assert found["x"][0] is Source.EDIT
    assert ROWS[6, 0] != 5.0


@pytest.mark.parametrize("address", ["Q[0,0]", "W[7,7]"])
def test_an_edit_of_nothing(address: str) -> None:
    with pytest.raises(CourseError, match=r"cannot be set|outside"):
        training(edits={address: 1.0})


def test_gradients_do_not_leak_from_step_to_step() -> None:
    def forgetful(net, optimizer, x, t):
        loss = F.mse_loss(net(x), t)
        loss.backward()
        optimizer.step()
        return loss

    program = Training(lambda: make(step=forgetful), 3)
    run = Run(lambda: Training(lambda: make(step=forgetful), 3))
    run.extend_to(6)
    assert [program.step(k) for k in range(6)] == list(run.losses)
    assert run.trace_at(4).cell(run.trace_at(4).value("loss"), ()) == run.losses[4]


def test_a_step_may_return_a_number_and_overflow() -> None:
    def diverging(net, optimizer, x, t):
        return float((net(x) * 1e300 * 1e300).sum().item())

    assert not np.isfinite(Training(lambda: make(step=diverging), 3).step(0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"names": {"fc.wieght": "W"}}, "no parameter 'fc.wieght'"),
        ({"targets": ("y",)}, "no data called 'y'"),
        ({"batch_size": 0}, "less than one row"),
    ],
)
def test_what_is_refused(options: dict, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        Experiment(**{"net": Net(), "step": train_step, "data": {"x": Table(ROWS)}, **options})


def test_tables_that_do_not_agree_with_themselves() -> None:
    with pytest.raises(CourseError, match="1 axes named, the data has 2"):
        Table(ROWS, axes=("row",))
    with pytest.raises(CourseError, match="3 labels for an axis of 2"):
        Table(ROWS, labels=(None, ("a", "b", "c")))
    assert Table([0, 1], dtype=int).values.dtype == np.int64
    assert Table([0, 1]).values.dtype == np.float64


# -- measures --------------------------------------------------------------------------------------


def test_a_measure_leaves_the_network_as_it_is() -> None:
    def val_loss(net):
        net.eval()
        return F.mse_loss(net(tensor(ROWS)), tensor(ROWS[:, :1]))

    net = make(measures={"val_loss": val_loss})
    program = Training(lambda: net, 3)
    start = program.state()
    for k in range(5):
        program.step(k)
    now = program.state()
    expected = np.mean((ROWS @ start["W"].T + start["b"] - ROWS[:, :1]) ** 2)
    assert program.measure("val_loss", start) == pytest.approx(expected, rel=1e-12)
    assert all(program.state()[name] is now[name] for name in ("W", "b"))
    assert net.net.training
    assert net.net.fc.weight.grad is not None, "what was there for the next look is there still"


def test_a_measure_is_in_no_trace() -> None:
    program = Training(lambda: make(measures={"accuracy": lambda net: 1.0}), 3)
    run = Run(lambda: program)
    trace = run.trace_at(2)
    assert run.measured("accuracy", 2) == 1.0
    assert "accuracy" not in [value.name for value in trace.values]


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        ({"x": lambda net: 0.0}, "'x' is a parameter's or the data's name"),
        ({"W": lambda net: 0.0}, "'W' is a parameter's"),
        ({"val loss": lambda net: 0.0}, "'val loss' is no name"),
    ],
)
def test_names_of_measures_are_checked(measures, message) -> None:
    with pytest.raises(CourseError, match=message):
        make(measures=measures)


def test_a_measure_returns_one_number() -> None:
    program = Training(lambda: make(measures={"rows": lambda net: net(tensor(ROWS))}), 3)
    with pytest.raises(CourseError, match=r"'rows' returns an array of shape \(7, 1\)"):
        program.measure("rows", program.state())


def test_a_sketch_is_drawn_at_any_state() -> None:
    grid = np.linspace(-1, 1, 5)[:, None] * np.ones(2)
    sketch = Sketch(x=grid[:, 0], fn=lambda net: net(tensor(grid)), points=(ROWS[:, 0], ROWS[:, 1]))
    program = Training(lambda: make(sketch=sketch), 3)
    start = program.state()
    program.step(0)
    now = program.sketched(program.state())
    before = program.sketched(start)
    assert before.shape == (5,)
    np.testing.assert_allclose(before, grid @ start["W"][0] + start["b"], rtol=1e-12)
    assert not np.array_equal(now, before)
