"""What if: edits, dials, forks, seeds; and training before the learner's eyes."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import pytest

from tests.screens.learner import Learner, learning
from tuiexplain.course.show import ShowOptions, run_show
from tuiexplain.course.walk import Place
from tuiexplain.screens.lesson.desk import Side
from tuiexplain.trace.numbers import format_number
from tuiexplain.trace.run import Run


def shown(learner: Learner) -> dict[str, list[float]]:
    """Every number that ``tuiexplain show`` tells of the training step that is open."""
    bench = learner.bench
    options = ShowOptions(
        learner.session.lesson.id,
        bench.part.id,
        bench.training_step,
        settings=bench.settings,
        as_json=True,
    )
    values = json.loads(run_show(options))["values"]
    return {v["name"]: np.ravel(v["data"]).tolist() for v in values}


def on_screen(learner: Learner) -> dict[str, list[float]]:
    """Every number of the open training step."""
    trace = learner.bench.trace
    return {v.name: trace.data(v).ravel().tolist() for v in trace.values}


async def train_until(learner: Learner, length: int) -> None:
    """Train live until so many steps are taken, then pause."""
    await learner.press("t", "plus")
    await learner.until(lambda: learner.bench.run.length >= length)
    if learner.screen.training:
        await learner.press("t")
    await learner.until(lambda: not learner.screen.training)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network so slow that one can watch it learn."""

    def train_for(run: Run, seconds: float, most: int | None = None) -> int:
        time.sleep(0.002)
        run.advance()
        return 1

    monkeypatch.setattr(Run, "train_for", train_for)


# -- edits -----------------------------------------------------------------------------------------


async def test_an_edit_is_marked_downstream_and_taken_back() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        mark = learner.screen.look.glyphs.changed
        assert mark not in learner.pane("board")
        before = learner.pane("board")
        await learner.click("board", (learner.bench.trace.value("b1").id, (0, 0)))
        await learner.press("e")
        assert "Set b1[0] by hand" in learner.text
        await learner.type("2.5")
        assert learner.message.startswith("b1[0] set to 2.5")
        assert learner.bench.trace.cell(learner.bench.trace.value("z1"), (0, 0)) == pytest.approx(
            0.3775 + 2.5 - 0.35
        )
        board = learner.pane("board")
        changed = [line for line in board.splitlines() if mark in line]
        assert any("2.5" in line for line in changed), board
        await learner.press("n", "n", "n")
        assert mark in learner.pane("board"), "everything downstream is marked"
        await learner.press("p", "p", "p", "u")
        assert learner.message == "Taken back."
        await learner.press("u")
        assert learner.message == "There is no edit to take back."
        assert mark not in learner.pane("board")
        await learner.press("n", "p")
        assert learner.pane("board") == before


@pytest.mark.parametrize("text", ["much", "1,5", "", "0x10"])
async def test_what_is_no_number_is_not_set(text: str) -> None:
    async with learning("linear-regression") as learner:
        await learner.press("e")
        await learner.type(text)
        assert "is not a number" in learner.question
        assert learner.bench.edits == []
        await learner.press(*["backspace"] * len(text), "5", "enter")
        assert [e.number for e in learner.bench.edits] == [5.0]


async def test_escape_leaves_the_number_as_it_is() -> None:
    async with learning("linear-regression") as learner:
        before = learner.text
        await learner.press("e", "5", "escape")
        assert learner.bench.edits == []
        assert learner.text == before
        await learner.press("n")
        assert learner.bench.place == Place(0, 1), "the keys are the screen's again"


async def test_infinity_is_a_number_too() -> None:
    async with learning("linear-regression") as learner:
        for text in ("inf", "nan", "1e308"):
            await learner.press("e")
            await learner.type(text)
            await learner.press("end", "enter", "escape", "home")
        assert len(learner.bench.edits) == 3
        await learner.press("u", "u", "u")
        assert learner.bench.trace is learner.bench.base


@pytest.mark.usefixtures("slow")
async def test_an_edit_pauses_training_and_playing() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("t")
        await learner.until(lambda: learner.bench.run.length > 5)
        await learner.press("e")
        await learner.until(lambda: not learner.screen.training)
        await learner.type("1")
        assert len(learner.bench.edits) == 1
        await learner.press("space", "e")
        assert learner.screen.playing is None
        await learner.type("2")
        assert len(learner.bench.edits) == 2


