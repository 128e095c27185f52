"""A part in the learner's hands: edits, dials, forks, seeds, training."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tuiexplain.course.bench import Refused
from tuiexplain.course.errors import CourseError
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.show import ShowOptions, run_show
from tuiexplain.course.walk import Place
from tuiexplain.course.workbench import MOST_REPLAYED, Workbench
from tuiexplain.trace import cells
from tuiexplain.trace.replay import changed_cells
from tuiexplain.trace.trace import Trace


def bench(lesson: str, part: str) -> Workbench:
    return Workbench(open_lesson(lesson).part(part))


@pytest.fixture
def mazur() -> Workbench:
    return bench("backpropagation", "mazur")


@pytest.fixture
def line() -> Workbench:
    return bench("linear-regression", "line")


@pytest.fixture
def table() -> Workbench:
    return bench("linear-regression", "table")


def numbers(trace: Trace) -> dict[str, list[float]]:
    """Every number of a trace, by the value's name."""
    return {value.name: trace.data(value).ravel().tolist() for value in trace.values}


def at(trace: Trace, address: str) -> float:
    """One number, by its address."""
    name, cell = cells.parse(address)
    return trace.cell(trace.value(name), cell)


def shown(lesson: str, part: str, step: int, **settings: object) -> dict[str, list[float]]:
    """Every number that ``tuiexplain show --json`` tells of a training step."""
    text = run_show(ShowOptions(lesson, part, step, settings=settings, as_json=True))
    return {v["name"]: np.ravel(v["data"]).tolist() for v in json.loads(text)["values"]}


def losses(run: Workbench, count: int) -> list[float]:
    run.run.extend_to(count)
    return list(run.run.losses)[:count]


# -- edits -----------------------------------------------------------------------------------------


def test_an_edit_changes_everything_downstream_and_nothing_else(mazur: Workbench) -> None:
    w = mazur.trace.value("W1")
    mazur.edit(w, (0, 0), 1.5)
    changed = {
        v.name for v in mazur.trace.values if changed_cells(mazur.base, mazur.trace, v) is not None
    }
    assert mazur.trace.cell(w, (0, 0)) == 1.5
    assert {"W1", "z1", "h", "y", "W1.grad", "W1'"} <= changed
    assert not {"x", "t", "W2", "b1", "b2"} & changed
    z1 = changed_cells(mazur.base, mazur.trace, mazur.trace.value("z1"))
    assert z1 is not None
    assert z1.tolist() == [[True, False]], "only the first unit has this weight"


def test_an_edit_gives_what_a_network_with_that_number_computes(mazur: Workbench) -> None:
    mazur.edit(mazur.trace.value("W1"), (0, 1), -0.75)
    mazur.edit(mazur.trace.value("b2"), (0,), 2.0)
    other = mazur.part.run(edits={"W1[0,1]": -0.75, "b2[0]": 2.0}).trace_at(0)
    assert numbers(mazur.trace) == numbers(other)


def test_an_edit_of_a_computed_number_leaves_what_came_before(mazur: Workbench) -> None:
    before = numbers(mazur.trace)
    mazur.edit(mazur.trace.value("h"), (0, 1), 0.0)
    after = numbers(mazur.trace)
    assert after["h"][1] == 0.0
    assert after["h"][0] == before["h"][0]
    assert after["z1"] == before["z1"]
    assert after["y"] != before["y"]


def test_undo_takes_one_edit_back_at_a_time_to_the_same_bits(mazur: Workbench) -> None:
    w = mazur.trace.value("W1")
    states = [numbers(mazur.trace)]
    for number in (3.0, -2.0, 0.0):
        mazur.edit(w, (1, 1), number)
        states.append(numbers(mazur.trace))
    assert len({json.dumps(state) for state in states}) == 4
    for state in states[-2::-1]:
        assert mazur.undo()
        assert numbers(mazur.trace) == state
    assert not mazur.undo()
    assert mazur.trace is mazur.base


def test_the_cursor_stays_where_it_is_when_a_number_is_edited(mazur: Workbench) -> None:
    mazur.player.go_to(11)
    mazur.edit(mazur.trace.value("x"), (0, 0), 0.5)
    assert mazur.player.position == 11
    mazur.undo()
    assert mazur.player.position == 11


