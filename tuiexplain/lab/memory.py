"""No memory left, in one sentence that says what to change."""

from __future__ import annotations

import torch

from tuiexplain.lab.errors import RunStopped
from tuiexplain.lab.settings import Settings

_SIGNS = ("out of memory", "can't allocate memory", "not enough memory")


def out_of_memory(error: Exception, settings: Settings) -> RunStopped | None:
    """What to tell and change, if that is what the error is."""
    told = str(error).lower()
    short = isinstance(error, torch.OutOfMemoryError | MemoryError)
    if not (short or any(sign in told for sign in _SIGNS)):
        return None
    place = "memory" if settings.device == "cpu" or "cpu" in told else "GPU memory"
    size = f"batch={settings.batch}"
    if settings.model != "cnn":
        size += f" of context={settings.context}"
    if settings.batch > 1:
        half = settings.batch // 2
        remedy = (
            f"--set batch={half} --set accumulate={settings.accumulate * 2} learns the same "
            "from half of it"
        )
    else:
        remedy = "a smaller context or width needs less"
    return RunStopped(
        f"out of {place} with {size}, width={settings.width}: {remedy}; "
        "so does a smaller --preset, and --device cpu has the machine's memory.",
        "memory" if place == "memory" else "gpu_memory",
        batch=settings.batch,
        context=settings.context,
        width=settings.width,
    )
