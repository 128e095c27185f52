"""Lesson 28: codes, an outlier, a law of size and a bill, against the lab's own and published."""

from __future__ import annotations

import csv
import runpy

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.course.session import Session
from tuiexplain.lab.adapting.quantisation import quantise, relative_error
from tuiexplain.lab.adapting.scaling import (
    NAMED,
    fit_power_law,
    key_value_bytes,
    training_memory,
    training_operations,
)
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures import FIGURES
from tuiexplain.trace.trace import Trace
from tuiexplain.views.look import Depth, look


@pytest.fixture(scope="module")
def lesson_28() -> Lesson:
    return open_folder(lessons_root() / "28-scaling")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def one(trace: Trace, name: str) -> float:
    return float(numbers(trace, name).reshape(()))


def opened(part: Part, seed: int | None = None, **dials: object) -> Trace:
    return part.run(part.settings(dials), seed).trace_at(0)


# -- codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [4, 8])
def test_the_codes_are_those_of_the_lab(lesson_28: Lesson, bits: int) -> None:
    trace = opened(lesson_28.part("codes"), bits=bits)
    kept = quantise(numbers(trace, "w"), bits)
    assert np.array_equal(numbers(trace, "codes"), kept.codes)
    np.testing.assert_allclose(numbers(trace, "back"), kept.weights(), rtol=1e-12)


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_no_error_is_above_half_a_step(lesson_28: Lesson, bits: int) -> None:
    trace = opened(lesson_28.part("codes"), bits=bits)
    assert one(trace, "worst") <= one(trace, "scale") / 2 * (1 + 1e-12)


@pytest.mark.parametrize("group", ["tensor", "row", "half", "quarter"])
@pytest.mark.parametrize("bits", [4, 8])
def test_groups_are_those_of_the_lab(lesson_28: Lesson, group: str, bits: int) -> None:
    trace = opened(lesson_28.part("outlier"), n=64, group=group, bits=bits)
    weights = numbers(trace, "W")
    size: str | int = {"half": 32, "quarter": 16}.get(group, group)
    kept = quantise(weights, bits, size)
    np.testing.assert_allclose(numbers(trace, "back"), kept.weights(), rtol=1e-12)
    assert one(trace, "share") == pytest.approx(relative_error(weights, kept), rel=1e-12)
    assert one(trace, "price") == pytest.approx(8 * kept.bytes / weights.size)


def test_one_outlier_spoils_a_tensor_and_rows_save_it_whatever_the_seed(lesson_28: Lesson) -> None:
    part = lesson_28.part("outlier")
    for seed in range(20):
        weights = np.array(numbers(opened(part, seed, n=256), "W"))
        calm = relative_error(weights, quantise(weights, 4))
        weights[0, 0] = 50
        spoilt = relative_error(weights, quantise(weights, 4))
        rows = relative_error(weights, quantise(weights, 4, "row"))
        assert 0.16 < calm < 0.21
        assert 0.975 < spoilt < 0.985
        assert 0.125 < rows < 0.15


# -- a law -----------------------------------------------------------------------------------------


def test_the_line_is_the_least_squares_line(lesson_28: Lesson) -> None:
    trace = opened(lesson_28.part("law"))
    sizes, losses = numbers(trace, "N"), numbers(trace, "L")
    law = fit_power_law(sizes.tolist(), losses.tolist())
    assert one(trace, "slope") == pytest.approx(-law.exponent, rel=1e-9)
    assert one(trace, "L_next") == pytest.approx(law.at(one(trace, "N_next")), rel=1e-9)


def test_floors_fit_alike_and_foresee_differently(lesson_28: Lesson) -> None:
    floors = (0, 0.5, 1, 1.25, 1.5, 1.75)
    traces = [opened(lesson_28.part("law"), E=floor) for floor in floors]
    off = [one(trace, "worst") for trace in traces]
    assert max(off) < 2 * min(off)
    foreseen = [one(trace, "L_next") for trace in traces]
    assert foreseen == sorted(foreseen)
    assert foreseen[-1] - foreseen[0] > 2 * max(off)


