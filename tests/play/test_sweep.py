"""A dial over values and seeds."""

import pytest

from tests.play.test_play import small
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.play.play import Play
from tuiexplain.play.sweep import Aim, Sweep, turned


def finished(sweep: Sweep) -> Sweep:
    seen = [sweep.progress]
    while sweep.train_for(0.0):
        seen.append(sweep.progress)
    assert seen == sorted(seen)
    assert len(seen) > len(sweep.trials)
    assert sweep.progress == 1.0
    return sweep


def test_units_decide_whether_a_ring_is_found() -> None:
    design = Design(data="circle", layers=(Layer(1),), batch=30, lr=0.1, examples=100)
    aim = Aim("accuracy", 0.99)
    sweep = finished(Sweep(design, "units", (1, 6), range(4), 1_500, aim))
    few, many = sweep.bars()
    assert (few.value, few.tried, few.solved) == (1, 4, 0)
    assert many.solved >= 3
    assert many.reached is not None
    assert few.number < many.number


def test_a_trial_is_the_run_that_the_playground_makes() -> None:
    sweep = finished(Sweep(small(), "lr", (0.05, 0.3), (3,), 120, Aim("train_loss", 0.0)))
    for trial in sweep.trials:
        play = Play(small().changed(lr=trial.value, seed=3))
        play.run.extend_to(120)
        assert trial.number == play.measured("train_loss", 120)


def test_numbers_that_end_are_a_trial_that_failed() -> None:
    design = Design(data="plane", layers=(Layer(3, "linear"),))
    sweep = finished(Sweep(design, "lr", (0.01, 80.0), (0, 1), 400, Aim("test_loss", 0.01)))
    good, wild = sweep.bars()
    assert (good.solved, wild.solved) == (2, 0)
    assert not any(trial.finite for trial in sweep.trials if trial.value == 80.0)


def test_what_is_no_dial_or_too_much_is_told_at_once() -> None:
    with pytest.raises(PlayError, match="no dial speed"):
        Sweep(small(), "speed", (1,), (0,), 10, Aim("accuracy", 1))
    with pytest.raises(PlayError, match="1 to 1000"):
        Sweep(small(), "lr", (), (0,), 10, Aim("accuracy", 1))
    with pytest.raises(PlayError):
        Sweep(small(), "lr", (0.1, -1.0), (0,), 10, Aim("accuracy", 1))


def test_depth_and_units_are_dials_of_all_layers() -> None:
    assert turned(small(), "depth", 3).layers == (Layer(4),) * 3
    assert [layer.units for layer in turned(small(), "units", 2).layers] == [2, 2]
