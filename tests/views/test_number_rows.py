"""Named rows of numbers."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from tuiexplain.views.look import Depth, look
from tuiexplain.views.number_rows import NumberRows, number_rows

LOOKS = [look("dark"), look("light", Depth.SIXTEEN), look("dark", Depth.NONE, ascii_only=True)]
rows = st.lists(st.tuples(st.text(max_size=20), st.floats(), st.floats()), max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows, st.integers(1, 50), st.integers(1, 10), st.sampled_from(LOOKS))
def test_it_fills_exactly_its_room(table, width, height, shown) -> None:
    spec = NumberRows([name for name, *_ in table], [numbers for _, *numbers in table])
    picture = number_rows(spec, width, height, shown)
    assert len(picture.strips) == height
    assert all(strip.cell_length == width for strip in picture.strips)
    assert all(c.isprintable() for strip in picture.strips for c in strip.text)


def test_numbers_stand_below_each_other_and_what_is_missing_is_marked() -> None:
    spec = NumberRows(["w1", "b"], [[-0.19661193, -0.1966573], [4.5e-5, math.nan]])
    picture = number_rows(spec, 30, 2, look("dark"))
    first, second = (strip.text for strip in picture.strips)
    assert first.split() == ["w1", "-0.196612", "-0.196657"]
    assert second.split() == ["b", "+4.5000e-5", "·"]
    assert second.index("·") == len(first.rstrip()) - 1
    assert picture.hits.at(10, 1) == (1, 0)
