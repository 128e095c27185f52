"""Everything by mouse: timeline, graph, matrices, causes, choices, dials, footer, terms, map."""

from __future__ import annotations

from tests.screens.learner import learning
from tests.screens.test_questions import to_question
from tuiexplain.course.walk import Place
from tuiexplain.screens.course_map import CourseMap
from tuiexplain.screens.help import Help
from tuiexplain.screens.lesson.screen import LessonScreen


async def test_the_timeline_leads_to_an_event() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur")
        for event in (0, 7, 15, 3):
            await learner.click("time", event)
            assert learner.bench.place == Place(0, event + 1)
            assert f"step {event + 1}/" in learner.pane("title")


async def test_the_graph_leads_to_the_operation() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur")
        trace = learner.bench.trace
        for name in ("z1", "z2"):
            value = trace.value(name)
            await learner.click("graph", value.id)
            assert learner.bench.player.event is not None
            assert learner.bench.player.event.output == value.id
        await learner.go_to("product", 0, 2)
        await learner.click("graph", learner.bench.trace.value("x").id)
        assert learner.bench.place == Place(0, 0)


async def test_a_cell_is_chosen_and_explained_when_pressed_again() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        w1 = learner.bench.trace.value("W1").id
        await learner.click("board", (w1, (1, 0)))
        assert (learner.desk.value, learner.desk.cell) == (w1, (1, 0))
        assert not learner.desk.asking
        await learner.click("board", (w1, (1, 0)))
        assert learner.desk.asking
        assert learner.words.startswith("Why W1[1,0] = 0.25?")
        assert "set by the lesson" in learner.words


async def test_a_cause_is_followed() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        await learner.press("tab", "enter")
        cause = learner.desk.causes()[1]
        await learner.click("words", ("cause", 1))
        assert (learner.desk.value, learner.desk.cell) == (cause.value.id, cause.cell)


async def test_a_choice_is_made() -> None:
    async with learning("linear-regression") as learner:
        await to_question(learner, "which-larger")
        await learner.click("words", ("choice", 2))
        assert learner.session.answers["which-larger"].right


async def test_a_dial_is_chosen() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("d")
        await learner.click("words", ("dial", 2))
        assert learner.screen.turning == 2
        await learner.press("right")
        assert learner.bench.settings["b"] != 0


async def test_the_footer_runs_its_commands() -> None:
    async with learning("backpropagation", size=(160, 44)) as learner:
        await learner.click("keys", ("command", "next_event"))
        assert learner.bench.place == Place(0, 1)
        await learner.click("keys", ("command", "previous_event"))
        assert learner.bench.place == Place(0, 0)
        await learner.click("keys", ("command", "language"))
        assert learner.app.language == "zh"
        await learner.click("keys", ("command", "help"))
        assert isinstance(learner.app.screen, Help)
        await learner.press("escape")
        await learner.click("keys", ("command", "course_map"))
        await learner.until(lambda: isinstance(learner.app.screen, CourseMap))


async def test_a_click_while_a_number_is_asked_for_drops_the_question() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("n", "e", "7")
        await learner.click("time", 4)
        assert learner.bench.place == Place(0, 5)
        await learner.press("n")
        assert learner.bench.place == Place(0, 6)
        assert learner.bench.edits == []


async def test_a_term_is_explained() -> None:
    async with learning("backpropagation") as learner:
        words = learner.app.screen.query_one("#words")
        terms = {
            target
            for y in range(words.size.height)
            for x in range(words.size.width)
            if isinstance(target := words.hits.at(x, y), str)  # type: ignore[attr-defined]
        }
        if not terms:
            await learner.go_to("mazur")
            await learner.press("n")
        found = next(
            (x, y)
            for _ in range(40)
            for y in range(words.size.height)
            for x in range(words.size.width)
            if isinstance(words.hits.at(x, y), str)  # type: ignore[attr-defined]
        )
        await learner.pilot.click(words, offset=found)
        await learner.until(lambda: learner.toasts)


async def test_a_lesson_of_the_map_is_chosen_and_opened_when_pressed_again() -> None:
    async with learning() as learner:
        course_map = learner.app.screen
        assert isinstance(course_map, CourseMap)
        index = [entry.id for entry in course_map.lessons].index("backpropagation")
        await learner.click("lessons", index)
        assert course_map.chosen == index
        await learner.click("lessons", index)
        await learner.until(lambda: isinstance(learner.app.screen, LessonScreen))
        assert learner.session.lesson.id == "backpropagation"


async def test_a_press_on_nothing_does_nothing() -> None:
    async with learning("backpropagation") as learner:
        before = learner.text
        for pane in ("title", "note"):
            await learner.pilot.click(f"#{pane}", offset=(2, 0))
        await learner.pilot.click("#board", offset=(40, 15))
        await learner.settle()
        assert learner.text == before
