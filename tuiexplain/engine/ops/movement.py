"""Rows that move cells: shapes, indices, joins and look-ups. None of them changes a number."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Axes, Formula, Op, Vjp
from tuiexplain.engine.ops.families import Movement
from tuiexplain.trace.expression import Cell, Chosen, Constant, Expr, Operand, total

Shape = tuple[int, ...]
Shapes = tuple[Shape, ...]
Index = tuple[Any, ...]

# -- shape -----------------------------------------------------------------------------------------


def unreshape(g: Any, *, shape: Shape, shapes: Shapes, kept: int = 0) -> Any:
    return g.reshape(shapes[0])


def reshaped_axes(x: Axes, *, shape: Shape, kept: int = 0) -> Axes:
    """The first ``kept`` axes are as long as they were: along them nothing has moved."""
    return (*x[:kept], *[""] * (len(shape) - kept))


RESHAPE = Movement(
    "reshape",
    lambda x, *, shape, kept=0: x.reshape(shape),
    formula="reshape({x}, {shape})",
    vjps={"x": Vjp(unreshape, lambda attrs: f"reshape({{g}}, {attrs['shapes'][0]})")},
    axes=reshaped_axes,
)


def unexpand(g: Any, *, shape: Shape, shapes: Shapes) -> Any:
    return g  # the shape that it was expanded from is shorter, and so the engine sums


EXPAND = Movement(
    "expand",
    lambda x, *, shape: np.array(np.broadcast_to(x, shape)),
    formula="expand({x}, {shape})",
    vjps={"x": Vjp(unexpand, "{g}")},
    broadcasts=True,
    mismatch=lambda x, *, shape: f"shape {x.shape} cannot be repeated to {shape}.",
)


def transposed_axes(x: Axes, *, dim0: int, dim1: int) -> Axes:
    names = list(x)
    names[dim0], names[dim1] = names[dim1], names[dim0]
    return tuple(names)


def untranspose(g: Any, *, dim0: int, dim1: int, shapes: Shapes) -> Any:
    return g.swapaxes(dim0, dim1)


TRANSPOSE = Movement(
    "transpose",
    lambda x, *, dim0, dim1: x.swapaxes(dim0, dim1),
    formula="{x}ᵀ",
    vjps={"x": Vjp(untranspose, "{g}ᵀ")},
    axes=transposed_axes,
)


def unpermute(g: Any, *, dims: Shape, shapes: Shapes) -> Any:
    return g.transpose(np.argsort([d % len(dims) for d in dims]))


PERMUTE = Movement(
    "permute",
    lambda x, *, dims: x.transpose(dims),
    formula="permute({x}, {dims})",
    vjps={"x": Vjp(unpermute, "permute⁻¹({g})")},
    axes=lambda x, *, dims: tuple(x[d] for d in dims),
)

# -- index -----------------------------------------------------------------------------------------


def unindex(g: Any, *, index: Index, shapes: Shapes) -> Any:
    """Each cell back to where it came from; one that was taken twice adds up."""
    result = np.zeros(shapes[0])
    if any(isinstance(i, np.ndarray) for i in index):
        np.add.at(result, index, g)
    else:
        result[index] = g
    return result


def take(x: Any, *, index: Index) -> Any:
    part = x[index]
    return part if isinstance(part, np.ndarray) else np.asarray(part)


def indexed_axes(x: Axes, *, index: Index) -> Axes:
    """Whole numbers use an axis up, slices keep it, arrays leave the naming to others."""
    if any(isinstance(i, np.ndarray) for i in index):
        return ()
    left = iter(x)
    names: list[str] = []
    for i in index:
        if i is None:
            names.append("")
        elif isinstance(i, slice):
            names.append(next(left))
        else:
            next(left)
    return (*names, *left)


def shown_index(attrs: Any) -> str:
    """The index as it was written."""

    def one(i: Any) -> str:
        if isinstance(i, slice):
            ends = ["" if e is None else str(e) for e in (i.start, i.stop)]
            return ":".join(ends) + (f":{i.step}" if i.step not in (None, 1) else "")
        if isinstance(i, np.ndarray):
            return str(i.tolist()) if i.size < 6 else "…"
        return str(i)

    return "[" + ", ".join(one(i) for i in attrs["index"]) + "]"


def index_mismatch(x: Any, *, index: Index) -> str:
    if any(isinstance(i, np.ndarray) for i in index):
        return f"an index is outside shape {x.shape}, or the indices do not fit each other."
    axis = 0
    for i in index:
        if isinstance(i, int | np.integer) and not -x.shape[axis] <= i < x.shape[axis]:
            return f"{i} is outside axis {axis} of shape {x.shape}."
        axis += i is not None
    return f"{shown_index({'index': index})} does not fit shape {x.shape}."


def escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


INDEX = Movement(
    "index",
    take,
    formula=lambda attrs: "{x}" + escaped(shown_index(attrs)),
    vjps={"x": Vjp(unindex, lambda attrs: "0, " + escaped(shown_index(attrs)) + " += {g}")},
    axes=indexed_axes,
    mismatch=index_mismatch,
)

# -- join ------------------------------------------------------------------------------------------


def uncat(g: Any, *, dim: int, shapes: Shapes, position: int) -> Any:
    start = sum(s[dim] for s in shapes[:position])
    span = slice(start, start + shapes[position][dim])
    return g[(*[slice(None)] * (dim % g.ndim), span)]


def joining(name: str) -> Formula:
    """``cat(a, b)``: as it is called, the dimension only where it is not the first."""
    return lambda attrs: name + ("({list})" if attrs["dim"] == 0 else "({list}, dim={dim})")


def joined_axes(*tensors: Axes, dim: int) -> Axes:
    return tensors[0]


CAT = Movement(
    "cat",
    lambda *tensors, dim: np.concatenate(tensors, axis=dim),
    formula=joining("cat"),
    vjps={"tensors": Vjp(uncat, "{g}[…]")},
    axes=joined_axes,
)


def unstack(g: Any, *, dim: int, shapes: Shapes, position: int) -> Any:
    return np.asarray(g[(*[slice(None)] * (dim % g.ndim), position)])


def stacked_axes(*tensors: Axes, dim: int) -> Axes:
    names = [each[0] if len(set(each)) == 1 else "" for each in zip(*tensors, strict=True)]
    names.insert(dim % (len(names) + 1), "")
    return tuple(names)


STACK = Movement(
    "stack",
    lambda *tensors, dim: np.stack(tensors, axis=dim),
    formula=joining("stack"),
    vjps={"tensors": Vjp(unstack, "{g}[…]")},
    axes=stacked_axes,
)

# -- look-up ---------------------------------------------------------------------------------------


def embedding(weight: Any, index: Any) -> Any:
    """The rows of ``weight`` (entries, features) at ``index`` (…) → (…, features)."""
    if index.size and not (index.min() >= 0 and index.max() < weight.shape[0]):
        raise ValueError("outside")
    return weight[index]


def embedding_weight(g: Any, index: Any, *, weight_shape: Shape) -> Any:
    result = np.zeros(weight_shape)
    np.add.at(result, index, g)
    return result


def why_embedding(cell: Cell, weight: Operand, index: Operand) -> Expr:
    entry = index[cell[:-1]]
    return Chosen(weight[int(entry.number), cell[-1]], [entry])


def why_embedding_weight(cell: Cell, g: Operand, index: Operand, *, weight_shape: Shape) -> Expr:
    entry, feature = cell
    places = [index[p] for p in np.ndindex(index.shape)]
    terms = [Chosen(g[*p.cell, feature], [p]) for p in places if int(p.number) == entry]
    return total(terms) if terms else Constant(0.0)


EMBEDDING = Op(
    "embedding",
    embedding,
    formula="{weight}[{index}]",
    vjps={"weight": Vjp(embedding_weight, "0, [{index}] += {g}", why_embedding_weight)},
    why=why_embedding,
    axes=lambda weight, index: (*index, weight[-1]),
    mismatch=lambda weight, index: f"an index is not one of the {weight.shape[0]} entries.",
)

ROWS = (RESHAPE, EXPAND, TRANSPOSE, PERMUTE, INDEX, CAT, STACK, EMBEDDING)
