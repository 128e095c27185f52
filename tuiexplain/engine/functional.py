"""Operations as functions: names and parameters of ``torch`` and ``torch.nn.functional``."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tuiexplain.engine import autograd, tensors
from tuiexplain.engine.ops import (
    activations,
    contractions,
    elementwise,
    extremes,
    losses,
    movement,
    norms,
    reductions,
)
from tuiexplain.engine.ops import cross_entropy as cross_entropies
from tuiexplain.engine.ops import softmax as softmaxes
from tuiexplain.engine.random import generator
from tuiexplain.engine.sliding_windows import avg_pool2d, conv2d, max_pool2d
from tuiexplain.trace.recorder import active
from tuiexplain.trace.value import Kind, Origin, Source

if TYPE_CHECKING:
    from tuiexplain.engine.tensors import Tensor

Dim = int | Sequence[int] | None

__all__ = [
    "abs", "avg_pool2d", "batch_norm", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "broadcast_to", "cat", "clamp", "conv2d", "cos", "cross_entropy", "cumsum", "dropout",
    "embedding", "exp", "flatten", "gelu", "l1_loss", "layer_norm", "leaky_relu", "linear", "log",
    "log_softmax", "matmul", "max", "max_pool2d", "maximum", "mean", "min", "minimum", "mse_loss",
    "permute", "relu", "reshape", "round", "sigmoid", "sin", "softmax", "sqrt", "squeeze", "stack",
    "sum", "tanh", "transpose", "unsqueeze", "where",
]  # fmt: skip


def apply(op: Any, *inputs: Any, **options: Any) -> Tensor:
    """Run a row of the table; plain numbers and arrays may stand among its inputs."""
    return autograd.apply(op, tuple(tensors.operand(x) for x in inputs), options or None)


# -- cell by cell ----------------------------------------------------------------------------------


def abs(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.ABS, (input,))


def round(input: Tensor) -> Tensor:
    """The nearest whole number; of two that are equally near the even one."""
    return autograd.apply(elementwise.ROUND, (input,))


def exp(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.EXP, (input,))


def log(input: Tensor) -> Tensor:
    """The natural logarithm."""
    return autograd.apply(elementwise.LOG, (input,))


def sqrt(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.SQRT, (input,))


def sin(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.SIN, (input,))


def cos(input: Tensor) -> Tensor:
    return autograd.apply(elementwise.COS, (input,))


def maximum(input: Any, other: Any) -> Tensor:
    """The larger of each pair of cells."""
    return apply(elementwise.MAXIMUM, input, other)


def minimum(input: Any, other: Any) -> Tensor:
    """The smaller of each pair of cells."""
    return apply(elementwise.MINIMUM, input, other)


def clamp(input: Tensor, min: Any = -np.inf, max: Any = np.inf) -> Tensor:
    """``input``, cut off below ``min`` and above ``max``."""
    return apply(elementwise.CLAMP, input, min, max)


def where(condition: Tensor, input: Any, other: Any) -> Tensor:
    """``input`` where ``condition`` holds, else ``other``."""
    return apply(elementwise.WHERE, condition, input, other)


def dropout(input: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Each cell is 0 with probability ``p``; the others grow by 1 / (1 − p)."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: p is {p}; a probability is from 0 to 1.")
    if not training or p == 0:
        return input
    mask = generator().random(input.shape) >= p
    recorder = active()
    if recorder is not None:
        origin = Origin(Source.SEED, f"dropped, probability {p:g}")
        recorder.declare(mask, "mask", Kind.BUFFER, input.axes, input.labels, origin)
    if p == 1:
        return input * 0.0
    return autograd.apply(elementwise.DROPOUT, (input, tensors.Tensor(mask)), {"p": float(p)})


# -- activations -----------------------------------------------------------------------------------


def sigmoid(input: Tensor) -> Tensor:
    return autograd.apply(activations.SIGMOID, (input,))


def tanh(input: Tensor) -> Tensor:
    return autograd.apply(activations.TANH, (input,))


def relu(input: Tensor) -> Tensor:
    return autograd.apply(activations.RELU, (input,))


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    return autograd.apply(
        activations.LEAKY_RELU, (input,), {"negative_slope": float(negative_slope)}
    )


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x·Φ(x); ``approximate="tanh"`` is the form that GPT-2 has."""
    _one_of("gelu", "approximate", approximate, ("none", "tanh"))
    return autograd.apply(activations.GELU, (input,), {"approximate": approximate})


