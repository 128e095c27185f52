"""Rough weather while the real program trains: nothing is left behind, and the place is kept."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Start
from tests.e2e.test_terminals import resize, step_to
from tests.terminal.pty_session import ROOT, Session, clean_environment
from tests.terminal.test_remote import ssh, tmux  # noqa: F401 - fixtures
from tuiexplain.course.progress import Place, Progress
from tuiexplain.course.storage import FILE_NAME

pytestmark = pytest.mark.pty

SLOW = "tests.e2e.slow"


def training(start: Start, **options: object) -> Session:
    """The real table, some steps into training."""
    session = start("open", "2", "--part", "table", module=SLOW, **options)
    session.wait_for("q quit")
    session.process.send("t")
    session.wait_for(lambda: trained(session) > 5)
    return session


def trained(session: Session) -> int:
    """The training step in the status line."""
    found = re.search(r"training step (\d+) ", session.screen.display[0])
    return int(found[1]) if found else -1


def kept(home: Path) -> Place:
    """The place that was saved last."""
    with Progress(home) as progress:
        place = progress.last_place("linear-regression")
        assert place is not None
        assert progress.notice is None
        return place


def wait_until_gone(process: int, seconds: float = 15) -> None:
    """Until there is no such process, or only its ashes."""
    end = time.monotonic() + seconds
    while Path(f"/proc/{process}/stat").exists():
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        assert time.monotonic() < end, "still running"
        time.sleep(0.02)


def test_resizing_while_training(start: Start) -> None:
    session = training(start)
    for size in ((120, 40), (30, 8), (200, 60), (80, 24)):
        resize(session, *size)
        session.wait_for("q quit" if size[0] >= 80 else "80")
    before = trained(session)
    session.wait_for(lambda: trained(session) > before)
    session.process.send("t")
    session.wait_for("paused at training step")
    assert len(session.screen.display) == 24


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_training(
    start: Start, home: Path, number: signal.Signals, code: int
) -> None:
    session = training(start)
    at = trained(session)
    os.kill(session.process.pid, number)
    assert session.wait_for_exit() == code
    session.assert_given_back()
    assert "Traceback" not in session.text()
    assert not Path(f"/proc/{session.process.pid}").exists()
    assert kept(home).part == "table"
    assert kept(home).step >= at


def test_the_terminal_vanishes_while_training(start: Start, home: Path) -> None:
    session = training(start)
    process = session.process.pid
    session.hang_up()
    wait_until_gone(process)
    assert kept(home).step > 5
    assert not list(home.glob("faults/*"))


def test_a_fault_in_a_pane_is_one_sentence(start: Start, home: Path) -> None:
    session = start("open", "2", module="tests.e2e.faulty")
    session.wait_for("q quit")
    step_to(session, "n", "step 1/14")
    step_to(session, "n", "step 2/14")
    session.process.send("n")
    assert session.wait_for_exit() == 1
    session.assert_given_back()
    said = "".join(session.text().split())
    assert "ZeroDivisionError:thetitle'sown" in said
    assert "yourprogressissaved" in said
    assert "Traceback" not in said
    (report,) = home.glob("faults/*")
    assert "in title" in report.read_text()
    assert kept(home).event == 3


def toast(session: Session) -> str:
    """What the notification in the corner says."""
    return " ".join(" ".join(re.findall("▌(.*)", session.text())).split())


def test_a_record_that_cannot_be_written_stops_nothing(start: Start, home: Path) -> None:
    home.mkdir()
    if os.geteuid() == 0:  # may write into a read-only folder, but not over a folder
        (home / FILE_NAME).mkdir()
    else:
        home.chmod(0o500)
    session = start("open", "2")
    session.wait_for(lambda: "cannot be written" in toast(session))
    step_to(session, "n", "step 1/14")
    session.process.send("L")
    session.wait_for("q 退出")
    session.process.send("q")
    assert session.wait_for_exit() == 0
    session.assert_given_back()


def test_divergence_is_shown_and_stepped_back_from(start: Start, home: Path) -> None:
    with Progress(home) as progress:
        progress.stand(Place("linear-regression", "line", 0, 5, "step", {"lr": 1e9}))
    session = start("open", "2")
    session.wait_for("q quit")
    session.process.send("t")
    session.wait_for("past what 64 bits hold")
    diverged = trained(session)
    assert diverged > 3
    assert "inf" in session.text()
    step_to(session, "[", f"training step {diverged - 1} ")
    assert "64 bits" not in session.text()
    session.process.send("r")
    session.wait_for("Back to training step 0")
    step_to(session, "nnnnn", "training step 0 · step 5/14")
    session.wait_for("+41")


def test_two_sessions_at_once_lose_nothing(start: Start, home: Path) -> None:
    first, second = start("open", "2"), start("open", "6")
    first.wait_for("q quit")
    second.wait_for("q quit")
    step_to(first, "n", "step 1/14")
    step_to(second, "n", "step 1/7")
    step_to(second, "n", "step 2/7")
    step_to(first, "n", "step 2/14")
    step_to(first, "n", "step 3/14")
    for session in (first, second):
        session.process.send("q")
    assert (first.wait_for_exit(), second.wait_for_exit()) == (0, 0)
    with Progress(home) as progress:
        assert progress.notice is None
        there = [progress.last_place(lesson) for lesson in ("linear-regression", "backpropagation")]
    assert [place and (place.part, place.event) for place in there] == [("line", 3), ("product", 2)]


def command(home: Path, *arguments: str) -> str:
    """The real program as a shell's command."""
    words = [sys.executable, "-m", "tuiexplain", *arguments]
    where = f"cd {shlex.quote(str(ROOT))} && TUIEXPLAIN_HOME={shlex.quote(str(home))}"
    return f"{where} exec {shlex.join(words)}"


def test_in_tmux(tmux: list[str], home: Path) -> None:  # noqa: F811
    def ask(*words: str) -> str:
        done = subprocess.run(
            [*tmux, *words],
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
        return done.stdout

    def until(text: str) -> str:
        end = time.monotonic() + 20
        while text not in (shown := ask("capture-pane", "-p", "-t", "app")):
            assert time.monotonic() < end, shown
            time.sleep(0.05)
        return shown

    ask("new-session", "-d", "-x", "80", "-y", "24", "-s", "app", command(home, "open", "6"))
    first = until("q quit")
    ask("send-keys", "-t", "app", "n")
    second = until("step 1/7")
    assert len(second.splitlines()) == len(first.splitlines()) == 24
    ask("send-keys", "-t", "app", "p")
    assert until("step 0/7") == first
    ask("resize-window", "-t", "app", "-x", "120", "-y", "40")
    until("NumPy engine")
    ask("kill-session", "-t", "app")
    end = time.monotonic() + 15
    with Progress(home) as progress:
        while progress.last_place("backpropagation") is None:
            assert time.monotonic() < end, "the place was not saved"
            time.sleep(0.05)


def test_over_ssh(ssh: list[str], home: Path) -> None:  # noqa: F811
    session = Session([*ssh[1:], command(home, "open", "6")], program=ssh[0])
    try:
        session.wait_for("q quit")
        step_to(session, "n", "step 1/7")
        assert not any(b"38;2;" in colour for colour in session.colours()), "256 colours at most"
        session.process.send("q")
        assert session.wait_for_exit() == 0
    finally:
        session.end()
