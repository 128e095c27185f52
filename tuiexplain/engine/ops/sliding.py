"""A window that slides over images: where it stands, and which cells of the image lie under it.

Images are (N, C, H, W): examples, channels, rows, columns. A pair is (down, across).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

Pair = tuple[int, int]


class Window(NamedTuple):
    """A window of ``kernel`` cells, ``dilation`` apart, moved by ``stride`` over a padded image."""

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def places(self, size: Pair) -> Pair:
        """How many places the window has, down and across, on an image of ``size``.

        ⌊(n + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, along each axis.
        """
        down, across = (
            (n + 2 * p - d * (k - 1) - 1) // s + 1
            for n, k, s, p, d in zip(
                size, self.kernel, self.stride, self.padding, self.dilation, strict=True
            )
        )
        return down, across

    def offsets(self) -> Iterator[Pair]:
        """The cells of the window, row by row."""
        return iter(np.ndindex(*self.kernel))

    def under(self, place: Pair, offset: Pair, size: Pair) -> Pair | None:
        """The image's cell under a cell of the window; ``None`` where that lies on the padding."""
        row, column = (
            at * s + u * d - p
            for at, u, s, p, d in zip(
                place, offset, self.stride, self.padding, self.dilation, strict=True
            )
        )
        inside = 0 <= row < size[0] and 0 <= column < size[1]
        return (row, column) if inside else None

    def over(self, cell: Pair, size: Pair) -> Iterator[tuple[Pair, Pair]]:
        """The places at which the window covers a cell of the image, and which of its own does."""
        places = self.places(size)
        for offset in self.offsets():
            found = []
            for n, u, s, p, d, most in zip(
                cell, offset, self.stride, self.padding, self.dilation, places, strict=True
            ):
                at, rest = divmod(n + p - u * d, s)
                if rest or not 0 <= at < most:
                    break
                found.append(at)
            else:
                yield (found[0], found[1]), offset

    # -- on arrays -------------------------------------------------------------------------------

    def padded(self, x: Any, filling: float = 0.0) -> Any:
        """The image with its padding."""
        if self.padding == (0, 0):
            return x
        down, across = self.padding
        full = np.full(
            (*x.shape[:2], x.shape[2] + 2 * down, x.shape[3] + 2 * across), filling, x.dtype
        )
        full[:, :, down : down + x.shape[2], across : across + x.shape[3]] = x
        return full

    @lru_cache(64)  # noqa: B019 - a window is a few numbers
    def spans(self, places: Pair) -> list[tuple[Pair, slice, slice]]:
        """For each cell of the window, the rows and columns of the padded image that it meets."""
        (down, across), (far, wide) = self.stride, self.dilation
        spans = []
        for u, v in self.offsets():
            top, left = u * far, v * wide
            rows = slice(top, top + (places[0] - 1) * down + 1, down)
            columns = slice(left, left + (places[1] - 1) * across + 1, across)
            spans.append(((u, v), rows, columns))
        return spans

    def seen(self, x: Any, filling: float = 0.0) -> list[Any]:
        """For each cell of the window, what it meets at each place: (N, C, H', W')."""
        full = self.padded(x, filling)
        places = self.places(x.shape[2:])
        return [full[:, :, rows, columns] for _, rows, columns in self.spans(places)]

    def given_back(self, shares: Iterable[Any], shape: tuple[int, ...], places: Pair) -> Any:
        """The sum, for each cell of an image, over all that it was seen in.

        ``shares`` has (N, C, H', W') for each cell of the window: the inverse of :meth:`seen`.
        """
        pad, edge = self.padding
        total = np.zeros((*shape[:2], shape[2] + 2 * pad, shape[3] + 2 * edge))
        for share, (_, rows, columns) in zip(shares, self.spans(places), strict=True):
            total[:, :, rows, columns] += share
        return total[:, :, pad : pad + shape[2], edge : edge + shape[3]]

    # Products of matrices want the examples last: what a cell of the window meets is then one
    # stretch of memory for each row.

    def columns(self, x: Any) -> Any:
        """What the window sees, a column for each place: (C · kernel, H' · W' · N)."""
        pad, edge = self.padding
        count, channels, rows, across = x.shape
        full = np.zeros((channels, rows + 2 * pad, across + 2 * edge, count))
        full[:, pad : pad + rows, edge : edge + across] = x.transpose(1, 2, 3, 0)
        places = self.places((rows, across))
        seen = np.empty((channels, *self.kernel, *places, count))
        for (u, v), down, over in self.spans(places):
            seen[:, u, v] = full[:, down, over]
        return seen.reshape(channels * self.kernel[0] * self.kernel[1], -1)

    def from_columns(self, columns: Any, shape: tuple[int, ...]) -> Any:
        """The sum, for each cell of images of ``shape``, over all columns in which it was seen."""
        count, channels, rows, across = shape
        pad, edge = self.padding
        places = self.places((rows, across))
        seen = columns.reshape(channels, *self.kernel, *places, count)
        total = np.zeros((channels, rows + 2 * pad, across + 2 * edge, count))
        for (u, v), down, over in self.spans(places):
            total[:, down, over] += seen[:, u, v]
        inside = total[:, pad : pad + rows, edge : edge + across]
        return np.ascontiguousarray(inside.transpose(3, 0, 1, 2))
