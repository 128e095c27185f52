"""Predictions: asked before the numbers are seen, answered, skipped, with hints."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.screens.learner import Learner, learning
from tuiexplain.course.places import state_folder
from tuiexplain.course.progress import Answer, Progress


async def to_question(learner: Learner, question: str) -> None:
    """Walk on until a question is asked."""
    while learner.session.question is None or learner.session.question.id != question:
        assert learner.session.next(), f"never asked: {question}"
    learner.screen.moved()
    await learner.settle()


def told(learner: Learner, text: str) -> str:
    """The beginning of a text of the lesson as it stands on the screen, without its marks."""
    return " ".join(text.replace("*", "").replace("`", "").split())[:24]


async def test_a_right_choice() -> None:
    async with learning("linear-regression") as learner:
        await to_question(learner, "which-larger")
        block = learner.session.lesson.block("which-larger", "en")
        assert learner.words.startswith(f"Question: {block.title}")
        assert "1-3 choose" in learner.words
        assert told(learner, block.why) not in learner.words
        await learner.press("2")
        assert "Right." in learner.words
        assert told(learner, block.why) in learner.words
        assert learner.app.progress.answers("linear-regression") == [
            Answer("line", "which-larger", 2, True)
        ]


async def test_what_is_asked_is_not_what_was_changed_since() -> None:
    """An answer is judged by the lesson's own run: a turned dial may give another one."""
    async with learning("linear-regression", size=(80, 30)) as learner:
        await to_question(learner, "which-larger")
        assert "before your change" not in learner.words
        learner.bench.turn("w", 1.5)
        await to_question(learner, "which-larger")
        assert "before your change" in learner.words


async def test_a_wrong_choice_is_told_what_is_wrong_with_it() -> None:
    async with learning("linear-regression", size=(80, 30)) as learner:
        await to_question(learner, "which-larger")
        block = learner.session.lesson.block("which-larger", "en")
        await learner.press("1")
        assert "Not quite." in learner.words
        assert told(learner, block.wrong["1"]) in learner.words
        assert not learner.session.answers["which-larger"].right
        before = learner.text
        await learner.press("2", "s", "7")
        assert learner.text == before, "an answer is locked in"
        assert len(learner.app.progress.answers("linear-regression")) == 1


async def test_a_number_is_typed() -> None:
    async with learning("backpropagation") as learner:
        await to_question(learner, "product-dz")
        assert "type a number" in learner.words
        await learner.press("a", *"much", "enter")
        assert "is not a number" in learner.question
        assert "product-dz" not in learner.session.answers
        await learner.press("escape")
        await learner.press("3", "enter")
        assert learner.session.answers["product-dz"].right
        assert "Right." in learner.words


async def test_the_key_after_the_first_digit_is_already_the_answers() -> None:
    """The "." of 0.5 is also the key to the next network."""
    async with learning("backpropagation") as learner:
        await to_question(learner, "product-dz")
        learner.screen.action_choose("0")
        assert learner.screen.focused is learner.screen.query_one(Input)
        await learner.press("full_stop", "5", "enter")
        assert learner.session.answers["product-dz"].given == 0.5


async def test_an_answer_to_a_question_that_was_left_meanwhile_is_dropped() -> None:
    async with learning("backpropagation") as learner:
        await to_question(learner, "product-dz")
        await learner.press("3")
        learner.session.first_event()
        await learner.press("enter")
        assert "product-dz" not in learner.session.answers
        assert learner.app.screen is learner.screen


async def test_a_wrong_number_is_told_what_is_wrong_with_it() -> None:
    async with learning("backpropagation") as learner:
        await to_question(learner, "product-dz")
        block = learner.session.lesson.block("product-dz", "en")
        await learner.press("a", *"-12", "enter")
        assert "Not quite." in learner.words
        assert told(learner, block.wrong["-12"]) in learner.words


