"""The curve of a function, with a place on it and its slope."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiexplain.views.function_curve import FunctionCurve, function_curve
from tuiexplain.views.look import Depth, look

LOOKS = [look("dark"), look("light", Depth.SIXTEEN), look("dark", Depth.NONE, ascii_only=True)]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def spec(**more: object) -> FunctionCurve:
    told = {"x_label": "z", "y_label": "a", **more}
    return FunctionCurve(sigmoid, (-6.0, 6.0), (0.0, 1.0), **told)  # type: ignore[arg-type]


def lines(curve: FunctionCurve, width: int = 38, height: int = 12) -> list[str]:
    return [strip.text for strip in function_curve(curve, width, height, look("dark")).strips]


@settings(max_examples=60, deadline=None)
@given(
    st.none() | st.floats(),
    st.booleans(),
    st.none() | st.floats(),
    st.text(max_size=50),
    st.integers(1, 60),
    st.integers(1, 16),
    st.sampled_from(LOOKS),
)
def test_it_fills_exactly_its_room(at, point, slope, note, width, height, shown) -> None:
    curve = spec(at=at, point=point, slope=slope, note=note)
    strips = function_curve(curve, width, height, shown).strips
    assert len(strips) == height
    assert all(strip.cell_length == width for strip in strips)
    assert all(c.isprintable() for strip in strips for c in strip.text)


@pytest.mark.parametrize("function", [lambda x: np.full_like(x, np.nan), lambda x: 1 / x, np.exp])
def test_a_function_without_a_number_somewhere_is_drawn_where_it_has_one(function) -> None:
    curve = FunctionCurve(
        function, (-800.0, 800.0), (-2.0, 2.0), at=0.0, point=True, slope=math.inf
    )
    assert len(function_curve(curve, 30, 8, look("dark")).strips) == 8


def test_the_point_lies_on_the_curve_and_its_place_on_the_axis() -> None:
    text = lines(spec(at=0.0, point=True))
    (row,) = (i for i, line in enumerate(text) if "●" in line)
    assert row in (4, 5)
    column = text[row].index("●")
    assert text[10][column] == "┼"
    assert all(line[column] in "┆" for line in text[row + 1 : 10])


def test_before_the_answer_there_is_a_place_but_no_point() -> None:
    assert not any("●" in line for line in lines(spec(at=1.0)))
    assert any("┆" in line for line in lines(spec(at=1.0)))
    assert not any("┆" in line for line in lines(spec()))


def test_the_tangent_is_drawn_where_there_is_a_slope() -> None:
    def dots(curve: FunctionCurve) -> int:
        return sum(
            (ord(c) - 0x2800).bit_count() for line in lines(curve) for c in line if "⠀" <= c <= "⣿"
        )

    plain = dots(spec(at=0.0, point=True))
    assert dots(spec(at=0.0, point=True, slope=0.25)) > plain
    assert any("∂a/∂z = 0.25" in line for line in lines(spec(slope=0.25, note="∂a/∂z = 0.25")))


@pytest.mark.parametrize("at", np.linspace(-6.0, 6.0, 25))
def test_the_note_touches_nothing_that_is_drawn(at: float) -> None:
    a, note = float(sigmoid(np.array(at))), "∂a/∂z = 0.05255"
    text = lines(spec(at=at, point=True, slope=a * (1 - a), note=note), 36, 10)
    (line,) = (line for line in text if note in line)
    before, _, after = line.partition(note)
    assert before[-1] in " ⠀"
    assert after[:1] in ("", " ", "⠀")
