"""The picture of who looks at whom while its network trains."""

from __future__ import annotations

from tests.screens.learner import LARGE, Learner, learning
from tuiexplain.screens.lesson.desk import Side


async def train_a_little(learner: Learner, steps: int) -> None:
    """Train live until so many steps are taken, then pause."""
    await learner.press("t")
    await learner.until(lambda: learner.bench.run.length >= steps)
    if learner.screen.training:
        await learner.press("t")
    await learner.until(lambda: not learner.screen.training)


async def test_before_the_first_event_it_shows_the_step_before() -> None:
    async with learning("attention", size=LARGE) as learner:
        row = next(r for r in learner.pane("picture").splitlines() if "journey" in r)
        assert "0." not in row, "nothing has been computed yet"
        await train_a_little(learner, 3)
        assert learner.bench.player.position == 0
        before = learner.bench.trace_before(learner.bench.training_step - 1)
        weight = before.data(before.value("A"))[1, 1]
        row = next(r for r in learner.pane("picture").splitlines() if "journey" in r)
        assert f"{weight:.2f}" in row


async def test_in_a_race_that_it_does_not_show_the_curve_is_watched() -> None:
    async with learning("multi-head") as learner:
        await learner.press("V")
        await learner.press("t")
        assert learner.desk.side is Side.CURVE
        await learner.press("t")
        await learner.until(lambda: not learner.screen.training)
    async with learning("attention") as learner:
        await learner.press("t")
        assert learner.desk.side is Side.PICTURE
        await learner.press("t")
        await learner.until(lambda: not learner.screen.training)
