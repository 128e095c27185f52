"""Why is this number what it is? From any cell back to the data, the seed or an earlier step."""

from __future__ import annotations

import random

import pytest

from tests.screens.learner import Learner, learning
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.session import Session
from tuiexplain.course.walk import Place
from tuiexplain.screens.lesson.desk import Desk, Side
from tuiexplain.screens.lesson.programs import twin_lines
from tuiexplain.trace.tile import cell_at, matrix_shape
from tuiexplain.trace.value import Source


async def ask(learner: Learner, name: str, cell: tuple[int, ...]) -> None:
    """Put the cursor on a number and ask why."""
    value = learner.bench.trace.value(name)
    learner.desk.pointing = True
    learner.desk.select(value.id, cell)
    await learner.press("enter")


async def test_enter_explains_the_number_under_the_cursor() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        await learner.press("tab", "right", "enter")
        assert learner.desk.selected.name == "z1"
        assert learner.desk.cell == (0, 1)
        assert "Why z1[0,1] = 0.3925?" in learner.words
        assert "+ x[0,1] · W1[1,1]" in learner.words or "x[0,1]" in learner.words
        assert "0.3925" in learner.words.split("It comes from:")[0]


async def test_the_causes_of_a_loss_lead_to_the_data() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("end", "enter")
        await ask(learner, "loss", ())
        for _ in range(20):
            why = learner.desk.why()
            assert why is not None
            if not learner.desk.causes():
                break
            await learner.press("enter")
        assert why.origin is not None
        assert why.origin.source in (Source.DATA, Source.LESSON)
        await learner.press("enter")
        assert "the chain of causes ends" in learner.message


async def test_causes_lead_through_the_update_to_the_training_step_before() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("line", 2, 0)
        await ask(learner, "w", ())
        before = learner.desk.why()
        assert before is not None
        assert "left by training step 1" in learner.words
        await learner.press("enter")
        assert learner.bench.training_step == 1
        assert learner.desk.selected.name == "w'"
        after = learner.desk.why()
        assert after is not None
        assert after.number == before.number
        assert "training step 1" in learner.pane("title")
        await learner.press("escape")
        assert learner.bench.place == Place(2, 0)
        assert learner.desk.selected.name == "w"


async def test_escape_goes_back_by_the_way_that_was_come() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 1, 99)
        await ask(learner, "W1'", (0, 0))
        seen = [learner.text]
        for keys in (("enter",), ("down", "enter"), ("enter",), ("down", "enter")):
            await learner.press(*keys)
            if learner.message:
                break
            seen.append(learner.text)
        links = [(link.place, link.value, link.cell) for link in learner.desk.chain]
        assert len(links) == len(set(links)) == len(seen) > 3
        for link in links[-2::-1]:
            await learner.press("escape")
            assert (learner.bench.place, learner.desk.value, learner.desk.cell) == link
        assert learner.desk.asking
        await learner.press("escape")
        assert not learner.desk.asking
        assert learner.bench.place.training_step == 1
        await learner.press("escape")
        assert not learner.desk.pointing


async def test_the_arrows_choose_among_the_causes_round_and_round() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        await learner.press("tab", "enter")
        count = len(learner.desk.causes())
        assert count == 5
        for expected in (1, 2, 3, 4, 0):
            await learner.press("down")
            assert learner.desk.cause == expected
        await learner.press("up")
        assert learner.desk.cause == count - 1


