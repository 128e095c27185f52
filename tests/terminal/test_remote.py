"""Through SSH and in tmux: what arrives there, and what happens when the line is cut."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.pty_session import ROOT, Session, clean_environment

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def wait_for(something: Path, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not something.exists():
        assert time.monotonic() < until, f"waited in vain for {something.name}"
        time.sleep(0.05)


def _fails(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    return done.returncode != 0


# ----------------------------------------------------------------------- SSH


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[list[str]]:
    """The command `ssh -tt … localhost`, to a server of our own on the loopback."""
    if SSHD is None or shutil.which("ssh") is None:
        pytest.skip("no OpenSSH on this machine")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it when root
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(command, check=True, timeout=20)
    (tmp_path / "user.pub").rename(tmp_path / "authorized")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {tmp_path}/host",
        f"AuthorizedKeysFile {tmp_path}/authorized",
        f"PidFile {tmp_path}/pid",
        "PermitRootLogin yes",
        "StrictModes no",
        "PasswordAuthentication no",
        "UsePAM no",
    ]
    (tmp_path / "settings").write_text("\n".join(settings) + "\n")
    server = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", str(tmp_path / "settings")],
        stderr=(tmp_path / "log").open("w"),
    )
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
    command = ["ssh", "-tt", "-p", str(port), "-i", str(tmp_path / "user")]
    command += [word for option in options for word in ("-o", option)]
    command += [f"{getpass.getuser()}@127.0.0.1"]
    try:
        until = time.monotonic() + 10
        while _fails([*command, "true"]):
            log = (tmp_path / "log").read_text()
            if server.poll() is not None or time.monotonic() > until:
                pytest.skip(f"no SSH server could be started here: {log[-300:]}")
            time.sleep(0.2)
        yield command
    finally:
        server.terminate()
        server.wait(10)


def sample(folder: Path) -> str:
    """The sample application as a shell's command."""
    words = [sys.executable, "-m", "tests.terminal.sample", str(folder)]
    return f"cd {shlex.quote(str(ROOT))} && exec {shlex.join(words)}"


def test_a_cut_ssh_line_ends_the_application_and_saves(ssh: list[str], tmp_path: Path) -> None:
    session = Session([*ssh[1:], sample(tmp_path)], program=ssh[0])
    try:
        session.wait_for("ready")
        os.kill(session.process.pid, signal.SIGKILL)
        wait_for(tmp_path / "saved")
    finally:
        session.end()
    assert not list(tmp_path.glob("fault-*"))


def test_ssh_hands_on_term_and_not_colorterm(ssh: list[str], tmp_path: Path) -> None:
    doctor = f"cd {shlex.quote(str(ROOT))} && {sys.executable} -m tuiexplain doctor"
    session = Session(
        [*ssh[1:], doctor],
        program=ssh[0],
        size=(120, 40),
        environ={"COLORTERM": "truecolor", "TERM": "xterm-256color"},
    )
    try:
        assert session.wait_for_exit() == 0
    finally:
        session.end()
    assert "colours   256" in session.text()
    assert "session   SSH" in session.text()


# ---------------------------------------------------------------------- tmux


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """The command `tmux` with a server of our own."""
    if shutil.which("tmux") is None:
        pytest.skip("no tmux on this machine")
    command = ["tmux", "-L", f"tuiexplain-{os.getpid()}", "-f", "/dev/null"]
    try:
        yield command
    finally:
        _fails([*command, "kill-server"])


def test_in_tmux_it_is_drawn_and_a_killed_pane_saves(tmux: list[str], tmp_path: Path) -> None:
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

    ask("new-session", "-d", "-x", "80", "-y", "24", "-s", "it", sample(tmp_path))
    until = time.monotonic() + 20
    while "ready ∂L/∂η" not in ask("capture-pane", "-p", "-t", "it"):
        assert time.monotonic() < until, ask("capture-pane", "-p", "-t", "it")
        time.sleep(0.1)
    ask("kill-pane", "-t", "it")
    wait_for(tmp_path / "saved")
    assert not list(tmp_path.glob("fault-*"))
