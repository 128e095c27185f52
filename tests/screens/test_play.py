"""The playground on the screen: every command, by keyboard and by mouse."""

from __future__ import annotations

import pytest

from tests.screens.learner import LARGE, MEDIUM, SMALL, learning
from tests.screens.player import playing
from tests.screens.snapshots import check_screen
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.sources import fitted
from tuiexplain.screens.play.screen import PlayScreen
from tuiexplain.screens.play.standing import Focus, Side
from tuiexplain.widgets.pane import Pane

SMALL_NET = Design(layers=(Layer(3), Layer(2)), examples=100)


async def test_from_the_course_map_and_back() -> None:
    async with learning() as learner:
        await learner.press("p")
        assert isinstance(learner.app.screen, PlayScreen)
        await learner.press("n", "n", "m")
        assert not isinstance(learner.app.screen, PlayScreen)
        await learner.press("p")
        assert isinstance(learner.app.screen, PlayScreen)
        assert learner.app.screen.play.length == 2, "the run is where it was left"


async def test_it_trains_until_it_is_paused() -> None:
    async with playing(SMALL_NET) as player:
        await player.press("t")
        await player.until(lambda: player.play.length > 20)
        await player.press("space")
        await player.until(lambda: "paused" in player.message)
        length = player.play.length
        assert f"{length:,}" in player.message
        await player.settle()
        assert player.play.length == length


async def test_one_step_on_and_back() -> None:
    async with playing(SMALL_NET) as player:
        await player.press("n", "n", "n")
        assert (player.play.at, player.play.length) == (3, 3)
        await player.press("p", "p")
        assert (player.play.at, player.play.length) == (1, 3)
        await player.press("n")
        assert (player.play.at, player.play.length) == (2, 3)
        await player.press("p", times=5)
        assert player.play.at == 0


async def test_anywhere_in_the_past() -> None:
    async with playing(SMALL_NET) as player:
        await player.train(25)
        await player.press("home")
        assert player.play.at == 0
        await player.press("]")
        assert player.play.at == player.play.steps_per_epoch
        await player.press("]", "[")
        assert player.play.at == player.play.steps_per_epoch
        await player.press("end")
        assert player.play.at == 25
        await player.press("g")
        await player.type("99")
        assert "0 to 25" in player.question
        await player.press("escape", "g")
        await player.type("12")
        assert player.play.at == 12
        await player.click("time", 0)
        assert player.play.at == 0


async def test_the_same_seed_gives_the_same_run_and_another_another() -> None:
    async with playing(SMALL_NET) as player:
        await player.train(10)
        losses = list(player.play.run.losses)
        await player.press("r")
        assert player.play.length == 0
        await player.train(10)
        assert list(player.play.run.losses) == losses
        await player.press("R")
        assert player.play.design.seed == SMALL_NET.seed + 1
        await player.train(10)
        assert list(player.play.run.losses) != losses


async def test_units_and_layers_come_and_go_while_weights_that_survive_are_kept() -> None:
    async with playing(SMALL_NET) as player:
        await player.train(10)
        kept = player.play.numbers(10)["W1"]
        await player.press("+")
        assert [layer.units for layer in player.play.design.layers] == [4, 2]
        assert (player.play.numbers(10)["W1"][:3] == kept).all()
        assert player.play.length == 10
        await player.press("-", "a")
        assert [layer.units for layer in player.play.design.layers] == [3, 3, 2]
        assert player.standing.layer == 1
        await player.press("A")
        assert [layer.units for layer in player.play.design.layers] == [3, 2]
        await player.press("n")
        assert player.play.length == 11


async def test_the_cursor_stays_inside_a_network_that_was_another_in_the_past() -> None:
    async with playing(SMALL_NET) as player:
        await player.press("n", "n", "right", "A", "n", "p", "p", "right", "right", "right")
        assert player.standing.unit[0] == 3
        await player.press("t")
        await player.until(lambda: player.play.length > 4)
        await player.press("t")
        assert player.standing.unit[0] == 2


