"""Rows that move cells: views, slices, joins, and the derivatives of these. No number changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tuiexplain.lab.recording.rules.row import Attrs, Axes, Row, Shape, moved
from tuiexplain.trace.expression import Cell, Constant, Expr, Operand

# -- shape -----------------------------------------------------------------------------------------


def resolved(size: Sequence[int], cells: int) -> Shape:
    """``size`` with the length that was left open (−1) worked out."""
    known = int(np.prod([n for n in size if n != -1]))
    return tuple(cells // known if n == -1 else n for n in size)


def in_order(cell: Cell, shape: Shape, other: Shape) -> Cell:
    """The cell of ``shape`` that comes as ``cell`` of ``other`` does when both are read out."""
    flat = int(np.ravel_multi_index(cell, other)) if cell else 0
    return tuple(int(i) for i in np.unravel_index(flat, shape)) if shape else ()


def from_view(cell: Cell, x: Shape, *, size: Shape) -> Cell:
    return in_order(cell, x, resolved(size, int(np.prod(x))))


def from_expand(cell: Cell, x: Shape, *, size: Shape) -> Cell:
    last = cell[len(cell) - len(x) :]
    return tuple(0 if n == 1 else i for i, n in zip(last, x, strict=True))


def from_t(cell: Cell, x: Shape) -> Cell:
    return cell[::-1]


def exchanged(cell: tuple[Any, ...], dim0: int, dim1: int) -> tuple[Any, ...]:
    changed = list(cell)
    if changed:
        changed[dim0], changed[dim1] = changed[dim1], changed[dim0]
    return tuple(changed)


def from_transpose(cell: Cell, x: Shape, *, dim0: int, dim1: int) -> Cell:
    return exchanged(cell, dim0, dim1)


def from_permute(cell: Cell, x: Shape, *, dims: Shape) -> Cell:
    found = [0] * len(x)
    for place, dim in zip(cell, dims, strict=True):
        found[dim] = place
    return tuple(found)


def from_unsqueeze(cell: Cell, x: Shape, *, dim: int) -> Cell:
    dim %= len(x) + 1
    return (*cell[:dim], *cell[dim + 1 :])


def from_squeeze(cell: Cell, x: Shape, *, dim: Any = None) -> Cell:
    dims = range(len(x)) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    gone = {d % len(x) for d in dims if x[d] == 1} if x else set()
    left = iter(cell)
    return tuple(0 if i in gone else next(left) for i in range(len(x)))


def unsqueezed_axes(x: Axes, *, dim: int) -> Axes:
    dim %= len(x) + 1
    return (*x[:dim], "", *x[dim:])


def permuted_axes(x: Axes, *, dims: Shape) -> Axes:
    return tuple(x[d] for d in dims)


def exchanged_axes(x: Axes, *, dim0: int, dim1: int) -> Axes:
    return exchanged(x, dim0, dim1)


VIEW = moved(from_view, "view({x}, {size})")
SHAPES: dict[str, Row] = {
    "view": VIEW,
    "unsafe_view": VIEW,
    "reshape_alias": VIEW,
    "expand": moved(from_expand, "expand({x}, {size})"),
    "t": moved(from_t, "{x}ᵀ", lambda x: x[::-1]),
    "transpose": moved(from_transpose, "transpose({x}, {dim0}, {dim1})", exchanged_axes),
    "permute": moved(from_permute, "permute({x}, {dims})", permuted_axes),
    "unsqueeze": moved(from_unsqueeze, "unsqueeze({x}, {dim})", unsqueezed_axes),
    "squeeze": moved(from_squeeze, "squeeze({x})"),
}

# -- parts -----------------------------------------------------------------------------------------


def span(start: Any, end: Any, length: int) -> tuple[int, int]:
    """First and last + 1 of a slice, counted from 0."""
    first, last, _ = slice(start, end).indices(length)
    return first, last


def from_slice(
    cell: Cell, x: Shape, *, dim: int = 0, start: Any = None, end: Any = None, step: int = 1
) -> Cell:
    dim %= len(x)
    first, _ = span(start, end, x[dim])
    return (*cell[:dim], first + cell[dim] * step, *cell[dim + 1 :])


def from_select(cell: Cell, x: Shape, *, dim: int, index: int) -> Cell:
    dim %= len(x)
    return (*cell[:dim], index % x[dim], *cell[dim:])


def from_split(cell: Cell, x: Shape, *, split_size: int, pick: int, dim: int = 0) -> Cell:
    dim %= len(x)
    return (*cell[:dim], pick * split_size + cell[dim], *cell[dim + 1 :])


def from_split_sizes(cell: Cell, x: Shape, *, split_sizes: Shape, pick: int, dim: int = 0) -> Cell:
    dim %= len(x)
    return (*cell[:dim], sum(split_sizes[:pick]) + cell[dim], *cell[dim + 1 :])


def from_unbind(cell: Cell, x: Shape, *, pick: int, dim: int = 0) -> Cell:
    dim %= len(x)
    return (*cell[:dim], pick, *cell[dim:])


def from_flip(cell: Cell, x: Shape, *, dims: Shape) -> Cell:
    turned = {d % len(x) for d in dims}
    return tuple(x[i] - 1 - c if i in turned else c for i, c in enumerate(cell))


def from_repeat(cell: Cell, x: Shape, *, repeats: Shape) -> Cell:
    last = cell[len(cell) - len(x) :]
    return tuple(c % n for c, n in zip(last, x, strict=True))


def from_roll(cell: Cell, x: Shape, *, shifts: Shape, dims: Shape = ()) -> Cell:
    if not dims:
        flat = (int(np.ravel_multi_index(cell, x)) - shifts[0]) % int(np.prod(x))
        return tuple(int(i) for i in np.unravel_index(flat, x))
    found = list(cell)
    for shift, dim in zip(shifts, dims, strict=True):
        found[dim] = (found[dim] - shift) % x[dim]
    return tuple(found)


def diagonal_cell(cell: Cell, x: Shape, offset: int, dim1: int, dim2: int) -> Cell:
    """The cell of ``x`` that is number ``cell[-1]`` on its diagonal."""
    dim1, dim2 = dim1 % len(x), dim2 % len(x)
    *lead, place = cell
    left = iter(lead)
    at = {dim1: place + max(0, -offset), dim2: place + max(0, offset)}
    return tuple(at[i] if i in at else next(left) for i in range(len(x)))


def from_diagonal(cell: Cell, x: Shape, *, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Cell:
    return diagonal_cell(cell, x, offset, dim1, dim2)


def sliced(attrs: Attrs) -> str:
    start, end = attrs.get("start"), attrs.get("end")
    first = "" if not start else str(start)
    last = "" if end is None or end > 1 << 60 else str(end)
    step = attrs.get("step", 1)
    return f"{{x}}[{first}:{last}{'' if step == 1 else f':{step}'}] along axis {attrs['dim']}"


def selected_axes(x: Axes, *, dim: int, index: int) -> Axes:
    dim %= len(x)
    return (*x[:dim], *x[dim + 1 :])


def same_axes(x: Axes, **_: Any) -> Axes:
    return x


PARTS: dict[str, Row] = {
    "slice": moved(from_slice, sliced, same_axes),
    "select": moved(from_select, "select({x}, {dim}, {index})", selected_axes),
    "split": moved(from_split, "split({x})[{pick}]", same_axes),
    "unsafe_split": moved(from_split, "split({x})[{pick}]", same_axes),
    "split_with_sizes": moved(from_split_sizes, "split({x})[{pick}]", same_axes),
    "unbind": moved(from_unbind, "unbind({x}, {dim})[{pick}]"),
    "flip": moved(from_flip, "flip({x}, {dims})", same_axes),
    "repeat": moved(from_repeat, "repeat({x}, {repeats})"),
    "roll": moved(from_roll, "roll({x}, {shifts})", same_axes),
    "diagonal": moved(from_diagonal, "diagonal({x})"),
}

# -- back into the whole -----------------------------------------------------------------------------


def why_slice_backward(
    cell: Cell,
    grad_output: Operand,
    *,
    input_sizes: Shape,
    dim: int,
    start: int,
    end: int,
    step: int,
) -> Expr:
    dim %= len(input_sizes)
    first, last = span(start, end, input_sizes[dim])
    at = cell[dim] - first
    if at < 0 or cell[dim] >= last or at % step:
        return Constant(0.0)
    return grad_output[*cell[:dim], at // step, *cell[dim + 1 :]]


def why_select_backward(
    cell: Cell, grad_output: Operand, *, input_sizes: Shape, dim: int, index: int
) -> Expr:
    dim %= len(input_sizes)
    if cell[dim] != index % input_sizes[dim]:
        return Constant(0.0)
    return grad_output[*cell[:dim], *cell[dim + 1 :]]


def why_diagonal_backward(
    cell: Cell, grad_output: Operand, *, input_sizes: Shape, offset: int, dim1: int, dim2: int
) -> Expr:
    dim1, dim2 = dim1 % len(input_sizes), dim2 % len(input_sizes)
    place = cell[dim1] - max(0, -offset)
    lead = tuple(c for i, c in enumerate(cell) if i not in (dim1, dim2))
    if not 0 <= place < grad_output.shape[-1]:
        return Constant(0.0)
    on = diagonal_cell((*lead, place), input_sizes, offset, dim1, dim2) == cell
    return grad_output[*lead, place] if on else Constant(0.0)


def why_pad(cell: Cell, x: Operand, *, pad: Shape, value: Any = 0) -> Expr:
    """``pad`` counts pairs (before, after) from the last axis."""
    before = [0] * len(x.shape)
    for pair in range(len(pad) // 2):
        before[-1 - pair] = pad[2 * pair]
    source = tuple(c - b for c, b in zip(cell, before, strict=True))
    inside = all(0 <= c < n for c, n in zip(source, x.shape, strict=True))
    return x[source] if inside else Constant(float(value))


BACK: dict[str, Row] = {
    "slice_backward": Row(why_slice_backward, "0, […] += {grad_output}"),
    "select_backward": Row(why_select_backward, "0, […] += {grad_output}"),
    "diagonal_backward": Row(why_diagonal_backward, "0, diagonal += {grad_output}"),
    "constant_pad_nd": Row(why_pad, "pad({x}, {value})", same_axes),
}

# -- joins -----------------------------------------------------------------------------------------


def why_cat(cell: Cell, *tensors: Operand, dim: int = 0) -> Expr:
    dim %= len(cell)
    at = cell[dim]
    for tensor in tensors:
        if len(tensor.shape) != len(cell):
            continue  # an empty one, which torch lets pass
        if at < tensor.shape[dim]:
            return tensor[*cell[:dim], at, *cell[dim + 1 :]]
        at -= tensor.shape[dim]
    raise ValueError("the cell lies within one of the parts")


def why_stack(cell: Cell, *tensors: Operand, dim: int = 0) -> Expr:
    dim %= len(cell)
    return tensors[cell[dim]][*cell[:dim], *cell[dim + 1 :]]


def why_triangle(keep: Any) -> Any:
    def why(cell: Cell, x: Operand, *, diagonal: int = 0) -> Expr:
        return x[cell] if keep(cell[-1] - cell[-2], diagonal) else Constant(0.0)

    return why


JOINS: dict[str, Row] = {
    "cat": Row(why_cat, "{all} along axis {dim}", lambda *tensors, **_: tensors[0]),
    "stack": Row(why_stack, "{all} stacked along axis {dim}"),
    "tril": Row(why_triangle(lambda off, d: off <= d), "lower triangle of {x}", same_axes),
    "triu": Row(why_triangle(lambda off, d: off >= d), "upper triangle of {x}", same_axes),
}

ROWS = {**SHAPES, **PARTS, **BACK, **JOINS}
