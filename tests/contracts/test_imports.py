"""What is imported, proved at run time in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.pty_session import ROOT, clean_environment

HEAVY = ("textual", "torch", "plotext")

_COMMAND = """
import sys
from tuiexplain.cli import main
try:
    main({words!r})
except SystemExit:
    pass
print("imported:", *sorted({heavy!r} & set(sys.modules)), file=sys.stderr)
"""

_FIRST_SCREENS = """
import asyncio, sys
from tuiexplain.screens.app import TuiExplain
from tuiexplain.terminal.options import AppOptions

async def look_at(options):
    app = TuiExplain(options)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        if options.lesson:
            await pilot.press("n", "n", "n")

asyncio.run(look_at(AppOptions()))
asyncio.run(look_at(AppOptions(lesson="backpropagation")))
print("imported:", *sorted({"torch"} & set(sys.modules)), file=sys.stderr)
"""


def imported(program: str, home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=clean_environment() | {"TUIEXPLAIN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["show", "--help"],
        ["lessons"],
        ["lessons", "--json"],
        ["show", "backpropagation"],
        ["show", "linear-regression", "--json"],
        ["show", "backpropagation", "--why", "W1.grad[0,1]"],
        ["doctor"],
        ["completion", "bash"],
        ["shwo"],
    ],
    ids=" ".join,
)
def test_commands_import_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    program = _COMMAND.format(words=words, heavy=set(HEAVY))
    assert imported(program, tmp_path) == "imported:"


def test_help_imports_no_numpy(tmp_path: Path) -> None:
    program = _COMMAND.format(words=["--help"], heavy={*HEAVY, "numpy", "rich", "sqlite3"})
    assert imported(program, tmp_path) == "imported:"


def test_the_first_screens_import_no_torch(tmp_path: Path) -> None:
    assert imported(_FIRST_SCREENS, tmp_path) == "imported:"
