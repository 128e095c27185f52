"""The real program in a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal.pty_session import Session

Start = Callable[..., Session]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "pty: drives the program through a pseudo-terminal")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Progress and settings go here."""
    return tmp_path / "home"


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start the program with these arguments; ``module`` is what stands in for ``tuiexplain``."""
    sessions = []

    def begin(*arguments: str, module: str = "tuiexplain", **options: object) -> Session:
        environ = {"TUIEXPLAIN_HOME": str(home), **options.pop("environ", {})}  # type: ignore[dict-item]
        session = Session(["-m", module, *arguments], environ=environ, **options)  # type: ignore[arg-type]
        sessions.append(session)
        return session

    yield begin
    for session in sessions:
        session.end()
