"""The row of convolution (in truth cross-correlation: the kernel is not flipped).

y[n,o,i,j] = b[o] + Σ W[o,c,u,v]·x[n, c, i·stride + u·dilation − padding, …]; with groups, an
output channel sees only the input channels of its group.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Axes, Op, Vjp
from tuiexplain.engine.ops.sliding import Pair, Window
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand, total

Shape = tuple[int, ...]


def window(kernel: Shape, stride: Pair, padding: Pair, dilation: Pair) -> Window:
    return Window((kernel[-2], kernel[-1]), stride, padding, dilation)


def places_last(g: Any) -> Any:
    """(N, O, H', W') → (O, H' · W' · N), as :meth:`Window.columns` has them."""
    return g.transpose(1, 2, 3, 0).reshape(g.shape[1], -1)


def of_group(array: Any, group: int, groups: int, axis: int) -> Any:
    """The channels of one group, along ``axis``."""
    size = array.shape[axis] // groups
    part = slice(group * size, (group + 1) * size)
    return array[:, part] if axis else array[part]


def joined(parts: list[Any], axis: int) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=axis)


def conv2d(
    x: Any, W: Any, b: Any = None, *, stride: Pair, padding: Pair, dilation: Pair, groups: int
) -> Any:
    seen = window(W.shape, stride, padding, dilation)
    down, across = seen.places(x.shape[2:])
    if x.ndim != 4 or W.ndim != 4 or x.shape[1] != W.shape[1] * groups or min(down, across) < 1:
        raise ValueError("the window does not fit the images")
    parts = []
    for group in range(groups):
        own = of_group(W, group, groups, 0)
        sums = own.reshape(len(own), -1).dot(seen.columns(of_group(x, group, groups, 1)))
        parts.append(sums if b is None else sums + of_group(b, group, groups, 0)[:, None])
    y = joined(parts, 0).reshape(len(W), down, across, len(x))
    return np.ascontiguousarray(y.transpose(3, 0, 1, 2))


def conv2d_by_weight(
    g: Any, x: Any, *, W_shape: Shape, stride: Pair, padding: Pair, dilation: Pair, groups: int
) -> Any:
    seen = window(W_shape, stride, padding, dilation)
    parts = [
        places_last(of_group(g, group, groups, 1)).dot(
            seen.columns(of_group(x, group, groups, 1)).T
        )
        for group in range(groups)
    ]
    return joined(parts, 0).reshape(W_shape)


def conv2d_by_bias(g: Any) -> Any:
    return np.add.reduce(g, axis=(0, 2, 3))


def conv2d_by_input(
    g: Any, W: Any, *, x_shape: Shape, stride: Pair, padding: Pair, dilation: Pair, groups: int
) -> Any:
    seen = window(W.shape, stride, padding, dilation)
    shape = len(g), W.shape[1], *x_shape[2:]
    parts = []
    for group in range(groups):
        own = of_group(W, group, groups, 0)
        blame = own.reshape(len(own), -1).T.dot(places_last(of_group(g, group, groups, 1)))
        parts.append(seen.from_columns(blame, shape))
    return joined(parts, 1)


# -- reasons ---------------------------------------------------------------------------------------


def why_conv2d(
    cell: Cell,
    x: Operand,
    W: Operand,
    b: Operand | None = None,
    *,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Expr:
    n, o, i, j = cell
    seen, size = window(W.shape, stride, padding, dilation), x.shape[2:]
    first = o // (W.shape[0] // groups) * W.shape[1]
    terms: list[Expr] = []
    for c in range(W.shape[1]):
        for u, v in seen.offsets():
            under = seen.under((i, j), (u, v), (size[0], size[1]))
            if under is not None:
                terms.append(x[n, first + c, *under] * W[o, c, u, v])
    return sum_of([*terms, b[o]] if b is not None else terms)


def why_conv2d_by_weight(
    cell: Cell,
    g: Operand,
    x: Operand,
    *,
    W_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Expr:
    o, c, u, v = cell
    seen, size = window(W_shape, stride, padding, dilation), x.shape[2:]
    channel = o // (W_shape[0] // groups) * W_shape[1] + c
    terms = []
    for n, i, j in np.ndindex(g.shape[0], *g.shape[2:]):
        under = seen.under((i, j), (u, v), (size[0], size[1]))
        if under is not None:
            terms.append(g[n, o, i, j] * x[n, channel, *under])
    return sum_of(terms)


def why_conv2d_by_bias(cell: Cell, g: Operand) -> Expr:
    places = np.ndindex(g.shape[0], *g.shape[2:])
    return total(g[n, cell[0], i, j] for n, i, j in places)


def why_conv2d_by_input(
    cell: Cell,
    g: Operand,
    W: Operand,
    *,
    x_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Expr:
    n, channel, *at = cell
    seen = window(W.shape, stride, padding, dilation)
    group, c = divmod(channel, W.shape[1])
    outputs = W.shape[0] // groups
    covering = list(seen.over((at[0], at[1]), (x_shape[2], x_shape[3])))
    return sum_of(
        [
            g[n, o, *place] * W[o, c, *offset]
            for o in range(group * outputs, (group + 1) * outputs)
            for place, offset in covering
        ]
    )


def sum_of(terms: list[Expr]) -> Expr:
    """The sum; nothing under the window counts as 0."""
    return total(terms) if terms else Constant(0.0)


def conv2d_axes(x: Axes, W: Axes, b: Axes = (), **_: Any) -> Axes:
    return (x[0], W[0] or "channel", x[2], x[3])


def conv2d_mismatch(x: Any, W: Any, b: Any = None, *, groups: int = 1, **_: Any) -> str:
    if x.ndim != 4:
        return f"x has shape {x.shape}; images have four axes: (N, channels, rows, columns)."
    if W.ndim != 4:
        return f"W has shape {W.shape}; kernels have four axes: (out, in, rows, columns)."
    if x.shape[1] != W.shape[1] * groups:
        return f"x has {x.shape[1]} channels, W takes {W.shape[1] * groups}."
    if b is not None and np.shape(b) != (W.shape[0],):
        return f"b has shape {np.shape(b)}, W gives {W.shape[0]} channels."
    return f"a kernel of {W.shape[2]}x{W.shape[3]} does not fit into images of shape {x.shape[2:]}."


CONV2D = Op(
    "conv2d",
    conv2d,
    formula=lambda attrs: "{x} ⋆ {W} + {b}" if attrs["inputs"] == 3 else "{x} ⋆ {W}",
    vjps={
        "W": Vjp(conv2d_by_weight, "{x} ⋆ {g}", why_conv2d_by_weight),
        "b": Vjp(conv2d_by_bias, "Σ {g}", why_conv2d_by_bias),
        "x": Vjp(conv2d_by_input, "{g} ∗ {W}", why_conv2d_by_input),
    },
    why=why_conv2d,
    axes=conv2d_axes,
    mismatch=conv2d_mismatch,
)

ROWS = (CONV2D,)
