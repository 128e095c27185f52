"""Lesson 27: a reward on a leash, a pair without points, and fifty pairs for a real model."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lab_numbers import settings_of
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.trace import Trace

BETAS = (0.3, 1.0, 3.0)
SIR, LORD, FOOL = range(3)


@pytest.fixture(scope="module")
def lesson_27() -> Lesson:
    return open_folder(lessons_root() / "27-preference")


def opened(part: Part, step: int, **dials: object) -> Trace:
    return part.run(part.settings(dials)).trace_at(step)


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


# -- a reward --------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", BETAS)
def test_the_steps_end_where_the_closed_form_says(lesson_27: Lesson, beta: float) -> None:
    part = lesson_27.part("reward")
    trace = opened(part, 300, beta=beta)
    odds = math.exp(1 / beta)
    expected = np.array([odds, 1, 1]) / (odds + 2)
    np.testing.assert_allclose(numbers(trace, "best"), expected, rtol=1e-12)
    np.testing.assert_allclose(numbers(trace, "p"), expected, atol=2e-4)


def test_a_longer_leash_brings_reward_and_costs_kl(lesson_27: Lesson) -> None:
    part = lesson_27.part("reward")
    ends = [opened(part, 300, beta=beta) for beta in (3.0, 1.0, 0.3, 0.05)]
    for name in ("reward", "kl"):
        told = [float(numbers(trace, name)) for trace in ends]
        assert told == sorted(told)
    assert float(numbers(ends[-1], "kl")) == pytest.approx(math.log(3), rel=0.05)


# -- a pair ----------------------------------------------------------------------------------------


def test_the_unmentioned_falls_exactly_where_the_chosen_was_the_likelier(lesson_27: Lesson) -> None:
    """Over many policies: its score never moves, so only the sum over all decides."""
    torch = pytest.importorskip("torch")
    twin: dict[str, object] = {}
    exec(lesson_27.source("torch_twin.py"), twin)
    policy, compare = twin["Policy"], twin["compare"]
    draw = np.random.default_rng(27)
    fell = 0
    for _ in range(60):
        start = torch.tensor(np.log(draw.dirichlet([1, 1, 1])))
        net = policy(start.clone(), start, 1.0)  # type: ignore[operator]
        compare(net, torch.optim.SGD(net.parameters(), lr=1e-3))  # type: ignore[operator]
        now = torch.log_softmax(net.z, dim=0)
        assert abs(net.z.grad[LORD].item()) < 1e-12
        falls = bool(now[LORD] < start[LORD])
        assert falls == bool(start[SIR] > start[FOOL])
        fell += falls
    assert 10 < fell < 50


def test_where_the_rejected_was_likelier_it_rises_before_it_falls(lesson_27: Lesson) -> None:
    run = lesson_27.part("pair").run(lesson_27.part("pair").settings({"start": "fool likelier"}))
    lord = [float(numbers(run.trace_at(step), "p")[LORD]) for step in (0, 1, 20, 99)]
    assert lord[0] < lord[1]
    assert lord[3] < lord[2] < lord[0]


# -- fifty pairs -----------------------------------------------------------------------------------


def test_fifty_pairs_are_learnt_and_then_the_answers_are_lost(lesson_27: Lesson) -> None:
    torch = pytest.importorskip("torch")
    from tuiexplain.lab.adapting.start import base_file, codec_of
    from tuiexplain.lab.data import Preferences, open_source
    from tuiexplain.lab.devices import choose
    from tuiexplain.lab.evaluation import evaluate
    from tuiexplain.lab.trainer import Trainer

    asked = settings_of(lesson_27.part("fifty"), "long").changed(device="cpu", threads=1, seed=1)
    source = open_source(asked, codec_of(asked))
    assert isinstance(source, Preferences)
    assert [len(part) for part in source.splits.values()] == [50, 50]
    trainer = Trainer(asked, source, choose(asked), base_file(asked.base))

    @torch.no_grad()
    def lords() -> float:
        """The mean probability of the right answer with `lord`, which no pair mentions."""
        told = []
        for prompt, chosen, _ in source.splits["val"]:
            inputs, targets = source.row(prompt, chosen.replace("sir", "lord"))
            scores = trainer.model(torch.tensor(inputs[None]))[0].log_softmax(-1)
            places = np.flatnonzero(targets >= 0)
            told.append(scores[places, targets[places]].sum().exp().item())
        return float(np.mean(told))

    first = evaluate(trainer, "val")
    assert first.loss == pytest.approx(math.log(2), abs=1e-6)
    said = [lords()]
    for _ in range(20):
        trainer.advance()
    good = evaluate(trainer, "val")
    said.append(lords())
    for _ in range(30):
        trainer.advance()
    late = evaluate(trainer, "val")
    said.append(lords())
    assert good.accuracy >= 0.85
    assert late.accuracy >= 0.85
    assert late.loss < good.loss < first.loss
    assert first.solved is not None
    assert good.solved is not None
    assert late.solved is not None
    assert good.solved > first.solved + 0.4
    assert late.solved < good.solved - 0.2
    assert said[2] < said[1] / 2 < said[0] / 2
