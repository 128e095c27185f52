"""Train the lesson's small GPT again, with the program's own lab.

    python lessons/24-generation/data/rebuild.py

Two layers of width 16 learn one sonnet by heart: minutes on one core.
The same seed gives the same weights up to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tuiexplain.lab.data.source import Inputs, Targets
from tuiexplain.lab.devices import choose
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.streams import generator
from tuiexplain.lab.trainer import Trainer

HERE = Path(__file__).parent

SETTINGS = Settings(
    layers=2,
    heads=1,
    width=16,
    context=224,
    batch=8,
    steps=6000,
    lr=6e-3,
    min_lr=1e-4,
    weight_decay=0.0,
    device="cpu",
)


class Sonnet:
    """Windows of one text; nothing is held out: it is to be learnt by heart."""

    def __init__(self, text: str) -> None:
        self.characters = sorted(set(text))
        self.classes = len(self.characters)
        self.tokens = np.array([self.characters.index(c) for c in text])

    def batch(
        self, seed: int, index: int, size: int
    ) -> tuple[Inputs, Targets]:
        """Half the windows begin where the text does, as the lesson's prompt."""
        length = SETTINGS.context
        random = generator(seed, "batch", index)
        starts = random.integers(0, len(self.tokens) - length, size)
        starts[: size // 2] = 0
        rows = self.tokens[starts[:, None] + np.arange(length + 1)]
        return rows[:, :-1], rows[:, 1:]

    def evaluation(
        self, split: str, batches: int, size: int
    ) -> Iterator[tuple[Inputs, Targets]]:
        yield self.batch(0, 0, size)

    def describe(self) -> str:
        return "one sonnet"

    def fingerprint(self) -> str:
        return ""


def main() -> None:
    sonnet = Sonnet((HERE / "sonnet.txt").read_text(encoding="utf-8"))
    trainer = Trainer(SETTINGS, sonnet, choose(SETTINGS))
    while trainer.step < SETTINGS.steps:
        step = trainer.advance()
        if step.step % 500 == 0:
            print(f"step {step.step}: loss {step.loss:.4f}", flush=True)
    weights = {
        name: parameter.detach().numpy().astype(np.float32)
        for name, parameter in trainer.model.named_parameters()
    }
    np.savez_compressed(
        HERE / "gpt.npz",
        characters=np.array(sonnet.characters),
        **weights,
    )


if __name__ == "__main__":
    main()