async def test_a_question_is_skipped() -> None:
    async with learning("linear-regression") as learner:
        await to_question(learner, "which-larger")
        await learner.press("s")
        assert "Skipped." in learner.words
        assert learner.app.progress.answers("linear-regression") == [
            Answer("line", "which-larger", None, None)
        ]
        await learner.press("n")
        assert learner.session.question is None


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_newest_hint_is_seen_on_a_small_screen(language: str) -> None:
    async with learning("attention", language=language) as learner:
        await learner.go_to("look", position=8)
        await learner.press("n")
        question = learner.session.question
        assert question is not None
        hints = learner.session.lesson.block(question.id, language).hints
        for hint in hints:
            await learner.press("h")
            assert "".join(hint.split())[-12:] in "".join(learner.words.split())


async def test_hints_come_one_by_one_and_are_remembered() -> None:
    async with learning("linear-regression", size=(80, 40)) as learner:
        await to_question(learner, "which-larger")
        count = len(learner.session.lesson.block("which-larger", "en").hints)
        for rung in range(1, count + 1):
            await learner.press("h")
            assert f"Hint {rung} of {count}" in learner.words
            assert f"Hint {rung + 1} of" not in learner.words
        before = learner.text
        await learner.press("h")
        assert learner.text == before
        assert learner.app.progress.hints("linear-regression", "line", "which-larger") == count
    async with learning("linear-regression", size=(80, 40)) as learner:
        await to_question(learner, "which-larger")
        assert f"Hint {count} of {count}" in learner.words


@pytest.mark.parametrize(
    ("key", "message"),
    [("a", "This step asks no question"), ("h", "There is no hint here"), ("s", ""), ("1", "")],
)
async def test_where_nothing_is_asked(key: str, message: str) -> None:
    async with learning("linear-regression") as learner:
        await learner.press(key)
        assert learner.message.startswith(message)
        assert bool(learner.message) == bool(message)
        assert learner.session.answers == {}


async def test_an_answer_is_there_again_in_the_next_session() -> None:
    async with learning("linear-regression") as learner:
        await to_question(learner, "which-larger")
        await learner.press("3")
    async with learning("linear-regression") as learner:
        await to_question(learner, "which-larger")
        assert "Not quite." in learner.words
    with Progress(state_folder()) as progress:
        assert [a.answer for a in progress.answers("linear-regression")] == [3]


async def test_a_choice_beyond_the_last_is_none() -> None:
    async with learning("linear-regression") as learner:
        await to_question(learner, "which-larger")
        await learner.press("4", "9", "0")
        assert learner.session.answers == {}
        await learner.press("a")
        assert learner.message.startswith("1-3 choose")


async def test_every_question_is_answered_right_by_its_own_answer() -> None:
    for lesson in ("linear-regression", "backpropagation"):
        async with learning(lesson) as learner:
            asked = 0
            while learner.session.next():
                question = learner.session.question
                if question is None:
                    continue
                learner.screen.moved()
                await learner.settle()
                if question.kind == "number":
                    await learner.press("a", *f"{question.answer:g}", "enter")
                else:
                    await learner.press(str(question.answer))
                assert learner.session.answers[question.id].right, question.id
                assert "Right." in learner.words, question.id
                asked += 1
            assert asked == sum(len(p.spec.predictions) for p in learner.session.lesson.parts)


async def test_one_goes_on_only_when_the_question_is_answered_or_skipped() -> None:
    async with learning("linear-regression") as learner:
        await to_question(learner, "which-larger")
        await learner.press("n")
        assert learner.session.question is not None
        assert learner.message.startswith("Answer first")
        await learner.press("2")
        assert learner.message == "n goes on."
        await learner.press("n")
        assert learner.session.question is None


async def test_playing_stops_at_a_question() -> None:
    async with learning("linear-regression", size=(80, 30)) as learner:
        await to_question(learner, "which-larger")
        where = learner.where
        learner.screen._play()
        learner.screen._play_on()
        assert learner.screen.playing is None
        assert learner.where == where
