"""An answer token by token, and where the heads looked."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.views.answer import Answer, Looks, answer, looks
from tuiexplain.views.look import Depth, look

TOKENS = [*"upper 猫", "\n", *"C\x1bAT", "\n"]
FIRST = 8


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize(("width", "height"), [(78, 2), (10, 4), (3, 2), (1, 1)])
def test_the_answer_fits_and_writes_no_control_characters(
    ascii_only: bool, depth: Depth, width: int, height: int
) -> None:
    odds = [0.9, 0.0, 0.5, 1.0, 0.2]
    for selected in (None, 0, 4):
        here = look("dark", depth, ascii_only)
        picture = answer(Answer(TOKENS, FIRST, odds, selected), width, height, here)
        assert len(picture.strips) == height
        assert all(strip.cell_length == width for strip in picture.strips)
        assert "\x1b" not in picture.text


def test_a_sign_under_each_token_tells_how_likely_it_was() -> None:
    here = look("dark", Depth.NONE)
    picture = answer(Answer([*"a\n", *"AB"], 2, [1.0, 0.1]), 10, 2, here)
    above, below = (strip.text.rstrip() for strip in picture.strips)
    assert above == "a⏎AB"
    assert below == "··█▁"
    assert picture.hits.at(3, 0) == 1
    assert picture.hits.at(0, 0) is None


@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("width", [8, 20, 60])
@pytest.mark.parametrize("height", [2, 6, 30])
def test_what_the_heads_looked_at_fits(depth: Depth, width: int, height: int) -> None:
    weights = np.full((3, 4, 13), 1 / 13)
    strips, count = looks(Looks(weights, TOKENS, 1), width, height, look("dark", depth))
    assert 1 <= count <= 2
    assert all(strip.cell_length <= width for strip in strips)


def test_the_token_that_was_looked_at_has_the_strongest_shade() -> None:
    weights = np.zeros((1, 1, 3))
    weights[0, 0] = [0.0, 1.0, 0.0]
    strips, _ = looks(Looks(weights, list("abc")), 40, 3, look("dark", Depth.NONE))
    head, row = strips[0].text, strips[1].text
    at = head.index("b")
    assert row[at] == "+"
    assert row[at + 1] == "█"
    assert "█" not in row[:at]
