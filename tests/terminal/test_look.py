"""How many colours and which characters reach the terminal, by the bytes that were sent."""

import re
from pathlib import Path

import pytest

from tests.terminal.pty_session import Session
from tuiexplain.terminal.filters import in_ascii


def run_sample(folder: Path, *words: str, environ: dict[str, str] | None = None) -> Session:
    """The sample application, drawn once, moved about in, and quit."""
    session = Session(["-m", "tests.terminal.sample", str(folder), *words], environ=environ)
    try:
        session.wait_for("ready")
        session.process.send("\x1b[B\t\t\x10")  # down, Tab, Tab, the palette
        session.wait_for("Search")
        session.process.send("\x1b")
        session.read(0.5)
        session.process.send("q")
        assert session.wait_for_exit() == 0
    finally:
        session.end()
    return session


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {}])
def test_no_colour_is_not_one_sequence(tmp_path: Path, environ: dict[str, str]) -> None:
    session = run_sample(tmp_path, "none", environ=environ)
    assert session.colours() == []
    assert b"\x1b[7m" in session.raw, "what is chosen must be seen without colour: reverse"


def test_sixteen_colours(tmp_path: Path) -> None:
    session = run_sample(tmp_path, "16")
    assert session.colours() != []
    assert not any(re.search(rb"[34]8[;:]", each) for each in session.colours())


def test_256_colours(tmp_path: Path) -> None:
    session = run_sample(tmp_path, "256")
    assert any(b"8;5;" in each for each in session.colours())
    assert not any(re.search(rb"[34]8;2", each) for each in session.colours())


def test_true_colour(tmp_path: Path) -> None:
    session = run_sample(tmp_path, "true")
    assert any(b"8;2;" in each for each in session.colours())


def test_ascii_is_ascii_throughout(tmp_path: Path) -> None:
    session = run_sample(tmp_path, "ascii", environ={"LC_ALL": "C"})
    assert session.raw.isascii()


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [
        ("┌─┐│└┘", "+-+|++"),
        ("░▒▓█", ".:%#"),
        ("W1ᵀ·x₁", "W1T*x1"),
        ("梯度", "????"),
        ("，", ", "),
        ("⣀⠉⣿⠀", ".': "),
        ("θβΣ", "tbS"),
        ("é", "e"),
        ("plain", "plain"),
    ],
)
def test_likenesses_keep_their_width(text: str, ascii_text: str) -> None:
    assert in_ascii(text) == ascii_text
