"""How long a command takes to start, against `python -c "import textual.app"`.

Interleaved rounds in one run; medians.

    python -m tests.bench.bench_cli [--rounds 15]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from time import perf_counter

from tests.terminal.pty_session import ROOT, clean_environment

RIVAL = ["-c", "import textual.app"]
COMMANDS = {
    "--help": ["-m", "tuiexplain", "--help"],
    "--version": ["-m", "tuiexplain", "--version"],
    "lessons": ["-m", "tuiexplain", "lessons"],
    "show backpropagation": ["-m", "tuiexplain", "show", "backpropagation"],
}
LIMIT = 0.5
"""For `--help`."""


def seconds(arguments: list[str], environ: dict[str, str]) -> float:
    """How long one process takes from start to end."""
    began = perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return perf_counter() - began


def main() -> int:
    """Print the medians and their ratios; 1 where `--help` is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    everyone = {"import textual.app": RIVAL, **COMMANDS}
    times: dict[str, list[float]] = {name: [] for name in everyone}
    with tempfile.TemporaryDirectory() as home:
        environ = clean_environment() | {"TUIEXPLAIN_HOME": home}
        for number in range(rounds + 1):
            for name, arguments in everyone.items():
                taken = seconds(arguments, environ)
                if number:  # the first round warms the disk's cache
                    times[name].append(taken)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    rival = medians["import textual.app"]
    for name, median in medians.items():
        print(f"{name:<22} {median * 1e3:7.1f} ms   {median / rival:5.2f}x")
    return int(medians["--help"] / rival > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
