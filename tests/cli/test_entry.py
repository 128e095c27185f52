"""What every command owes: the right stream, the right exit code, never a traceback."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tuiexplain
from tests.cli.conftest import Run
from tests.terminal.pty_session import ROOT, Session, clean_environment
from tuiexplain.cli import main
from tuiexplain.cli.arguments import parser
from tuiexplain.course.text import width
from tuiexplain.terminal.colour import Colour
from tuiexplain.terminal.options import AppOptions


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence with which a bad use is refused."""
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("tuiexplain: ")
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    return told.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"tuiexplain {tuiexplain.__version__}\n"


def test_help_lists_what_is_there_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    listed = capsys.readouterr().out
    for command in (
        "open",
        "lessons",
        "show",
        "play",
        "train",
        "attach",
        "chat",
        "check",
        "new",
        "follow",
        "doctor",
        "completion",
    ):
        assert f"\n    {command} " in listed
    for planned in ("trace",):
        assert f"\n    {planned} " not in listed


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["shwo"], "`tuiexplain show`"),
        (["backpropagation"], "`tuiexplain open LESSON`"),
        (["show"], "LESSON"),
        (["show", "backpropogation"], "backpropagation"),
        (["show", "99"], "99"),
        (["open", "linear-regresion"], "linear-regression"),
        (["show", "6", "--step", "-1"], "--step"),
        (["show", "6", "--step", "two"], "whole number"),
        (["show", "6", "--at", "1.5"], "whole number"),
        (["show", "6", "--at", "9999"], "9999"),
        (["show", "6", "--part", "nope"], "nope"),
        (["show", "6", "--set", "lr"], "lr=0.1"),
        (["show", "6", "--set", "=3"], "lr=0.1"),
        (["show", "6", "--set", "lr=abc"], "lr is a number"),
        (["show", "6", "--set", "lr=nan"], "lr is a number"),
        (["show", "6", "--set", "rate=1"], "rate"),
        (["show", "6", "--why", "W1.gard[0,1]"], "W1.grad"),
        (["show", "6", "--why", "W1[9,9]"], "W1"),
        (["show", "6", "--lang", "fr"], "--lang"),
        (["lessons", "--jsn"], "--jsn"),
        (["completion", "tcsh"], "bash, zsh, fish"),
        (["check", "/no/such/folder"], "/no/such/folder"),
    ],
)
def test_bad_use_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    assert expected in refused(words, capsys)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["shwo"], "是不是 `tuiexplain show`？"),
        (["show"], "还缺：LESSON"),
        (["show", "6", "--jsn"], "看不懂：--jsn"),
        (["show", "6", "--step"], "--step：后面要有一个值"),
        (["show", "6", "--step", "two"], "`two` 不是从 0 起的整数"),
        (["completion", "tcsh"], "不在 bash, zsh, fish 之中"),
        (["show", "99"], "没有第 99 课"),
        (["show", "6", "--part", "nope"], "没有 'nope' 这一部分"),
        (["show", "6", "--set", "rate=1"], "没有旋钮 'rate'"),
        (["show", "6", "--set", "lr=abc"], "lr 是一个数"),
        (["check", "/no/such/folder"], "没有这个文件夹"),
    ],
)
def test_bad_use_is_told_in_chinese(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    told = refused(["--lang", "zh", *words], capsys)
    assert expected in told
    (home / "config.toml").write_text("language = 'zh'")
    assert refused(words, capsys) == told, "the configuration says it too"


@pytest.mark.parametrize("command", ["", *sorted(parser()._subparsers._group_actions[0].choices)])
def test_help_is_in_the_language_and_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = {}
    for language in ("zh", "en"):
        with pytest.raises(SystemExit):
            main(["--lang", language, *([command] if command else []), "--help"])
        told[language] = capsys.readouterr().out
        shell = command == "completion"  # its lines are to be copied whole
        assert shell or all(width(line) <= 80 for line in told[language].splitlines())
    assert told["zh"].startswith("用法：")
    assert told["en"].startswith("usage: ")
    assert "show this help" in told["en"]
    assert "显示这份说明" in told["zh"]
    assert not re.search(r"[a-z]+ (the|a|of|to) [a-z]+", told["zh"])


def test_a_bad_configuration_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "config.toml").write_text("language = 'fr'")
    assert "language must be one of" in refused(["lessons"], capsys)


def test_an_unforeseen_error_is_one_sentence_too(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("out of ideas")

    monkeypatch.setattr("tuiexplain.course.course.the_course", fail)
    assert "out of ideas" in refused(["open", "6"], capsys)
    monkeypatch.setenv("TUIEXPLAIN_DEBUG", "1")
    with pytest.raises(RuntimeError):
        main(["open", "6"])


def test_words_and_data_keep_to_their_streams(run: Run, tmp_path: Path) -> None:
    (tmp_path / "progress.sqlite3").write_text("no database at all")
    shown = run("lessons", "--json")
    assert shown.returncode == 0
    assert len(json.loads(shown.stdout)["lessons"]) == 28


def test_a_pipe_that_closes_is_no_error() -> None:
    command = f"{sys.executable} -m tuiexplain show 6 --json | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


def test_a_full_disk_is_one_sentence(run: Run) -> None:
    with open("/dev/full", "w") as full:
        done = run("lessons", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no space left" in done.stderr


def test_an_encoding_that_lacks_the_words_is_no_error(run: Run) -> None:
    done = run("lessons", "--lang", "zh", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stderr == ""


def test_no_standard_output_at_all(run: Run) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m tuiexplain lessons >&-"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_an_interrupt_is_130(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tuiexplain", "show", "6", "--step", "100000000"]
    environ = clean_environment() | {"TUIEXPLAIN_HOME": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("words", [[], ["open", "6"]])
def test_the_application_refuses_what_is_no_terminal(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "terminal" in done.stderr
    assert "tuiexplain show" in done.stderr


@pytest.mark.parametrize("term", ["dumb", ""])
def test_the_application_refuses_a_terminal_that_cannot_place_text(term: str) -> None:
    session = Session(["-m", "tuiexplain"], environ={"TERM": term})
    try:
        assert session.wait_for_exit() == 2
    finally:
        session.end()
    assert b"\x1b" not in session.raw
    assert b"TERM" in session.raw


@pytest.mark.parametrize(
    ("words", "environ"), [(["--lang", "zh", "--ascii"], {}), (["--lang", "zh"], {"LC_ALL": "C"})]
)
def test_chinese_is_not_drawn_as_question_marks(words: list[str], environ: dict[str, str]) -> None:
    session = Session(["-m", "tuiexplain", *words], environ=environ)
    try:
        assert session.wait_for_exit() == 2
    finally:
        session.end()
    assert b"UTF-8" in session.raw
    assert b"\x1b" not in session.raw


def test_options_before_and_after_open_mean_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr("tuiexplain.terminal.refusal.why_not_here", lambda: None)
    monkeypatch.setattr("tuiexplain.screens.app.run_app", started.append)
    main(["--lang", "en", "--no-mouse", "--colour", "16", "open", "6", "--part", "mazur"])
    main(["open", "6", "--part", "mazur", "--lang", "en", "--no-mouse", "--color", "16"])
    main(["open", "06-backpropagation"])
    one, other, bare = started
    assert one == other
    assert (one.lesson, one.part, one.language) == ("backpropagation", "mazur", "en")
    assert (one.mouse, one.colour, one.ascii) == (False, Colour.SIXTEEN, None)
    assert bare == AppOptions(lesson="backpropagation")
