"""Optimisers against ``torch.optim``, option by option; every number of a step explained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.engine.both import assert_close
from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.engine import nn, optim
from tuiexplain.trace import Kind, Phase, record

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.02}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.02}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.02}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-6}),
    ("RMSprop", {"weight_decay": 0.02}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9, "weight_decay": 0.02}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.02}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "betas": (0.8, 0.9)}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.0}),
]
each_option = pytest.mark.parametrize(
    ("name", "options"), OPTIONS, ids=[f"{n} {' '.join(o)}" for n, o in OPTIONS]
)

START = [np.random.default_rng(i).normal(size=(2, 3)) for i in range(2)]
POINTS = np.random.default_rng(7).normal(size=(20, 2, 3))


def loss(p: Any, q: Any, point: Any) -> Any:
    return ((p * point - q) ** 2).sum() + (p * q).sum()


@each_option
def test_twenty_steps_are_those_of_torch(name: str, options: dict[str, Any]) -> None:
    ours = [nn.Parameter(x) for x in START]
    theirs = [torch.tensor(x, requires_grad=True) for x in START]
    mine, reference = (
        getattr(optim, name)(ours, **options),
        getattr(torch.optim, name)(theirs, **options),
    )
    for point in POINTS:
        mine.zero_grad()
        reference.zero_grad()
        loss(*ours, engine.tensor(point)).backward()
        loss(*theirs, torch.tensor(point)).backward()
        mine.step()
        reference.step()
        for p, q in zip(ours, theirs, strict=True):
            assert_close(p.data, q.detach().numpy())


@each_option
def test_every_number_of_a_step_is_explained(name: str, options: dict[str, Any]) -> None:
    p, q = (nn.Parameter(x) for x in START)
    p.name, q.name = "P", "Q"
    optimizer = getattr(optim, name)([p, q], **options)
    for point in POINTS[:3]:
        optimizer.zero_grad()
        with record() as trace:
            loss(p, q, engine.tensor(point)).backward()
            optimizer.step()
    assert_explained(trace)
    updates = [e for e in trace.events if e.phase is Phase.UPDATE]
    replaced = {trace.values[e.output].name for e in updates}
    assert {"P'", "Q'"} <= replaced
    states = {v.name for v in trace.values if v.kind is Kind.STATE and v.producer is None}
    remembered = {
        f"{x}.{what}" for x in "PQ" for what in optimizer.state.get(p, {}) if what != "step"
    }
    assert states == remembered
    assert {f"{state}'" for state in states} <= replaced
    assert np.array_equal(trace.data(trace.value("P'")), p.data)


def test_formulas_of_adam_are_written_out() -> None:
    p = nn.Parameter([1.0, 2.0])
    p.name = "w"
    optimizer = optim.Adam([p], lr=0.1)
    with record() as trace:
        (p * p).sum().backward()
        optimizer.step()
    formulas = [trace.formula(e) for e in trace.events if e.phase is Phase.UPDATE]
    assert formulas == [
        "w.m' = β·w.m + (1 − β)·∂L/∂w",
        "w.v' = β·w.v + (1 − β)·(∂L/∂w)²",
        "w' = w − η·w.m'/(1 − β₁ᵗ) / (√(w.v'/(1 − β₂ᵗ)) + ε)",
    ]
    why = trace.why("w'[1]")
    assert "η" in why.with_names
    assert why.total == pytest.approx(p.data[1], abs=1e-15)


def test_groups_have_their_own_dials_and_missing_gradients_are_skipped() -> None:
    p, q, r = nn.Parameter([1.0]), nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = optim.SGD([{"params": [p], "lr": 0.5}, {"params": [q, r]}], lr=0.1)
    (p + q).sum().backward()
    optimizer.step()
    assert (p.item(), q.item(), r.item()) == (0.5, 0.9, 1.0)
    optimizer.param_groups[1]["lr"] = 1.0
    optimizer.step()
    assert q.item() == pytest.approx(-0.1)


@each_option
def test_state_restores_exactly(name: str, options: dict[str, Any]) -> None:
    def advance(steps: range) -> None:
        for i in steps:
            optimizer.zero_grad()
            loss(p, q, engine.tensor(POINTS[i])).backward()
            optimizer.step()

    p, q = (nn.Parameter(x) for x in START)
    optimizer = getattr(optim, name)([p, q], **options)
    advance(range(3))
    parameters, remembered = (p.data, q.data), optimizer.state_dict()
    copies = {k: np.array(v) for k, v in remembered.items()}
    advance(range(3, 6))
    after = (p.data, q.data)
    assert all(np.array_equal(v, copies[k]) for k, v in remembered.items()), "changed in place"
    (p.data, q.data) = parameters
    optimizer.load_state_dict(remembered)
    advance(range(3, 6))
    assert np.array_equal(p.data, after[0])
    assert np.array_equal(q.data, after[1])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: optim.SGD([]), "no parameters"),
        (lambda p: optim.SGD([p], lr=-1), "lr is -1"),
        (lambda p: optim.SGD([p], lr=float("nan")), "lr is nan"),
        (lambda p: optim.SGD([p], nesterov=True), "Nesterov needs a momentum"),
        (lambda p: optim.Adam([p], betas=(0.9, 1.0)), "betas"),
    ],
)
def test_bad_options_are_one_sentence(make: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        make(nn.Parameter([1.0]))
    assert str(caught.value).endswith(".")
