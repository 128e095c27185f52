"""Rebuilds sizes.csv: one small GPT at five widths, each trained on the same plays.

    python lessons/28-scaling/data/rebuild.py   # three to five minutes, one core

They differ by their width alone: the same batches, steps and learning rates. Another machine gives
other last digits. Part `sizes` of the lesson trains the same networks on the screen.
"""

import csv
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
WIDTHS = (8, 16, 32, 64, 128)


def settings():
    """What the lesson's part `sizes` trains with."""
    lesson = tomllib.loads(
        (HERE.parent / "lesson.toml").read_text(encoding="utf-8")
    )
    (part,) = (p for p in lesson["part"] if p["id"] == "sizes")
    seed = part.get("seed", 7)  # what a part begins with
    return part["lab"]["preset"], {
        **part["lab"]["settings"],
        "seed": seed,
    }


def train(width, preset, told):
    """Parameters, and the losses at the last evaluation."""
    words = {**told, "width": width, "threads": 1}
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "tuiexplain",
            "train",
            "gpt",
            "--json",
            "--device=cpu",
            f"--preset={preset}",
            f"--out={folder}/run",
            *(f"--set={name}={value}" for name, value in words.items()),
        ]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True
        )
    last = json.loads(done.stdout.splitlines()[-1])
    (line,) = (
        x for x in done.stderr.splitlines() if " parameters on " in x
    )
    parameters = int(
        line.split(" parameters")[0].split()[-1].replace(",", "")
    )
    return {
        "width": width,
        "parameters": parameters,
        "val_loss": round(last["val_loss"], 4),
        "loss": round(last["loss"], 4),
        "seconds": round(last["seconds"], 1),
    }


def main():
    preset, told = settings()
    with (HERE / "sizes.csv").open(
        "w", encoding="utf-8", newline=""
    ) as file:
        writer = None
        for width in WIDTHS:
            row = train(width, preset, told)
            writer = writer or csv.DictWriter(
                file, row, lineterminator="\n"
            )
            if width == WIDTHS[0]:
                writer.writeheader()
            writer.writerow(row)
            file.flush()
            print(row)


if __name__ == "__main__":
    main()
