"""Bad use is answered by one sentence that names what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tuiexplain.engine.functional as F
from tuiexplain import engine
from tuiexplain.engine import gradcheck, nn, ones, tensor

MISTAKES: list[tuple[str, Callable[[], Any], str]] = [
    ("linear", lambda: F.linear(ones(5, 3), ones(4, 2)), "linear: x has 3 features, W takes 2."),
    (
        "linear bias",
        lambda: F.linear(ones(5, 2), ones(4, 2), ones(3)),
        "linear: b has shape (3,), W gives 4 outputs.",
    ),
    (
        "linear weight",
        lambda: F.linear(ones(5, 2), ones(2)),
        "linear: W has shape (2,); it must have two axes (out, in).",
    ),
    (
        "layer",
        lambda: nn.Linear(2, 4)(ones(3)),
        "linear: x has 3 features, W takes 2.",
    ),
    ("add", lambda: ones(3, 2) + ones(4), "add: shapes (3, 2) and (4,) do not fit together."),
    (
        "matmul",
        lambda: ones(3, 2) @ ones(3, 2),
        "matmul: shapes (3, 2) and (3, 2) do not fit: 2 columns against 3 rows.",
    ),
    (
        "matmul number",
        lambda: ones(3, 2) @ ones(()),
        "matmul: shapes (3, 2) and (): a single number has no rows or columns; use *.",
    ),
    (
        "matmul leading",
        lambda: ones(2, 3, 2) @ ones(4, 2, 3),
        "matmul: shapes (2, 3, 2) and (4, 2, 3) do not fit: the leading axes differ.",
    ),
    (
        "mse",
        lambda: F.mse_loss(ones(3), ones(2)),
        "mse_loss: shapes (3,) and (2,) do not fit together.",
    ),
    (
        "reduction",
        lambda: F.mse_loss(ones(3), ones(3), reduction="total"),
        "mse_loss: reduction is 'total'; it must be one of mean, sum, none.",
    ),
    (
        "classes",
        lambda: F.cross_entropy(ones(2, 3), tensor([0, 3])),
        "cross_entropy: a target is not one of the 3 classes, 0 to 2.",
    ),
    (
        "class shape",
        lambda: F.cross_entropy(ones(2, 3), tensor([0, 1, 2])),
        "cross_entropy: scores of shape (2, 3) need targets of shape (2,) (class numbers) "
        "or (2, 3) (probabilities), not (3,).",
    ),
    (
        "embedding",
        lambda: F.embedding(tensor([0, 4]), ones(4, 2)),
        "embedding: an index is not one of the 4 entries.",
    ),
    (
        "reshape",
        lambda: ones(2, 3).reshape(4, 2),
        "reshape: 6 numbers of shape (2, 3) do not fit (4, 2).",
    ),
    (
        "expand",
        lambda: ones(2, 3).expand(4, 3),
        "expand: shape (2, 3) cannot be repeated to (4, 3).",
    ),
    (
        "cat",
        lambda: engine.cat([ones(2, 3), ones(2, 4)]),
        "cat: shapes (2, 3) and (2, 4) do not fit together.",
    ),
    ("cat of nothing", lambda: engine.cat([]), "cat: there are no tensors to join."),
    ("no such axis", lambda: ones(2, 3).sum(dim=2), "sum: there is no axis 2 in shape (2, 3)."),
    ("no such cell", lambda: ones(2, 3)[2], "index: 2 is outside axis 0 of shape (2, 3)."),
    (
        "too many indices",
        lambda: ones(2, 3)[0, 0, 0],
        "index: 3 indices for the 2 axes of shape (2, 3).",
    ),
    (
        "permute",
        lambda: ones(2, 3).permute(0, 0),
        "permute: (0, 0) does not name each of 2 axes once.",
    ),
    (
        "dropout",
        lambda: F.dropout(ones(3), 1.5),
        "dropout: p is 1.5; a probability is from 0 to 1.",
    ),
    (
        "ragged",
        lambda: tensor([[1.0, 2.0], [3.0]]),
        "tensor: the rows of the data have different lengths.",
    ),
    ("text", lambda: tensor(["a"]), "tensor: the data must be numbers, not text."),
    ("item", lambda: ones(2).item(), "item: a tensor of shape (2,) has 2 numbers, not 1."),
    (
        "integer gradient",
        lambda: tensor([1, 2], requires_grad=True),
        "requires_grad_: only tensors of real numbers can have a gradient.",
    ),
    (
        "backward of many",
        lambda: ones(2, requires_grad=True).backward(),
        "backward: only one number has a gradient without weights; this has shape (2,).",
    ),
    (
        "backward of a constant",
        lambda: ones(1).backward(),
        "backward: nothing that this tensor was computed from requires a gradient.",
    ),
    (
        "backward weights",
        lambda: (ones(2, requires_grad=True) * 2).backward(ones(3)),
        "backward: the weights have shape (3,), the tensor (2,).",
    ),
    (
        "batch norm of one row",
        lambda: nn.BatchNorm1d(3)(ones(1, 3)),
        "batch_norm: shape (1, 3) has one number for each channel, and one number has no spread; "
        "train with more rows, or call eval() first.",
    ),
    (
        "batch norm of other features",
        lambda: nn.BatchNorm1d(3)(ones(2, 4)),
        "BatchNorm1d: takes shape (N, 3) or (N, 3, L), not (2, 4).",
    ),
    (
        "layer norm of other features",
        lambda: nn.LayerNorm(3)(ones(2, 4)),
        "layer_norm: the last axes of shape (2, 4) are not (3,).",
    ),
    (
        "layer norm's weight",
        lambda: F.layer_norm(ones(2, 4), (4,), ones(3)),
        "layer_norm: x has shape (2, 4), so the weights need (4,), not (3,).",
    ),
    ("forward", lambda: nn.Module()(1), "Module does not define forward."),
    (
        "gradcheck of constants",
        lambda: gradcheck(lambda x: x, ones(2)),
        "gradcheck: none of the inputs requires a gradient.",
    ),
]


@pytest.mark.parametrize(
    ("mistake", "says"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES]
)
def test_one_sentence(mistake: Callable[[], Any], says: str) -> None:
    with pytest.raises(
        (ValueError, IndexError, TypeError, RuntimeError, NotImplementedError)
    ) as caught:
        mistake()
    assert str(caught.value) == says


def test_the_graph_is_used_up_as_in_torch() -> None:
    x = tensor([2.0], requires_grad=True)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad is not None
    assert x.grad.item() == 8.0
    with pytest.raises(RuntimeError, match=r"gone through already.*retain_graph=True"):
        y.backward()


def test_a_leaf_changes_only_under_no_grad() -> None:
    x = tensor([2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="only under no_grad"):
        x -= 1
    with engine.no_grad(), pytest.raises(ValueError, match=r"shape \(1,\) cannot become \(3,\)"):
        x += ones(3)
    assert x.tolist() == [2.0]


def test_a_failed_call_leaves_the_engine_as_it_was() -> None:
    net = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="features"), engine.no_grad():
        net(ones(3))
    y = net(ones(2))
    assert y.requires_grad
    assert engine.state.state.module == ""
    assert not engine.state.state.quiet


def test_gradcheck_finds_a_wrong_gradient() -> None:
    """Dropping part of the graph makes a gradient that is not the slope."""
    x = tensor([1.0, 2.0], requires_grad=True)

    def wrong(x: Any) -> Any:
        return x * x.detach()

    with pytest.raises(
        ValueError, match=r"gradcheck: input 0 at \[1\]: the gradient is 2, the slope"
    ):
        gradcheck(wrong, x)
    assert not gradcheck(wrong, x, raise_exception=False)
    assert np.array_equal(x.data, [1.0, 2.0])