# -- dials -----------------------------------------------------------------------------------------


async def test_dials_are_turned_reset_and_left() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 1, 3)
        await learner.press("d")
        assert "learning rate η" in learner.pane("words")
        loss = learner.bench.trace.cell(learner.bench.trace.value("loss"), ())
        await learner.press("left")
        turned = learner.bench.settings["lr"]
        assert isinstance(turned, float)
        assert turned < 0.5
        assert format_number(turned) in learner.pane("words")
        assert learner.bench.place == Place(1, 3)
        assert learner.bench.trace.cell(learner.bench.trace.value("loss"), ()) > loss
        assert on_screen(learner) == shown(learner)
        await learner.press("0")
        assert learner.bench.settings["lr"] == 0.5
        await learner.press("escape")
        assert learner.screen.turning is None
        assert "learning rate η" not in learner.pane("words")


async def test_a_dial_turned_beside_a_picture_is_told_below() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("d", "v")
        assert learner.desk.side is Side.PICTURE
        await learner.press("right")
        number = format_number(float(learner.bench.settings["lr"]))
        assert learner.message == f"learning rate η = {number}"
        await learner.press("down")
        assert learner.message == "start of w = 0"
        await learner.press("escape")
        assert learner.message == ""


async def test_what_a_dial_does_is_said_beside_it() -> None:
    async with learning("09", language="zh") as learner:
        await learner.press("d")
        assert "每一步开头清掉梯度" in learner.words
        await learner.press("down")
        assert "每一步开头清掉梯度" not in learner.words


async def test_a_lesson_s_own_name_for_a_dial_goes_before_the_interface_s() -> None:
    async with learning("12", language="zh") as learner:
        await learner.press("full_stop", "d")
        assert "数据" in learner.words
        assert "文本" not in learner.words


async def test_dials_stop_at_their_ends() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("d")
        for dial in learner.bench.part.dials:
            await learner.press("right", times=45)
            assert learner.bench.settings[dial.id] == dial.maximum
            await learner.press("left", times=45)
            assert learner.bench.settings[dial.id] == dial.minimum
            await learner.press("down")
        assert learner.screen.turning == 0, "round and round"


async def test_a_dial_of_choices() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("table", 0, 2)
        await learner.press("d", "down", "right", "right")
        assert learner.bench.settings["batch_size"] == "8"
        await learner.press("right", times=5)
        assert learner.bench.settings["batch_size"] == "1"
        assert learner.bench.trace.value("x").shape == (1, 10)
        await learner.press("left", times=9)
        assert learner.bench.settings["batch_size"] == "442"


async def test_the_dials_are_those_of_the_part_on_the_screen() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("d", "up")
        assert learner.screen.turning == 3
        await learner.press("g", *"dx =", "enter")
        assert learner.bench.part.id == "closed-form"
        await learner.press("0", "left", "d", "right")
        assert learner.bench.settings["outlier"] != 0


# -- forks and seeds -------------------------------------------------------------------------------


@pytest.mark.usefixtures("slow")
async def test_a_fork_is_drawn_beside_the_run_as_it_was() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        await train_until(learner, 30)
        step = learner.bench.training_step
        learner.desk.pointing = True
        learner.desk.select(learner.bench.trace.value("W1").id, (0, 0))
        await learner.press("f")
        assert learner.message.startswith("Nothing is changed yet")
        await learner.press("e")
        await learner.type("-3")
        await learner.press("f")
        assert learner.message.startswith(f"A second run from training step {step}")
        assert learner.desk.side is Side.CURVE
        assert "new " in learner.pane("curve")
        assert "old " in learner.pane("curve")
        assert learner.bench.rivals
        assert learner.bench.trace.cell(learner.bench.trace.value("W1"), (0, 0)) == -3


async def test_where_the_lesson_sets_every_number_a_seed_changes_nothing() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("R")
        assert learner.message.startswith("The lesson sets every number")
        assert learner.bench.seed == learner.bench.part.spec.seed