@pytest.mark.parametrize(
    ("lesson", "part", "step"),
    [
        ("linear-regression", "table", 1),
        ("backpropagation", "mazur", 1),
        ("backpropagation", "micrograd", 0),
    ],
)
async def test_every_number_on_the_board_can_be_asked(lesson: str, part: str, step: int) -> None:
    """Each value's first, middle and last cell, at the end of a training step."""
    async with learning(lesson) as learner:
        await learner.go_to(part, step, 9_999)
        for value in learner.bench.trace.values:
            rows, columns = matrix_shape(value.shape)
            for row, column in {(0, 0), (rows // 2, columns // 2), (rows - 1, columns - 1)}:
                learner.desk.chain.clear()
                learner.desk.select(value.id, cell_at(value.shape, row, column))
                learner.desk.ask()
                learner.screen.show()
                why = learner.desk.why()
                assert why is not None
                assert learner.words.startswith(f"Why {why.symbol}"[:30])
                assert "‹?›" not in learner.words
                if why.expression is None:
                    assert why.origin is not None
                else:
                    assert why.total == pytest.approx(why.number, rel=1e-9, abs=1e-12)


async def test_what_is_not_computed_yet_has_no_reason_yet() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        learner.desk.pointing = True
        learner.desk.select(learner.bench.trace.value("y").id, (0, 0))
        assert not learner.desk.exists
        await learner.press("enter")
        assert "not computed yet" in learner.text
        await learner.press("e")
        assert "not computed yet" in learner.message
        await learner.press("y")
        assert "not computed yet" in learner.message


async def test_tab_goes_through_the_matrices_of_the_event_and_out_again() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        here = learner.desk.values_here()
        names = [learner.bench.trace.values[v].name for v in here]
        assert names == ["x", "W1", "b1", "z1"]
        assert not learner.desk.pointing
        await learner.press("tab")
        assert learner.message.startswith("in z1: arrows move")
        visited = [learner.desk.selected.name]
        while learner.desk.pointing:
            await learner.press("tab")
            visited.append(learner.desk.selected.name)
        assert visited[:4] == ["z1", "x", "W1", "b1"]
        assert set(visited[4:]) == {"t", "W2", "b2", "z1"}, "the rest of what is there, and out"
        assert learner.desk.selected.name == "z1"
        await learner.press("tab", "shift+tab")
        assert not learner.desk.pointing


async def test_the_cursor_stops_at_the_edges() -> None:
    async with learning("linear-regression") as learner:
        await learner.go_to("table", 0, 2)
        await learner.press("tab")
        learner.desk.select(learner.bench.trace.value("x").id)
        await learner.press("left", "up")
        assert learner.desk.cell == (0, 0)
        await learner.press("right", times=12)
        assert learner.desk.cell == (0, 9)
        await learner.press("down", times=3)
        assert learner.desk.cell == (3, 9)
        assert learner.bench.place == Place(0, 2), "the arrows point; they do not step"


async def test_words_picture_and_curve_in_turn() -> None:
    async with learning("linear-regression") as learner:
        for side in (Side.PICTURE, Side.CURVE, Side.WORDS):
            await learner.press("v")
            assert learner.desk.side is side
            assert learner.app.screen.query_one(f"#{side}").display
        await learner.press("v", "escape")
        assert learner.desk.side is Side.WORDS


async def test_the_code_with_the_running_line_and_its_twin() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        await learner.press("c")
        assert "NumPy engine" in learner.pane("code")
        assert "self.fc1(x)" in learner.pane("code")
        await learner.press("c")
        assert learner.desk.code_language == "torch"
        assert "fc1(x)" in learner.pane("code")
        await learner.press("c")
        assert learner.desk.side is Side.WORDS


def lit(learner: Learner) -> str:
    """The line of the code pane that runs."""
    return next(line for line in learner.pane("code").splitlines() if line.strip()[:1] in "▶◀")


async def test_keras_is_lit_by_its_marks() -> None:
    async with learning("frameworks") as learner:
        await learner.go_to("penguins", 0, 2)
        await learner.press("c", "c", "c")
        assert learner.desk.code_language == "keras"
        assert 'hidden = Dense(10, "relu")' in lit(learner)
        for position, line in ((3, "output = Dense(1)"), (4, 'loss="mse"'), (24, "model.fit(")):
            await learner.go_to("penguins", 0, position)
            assert line in lit(learner)
        await learner.go_to("penguins", 0, 11)
        assert 'hidden = Dense(10, "relu")' in lit(learner)
        assert lit(learner).lstrip().startswith("◀")


async def test_going_backward_the_line_that_asked_for_it_belongs_to_it() -> None:
    async with learning("frameworks") as learner:
        await learner.go_to("penguins", 0, 11)
        learner.desk.code_language = "torch"
        source = learner.session.lesson.source("torch_twin.py").splitlines()
        event = learner.bench.player.event
        line, linked = twin_lines(learner.desk, event)
        assert line is not None
        assert source[line - 1].strip() == "z1 = self.fc1(x)"
        assert [source[n - 1].strip() for n in linked] == ["loss.backward()"]
        assert twin_lines(learner.desk, None) == (None, frozenset())


async def test_a_gradient_that_was_left_leads_to_the_step_that_left_it() -> None:
    async with learning("frameworks") as learner:
        await learner.go_to("penguins", 1, 24)
        learner.bench.turn("zero_grad", "no")
        await ask(learner, "b2.left", (0,))
        await learner.press("enter")
        assert learner.bench.training_step == 0
        assert learner.desk.selected.name == "b2.grad"


async def test_the_number_is_copied() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 1)
        await learner.press("tab", "y")
        assert learner.app.clipboard.startswith("z1[0,0] = 0.3775")
        assert "x[0,0]" in learner.app.clipboard
        assert learner.message.startswith("Copied: z1[0,0] = 0.3775")


@pytest.mark.parametrize(
    "lesson", ["linear-regression", "backpropagation", "frameworks", "normalization"]
)
def test_every_chain_of_causes_ends_where_numbers_come_from(lesson: str) -> None:
    """From a random cell of every value, through random causes, and all the way back."""
    rng = random.Random(5)
    session = Session(open_lesson(lesson))
    ends = set()
    for at, part in enumerate(session.lesson.parts):
        last = part.spec.train_steps - 1
        session.go_to(at, last, 9_999)
        for value in list(session.bench.trace.values):
            session.go_to(at, last, 9_999)
            desk = Desk(session)
            desk.select(value.id, tuple(rng.randrange(n) for n in value.shape))
            desk.ask()
            while causes := desk.causes():
                desk.cause = rng.randrange(len(causes))
                assert desk.follow()
                assert len(desk.chain) < 500, "in a circle"
            assert not desk.follow()
            why = desk.why()
            assert why is not None
            if why.expression is None:
                assert why.origin is not None
                assert why.origin.source is not Source.STEP, "the chain goes on in the step before"
                ends.add(why.origin.source)
            while desk.back():
                pass
            assert (desk.value, session.bench.training_step) == (value.id, last)
    assert {Source.LESSON} < ends
