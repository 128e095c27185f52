"""Rows of normalisation: cells to mean 0 and deviation 1, then stretched and moved.

``dim`` are the axes that mean and variance are taken over, ``own`` those along which ``weight``
and ``bias`` have a number for each position: layer norm has both last (Ba and others, 2016), batch
norm goes over all axes but that of the channels, 1 (Ioffe and Szegedy, 2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Attrs, Axes, Op, Vjp
from tuiexplain.engine.ops.families import Elementwise, same
from tuiexplain.engine.ops.reductions import cells_behind, count
from tuiexplain.trace.expression import Cell, Constant, Expr, Named, Operand, product, total

Dims = tuple[int, ...]


def widened(w: Any, rank: int, own: Dims) -> Any:
    """``w`` with its axes at ``own`` of ``rank`` axes, ready to broadcast."""
    if own[0] == rank - len(own):
        return w  # they are the last axes already
    return w.reshape([w.shape[own.index(i)] if i in own else 1 for i in range(rank)])


def rest(rank: int, own: Dims) -> Dims:
    """The axes that are not ``own``."""
    return tuple(i for i in range(rank) if i not in own)


def normed(x: Any, dim: Dims, eps: float) -> tuple[Any, Any]:
    """(x − mean) / √(var + ε), and the root."""
    n = count(x.shape, dim)
    centred = x - np.add.reduce(x, axis=dim, keepdims=True) / n
    variance = np.add.reduce(centred * centred, axis=dim, keepdims=True) / n
    root = np.sqrt(variance + eps)
    return centred / root, root


def norm(x: Any, weight: Any = None, bias: Any = None, *, dim: Dims, own: Dims, eps: float) -> Any:
    y, _ = normed(x, dim, eps)
    if weight is not None:
        y = y * widened(weight, x.ndim, own)
    return y if bias is None else y + widened(bias, x.ndim, own)


def norm_x(g: Any, x: Any, weight: Any = None, *, dim: Dims, own: Dims, eps: float) -> Any:
    """(d − mean d − x̂·mean(d·x̂)) / √(var + ε), d = g·weight: straight, by the mean, by var."""
    y, root = normed(x, dim, eps)
    d = g if weight is None else g * widened(weight, x.ndim, own)
    n = count(x.shape, dim)
    common = np.add.reduce(d, axis=dim, keepdims=True) / n
    leaning = np.add.reduce(d * y, axis=dim, keepdims=True) / n
    return (d - common - y * leaning) / root


def norm_weight(g: Any, x: Any, *, dim: Dims, own: Dims, eps: float) -> Any:
    y, _ = normed(x, dim, eps)
    return np.add.reduce(g * y, axis=rest(x.ndim, own))


def norm_bias(g: Any, *, own: Dims) -> Any:
    return np.add.reduce(g, axis=rest(g.ndim, own))


# -- one cell, as expressions ----------------------------------------------------------------------


class Group:
    """The cells that are normalised together with one of them."""

    def __init__(self, cell: Cell, x: Operand, dim: Dims, eps: Any) -> None:
        lead = tuple(c for i, c in enumerate(cell) if i not in dim)
        self.cells = cells_behind(lead, x.shape, dim, keepdim=False)
        self.x = x
        self.n = Constant(len(self.cells))
        self.mean = Named("mean", total(x[c] for c in self.cells) / self.n)
        spread = total((x[c] - self.mean) ** 2 for c in self.cells) / self.n
        self.var = Named("var", spread)
        root: Any = np.sqrt(self.var + (eps if isinstance(eps, Expr) else Constant(eps)))
        self.root: Expr = root

    def normed(self, cell: Cell) -> Expr:
        return (self.x[cell] - self.mean) / self.root


def owned(w: Any, cell: Cell, own: Dims) -> Expr:
    """The cell of ``weight`` or ``bias`` that goes with ``cell``."""
    return w[tuple(cell[i] for i in own)]  # type: ignore[no-any-return]


def why_norm(
    cell: Cell,
    x: Operand,
    weight: Any = None,
    bias: Any = None,
    *,
    dim: Dims,
    own: Dims,
    eps: Any,
) -> Expr:
    y = Group(cell, x, dim, eps).normed(cell)
    if weight is not None:
        y = product([y, owned(weight, cell, own)])
    return y if bias is None else y + owned(bias, cell, own)


def why_norm_x(
    cell: Cell, g: Operand, x: Operand, weight: Any = None, *, dim: Dims, own: Dims, eps: Any
) -> Expr:
    group = Group(cell, x, dim, eps)

    def arrived(c: Cell) -> Expr:
        return g[c] if weight is None else product([g[c], owned(weight, c, own)])

    common = total(arrived(c) for c in group.cells) / group.n
    leaning = total(product([arrived(c), group.normed(c)]) for c in group.cells) / group.n
    here = Named("x̂", group.normed(cell))
    by_mean, by_var = Named("mean(d)", common), Named("mean(d·x̂)", leaning)
    return (arrived(cell) - by_mean - product([here, by_var])) / group.root


def behind(own: Dims, cell: Cell, shape: Cell) -> list[Cell]:
    """The cells of ``shape`` that ``cell`` of ``weight`` or ``bias`` goes with."""
    return cells_behind(cell, shape, rest(len(shape), own), keepdim=False)


def why_norm_weight(cell: Cell, g: Operand, x: Operand, *, dim: Dims, own: Dims, eps: Any) -> Expr:
    cells = behind(own, cell, x.shape)
    pairs = ((c, Named("x̂", Group(c, x, dim, eps).normed(c))) for c in cells)
    return total(product([g[c], y]) for c, y in pairs)


def why_norm_bias(cell: Cell, g: Operand, *, own: Dims) -> Expr:
    return total(g[c] for c in behind(own, cell, g.shape))


def norm_formula(attrs: Attrs) -> str:
    text = "({x} − mean) / √(var + ε)"
    text += "·{weight}" if attrs["inputs"] > 1 else ""
    return text + " + {bias}" if attrs["inputs"] > 2 else text


def norm_slope(attrs: Attrs) -> str:
    d = "{g}·{weight}" if attrs["inputs"] > 2 else "{g}"
    return f"(d − mean(d) − x̂·mean(d·x̂)) / √(var + ε), d = {d}"


def norm_axes(x: Axes, weight: Axes = (), bias: Axes = (), **_: Any) -> Axes:
    return x


def norm_mismatch(x: Any, weight: Any = None, bias: Any = None, *, own: Dims, **_: Any) -> str:
    wanted = tuple(np.shape(x)[i] for i in own)
    return f"x has shape {np.shape(x)}, so the weights need {wanted}, not {np.shape(weight)}."


def norm_row(name: str) -> Op:
    return Op(
        name,
        norm,
        formula=norm_formula,
        vjps={
            "weight": Vjp(norm_weight, "Σ {g}·x̂", why_norm_weight),
            "bias": Vjp(norm_bias, "Σ {g}", why_norm_bias),
            "x": Vjp(norm_x, norm_slope, why_norm_x),
        },
        why=why_norm,
        axes=norm_axes,
        symbols={"eps": "ε"},
        mismatch=norm_mismatch,
    )


LAYER_NORM = norm_row("layer_norm")
BATCH_NORM = norm_row("batch_norm")

# -- batch norm in use: the running numbers stand in for those of the batch ------------------------


def in_use(x: Any, mean: Any, var: Any, weight: Any = None, bias: Any = None, *, eps: Any) -> Any:
    y = (x - mean) / np.sqrt(var + eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def in_use_x(g: Any, var: Any, weight: Any = None, *, eps: Any) -> Any:
    return (g if weight is None else g * weight) / np.sqrt(var + eps)


def in_use_formula(attrs: Attrs) -> str:
    text = "({x} − {mean}) / √({var} + ε)"
    text += "·{weight}" if attrs["inputs"] > 3 else ""
    return text + " + {bias}" if attrs["inputs"] > 4 else text


IN_USE = Elementwise(
    "batch_norm_in_use",
    in_use,
    formula=in_use_formula,
    vjps={
        "weight": Vjp(
            lambda g, x, mean, var, *, eps: g * ((x - mean) / np.sqrt(var + eps)), "{g}·x̂"
        ),
        "bias": Vjp(lambda g: same(g), "{g}"),
        "x": Vjp(
            in_use_x,
            lambda attrs: (
                "{g}·{weight} / √({var} + ε)" if attrs["inputs"] > 2 else "{g} / √({var} + ε)"
            ),
        ),
    },
    symbols={"eps": "ε"},
)

# -- what batch norm remembers ---------------------------------------------------------------------


def batch_mean(old: Any, x: Any, *, momentum: float, dim: Dims) -> Any:
    """(1 − m)·old + m·(the mean of the batch)."""
    mean = np.add.reduce(x, axis=dim) / count(x.shape, dim)
    return (1.0 - momentum) * old + momentum * mean


def batch_var(old: Any, x: Any, *, momentum: float, dim: Dims) -> Any:
    """(1 − m)·old + m·(the variance of the batch, its sum divided by N − 1)."""
    n = count(x.shape, dim)
    mean = np.add.reduce(x, axis=dim, keepdims=True) / n
    squares = np.add.reduce((x - mean) ** 2, axis=dim)
    return (1.0 - momentum) * old + momentum * (squares / (n - 1))


def moved(old: Expr, new: Expr, momentum: Any) -> Expr:
    """(1 − m)·old + m·new."""
    return product([1.0 - momentum, old]) + product([momentum, new])


def why_batch_mean(cell: Cell, old: Operand, x: Operand, *, momentum: Any, dim: Dims) -> Expr:
    cells = cells_behind(cell, x.shape, dim, keepdim=False)
    mean = total(x[c] for c in cells) / Constant(len(cells))
    return moved(old[cell], Named("mean", mean), weight_of(momentum))


def why_batch_var(cell: Cell, old: Operand, x: Operand, *, momentum: Any, dim: Dims) -> Expr:
    cells = cells_behind(cell, x.shape, dim, keepdim=False)
    mean = Named("mean", total(x[c] for c in cells) / Constant(len(cells)))
    squares = total((x[c] - mean) ** 2 for c in cells)
    var = Named("var", squares / Constant(len(cells) - 1))
    return moved(old[cell], var, weight_of(momentum))


def weight_of(momentum: Any) -> Expr:
    return momentum if isinstance(momentum, Expr) else Constant(momentum, "m")


RUNNING_MEAN = Op(
    "batch_mean",
    batch_mean,
    formula="(1 − m)·{old} + m·mean {x}",
    why=why_batch_mean,
    axes=lambda old, x, **_: old,
    symbols={"momentum": "m"},
)
RUNNING_VAR = Op(
    "batch_var",
    batch_var,
    formula="(1 − m)·{old} + m·N/(N − 1)·var {x}",
    why=why_batch_var,
    axes=lambda old, x, **_: old,
    symbols={"momentum": "m"},
)

ROWS = (LAYER_NORM, BATCH_NORM, IN_USE, RUNNING_MEAN, RUNNING_VAR)
