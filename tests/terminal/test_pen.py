"""Text for a terminal in few bytes shows what Textual's own sequences show."""

from __future__ import annotations

import random

import pyte
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuiexplain.terminal.pen import Ink, Pen, turn

COLUMNS, ROWS = 30, 6
STYLES = [
    None,
    Style(bold=False),
    *(
        Style.parse(words)
        for words in (
            "color(80) on color(234)",
            "bold color(80) on color(234)",
            "bold reverse color(80)",
            "underline red on blue",
            "dim italic #a0b0c0 on #102030",
            "on color(94)",
            "strike bright_yellow",
            "bold dim",
        )
    ),
]
TEXTS = "a", "  ", "+0.25 ", "│", "中文", "x y"


def pieces(chance: random.Random) -> list[tuple[int, int, Strip]]:
    """Pieces of lines, none over another."""
    found = []
    for y in range(ROWS):
        x = chance.randrange(4)
        while x < COLUMNS - 16 and chance.random() < 0.9:
            strip = Strip(
                [
                    Segment(chance.choice(TEXTS), chance.choice(STYLES))
                    for _ in range(chance.randrange(1, 3))
                ]
            )
            found.append((x, y, strip))
            x += strip.cell_length + chance.randrange(3)
    return found


def shown(written: str) -> list[list[tuple[object, ...]]]:
    """What a terminal shows of each cell; what a space would look like in another colour is not."""
    screen = pyte.Screen(COLUMNS, ROWS)
    pyte.Stream(screen).feed(written)
    cells = []
    for y in range(ROWS):
        line = [screen.buffer[y][x] for x in range(COLUMNS)]
        cells.append(
            [
                ("", c.bg, c.underscore, c.strikethrough, c.reverse and c.fg)
                if c.data == " "
                else tuple(c)
                for c in line
            ]
        )
    return cells


def test_it_shows_what_textual_would_have_sent() -> None:
    for seed in range(200):
        chance = random.Random(seed)
        parts = pieces(chance)
        pen, whole = Pen(ColorSystem.EIGHT_BIT), ""
        for x, y, strip in parts:
            pen.write(x, y, strip)
            whole += f"\x1b[{y + 1};{x + 1}H"
            for text, style, _ in strip:
                whole += Strip.render_style(style, text, ColorSystem.EIGHT_BIT) if style else text
        written = pen.done()
        assert shown(written) == shown(whole), seed
        assert len(written) <= len(whole)


def test_only_the_difference_is_said() -> None:
    bold = Ink(frozenset("1"), "38;5;80", "48;5;234")
    assert turn(bold, bold) == ""
    assert turn(bold, Ink(frozenset(), "38;5;80", "48;5;234")) == "\x1b[22m"
    assert turn(bold, Ink(frozenset("2"), "38;5;80", "48;5;234")) == "\x1b[22;2m"
    assert turn(bold, Ink(frozenset("1"), "38;5;7", "48;5;234")) == "\x1b[38;5;7m"
    assert turn(bold, Ink()) == "\x1b[m"


def test_a_style_does_not_outlast_what_is_written() -> None:
    pen = Pen(ColorSystem.TRUECOLOR)
    pen.write(0, 0, Strip([Segment("x", Style.parse("bold red"))]))
    assert pen.done().endswith("x\x1b[m")
