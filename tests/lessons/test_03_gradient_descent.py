"""Lesson 03: d2l's numbers, the border that the curvature sets, and where descent comes to rest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures import figures
from tuiexplain.trace.run import Run
from tuiexplain.views.look import look

HESSIAN = np.array([[15.0, 5], [5, 2]])
"""Second derivatives of the loss of the four points by w and b."""


@pytest.fixture(scope="module")
def lesson_03() -> Lesson:
    return open_folder(lessons_root() / "03-gradient-descent")


def trained(part: Part, steps: int, **dials: object) -> Run:
    run = part.run(part.settings(dials))
    run.extend_to(steps)
    return run


def state(run: Run, step: int, *names: str) -> np.ndarray:
    found = run.state_at(step)
    return np.array([float(found[name]) for name in names])


# -- f = x² ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lr", "x"), [(0.2, 0.060466), (0.05, 3.486784), (1.1, 61.917364)])
def test_ten_steps_give_the_published_numbers(lesson_03: Lesson, lr: float, x: float) -> None:
    run = trained(lesson_03.part("parabola"), 10, lr=lr)
    assert state(run, 10, "x")[0] == pytest.approx(x, abs=0.5e-6)


@pytest.mark.parametrize("lr", [0.01, 0.05, 0.2, 0.5, 0.6, 0.95, 1.0, 1.1])
@pytest.mark.parametrize("start", [10.0, -4.0])
def test_a_step_multiplies_by_one_minus_two_eta(lesson_03: Lesson, lr: float, start: float) -> None:
    run = trained(lesson_03.part("parabola"), 12, lr=lr, x=start)
    for k in range(13):
        assert state(run, k, "x")[0] == pytest.approx(start * (1 - 2 * lr) ** k, rel=1e-9)


def test_at_one_it_bounces_for_ever(lesson_03: Lesson) -> None:
    run = trained(lesson_03.part("parabola"), 2000, lr=1.0)
    assert [state(run, k, "x")[0] for k in (0, 1, 2, 1999, 2000)] == [10, -10, 10, -10, 10]
    assert set(run.losses) == {100.0}


# -- four points -----------------------------------------------------------------------------------


def test_the_border_is_two_over_the_largest_curvature(lesson_03: Lesson) -> None:
    largest = np.linalg.eigvalsh(HESSIAN)[-1]
    assert largest == pytest.approx(16.7006, abs=0.5e-4)
    border = 2 / largest
    assert border == pytest.approx(0.119756, abs=0.5e-6)
    part = lesson_03.part("points")
    below = trained(part, 6000, lr=border * 0.999)
    assert below.losses[-1] < 1e-3 < below.losses[0]
    beyond = trained(part, 6000, lr=border * 1.001)
    assert beyond.losses[-1] > 1e3 * beyond.losses[0]


def test_a_notch_below_and_a_notch_beyond(lesson_03: Lesson) -> None:
    part = lesson_03.part("points")
    for lr, loss in ((0.119, 0.26), (0.12, 207)):
        run = trained(part, 200, lr=lr)
        assert run.losses[0] == 41
        assert run.losses[199] == pytest.approx(loss, rel=0.01)
    stops = next(dial.stops for dial in part.dials if dial.id == "lr")
    at = stops.index(0.119)
    assert stops[at + 1] == 0.12


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.119, 0.12])
def test_each_direction_has_a_factor_of_its_own(lesson_03: Lesson, lr: float) -> None:
    curvatures, directions = np.linalg.eigh(HESSIAN)
    run = trained(lesson_03.part("points"), 50, lr=lr)
    start = directions.T @ (state(run, 0, "w", "b") - [2, 1])
    for k in (1, 2, 7, 50):
        left = directions.T @ (state(run, k, "w", "b") - [2, 1])
        np.testing.assert_allclose(left, start * (1 - lr * curvatures) ** k, rtol=1e-9, atol=1e-12)


def test_smaller_is_not_closer(lesson_03: Lesson) -> None:
    """What the lesson says of 200 steps with less and less."""
    losses = [trained(lesson_03.part("points"), 200, lr=lr).losses[199] for lr in (0.1, 0.05, 0.01)]
    assert losses == sorted(losses)


# -- standardised ----------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["1", "10"])
@pytest.mark.parametrize(("w", "b"), [(0.0, 0.0), (-2.0, 12.0), (6.0, 1.2)])
def test_half_solves_it_in_one_step(lesson_03: Lesson, unit: str, w: float, b: float) -> None:
    run = trained(lesson_03.part("standardised"), 2, unit=unit, w=w, b=b)
    assert run.losses[0] > 1
    assert run.losses[1] < 1e-25
    np.testing.assert_allclose(state(run, 1, "w", "b"), [2 * math.sqrt(1.25), 6], rtol=1e-12)


def test_raw_numbers_ten_times_as_large_shrink_the_border_about_a_hundredfold() -> None:
    def border(unit: float) -> float:
        x = unit * np.array([1.0, 2, 3, 4])
        columns = np.column_stack([x, np.ones(4)])
        return 2 / np.linalg.eigvalsh(columns.T @ columns / 2)[-1]

    assert border(1) == pytest.approx(0.119756, abs=0.5e-6)
    assert 80 < border(1) / border(10) < 100


def test_its_border_is_that_of_the_parabola(lesson_03: Lesson) -> None:
    part = lesson_03.part("standardised")
    assert trained(part, 100, lr=0.99).losses[99] < 41
    assert trained(part, 100, lr=1.0).losses[99] == pytest.approx(41)
    assert trained(part, 100, lr=1.01).losses[99] > 41


# -- two valleys -----------------------------------------------------------------------------------

RIGHT, TOP, LEFT = sorted(np.roots([1, 0, -1, 0.2]).real, reverse=True)


@pytest.mark.parametrize("start", [-1.6, -1.2, -0.8, -0.4, 0.0, 0.4, 0.8, 1.2, 1.6])
def test_small_steps_end_in_the_valley_they_begin_in(lesson_03: Lesson, start: float) -> None:
    run = trained(lesson_03.part("two-valleys"), 400, x=start)
    assert state(run, 400, "x")[0] == pytest.approx(RIGHT if start > TOP else LEFT, abs=1e-9)
    assert run.losses[0] >= run.losses[-1]


def test_the_left_valley_is_the_deeper_one(lesson_03: Lesson) -> None:
    part = lesson_03.part("two-valleys")
    right, left = trained(part, 400), trained(part, 400, x=-1.6)
    assert left.losses[-1] < right.losses[-1]


def test_exactly_on_the_hilltop_nothing_moves(lesson_03: Lesson) -> None:
    run = trained(lesson_03.part("two-valleys"), 1000, x=0, tilt=0)
    assert state(run, 1000, "x")[0] == 0
    assert set(run.losses) == {0.25}
    pushed = trained(lesson_03.part("two-valleys"), 1000, x=1e-9, tilt=0)
    assert state(pushed, 1000, "x")[0] == pytest.approx(1)


def test_a_large_step_leaps_the_hill_and_a_larger_one_never_rests(lesson_03: Lesson) -> None:
    part = lesson_03.part("two-valleys")
    leap = trained(part, 400, lr=0.6)
    assert state(leap, 1, "x")[0] < TOP
    assert state(leap, 400, "x")[0] == pytest.approx(LEFT, abs=1e-9)
    restless = trained(part, 400, lr=0.8)
    assert abs(state(restless, 400, "x")[0] - LEFT) > 0.05
    assert 0.8 * (3 * LEFT**2 - 1) > 2, "past the border of the left valley"


# -- the pictures ----------------------------------------------------------------------------------


def picture(session: Session, width: int = 38, height: int = 16, language: str = "en") -> str:
    return figures(Desk(session), width, height, look(), language).text


def opened(lesson: Lesson, part: str) -> Session:
    session = Session(lesson)
    session.open_part([p.id for p in lesson.parts].index(part))
    return session


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_heading_fits_the_narrowest_pane(lesson_03: Lesson, language: str) -> None:
    for part in ("parabola", "points"):
        assert "…" not in picture(opened(lesson_03, part), language=language)


def test_the_path_grows_with_the_update_and_not_before(lesson_03: Lesson) -> None:
    session = opened(lesson_03, "parabola")
    counts = []
    for _ in range(len(session.bench.player) + 1):
        counts.append(picture(session).splitlines()[1:])
        session.bench.player.forward()
    marks = ["\n".join(lines).count("●") for lines in counts]
    assert marks == [1, 1, 1, 1, 2], "the step is seen when it has been taken"


def test_both_numbers_of_a_step_move_at_once(lesson_03: Lesson) -> None:
    session = opened(lesson_03, "points")
    bench = session.bench
    bench.player.go_to(len(bench.player) - 1)
    assert picture(session).count("●") == 2, "the legend's and the start's"
    bench.player.go_to(len(bench.player))
    assert picture(session).count("●") == 3


def test_the_run_before_stays_as_rings_of_its_own(lesson_03: Lesson) -> None:
    session = opened(lesson_03, "parabola")
    bench = session.bench
    while bench.train_for(0.01):
        pass
    bench.watch()
    bench.open_end(bench.training_step)
    assert picture(session).count("○") == 1, "in the legend"
    bench.turn("lr", 0.4)
    bench.turn("lr", 0.95)
    shown = picture(session, 60, 24)
    assert shown.count("○") > 3
    assert bench.rivals
    assert state(bench.rivals[0].run, 10, "x")[0] == pytest.approx(0.060466, abs=1e-6)


def test_a_run_that_diverges_is_followed_and_then_leaves(lesson_03: Lesson) -> None:
    session = opened(lesson_03, "parabola")
    bench = session.bench
    bench.turn("lr", 1.1)
    bench.open_end(9)
    assert "✕" not in picture(session), "62 is shown: the picture has grown"
    bench.open_end(60)
    assert "✕" in picture(session)
    bench.open_end(5000)
    assert not math.isfinite(bench.run.losses[-1])
    assert "✕" in picture(session)


@pytest.mark.parametrize("part", ["points", "standardised"])
def test_a_map_survives_divergence_and_edits(lesson_03: Lesson, part: str) -> None:
    session = opened(lesson_03, part)
    bench = session.bench
    bench.turn("lr", 3.0)
    bench.open_end(3000)
    assert "✕" in picture(session)
    bench.open(0)
    before = picture(session)
    bench.edit(bench.trace.value("t"), (3,), 19.0)
    assert picture(session) != before, "other data, another map"
    bench.edit(bench.trace.value("w"), (), math.inf)
    assert "✕" in picture(session)


def test_a_long_path_is_thinned_and_keeps_its_ends(lesson_03: Lesson) -> None:
    from tuiexplain.screens.lesson.figures_descent import MOST_STEPS, _thinned

    for last in (0, 1, MOST_STEPS - 1, MOST_STEPS, 3 * MOST_STEPS + 1):
        steps = _thinned(last)
        assert (steps[0], steps[-1]) == (0, last)
        assert steps == sorted(set(steps))
        assert len(steps) <= MOST_STEPS + 1
