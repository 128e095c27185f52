"""Rows that look cells up by index, and put gradients back where they were looked up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tuiexplain.engine.ops.families import aligned, at
from tuiexplain.lab.recording.rules.row import Row
from tuiexplain.trace.errors import NoRule
from tuiexplain.trace.expression import Cell, Chosen, Constant, Expr, Operand, Ref, lift, total

# -- embedding ---------------------------------------------------------------------------------------


def why_embedding(cell: Cell, weight: Operand, indices: Operand) -> Expr:
    entry = indices[cell[:-1]]
    return Chosen(weight[int(entry.number), cell[-1]], [entry])


def why_embedding_backward(
    cell: Cell,
    grad_output: Operand,
    indices: Operand,
    *,
    padding_idx: int = -1,
    scale_grad_by_freq: bool = False,
) -> Expr:
    entry, feature = cell
    found = [index for index in every(indices) if int(index.number) == entry]
    if not found or entry == padding_idx:
        return Constant(0.0)
    parts = total(Chosen(grad_output[*index.cell, feature], [index]) for index in found)
    return parts / Constant(len(found)) if scale_grad_by_freq else parts


def every(indices: Operand) -> Iterator[Ref]:
    return (indices[p] for p in np.ndindex(indices.shape))


# -- one axis ----------------------------------------------------------------------------------------


def why_gather(cell: Cell, x: Operand, index: Operand, *, dim: int) -> Expr:
    place = index[cell]
    if not x.shape:
        return Chosen(x[()], [place])
    dim %= len(x.shape)
    return Chosen(x[*cell[:dim], int(place.number) % x.shape[dim], *cell[dim + 1 :]], [place])


def landed(cell: Cell, index: Operand, dim: int) -> list[Ref]:
    """The cells of ``index`` that send something to ``cell``."""
    dim %= max(1, len(cell))
    if not cell:
        return [index[()]]
    lines = [(*cell[:dim], i, *cell[dim + 1 :]) for i in range(index.shape[dim])]
    inside = [c for c in lines if all(i < n for i, n in zip(c, index.shape, strict=True))]
    return [p for p in (index[c] for c in inside) if int(p.number) == cell[dim]]


def why_scatter_add(cell: Cell, x: Operand, index: Operand, src: Operand, *, dim: int) -> Expr:
    sent = [Chosen(src[p.cell], [p]) for p in landed(cell, index, dim)]
    return total([x[cell], *sent])


def why_scatter(
    cell: Cell, x: Operand, index: Operand, src: Any, *, dim: int, value: Any = None
) -> Expr:
    sent = landed(cell, index, dim)
    if not sent:
        return x[cell]
    last = sent[-1]
    return Chosen(lift(value) if src is None else src[last.cell], [last])


def why_index_select(cell: Cell, x: Operand, index: Operand, *, dim: int) -> Expr:
    dim %= max(1, len(x.shape))
    place = index[(cell[dim],) if index.shape else ()]
    return Chosen(x[*cell[:dim], int(place.number), *cell[dim + 1 :]], [place])


def why_index_add(
    cell: Cell, x: Operand, index: Operand, source: Operand, *, dim: int, alpha: Any = 1
) -> Expr:
    dim %= max(1, len(x.shape))
    found = [p for p in every(index) if int(p.number) == cell[dim]]
    sent = [Chosen(source[*cell[:dim], *p.cell, *cell[dim + 1 :]], [p]) for p in found]
    return total([x[cell], *(s * Constant(alpha) for s in sent)])


# -- several axes at once ----------------------------------------------------------------------------
# ``indices_kinds`` says, axis by axis, of what kind the index array is, or that there is none.

Kinds = tuple[str | None, ...]


def index_axes(
    kinds: Kinds, indices: tuple[Operand, ...]
) -> tuple[list[int], tuple[int, ...], int]:
    """The axes that have an index, the shape of these together, and where it stands in the result.

    It stands where the indexed axes stood if they stand together, else in front.
    """
    if "torch.bool" in kinds:
        raise NoRule("There is no rule for a mask (yes and no) beside another index yet.")
    axes = [axis for axis, kind in enumerate(kinds) if kind is not None]
    shape = np.broadcast_shapes(*(index.shape for index in indices))
    together = axes == list(range(axes[0], axes[-1] + 1))
    return axes, shape, axes[0] if together else 0


def mask_of(kinds: Kinds, indices: tuple[Operand, ...]) -> tuple[int, Operand] | None:
    """The only index, where that is a mask, and its first axis."""
    said = [(axis, kind) for axis, kind in enumerate(kinds) if kind is not None]
    if len(indices) != 1 or len(said) != 1 or said[0][1] != "torch.bool":
        return None
    return said[0][0], indices[0]


def lit(mask: Operand) -> list[Cell]:
    """The places of a mask that say yes, in reading order."""
    return [place for place in np.ndindex(mask.shape) if mask[place].number]


def why_index(cell: Cell, x: Operand, *indices: Operand, indices_kinds: Kinds) -> Expr:
    if (masked := mask_of(indices_kinds, indices)) is not None:
        start, mask = masked
        place = lit(mask)[cell[start]]
        return Chosen(x[*cell[:start], *place, *cell[start + 1 :]], [mask[place]])
    axes, shape, start = index_axes(indices_kinds, indices)
    where = cell[start : start + len(shape)]
    rest = iter((*cell[:start], *cell[start + len(shape) :]))
    places = [at(index, where) for index in indices]
    chosen = iter(places)
    source = [
        int(next(chosen).number) % n if axis in axes else next(rest)
        for axis, n in enumerate(x.shape)
    ]
    return Chosen(x[tuple(source)], places)


def why_index_put(
    cell: Cell,
    x: Operand,
    values: Operand,
    *indices: Operand,
    indices_kinds: Kinds,
    accumulate: bool = False,
) -> Expr:
    if (masked := mask_of(indices_kinds, indices)) is not None:
        first, mask = masked
        end = first + len(mask.shape)
        place = cell[first:end]
        if not mask[place].number:
            return x[cell]
        source = (*cell[:first], lit(mask).index(place), *cell[end:])
        put = Chosen(values[aligned(source, values.shape)], [mask[place]])
        return total([x[cell], put]) if accumulate else put
    axes, shape, start = index_axes(indices_kinds, indices)
    rest = [c for axis, c in enumerate(cell) if axis not in axes]
    sent: list[Expr] = []
    for where in np.ndindex(shape):
        places = [at(index, where) for index in indices]
        lands = (
            int(place.number) % x.shape[axis] == cell[axis]
            for place, axis in zip(places, axes, strict=True)
        )
        if all(lands):
            source = (*rest[:start], *where, *rest[start:])
            sent.append(Chosen(values[aligned(source, values.shape)], places))
    if accumulate:
        return total([x[cell], *sent])
    return sent[-1] if sent else x[cell]


ROWS: dict[str, Row] = {
    "embedding": Row(
        why_embedding, "{weight}[{indices}]", lambda weight, indices: (*indices, *weight[-1:])
    ),
    "embedding_dense_backward": Row(why_embedding_backward, "0, [{indices}] += {grad_output}"),
    "gather": Row(why_gather, "gather({x}, {dim}, {index})"),
    "scatter_add": Row(why_scatter_add, "scatter_add({x}, {index}, {src})"),
    "scatter": Row(why_scatter, "scatter({x}, {index})"),
    "index_select": Row(why_index_select, "index_select({x}, {dim}, {index})"),
    "index_add": Row(why_index_add, "index_add({x}, {index}, {source})"),
    "index": Row(why_index, "{first}[…]"),
    "index_put": Row(why_index_put, "index_put({x}, {values})"),
}
