"""What is sent again when a line changes."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.changes import changes
from tuiexplain.views.picture import Line

RED, BLUE, BAND = Style(color="red"), Style(color="blue"), Style(bgcolor="red")


def line(*runs: tuple[str, Style], width: int = 40) -> Strip:
    made = Line(width)
    for text, style in runs:
        made.add(text, style)
    return made.strip()


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    [
        ("same", "same", []),
        ("step 1/9", "step 2/9", [(5, 6)]),
        ("longer", "long", [(4, 6)]),
        ("a" + "-" * 20 + "b", "c" + "-" * 20 + "d", [(0, 1), (21, 22)]),
        ("a-----b", "c-----d", [(0, 7)]),  # one jump would cost more than what lies between
        ("中文", "中国", [(2, 4)]),
        ("ab中", "a中b", [(1, 4)]),
        ("e", "e\u0301", [(0, 1)]),
    ],
)
def test_only_what_differs(before: str, after: str, spans: list[tuple[int, int]]) -> None:
    assert changes(line((before, RED)), line((after, RED))) == spans


def test_a_colour_is_a_difference_but_not_that_of_a_space() -> None:
    assert changes(line(("a b", RED)), line(("a b", BLUE))) == [(0, 3)]
    assert changes(line(("a", RED)), line(("a", BLUE))) == [(0, 1)]
    assert changes(line(("   ", RED)), line(("   ", BLUE))) == []
    assert changes(line(("   ", RED)), line(("   ", BAND))) == [(0, 3)]


def test_spaces_take_the_style_beside_them() -> None:
    strip = line(("  ", Style.null()), ("a", RED), (" ", Style.null()), ("b", RED))
    assert [(text, style) for text, style, _ in strip] == [("  a b" + " " * 35, RED)]
    banded = line(("a", BAND), (" ", Style.null()), ("b", RED), width=3)
    assert [text for text, _, _ in banded] == ["a", " b"]


def test_what_would_bring_another_style_with_it_is_jumped_over() -> None:
    before = line(("a", RED), ("---", BLUE), ("b", RED))
    after = line(("c", RED), ("---", BLUE), ("d", RED))
    assert changes(before, after) == [(0, 1), (4, 5)]
