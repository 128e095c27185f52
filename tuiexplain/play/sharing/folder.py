"""A run in a folder: programs that go on with it, its weights, its curves, its text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from tuiexplain.play.errors import PlayError
from tuiexplain.play.layout import COUNT
from tuiexplain.play.play import Play
from tuiexplain.play.sharing import scripts
from tuiexplain.play.sharing.text import Story, written

NAME = "playground"
MEASURED = 500
"""Rows of the curves that have the measures, at most."""


def share(play: Play, within: Path, picture: str | None = None) -> Path:
    """Write everything into a new folder ``playground-N`` of ``within``, and say where it is.

    ``picture`` is an SVG of the screen. :class:`PlayError` where the disk refuses.
    """
    number = 1
    while (folder := within / f"{NAME}-{number}").exists():
        number += 1
    text = written(Story(play.segments, play.length))
    try:
        folder.mkdir(parents=True)
        (folder / "run.txt").write_text(f"tuiexplain play --from {text}\n", encoding="utf-8")
        torch, plain = "train_torch.py", "train_numpy.py"
        (folder / torch).write_text(scripts.torch_script(play, text, torch), encoding="utf-8")
        (folder / plain).write_text(scripts.numpy_script(play, text, plain), encoding="utf-8")
        _save_arrays(folder / scripts.DATA, data(play))
        _save_weights(play, folder / "weights.safetensors")
        _save_arrays(folder / "weights.npz", weights(play))
        (folder / "curves.csv").write_text(curves(play), encoding="utf-8")
        if picture is not None:
            (folder / "picture.svg").write_text(picture, encoding="utf-8")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise PlayError(
            f"{folder}: {why}; free space, or go to a folder that can be written to.",
            "not_written",
            folder=str(folder),
            why=why,
        ) from None
    return folder


def data(play: Play) -> dict[str, np.ndarray]:
    """What the programs read: examples, the numbers at their first step, the losses from there."""
    program, first = play.program, scripts.first_step(play)
    everyone = program.dataset.train
    numbers = play.numbers(first)
    state = {name: np.array(numbers[name]) for name in numbers if name != COUNT}
    for memory in program.plan.memories:
        for name in play.shape.shapes():
            state.setdefault(f"{name}.{memory}", np.zeros(play.shape.shapes()[name]))
    return {
        "x": program.inputs[everyone],
        "t": program.wanted[everyone],
        "kept": np.isin(everyone, program.train),
        "losses": np.array(play.run.losses[first:]),
        "updates": np.array(int(numbers[COUNT][0]) if COUNT in numbers else 0),
        **state,
    }


def weights(play: Play) -> dict[str, np.ndarray]:
    """Weights and running means before the next step, each an array of its own."""
    numbers = play.numbers(play.length)
    names = (*play.shape.shapes(), *play.shape.buffers())
    return {name: np.ascontiguousarray(numbers[name]) for name in names}


def _save_arrays(file: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(file, allow_pickle=False, **arrays)


def _save_weights(play: Play, file: Path) -> None:
    from safetensors.numpy import save

    file.write_bytes(save(weights(play), {"format": "np"}))


def curves(play: Play) -> str:
    """CSV: the loss of each step, and, every few steps, what is measured over all examples."""
    names = tuple(play.run.measures)
    measured = set(play.run.steps_to_measure(play.length, MEASURED))
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("step", "loss", *names))
    for step, loss in enumerate(play.run.losses):
        told = (
            [repr(play.measured(n, step)) for n in names] if step in measured else [""] * len(names)
        )
        rows.writerow((step, repr(loss), *told))
    return out.getvalue()
