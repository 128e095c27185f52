"""The playground: forks, races, where runs part, where they stop, and a step entered."""

from __future__ import annotations

import numpy as np
import pytest

from tests.screens.learner import LARGE, MEDIUM, SMALL
from tests.screens.player import Player, playing
from tests.screens.snapshots import check_screen
from tuiexplain.course.languages import tr
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.play import Stop
from tuiexplain.play.sources import fitted
from tuiexplain.screens.play.choices import Choices
from tuiexplain.screens.play.curves import Lane, loss_at
from tuiexplain.screens.play.entered import EnteredStep
from tuiexplain.screens.play.standing import Focus
from tuiexplain.screens.play.stopping import read_stop
from tuiexplain.screens.play.surfaces import short_numbers

DESIGN = Design(layers=(Layer(3), Layer(2)), examples=100)


async def fork_weight(player: Player, number: str) -> None:
    """Fork where the run is shown, with the weight under the cursor set."""
    await player.press("f", "enter")
    await player.press("backspace", times=10)
    await player.type(number)


async def test_a_fork_with_a_weight_changed_and_where_it_parts() -> None:
    async with playing(DESIGN) as player:
        await player.train(30)
        before = list(player.play.run.losses)
        await player.press("tab", "g")
        await player.type("12")
        await fork_weight(player, "0.5")
        assert player.play.length == 12
        assert list(player.play.rivals[0].run.losses) == before
        player.play.train_for(5.0, 12)
        await player.press("k")
        assert player.play.at == 12
        assert "W1[0,0] is 0.5" in player.message
        await player.press("u")
        assert list(player.play.run.losses) == before
        assert not player.play.rivals


async def test_a_fork_with_a_dial_and_with_an_example_left_out() -> None:
    async with playing(DESIGN) as player:
        await player.train(20)
        await player.dial("lr")
        await player.press("f", "enter")
        await player.press("backspace", times=6)
        await player.type("0.5")
        assert player.play.design.lr == 0.5
        assert player.play.rivals[0].design.lr == DESIGN.lr
        await player.press("F")
        assert not player.play.rivals
        await player.press("escape", "shift+tab", "shift+tab")
        assert player.standing.focus is Focus.EXAMPLES
        example = player.standing.example
        assert player.screen.turning is None
        await player.press("f", "down", "enter")
        assert player.play.design.left_out == (example,)
        assert len(player.play.rivals) == 1


async def test_a_fork_with_nothing_changed_is_none() -> None:
    async with playing(DESIGN) as player:
        await player.train(5)
        await player.dial("lr")
        await player.press("f", "enter", "enter")
        assert "different" in player.question
        assert not player.play.rivals


async def test_where_there_is_nothing_to_compare_it_is_told() -> None:
    async with playing(DESIGN) as player:
        for key in ("k", "F"):
            await player.press(key)
            assert "no run beside" in player.message
        await player.press("u")
        assert "nothing to take back" in player.message


async def test_a_fork_with_another_choice_of_a_dial() -> None:
    async with playing(DESIGN) as player:
        await player.train(5)
        await player.dial("optimizer")
        await player.press("f", "enter")
        assert isinstance(player.app.screen, Choices)
        await player.press(*"adam", "enter")
        assert player.play.design.optimizer == "adam"
        assert player.play.rivals[0].design.optimizer == "sgd"


async def test_a_race_of_all_optimizers() -> None:
    async with playing(DESIGN) as player:
        await player.train(10)
        await player.press("V")
        assert isinstance(player.app.screen, Choices)
        asked = player.app.screen.query_one(".sheet").border_title
        assert asked == tr("play.race_title", "en")
        await player.press("enter")
        assert [r.design.optimizer for r in player.play.rivals] == [
            "momentum", "nesterov", "rmsprop", "adam", "adamw",
        ]  # fmt: skip
        await player.press("t")
        await player.until(lambda: all(r.run.length > 3 for r in player.play.rivals))
        await player.press("t")
        assert "6 Adam" in player.text
        check_screen(player.text, SMALL)


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("data", ["circle", "arms", "plane", "iris"])
async def test_each_racer_has_its_answers_under_its_name_and_loss(
    size: tuple[int, int], language: str, data: str
) -> None:
    async with playing(fitted(Design(data=data)), size=size, language=language) as player:
        await player.press("V", "enter")
        player.play.train_for(60.0, 6 * 200)
        player.play.go_to(player.play.length)
        player.screen.show()
        await player.settle()
        lines = player.pane("output").splitlines()
        for at, run in enumerate((player.play.run, *(r.run for r in player.play.rivals)), 1):
            loss = loss_at(
                Lane("", np.array(run.losses), player.play.steps_per_epoch), player.play.at
            )
            assert loss is not None
            ways = short_numbers(loss)
            heads = [line for line in lines if f"{at} " in line and any(w in line for w in ways)]
            assert heads
            assert "…" not in heads[0]
        assert "┤" not in player.pane("output") or size == LARGE
        check_screen(player.text, size)


