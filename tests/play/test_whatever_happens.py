"""Dials turned at random while it trains: refused in a sentence, or the same bits when told again."""

import dataclasses

import numpy as np
import pytest

from tests.play.designs import random_design
from tuiexplain.play.changes import Change
from tuiexplain.play.compare import first_difference
from tuiexplain.play.design import Design
from tuiexplain.play.errors import PlayError
from tuiexplain.play.play import OTHER_DATA, Play, Stop

LIVE = [field.name for field in dataclasses.fields(Design) if field.name not in OTHER_DATA]


def turn(play: Play, draws: np.random.Generator) -> None:
    """Something that a person may do next."""
    other = random_design(int(draws.integers(10_000)))
    some = draws.choice(LIVE, 2, replace=False)
    dials = {name: getattr(other, name) for name in some}
    what = draws.integers(4)
    if what == 0:
        at = int(draws.integers(play.length + 1))
        play.fork(at, Change(at, dials=dials))
    elif what == 1:
        at = int(draws.integers(play.length + 1))
        play.fork(at, Change(at, numbers={"W1[0,0]": 0.25}))
    elif what == 2:
        play.undo()
    else:
        play.change(play.design.changed(**dials))


@pytest.mark.parametrize("number", range(25))
def test_a_run_that_was_changed_on_the_way_is_the_same_when_told(number: int) -> None:
    draws = np.random.default_rng(number)
    play = Play(random_design(number).changed(clip=1.0))
    for _ in range(8):
        try:
            turn(play, draws)
        except PlayError as refused:
            assert str(refused)  # noqa: PT017 - either way is right
        play.stop = Stop(step=play.length + int(draws.integers(0, 40)))
        while play.train_for(0.02):
            pass
        step = int(draws.integers(play.length + 1))
        play.go_to(step)
        play.gradients(step)
        play.ask(play.numbers(step), play.dataset.inputs[:5], step)
        assert play.trace_at(min(step, max(play.length - 1, 0))).events
    again = Play.told(play.segments, play.length)
    assert np.array_equal(list(again.run.losses), list(play.run.losses), equal_nan=True)
    for name, array in play.numbers(play.length).items():
        assert np.array_equal(again.numbers(play.length)[name], array, equal_nan=True), name
    assert first_difference(play.run, again.run) is None
