"""A run in somebody's hands."""

import numpy as np
import pytest

from tuiexplain.play.changes import Change
from tuiexplain.play.cost import cost
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.play.history import BUDGET, STRIDE
from tuiexplain.play.play import MOST_UNDONE, Play, Stop
from tuiexplain.trace.trace import Trace


def small(**dials: object) -> Design:
    return Design(layers=(Layer(4), Layer(3)), batch=30, lr=0.1, examples=100, **dials)  # type: ignore[arg-type]


def trained(steps: int, **dials: object) -> Play:
    play = Play(small(**dials))
    play.stop = Stop(step=steps)
    while play.train_for(1.0):
        pass
    return play


def array(trace: Trace, name: str) -> np.ndarray:
    return trace.data(next(value for value in trace.values if value.name == name))


def test_it_learns_and_any_step_of_the_past_is_at_hand() -> None:
    play = trained(400)
    assert play.length == 400
    assert play.measured("train_loss", 400) < play.measured("train_loss", 0) / 2
    assert play.measured("accuracy", 400) > 0.8
    trace = play.trace_at(37)
    assert np.array_equal(array(trace, "W1"), play.numbers(37)["W1"])


def test_rewinding_and_training_again_gives_the_same_bits() -> None:
    play = trained(250, optimizer="adam")
    losses, end = list(play.run.losses), play.numbers(250)
    play.trace_at(100)
    play.rewind()
    while play.train_for(1.0, most=7):
        pass
    assert list(play.run.losses) == losses
    assert all(np.array_equal(play.numbers(250)[name], end[name]) for name in end)


def test_a_live_change_keeps_the_past_and_the_weights_that_survive() -> None:
    play = trained(50)
    before = play.numbers(50)
    play.change(play.design.changed(layers=(Layer(5), Layer(3), Layer(2))))
    after = play.numbers(50)
    assert np.array_equal(after["W1"][:4], before["W1"])
    assert np.array_equal(after["W2"][:, :4], before["W2"])
    assert after["W4"].shape == (1, 2)
    assert play.numbers(49)["W1"].shape == (4, 2)
    play.step()
    assert play.length == 51
    assert array(play.trace_at(20), "W3").shape == (1, 3)


def test_a_fork_differs_in_one_number() -> None:
    play = trained(40)
    old = play.run
    play.fork(10, Change(10, numbers={"W1[0,1]": 3.0}))
    assert play.length == 10
    assert play.numbers(10)["W1"][0, 1] == 3.0
    assert play.numbers(9)["W1"][0, 1] == old.state_at(9)["W1"][0, 1]
    assert list(play.run.losses) == list(old.losses[:10])


def test_gradients_are_those_of_the_trace() -> None:
    play = trained(20)
    trace, found = play.trace_at(11), play.gradients(11)
    for name in found:
        value = array(trace, f"{name}.grad")
        assert np.allclose(found[name], value, rtol=1e-12, atol=1e-15)


def test_training_stops_at_a_step_an_epoch_or_a_loss() -> None:
    play = Play(small())
    play.stop = Stop(epoch=3)
    while play.train_for(1.0):
        pass
    assert play.length == 3 * play.steps_per_epoch
    play.stop = Stop(loss=0.1)
    while play.train_for(0.01):
        pass
    assert min(play.run.losses[-STRIDE:]) <= 0.1
    length = play.length
    play.stop = Stop(step=length)
    assert not play.train_for(1.0)
    assert play.length == length


def test_numbers_that_end_end_the_training() -> None:
    play = Play(Design(data="plane", layers=(Layer(3, "linear"),), lr=50.0))
    while play.train_for(1.0):
        pass
    assert not play.finite
    assert play.length < 2_000
    assert not play.train_for(1.0)
    assert play.trace_at(play.length - 1).events
    assert not np.isfinite(play.measured("train_loss", play.length))
    play.go_to(2)
    assert np.isfinite(play.numbers(2)["W1"]).all()


def test_racers_start_from_the_same_numbers_and_take_as_many_steps() -> None:
    play = Play(small())
    play.race(tuple(play.design.changed(optimizer=name) for name in ("adam", "momentum")))
    play.stop = Stop(step=300)
    while play.train_for(0.01):
        pass
    assert [rival.run.length for rival in play.rivals] == [300, 300]
    starts = [play.run, *(rival.run for rival in play.rivals)]
    assert all(np.array_equal(run.state_at(0)["W1"], starts[0].state_at(0)["W1"]) for run in starts)
    alone = trained(300, optimizer="adam")
    assert list(alone.run.losses) == list(play.rivals[0].run.losses)


