"""Rough weather, in a real pseudo-terminal."""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal.pty_session import ALTERNATE_SCREEN, MOUSE, Session

Start = Callable[..., Session]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    sessions = []

    def begin(*words: str, **options: object) -> Session:
        session = Session(["-m", "tests.terminal.sample", str(tmp_path), *words], **options)
        sessions.append(session)
        session.wait_for("ready")
        return session

    yield begin
    for session in sessions:
        session.end()


def saved(folder: Path) -> str:
    file = folder / "saved"
    return file.read_text() if file.exists() else ""


def test_quitting_gives_the_terminal_back_and_saves(start: Start, tmp_path: Path) -> None:
    session = start()
    assert session.mode(ALTERNATE_SCREEN)
    assert any(session.mode(number) for number in MOUSE)
    session.process.send("q")
    assert session.wait_for_exit() == 0
    session.assert_given_back()
    assert saved(tmp_path) == "saved\n"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_gives_the_terminal_back_and_saves(
    start: Start, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    session = start()
    os.kill(session.process.pid, number)
    assert session.wait_for_exit() == code
    session.assert_given_back()
    assert saved(tmp_path) == "saved\n"
    assert "Traceback" not in session.text()


def test_a_hanging_application_ends_too(start: Start, tmp_path: Path) -> None:
    session = start()
    session.process.send("h")
    session.wait_for((tmp_path / "hanging").exists)
    os.kill(session.process.pid, signal.SIGTERM)
    began = time.monotonic()
    assert session.wait_for_exit() == 143
    assert time.monotonic() - began < 8
    session.assert_given_back()
    assert saved(tmp_path) == "saved\n"


def test_a_second_signal_ends_a_hanging_application_at_once(start: Start, tmp_path: Path) -> None:
    session = start()
    session.process.send("h")
    session.wait_for((tmp_path / "hanging").exists)
    began = time.monotonic()
    for _ in range(2):
        os.kill(session.process.pid, signal.SIGTERM)
        time.sleep(0.3)
    assert session.wait_for_exit() == 143
    assert time.monotonic() - began < 2.5
    session.assert_given_back()
    assert saved(tmp_path) == "saved\n"


def test_a_fault_in_a_widget_is_one_sentence(start: Start, tmp_path: Path) -> None:
    session = start()
    session.process.send("b")
    assert session.wait_for_exit() == 1
    session.assert_given_back()
    assert saved(tmp_path) == "saved\n"
    after = session.raw.rpartition(b"\x1b[?1049l")[2].decode()
    assert "ZeroDivisionError: a widget's own" in after
    assert "Traceback" not in after
    (report,) = tmp_path.glob("fault-*.txt")
    assert "Traceback" in report.read_text()
    assert report.name in after.replace("\r\n", "")


def test_a_save_that_fails_is_told_and_is_a_fault(start: Start) -> None:
    session = start()
    session.process.send("s")
    session.process.send("q")
    assert session.wait_for_exit() == 1
    session.assert_given_back()
    assert b"the disk is on fire" in session.raw


@pytest.mark.parametrize("words", [(), ("keep-hup",)])
def test_a_vanished_terminal_ends_it_without_spinning(
    start: Start, tmp_path: Path, words: tuple[str, ...]
) -> None:
    session = start(*words)
    pid = session.process.pid
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    session.hang_up()
    status = _wait(pid, seconds=8)
    assert os.WIFEXITED(status)
    assert os.WEXITSTATUS(status) == 129
    assert saved(tmp_path) == "saved\n"
    # Start-up is within this; a second of spinning would not be.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 2.5
    assert list(tmp_path.glob("fault-*")) == []


def _wait(pid: int, seconds: float) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError("it lives on without a terminal")
