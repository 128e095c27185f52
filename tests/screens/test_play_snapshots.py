"""How the playground looks, at three sizes and in two languages."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.screens.learner import LARGE, MEDIUM, SMALL
from tests.screens.player import Player, playing
from tests.screens.snapshots import REWRITE, check_snapshot
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.sources import fitted

FOLDER = Path(__file__).with_name("snapshots_play")
SIZES = {"80x24": SMALL, "120x40": MEDIUM, "200x60": LARGE}
CIRCLE = Design(examples=200)


async def fresh(player: Player) -> None:
    """Before the first step."""


async def trained(player: Player) -> None:
    """A thousand steps on, with the examples that are held out."""
    await player.train(1000)
    await player.press("h")


async def backward(player: Player) -> None:
    """The gradients of a step on the network, the cursor on a weight of its second layer."""
    await player.train(100)
    await player.press("b", "tab", "right", "down")


async def unit(player: Player) -> None:
    """One unit, large."""
    await player.train(1000)
    await player.press("down", "v", "v")


async def forked(player: Player) -> None:
    """Beside the run as it was."""
    await player.train(300)
    await player.press("home", "f", "enter")
    await player.press("backspace", times=10)
    await player.type("2")
    player.play.train_for(60.0, 300)
    player.screen.show()
    await player.settle()


async def dials(player: Player) -> None:
    """Among the dials."""
    await player.dial("optimizer")


async def table(player: Player) -> None:
    """Three classes of flowers."""
    await player.train(200)
    await player.press("v", "v", "v")


PLACES: dict[str, tuple[Design, Callable[[Player], Awaitable[None]]]] = {
    "fresh": (CIRCLE, fresh),
    "trained": (CIRCLE, trained),
    "backward": (CIRCLE, backward),
    "unit": (CIRCLE, unit),
    "forked": (CIRCLE, forked),
    "dials": (CIRCLE, dials),
    "iris": (Design(data="iris", features=("x",), layers=(Layer(6), Layer(4))), table),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", PLACES)
async def test_a_telling_place(place: str, size: str, language: str) -> None:
    design, go = PLACES[place]
    async with playing(fitted(design), size=SIZES[size], language=language) as player:
        await go(player)
        check_snapshot(f"{place}.{language}.{size}", player.text, SIZES[size], FOLDER)


@pytest.mark.skipif(REWRITE in os.environ, reason="the files are being written")
def test_every_file_is_of_a_place() -> None:
    wanted = {f"{p}.{lang}.{size}.txt" for p in PLACES for lang in ("en", "zh") for size in SIZES}
    assert {file.name for file in FOLDER.iterdir()} == wanted
