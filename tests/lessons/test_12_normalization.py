"""Lesson 12: rows and columns, batch norm in use and where it harms, and shortcuts."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.run import Run
from tuiexplain.trace.trace import Trace

SEEDS = range(20)
UPDATES = 222


@pytest.fixture(scope="module")
def lesson_12() -> Lesson:
    return open_folder(lessons_root() / "12-normalization")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def trained(part: Part, steps: int, seed: int | None = None, **dials: object) -> Run:
    run = part.run(part.settings(dials), seed)
    run.extend_to(steps)
    return run


@pytest.mark.parametrize(("over", "axis"), [("rows", 1), ("columns", 0)])
def test_groups_have_mean_0_and_deviation_1_and_gradients_that_cancel(
    lesson_12: Lesson, over: str, axis: int
) -> None:
    part = lesson_12.part("rows-or-columns")
    trace = part.run(part.settings({"over": over})).trace_at(0)
    xhat, gradient = numbers(trace, "xhat"), numbers(trace, "x.grad")
    np.testing.assert_allclose(xhat.mean(axis), 0, atol=1e-12)
    np.testing.assert_allclose(xhat.std(axis), 1, atol=1e-4)
    np.testing.assert_allclose(gradient.sum(axis), 0, atol=1e-12)
    np.testing.assert_allclose((gradient * xhat).sum(axis), 0, atol=1e-4)


def test_two_rows_are_forgotten_but_for_their_order(lesson_12: Lesson) -> None:
    part = lesson_12.part("rows-or-columns")
    for number in (8.0, 9.0, 1000.0):
        run = part.run(part.settings({"over": "columns"}), edits={"x[1,2]": number})
        expected = [[-1.0] * 3, [1.0] * 3]
        np.testing.assert_allclose(numbers(run.trace_at(0), "xhat"), expected, atol=1e-4)


def test_without_it_raw_measurements_explode_and_with_it_they_are_learnt(
    lesson_12: Lesson,
) -> None:
    part = lesson_12.part("scales")
    for seed in SEEDS:
        assert trained(part, 5, seed, norm="none").losses[4] > 1e20
        assert trained(part, 5, seed, mode="eval").losses[4] > 1e20
        assert trained(part, UPDATES + 1, seed).measured("table_loss", UPDATES) < 0.3


def test_batch_norm_does_not_always_lower_the_loss(lesson_12: Lesson) -> None:
    part = lesson_12.part("scales")
    for seed in SEEDS:
        with_it, without = (
            trained(part, UPDATES + 1, seed, norm=norm, data="standardised")
            for norm in ("batch", "none")
        )
        here, there = (run.measured("table_loss", UPDATES) for run in (with_it, without))
        assert here > there, seed
        half = UPDATES // 2
        assert np.mean(with_it.losses[half:]) > 1.5 * np.mean(without.losses[half:]), seed


def test_the_running_numbers_come_to_those_of_the_table(lesson_12: Lesson) -> None:
    part = lesson_12.part("company")
    program = part.program()
    state = program.parameters()
    measurements, _ = lesson_12.network.measurements()
    mean, var = measurements.mean(axis=0), measurements.var(axis=0, ddof=1)
    np.testing.assert_allclose(state["norm.running_mean"], mean, rtol=1e-6)
    np.testing.assert_allclose(state["norm.running_var"], var, rtol=1e-6)


def test_in_use_the_neighbour_has_no_say(lesson_12: Lesson) -> None:
    part = lesson_12.part("company")
    for seed in SEEDS:
        first = {
            (mode, company): numbers(
                part.run(part.settings({"mode": mode, "company": company}), seed).trace_at(0), "y"
            )[0, 0]
            for mode in ("train", "eval")
            for company in ("light", "heavy")
        }
        assert first["eval", "light"] == pytest.approx(first["eval", "heavy"], rel=1e-12)
        assert abs(first["train", "light"] - first["train", "heavy"]) > 0.1, seed


def test_the_chain_is_the_one_that_torch_draws(lesson_12: Lesson) -> None:
    """And its gradients in float32 are the printed ones: 0.00020173…, 0.22169…"""
    torch = pytest.importorskip("torch")
    file = lesson_12.folder / "torch_twin.py"
    spec = importlib.util.spec_from_file_location("twin_of_12", file)
    assert spec is not None
    assert spec.loader is not None
    twin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(twin)
    sizes = {}
    for keep in (0, 1):
        torch.manual_seed(123)
        net = twin.Chain(keep)
        start = lesson_12.part("shortcuts").program().parameters()
        for number in range(1, 6):
            drawn = getattr(net, f"fc{number}").weight.detach().numpy()
            assert np.array_equal(drawn, start[f"W{number}"].astype(np.float32))
        torch.nn.functional.mse_loss(
            net(torch.tensor([[1.0, 0.0, -1.0]])), torch.zeros(1, 1)
        ).backward()
        sizes[keep] = float(net.fc1.weight.grad.abs().mean())
    assert f"{sizes[0]:.6f}" == "0.000202"
    assert f"{sizes[1]:.4f}" == "0.2217"
