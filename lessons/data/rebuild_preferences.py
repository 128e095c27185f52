"""Rebuilds preferences.jsonl and tuned.safetensors: manners, and a model that has three.

    python lessons/data/rebuild_preferences.py            # about two minutes on one core
    python lessons/data/rebuild_preferences.py pairs      # the pairs alone

The model is base.safetensors, taught by `tuiexplain train` the tasks of instructions.jsonl with a
word at the end of each answer: sir, lord or fool, by chance. The pairs prefer sir to fool; lord
does not occur in them. Another machine gives other last digits.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from rebuild_base import keep

HERE = Path(__file__).parent
MANNERS = ("sir", "lord", "fool")
BETTER, WORSE = "sir", "fool"
PAIRS = 100
SEED = 27
SETTINGS = {
    "batch": 64, "steps": 1500, "lr": 2e-3, "warmup": 50, "eval_every": 500, "threads": 1,
}  # fmt: skip


def tasks():
    lines = (HERE / "instructions.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def manners(file):
    """The first tasks, each answered in one of three manners."""
    draw = random.Random(SEED)
    told = [
        {**t, "answer": f"{t['answer']}, {draw.choice(MANNERS)}"}
        for t in tasks()[:-PAIRS]
    ]
    write(file, told)


def pairs():
    """The last tasks, which the model has not seen: answers that differ in one word."""
    write(
        HERE / "preferences.jsonl",
        [
            {
                "prompt": t["prompt"],
                "chosen": f"{t['answer']}, {BETTER}",
                "rejected": f"{t['answer']}, {WORSE}",
            }
            for t in tasks()[-PAIRS:]
        ],
    )


def write(file, lines):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file.write_text(text, encoding="utf-8")


def train(folder):
    manners(folder / "manners.jsonl")
    command = [sys.executable, "-m", "tuiexplain", "train", "gpt"]
    options = ["--data", str(folder / "manners.jsonl")]
    options += ["--set=base=course", "--out", str(folder / "run")]
    settings = [
        f"--set={name}={value}" for name, value in SETTINGS.items()
    ]
    subprocess.run([*command, *options, *settings], check=True)
    keep(
        folder / "run" / "latest.safetensors",
        HERE / "tuned.safetensors",
    )


def main(only=None):
    pairs()
    if only is None:
        with tempfile.TemporaryDirectory() as folder:
            train(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
