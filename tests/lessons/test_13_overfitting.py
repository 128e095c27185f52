"""Lesson 13: what twenty seeds say of ten points, of two hundred features and of dropout."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons.conftest import lesson
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.trace.run import Run

SEEDS = range(20)
END = 400


@pytest.fixture(scope="module")
def lesson_13() -> Lesson:
    return lesson(13)


def trained(part: Part, seed: int, steps: int = END + 1, **dials: object) -> Run:
    run = part.run(part.settings(dials), seed)
    run.extend_to(steps)
    return run


@pytest.fixture(scope="module")
def sines(lesson_13: Lesson) -> list[tuple[Run, int]]:
    """For each seed the run of degree 9 on ten points, and its step of lowest validation loss."""
    part = lesson_13.part("sine")
    runs = [trained(part, seed) for seed in SEEDS]
    lowest = [int(np.argmin([r.measured("val_loss", k) for k in range(END + 1)])) for r in runs]
    return list(zip(runs, lowest, strict=True))


def test_the_training_loss_ends_below_that_of_the_truth(sines: list[tuple[Run, int]]) -> None:
    x = np.linspace(-1, 1, 10)
    for run, _ in sines:
        trace = run.trace_at(0)
        truth = np.square(trace.data(trace.value("t")) - np.sin(np.pi * x)).mean()
        assert run.losses[END] < 0.5 * truth


def test_the_validation_loss_falls_then_rises(sines: list[tuple[Run, int]]) -> None:
    rises = [run.measured("val_loss", END) / run.measured("val_loss", best) for run, best in sines]
    falls = [run.measured("val_loss", 0) / run.measured("val_loss", best) for run, best in sines]
    assert min(falls) > 1.5
    assert np.median(rises) > 1.3
    assert sum(rise > 1.1 for rise in rises) >= 15
    assert all(0 < best < END for _, best in sines)


def test_what_was_chosen_is_flattered_on_average(
    lesson_13: Lesson, sines: list[tuple[Run, int]]
) -> None:
    part = lesson_13.part("sine")
    chosen, fresh = [], []
    for seed, (run, best) in zip(SEEDS, sines, strict=True):
        other = trained(part, seed, best, aside="100")
        assert list(other.losses) == list(run.losses)[:best], "the same curve"
        chosen.append(run.measured("val_loss", best))
        fresh.append(other.measured("val_loss", best))
    assert np.mean(fresh) > 1.05 * np.mean(chosen)


def test_degree_and_data_hold_it_back(lesson_13: Lesson, sines: list[tuple[Run, int]]) -> None:
    part = lesson_13.part("sine")
    wild = np.median([run.measured("val_loss", END) for run, _ in sines])
    cubic = np.median([trained(part, s, degree=3).measured("val_loss", END) for s in SEEDS])
    line = np.median([trained(part, s, degree=1).measured("val_loss", END) for s in SEEDS])
    many = np.median([trained(part, s, points=40).measured("val_loss", END) for s in SEEDS])
    assert many < cubic < wild
    assert line > 2 * cubic


def test_two_hundred_features_are_memorised_or_held_back(lesson_13: Lesson) -> None:
    part = lesson_13.part("wide")
    for seed in SEEDS:
        plain = trained(part, seed)
        decayed = trained(part, seed, weight_decay=3.0)
        assert plain.measured("train_loss", END) < 1e-4
        assert 55 < plain.measured("test_loss", END) < 130
        assert decayed.measured("train_loss", END) > plain.measured("train_loss", END)
        assert decayed.measured("train_loss", END) == pytest.approx(0.0009, rel=1)
        assert decayed.measured("test_loss", END) == pytest.approx(0.076, rel=0.6)


def test_in_what_no_row_speaks_of_the_weights_stay_as_drawn(lesson_13: Lesson) -> None:
    run = trained(lesson_13.part("wide"), 7)
    (table,) = (t for k, t in run.program.experiment.data.items() if k == "x")  # type: ignore[attr-defined]
    start, end = run.state_at(0)["w"], run.state_at(END)["w"]
    _, _, directions = np.linalg.svd(table.values)
    moved = directions @ (end - start)
    assert np.abs(moved[20:]).max() < 1e-12
    assert np.linalg.norm(moved[:20]) > 1


def test_the_mean_behind_dropout_is_one_in_expectation(lesson_13: Lesson) -> None:
    part = lesson_13.part("dropout")
    for p in (0.1, 0.5, 0.9):
        means = []
        for seed in range(300):
            trace = part.run(part.settings({"p": p}), seed).trace_at(0)
            kept = trace.data(trace.value("kept"))
            assert set(np.round(np.unique(kept) * (1 - p), 12)) <= {0.0, 1.0}
            assert np.array_equal(kept > 0, trace.data(trace.value("mask")))
            assert np.array_equal(trace.data(trace.value("h.grad")) > 0, kept > 0)
            assert np.all(trace.data(trace.value("used")) == 1)
            means.append(kept.mean())
        of_a_mean = np.sqrt(p / (1 - p) / (128 * 300))
        assert np.mean(means) == pytest.approx(1, abs=4 * of_a_mean)
        assert np.std(means) == pytest.approx(np.sqrt(p / (1 - p) / 128), rel=0.15)
