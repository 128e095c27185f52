"""A step of a run, entered."""

import numpy as np
import pytest

from tests.play.test_play import trained
from tuiexplain.course.bench import Refused
from tuiexplain.course.prose import read_prose
from tuiexplain.play.design import Layer
from tuiexplain.play.visit import WORDS, enter
from tuiexplain.trace.cells import parse


def test_the_words_are_whole_in_both_languages() -> None:
    en, faults = read_prose(WORDS / "en.md", "en")
    zh, more = read_prose(WORDS / "zh.md", "zh")
    assert not faults + more
    assert not zh.stale(en)
    assert set(en.blocks) == set(zh.blocks)


def test_next_goes_through_the_step_and_into_the_one_after() -> None:
    play = trained(30)
    session = enter(play, 12)
    bench = session.bench
    seen = set()
    while bench.training_step == 12:
        seen.add(session.block_id)
        assert session.next()
    assert seen == {"s-start", "s-forward", "s-back", "s-update"}
    assert session.block_id == "s-forward"
    assert bench.training_step == 13
    session.previous()
    assert bench.training_step == 12
    assert bench.player.position == len(bench.player)


def test_the_line_that_runs_is_in_the_listing() -> None:
    play = trained(5)
    session = enter(play, 3)
    session.next()
    event = session.bench.player.event
    listing = session.bench.listing(event)
    assert listing.text.splitlines()[listing.line - 1].strip() == "z1 = self.fc1(x)"


def test_a_step_before_a_change_has_the_program_of_then() -> None:
    play = trained(5)
    play.change(play.design.changed(layers=(Layer(2, "relu"),)))
    play.step()
    session = enter(play, 5)
    assert "relu" in session.bench.listing(None).text
    for _ in range(3):
        session.previous()
    assert session.bench.training_step == 4
    assert "relu" not in session.bench.listing(None).text


def test_why_follows_a_weight_into_the_step_before() -> None:
    play = trained(10)
    trace = enter(play, 6).bench.base
    why = trace.why("W1'[0,1]")
    assert np.isclose(why.total, why.number, rtol=1e-12)
    before = play.trace_at(5)
    assert np.isclose(before.cell(*before.find("W1'[0,1]")), trace.cell(*trace.find("W1[0,1]")))


def test_a_weight_set_by_hand_is_trained_on_from() -> None:
    play = trained(20)
    old, session = play.run, enter(play, 8)
    bench = session.bench
    value, cell = bench.base.find("W2[0,0]")
    bench.edit(value, cell, 2.5)
    bench.fork()
    assert play.numbers(8)["W2"][0, 0] == 2.5
    assert play.rivals[0].run is old
    assert bench.base.cell(*bench.base.find("W2[0,0]")) == 2.5
    assert bench.undo()
    assert play.run is old
    assert bench.run is old


def test_a_run_does_not_go_on_from_what_is_no_number() -> None:
    play = trained(20)
    run, bench = play.run, enter(play, 8).bench
    value, cell = bench.base.find("W2[0,0]")
    bench.edit(value, cell, np.nan)
    with pytest.raises(Refused, match="fork_not_finite"):
        bench.fork()
    assert play.run is run
    assert bench.edits


def test_trying_out_leaves_the_playground_alone() -> None:
    play = trained(20)
    session = enter(play, 8).explore()
    bench = session.bench
    name, cell = parse("W1[0,0]")
    bench.edit(bench.base.value(name), cell, 1.5)
    bench.fork()
    assert play.length == 20
    assert not play.rivals
