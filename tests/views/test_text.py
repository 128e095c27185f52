"""Text that fits, and text that cannot hurt a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tuiexplain.views.text import clean, fit, shorten, take, width_of


@given(st.text(), st.booleans())
def test_clean_text_is_one_printable_line(text: str, ascii_only: bool) -> None:
    cleaned = clean(text, ascii_only)
    assert cleaned.isprintable()
    assert cleaned.isascii() or not ascii_only
    assert clean(cleaned, ascii_only) == cleaned


def test_escape_sequences_lose_what_makes_them_work() -> None:
    assert clean("a\x1b[31mred\x07\nb\tc\u202e") == "a[31mred b c"


def test_mathematics_is_spelt_out_where_only_ascii_can_be_shown() -> None:
    assert clean("∂L/∂W = δᵀ·h²  2×3", ascii_only=True) == "dL/dW = delta.T*h^2  2x3"
    assert clean("é", ascii_only=True) == "e"
    assert clean("权", ascii_only=True) == "??"


@given(st.text().map(clean), st.integers(0, 30), st.sampled_from(["left", "right", "center"]))
def test_fit_takes_exactly_the_columns_it_is_given(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, align)) == width
    assert width_of(shorten(text, width)) <= width
    assert text.startswith(take(text, width))


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("权重矩阵", 7, "权重矩…"),
        ("权重", 3, "权…"),
    ],
)
def test_shortened_text_ends_in_an_ellipsis(text: str, width: int, expected: str) -> None:
    assert shorten(text, width) == expected
