"""Operations one by one: their numbers equal their reasons, forward and backward."""

from collections.abc import Callable
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.lab.recording.holds import (  # noqa: E402
    Watch,
    assert_explained,
    assert_linked,
    without_rule,
)
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402
from tuiexplain.trace import TraceError  # noqa: E402
from tuiexplain.trace.why import operand  # noqa: E402

OPERATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "mean of an axis": lambda p: p.mean(1, keepdim=True),
    "var": lambda p: p.var(0),
    "std": lambda p: p.std(),
    "norm": lambda p: p.norm(),
    "largest norm": lambda p: torch.linalg.vector_norm(p, float("inf")),
    "logsumexp": lambda p: torch.logsumexp(p, 1),
    "cumsum": lambda p: p.cumsum(1),
    "prod": lambda p: p.prod(),
    "prod of an axis": lambda p: p.prod(1),
    "amax": lambda p: p.amax(),
    "max of an axis": lambda p: p.max(dim=1)[0],
    "min": lambda p: p.min(),
    "sort": lambda p: torch.sort(p, 1)[0][:, 0],
    "topk": lambda p: p.topk(2)[0],
    "flip": lambda p: p.flip(0)[0],
    "roll": lambda p: p.roll(1, 1) * p,
    "where": lambda p: torch.where(p > 0, p, p * 2),
    "clamp": lambda p: p.clamp(-0.5, 0.5),
    "clamp from below": lambda p: p.clamp(min=0.1),
    "maximum": lambda p: torch.maximum(p, -p),
    "index": lambda p: p[:, torch.tensor([0, 2, 2])],
    "index by a mask": lambda p: p[torch.tensor([[True, False, True], [False, True, True]])],
    "index by a mask of an axis": lambda p: p[:, torch.tensor([True, False, True])] * p[:, :2],
    "put where a mask says": lambda p: torch.index_put(
        p * 2, (torch.tensor([[True, False, True], [False, True, True]]),), p[0, 0] * p[1, 1]
    ),
    "index of two axes": lambda p: p[[1, 0], [0, 0]],
    "gather": lambda p: torch.gather(p, 1, torch.tensor([[0, 1], [2, 2]])),
    "index_select": lambda p: p.index_select(1, torch.tensor([2, 0])),
    "scatter": lambda p: torch.zeros(2, 3).scatter(1, torch.tensor([[2, 0, 1], [1, 0, 2]]), p),
    "repeat": lambda p: p.repeat(2, 2),
    "pad": lambda p: F.pad(p, (1, 2)),
    "tril": torch.tril,
    "diagonal": lambda p: p.diagonal(),
    "permute": lambda p: p.view(1, 2, 3).permute(2, 0, 1),
    "strided slice": lambda p: p[:, ::2],
    "select": lambda p: p[1],
    "squeeze": lambda p: p.unsqueeze(0).squeeze(0),
    "powers": lambda p: p**3 + (p.abs() + 1) ** 0.5 + 2.0**p,
    "power of a tensor": lambda p: (p.abs() + 1) ** p,
    "functions": lambda p: p.exp().log1p() + p.sin() * p.cos() - p.abs().sqrt().rsqrt() + p.erf(),
    "fractions": lambda p: 1 / p + p / 3 + p.reciprocal() - p / (p * p),
    "differences": lambda p: 2 - p - p.sub(p, alpha=3) + torch.rsub(p, 1),
    "addcmul and lerp": lambda p: torch.addcmul(p, p, p, value=2).lerp(p, 0.3),
    "baddbmm": lambda p: torch.baddbmm(p[None], p[None], (p.T @ p)[None], beta=2, alpha=3),
    "mv and dot": lambda p: (p @ p[0]) * p[0].dot(p[1]),
    "stack and unbind": lambda p: torch.stack(p.unbind(1)[::-1], 1),
    "cat and chunk": lambda p: torch.cat(p.chunk(3, 1)[1:], 1),
    "einsum": lambda p: torch.einsum("ij,kj->ik", p, p),
    "cross-entropy": lambda p: F.cross_entropy(p, torch.tensor([0, 2])),
    "weighted": lambda p: F.cross_entropy(
        p, torch.tensor([0, 2]), weight=torch.tensor([1.0, 2, 3])
    ),
    "ignored": lambda p: F.cross_entropy(p, torch.tensor([-100, 2])),
    "smoothed": lambda p: F.cross_entropy(p, torch.tensor([0, 2]), label_smoothing=0.1),
    "soft targets": lambda p: F.cross_entropy(p, torch.full((2, 3), 1 / 3)),
    "summed": lambda p: F.cross_entropy(p, torch.tensor([0, 2]), reduction="sum"),
    "each": lambda p: F.cross_entropy(p, torch.tensor([0, 2]), reduction="none"),
    "along images": lambda p: F.cross_entropy(p.view(1, 3, 2), torch.tensor([[0, 2]])),
    "l1": lambda p: F.l1_loss(p, torch.ones(2, 3)),
    "smooth l1": lambda p: F.smooth_l1_loss(p, torch.zeros(2, 3)),
    "huber": lambda p: F.huber_loss(p, torch.zeros(2, 3), delta=0.7),
    "binary": lambda p: F.binary_cross_entropy(p.sigmoid(), torch.full((2, 3), 0.3)),
    "binary with logits": lambda p: F.binary_cross_entropy_with_logits(p, torch.full((2, 3), 0.3)),
    "divergence": lambda p: F.kl_div(p.log_softmax(1), torch.full((2, 3), 1 / 3), reduction="sum"),
    "pooled maximum": lambda p: F.max_pool2d(p.repeat(3, 2)[None, None], 3, 2, padding=1),
    "pooled mean": lambda p: F.avg_pool2d(p.repeat(3, 2)[None, None], 2, padding=1),
    "pooled without padding": lambda p: F.avg_pool2d(
        p.repeat(3, 2)[None, None], 3, 2, 1, count_include_pad=False
    ),
    "layer norm": lambda p: F.layer_norm(p, (3,)),
    "layer norm of two axes": lambda p: F.layer_norm(p * p, (2, 3), torch.randn(2, 3)),
    "group norm": lambda p: F.group_norm(p.repeat(2, 2)[..., None] * 2, 3),
    "group norm with weights": lambda p: F.group_norm(
        (p * p).reshape(1, 6, 1) + p.reshape(1, 6, 1), 2, p.reshape(6), p.reshape(6) * 2
    ),
    "dropout": lambda p: F.dropout(p, 0.4),
    "masks": lambda p: p * ((p > 0) & ~(p > 1) | (p == 2)),
    "embedding": lambda p: F.embedding(torch.tensor([[0, 1], [1, 1]]), p, padding_idx=0),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation(name: str) -> None:
    p = torch.tensor([[0.5, -1.2, 2.0], [1.5, 0.3, -0.7]], requires_grad=True)
    with record_torch() as trace:
        loss = OPERATIONS[name](p).square().sum()
        watch = Watch(loss)
        loss.backward()
    assert_linked(trace)
    watch.assert_agrees(trace)
    assert not without_rule(trace)
    assert_explained(trace, 1e-5, cells=8)


