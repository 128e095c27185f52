"""Colours: legible, in order, exact in 256, and absent where they should be."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.color import Color, ColorSystem, ColorType

from tests.views import scenes
from tuiexplain.views.look import Depth, look
from tuiexplain.views.palette import DARK, LIGHT, Heat, colour, contrast, largest_of, luminance

LOOKS = [look(theme, depth) for theme in ("dark", "light") for depth in Depth]


@given(hnp.arrays(float, st.integers(1, 30), elements=st.floats(-1e6, 1e6)), st.data())
def test_levels_keep_the_order_and_the_sign_of_numbers(values: np.ndarray, data) -> None:
    heat: Heat = data.draw(st.sampled_from([shown.heat for shown in LOOKS]))
    levels = heat.quantise(values)
    ordered = levels[np.argsort(values, kind="stable")].astype(int)
    assert (np.diff(ordered) >= 0).all()
    assert (np.sign(levels) == np.sign(values)).all()
    assert np.abs(levels).max(initial=0) <= heat.top


def test_what_is_not_finite_has_a_level() -> None:
    heat = look().heat
    levels = heat.quantise(np.array([np.nan, np.inf, -np.inf, 1.0, 0.0, -2.0]))
    assert levels.tolist() == [heat.undefined, heat.top, -heat.top, 4, 0, -heat.top]
    assert largest_of([np.nan, np.inf, -3.0]) == 3.0
    assert largest_of([]) == 0.0


def test_levels_do_not_flicker_at_their_bounds() -> None:
    heat = look().heat
    tenth = np.array([0.25, 1.0])
    assert (heat.quantise(tenth) == heat.quantise(tenth * (1 + 1e-12), 1.0)).all()


@pytest.mark.parametrize("ramp", [DARK, LIGHT])
@pytest.mark.parametrize("side", ["below", "above"])
def test_a_ramp_grows_lighter_or_darker_all_the_way(ramp, side: str) -> None:
    steps = [luminance(number) for number in getattr(ramp, side)]
    falls = ramp is LIGHT
    assert all((a > b) == falls for a, b in itertools.pairwise(steps))
    assert 2 * len(steps) + 1 <= 21


@pytest.mark.parametrize("shown", LOOKS[:1] + LOOKS[3:4], ids=["plain", "plain light"])
def test_no_colour_means_none(shown) -> None:
    for name, scene in scenes.SCENES.items():
        for strip in scene(shown):
            for segment in strip:
                if segment.style is not None:
                    assert segment.style.color is None, name
                    assert segment.style.bgcolor is None, name


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("heat", ["heat", "tint"])
def test_digits_are_legible_on_every_level(theme: str, heat: str) -> None:
    shown = look(theme)
    paper = shown.paper
    maps: Heat = getattr(shown, heat)
    for level in range(-maps.top, maps.undefined + 1):
        style = maps.style(level)
        back = paper if style.bgcolor is None else style.bgcolor.number
        front = (231 if theme == "dark" else 16) if style.color is None else style.color.number
        assert contrast(front, back) >= 4.5, (level, front, back)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_are_legible_on_the_paper(theme: str) -> None:
    shown = look(theme)
    for role in ("text", "strong", "muted", "name", "number", "term", "keyword", "literal", "bad",
                 "forward", "backward", "update", "above", "below", "cause"):  # fmt: skip
        number = getattr(shown, role).color.number
        assert contrast(number, shown.paper) >= (3 if role in ("above", "below") else 4), role
    for role in ("cursor", "highlight"):
        style = getattr(shown, role)
        assert contrast(style.color.number, style.bgcolor.number) >= 4.5, role


def test_full_colours_are_numbers_of_the_256() -> None:
    for theme in ("dark", "light"):
        for scene in scenes.SCENES.values():
            for strip in scene(look(theme)):
                for segment in strip:
                    style = segment.style
                    for found in (style.color, style.bgcolor) if style else ():
                        assert found is None or found.type is ColorType.EIGHT_BIT


def test_sixteen_colours_are_the_sixteen() -> None:
    shown = look("dark", Depth.SIXTEEN)
    for scene in scenes.SCENES.values():
        for strip in scene(shown):
            for segment in strip:
                style = segment.style
                for found in (style.color, style.bgcolor) if style else ():
                    assert found is None or found.type is ColorType.STANDARD


def test_the_heat_survives_true_colour_and_back() -> None:
    """Textual turns the numbers into RGB and, over SSH, back into 256."""
    for ramp in (DARK, LIGHT):
        for number in (*ramp.below, *ramp.above):
            there = Color.from_triplet(Color.from_ansi(number).get_truecolor())
            assert there.downgrade(ColorSystem.EIGHT_BIT).number == number


def test_styles_are_made_once() -> None:
    assert colour(1, 2, bold=True) is colour(1, 2, bold=True)
    assert look() is look("dark", Depth.FULL, False)
    assert look().heat.style(3) is look().heat.style(3)
    assert look().heat.blocks(1, -1) is look().heat.blocks(1, -1)


def test_without_colour_a_level_is_its_sign_and_a_shade() -> None:
    plain, ascii_only = look(depth=Depth.NONE).heat, look(depth=Depth.NONE, ascii_only=True).heat
    assert [plain.shade(i) for i in (-plain.top, -1, 0, 1, plain.top)] == [
        "-█",
        "-░",
        "  ",
        "+░",
        "+█",
    ]
    assert [ascii_only.shade(i) for i in (-ascii_only.top, 0, 1)] == ["-#", "  ", "+."]
