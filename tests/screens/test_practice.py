"""Exercises and the challenge on the screen: one key answers, and only then goes on."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from tests.screens.learner import LARGE, MEDIUM, SMALL, Learner, learning
from tests.screens.snapshots import check_screen
from tuiexplain.course.challenge import Challenge
from tuiexplain.course.puzzle import Puzzle
from tuiexplain.screens.course_map import CourseMap
from tuiexplain.screens.lesson.screen import LessonScreen
from tuiexplain.screens.practice.screen import PracticeScreen


def practising(learner: Learner) -> PracticeScreen:
    """The screen of the exercise or challenge."""
    assert isinstance(learner.app.screen, PracticeScreen)
    return learner.app.screen


def puzzle(learner: Learner) -> Puzzle:
    """Its question."""
    found = practising(learner).puzzle
    assert found is not None
    return found


async def answer_right(learner: Learner) -> None:
    """Answer as the network does."""
    asked = puzzle(learner)
    if asked.kind == "choice":
        await learner.press(str(asked.order.index(int(asked.answer)) + 1))
    else:
        text = asked.answer if isinstance(asked.answer, str) else f"{float(asked.answer):.12g}"
        await learner.press("enter", *text, "enter")


async def test_enter_answers_and_then_goes_on() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("w")
        assert puzzle(learner).kind == "look"
        await learner.press("enter")
        asked = puzzle(learner)
        assert asked.kind == "cell"
        await learner.press("n")
        assert puzzle(learner) is asked
        assert learner.message.startswith("Answer first")
        await answer_right(learner)
        assert puzzle(learner) is asked
        assert "Right." in learner.words
        why = asked.why()
        assert why is not None
        assert "two paths meet" in learner.words, "explained to those who were right, too"
        await learner.press("enter")
        assert puzzle(learner) is not asked


async def test_a_wrong_number_may_be_tried_again_and_the_answer_given_away() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("w", "n", "enter", *"y.grad[0,0]", "enter")
        assert "Not quite." in learner.words
        assert "It has still to pass the sigmoid" in learner.words
        assert "try again" in learner.words
        await learner.press("s")
        assert "Skipped." not in learner.words
        assert "two paths meet" in learner.words
        given = learner.app.progress.answers("backpropagation")
        assert [(a.prediction, a.right) for a in given] == [("m-practice/1/z2.grad[0,0]", False)]


async def test_what_cannot_be_read_stays_to_be_mended() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("w", "n", "enter", *"z2.grad[0,0]", "enter")
        prompt = practising(learner).query_one("Prompt Static")
        assert "hidden" in str(prompt.render())
        await learner.press("escape")
        assert puzzle(learner).tries == []


async def test_keys_that_come_in_one_go_are_all_of_the_answer() -> None:
    """As over a slow line: the first digit opens the field, the others are there already."""
    async with learning("backpropagation") as learner:
        await learner.press("w", "n")
        for key, character in (("0", "0"), ("full_stop", "."), ("2", "2"), ("5", "5")):
            learner.app.post_message(events.Key(key, character))
        await learner.settle()
        await learner.settle()
        assert practising(learner).query_one(Input).value == "0.25"


async def test_other_numbers_and_the_way_back() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("n", "n")
        before = learner.where
        await learner.press("w", "n")
        answer = puzzle(learner).answer
        await learner.press("R")
        assert puzzle(learner).answer != answer
        await learner.press("p")
        assert puzzle(learner).kind == "look"
        await learner.press("p", "escape")
        assert isinstance(learner.app.screen, LessonScreen)
        assert learner.where == before


async def test_the_rung_is_there_again_in_the_next_session() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("w", "n", "s", "n", "escape")
    async with learning("backpropagation") as learner:
        await learner.press("w")
        assert puzzle(learner).rung == 2


async def test_hints_come_one_by_one() -> None:
    async with learning("backpropagation", size=MEDIUM) as learner:
        await learner.press("w", "n", "h")
        assert "Hint 1 of 3" in learner.words
        await learner.press("h", "h", "h")
        assert "Hint 3 of 3" in learner.words


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_nothing_is_cut_off(size: tuple[int, int], language: str) -> None:
    async with learning("backpropagation", size=size, language=language) as learner:
        await learner.press("w")
        for _ in range(30):
            check_screen(learner.text, size)
            assert "▾" not in learner.pane("words"), learner.text
            assert "+1" not in learner.pane("board")
            screen = practising(learner)
            if screen.puzzle is None:
                break
            if not screen.puzzle.done:
                await answer_right(learner)
                check_screen(learner.text, size)
            await learner.press("n")
        assert practising(learner).puzzle is None


async def test_a_lesson_without_an_exercise_says_so() -> None:
    async with learning("linear-regression") as learner:
        if not any(part.spec.exercises for part in learner.session.lesson.parts):
            await learner.press("w")
            assert learner.message == "This lesson has no exercise."


# -- the challenge ---------------------------------------------------------------------------------


async def test_the_challenge_ends_with_what_to_look_at_again() -> None:
    async with learning(size=(80, 40)) as learner:
        await learner.press("C")
        quiz = practising(learner).quiz
        assert isinstance(quiz, Challenge)
        total = len(quiz.items)
        assert total >= 8
        for number in range(total):
            check_screen(learner.text, (80, 40))
            if number == 0:
                await learner.press("s")
            else:
                await answer_right(learner)
                assert puzzle(learner).right, puzzle(learner).block
            await learner.press("enter")
        assert f"{total - 1} right, 0 wrong, 1 skipped" in learner.words
        step, lesson = quiz.results[0].step, quiz.results[0].lesson
        await learner.press("enter")
        await learner.until(lambda: isinstance(learner.app.screen, LessonScreen))
        assert learner.session.lesson.id == lesson
        assert learner.session.block_id == step


async def test_the_challenge_is_resumed() -> None:
    async with learning() as learner:
        await learner.press("C", "s", "n", "s", "n", "escape")
        assert isinstance(learner.app.screen, CourseMap)
    async with learning("backpropagation") as learner:
        await learner.press("C")
        quiz = practising(learner).quiz
        assert isinstance(quiz, Challenge)
        assert quiz.at == 2
        await learner.press("R")
        assert quiz.at == 0


async def test_in_the_challenge_an_answer_is_locked_in() -> None:
    async with learning() as learner:
        await learner.press("C")
        while puzzle(learner).kind != "choice":
            await learner.press("s", "n")
        asked = puzzle(learner)
        wrong = next(i for i, n in enumerate(asked.order, start=1) if n != asked.answer)
        await learner.press(str(wrong))
        assert asked.done
        assert asked.right is False
        await learner.press("1", "2", "s")
        assert len(asked.tries) == 1
        assert not asked.skipped


@pytest.mark.parametrize(("language", "written"), [("en", " (z2.grad"), ("zh", "（z2.grad")])
async def test_how_a_gradient_is_written_stands_in_the_marks_of_the_language(
    language: str, written: str
) -> None:
    async with learning("backpropagation", language=language) as learner:
        await learner.press("w", "enter")
        assert written in learner.words
