"""Lesson 24: the odds after each cut, the draw, and a cache that changes nothing but the work."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.loading import open_folder
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures_speaking import cache, odds
from tuiexplain.trace.trace import Trace
from tuiexplain.views.look import Depth, look


@pytest.fixture(scope="module")
def lesson_24() -> Lesson:
    return open_folder(lessons_root() / "24-generation")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def opened(part: Part, step: int = 0, seed: int | None = None, **dials: object) -> Trace:
    return part.run(part.settings(dials), seed).trace_at(step)


@pytest.mark.parametrize(("temperature", "top"), [(0.5, 0.865), (1, 0.636), (2, 0.429)])
def test_the_temperature_makes_it_sure_or_bold(
    lesson_24: Lesson, temperature: float, top: float
) -> None:
    p = numbers(opened(lesson_24.part("odds"), T=temperature), "p")
    assert round(float(p[0]), 3) == top
    assert list(np.argsort(-p)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("top_p", [0.5, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 5.0])
def test_the_cuts_are_those_of_the_lab(
    lesson_24: Lesson, k: int, top_p: float, temperature: float
) -> None:
    """By comparison of all with all here, by sorting there: the same odds."""
    pytest.importorskip("torch")
    from tuiexplain.lab.sampling import Choice
    from tuiexplain.lab.sampling import odds as sorted_odds

    trace = opened(lesson_24.part("odds"), T=temperature, k=k, top_p=top_p)
    found = sorted_odds([4, 3, 2, 1, 0], Choice(temperature, k, top_p))
    np.testing.assert_allclose(numbers(trace, "p"), found.before, rtol=1e-12)
    np.testing.assert_allclose(numbers(trace, "odds"), found.after, rtol=1e-12)
    assert float(numbers(trace, "left_k")) == pytest.approx(found.left_by_k, rel=1e-12)
    assert float(numbers(trace, "left_p")) == pytest.approx(found.left_by_p, rel=1e-12)


def test_the_draws_follow_the_odds(lesson_24: Lesson) -> None:
    part = lesson_24.part("odds")
    drawn = np.concatenate(
        [numbers(opened(part, seed=seed, k=5, top_p=1.0), "drawn") for seed in range(100)]
    )
    p = numbers(opened(part), "p")
    for word, share in enumerate(p):
        spread = math.sqrt(share * (1 - share) / len(drawn))
        assert abs((drawn == word).mean() - share) < 4 * spread


def test_positions_with_and_without_a_cache(lesson_24: Lesson) -> None:
    part = lesson_24.part("cache")
    on, off = (opened(part, 199, cache=setting) for setting in ("on", "off"))
    assert float(numbers(on, "counted")) == 209
    assert float(numbers(off, "counted")) == 21_900
    assert np.array_equal(numbers(on, "said"), numbers(off, "said"))


@pytest.mark.parametrize("step", [0, 1, 7, 100, 230])
def test_the_cache_changes_no_score(lesson_24: Lesson, step: int) -> None:
    part = lesson_24.part("cache")
    on, off = (opened(part, step, cache=setting) for setting in ("on", "off"))
    np.testing.assert_allclose(numbers(on, "logits"), numbers(off, "logits"), rtol=0, atol=1e-12)


def test_what_was_kept_is_what_would_be_computed(lesson_24: Lesson) -> None:
    part = lesson_24.part("cache")
    on, off = (opened(part, 30, cache=setting) for setting in ("on", "off"))
    for name in ("keys", "values", "keys#2", "values#2"):
        np.testing.assert_allclose(numbers(on, name), numbers(off, name), rtol=0, atol=1e-12)


def test_the_model_knows_the_sonnet(lesson_24: Lesson) -> None:
    """In the lesson's own seed, and in nearly all of twenty."""
    part = lesson_24.part("cache")
    text = (lesson_24.folder / "data" / "sonnet.txt").read_text(encoding="utf-8")
    characters = np.load(lesson_24.folder / "data" / "gpt.npz")["characters"]
    right = []
    for seed in (part.spec.seed, *range(20)):
        said = numbers(opened(part, 99, seed), "said")
        right.append("".join(characters[i] for i in said) == text[: len(said)])
    assert right[0]
    assert sum(right[1:]) >= 15


# -- the pictures ----------------------------------------------------------------------------------


def at(lesson: Lesson, part: int, step: int, position: int, **dials: object) -> Desk:
    session = Session(lesson)
    session.at = part
    for name, setting in dials.items():
        session.bench.turn(name, setting)
    session.bench.open(step, position)
    return Desk(session)


def events(desk: Desk) -> int:
    return len(desk.session.bench.player)


def test_the_picture_of_the_odds_tells_what_each_cut_leaves(lesson_24: Lesson) -> None:
    plain = look("dark", Depth.FULL)
    begun = odds(at(lesson_24, 0, 0, 2), 40, 15, plain).text
    assert "0.6364" in begun
    assert "left_k" not in begun
    done = odds(at(lesson_24, 0, 0, 19), 40, 15, plain).text
    assert "0.7311" in done
    assert "0.9567" in done
    assert "0.9100" in done


@pytest.mark.parametrize("depth", [Depth.FULL, Depth.SIXTEEN, Depth.NONE])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_picture_of_the_cache_marks_what_is_computed_again(
    lesson_24: Lesson, depth: Depth, ascii_only: bool
) -> None:
    seen = look("dark", depth, ascii_only)
    kept, again = seen.glyphs.unknown, seen.glyphs.times
    for setting, marks in (("on", kept * 12 + "+"), ("off", again * 12 + "+")):
        desk = at(lesson_24, 1, 3, 0, cache=setting)
        desk.session.bench.player.go_to(events(desk))
        picture = cache(desk, 37, 14, seen)
        assert all(strip.cell_length == 37 for strip in picture.strips)
        for name in ("K1", "V1", "K2", "V2"):
            (line,) = (one for one in picture.text.splitlines() if one.startswith(name))
            assert line.split(maxsplit=1)[1].strip() == marks


def test_the_picture_of_the_cache_shows_the_end_of_a_long_text(lesson_24: Lesson) -> None:
    desk = at(lesson_24, 1, 199, 0)
    desk.session.bench.player.go_to(events(desk))
    picture = cache(desk, 37, 14, look("dark", Depth.FULL))
    (line,) = (one for one in picture.text.splitlines() if one.startswith("K1"))
    assert line[2] == "‹"
    assert line.endswith("·+")
    assert len(line) == 37


def test_past_the_last_place_the_cache_is_worth_nothing(lesson_24: Lesson) -> None:
    trace = opened(lesson_24.part("cache"), 220)
    assert len(numbers(trace, "new")) == len(numbers(trace, "text")) == 224