async def test_bounds_of_the_network_are_told() -> None:
    async with playing(Design(layers=(Layer(1),))) as player:
        await player.press("-")
        assert "1 to 32" in player.message
        await player.press("a", times=8)
        assert len(player.play.design.layers) == 8
        assert "8" in player.message
        await player.press("left", times=9)
        await player.press("+")
        assert "hidden layer" in player.message


async def test_features_are_switched_by_key_and_mouse() -> None:
    async with playing(SMALL_NET) as player:
        await player.press("left", "up", "up", "down", "down", "o")
        assert player.play.design.features == ("x1", "x2", "x1^2")
        await player.click("network", ("unit", 0, 2))
        assert player.play.design.features == ("x1", "x2")
        await player.press("up", "o", "up", "o")
        assert player.play.design.features == ("x1",)
        assert "must stay" in player.message


async def test_the_cursor_tells_a_weight_and_its_gradient() -> None:
    async with playing(SMALL_NET) as player:
        await player.press("tab", "tab", "tab")
        assert player.standing.focus is Focus.RUN
        await player.press("shift+tab", "shift+tab")
        assert player.standing.focus is Focus.WEIGHTS
        await player.press("right", "down")
        assert player.message.startswith("W2[0,1] = ")
        assert "∂L/∂W2[0,1] = " in player.message
        await player.press("down", "down")
        assert player.message.startswith("b2[0] = ")


async def test_a_weight_is_set_by_hand() -> None:
    async with playing(SMALL_NET) as player:
        await player.train(5)
        await player.press("tab", "e")
        await player.type("x")
        assert "not a number" in player.question
        for _ in range(2):
            await player.press("backspace")
        await player.type("0.75")
        assert player.play.numbers(5)["W1"][0, 0] == 0.75
        assert player.play.length == 5


@pytest.mark.parametrize("keys", [("e",), ("f", "enter")])
async def test_a_weight_is_set_to_an_ordinary_number_only(keys: tuple[str, ...]) -> None:
    async with playing(SMALL_NET) as player:
        await player.train(5)
        await player.press("tab")
        run = player.play.run
        for text in ("nan", "inf", "-1e999"):
            await player.press(*keys)
            await player.press("backspace", times=12)
            await player.type(text)
            assert "W1[0,0] = " in player.question
            assert "ordinary number" in player.question
            await player.press("escape")
        assert player.play.run is run
        assert not player.play.rivals


async def test_the_mouse_selects_units_weights_and_examples() -> None:
    async with playing(SMALL_NET) as player:
        await player.click("network", ("unit", 2, 1))
        assert player.standing.unit == (2, 1)
        await player.click("network", ("unit", 2, 1))
        assert player.standing.side is Side.UNIT
        await player.press("escape")
        assert player.standing.side is Side.OUTPUT
        example = int(player.play.dataset.train[0])
        await player.click("output", ("example", example))
        assert player.standing.focus is Focus.EXAMPLES
        chosen = player.standing.example
        await player.press("l")
        assert player.play.design.left_out == (chosen,)


async def test_dials_turn_by_arrows_typing_and_mouse() -> None:
    async with playing(SMALL_NET) as player:
        await player.dial("lr")
        await player.press("right")
        assert player.play.design.lr == 0.1
        await player.press("e")
        await player.press("backspace", times=8)
        await player.type("0.02")
        assert player.play.design.lr == 0.02
        await player.press("0")
        assert player.play.design.lr == Design().lr
        await player.dial("optimizer")
        await player.press("right")
        assert player.play.design.optimizer == "momentum"
        await player.dial("dropout")
        await player.press("right")
        assert player.play.design.layers[0].dropout == 0.1
        await player.dial("data")
        await player.click("dials", ("dial", 1))
        assert player.screen.turning == 1
        await player.press("escape")
        assert player.screen.turning is None


async def test_a_dial_is_turned_by_the_mouse() -> None:
    async with playing(SMALL_NET) as player:
        await player.dial("lr")
        await player.click("dials", ("turn", 1))
        assert player.play.design.lr == 0.1
        await player.click("dials", ("turn", -1))
        await player.click("dials", ("turn", -1))
        assert player.play.design.lr == 0.01


