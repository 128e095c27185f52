"""A home of its own for each test, and a terminal of the usual kind."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Progress, settings and exported files go here."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(folder))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")
    for variable in ("NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder
