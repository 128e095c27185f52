"""A trace whose numbers are tensors: they stay where they are until somebody looks at them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Protocol, overload

import numpy as np
import torch
from torch import Tensor

from tuiexplain.lab.recording.stored import Stored
from tuiexplain.lab.recording.symbols import ShortSymbols
from tuiexplain.lab.recording.tile import reduce_matrix, steps
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.recent import Recent
from tuiexplain.trace.tile import Reduce, Region, matrix_shape
from tuiexplain.trace.trace import Content
from tuiexplain.trace.value import Value

SMALL = 1 << 16
"""Values of no more cells than this are copied whole when one of their cells is asked for."""

MOST_TENSORS, MOST_LINES, MOST_ARRAYS, MOST_TILES = 4, 256, 64, 256
"""How many tensors (of those made again), lines, small arrays and tiles are kept at hand."""

A_WHILE, MOST_COLUMNS = 8, 32
"""Lines fetched for one column before the column itself is, and how many columns are kept."""


class Recorded(Protocol):
    """A recording that has not been opened yet."""

    def content(self) -> Content:
        """Its values and events, put together."""


class Arrays(Sequence[np.ndarray]):
    """The arrays of a trace, each copied from its tensor when it is asked for."""

    def __init__(self, stored: Sequence[Stored]) -> None:
        self.stored = stored
        self._tensors: Recent[int, Tensor] = Recent(MOST_TENSORS)
        self._lines: Recent[tuple[int, Cell], np.ndarray] = Recent(MOST_LINES)
        self._columns: Recent[tuple[int, Cell, int], np.ndarray] = Recent(MOST_COLUMNS)
        self._downwards: dict[int, tuple[Cell, int, int]] = {}
        """For each value: the column that is gone down, line by line, and for how many lines."""

    def __len__(self) -> int:
        return len(self.stored)

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[np.ndarray]: ...
    def __getitem__(self, index: int | slice) -> np.ndarray | Sequence[np.ndarray]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return as_array(self.tensor(index))

    def tensor(self, index: int) -> Tensor:
        """The numbers of value ``index`` on the device where they were made."""
        found = self._tensors.get(index)
        if found is None:
            found = self._tensors.put(index, self.stored[index].tensor())
        return found

    def matrix(self, index: int, region: Region, steps: tuple[int, int]) -> Tensor:
        """Every so many rows and columns of a region of a value that lies as a matrix."""
        top, bottom, left, right = region
        rows = slice(top, bottom, steps[0])
        stored = self.stored[index]
        if stored.ndim == 2:
            return stored.tensor(rows)[:, left : right : steps[1]]
        matrix = self.tensor(index).reshape(matrix_shape(stored.shape))
        return matrix[rows, left : right : steps[1]]

    def cell(self, index: int, cell: Cell) -> float:
        """One number of a large value. Its line along the last axis is copied, and kept at hand."""
        if not cell:
            return float(self.tensor(index).item())
        key = (index, cell[:-1])
        line = self._lines.get(key)
        if line is None:
            column = self._column(index, cell) if len(cell) > 1 else None
            if column is not None:
                return float(column[cell[-2]])
            first = slice(cell[0], cell[0] + 1)
            rows = self.stored[index].tensor(first) if len(cell) > 1 else self.tensor(index)
            line = as_array(rows[0, *cell[1:-1]] if len(cell) > 1 else rows)
            self._lines.put(key, line)
        return float(line[cell[-1]])

    def _column(self, index: int, cell: Cell) -> np.ndarray | None:
        """The numbers above and below ``cell``, copied once a column is gone down for a while."""
        key = (index, cell[:-2], cell[-1])
        found = self._columns.get(key)
        if found is None:
            leading, last, count = self._downwards.get(index, ((), -1, 0))
            count = count + 1 if (leading, last) == key[1:] else 1
            self._downwards[index] = (*key[1:], count)
            if count < A_WHILE:
                return None
            place: Any = (*cell[:-2], slice(None), cell[-1])
            found = self._columns.put(key, as_array(self.tensor(index)[place]))
        return found


class TorchTrace(ShortSymbols):
    """One training step of a PyTorch module, opened. Has the interface of :class:`Trace`.

    ``data`` copies one value to NumPy, ``cell`` one number (of a small value: all, once), ``tile``
    what fits on the screen, reduced on the device.
    """

    def __init__(self, meta: dict[str, Any]) -> None:
        super().__init__("aten", Content((), (), ()), meta)
        self._content = None
        self.recorded: Recorded | None = None
        """What the recording left behind, from its end until the trace is first looked at."""
        self._small: Recent[int, np.ndarray] = Recent(MOST_ARRAYS)
        self._tiles: Recent[Hashable, np.ndarray] = Recent(MOST_TILES)

    @property
    def content(self) -> Content:
        """Values, events and arrays, put together when first asked for."""
        if self._content is None:
            if self.recorded is None:
                raise TraceError("This step is still being recorded: look at it afterwards.")
            self._content = self.recorded.content()
            self.recorded = None
        return self._content

    @property
    def arrays(self) -> Arrays:
        """The tensors behind the values."""
        arrays = self.content.arrays
        assert isinstance(arrays, Arrays)
        return arrays

    def tensor(self, value: Value | int) -> Tensor:
        """The numbers of a value on the device where they were made; not to be written to."""
        return self.arrays.tensor(value if isinstance(value, int) else value.id)

    def cell(self, value: Value, cell: Cell) -> float:
        """One number."""
        if value.size > SMALL:
            return self.arrays.cell(value.id, cell)
        array = self._small.get(value.id)
        if array is None:
            array = self._small.put(value.id, self.data(value))
        return float(array[cell])

    def tile(
        self,
        value: Value,
        region: Region | None = None,
        shape: tuple[int, int] | None = None,
        reduce: Reduce = Reduce.EXTREME,
    ) -> np.ndarray:
        """``region`` of ``value`` at no more than ``shape``; only the tile leaves the device."""
        key = (value.id, region, shape, reduce)
        found = self._tiles.get(key)
        if found is None:
            region = _within(region, matrix_shape(value.shape))
            size = (region[1] - region[0], region[3] - region[2])
            read = (1, 1) if shape is None else steps(size, shape)
            matrix = self.arrays.matrix(value.id, region, read)
            found = self._tiles.put(key, as_array(reduce_matrix(matrix, shape, reduce)))
        return found


def _within(region: Region | None, size: tuple[int, int]) -> Region:
    """``region`` as far as it lies in a matrix of ``size``; all of it if none is named."""
    top, bottom, left, right = region or (0, size[0], 0, size[1])
    rows, columns = slice(top, bottom).indices(size[0]), slice(left, right).indices(size[1])
    return rows[0], max(rows[:2]), columns[0], max(columns[:2])


def as_array(tensor: Tensor) -> np.ndarray:
    """A tensor as an array of its own; bfloat16, which NumPy has not, as float32."""
    tensor = tensor.detach()
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    if tensor.dtype in (torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2):
        tensor = tensor.float()
    if tensor.is_conj() or tensor.is_neg():
        tensor = tensor.resolve_conj().resolve_neg()
    return np.array(tensor.cpu().numpy())