def test_the_table_is_of_the_networks_that_the_screen_trains(lesson_28: Lesson) -> None:
    folder = lesson_28.folder / "data"
    with (folder / "sizes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    script = runpy.run_path(str(folder / "rebuild.py"))
    part = lesson_28.part("sizes")
    preset, settings = script["settings"]()
    assert part.spec.lab is not None
    assert (preset, settings["steps"]) == (part.spec.lab.preset, part.spec.lab.settings["steps"])
    assert settings["seed"] == part.spec.seed
    dial = next(d for d in part.dials if d.id == "width")
    assert [int(row["width"]) for row in rows] == list(script["WIDTHS"]) == list(dial.stops)
    losses = [float(row["val_loss"]) for row in rows]
    assert losses == sorted(losses, reverse=True)


# -- a bill ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", sorted(NAMED))
def test_the_bill_is_the_labs(lesson_28: Lesson, model: str) -> None:
    shape = NAMED[model]
    part = lesson_28.part("bill")
    trace = opened(part, model=model, context=1024, D=300)
    assert one(trace, "N") == shape.parameters
    assert one(trace, "cache") == pytest.approx(key_value_bytes(shape, 1024) / 1e9)
    operations = training_operations(shape.parameters, 300e9) / 1e18
    assert one(trace, "C") == pytest.approx(operations)
    full = opened(part, model=model, use="training", bits=32)
    assert one(full, "fixed") == pytest.approx(training_memory(shape).total / 1e9)


@pytest.mark.parametrize("bits", [4, 8, 16, 32])
def test_training_takes_16_bytes_a_weight_or_a_little_less(lesson_28: Lesson, bits: int) -> None:
    trace = opened(lesson_28.part("bill"), use="training", bits=bits)
    each = one(trace, "fixed") / one(trace, "billions")
    assert each == pytest.approx({32: 16, 16: 16, 8: 15, 4: 14.5}[bits])
    assert one(trace, "cache") == 0
    assert one(trace, "activations") > 0


def test_an_encoder_has_no_cache(lesson_28: Lesson) -> None:
    assert one(opened(lesson_28.part("bill"), model="BERT-base"), "cache") == 0


# -- pictures --------------------------------------------------------------------------------------


def at_end(lesson: Lesson, name: str, **dials: object) -> Desk:
    session = Session(lesson)
    session.at = [part.id for part in lesson.parts].index(name)
    for dial, setting in dials.items():
        session.bench.turn(dial, setting)
    session.bench.player.go_to(len(session.bench.player))
    return Desk(session)


PICTURES = [
    ("codes", "rounding", {"bits": 4}, "-6"),
    ("outlier", "errors", {}, "share"),
    ("outlier", "errors", {"n": 256}, "zero"),
    ("law", "law", {"E": 1.5}, "x"),
    ("bill", "memory", {"use": "training"}, "adam"),
    ("timeline", "timeline", {}, "LaMDA"),
]


@pytest.mark.parametrize(("part", "name", "dials", "word"), PICTURES)
@pytest.mark.parametrize("depth", [Depth.FULL, Depth.SIXTEEN, Depth.NONE])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_pictures_fit_and_tell(
    lesson_28: Lesson,
    part: str,
    name: str,
    dials: dict[str, object],
    word: str,
    depth: Depth,
    ascii_only: bool,
) -> None:
    desk = at_end(lesson_28, part, **dials)
    for width, height in ((37, 14), (37, 6), (90, 30)):
        picture = FIGURES[name](desk, width, height, look("dark", depth, ascii_only))
        assert len(picture.strips) <= height
        assert all(strip.cell_length == width for strip in picture.strips)
        if height > 6:
            assert word in picture.text
        if ascii_only:
            assert picture.text.isascii()


def test_what_is_not_published_has_no_bar(lesson_28: Lesson) -> None:
    picture = FIGURES["timeline"](at_end(lesson_28, "timeline"), 50, 12, look("dark", Depth.FULL))
    (line,) = (one for one in picture.text.splitlines() if "ChatGPT" in one)
    assert line.endswith("?")
    assert look("dark", Depth.FULL).glyphs.bar not in line


def test_before_they_are_computed_nothing_is_told(lesson_28: Lesson) -> None:
    session = Session(lesson_28)
    begun = FIGURES["rounding"](Desk(session), 40, 10, look("dark", Depth.FULL)).text
    assert "127" not in begun
    assert "5.4" in begun
