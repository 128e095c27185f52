"""A race on the screen: its key, its numbers in curve and paths, and the axis."""

from __future__ import annotations

from tests.screens.learner import learning
from tuiexplain.screens.lesson.desk import Side


async def test_a_race_is_numbered_in_the_curve_and_on_the_map() -> None:
    async with learning("optimizers") as learner:
        await learner.press("V")
        assert learner.message.startswith("4 runs side by side: t trains them all")
        assert learner.desk.side is Side.CURVE
        learner.bench.begin_training()
        while learner.bench.train_for(1.0):
            pass
        learner.bench.watch()
        learner.screen.show()
        assert [lane.run.length for lane in learner.bench.lanes] == [40] * 4
        for number, label in enumerate(("μ 0.5", "μ 0", "μ 0.25", "μ 0.9"), start=1):
            assert f"{number} {label} " in learner.pane("curve")
        learner.desk.turn_to(Side.PICTURE)
        learner.screen.lay_out()
        learner.screen.show()
        await learner.press("home")
        assert "1 μ 0.5  2 μ 0  3 μ 0.25  4 μ 0.9" in learner.pane("picture")
        await learner.press("V")
        assert learner.message == "Your run is alone again."
        assert len(learner.bench.lanes) == 1


async def test_a_network_without_a_race_says_so() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("V")
        assert learner.message.startswith("The lesson has no race for this network")


async def test_the_axis_is_turned_by_a_key() -> None:
    async with learning("optimizers") as learner:
        await learner.go_to("spiral")
        await learner.press("X")
        assert learner.message.startswith("Along the curve: epochs")
        assert learner.bench.axis == "epochs"
        await learner.press("X")
        assert learner.bench.axis == "updates"
