"""A run in somebody's hands."""

import numpy as np

from tuiexplain.play.design import Design, Layer
from tuiexplain.play.play import Change, Play, Stop
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
