"""A run that does not end by itself, for a process that must not import torch."""

from tuiexplain.lab.presets import preset
from tuiexplain.lab.settings import Settings


def forever() -> Settings:
    """A small GPT with steps without end."""
    return preset("gpt", "tiny").changed(
        device="cpu", threads=1, eval_batches=2, eval_every=50, steps=10**9
    )
