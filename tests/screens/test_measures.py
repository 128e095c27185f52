"""Measures in the curve, and the pictures of many numbers, on the screen."""

from __future__ import annotations

import re

import numpy as np

from tests.screens.learner import LARGE, Learner, learning
from tuiexplain.screens.lesson.desk import Side


async def look_at(learner: Learner, side: Side) -> str:
    learner.desk.turn_to(side)
    learner.screen.lay_out()
    learner.screen.show()
    await learner.settle()
    return learner.pane(str(side))


def train(learner: Learner, steps: int) -> None:
    learner.bench.begin_training()
    learner.bench.train_for(60.0, steps)
    learner.bench.watch()


async def test_the_lowest_validation_loss_is_marked_at_its_very_step() -> None:
    async with learning("overfitting") as learner:
        train(learner, 400)
        shown = await look_at(learner, Side.CURVE)
        run = learner.bench.run
        asked = len(run._measured)
        assert asked < 64 + 1 + 2 * 9, "not measured at every step"
        losses = [run.measured("val_loss", step) for step in range(400)]
        assert f"◆ {int(np.argmin(losses))}" in shown
        assert "validation loss" in shown.splitlines()[1]


async def test_the_curve_of_what_was_learnt_follows_an_edit() -> None:
    async with learning("overfitting") as learner:
        before = await look_at(learner, Side.PICTURE)
        assert before.count("○") >= 8
        weight = learner.bench.trace.value("w")
        learner.bench.edit(weight, (0,), 1.0)
        learner.screen.changed()
        await learner.settle()
        assert learner.pane("picture") != before


async def test_bars_of_layers_come_as_the_backward_pass_goes_down() -> None:
    async with learning("vanishing-gradients", size=LARGE) as learner:
        await learner.go_to("deep")
        learner.session.first_event()
        shown = await look_at(learner, Side.PICTURE)
        assert len(re.findall(r"^\s*W\d+ .*·.*·", shown, re.MULTILINE)) == 10
        learner.session.last_event()
        shown = await look_at(learner, Side.PICTURE)
        first = next(line for line in shown.splitlines() if re.match(r"\s*W1 ", line))
        last = next(line for line in shown.splitlines() if re.match(r"\s*W10 ", line))
        assert first.count("━") < last.count("━")
        assert "6.0e-7" in first
        assert "mean" in shown, "the histogram is below"


async def test_the_run_before_is_marked_on_the_bars() -> None:
    async with learning("vanishing-gradients", size=LARGE) as learner:
        await learner.go_to("deep")
        learner.session.last_event()
        learner.bench.turn("act", "tanh")
        shown = await look_at(learner, Side.PICTURE)
        assert "┃" in shown


async def test_weights_shrink_on_the_scale_of_the_start() -> None:
    async with learning("overfitting") as learner:
        await learner.go_to("wide")
        learner.bench.turn("weight_decay", 10.0)
        wide = await look_at(learner, Side.PICTURE)
        train(learner, 400)
        flat = await look_at(learner, Side.PICTURE)

        def inked(text: str) -> int:
            return sum("⠀" < character <= "⣿" for character in text)

        assert inked(flat) < inked(wide) / 2