def test_edits_end_with_their_training_step(mazur: Workbench) -> None:
    mazur.edit(mazur.trace.value("W1"), (0, 0), 9.0)
    mazur.open(1)
    assert mazur.edits == []
    mazur.open(0)
    assert at(mazur.trace, "W1[0,0]") == 0.15


def test_infinity_by_hand_does_no_harm(mazur: Workbench) -> None:
    mazur.edit(mazur.trace.value("W1"), (0, 0), math.inf)
    mazur.edit(mazur.trace.value("x"), (0, 0), math.nan)
    assert math.isnan(at(mazur.trace, "z1[0,0]"))
    assert mazur.undo()
    assert mazur.undo()
    assert at(mazur.trace, "z1[0,0]") == pytest.approx(0.3775)


# -- dials -----------------------------------------------------------------------------------------


def test_a_dial_turned_on_and_on_is_compared_with_the_run_before_it(mazur: Workbench) -> None:
    came_with = mazur.run
    mazur.turn("lr", 0.6)
    assert mazur.walk, "looking at the walk is no move"
    mazur.turn("lr", 0.7)
    assert mazur.rivals[0].run is came_with
    mazur.train_for(0)
    trained = mazur.run
    mazur.turn("lr", 0.8)
    assert mazur.rivals[0].run is trained
    mazur.open(1)
    opened = mazur.run
    mazur.turn("lr", 0.9)
    assert mazur.rivals[0].run is opened


def test_a_dial_starts_the_part_again_and_stays_where_it_stood(mazur: Workbench) -> None:
    before = losses(mazur, 20)
    mazur.open(12, 7)
    mazur.turn("lr", 0.05)
    assert mazur.place == Place(12, 7)
    assert mazur.settings["lr"] == 0.05
    after = losses(mazur, 20)
    assert after[0] == before[0]
    assert after[1] > before[1], "a smaller step down"
    assert mazur.rivals
    assert list(mazur.rivals[0].run.losses)[:20] == before


def test_a_turned_dial_gives_what_show_tells(table: Workbench) -> None:
    table.turn("batch_size", "8")
    table.turn("lr", 0.01)
    table.open(30)
    told = shown("linear-regression", "table", 30, batch_size="8", lr="0.01")
    assert numbers(table.trace) == told


def test_turning_a_dial_to_where_it_is_changes_nothing(line: Workbench) -> None:
    run = line.run
    line.edit(line.trace.value("w"), (), 1.0)
    line.turn("lr", line.settings["lr"])
    assert line.run is run
    assert line.edits


def test_a_setting_that_is_none_is_refused_and_nothing_changes(line: Workbench) -> None:
    line.open(3)
    for setting in ("much", math.nan, math.inf):
        with pytest.raises(CourseError):
            line.turn("lr", setting)
    with pytest.raises(CourseError):
        line.turn("volume", 1)
    assert line.settings == line.part.settings()
    assert line.place == Place(3, 0)


def test_far_into_training_a_dial_goes_back_to_the_start(line: Workbench) -> None:
    line.open(MOST_REPLAYED + 1, 4)
    line.turn("lr", 0.01)
    assert line.place == Place(0, 0)
    assert line.run.length <= 2


# -- training --------------------------------------------------------------------------------------


def test_training_stops_at_the_lessons_limit(line: Workbench) -> None:
    line.begin_training()
    while line.train_for(0.02):
        pass
    assert line.run.length == line.part.spec.train_until
    assert not line.train_for(0.02)
    assert line.run.length == line.part.spec.train_until


def test_beyond_the_limit_training_goes_on_as_far_again(line: Workbench) -> None:
    limit = line.part.spec.train_until
    assert limit is not None
    for rounds in (1, 2):
        line.begin_training()
        while line.train_for(0.02):
            pass
        assert line.run.length == rounds * limit


def test_the_run_that_it_is_compared_with_trains_as_far(mazur: Workbench) -> None:
    mazur.edit(mazur.trace.value("W1"), (0, 0), 5.0)
    mazur.fork()
    mazur.begin_training()
    mazur.train_for(1.0, 74)
    assert mazur.rivals
    assert mazur.rivals[0].run.length == mazur.run.length >= 37


