"""Rows of pooling: the largest, or the mean, of what a window sees."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Formula, Op, Vjp
from tuiexplain.engine.ops.convolution import sum_of
from tuiexplain.engine.ops.sliding import Pair, Window
from tuiexplain.trace.expression import Call, Cell, Constant, Expr, Operand, total

Shape = tuple[int, ...]


def size_of(x: Any) -> Pair:
    return x.shape[2], x.shape[3]


def fitted(x: Any, seen: Window) -> Any:
    if x.ndim != 4 or min(seen.places(size_of(x))) < 1:
        raise ValueError("the window does not fit the images")
    return x


def pool_mismatch(x: Any, *, kernel_size: Pair, **_: Any) -> str:
    if x.ndim != 4:
        return f"x has shape {x.shape}; images have four axes: (N, channels, rows, columns)."
    down, across = kernel_size
    return f"a window of {down}x{across} does not fit into images of shape {x.shape[2:]}."


def sized(name: str, slot: str) -> Formula:
    """``max 2×2 x``: the window's size stands in the formula."""
    return lambda attrs: f"{name} {attrs['kernel_size'][0]}×{attrs['kernel_size'][1]} {slot}"


# -- the largest -----------------------------------------------------------------------------------


def max_pool2d(x: Any, *, kernel_size: Pair, stride: Pair, padding: Pair) -> Any:
    seen = Window(kernel_size, stride, padding)
    first, *others = seen.seen(fitted(x, seen), -np.inf)
    largest = np.array(first)
    for other in others:
        np.maximum(largest, other, out=largest)
    return largest


def winners(x: Any, seen: Window) -> Any:
    """For each place, which cell of the window (row by row) is the largest: the first, in a tie."""
    return np.stack(seen.seen(x, -np.inf), axis=-1).argmax(axis=-1)


def max_pool2d_x(g: Any, x: Any, *, kernel_size: Pair, stride: Pair, padding: Pair) -> Any:
    seen = Window(kernel_size, stride, padding)
    won = winners(x, seen)
    shares = (np.where(won == cell, g, 0.0) for cell in range(kernel_size[0] * kernel_size[1]))
    return seen.given_back(shares, x.shape, g.shape[2:])


def under_window(x: Operand, cell: Cell, seen: Window) -> list[Expr]:
    """What the window sees at a place of the output; not the padding."""
    n, c, i, j = cell
    under = [seen.under((i, j), offset, size_of(x)) for offset in seen.offsets()]
    return [x[n, c, *at] for at in under if at is not None]


def winner(x: Operand, channel: Cell, place: Pair, seen: Window) -> Pair:
    """The cell of the image that a place of the window took."""
    under = [seen.under(place, offset, size_of(x)) for offset in seen.offsets()]
    cells = [cell for cell in under if cell is not None]
    numbers = [x[*channel, *cell].number for cell in cells]
    return cells[int(np.argmax(numbers))]


def why_max_pool2d(
    cell: Cell, x: Operand, *, kernel_size: Pair, stride: Pair, padding: Pair
) -> Expr:
    seen = Window(kernel_size, stride, padding)
    return Call("max", under_window(x, cell, seen), lambda *numbers: np.maximum.reduce(numbers))


def why_max_pool2d_x(
    cell: Cell, g: Operand, x: Operand, *, kernel_size: Pair, stride: Pair, padding: Pair
) -> Expr:
    n, c, *at = cell
    seen = Window(kernel_size, stride, padding)
    here = (at[0], at[1])
    covering = {place for place, _ in seen.over(here, size_of(x))}
    won = [place for place in sorted(covering) if winner(x, (n, c), place, seen) == here]
    return sum_of([g[n, c, *place] for place in won])


MAX_POOL2D = Op(
    "max_pool2d",
    max_pool2d,
    formula=sized("max", "{x}"),
    vjps={"x": Vjp(max_pool2d_x, "{g}·[{x} = max]", why_max_pool2d_x)},
    why=why_max_pool2d,
    axes=lambda x, **_: x,
    mismatch=pool_mismatch,
)

# -- the mean --------------------------------------------------------------------------------------


def avg_pool2d(x: Any, *, kernel_size: Pair, stride: Pair, padding: Pair) -> Any:
    seen = Window(kernel_size, stride, padding)
    met = seen.seen(fitted(x, seen))
    return np.add.reduce(met) / (kernel_size[0] * kernel_size[1])


def avg_pool2d_x(g: Any, *, x_shape: Shape, kernel_size: Pair, stride: Pair, padding: Pair) -> Any:
    seen = Window(kernel_size, stride, padding)
    count = kernel_size[0] * kernel_size[1]
    return seen.given_back([g / count] * count, x_shape, g.shape[2:])


def why_avg_pool2d(
    cell: Cell, x: Operand, *, kernel_size: Pair, stride: Pair, padding: Pair
) -> Expr:
    seen = Window(kernel_size, stride, padding)
    cells = total(under_window(x, cell, seen))
    return cells / Constant(float(kernel_size[0] * kernel_size[1]))


def why_avg_pool2d_x(
    cell: Cell, g: Operand, *, x_shape: Shape, kernel_size: Pair, stride: Pair, padding: Pair
) -> Expr:
    n, c, *at = cell
    seen = Window(kernel_size, stride, padding)
    covering = seen.over((at[0], at[1]), (x_shape[2], x_shape[3]))
    terms = [g[n, c, *place] for place, _ in covering]
    count = Constant(float(kernel_size[0] * kernel_size[1]))
    return total(terms) / count if terms else Constant(0.0)


AVG_POOL2D = Op(
    "avg_pool2d",
    avg_pool2d,
    formula=sized("mean", "{x}"),
    vjps={"x": Vjp(avg_pool2d_x, sized("mean", "{g}"), why_avg_pool2d_x)},
    why=why_avg_pool2d,
    axes=lambda x, **_: x,
    mismatch=pool_mismatch,
)

ROWS = (MAX_POOL2D, AVG_POOL2D)
