"""The playground: a dial over its values and many seeds."""

from __future__ import annotations

import pytest

from tests.screens.learner import LARGE, MEDIUM, SMALL
from tests.screens.player import Player, playing
from tests.screens.snapshots import check_screen
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.sweep import Aim
from tuiexplain.screens.play.sweeping import read_aim

DESIGN = Design(layers=(Layer(3),), examples=50)
MEASURES = ("test_loss", "test_accuracy")


async def sweep(player: Player, asked: str) -> None:
    """Sweep over what stands first in the list."""
    await player.press("s", "enter")
    await player.press("backspace", times=40)
    await player.type(asked)


async def test_a_sweep_over_seeds_tells_how_often_it_came_off() -> None:
    async with playing(DESIGN) as player:
        await sweep(player, "4 accuracy >= 0")
        await player.until(lambda: "40 of 40" in player.message)
        assert "100%" in player.pane("output")
        await player.press("escape")
        assert "sweep" not in player.pane("output")


async def test_a_sweep_over_the_dial_under_the_cursor() -> None:
    async with playing(DESIGN, size=MEDIUM) as player:
        await player.dial("activation")
        await sweep(player, "2 test_loss <= 1000")
        await player.until(lambda: "Best" in player.message)
        shown = player.pane("output")
        for name in ("tanh", "ReLU", "sigmoid", "linear", "leaky ReLU", "GELU"):
            assert name in shown


async def test_a_sweep_is_stopped_and_training_goes_on_where_it_was() -> None:
    async with playing(DESIGN) as player:
        await player.train(5)
        await sweep(player, "1,000,000 test_loss <= 0")
        await player.until(lambda: "sweeping" in player.message)
        await player.press("s")
        await player.until(lambda: "Stopped" in player.message)
        assert player.play.length == 5
        await player.press("t")
        await player.until(lambda: player.play.length > 6)
        await player.press("t")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("2000 test_accuracy >= 0.95", (2000, Aim("test_accuracy", 0.95))),
        ("2,000 test_accuracy 95%", (2000, Aim("test_accuracy", 0.95))),
        ("10 test_loss<=0.01", (10, Aim("test_loss", 0.01))),
        ("0 test_loss <= 0.01", None),
        ("10 happiness 1", None),
        ("soon", None),
        ("10 test_loss <= e", None),
    ],
)
def test_what_is_wanted_of_a_trial_is_understood(text: str, asked: tuple[int, Aim] | None) -> None:
    assert read_aim(text, MEASURES) == asked


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_sweep_fits(size: tuple[int, int], language: str) -> None:
    async with playing(DESIGN, size=size, language=language) as player:
        await sweep(player, "4 accuracy >= 0.9")
        await player.until(lambda: player.screen.sweep is not None and player.screen.sweep.done)
        check_screen(player.text, size)


async def test_where_nothing_comes_off_that_is_told() -> None:
    async with playing(DESIGN) as player:
        await sweep(player, "4 accuracy >= 2")
        await player.until(lambda: player.screen.sweep is not None and player.screen.sweep.done)
        await player.until(lambda: "None of 40" in player.message)
        assert "–" not in player.message


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_can_be_measured_is_told_whole(language: str) -> None:
    async with playing(Design(examples=100), language=language) as player:
        await player.press("s", "enter")
        await player.press("backspace", times=40)
        await player.type("300 acc 0.9")
        assert all(name in player.text for name in player.play.run.measures)
        assert player.screen.sweep is None