def test_a_race_is_on_the_same_data_and_has_six_lanes() -> None:
    play = Play(small())
    with pytest.raises(PlayError, match="6 runs at most"):
        play.race((play.design,) * 6)
    with pytest.raises(PlayError, match="same data"):
        play.race((play.design.changed(noise=10),))


def test_other_data_begin_anew_and_what_is_refused_changes_nothing() -> None:
    play = trained(30)
    with pytest.raises(PlayError, match="batch normalisation"):
        play.change(play.design.changed(batch=1).with_layer(0, norm="batch"))
    assert play.length == 30
    play.change(play.design.changed(data="arms"))
    assert play.length == 0
    assert play.shape.outputs == 3


def test_dials_turned_without_a_step_between_are_one_change() -> None:
    play = trained(30)
    for units in (5, 6, 7):
        play.change(play.design.with_layer(0, units=units))
    assert play.run.start == 30
    assert play.run.parent is not None
    assert play.run.parent.parent is None
    assert [segment.start for segment in play.segments] == [0, 30]


def test_a_layer_that_is_made_smaller_and_larger_again_has_its_weights_again() -> None:
    play = trained(30)
    before = play.numbers(30)["W1"]
    for units in (2, 4):
        play.change(play.design.with_layer(0, units=units))
    assert np.array_equal(play.numbers(30)["W1"], before)


def test_before_the_first_step_a_change_draws_everything_anew() -> None:
    play, fresh = Play(small()), Play(small(seed=0).with_layer(0, units=7))
    play.change(fresh.design)
    assert np.array_equal(play.numbers(0)["W1"], fresh.numbers(0)["W1"])


def test_a_weight_that_was_set_stays_set_when_a_dial_is_turned_at_that_step() -> None:
    play = trained(30)
    play.fork(12, Change(12, numbers={"W1[0,1]": 3.0, "W3[0,2]": 2.0}))
    play.change(play.design.with_layer(1, units=2))
    assert play.numbers(12)["W1"][0, 1] == 3.0
    assert play.segments[-1].numbers == {"W1[0,1]": 3.0}


def test_many_changes_keep_few_states() -> None:
    play = trained(200)
    for turn in range(12):
        play.change(play.design.changed(lr=0.1 + turn / 100))
        play.run.extend_to(play.length + 40)
    run, budgets = play.run, []
    while run is not None:
        budgets.append(run.budget)
        run = run.parent
    assert sum(budgets) <= BUDGET
    assert np.isfinite(play.numbers(77)["W1"]).all()


def test_what_is_kept_to_be_taken_back_is_bounded() -> None:
    play = trained(200)
    for turn in range(3 * MOST_UNDONE):
        play.rewind()
        play.run.extend_to(20 + turn)
    assert sum({id(run): run.budget for past in play._past for run in past.runs}.values()) <= BUDGET
    undone = 0
    while play.undo():
        undone += 1
    assert undone == MOST_UNDONE
    assert play.length == 20 + 2 * MOST_UNDONE - 1


def test_a_confusion_counts_every_example() -> None:
    play = trained(200, data="blobs")
    counts = play.confusion(200)
    assert counts.shape == (4, 4)
    assert counts.sum() == len(play.dataset.test)
    assert np.isclose(np.trace(counts) / counts.sum(), play.measured("test_accuracy", 200))
    with pytest.raises(PlayError, match="no classes"):
        trained(2, data="plane").confusion(1)


def test_units_and_answers_over_points_are_those_of_the_trace() -> None:
    play = trained(60, loss="log")
    trace, numbers = play.trace_at(41), play.numbers(41)
    points = play.program.dataset.inputs[play.program.rows(41)]
    first, second = play.units(numbers, points)
    assert np.allclose(first, array(trace, "h1"), rtol=1e-13)
    assert np.allclose(second, array(trace, "h2"), rtol=1e-13)
    assert np.allclose(play.ask(numbers, points), 1 / (1 + np.exp(-array(trace, "y"))))


def test_a_step_costs_what_its_weights_cost() -> None:
    found = cost(Play(Design(layers=(Layer(8), Layer(8)), optimizer="adam", batch=30)).program)
    weights = 2 * 8 + 8 * 8 + 8
    assert found.learnt == weights + 17
    assert found.remembered == 2 * found.learnt
    assert found.products == 30 * (3 * weights - 16)
