"""A fast training step written for one network and one size of batch, then compiled.

Between NumPy's calls on arrays this small, Python's own steps are what costs: written out, with
every array a local name, there are few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from tuiexplain.play.network import Network
from tuiexplain.play.stages import (
    ACTIVATIONS,
    DROPOUT,
    FIRST_LINEAR,
    HEADS,
    IN_PLACE,
    LINEAR,
    NAMES,
    NORM,
    RESIDUAL,
    SKIPPED_LINEAR,
    Lines,
    Norm,
)

TakeStep = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
"""``step(inputs, transposed, answers)``: the loss; the gradient lies where it belongs.

``inputs`` are the features over a row of ones, ``(features + 1, examples)``; ``transposed`` is the
same turned round.
"""


class Trained(Protocol):
    """Where the numbers of a network lie that is trained."""

    shape: Network
    weights: list[tuple[np.ndarray, np.ndarray]]
    """For each layer (out, in + 1) its weights with the biases, and the place of their gradient."""

    def norm_of(self, at: int) -> tuple[int, tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """Axis, learnt numbers with their gradients, and running means of a layer's norm."""

    def draw(self, shape: tuple[int, ...]) -> np.ndarray:
        """Random numbers of the step that is taken."""


class _Writer:
    """The lines so far, forward in order and backward from the last stage to the first."""

    def __init__(self, trained: Trained, examples: int) -> None:
        self.trained, self.examples = trained, examples
        self.held: dict[str, Any] = {**NAMES, "draw": trained.draw}
        self.forward: list[str] = []
        self.stages: list[tuple[Lines, dict[str, str]]] = []

    def hold(self, thing: Any) -> str:
        """A name for an array or a number."""
        name = f"a{len(self.held)}"
        self.held[name] = np.array(thing) if isinstance(thing, float) else thing
        return name

    def array(self, rows: int) -> str:
        """A new array of as many rows."""
        return self.hold(np.empty((rows, self.examples)))

    def stage(self, lines: Lines, names: Mapping[str, str]) -> None:
        """Add a stage; ``names`` are those of the arrays in its lines."""
        names = dict(names)
        self.forward += [line.format(**names) for line in lines.forward]
        self.stages.append((lines, names))

    def backward(self) -> list[str]:
        """All stages from the last to the first, each reading what the one before wrote."""
        written, g, skipped = [], "", ""
        for lines, names in reversed(self.stages):
            written += [line.format(g=g, skipped=skipped, **names) for line in lines.backward]
            if lines is RESIDUAL:
                skipped = g
            else:
                g = names.get("d", "")
        return written

    def function(self) -> TakeStep:
        """The step, compiled."""
        body = [*self.forward, *self.backward(), "return loss"]
        lines = [
            f"def made({', '.join(self.held)}):",
            "    def step(inputs, transposed, answers):",
            *(f"        {line}" for line in body),
            "    return step",
        ]
        space: dict[str, Any] = {}
        exec("\n".join(lines), space)
        step: TakeStep = space["made"](**self.held)
        return step


def written(trained: Trained, examples: int) -> TakeStep:
    """The step of batches of ``examples``."""
    writer, shape = _Writer(trained, examples), trained.shape
    x, xt = "inputs", "transposed"
    for at in range(shape.depth):
        whole = np.ones((shape.widths[at + 1] + 1, examples))
        out = writer.hold(whole[:-1])
        w, dw = trained.weights[at]
        hidden = at < len(shape.layers)
        kinds = _stages(shape, at) if hidden else []
        alone = len(kinds) == 1 and kinds[0] in IN_PLACE
        y = out if alone or not kinds else writer.array(len(w))
        names = {"w": writer.hold(w), "dw": writer.hold(dw), "x": x, "xt": xt, "y": y}
        if at:
            whole_d = np.empty((w.shape[1], examples))
            names |= {"back": writer.hold(w.T), "whole": writer.hold(whole_d)}
            names["d"] = writer.hold(whole_d[:-1])
        inner = SKIPPED_LINEAR if "residual" in kinds else LINEAR
        writer.stage(inner if at else FIRST_LINEAR, names)
        source = f"{x}[:-1]"
        for place, kind in enumerate(kinds):
            made = out if place == len(kinds) - 1 else writer.array(len(w))
            _hidden_stage(writer, at, kind, {"x": y, "y": made, "source": source})
            y = made
        if not hidden:
            _head(writer, out)
        x, xt = writer.hold(whole), writer.hold(whole.T)
    return writer.function()


def _stages(shape: Network, at: int) -> list[str]:
    """What follows the sums of a hidden layer, in its order."""
    layer = shape.layers[at]
    return [
        *(["norm"] if layer.norm != "none" else []),
        *([layer.activation] if layer.activation != "linear" else []),
        *(["dropout"] if layer.dropout else []),
        *(["residual"] if shape.skips(at) else []),
    ]


def _hidden_stage(writer: _Writer, at: int, kind: str, names: dict[str, str]) -> None:
    layer, examples = writer.trained.shape.layers[at], writer.examples
    units = layer.units
    if kind == "residual":
        writer.stage(RESIDUAL, names)
        return
    names["d"] = writer.array(units)
    if kind == "norm":
        names["norm"] = writer.hold(Norm((units, examples), *writer.trained.norm_of(at)))
        writer.stage(NORM, names)
    elif kind == "dropout":
        names |= {"drawn": repr((examples, units)), "factor": writer.array(units)}
        names |= {"share": writer.hold(layer.dropout), "kept": writer.hold(1.0 - layer.dropout)}
        writer.stage(DROPOUT, names)
    else:
        writer.stage(ACTIVATIONS[kind], names)


def _head(writer: _Writer, x: str) -> None:
    outputs, examples = writer.trained.shape.outputs, writer.examples
    d = np.empty((outputs, examples))
    names = {
        "x": x,
        "y": writer.array(outputs),
        "d": writer.hold(d),
        "flat": writer.hold(d.reshape(-1)),
        "share": writer.hold(1.0 / d.size),
        "half": repr(0.5 / d.size),
        "each": writer.hold(1.0 / examples),
    }
    writer.stage(HEADS[writer.trained.shape.head], names)
