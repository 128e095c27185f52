"""What each kind of terminal gets."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Start
from tests.terminal.pty_session import ALTERNATE_SCREEN, ROOT, Session, clean_environment
from tuiexplain.course.progress import Progress

pytestmark = pytest.mark.pty


def step_to(session: Session, key: str, status: str) -> str:
    """Press a key and wait until the status line says so; the screen."""
    session.process.send(key)
    session.wait_for(lambda: status in session.screen.display[0])
    session.wait_for(lambda: session.read(0.05) == b"")
    return session.text()


def look_around(session: Session) -> None:
    """Step, ask why, read the code, and open the help page."""
    for keys, shown in (("nn", "step 2/14"), ("\r", "Why"), ("c", "NumPy"), ("?", "Look closer")):
        session.process.send(keys)
        session.wait_for(shown)


def test_it_opens_at_80x24_in_256_colours_and_is_silent_when_idle(start: Start) -> None:
    session = start("open", "backpropagation")
    session.wait_for("q quit")
    assert "06 Backpropagation" in session.screen.display[0]
    assert session.mode(ALTERNATE_SCREEN)
    colours = session.colours()
    assert any(b"38;5;" in colour for colour in colours)
    assert not any(b"38;2;" in colour or b"48;2;" in colour for colour in colours)
    session.wait_for(lambda: session.read(0.2) == b"")
    assert session.read(0.7) == b"", "idle, and yet it draws"
    session.process.send("q")
    assert session.wait_for_exit() == 0
    session.assert_given_back()
    assert "Traceback" not in session.text()


def test_the_way_there_and_back_in_chinese(start: Start) -> None:
    session = start("--lang", "zh", "open", "2")
    session.wait_for("q 退出")
    there = [session.text()]
    for at in (1, 2, 3, 4, 5):
        there.append(step_to(session, "n", f"第 {at}/14 步"))
    for at in (4, 3, 2, 1, 0):
        there.pop()
        assert step_to(session, "p", f"第 {at}/14 步") == there[-1]
    session.process.send("L")
    session.wait_for("q quit")


def test_held_down_the_key_keeps_up(start: Start) -> None:
    session = start("open", "6")
    session.wait_for("q quit")
    session.process.send("sn" * 200)  # a question lets one on when it is skipped
    session.wait_for("The end of this lesson")
    session.process.send("p" * 200)
    session.wait_for("This is the first step of the lesson")


def test_without_colour_not_one_colour_is_sent(start: Start) -> None:
    session = start("open", "2", environ={"NO_COLOR": "1", "COLORTERM": "truecolor"})
    session.wait_for("q quit")
    for keys, shown in (
        ("nn", "step 2/14"),
        ("\r", "Why"),
        ("\x1b", "step 2/"),
        ("?", "Look closer"),
    ):
        session.process.send(keys)
        session.wait_for(shown)
    assert session.colours() == []
    assert re.search(rb"\x1b\[[0-9;]*[147]m", session.raw), "bold, underline and reverse stay"


def test_sixteen_colours(start: Start) -> None:
    session = start("open", "2", environ={"TERM": "xterm"})
    session.wait_for("q quit")
    step_to(session, "n", "step 1/14")
    colours = session.colours()
    assert colours
    assert not any(re.search(rb"[34]8[;:]", colour) for colour in colours)


def test_ascii_where_the_locale_is_not_utf8(start: Start) -> None:
    session = start("open", "2", environ={"LC_ALL": "C", "LANG": "C"})
    session.wait_for("q quit")
    look_around(session)
    session.raw.decode("ascii")


def test_the_mouse_steps(start: Start) -> None:
    session = start("open", "2")
    session.wait_for("q quit")
    row = next(y for y, line in enumerate(session.screen.display) if " backward " in line)
    column = session.screen.display[row].index("forward ") + len("forward ") + 2
    for letter in "Mm":
        session.process.send(f"\x1b[<0;{column + 1};{row + 1}{letter}")
    session.wait_for("step 3/14")


def test_without_the_mouse_the_terminal_keeps_it(start: Start) -> None:
    session = start("--no-mouse", "open", "2")
    session.wait_for("q quit")
    assert not any(session.mode(number) for number in (1000, 1002, 1003, 1006))


def test_a_small_window_says_so_until_it_grows(start: Start) -> None:
    session = start("open", "2", size=(20, 5))
    session.wait_for(lambda: "80" in session.text() and "24" in session.text())
    resize(session, 120, 40)
    session.wait_for("NumPy engine")
    resize(session, 60, 20)
    session.wait_for(lambda: "this window has 60 by 20" in " ".join(session.text().split()))
    resize(session, 80, 24)
    session.wait_for("q quit")
    step_to(session, "n", "step 1/14")


def resize(session: Session, columns: int, rows: int) -> None:
    """Make the window another size."""
    session.screen.resize(rows, columns)
    session.process.setwinsize(rows, columns)


# -- no terminal -----------------------------------------------------------------------------------


def test_what_is_no_terminal_is_told_so(home: Path) -> None:
    environ = clean_environment() | {"TUIEXPLAIN_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "tuiexplain", "open", "2"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=environ,
        cwd=ROOT,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "tuiexplain show" in done.stderr
    assert "\x1b" not in done.stderr


def test_half_a_terminal_is_none(home: Path) -> None:
    controller, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "tuiexplain"],
        stdin=terminal,
        stderr=terminal,
        stdout=subprocess.PIPE,
        timeout=30,
        check=False,
        env=clean_environment() | {"TUIEXPLAIN_HOME": str(home)},
        cwd=ROOT,
    )
    said = os.read(controller, 4096)
    os.close(controller)
    os.close(terminal)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"standard output is not" in said.replace(b"\r\n", b" ")
    assert b"\x1b" not in said


def test_a_dumb_terminal_gets_one_plain_sentence(start: Start) -> None:
    session = start("open", "2", environ={"TERM": "dumb"})
    assert session.wait_for_exit() == 2
    assert b"\x1b" not in session.raw
    assert "TERM is `dumb`" in " ".join(session.text().split())


def test_an_unknown_lesson_gets_the_nearest_names(start: Start, home: Path) -> None:
    session = start("open", "backpropagaton")
    assert session.wait_for_exit() == 2
    assert b"\x1b[?1049h" not in session.raw
    assert "backpropagation" in " ".join(session.text().split()).replace("backpropagaton", "")
    assert not home.exists() or Progress(home).last_place() is None


PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"


def test_what_is_pasted_steers_no_terminal(start: Start) -> None:
    session = start("open", "attention")
    session.wait_for("q quit")
    session.process.send("de")
    session.wait_for("your text")
    session.wait_for(lambda: session.read(0.1) == b"")
    session.process.send("\x15")  # clears the line up to the cursor
    before = len(session.raw)
    session.process.send(f"{PASTE_BEGINS}alpha\x07 \x9b7m \u202e beta{PASTE_ENDS}")
    session.wait_for("beta")
    session.process.send("\r")
    session.wait_for(lambda: "alpha" in session.screen.display[6])
    sent = session.raw[before:]
    for control in (b"\x07", b"\xc2\x9b", "\u202e".encode()):
        assert control not in sent, control
