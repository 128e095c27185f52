"""The command line with a home of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.pty_session import ROOT, clean_environment

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for progress and configuration, and an English UTF-8 locale."""
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path))
    for name in ("LC_ALL", "LC_MESSAGES", "TUIEXPLAIN_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return tmp_path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`tuiexplain` as a process; its environment is as clean as a new login's."""

    def run_it(*words: str, env: dict[str, str] | None = None, **options: object):
        options = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL} | options
        environ = clean_environment() | {"TUIEXPLAIN_HOME": str(tmp_path)} | (env or {})
        command = [sys.executable, "-m", "tuiexplain", *words]
        return subprocess.run(command, env=environ, cwd=ROOT, timeout=120, check=False, **options)

    return run_it