def test_a_dial_turned_on_and_on_is_compared_with_where_it_began(mazur: Workbench) -> None:
    before = mazur.run
    for lr in (0.4, 0.3, 0.2):
        mazur.turn("lr", lr)
        assert mazur.rivals[0].run is before
    mazur.open(2)
    last = mazur.run
    mazur.turn("lr", 0.1)
    assert mazur.rivals[0].run is last


def test_training_can_be_watched(table: Workbench) -> None:
    table.player.go_to(6)
    table.train_for(0.01)
    table.watch()
    assert table.training_step == table.run.length - 1
    assert table.player.position == 6
    assert at(table.trace, "loss") == table.run.losses[-1]


def test_a_step_entered_after_training_shows_that_steps_numbers(table: Workbench) -> None:
    while table.train_for(0.02):
        pass
    for step in (499, 0, 250, 1, 499):
        table.open(step)
        assert numbers(table.trace) == shown("linear-regression", "table", step)
        assert at(table.trace, "loss") == table.run.losses[step]


def test_rewinding_repeats_the_same_losses(table: Workbench) -> None:
    table.turn("batch_size", "32")
    before = losses(table, 120)
    table.rewind()
    assert table.place == Place(0, 0)
    assert table.run.length <= 2
    assert losses(table, 120) == before
    assert table.settings["batch_size"] == "32", "dials stay as they were turned"


def test_another_seed_gives_another_order_and_the_old_one_the_old(table: Workbench) -> None:
    table.turn("batch_size", "8")
    first = losses(table, 60)
    table.reseed(table.seed + 1)
    second = losses(table, 60)
    table.reseed(table.seed - 1)
    assert second != first
    assert losses(table, 60) == first


def test_the_seed_decides_what_is_drawn_and_the_order_of_the_rows(
    mazur: Workbench, table: Workbench
) -> None:
    assert not mazur.drawn_by_seed
    assert not table.drawn_by_seed
    table.turn("batch_size", "32")
    assert table.drawn_by_seed


def test_a_part_without_an_update_does_not_learn() -> None:
    product = bench("backpropagation", "product")
    assert not product.learns
    assert product.last_training_step == 0


def test_divergence_ends_training_and_can_be_stepped_back_from(line: Workbench) -> None:
    line.turn("lr", 1e9)
    while line.train_for(0.02):
        pass
    assert not line.finite
    assert [math.isfinite(loss) for loss in line.run.losses[-2:]] == [True, False]
    line.watch()
    assert not math.isfinite(at(line.trace, "loss"))
    line.open(line.training_step - 1)
    assert math.isfinite(at(line.trace, "loss"))
    line.open(0)
    assert at(line.trace, "loss") == 41
    told = shown("linear-regression", "line", 1, lr="1e9")
    line.open(1)
    assert numbers(line.trace) == told


# -- forks -----------------------------------------------------------------------------------------


def test_a_fork_trains_on_from_an_edited_weight(mazur: Workbench) -> None:
    past = losses(mazur, 30)
    mazur.open(10, 5)
    mazur.edit(mazur.trace.value("W2"), (0, 0), -1.0)
    edited = numbers(mazur.trace)
    whole = mazur.run
    mazur.fork()
    assert mazur.rivals[0].run is whole
    assert mazur.place == Place(10, 5)
    assert mazur.edits == []
    assert numbers(mazur.trace) == edited, "the step is what it was with the edit"
    future = losses(mazur, 30)
    assert future[:10] == past[:10]
    assert future[10] == edited["loss"][0]
    assert future[10:] != past[10:]
    assert list(whole.losses)[:30] == past
    mazur.open(9)
    assert at(mazur.trace, "W2[0,0]") == at(whole.trace_at(9), "W2[0,0]")


def test_a_fork_trains_on_with_a_dial_turned(mazur: Workbench) -> None:
    past = losses(mazur, 30)
    mazur.open(10)
    mazur.turn("lr", 0.05)
    mazur.fork()
    future = losses(mazur, 30)
    assert future[:11] == past[:11], "the loss of step 10 is before its update"
    assert future[11] != past[11]


def test_a_fork_of_a_fork_keeps_both_pasts(mazur: Workbench) -> None:
    past = losses(mazur, 20)
    w = mazur.trace.value("W1")
    mazur.open(5)
    mazur.edit(w, (0, 0), 0.9)
    mazur.fork()
    middle = losses(mazur, 20)
    mazur.open(12)
    mazur.edit(mazur.trace.value("W1"), (0, 0), -0.9)
    mazur.fork()
    last = losses(mazur, 20)
    assert last[:5] == past[:5]
    assert last[:12] == middle[:12]
    assert last[12] != middle[12]
    mazur.open(3)
    assert at(mazur.trace, "loss") == past[3]


def test_a_fork_is_taken_back(mazur: Workbench) -> None:
    past = losses(mazur, 20)
    whole = mazur.run
    mazur.open(10)
    mazur.edit(mazur.trace.value("W2"), (0, 0), -1.0)
    mazur.fork()
    mazur.open(15, 4)
    assert mazur.undo()
    assert mazur.run is whole
    assert not mazur.rivals
    assert mazur.place == Place(15, 4)
    assert losses(mazur, 20) == past
    assert not mazur.undo()


def test_a_fork_with_a_dial_turned_is_taken_back_and_the_dial_stays(mazur: Workbench) -> None:
    mazur.open(10)
    mazur.turn("lr", 0.05)
    turned, before = mazur.run, mazur.rivals[0].run
    mazur.fork()
    assert mazur.undo()
    assert (mazur.run, mazur.rivals[0].run) == (turned, before)
    assert numbers(mazur.trace) == shown("backpropagation", "mazur", 10, lr=0.05)


def test_forks_are_taken_back_one_by_one(mazur: Workbench) -> None:
    runs = [mazur.run]
    for step, number in ((3, 0.5), (6, -0.5), (9, 1.5)):
        mazur.open(step)
        mazur.edit(mazur.trace.value("W1"), (0, 0), number)
        mazur.fork()
        runs.append(mazur.run)
    while runs:
        assert mazur.run is runs.pop()
        assert mazur.undo() == bool(runs)


def test_with_nothing_changed_there_is_nothing_to_fork(mazur: Workbench) -> None:
    with pytest.raises(Refused) as refused:
        mazur.fork()
    assert refused.value.key == "nothing_to_fork"


@pytest.mark.parametrize("cell", ["h[0,0]", "x[0,0]", "W1.grad[0,0]", "W1'[0,0]"])
def test_a_fork_starts_from_weights_only(mazur: Workbench, cell: str) -> None:
    name = cell.split("[", maxsplit=1)[0]
    mazur.edit(mazur.trace.value(name), (0, 0), 1.0)
    run = mazur.run
    with pytest.raises(Refused) as refused:
        mazur.fork()
    assert refused.value.key == "fork_only_state"
    assert refused.value.fields == {"cell": name.replace("W1.grad", "∂L/∂W1")}
    assert mazur.run is run
    assert mazur.edits


def test_rewinding_forgets_the_fork(mazur: Workbench) -> None:
    past = losses(mazur, 10)
    mazur.edit(mazur.trace.value("W1"), (0, 0), 5.0)
    mazur.fork()
    mazur.rewind()
    assert not mazur.rivals
    assert losses(mazur, 10) == past


# -- the words of a step ---------------------------------------------------------------------------


def test_beyond_the_walk_the_words_are_those_of_the_same_event(mazur: Workbench) -> None:
    for position in (0, 1, 3, len(mazur.player) - 1):
        mazur.open(0, max(1, position))  # at the start, the words of what is about to happen
        walked = mazur.step_id
        mazur.open(57, position)
        assert mazur.step_id == walked


def test_an_edit_that_cannot_be_is_refused_and_leaves_the_step_as_it_was() -> None:
    ours = bench("embeddings", "lookup")
    x = ours.base.value("x")
    for number, key in ((0.5, "edit_whole"), (math.nan, "edit_whole"), (99.0, "edit_misfit")):
        with pytest.raises(Refused) as refusal:
            ours.edit(x, (0,), number)
        assert refusal.value.key == key
    assert ours.trace is ours.base
    ours.edit(x, (0,), 26.0)
    assert ours.trace.data(x)[0] == 26
