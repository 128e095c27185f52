"""A run handed on from the playground's screen, and taken up by another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.player import playing
from tuiexplain.cli import main
from tuiexplain.play.design import Design
from tuiexplain.play.play import Play
from tuiexplain.play.sharing.text import read


async def test_everything_is_written_and_the_text_is_in_the_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with playing(Design(data="xor", seed=3)) as player:
        await player.train(30)
        await player.press("E")
        assert "playground-1" in player.screen.message
        story = read(player.app.clipboard)
        assert story.length == 30
        again = Play.told(story.segments, story.length)
        assert list(again.run.losses) == list(player.play.run.losses)
    folder = tmp_path / "playground-1"
    assert {file.name for file in folder.iterdir()} == {
        "curves.csv",
        "data.npz",
        "picture.svg",
        "run.txt",
        "train_numpy.py",
        "train_torch.py",
        "weights.npz",
        "weights.safetensors",
    }
    assert "<svg" in (folder / "picture.svg").read_text()


async def test_a_folder_that_cannot_be_written_to_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "tuiexplain.screens.play.sharing.Path.cwd", lambda: Path("/proc/nowhere"), raising=True
    )
    async with playing(Design()) as player:
        await player.press("E")
        assert "/proc/nowhere" in player.screen.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tx1:lr=0.1:@3:~00000000", "damaged"),
        ("tx9:torus", "later version"),
        ("hello", "not the text of a run"),
    ],
)
def test_a_text_that_cannot_be_taken_up_is_told(
    text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", "--from", text]) == 2
    assert said in capsys.readouterr().err


def test_a_text_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "spiral", "--from", "tx1"]) == 2
    assert "alone" in capsys.readouterr().err
