"""Lesson 14: windows and their overlap, a learnt kernel, and who reads digits how well."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tuiexplain.course.datasets import digits
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.run import Run
from tuiexplain.trace.trace import Trace

SEEDS = range(20)
UPDATES = 300


@pytest.fixture(scope="module")
def lesson_14() -> Lesson:
    return open_folder(lessons_root() / "14-convolution")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def trained(part: Part, steps: int, seed: int | None = None, **dials: object) -> Run:
    run = part.run(part.settings(dials), seed)
    run.extend_to(steps)
    return run


def test_the_window_s_numbers_are_the_published_ones(lesson_14: Lesson) -> None:
    trace = lesson_14.part("window").run(lesson_14.part("window").settings()).trace_at(0)
    assert numbers(trace, "y").ravel().tolist() == [19, 25, 37, 43]
    assert numbers(trace, "K.grad").ravel().tolist() == [8, 12, 20, 24]
    assert numbers(trace, "x.grad").ravel().tolist() == [0, 1, 1, 2, 6, 4, 2, 5, 3]


def test_a_pixel_gets_the_kernel_s_sum_from_as_many_windows_as_cover_it(lesson_14: Lesson) -> None:
    part = lesson_14.part("window")
    ones = {f"K[0,0,{r},{c}]": 1.0 for r in range(2) for c in range(2)}
    gradient = numbers(part.run(part.settings(), edits=ones).trace_at(0), "x.grad")
    assert gradient.ravel().tolist() == [1, 2, 1, 2, 4, 2, 1, 2, 1]


def test_the_size_is_what_the_formula_says_at_every_setting(lesson_14: Lesson) -> None:
    part = lesson_14.part("shapes")
    for padding, stride, out in itertools.product((0, 1, 2), (1, 2), (1, 2, 3)):
        dials = part.settings({"padding": padding, "stride": stride, "out": out})
        side = (3 + 2 * padding - 2) // stride + 1
        assert part.run(dials).trace_at(0).value("y").shape == (1, out, side, side)


def test_a_kernel_is_learnt_from_any_start(lesson_14: Lesson) -> None:
    part = lesson_14.part("edges")
    for seed in SEEDS:
        found = trained(part, 31, seed).state_at(31)["K"].ravel()
        np.testing.assert_allclose(found, [1, -1], atol=0.02)


def test_the_digits_are_those_of_the_table() -> None:
    images, classes = digits()
    assert images.shape == (1797, 1, 8, 8)
    assert (images.min(), images.max()) == (0, 1)
    assert np.bincount(classes).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_network_reads_what_it_never_saw(lesson_14: Lesson) -> None:
    """94 % at least; its numbers are the ones that the part to draw in has."""
    part = lesson_14.part("digits")
    assert sum(a.size for a in part.program().parameters().values()) == 666
    run = trained(part, 601)
    assert run.measured("test_right", 600) >= 0.94
    kept = lesson_14.part("own").program().parameters()
    for name, array in run.state_at(600).items():
        if name in kept:
            np.testing.assert_allclose(kept[name], array, rtol=1e-5, atol=1e-6)


def test_a_pixel_of_ink_is_felt_in_few_pooled_numbers_and_a_stroke_in_most_of_the_last(
    lesson_14: Lesson,
) -> None:
    part = lesson_14.part("own")
    before = part.run(part.settings()).trace_at(0)

    def changed(name: str, pixels: list[tuple[int, int]]) -> int:
        ink = {f"x[0,0,{r},{c}]": 1.0 for r, c in pixels}
        after = part.run(part.settings(), edits=ink).trace_at(0)
        return int((numbers(after, name) != numbers(before, name)).sum())

    white = np.argwhere(numbers(before, "x")[0, 0] == 0).tolist()
    counts = [changed("p1", [(r, c)]) for r, c in white]
    assert (min(counts), max(counts)) == (4, 12)
    assert changed("p2", [(r, 1) for r in range(1, 7)]) > 16


def test_one_pixel_can_mend_the_misread_digit(lesson_14: Lesson) -> None:
    part = lesson_14.part("own")
    settings = part.settings({"digit": "misread"})
    assert numbers(part.run(settings).trace_at(0), "p").argmax() == 3  # it is a 2
    mended = part.run(settings, edits={"x[0,0,2,0]": 1.0}).trace_at(0)
    assert numbers(mended, "p").argmax() == 2


@pytest.fixture(scope="module")
def outcomes(lesson_14: Lesson) -> dict[tuple[str, str], np.ndarray]:
    """For each network and order of pixels: rows of (read right, moved ones read right)."""
    part = lesson_14.part("rivals")
    kinds = [(net, "in order") for net in ("CNN", "MLP", "linear")]
    kinds += [(net, "shuffled") for net in ("CNN", "MLP")]
    found = {}
    for net, pixels in kinds:
        runs = [trained(part, UPDATES + 1, seed, net=net, pixels=pixels) for seed in SEEDS]
        found[net, pixels] = np.array(
            [[run.measured(m, UPDATES) for m in ("test_right", "moved_right")] for run in runs]
        )
    return found


def test_moved_digits_are_harder_for_the_mlp_than_for_the_cnn(
    outcomes: dict[tuple[str, str], np.ndarray],
) -> None:
    cnn, mlp = outcomes["CNN", "in order"][:, 1], outcomes["MLP", "in order"][:, 1]
    assert cnn.mean() > mlp.mean() + 0.05
    assert (cnn > mlp).sum() >= 16
    assert cnn.mean() < 0.7  # and it is not that the CNN does not mind


def test_shuffled_pixels_harm_the_cnn_alone(
    outcomes: dict[tuple[str, str], np.ndarray],
) -> None:
    means = {kind: found[:, 0].mean() for kind, found in outcomes.items()}
    assert means["CNN", "shuffled"] < means["CNN", "in order"] - 0.02
    assert abs(means["MLP", "shuffled"] - means["MLP", "in order"]) < 0.01


def test_a_linear_model_ties_the_cnn_on_digits_in_their_places(
    outcomes: dict[tuple[str, str], np.ndarray],
) -> None:
    cnn, linear = outcomes["CNN", "in order"][:, 0], outcomes["linear", "in order"][:, 0]
    assert linear.mean() > cnn.mean() - 0.01