def test_an_operation_without_a_rule_says_so() -> None:
    with record_torch() as trace:
        x = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
        inverse = torch.linalg.inv(x)
    event = trace.events[trace.value("inverse").producer]
    assert trace.formula(event) == "inverse = linalg_inv_ex(x)"
    with pytest.raises(TraceError, match=r"no rule for aten\.linalg_inv_ex yet; its inputs are: A"):
        trace.why("inverse[0,0]")
    assert inverse[0, 0] == trace.cell(trace.value("inverse"), (0, 0))


def test_kernels_of_other_devices_are_explained_as_those_of_this_one() -> None:
    layer = nn.BatchNorm2d(2)
    with record_torch(layer) as trace:
        layer(torch.randn(3, 2, 2, 2, requires_grad=True)).square().sum().backward()
    told = {"momentum": "exponential_average_factor", "eps": "epsilon", "grad_out": "grad_output"}
    told["save_invstd"] = "save_var"
    compared = 0
    for event in trace.events:
        if not event.op.startswith("native_batch_norm"):
            continue
        attrs = {told.get(name, name): x for name, x in event.attrs.items() if name != "train"}
        attrs["slots"] = tuple(told.get(slot, slot) for slot in event.attrs["slots"])
        other = replace(event, op=event.op.replace("native", "cudnn"), attrs=attrs)
        inputs = [operand(trace, trace.values[i]) for i in event.inputs]
        cell = (1,) * len(trace.values[event.output].shape)
        expected = trace.rulebook.explain(event, inputs, cell).number
        assert trace.rulebook.explain(other, inputs, cell).number == expected
        assert "{" not in trace.formula(other)
        compared += 1
    assert compared == 8


def test_what_was_drawn_by_chance_says_so() -> None:
    with record_torch() as trace:
        torch.rand(3)
    with pytest.raises(TraceError, match="drawn by chance"):
        trace.why(f"{trace.values[0].name}[0]")