def softmax(input: Tensor, dim: int) -> Tensor:
    """Probabilities: e^x, divided by its sum along ``dim``."""
    return autograd.apply(softmaxes.SOFTMAX, (input,), {"dim": _axis("softmax", dim, input)})


def log_softmax(input: Tensor, dim: int) -> Tensor:
    """The logarithm of :func:`softmax`, without its rounding."""
    options = {"dim": _axis("log_softmax", dim, input)}
    return autograd.apply(softmaxes.LOG_SOFTMAX, (input,), options)


# -- normalisation ---------------------------------------------------------------------------------


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each example by its own mean and variance over the last axes, then ·``weight`` + ``bias``."""
    shape = tuple(normalized_shape)
    if not shape or input.shape[-len(shape) :] != shape:
        raise ValueError(f"layer_norm: the last axes of shape {input.shape} are not {shape}.")
    last = tuple(range(input.ndim - len(shape), input.ndim))
    return _norm(norms.LAYER_NORM, (input,), weight, bias, {"dim": last, "own": last, "eps": eps})


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel (axis 1) by its mean and variance, then ·``weight`` + ``bias``.

    In training they are those of the batch, and the running ones move towards them; else they are
    the running ones.
    """
    if input.ndim < 2:
        raise ValueError(f"batch_norm: shape {input.shape} has no axis 1 of channels.")
    batch = tuple(i for i in range(input.ndim) if i != 1)
    if not training and running_mean is not None and running_var is not None:
        shape = [1 if i in batch else -1 for i in range(input.ndim)]
        known = running_mean, running_var, weight, bias
        mean, var, weight, bias = (
            t if t is None or input.ndim == 2 else reshape(t, shape) for t in known
        )
        return _norm(norms.IN_USE, (input, mean, var), weight, bias, {"eps": eps})
    if input.numel() == input.shape[1]:
        raise ValueError(
            f"batch_norm: shape {input.shape} has one number for each channel, and one number has "
            "no spread; train with more rows, or call eval() first."
        )
    options = {"dim": batch, "own": (1,), "eps": eps}
    y = _norm(norms.BATCH_NORM, (input,), weight, bias, options)
    told = {"momentum": float(momentum), "dim": batch}
    for row, running in ((norms.RUNNING_MEAN, running_mean), (norms.RUNNING_VAR, running_var)):
        if running is not None:
            running.data = autograd.remember(row, running.data, input.data, told)
    return y


def _norm(
    op: Any,
    inputs: tuple[Any, ...],
    weight: Tensor | None,
    bias: Tensor | None,
    options: dict[str, Any],
) -> Tensor:
    """A row of normalisation; a bias without a weight needs one of ones in its place."""
    if weight is None and bias is not None:
        weight = tensors.Tensor(np.ones(bias.shape))
    options = {**options, "eps": float(options["eps"])}
    given = (*inputs, *(t for t in (weight, bias) if t is not None))
    return autograd.apply(op, given, options)


# -- products --------------------------------------------------------------------------------------


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input``·``weight``ᵀ + ``bias``: (…, in), (out, in), (out) → (…, out)."""
    inputs = (input, weight) if bias is None else (input, weight, bias)
    return autograd.apply(contractions.LINEAR, inputs)


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product, as ``@``: (…, n, k), (…, k, m) → (…, n, m); vectors lose their axis."""
    return autograd.apply(contractions.MATMUL, (input, other))


# -- many numbers to one ---------------------------------------------------------------------------


class Extreme(NamedTuple):
    """What ``max`` and ``min`` along an axis give."""

    values: Tensor
    indices: Tensor


