"""Random keys and presses of the mouse in the playground: nothing ends it, everything fits."""

from __future__ import annotations

import random

import pytest

from tests.screens.learner import LARGE, MEDIUM, SMALL
from tests.screens.player import Player, playing
from tests.screens.snapshots import check_screen
from tuiexplain.commands import Place, commands_for
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.sources import fitted
from tuiexplain.screens.play.screen import PlayScreen
from tuiexplain.widgets.pane import Pane

MOVES = 80
LEAVING = {"quit", "course_map", "command_palette", "glossary", "export", "share", "language"}
KEYS = [key for c in commands_for(Place.PLAY) if c.name not in LEAVING for key in c.keys]
DESIGNS = (
    Design(examples=50),
    Design(data="plane", layers=(), examples=50),
    Design(data="hills", lr=100.0),
    Design(data="iris", features=("x",)),
    Design(
        data="arms",
        layers=(Layer(4, "relu", "batch", 0.3, True), Layer(4, "gelu", "layer", 0.0, True)),
        optimizer="adam",
    ),
)


async def one_move(player: Player, rng: random.Random) -> str:
    """A random key, or a press of the mouse in a random pane; what it was."""
    if rng.random() > 0.1 or not isinstance(player.app.screen, PlayScreen):
        key = rng.choice([*KEYS, *["escape"] * 6, *["enter"] * 2, "5"])
        await player.press(key)
        return key
    panes = [p for p in player.app.screen.query(Pane) if p.display and p.region and p.id != "keys"]
    pane = rng.choice(panes)
    spot = rng.randrange(pane.size.width), rng.randrange(pane.size.height)
    await player.pilot.click(pane, offset=spot)
    await player.settle()
    return f"{pane.id}{spot}"


@pytest.mark.parametrize("seed", range(8))
async def test_random_moves(seed: int) -> None:
    rng = random.Random(seed)
    size = (SMALL, MEDIUM, LARGE)[seed % 3]
    design = fitted(DESIGNS[seed % len(DESIGNS)])
    moves: list[str] = []
    async with playing(design, size=size, language=("en", "zh")[seed % 2]) as player:
        for _ in range(MOVES):
            if not any(isinstance(s, PlayScreen) for s in player.app.screen_stack):
                break  # through the outline of an entered step, into the course
            try:
                moves.append(await one_move(player, rng))
                check_screen(player.text, size)
            except Exception as error:
                raise AssertionError(f"after {moves[-12:]}") from error
