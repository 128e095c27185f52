"""A network with its weights as lines: what is where, and that nothing needs colours."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.test_fits import LOOKS, check, heights, labels, looks, quick, widths
from tuiexplain.views.cloud import Cloud, cloud
from tuiexplain.views.confusion import Confusion, confusion
from tuiexplain.views.field import Field, field
from tuiexplain.views.look import Look, look
from tuiexplain.views.palette import contrast
from tuiexplain.views.scrubber import Scrubber, scrubber
from tuiexplain.views.surface import room
from tuiexplain.views.wires import STEPS, Wire, Wires, strengths, wire_style
from tuiexplain.views.wiring import wiring
from tuiexplain.views.wiring_spec import Column, Wiring

DRAWS = np.random.default_rng(3)


def network(counts: list[int], **more: object) -> Wiring:
    columns = [Column(f"{count} tanh", DRAWS.normal(size=(count, 6, 6))) for count in counts]
    weights = [DRAWS.normal(size=(b, a)) for a, b in pairwise(counts)]
    return Wiring(columns, weights, **more)  # type: ignore[arg-type]


@quick
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=10),
    widths,
    st.integers(2, 40),
    looks,
    st.data(),
)
def test_a_network_of_any_size_fits(
    counts: list[int], width: int, height: int, shown: Look, data: st.DataObject
) -> None:
    column = data.draw(st.integers(0, len(counts) - 1))
    unit = (column, data.draw(st.integers(0, counts[column] - 1)))
    source = data.draw(st.integers(0, counts[column - 1])) if column else None
    spec = network(counts, unit=unit, source=source, note="-0.5", focused=True)
    check(wiring(spec, width, height, shown).strips, width, height)


@quick
@given(labels, st.lists(labels, min_size=1, max_size=12), widths, heights, looks)
def test_confusion_and_scrubber_fit(
    corner: str, names: list[str], width: int, height: int, shown: Look
) -> None:
    counts = DRAWS.integers(0, 2000, (len(names), len(names)))
    check(
        confusion(Confusion(counts, names, corner, corner), width, height, shown).strips,
        width,
        height,
    )
    spec = Scrubber(5, 9, np.array([1.0, np.nan, 0.5, np.inf]), (3,), corner, True)
    check(scrubber(spec, width, shown).strips, width, 1)
    points = DRAWS.uniform(-1, 1, (30, 2))
    spread = Cloud(points, np.arange(30) % 3, (-1, 1), (-1, 1))
    check(cloud(spread, width, height, shown).strips, width, height)


@pytest.mark.parametrize("shown", LOOKS)
def test_the_unit_under_the_cursor_is_always_seen(shown: Look) -> None:
    counts = [7, 32, 32, 32, 32, 32, 32, 32, 32, 3]
    for unit in ((1, 31), (5, 16), (9, 2), (0, 6)):
        picture = wiring(network(counts, unit=unit), 44, 20, shown)
        area = picture.hits.where(("unit", *unit))
        assert area is not None
        assert picture.hits.at(area.x, area.y) == ("unit", *unit)
        line = picture.strips[area.y].text
        assert line[area.x - 1] == "["
        assert line[area.x + area.width] == "]"


@pytest.mark.parametrize("shown", [s for s in LOOKS if not s.ascii_only])
def test_sign_and_strength_are_told_without_colours(shown: Look) -> None:
    def dots(strength: int) -> int:
        wires = Wires(20, 4, shown)
        wires.draw("w", Wire(0, 8, 39, 8), strength)
        return sum(int(bits).bit_count() for bits in wires.bits.flat)

    counts = {strength: dots(strength) for strength in range(-STEPS, STEPS + 1) if strength}
    rising = [counts[s] for s in range(1, STEPS + 1)]
    falling = [counts[-s] for s in range(1, STEPS + 1)]
    assert rising == sorted(rising)
    assert falling == sorted(falling)
    assert all(counts[-s] < counts[s] for s in range(1, STEPS + 1))


@pytest.mark.parametrize("shown", [s for s in LOOKS if not s.colourless])
def test_strong_lines_are_seen_on_the_paper(shown: Look) -> None:
    assert shown.paper is not None
    for strength in (-STEPS, STEPS):
        drawn = wire_style(strength, shown).color
        assert drawn is not None
        assert drawn.number is not None
        assert contrast(drawn.number, shown.paper) >= 3


def test_what_is_no_weight_is_not_drawn() -> None:
    found = strengths(np.array([[np.nan, 0.0, 1.0, -1.0, 1e-6]]), 1.0)
    assert found.tolist() == [[0, 0, STEPS, -STEPS, 0]]


def test_a_wire_is_found_where_it_is_drawn() -> None:
    spec = Wiring(
        [Column("a", np.zeros((2, 2, 2))), Column("b", np.zeros((1, 2, 2)))],
        [np.array([[1.0, -1.0]])],
    )
    picture = wiring(spec, 40, 12, look("dark"))
    for source in (0, 1):
        area = picture.hits.where(("weight", 1, 0, source))
        assert area is not None
        assert picture.hits.at(area.x, area.y) == ("weight", 1, 0, source)


def test_the_scrubber_leads_to_every_end() -> None:
    picture = scrubber(Scrubber(500, 1000, np.ones(1000), label="x"), 60, look("dark"))
    first, last = picture.hits.where(0), picture.hits.where(1000)
    assert first is not None
    assert last is not None
    assert picture.hits.at(first.x, 0) == 0
    assert picture.hits.at(last.x, 0) == 1000
    here = picture.hits.where(500)
    assert here is not None
    assert picture.strips[0].text[here.x] == look("dark").glyphs.current


def test_the_diagonal_of_a_confusion_is_what_was_right() -> None:
    text = confusion(
        Confusion(np.array([[8, 2], [0, 10]]), ("no", "yes"), "true", "right"), 40, 3, look("dark")
    ).text.splitlines()
    assert text[1].split() == ["no", "8", "2", "80%"]
    assert text[2].split() == ["yes", "·", "10", "100%"]


@quick
@given(widths, heights, looks, st.booleans())
def test_a_field_fits(width: int, height: int, shown: Look, coarse: bool) -> None:
    if width < 12 or height < 4:
        return
    there = room((-1, 1), (-1, 1), width, height, shown)
    values = DRAWS.normal(size=(there.rows, there.columns))
    values.flat[:1] = np.nan
    spec = Field(
        (-1, 1), (-1, 1), values, DRAWS.uniform(-1, 1, (5, 2)), DRAWS.normal(size=5),
        steps=2 if coarse else None, selected=3,
    )  # fmt: skip
    check(field(spec, width, height, shown).strips, width, height)
