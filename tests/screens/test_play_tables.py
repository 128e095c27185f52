"""A table in the playground: looked at, and its target chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.player import playing
from tuiexplain.course.languages import tr
from tuiexplain.play.design import Design
from tuiexplain.play.sources import fitted
from tuiexplain.screens.play.columns import Columns


async def test_columns_say_what_they_are_and_what_is_made_of_them() -> None:
    async with playing(fitted(Design(data="penguins"))) as player:
        await player.press("P")
        screen = player.app.screen
        assert isinstance(screen, Columns)
        told = {entry.target: entry for entry in screen.entries()}
        assert "predicted" in told["species"].text
        assert "2 missing" in told["bill_depth_mm"].text
        assert "Minus" in told["bill_depth_mm"].more
        assert "Biscoe" in told["island"].more


async def test_another_column_is_predicted() -> None:
    async with playing(fitted(Design(data="penguins"))) as player:
        await player.train(5)
        await player.press("P", *"mass", "enter")
        assert player.play.design.target == "body_mass_g"
        assert player.play.dataset.classes == ()
        assert "species=Adelie" in player.play.design.features
        assert player.play.length == 0


async def test_a_column_that_cannot_be_predicted_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = "".join(f"{i},k{i},{i % 2}\n" for i in range(40))
    file.write_text("a,name,kind\n" + rows)
    async with playing(fitted(Design(data=str(file)))) as player:
        await player.train(5)
        await player.press("P", *"name", "enter")
        assert player.play.design.target == ""
        assert player.play.length == 5
        assert "40" in player.screen.message


async def test_switches_of_one_column_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = "".join(f"{['yes', 'no'][i % 2]},{i % 7},{i % 3}\n" for i in range(40))
    file.write_text("smoker,n,kind\n" + rows)
    async with playing(fitted(Design(data=str(file)))) as player:
        assert "sm…=yes" in player.pane("network") or "smo…=yes" in player.pane("network")
        assert "smo…=no" in player.pane("network") or "smok…=no" in player.pane("network")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_table_opens_with_its_notes_and_its_key(language: str) -> None:
    async with playing(fitted(Design(data="penguins")), language=language) as player:
        assert "11" in player.pane("note")
        assert "P " in player.pane("note")
        assert "…" not in player.pane("note")
        await player.press("R", "l", "tab", "tab", "l", "u")
        assert tr("choice.none", language) in player.message


async def test_points_that_are_made_here_have_no_table() -> None:
    async with playing(Design()) as player:
        await player.press("P")
        assert "For a table" in player.screen.message


async def test_what_is_done_to_a_table_is_said_when_it_comes() -> None:
    async with playing(fitted(Design(data="penguins"))) as player:
        assert "rows are left out" in player.message
    async with playing() as player:
        await player.dial("data")
        await player.press("e")
        await player.press("backspace", times=10)
        await player.type("penguins")
        assert "rows are left out" in player.message


async def test_measured_columns_lie_along_the_axes_before_switches() -> None:
    async with playing(fitted(Design(data="penguins"))) as player:
        columns = player.play.dataset.columns
        assert [columns[at] for at in player.standing.axes] == ["bill_length_mm", "bill_depth_mm"]
