"""Which process this is."""

import pytest

from tuiexplain.lab.together.place import Place, here

TOLD = {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}


def test_without_torchrun_it_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*TOLD, "MASTER_ADDR"):
        monkeypatch.delenv(name, raising=False)
    assert here() is None


def test_torchrun_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER_ADDR", "localhost")
    for name, number in TOLD.items():
        monkeypatch.setenv(name, number)
    assert here() == Place(3, 4, 1, 2)
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert here() is None
