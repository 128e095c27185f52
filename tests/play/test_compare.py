"""Where two runs first differ: a planted change is found, wherever it is planted."""

import numpy as np
import pytest

from tests.play.test_play import small, trained
from tuiexplain.play.changes import Change
from tuiexplain.play.compare import differences, first_difference
from tuiexplain.play.play import Play


def forked(change: Change, steps: int = 60) -> Play:
    play = trained(steps)
    play.fork(change.step, change)
    play.stop = play.stop._replace(step=steps)
    while play.train_for(1.0):
        pass
    assert play.length == steps
    return play


@pytest.mark.parametrize("step", [0, 1, 16, 37])
def test_a_weight_that_was_set(step: int) -> None:
    play = forked(Change(step, numbers={"W2[1,3]": 0.5}))
    old = play.rivals[0].run
    place = first_difference(old, play.run)
    assert place is not None
    assert (place.step, place.name, place.cell, place.event) == (step, "W2", (1, 3), None)
    assert place.numbers == (old.state_at(step)["W2"][1, 3], 0.5)
    later = [p.name for p in differences(old, play.run, step)]
    assert later[:3] == ["W2", "z2", "h2"]


def test_a_dial_that_was_turned_shows_in_the_update() -> None:
    play = forked(Change(23, dials={"lr": 0.2}))
    place = first_difference(play.rivals[0].run, play.run)
    assert place is not None
    assert (place.step, place.name, place.cell) == (23, "W1'", (0, 0))
    assert place.event is not None
    assert place.event.op == "sgd"


def test_another_activation_shows_in_the_first_operation_that_is_another() -> None:
    design = small().with_layer(1, activation="sigmoid")
    play = forked(Change(9, dials={"layers": design.layers}))
    place = first_difference(play.rivals[0].run, play.run)
    assert place is not None
    assert place.event is not None
    assert (place.step, place.name, place.event.op) == (9, "h2", "tanh")


def test_an_example_left_out_shows_when_its_turn_would_have_come() -> None:
    play = trained(60)
    row = int(play.program.rows(17)[4])
    seen = [step for step in range(10, 60) if row in play.program.rows(step)]
    play = forked(Change(10, dials={"left_out": (row,)}))
    place = first_difference(play.rivals[0].run, play.run)
    assert place is not None
    assert (place.step, place.name, place.event) == (seen[0], "x", None)
    assert all(row not in play.program.rows(step) for step in range(10, 60))


def test_runs_that_are_equal_differ_nowhere() -> None:
    one, two = trained(40), trained(40)
    assert first_difference(one.run, two.run) is None


def test_racers_differ_from_the_first_update_on() -> None:
    play = Play(small())
    play.race((play.design.changed(optimizer="adam"),))
    play.stop = play.stop._replace(step=20)
    while play.train_for(1.0):
        pass
    rival = play.rivals[0].run
    assert rival.length == 20
    place = first_difference(play.run, rival)
    assert place is not None
    assert (place.step, place.name) == (0, "W1'")
    assert np.array_equal(play.run.state_at(0)["W1"], rival.state_at(0)["W1"])