def sum(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    options = {"dim": _axes("sum", dim, input), "keepdim": keepdim}
    return autograd.apply(reductions.SUM, (input,), options)


def mean(input: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    options = {"dim": _axes("mean", dim, input), "keepdim": keepdim}
    return autograd.apply(reductions.MEAN, (input,), options)


def cumsum(input: Tensor, dim: int) -> Tensor:
    """Along ``dim``: each cell plus all before it."""
    return autograd.apply(reductions.CUMSUM, (input,), {"dim": _axis("cumsum", dim, input)})


def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest number; along ``dim``, also where it stands; of two tensors, cell by cell."""
    if isinstance(dim, tensors.Tensor):
        return maximum(input, dim)
    return _extreme(extremes.MAX, np.argmax, input, dim, keepdim)


def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest number; along ``dim``, also where it stands; of two tensors, cell by cell."""
    if isinstance(dim, tensors.Tensor):
        return minimum(input, dim)
    return _extreme(extremes.MIN, np.argmin, input, dim, keepdim)


def _extreme(op: Any, place: Any, input: Tensor, dim: int | None, keepdim: bool) -> Any:
    if dim is not None:
        dim = _axis(op.name, dim, input)
    elif not input.numel():
        raise ValueError(f"{op.name}: the tensor of shape {input.shape} has no numbers.")
    values = autograd.apply(op, (input,), {"dim": dim, "keepdim": keepdim})
    if dim is None:
        return values
    return Extreme(
        values, tensors.Tensor(np.asarray(place(input.data, axis=dim, keepdims=keepdim)))
    )


# -- shapes ----------------------------------------------------------------------------------------


def reshape(input: Tensor, shape: Sequence[int]) -> Tensor:
    """The same numbers in reading order; one length may be -1, for what remains."""
    known = math.prod(n for n in shape if n != -1)
    rest = input.numel() // known if known else 0
    full = tuple(rest if n == -1 else int(n) for n in shape)
    if math.prod(full) != input.numel() or builtins.sum(n == -1 for n in shape) > 1:
        raise ValueError(
            f"reshape: {input.numel()} numbers of shape {input.shape} do not fit {tuple(shape)}."
        )
    kept = 0
    for own, new in zip(input.shape, full, strict=False):
        if own != new:
            break
        kept += 1
    return autograd.apply(movement.RESHAPE, (input,), {"shape": full, "kept": kept})


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The axes from ``start_dim`` to ``end_dim`` become one."""
    if not input.ndim:
        return reshape(input, (1,))
    start, end = _axis("flatten", start_dim, input), _axis("flatten", end_dim, input)
    merged = math.prod(input.shape[start : end + 1])
    return reshape(input, (*input.shape[:start], merged, *input.shape[end + 1 :]))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A new axis of length 1 at ``dim``."""
    rank = input.ndim + 1
    if not -rank <= dim < rank:
        raise IndexError(f"unsqueeze: {dim} is no place for an axis in shape {input.shape}.")
    shape = list(input.shape)
    shape.insert(dim % rank, 1)
    return reshape(input, shape)


def squeeze(input: Tensor, dim: int | None = None) -> Tensor:
    """Axes of length 1 removed: all, or ``dim`` if it is one."""
    gone = range(input.ndim) if dim is None else [_axis("squeeze", dim, input)]
    return reshape(input, [n for i, n in enumerate(input.shape) if n != 1 or i not in gone])


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """``input`` repeated to ``size``; -1 keeps a length."""
    extra = len(size) - input.ndim
    own = (*[1] * extra, *input.shape)
    shape = tuple(have if want == -1 else want for have, want in zip(own, size, strict=True))
    return autograd.apply(movement.EXPAND, (input,), {"shape": shape})


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two axes exchanged."""
    dims = {"dim0": _axis("transpose", dim0, input), "dim1": _axis("transpose", dim1, input)}
    return autograd.apply(movement.TRANSPOSE, (input,), dims)


def permute(input: Tensor, dims: Sequence[int]) -> Tensor:
    """The axes in another order."""
    found = tuple(_axis("permute", d, input) for d in dims)
    if sorted(found) != list(range(input.ndim)):
        raise ValueError(f"permute: {tuple(dims)} does not name each of {input.ndim} axes once.")
    return autograd.apply(movement.PERMUTE, (input,), {"dims": found})


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an axis that they have."""
    _some("cat", tensors)
    return autograd.apply(movement.CAT, tuple(tensors), {"dim": _axis("cat", dim, tensors[0])})


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new axis."""
    _some("stack", tensors)
    return autograd.apply(movement.STACK, tuple(tensors), {"dim": dim % (tensors[0].ndim + 1)})


def embedding(input: Tensor, weight: Tensor) -> Tensor:
    """The rows of ``weight`` (entries, features) that ``input`` (…) counts off: (…, features)."""
    return autograd.apply(movement.EMBEDDING, (weight, input))


def getitem(input: Tensor, index: Any) -> Tensor:
    """``input[index]``."""
    index = index if isinstance(index, tuple) else (index,)
    parts: list[Any] = []
    for i in index:
        part = i.data if isinstance(i, tensors.Tensor) else i
        if isinstance(part, list):
            part = np.asarray(part)
        if isinstance(part, np.ndarray):
            parts.extend(np.nonzero(part) if part.dtype == bool else (part,))
        else:
            parts.append(part)
    used = builtins.sum(1 for p in parts if p is not None and p is not Ellipsis)
    if used > input.ndim:
        raise IndexError(f"index: {used} indices for the {input.ndim} axes of shape {input.shape}.")
    if any(p is Ellipsis for p in parts):
        at = next(i for i, p in enumerate(parts) if p is Ellipsis)
        parts[at : at + 1] = [slice(None)] * (input.ndim - used)
    return autograd.apply(movement.INDEX, (input,), {"index": tuple(parts)})


REDUCTIONS = ("mean", "sum", "none")

# -- losses ----------------------------------------------------------------------------------------


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The squares of the differences: their mean, their sum, or each of them (``none``)."""
    return _loss(losses.MSE, input, target, reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """The sizes of the differences."""
    return _loss(losses.L1, input, target, reduction)


def binary_cross_entropy(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """−log of the probability that ``input`` (from 0 to 1) gave to ``target`` (0 or 1)."""
    return _loss(losses.BCE, input, target, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, reduction: str = "mean"
) -> Tensor:
    """:func:`binary_cross_entropy` of the sigmoid of ``input``, without its rounding."""
    return _loss(losses.BCE_WITH_LOGITS, input, target, reduction)


def cross_entropy(
    input: Tensor, target: Tensor, reduction: str = "mean", ignore_index: int = -100
) -> Tensor:
    """−log of the probability that softmax gives to the target.

    ``input``: scores (N, C, …) or (C). ``target``: class numbers (N, …), or probabilities of the
    shape of ``input``. Examples whose target is ``ignore_index`` do not count.
    """
    _one_of("cross_entropy", "reduction", reduction, REDUCTIONS)
    probabilities = target.shape == input.shape
    options = {"reduction": reduction, "ignore_index": None if probabilities else ignore_index}
    return autograd.apply(cross_entropies.CROSS_ENTROPY, (input, target), options)


def _loss(op: Any, input: Tensor, target: Tensor, reduction: str) -> Tensor:
    if reduction not in REDUCTIONS:
        _one_of(op.name, "reduction", reduction, REDUCTIONS)
    return autograd.apply(op, (input, target), {"reduction": reduction})


# -- bad use ---------------------------------------------------------------------------------------


def _one_of(op: str, what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ValueError(f"{op}: {what} is '{given}'; it must be one of {', '.join(known)}.")


def _some(op: str, given: Sequence[Tensor]) -> None:
    if not len(given):
        raise ValueError(f"{op}: there are no tensors to join.")


def _axis(op: str, dim: int, input: Tensor) -> int:
    """``dim`` counted from 0."""
    rank = builtins.max(1, input.ndim)
    if not -rank <= dim < rank:
        raise IndexError(f"{op}: there is no axis {dim} in shape {input.shape}.")
    return dim % rank


def _axes(op: str, dim: Dim, input: Tensor) -> int | tuple[int, ...] | None:
    if dim is None or (not input.ndim and not isinstance(dim, int)):
        return None
    if isinstance(dim, int):
        return _axis(op, dim, input) if input.ndim else None
    return tuple(_axis(op, d, input) for d in dim)
