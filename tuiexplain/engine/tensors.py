"""The tensor: an array, what it needs to be differentiated, and the operators that Python has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import tuiexplain.engine.functional as F
from tuiexplain.engine import autograd, backward
from tuiexplain.engine.functional.shapes import getitem
from tuiexplain.engine.ops import elementwise as rows
from tuiexplain.engine.ops.contractions import MATMUL
from tuiexplain.engine.state import state
from tuiexplain.trace.event import Phase
from tuiexplain.trace.recorder import active

Labels = tuple[tuple[str, ...] | None, ...]


class Number:
    """A plain number among the inputs of an operation: no array, and no gradient."""

    __slots__ = ("data",)
    requires_grad = False

    def __init__(self, number: float) -> None:
        self.data = float(number)


class Tensor:
    """An array of float64 (or of integers or booleans, where they are indices or masks).

    ``data`` is a NumPy array that nothing changes in place: an update puts a new array there.
    ``grad`` is filled by :meth:`backward` for leaves that require it. ``name``, ``axes`` and
    ``labels`` (of positions along an axis) are for those who look at a trace; ``initialised_by`` is
    there where ``nn.init`` drew or set the numbers.
    """

    __slots__ = ("_shown", "data", "grad", "initialised_by", "node", "requires_grad", "retains")
    initialised_by: str | None
    __array_ufunc__ = None  # so that ``array * tensor`` comes to __rmul__

    def __init__(self, data: np.ndarray, requires_grad: bool = False) -> None:
        self.data = data
        self.grad: Tensor | None = None
        self.requires_grad = requires_grad
        self.node: autograd.Node | None = None
        self.retains = False

    # -- what is shown of it ---------------------------------------------------------------------

    def _about(self, what: str, default: Any) -> Any:
        return getattr(self, "_shown", {}).get(what, default)

    def _tell(self, what: str, value: Any) -> None:
        if not hasattr(self, "_shown"):
            self._shown: dict[str, Any] = {}
        self._shown[what] = value

    @property
    def name(self) -> str | None:
        """What a trace calls this tensor, if its author said so."""
        return self._about("name", None)  # type: ignore[no-any-return]

    @name.setter
    def name(self, name: str | None) -> None:
        self._tell("name", name)

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the axes: ``("example", "feature")``."""
        return self._about("axes", ())  # type: ignore[no-any-return]

    @axes.setter
    def axes(self, axes: tuple[str, ...]) -> None:
        self._tell("axes", tuple(axes))

    @property
    def labels(self) -> Labels:
        """The names of the positions along each axis, ``None`` for one without."""
        return self._about("labels", ())  # type: ignore[no-any-return]

    @labels.setter
    def labels(self, labels: Labels) -> None:
        self._tell("labels", labels)
        recorder = active()
        if recorder is not None:
            recorder.labelled[id(self.data)] = labels

    # -- the array -------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the length along ``dim``."""
        return self.data.shape if dim is None else self.data.shape[dim]

    def dim(self) -> int:
        return self.data.ndim

    def numel(self) -> int:
        return self.data.size

    def numpy(self) -> np.ndarray:
        """The array itself, not a copy; a tensor that requires a gradient is detached first."""
        if self.requires_grad:
            raise RuntimeError("numpy: this tensor requires a gradient; use .detach().numpy().")
        return self.data

    def item(self) -> Any:
        """The number in a tensor of one cell."""
        if self.data.size != 1:
            raise ValueError(
                f"item: a tensor of shape {self.shape} has {self.numel()} numbers, not 1."
            )
        return self.data.item()

    def tolist(self) -> Any:
        return self.data.tolist()

    def __len__(self) -> int:
        if not self.data.ndim:
            raise TypeError("len: a tensor of one number has no length.")
        return len(self.data)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.data, dtype=dtype)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", prefix="tensor(", precision=4)
        if self.node is not None:
            return f"tensor({numbers}, grad_fn=<{self.node[1].name}>)"
        return f"tensor({numbers}{', requires_grad=True' if self.requires_grad else ''})"

    # -- the gradient ----------------------------------------------------------------------------

    @property
    def is_leaf(self) -> bool:
        """Whether no remembered operation made this tensor."""
        return self.node is None

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Say whether :meth:`backward` should fill ``grad``."""
        if requires_grad and self.data.dtype.kind != "f":
            raise RuntimeError("requires_grad_: only tensors of real numbers can have a gradient.")
        if not requires_grad and self.node is not None:
            raise RuntimeError(
                "requires_grad_: only a leaf can be freed of its gradient; detach it."
            )
        self.requires_grad = requires_grad
        return self

    def retain_grad(self) -> None:
        """Keep the gradient of this tensor in ``grad`` though it is not a leaf."""
        self.retains = True

    def detach(self) -> Tensor:
        """The same array, without what it was computed from."""
        return Tensor(self.data)

    def backward(self, gradient: Tensor | None = None, retain_graph: bool = False) -> None:
        """The gradient of this tensor (one number, or weighted by ``gradient``) for every leaf."""
        if not self.requires_grad:
            raise RuntimeError(
                "backward: nothing that this tensor was computed from requires a gradient."
            )
        if gradient is None and self.data.size != 1:
            raise RuntimeError(
                "backward: only one number has a gradient without weights; "
                f"this has shape {self.shape}."
            )
        if gradient is not None and gradient.shape != self.shape:
            raise RuntimeError(
                f"backward: the weights have shape {gradient.shape}, the tensor {self.shape}."
            )
        backward.backward(self, None if gradient is None else gradient.data, retain_graph)

    # -- arithmetic ------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Tensor:
        return autograd.apply(rows.ADD, (self, operand(other)))

    def __radd__(self, other: Any) -> Tensor:
        return autograd.apply(rows.ADD, (operand(other), self))

    def __sub__(self, other: Any) -> Tensor:
        return autograd.apply(rows.SUB, (self, operand(other)))

    def __rsub__(self, other: Any) -> Tensor:
        return autograd.apply(rows.SUB, (operand(other), self))

    def __mul__(self, other: Any) -> Tensor:
        return autograd.apply(rows.MUL, (self, operand(other)))

    def __rmul__(self, other: Any) -> Tensor:
        return autograd.apply(rows.MUL, (operand(other), self))

    def __truediv__(self, other: Any) -> Tensor:
        return autograd.apply(rows.DIV, (self, operand(other)))

    def __rtruediv__(self, other: Any) -> Tensor:
        return autograd.apply(rows.DIV, (operand(other), self))

    def __pow__(self, other: Any) -> Tensor:
        return autograd.apply(rows.POW, (self, operand(other)))

    def __rpow__(self, other: Any) -> Tensor:
        return autograd.apply(rows.POW, (operand(other), self))

    def __neg__(self) -> Tensor:
        return autograd.apply(rows.NEG, (self,))

    def __abs__(self) -> Tensor:
        return autograd.apply(rows.ABS, (self,))

    def __matmul__(self, other: Any) -> Tensor:
        return autograd.apply(MATMUL, (self, operand(other)))

    def __rmatmul__(self, other: Any) -> Tensor:
        return autograd.apply(MATMUL, (operand(other), self))

    # -- ``w -= lr * w.grad``: under no_grad the update of a parameter -----------------------------

    def __iadd__(self, other: Any) -> Tensor:
        return self._in_place(rows.ADD, other)

    def __isub__(self, other: Any) -> Tensor:
        return self._in_place(rows.SUB, other)

    def __imul__(self, other: Any) -> Tensor:
        return self._in_place(rows.MUL, other)

    def __itruediv__(self, other: Any) -> Tensor:
        return self._in_place(rows.DIV, other)

    def _in_place(self, op: Any, other: Any) -> Tensor:
        """The tensor gets a new array; the old one stays what it was for whoever holds it."""
        leaf = self.requires_grad and self.node is None
        if leaf and state.grad:
            raise RuntimeError(
                "in place: a leaf that requires a gradient changes only under no_grad()."
            )
        result = autograd.apply(op, (self, operand(other)))
        if result.requires_grad:
            return result
        if result.shape != self.shape:
            raise ValueError(f"in place: shape {self.shape} cannot become {result.shape}.")
        recorder = active()
        if leaf and recorder is not None:
            recorder.calls[-1] = (Phase.UPDATE, *recorder.calls[-1][1:-1], self.data)
        self.data = result.data
        return self

    # -- comparison: masks, without a gradient -----------------------------------------------------

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        return autograd.apply(rows.EQ, (self, operand(other)))

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        return autograd.apply(rows.NE, (self, operand(other)))

    def __lt__(self, other: Any) -> Tensor:
        return autograd.apply(rows.LT, (self, operand(other)))

    def __le__(self, other: Any) -> Tensor:
        return autograd.apply(rows.LE, (self, operand(other)))

    def __gt__(self, other: Any) -> Tensor:
        return autograd.apply(rows.GT, (self, operand(other)))

    def __ge__(self, other: Any) -> Tensor:
        return autograd.apply(rows.GE, (self, operand(other)))

    __hash__ = object.__hash__

    # -- methods that have a function of the same name ---------------------------------------------

    def sum(self, dim: Any = None, keepdim: bool = False) -> Tensor:
        return F.sum(self, dim, keepdim)

    def mean(self, dim: Any = None, keepdim: bool = False) -> Tensor:
        return F.mean(self, dim, keepdim)

    def max(self, dim: Any = None, keepdim: bool = False) -> Any:
        return F.max(self, dim, keepdim)

    def min(self, dim: Any = None, keepdim: bool = False) -> Any:
        return F.min(self, dim, keepdim)

    def argmax(self, dim: int | None = None, keepdim: bool = False) -> Tensor:
        return Tensor(np.asarray(np.argmax(self.data, axis=dim, keepdims=keepdim)))

    def argmin(self, dim: int | None = None, keepdim: bool = False) -> Tensor:
        return Tensor(np.asarray(np.argmin(self.data, axis=dim, keepdims=keepdim)))

    def exp(self) -> Tensor:
        return F.exp(self)

    def log(self) -> Tensor:
        return F.log(self)

    def sqrt(self) -> Tensor:
        return F.sqrt(self)

    def abs(self) -> Tensor:
        return F.abs(self)

    def round(self) -> Tensor:
        return F.round(self)

    def pow(self, exponent: Any) -> Tensor:
        return autograd.apply(rows.POW, (self, operand(exponent)))

    def sigmoid(self) -> Tensor:
        return F.sigmoid(self)

    def tanh(self) -> Tensor:
        return F.tanh(self)

    def relu(self) -> Tensor:
        return F.relu(self)

    def softmax(self, dim: int) -> Tensor:
        return F.softmax(self, dim)

    def log_softmax(self, dim: int) -> Tensor:
        return F.log_softmax(self, dim)

    def clamp(self, min: Any = -np.inf, max: Any = np.inf) -> Tensor:
        return F.clamp(self, min, max)

    def matmul(self, other: Tensor) -> Tensor:
        return F.matmul(self, other)

    def clone(self) -> Tensor:
        """A copy through which gradients flow."""
        return autograd.apply(rows.CLONE, (self,))

    def reshape(self, *shape: Any) -> Tensor:
        return F.reshape(self, lengths(shape))

    def view(self, *shape: Any) -> Tensor:
        return F.reshape(self, lengths(shape))

    def expand(self, *size: Any) -> Tensor:
        return F.broadcast_to(self, lengths(size))

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        return F.flatten(self, start_dim, end_dim)

    def unsqueeze(self, dim: int) -> Tensor:
        return F.unsqueeze(self, dim)

    def squeeze(self, dim: int | None = None) -> Tensor:
        return F.squeeze(self, dim)

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        return F.transpose(self, dim0, dim1)

    def permute(self, *dims: Any) -> Tensor:
        return F.permute(self, lengths(dims))

    def t(self) -> Tensor:
        """Rows and columns exchanged."""
        if self.ndim > 2:
            raise ValueError(f"t: {self.shape} has more than rows and columns; use transpose.")
        return F.transpose(self, 0, 1) if self.ndim == 2 else self

    @property
    def T(self) -> Tensor:  # noqa: N802
        """All axes in the opposite order: rows and columns exchanged."""
        return self.t() if self.ndim <= 2 else F.permute(self, range(self.ndim)[::-1])

    def __getitem__(self, index: Any) -> Tensor:
        return getitem(self, index)


def lengths(given: tuple[Any, ...]) -> tuple[int, ...]:
    """``2, 3`` and ``(2, 3)`` alike."""
    return tuple(given[0]) if len(given) == 1 and not isinstance(given[0], int) else given


def operand(x: Any) -> Any:
    """``x`` as an input of an operation: a tensor, or a plain number."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, bool | int | float | np.number):
        return Number(x)  # type: ignore[arg-type]
    return Tensor(np.array(x))
