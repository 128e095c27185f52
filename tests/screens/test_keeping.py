"""Bookmarks, trying things out in a copy, the outline of the course, and the glossary."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.screens.learner import MEDIUM, Learner, learning
from tuiexplain.course.index import the_index
from tuiexplain.course.progress import Place, Progress
from tuiexplain.course.session import SEED
from tuiexplain.screens.bookmarks import Bookmarks
from tuiexplain.screens.course_map import CourseMap
from tuiexplain.screens.glossary import GlossaryScreen, Taught
from tuiexplain.screens.lesson.screen import LessonScreen
from tuiexplain.screens.outline import Outline
from tuiexplain.widgets.pane import Pane

# -- bookmarks -------------------------------------------------------------------------------------


async def test_a_bookmark_leads_back_to_the_very_place_and_dials() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("n", "n", "n", "d", "right", "escape")
        kept = learner.session.standing()
        await learner.press("b", *"look here", "enter")
        assert learner.message.startswith("Kept")
        await learner.press("d", "right", "right", "escape", "n", "n")
        assert learner.session.standing() != kept
        await learner.press("B")
        assert "look here" in learner.text
        await learner.press("enter")
        assert learner.session.standing() == kept
        assert isinstance(learner.app.screen, LessonScreen)


async def test_a_bookmark_is_found_from_the_map_and_from_another_lesson() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("n", "n", "b", *"slope", "enter", "m", "B")
        assert isinstance(learner.app.screen, Bookmarks)
        await learner.press("enter")
        assert learner.session.lesson.id == "linear-regression"
        assert learner.bench.player.position == 2
        learner.app.switch_lesson("backpropagation")
        await learner.settle()
        await learner.press("B", "enter")
        assert learner.session.lesson.id == "linear-regression"


async def test_the_note_of_a_place_is_changed_not_doubled() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("b", *"one", "enter", "b", *" two", "enter")
        assert [b.label for b in learner.app.progress.bookmarks()] == ["one two"]


async def test_a_removed_bookmark_can_be_brought_back() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("b", *"mine", "enter", "B", "delete")
        assert learner.app.progress.bookmarks() == []
        assert "no bookmarks yet" in learner.text
        await learner.press("ctrl+z")
        assert [b.label for b in learner.app.progress.bookmarks()] == ["mine"]
        assert "mine" in learner.text


async def test_a_bookmark_is_removed_and_brought_back_by_the_mouse() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("b", *"mine", "enter", "B")
        for target, left in (("remove", 0), ("bring_back", 1)):
            pane = learner.app.screen.query_one(Pane)
            area = pane.hits.where(target)
            assert area is not None
            await learner.pilot.click(pane, offset=(area.x, area.y))
            await learner.settle()
            assert len(learner.app.progress.bookmarks()) == left


# -- trying out ------------------------------------------------------------------------------------


async def test_a_copy_cannot_break_the_lesson() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 6)
        before, screen = learner.session.standing(), learner.text
        weights = learner.bench.run.state_at(0)["W1"].copy()
        await learner.press("o")
        assert "trying out" in learner.pane("title")
        await learner.press("d", "right", "right", "escape", "n", "tab", "e", *"9", "enter")
        assert learner.session.standing() != before
        learner.bench.run.extend_to(30)
        await learner.press("escape", "escape", "escape")
        assert learner.session.standing() == before
        assert learner.bench.run.length < 30
        np.testing.assert_array_equal(learner.bench.run.state_at(0)["W1"], weights)
        await learner.press("n", "p")
        assert learner.text == screen


async def test_answers_in_a_copy_do_not_count() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("o")
        while learner.session.question is None:
            assert learner.session.next()
        await learner.press("1")
        assert learner.session.answers
        await learner.press("o")
        assert learner.session.answers == {}
        assert learner.app.progress.answers("linear-regression") == []


async def test_what_was_tried_out_is_there_in_the_next_session() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 0)
        await learner.press("n", "n", "o", "n", "n")
        await learner.press("tab", "e", *"0.25", "enter")
        copy, edits = learner.session.standing(), learner.session.edits()
        assert edits
        learner.app.save_progress()
    async with learning("backpropagation") as learner:
        assert learner.session.exploring
        assert learner.session.standing() == copy
        assert learner.session.edits() == edits
        await learner.press("o")
        assert not learner.session.exploring
        assert learner.bench.player.position == 2


def test_nothing_is_tried_out_where_only_the_place_was_kept() -> None:
    place = Place("tiny", "line", 1, 2, "layer", {"lr": 0.2, SEED: 7})
    with Progress() as progress:
        progress.stand(place)
        assert progress.exploring("tiny") is None


# -- the outline of the course ---------------------------------------------------------------------


async def test_the_outline_searches_the_other_lessons() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("g", *"residual", "enter")
        assert learner.session.lesson.id == "linear-regression"


async def test_the_outline_of_the_course_opens_from_the_map() -> None:
    async with learning() as learner:
        await learner.press("g")
        assert isinstance(learner.app.screen, Outline)
        await learner.type("delta")
        await learner.until(lambda: isinstance(learner.app.screen, LessonScreen))
        assert learner.session.lesson.id == "backpropagation"


@pytest.mark.parametrize("word", ["反向传播", "backprop", "z2.grad", "sigmoid"])
async def test_the_outline_is_searched_in_both_languages(word: str) -> None:
    async with learning() as learner:
        await learner.press("g", *word)
        screen = learner.app.screen
        assert isinstance(screen, Outline)
        assert screen.found, word


async def test_a_question_is_a_place_to_go_to() -> None:
    async with learning("linear-regression") as learner:
        title = learner.session.lesson.block("which-larger", "en").title
        learner.session.go_to_block("which-larger")
        learner.screen.moved()
        await learner.settle()
        assert learner.words.startswith(f"Question: {title}")


# -- the glossary ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("en", "正向传播"), ("zh", "forward pass")])
async def test_a_term_is_looked_up_by_an_alias_of_either_language(language: str, word: str) -> None:
    async with learning("backpropagation", language=language) as learner:
        await learner.press("G", *word)
        screen = learner.app.screen
        assert isinstance(screen, GlossaryScreen)
        assert screen.chosen is not None
        assert screen.chosen.target == "forward-propagation"


async def test_a_term_leads_to_where_it_is_taught() -> None:
    async with learning() as learner:
        await learner.press("G", *"cost")
        assert "how wrong the model is" in learner.text
        await learner.press("enter")
        assert isinstance(learner.app.screen, Taught)
        await learner.press("enter")
        await learner.until(lambda: isinstance(learner.app.screen, LessonScreen))
        first = the_index().taught("loss")[0]
        assert learner.session.lesson.id == first.lesson
        block = learner.session.lesson.block(learner.session.block_id, "en")
        assert block.id == first.block


async def test_the_glossary_begins_at_the_term_on_the_screen() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 2)
        await learner.press("G")
        assert isinstance(learner.app.screen, GlossaryScreen)
        assert learner.app.screen.chosen is not None
        assert learner.app.screen.chosen.target == "sigmoid"
        await learner.press("escape", "m", "G", "escape")
        assert isinstance(learner.app.screen, CourseMap)


# -- writing down ----------------------------------------------------------------------------------


async def test_what_was_learnt_is_written_down() -> None:
    async with learning("linear-regression") as learner:
        while learner.session.question is None:
            assert learner.session.next()
        learner.screen.moved()
        await learner.press("2", "E")
        assert learner.message.startswith("Saved")
        files = list(Path.cwd().glob("linear-regression-*.md"))
        assert len(files) == 1
        assert "1 right, 0 wrong" in files[0].read_text(encoding="utf-8")


# -- starting over ---------------------------------------------------------------------------------


async def reset(learner: Learner, what: str) -> None:
    """Choose something to reset, and say yes."""
    await learner.press("D", *what, "enter")
    assert "Enter does it" in learner.question
    await learner.press("enter")
    assert learner.message.startswith("Started over")


async def test_a_reset_asks_and_does_nothing_when_one_changes_ones_mind() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 5)
        await learner.press("d", "right", "escape")
        before = learner.session.standing()
        await learner.press("D", "escape", "D", "enter", "escape")
        assert learner.session.standing() == before


async def test_the_dials_are_reset_alone_and_taken_back() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 1, 5)
        await learner.press("d", "right", "right", "escape")
        before = learner.session.standing()
        await reset(learner, "dials")
        assert learner.bench.settings == learner.bench.part.settings()
        assert learner.bench.place == (1, 5)
        await learner.press("u")
        assert learner.session.standing() == before


async def test_a_network_is_reset_alone_and_taken_back() -> None:
    async with learning("backpropagation") as learner:
        learner.session.bench_of(0).turn("x", 5.0)
        await learner.go_to("mazur", 0, 5)
        learner.bench.run.extend_to(30)
        await learner.press("tab", "e", *"0.25", "enter")
        edits, before = learner.session.edits(), learner.session.standing()
        await reset(learner, "this network")
        assert learner.bench.place == (0, 0)
        assert learner.bench.run.length < 30
        assert learner.session.bench_of(0).settings["x"] == 5.0
        await learner.press("u")
        assert (learner.session.edits(), learner.session.standing()) == (edits, before)
        assert learner.bench.run.length == 30


async def test_the_place_is_reset_alone_and_taken_back() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 1, 5)
        before = learner.session.standing()
        await reset(learner, "place")
        assert learner.where == (0, (0, 0), None)
        await learner.press("u")
        assert learner.session.standing() == before


async def test_answers_are_forgotten_and_brought_back() -> None:
    async with learning("linear-regression") as learner:
        while learner.session.question is None:
            assert learner.session.next()
        learner.screen.moved()
        await learner.press("h", "2")
        record = learner.app.progress.answers("linear-regression")
        assert len(record) == 1
        await reset(learner, "answers")
        assert learner.app.progress.answers("linear-regression") == []
        assert learner.session.answers == {}
        await learner.press("u")
        assert learner.app.progress.answers("linear-regression") == record
        assert learner.session.answers["which-larger"].right
        assert learner.app.progress.hints("linear-regression", "line", "which-larger") == 1


async def test_going_back_to_the_start_is_taken_back() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 5)
        learner.bench.run.extend_to(20)
        await learner.go_to("mazur", 12, 3)
        before = learner.session.standing()
        await learner.press("r")
        assert learner.bench.place == (0, 0)
        await learner.press("u")
        assert learner.session.standing() == before
        assert learner.bench.run.length >= 20


async def test_the_map_counts_what_was_skipped_apart() -> None:
    async with learning("linear-regression") as learner:
        while learner.session.question is None:
            assert learner.session.next()
        learner.screen.moved()
        await learner.press("s", "m")
        assert "0 right, 0 wrong, 1 skipped" in " ".join(learner.pane("about").split())


async def test_a_bookmark_tells_dials_by_their_names() -> None:
    async with learning("07", language="zh", size=MEDIUM) as learner:
        await learner.press("b", "enter", "B")
        assert "学习率 = 1" in learner.text
        assert "lr" not in learner.text