async def test_every_command_can_be_had_by_the_mouse_from_the_help_page() -> None:
    async with playing(SMALL_NET) as player:
        await player.press("?")
        pane = player.app.screen.query_one(Pane)
        area = pane.hits.where(("command", "step_on"))
        assert area is not None
        place = (pane.gutter.left + area.x + 2, pane.gutter.top + area.y)
        assert await player.pilot.click(pane, offset=place)
        await player.until(lambda: player.play.length == 1)
        assert player.app.screen is player.screen


async def test_a_title_leads_to_its_layer() -> None:
    async with playing(SMALL_NET) as player:
        await player.click("network", ("column", 2))
        assert player.standing.unit == (2, 0)


async def test_other_data_begin_anew() -> None:
    async with playing(SMALL_NET) as player:
        await player.train(5)
        await player.dial("data")
        await player.press("right")
        assert player.play.design.data == "xor"
        assert player.play.length == 0
        await player.press("e")
        await player.press("backspace", times=12)
        await player.type("no-such.csv")
        assert "no-such.csv" in player.question
        assert player.play.design.data == "xor"


async def test_from_a_table_to_points_and_back() -> None:
    async with playing(fitted(Design(data="iris", features=("x",)))) as player:
        await player.dial("data")
        await player.press("0")
        assert player.play.design.data == "circle"
        assert player.play.shape.inputs == ("x1", "x2")
        await player.press("escape", "n", "n")
        assert player.play.length == 2


@pytest.mark.parametrize("key", ["b", "i", "h"])
async def test_what_is_drawn_is_toggled(key: str) -> None:
    async with playing(SMALL_NET) as player:
        await player.train(30)
        before = player.text
        await player.press(key)
        on = player.text
        await player.press(key)
        off = player.text
        assert before.splitlines()[1:-3] == off.splitlines()[1:-3]
        assert player.message
        assert on != off


async def test_whatever_was_done_to_the_run_is_taken_back() -> None:
    async with playing(SMALL_NET) as player:
        await player.train(20)
        first = player.play.run
        await player.dial("lr")
        await player.press("right")
        await player.train(5)
        await player.dial("activation")
        await player.press("right", "escape", "+", "a", "left", "left", "o", "R")
        assert player.play.length == 0
        for now, length in (
            ("seed = 0", 25),
            ("features = x1 x2", 25),
            ("network = 2-4-2-1", 25),
            ("Layer 1: units = 3", 25),
            ("Layer 1: activation = tanh", 25),
            ("learning rate = 0.03", 20),
        ):
            await player.press("u")
            assert now in player.message
            assert player.play.length == length
        assert player.play.run is first
        assert player.play.design == SMALL_NET
        await player.press("u")
        assert "nothing to take back" in player.message


async def test_a_run_that_was_begun_anew_is_had_again() -> None:
    async with playing(SMALL_NET) as player:
        await player.train(20)
        losses = list(player.play.run.losses)
        await player.press("r", "u")
        assert list(player.play.run.losses) == losses
        await player.dial("data")
        await player.press("right", "u")
        assert list(player.play.run.losses) == losses
        await player.press("n")
        assert player.play.length == 21


async def test_the_pace_goes_from_one_step_a_frame_to_full_speed() -> None:
    async with playing(SMALL_NET) as player:
        await player.press("<", times=5)
        assert "1 steps" in player.message
        await player.press(">", times=5)
        assert "fast" in player.message


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize(
    "design",
    [
        SMALL_NET,
        Design(data="plane", layers=()),
        Design(data="arms", layers=tuple(Layer(32) for _ in range(8))),
        Design(data="iris", features=("x",), layers=(Layer(8), Layer(8))),
        Design(data="diabetes", features=("x",)),
    ],
    ids=["circle", "plane", "arms", "iris", "diabetes"],
)
async def test_every_view_of_every_kind_of_data_fits(
    design: Design, size: tuple[int, int], language: str
) -> None:
    async with playing(design, size=size, language=language) as player:
        for _ in range(3):
            player.play.step()
        for key in ("v", "v", "v", "v", "v", "d", "escape", "tab", "left", "b"):
            await player.press(key)
            check_screen(player.text, size)