async def test_runs_beside_this_one_come_back_as_they_were_called() -> None:
    async with playing(DESIGN, size=MEDIUM) as player:
        await player.press("V", "enter")
        assert player.screen.lanes[-1].name == "AdamW"
        await player.dial("activation")
        await player.press("V", "down", "enter")
        assert player.screen.lanes[0].name == "ReLU"
        assert player.screen.own_name == "tanh"
        await player.press("F", "u")
        assert player.screen.lanes[0].name == "ReLU"
        await player.press("u")
        assert player.screen.own_name == "SGD"


async def test_a_race_over_the_dial_under_the_cursor() -> None:
    async with playing(DESIGN, size=MEDIUM) as player:
        await player.dial("lr")
        await player.press("V", "down", "enter")
        rates = [r.design.lr for r in player.play.rivals]
        assert rates == sorted(rates)
        assert len(rates) == 5
        assert DESIGN.lr not in rates
        assert {0.01, 0.1} < set(rates)


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_company_fits(size: tuple[int, int], language: str) -> None:
    async with playing(DESIGN, size=size, language=language) as player:
        await player.train(30)
        await player.press("tab", "p", "p")
        await fork_weight(player, "0.5")
        player.play.train_for(5.0, 9)
        for key in ("v", "v", "v", "v", "v", "k"):
            await player.press(key)
            check_screen(player.text, size)


@pytest.mark.parametrize(
    ("text", "stop"),
    [
        ("5,000", Stop(step=5000)),
        ("20 epochs", Stop(epoch=20)),
        ("3e", Stop(epoch=3)),
        ("7 轮", Stop(epoch=7)),
        ("loss 0.01", Stop(loss=0.01)),
        ("损失<0.5", Stop(loss=0.5)),
        ("", Stop()),
        ("soon", None),
        ("loss .", None),
    ],
)
def test_where_to_stop_is_understood(text: str, stop: Stop | None) -> None:
    assert read_stop(text) == stop


async def test_training_stops_where_it_was_told() -> None:
    async with playing(DESIGN) as player:
        await player.press("S")
        await player.type("40")
        await player.press("t")
        await player.until(lambda: "stopped" in player.message)
        assert player.play.length == 40


async def test_a_step_is_entered_and_left() -> None:
    async with playing(DESIGN) as player:
        await player.train(8)
        await player.press("p", "p", "enter")
        assert isinstance(player.app.screen, EnteredStep)
        assert player.app.screen.session.bench.training_step == 6
        await player.press("n", "n")
        assert player.app.screen.session.bench.player.position == 2
        await player.press("escape")
        assert player.app.screen is player.screen
        assert player.play.at == 6
        assert not player.app.studying


@pytest.mark.parametrize("step", ["0", "6"])
async def test_how_a_step_is_gone_through_is_told_once(step: str) -> None:
    async with playing(DESIGN, size=LARGE) as player:
        await player.train(8)
        await player.press("g")
        await player.type(step)
        await player.press("enter")
        assert player.text.count("A step of your run") == 1
        assert "leads back" in player.text


@pytest.mark.parametrize(("data", "name"), [("iris", "鸢尾花"), ("circle", "圆")])
async def test_a_step_is_named_after_its_data_in_the_learners_language(
    data: str, name: str
) -> None:
    async with playing(fitted(Design(data=data)), language="zh") as player:
        await player.press("n", "enter")
        assert f" {name} · " in player.pane("title")


async def test_a_step_that_is_looked_at_is_not_taken() -> None:
    async with playing(DESIGN) as player:
        await player.train(8)
        state = player.play.numbers(8)
        await player.press("enter", "Z", "Z", "]", "]")
        assert player.app.screen.session.bench.training_step > 8
        await player.press("escape")
        assert (player.play.at, player.play.length) == (8, 8)
        assert (player.play.numbers(8)["W1"] == state["W1"]).all()
        await player.press("n")
        assert player.play.length == 9


async def test_steps_that_are_trained_inside_a_step_are_kept() -> None:
    async with playing(DESIGN) as player:
        await player.train(8)
        await player.press("enter", "t")
        await player.until(lambda: player.play.length > 12)
        await player.press("t")
        length = player.play.length
        await player.press("escape")
        assert player.play.length >= length


async def test_what_is_forked_in_a_step_stays_even_after_something_was_taken_back() -> None:
    async with playing(DESIGN) as player:
        await player.train(8)
        await player.press("p", "enter", "r", "u")
        session = player.app.screen.session
        bench = session.bench
        assert bench.training_step == 7
        value, cell = bench.base.find("W1[0,0]")
        bench.edit(value, cell, 2.5)
        await player.press("f")
        await player.press("escape", times=3)
        assert player.app.screen is player.screen
        assert player.play.numbers(7)["W1"][0, 0] == 2.5
        assert len(player.play.rivals) == 1


async def test_enter_while_it_trains_opens_the_step_where_it_stands() -> None:
    async with playing(DESIGN) as player:
        await player.press("t")
        await player.until(lambda: player.play.length > 10)
        await player.press("enter")
        assert isinstance(player.app.screen, EnteredStep)
        assert not player.screen.training


async def test_the_course_map_from_an_entered_step() -> None:
    async with playing(DESIGN) as player:
        await player.press("n", "enter", "m")
        await player.press("m")
        assert len(player.app.screen_stack) == 1
