"""Tensors at the resolution of the screen, reduced where they lie; one copy of it all to the CPU."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from tuiexplain.lab.observing.sights import SAMPLES, Array
from tuiexplain.trace.tile import matrix_shape

Parts = dict[str, Tensor]


def samples(tensor: Tensor) -> Tensor:
    """At most `SAMPLES` numbers of a tensor, evenly spaced; a view where it is contiguous."""
    flat = tensor.reshape(-1)
    return flat[:: max(1, math.ceil(flat.numel() / SAMPLES))]


def thumbnail(tensor: Tensor, rows: int, columns: int) -> Tensor:
    """Every so-manieth row and column of the tensor as a matrix: at most (rows, columns)."""
    height, width = matrix_shape(tuple(tensor.shape))
    matrix = tensor.reshape(height, width)
    return matrix[:: max(1, math.ceil(height / rows)), :: max(1, math.ceil(width / columns))]


def looked_at(tensor: Tensor, rows: int, columns: int) -> Parts:
    """Thumbnail, samples, and mean, norm, least and greatest of a whole tensor."""
    tensor = tensor.detach()
    # On a CPU, var_mean would take twenty times as long as these.
    least, greatest = torch.aminmax(tensor)
    sums = torch.stack(
        [part.float() for part in (tensor.mean(), torch.linalg.vector_norm(tensor))]
        + [least.float(), greatest.float()]
    )
    return {
        "picture": thumbnail(tensor, rows, columns),
        "samples": samples(tensor),
        "sums": sums,
    }


class Carried(NamedTuple):
    """Parts on their way to the CPU. ``done`` says whether they have arrived."""

    flat: Tensor
    shapes: list[dict[str, torch.Size]]
    event: torch.cuda.Event | None

    def done(self) -> bool:
        """Whether they have arrived."""
        return self.event is None or self.event.query()

    def wait(self) -> None:
        """Until they have arrived."""
        if self.event is not None:
            self.event.synchronize()

    def arrays(self) -> list[dict[str, Array]]:
        """The parts as float32 arrays."""
        numbers: Array = self.flat.numpy()
        found, at = [], 0
        for shapes in self.shapes:
            arrays: dict[str, Array] = {}
            for name, shape in shapes.items():
                count = int(np.prod(shape))
                arrays[name] = numbers[at : at + count].reshape(shape)
                at += count
            found.append(arrays)
        return found


def carry(parts: Sequence[Parts]) -> Carried:
    """Send everything to the CPU in one copy, which a GPU's training does not wait for."""
    tensors = [tensor for part in parts for tensor in part.values()]
    flat = torch.cat([tensor.detach().reshape(-1).float() for tensor in tensors])
    shapes = [{name: tensor.shape for name, tensor in part.items()} for part in parts]
    if flat.device.type != "cuda":
        return Carried(flat.cpu(), shapes, None)
    there = torch.empty(flat.shape, dtype=flat.dtype, pin_memory=True)
    there.copy_(flat, non_blocking=True)
    event = torch.cuda.Event()
    event.record()
    return Carried(there, shapes, event)