async def test_the_order_of_the_rows_comes_from_the_seed() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("table")
        await learner.press("R")
        assert learner.message.startswith("The lesson sets every number")
        learner.bench.turn("batch_size", "8")
        first = on_screen(learner)["x"]
        await learner.press("R")
        assert learner.bench.seed == learner.bench.part.spec.seed + 1
        assert on_screen(learner)["x"] != first


# -- training --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("slow")
async def test_training_is_live_pauses_and_is_entered() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("table", 0, 3)
        await learner.press("t")
        frames = set()
        while len(frames) < 3:
            await learner.until(lambda: learner.pane("title") not in frames)
            frames.add(learner.pane("title"))
            assert learner.message.startswith("training · loss ")
        await learner.press("t")
        await learner.until(lambda: not learner.screen.training)
        step = learner.bench.training_step
        assert step == learner.bench.run.length - 1
        assert f"paused at training step {step}" in learner.message
        assert f"training step {step} · step 3/13" in learner.pane("title")
        assert on_screen(learner) == shown(learner)
        await learner.press("n")
        assert learner.bench.place == Place(step, 4)


@pytest.mark.usefixtures("slow")
async def test_enter_pauses_training_at_the_very_step() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("t")
        await learner.until(lambda: learner.bench.run.length > 20)
        await learner.press("enter")
        await learner.until(lambda: not learner.screen.training)
        assert learner.bench.training_step == learner.bench.run.length - 1
        assert on_screen(learner) == shown(learner)


@pytest.mark.usefixtures("slow")
async def test_what_stands_in_the_matrices_is_the_entered_steps_own() -> None:
    async with learning("linear-regression") as learner:
        await train_until(learner, 100)
        learner.session.first_event()
        await learner.press("n")
        w = shown(learner)["w"][0]
        drawn = [float(number) for number in re.findall(r"[+-]\d+\.?\d*", learner.pane("board"))]
        assert any(number == pytest.approx(w, rel=1e-3) for number in drawn)


@pytest.mark.usefixtures("slow")
async def test_rewinding_repeats_the_same_losses() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("table")
        learner.bench.turn("batch_size", "32")
        await train_until(learner, 150)
        first = list(learner.bench.run.losses)
        await learner.press("r")
        assert learner.bench.place == Place(0, 0)
        assert "Back to training step 0" in learner.message
        await train_until(learner, 150)
        again = list(learner.bench.run.losses)
        count = min(len(first), len(again))
        assert count >= 150
        assert first[:count] == again[:count]


async def test_training_ends_at_the_lessons_limit() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("table")
        await learner.press("t", "plus")
        await learner.until(lambda: not learner.screen.training)
        assert learner.bench.training_step == 499
        assert "training step 499" in learner.message
        await learner.press("t", "plus")
        await learner.until(lambda: not learner.screen.training)
        assert learner.bench.run.length == 1000


async def test_what_does_not_learn_says_so() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("t")
        assert learner.message.startswith("This network does not learn")
        assert not learner.screen.training


async def test_divergence_is_said_and_can_be_stepped_back_from() -> None:
    async with learning("linear-regression") as learner:
        learner.bench.turn("lr", 1e9)
        await learner.press("t")
        await learner.until(lambda: not learner.screen.training)
        assert learner.message.startswith("The loss is ")
        assert "lower the learning rate" in learner.message
        step = learner.bench.training_step
        await learner.press("n", "p", "end", "enter", "escape", "home", "p")
        assert learner.bench.place.training_step == step - 1
        assert "‹?›" not in learner.text
        await learner.press("r")
        assert learner.bench.place == Place(0, 0)


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("key", ["n", ".", "r", "d"])
async def test_other_commands_end_training(key: str) -> None:
    async with learning("linear-regression") as learner:
        await learner.press("t")
        await learner.until(lambda: learner.bench.run.length > 3)
        await learner.press(key, *(["right"] if key == "d" else []))
        assert not learner.screen.training
        length = learner.bench.run.length
        await learner.press("z", "Z")
        assert learner.bench.run.length == length


@pytest.mark.usefixtures("slow")
async def test_the_outline_pauses_training() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("t")
        await learner.until(lambda: learner.bench.run.length > 3)
        await learner.press("g", *"dx =", "enter")
        assert learner.bench.part.id == "closed-form"
        where = learner.where
        await learner.press("z", "Z")
        assert learner.where == where
        assert not learner.screen.training
