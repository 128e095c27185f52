"""Rebuilds base.safetensors: a small GPT that has read nine plays, in half precision.

    python lessons/data/rebuild_base.py        # about six minutes on one core

It is trained by `tuiexplain train`; what is kept are the weights alone, without the optimiser's
memory. Another machine gives other last digits.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

HERE = Path(__file__).parent
SETTINGS = {
    "layers": 3, "heads": 4, "width": 96, "context": 32, "unit": "bytes", "batch": 48,
    "steps": 2500, "lr": 2e-3, "warmup": 50, "threads": 1,
}  # fmt: skip


def train(folder):
    settings = [
        f"--set={name}={value}" for name, value in SETTINGS.items()
    ]
    command = [
        sys.executable,
        "-m",
        "tuiexplain",
        "train",
        "gpt",
        "--out",
        str(folder),
    ]
    subprocess.run([*command, *settings], check=True)


def keep(run, file):
    with safe_open(run, "pt") as opened:
        names = opened.keys()
        half = {
            name: opened.get_tensor(name).to(torch.float16)
            for name in names
            if name.startswith("model.")
        }
        metadata = opened.metadata()
    told = json.loads(metadata["run"])
    # Only the name: where it lay is nobody's business.
    told["settings"]["data"] = Path(told["settings"]["data"]).name
    metadata["run"] = json.dumps(told, ensure_ascii=False)
    save_file(half, file, metadata)


def main(run=None):
    if run is not None:
        keep(Path(run), HERE / "base.safetensors")
        return
    with tempfile.TemporaryDirectory() as folder:
        train(Path(folder) / "run")
        best = Path(folder) / "run" / "best.safetensors"
        keep(best, HERE / "base.safetensors")


if __name__ == "__main__":
    main(*sys.argv[1:])
