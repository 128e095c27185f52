"""Exercises that fade and the mixed challenge: drawn anew, checked live, resumed. No screen."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tuiexplain.course.challenge import RIGHT, SKIPPED, WRONG, Challenge, predicted
from tuiexplain.course.course import the_course
from tuiexplain.course.errors import CourseError
from tuiexplain.course.languages import tr
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.practice import Practice, exercises, rung, underivable
from tuiexplain.course.puzzle import Puzzle, Unreadable
from tuiexplain.course.schema import Rung
from tuiexplain.course.variation import varied

LESSONS = ("neuron", "linear-regression", "backpropagation")


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return open_lesson("backpropagation")


def first(lesson: Lesson, at: int, trial: int = 1) -> Puzzle:
    part, exercise = exercises(lesson)[0]
    return rung(part, exercise, at, trial)[0]


# -- other numbers ---------------------------------------------------------------------------------


def test_a_trial_gives_the_same_numbers_again_and_another_gives_others(lesson: Lesson) -> None:
    part, exercise = exercises(lesson)[0]

    def weights(trial: int) -> np.ndarray:
        return varied(part, exercise.vary, trial).run().state_at(0)["W1"]

    np.testing.assert_array_equal(weights(3), weights(3))
    assert not np.array_equal(weights(3), weights(4))
    np.testing.assert_array_equal(weights(0), part.run().state_at(0)["W1"])
    low, high = exercise.vary["W1"]
    assert ((low <= weights(3)) & (weights(3) <= high)).all()


def test_the_numbers_follow_the_formulas_of_backpropagation(lesson: Lesson) -> None:
    """Worked out here by hand, from what the board shows, for several draws."""
    for trial in range(1, 6):
        puzzles = rung(*exercises(lesson)[0], 3, trial)
        shown = {v.name: puzzles[0].trace.data(v) for v in puzzles[0].shown()}
        y, h, x = shown["y"], shown["h"], shown["x"]
        delta2 = shown["y.grad"] * y * (1 - y)
        delta1 = (delta2 @ shown["W2"]) * h * (1 - h)
        expected = [
            *delta2[0],
            delta2[0, 0] * h[0, 0],
            (delta2 @ shown["W2"])[0, 0],
            delta1[0, 0],
            delta1[0, 0] * x[0, 0],
        ]
        np.testing.assert_allclose([float(p.answer) for p in puzzles], expected, rtol=1e-12)


# -- entries ---------------------------------------------------------------------------------------


def test_a_number_within_the_tolerance_is_right(lesson: Lesson) -> None:
    for factor, right in ((1.0, True), (1.009, True), (1.02, False)):
        puzzle = first(lesson, 1)
        assert puzzle.attempt(puzzle.read(str(float(puzzle.answer) * factor))).right is right


def test_arithmetic_on_what_is_seen_is_an_answer(lesson: Lesson) -> None:
    puzzle = first(lesson, 1)
    assert puzzle.attempt(puzzle.read("y.grad[0,0] * y[0,0] * (1 - y[0,0])")).right


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("z2.grad[0,0]", "hidden"),
        ("sum(z2.grad)", "hidden"),
        ("loss", "not on the board"),
        ("still.loss@1", "not on the board"),
        ("much", "much"),
        ("1/0", "finite"),
        ("__import__('os')", "no number"),
        ("W2", "no number"),
    ],
)
def test_what_is_hidden_stays_hidden_and_nonsense_is_refused(
    lesson: Lesson, text: str, complaint: str
) -> None:
    puzzle = first(lesson, 1)
    with pytest.raises(Unreadable, match=complaint) as caught:
        puzzle.read(text)
    assert puzzle.tries == []
    assert tr(f"screen.{caught.value.key}", "zh", **caught.value.fields)


@pytest.mark.parametrize(
    ("rung_at", "which", "text", "told", "slip"),
    [
        (1, 0, "y.grad[0,0]", "local", ""),
        (1, 0, "y[0,0] * (1 - y[0,0])", "arrives", ""),
        (1, 0, "-y.grad[0,0] * y[0,0] * (1 - y[0,0])", "", "sign"),
        (1, 0, "10 * y.grad[0,0] * y[0,0] * (1 - y[0,0])", "", "point"),
        (1, 0, "z2.grad[0,1]", "", "other_cell"),
        (1, 0, "y[0,0]", "", "cause"),
        (1, 0, "12345", "", ""),
        (2, 0, "y[0,0] * z2.grad[0,0]", "far-end", ""),
        (2, 1, "W2.grad[0,0]", "", "other_cell"),
    ],
)
def test_a_known_mistake_is_told(
    lesson: Lesson, rung_at: int, which: int, text: str, told: str, slip: str
) -> None:
    puzzles = rung(*exercises(lesson)[0], rung_at, 2)
    for before in puzzles[:which]:
        before.attempt(before.answer)
    verdict = puzzles[which].attempt(puzzles[which].read(text))
    assert (verdict.right, verdict.told, verdict.slip) == (False, told, slip)


def test_an_answer_uncovers_its_cell_for_those_after(lesson: Lesson) -> None:
    puzzles = rung(*exercises(lesson)[0], 3, 1)
    with pytest.raises(CourseError):
        puzzles[2].read("z2.grad[0,0] * h[0,0]")
    puzzles[0].attempt(puzzles[0].answer)
    assert puzzles[2].attempt(puzzles[2].read("z2.grad[0,0] * h[0,0]")).right


def test_giving_away_after_a_try_is_no_skipping(lesson: Lesson) -> None:
    tried, skipped = first(lesson, 1), first(lesson, 1)
    tried.attempt(99.0)
    assert not tried.done
    tried.reveal()
    skipped.reveal()
    assert (tried.done, tried.right, tried.skipped) == (True, False, False)
    assert (skipped.done, skipped.right, skipped.skipped) == (True, None, True)


# -- the rungs -------------------------------------------------------------------------------------


def test_the_example_fades(lesson: Lesson) -> None:
    practice = Practice(*exercises(lesson)[0])
    hidden, trials = [], set()
    while (puzzle := practice.current) is not None:
        if practice.at == 0:
            hidden.append(len(puzzle.hidden))
            trials.add(float(puzzle.trace.data(puzzle.trace.value("x"))[0, 0]))
        if puzzle.kind != "look":
            assert puzzle.attempt(puzzle.answer).right
        practice.advance()
    assert hidden[:2] == [0, 1]
    assert hidden == sorted(set(hidden)), "more is hidden from rung to rung"
    assert len(trials) == len(hidden), "each rung has numbers of its own"


def test_what_cannot_be_worked_out_is_found(lesson: Lesson) -> None:
    part, exercise = exercises(lesson)[0]
    sound = exercise._replace(shows=("y", "y.grad", "z2.grad"))
    told = Rung(("z2.grad",))
    assert list(underivable(part, sound, told)) == []
    hidden_inputs = exercise._replace(shows=("W2", "z2"))
    assert list(underivable(part, hidden_inputs, Rung(("W2",)))) == [
        "W2[0,0]",
        "W2[0,1]",
        "W2[1,0]",
        "W2[1,1]",
    ]


# -- the challenge ---------------------------------------------------------------------------------


@pytest.fixture
def lessons() -> list[Lesson]:
    return [open_lesson(name) for name in LESSONS]


def test_lessons_take_turns(lessons: list[Lesson]) -> None:
    for _ in range(10):
        challenge = Challenge(lessons)
        names = [item.lesson for item in challenge.items]
        assert set(names) == set(LESSONS)
        assert all(a != b for a, b in pairwise(names))
        challenge.anew()


def test_every_prediction_of_the_course_has_one_answer_with_other_numbers() -> None:
    for entry in the_course().lessons:
        if entry.folder is None:
            continue
        for part in open_lesson(entry.id).parts:
            if part.spec.lab is not None:
                continue
            for prediction in part.spec.predictions:
                for trial in (0, 1, 2):
                    assert predicted(part, prediction, trial) is not None, prediction.id


def test_a_challenge_goes_on_where_it_was_left(lessons: list[Lesson]) -> None:
    challenge = Challenge(lessons)
    for how in (RIGHT, WRONG, SKIPPED):
        puzzle = challenge.current
        assert puzzle is not None
        if how == RIGHT:
            puzzle.attempt(puzzle.answer)
        elif how == WRONG:
            puzzle.attempt("nothing" if isinstance(puzzle.answer, str) else 98765)
        else:
            puzzle.reveal()
        challenge.advance()
    kept = json.loads(json.dumps(challenge.state))
    again = Challenge(lessons, kept)
    assert again.results == challenge.results
    assert [result.how for result in again.results] == [RIGHT, WRONG, SKIPPED]
    assert again.current is not None
    assert challenge.current is not None
    assert again.current.answer == challenge.current.answer


def test_a_lesson_that_is_gone_is_left_out(lessons: list[Lesson]) -> None:
    kept = Challenge(lessons).state
    fewer = Challenge(lessons[:1], json.loads(json.dumps(kept)))
    assert {item.lesson for item in fewer.items} == {LESSONS[0]}


def test_one_goes_on_only_when_the_question_is_done(lessons: list[Lesson]) -> None:
    challenge = Challenge(lessons)
    before = challenge.current
    challenge.advance()
    assert challenge.current is before


# -- the check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('blank = ["z2.grad[0,0]"]', 'blank = ["z9.grad[0,0]"]', "z9.grad"),
        ('blank = ["z2.grad[0,0]"]', 'blank = ["z2.grad[4,0]"]', "no such cell"),
        ('blank = ["z2.grad[0,0]"]', 'blank = ["W2[0,0]"]', "cannot be worked out"),
        ('blank = ["z2.grad[0,0]"]', 'blank = ["e[0,0]"]', "not among 'shows'"),
        ('ask = ["z2.grad",', 'ask = ["W2", "z2.grad",', "is asked, but not hidden"),
        ('value = "y.grad"\n', 'value = "z2.grad"\n', "comes to the right number"),
        ("W1 = [0.1, 0.9]", "W9 = [0.1, 0.9]", "W9"),
        ("W1 = [0.1, 0.9]", "W1 = [0.9, 0.1]", "not between two numbers"),
        ('id = "far-end"', 'id = "near-end"', "has no words for the slip 'near-end'"),
    ],
)
def test_the_check_finds_an_exercise_that_cannot_be_done(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    import shutil

    from tuiexplain.course.check import check_lesson

    folder = tmp_path / "06-backpropagation"
    source = open_lesson("backpropagation").folder
    shutil.copytree(source, folder)
    file = folder / "lesson.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    (folder / "torch_twin.py").unlink()
    faults, _ = check_lesson(folder)
    found = [fault for fault in faults if complaint in str(fault)]
    assert found, [str(fault) for fault in faults]
    assert all(fault.line > 1 for fault in found if fault.file == file)


def test_a_prediction_is_asked_with_other_numbers_and_its_answer_follows(lesson: Lesson) -> None:
    part = lesson.part("product")
    prediction = part.spec.predictions[0]
    answers = set()
    for trial in range(1, 6):
        puzzle = predicted(part, prediction, trial)
        assert puzzle is not None
        x, y = (puzzle.part.settings()[name] for name in "xy")
        assert puzzle.answer == float(x) + float(y)
        answers.add(puzzle.answer)
        assert puzzle.attempt(puzzle.read(f"{puzzle.answer}")).right
    assert len(answers) > 2


def test_the_check_finds_a_prediction_that_other_numbers_leave_without_an_answer() -> None:
    from tuiexplain.course.check.exercises import variations
    from tuiexplain.course.lesson import Part
    from tuiexplain.course.toml_lines import Lines

    part = open_lesson("backpropagation").part("fork")
    lines = Lines((part.lesson.folder / "lesson.toml").read_text(encoding="utf-8"))
    broken = part.spec.predictions[0]._replace(vary={"a": (2, 2)})
    spoilt = Part(part.lesson, part.spec._replace(predictions=(broken,)))
    assert "no single true answer" in str(next(variations(spoilt, lines, 1)))
    assert list(variations(part, lines, 1)) == []
