"""A window that slides over images: where it stands, and which cells of the image lie under it.

Images are (N, C, H, W): examples, channels, rows, columns. A pair is (down, across).
"""

from __future__ import annotations

from collections.abc import Iterator
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
        around = ((0, 0), (0, 0), (down, down), (across, across))
        return np.pad(x, around, constant_values=filling)

    def views(self, x: Any, filling: float = 0.0) -> Any:
        """What the window sees at each place: (N, C, H', W', kernel down, kernel across)."""
        span = tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))
        seen = np.lib.stride_tricks.sliding_window_view(self.padded(x, filling), span, axis=(2, 3))
        (down, across), (far, wide) = self.stride, self.dilation
        return seen[:, :, ::down, ::across, ::far, ::wide]

    def given_back(self, views: Any, shape: tuple[int, ...]) -> Any:
        """The sum, for each cell of an image, over all the views in which it was seen.

        ``views`` is (kernel down, kernel across, N, C, H', W'): the inverse order of :meth:`views`,
        in which each cell of the window is one block.
        """
        (down, across), (pad, edge) = self.stride, self.padding
        total = np.zeros((*shape[:2], shape[2] + 2 * pad, shape[3] + 2 * edge))
        places = views.shape[-2:]
        for u, v in self.offsets():
            top, left = u * self.dilation[0], v * self.dilation[1]
            bottom = top + (places[0] - 1) * down + 1
            right = left + (places[1] - 1) * across + 1
            total[:, :, top:bottom:down, left:right:across] += views[u, v]
        return total[:, :, pad : pad + shape[2], edge : edge + shape[3]]
