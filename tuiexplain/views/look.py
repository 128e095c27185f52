"""A look: the colours and the characters that every view draws with.

``look(theme, depth, ascii_only)`` gives the same object for the same wishes. A view never makes a
style of its own: it takes one from its look by what the thing *is* (``look.muted``,
``look.backward``), so that a phase has one colour on the whole screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Literal, NamedTuple

from rich.style import Style

from tuiexplain.views.palette import (
    DARK,
    DARK_16,
    DARK_TINT,
    DARK_TINT_16,
    LIGHT,
    LIGHT_16,
    LIGHT_TINT,
    LIGHT_TINT_16,
    Heat,
    colour,
    ink,
)
from tuiexplain.views.text import clean

Theme = Literal["dark", "light"]


class Depth(IntEnum):
    """How many colours the terminal has; more than 256 look the same as 256."""

    NONE = 0
    SIXTEEN = 16
    FULL = 256


class Glyphs(NamedTuple):
    """The characters of a picture: all one column wide."""

    done: str = "●"
    current: str = "◉"
    pending: str = "○"
    forward: str = "▶"
    backward: str = "◀"
    line: str = "─"
    heavy: str = "━"
    hollow: str = "▷"
    dotted: str = "╌"
    vertical: str = "│"
    dotted_vertical: str = "┆"
    corners: str = "┌┐└┘"
    tees: str = "┬┴├┤┼"
    unknown: str = "·"
    changed: str = "▲"
    cause: str = "◆"
    left: str = "‹"
    right: str = "›"
    up: str = "▴"
    down: str = "▾"
    across: str = "↔"
    along: str = "↕"
    ellipsis: str = "…"
    dash: str = "–"
    times: str = "×"
    shades: str = "░▒▓█"
    half: str = "▀"
    bar: str = "━"
    bar_left: str = "╸"
    bar_right: str = "╺"
    rival: str = "┃"
    bars: str = "▁▂▃▄▅▆▇█"
    point: str = "●"
    cross: str = "✕"
    classes: str = "●▲■◆"
    open_classes: str = "○△□◇"
    regions: str = "·░-▒"
    least: str = "◆"


UNICODE = Glyphs()
ASCII = Glyphs(
    done="#", current="@", pending="o", forward=">", backward="<", hollow=">", line="-",
    heavy="=", dotted=".", vertical="|", dotted_vertical=":", corners="++++",
    tees="+++++", unknown=".", changed="^", cause="*", left="<", right=">", up="^", down="v",
    across=">", along="v", ellipsis="~", dash="-", times="x", shades=".:=#", half="#", bar="=",
    bar_left="-", bar_right="-", rival="!", bars="_.-=+*%#", point="o", cross="x", least="v",
    classes="o^#*", open_classes="c~=+", regions=".:-%",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Look:
    """Colours by meaning, characters, and the heat maps: ``tint`` under digits, else ``heat``.

    ``paper`` is the colour number of the background that the colours are chosen for. ``regions``
    are background numbers for each class of a plane, from unsure (alike for all) to sure, and
    ``signs`` the colours of the classes' points on them.
    """

    theme: Theme
    depth: Depth
    glyphs: Glyphs
    ascii_only: bool
    paper: int | None
    text: Style
    strong: Style
    muted: Style
    faint: Style
    rule: Style
    title: Style
    name: Style
    number: Style
    highlight: Style
    cursor: Style
    cause: Style
    forward: Style
    backward: Style
    update: Style
    forward_lit: Style
    backward_lit: Style
    update_lit: Style
    good: Style
    bad: Style
    term: Style
    keyword: Style
    literal: Style
    above: Style
    below: Style
    comment: Style
    running: Style
    series: tuple[Style, ...]
    regions: tuple[tuple[int, ...], ...]
    signs: tuple[int, ...]
    heat: Heat
    tint: Heat

    def phase(self, name: str, lit: bool = False) -> Style:
        """The accent of ``"forward"``, ``"backward"`` or ``"update"``."""
        style: Style = getattr(self, f"{name}_lit" if lit else name)
        return style

    def write(self, text: str) -> str:
        """``text`` without control characters, in letters that this look can show."""
        return clean(text, self.ascii_only)

    @property
    def colourless(self) -> bool:
        """Whether there are no colours at all."""
        return self.depth == Depth.NONE


def look(theme: Theme = "dark", depth: Depth = Depth.FULL, ascii_only: bool = False) -> Look:
    """The look for a theme, a number of colours, and a terminal with or without Unicode."""
    return _look(theme, Depth(depth), ascii_only)


@cache
def _look(theme: Theme, depth: Depth, ascii_only: bool) -> Look:
    glyphs = ASCII if ascii_only else UNICODE
    if depth == Depth.NONE:
        return _colourless(theme, glyphs, ascii_only)
    full = depth == Depth.FULL
    dark = theme == "dark"
    if full:
        numbers = _DARK if dark else _LIGHT
        ramp, tint = (DARK, DARK_TINT) if dark else (LIGHT, LIGHT_TINT)
    else:
        numbers = _DARK_16 if dark else _LIGHT_16
        ramp, tint = (DARK_16, DARK_TINT_16) if dark else (LIGHT_16, LIGHT_TINT_16)
    n = numbers
    inks = (16, 231) if full else (0, 15)
    cursor = colour(n.paper, n.strong, bold=True)
    return Look(
        theme=theme,
        depth=depth,
        glyphs=glyphs,
        ascii_only=ascii_only,
        paper=n.paper,
        text=colour(n.text),
        strong=colour(n.strong, None, bold=True),
        muted=colour(n.muted),
        faint=colour(n.faint),
        rule=colour(n.rule),
        title=colour(n.strong, None, bold=True),
        name=colour(n.name),
        number=colour(n.number),
        highlight=colour(ink(n.lamp, *inks), n.lamp, bold=True),
        cursor=cursor,
        cause=colour(n.gold, None, bold=True),
        forward=colour(n.forward),
        backward=colour(n.backward),
        update=colour(n.update),
        forward_lit=colour(n.forward, None, bold=True),
        backward_lit=colour(n.backward, None, bold=True),
        update_lit=colour(n.update, None, bold=True),
        good=colour(n.update),
        bad=colour(n.bad, None, bold=True),
        term=colour(n.name, None, underline=True),
        keyword=colour(n.keyword),
        literal=colour(n.literal),
        above=colour(n.above),
        below=colour(n.below),
        comment=colour(n.muted, None, italic=True),
        running=colour(n.text, n.band),
        series=tuple(colour(c) for c in n.series),
        regions=n.regions,
        signs=n.signs,
        heat=Heat(ramp, cursor, glyphs.shades, inks),
        tint=Heat(tint, cursor, glyphs.shades, inks),
    )


class _Numbers(NamedTuple):
    """Colour numbers by meaning. ``paper`` is the background that they are chosen for."""

    paper: int
    band: int
    text: int
    strong: int
    muted: int
    faint: int
    rule: int
    name: int
    number: int
    gold: int
    lamp: int
    forward: int
    backward: int
    update: int
    bad: int
    keyword: int
    literal: int
    above: int
    below: int
    series: tuple[int, ...]
    regions: tuple[tuple[int, ...], ...]
    signs: tuple[int, ...]


_DARK = _Numbers(
    paper=234, band=237, text=252, strong=231, muted=246, faint=240, rule=240, name=152, number=223,
    gold=221, lamp=221, forward=80, backward=213, update=149, bad=203, keyword=176, literal=150,
    above=215, below=74, series=(80, 215, 149, 213, 111, 223),
    regions=((236, 25, 32), (236, 94, 166), (236, 22, 64), (236, 53, 127)), signs=(195, 230, 194, 231),
)  # fmt: skip
_LIGHT = _Numbers(
    paper=231, band=254, text=236, strong=16, muted=242, faint=249, rule=249, name=24, number=94,
    gold=130, lamp=221, forward=30, backward=127, update=64, bad=160, keyword=90, literal=64,
    above=166, below=25, series=(30, 166, 64, 127, 25, 94),
    regions=((254, 153, 117), (254, 223, 216), (254, 157, 150), (254, 219, 213)),
    signs=(17, 52, 22, 53),
)  # fmt: skip
_DARK_16 = _Numbers(
    paper=0, band=8, text=7, strong=15, muted=7, faint=8, rule=8, name=14, number=11, gold=11,
    lamp=11, forward=14, backward=13, update=10, bad=9, keyword=13, literal=10, above=11, below=14,
    series=(14, 11, 10, 13, 12, 15),
    regions=((0, 4), (0, 3), (0, 2), (0, 5)), signs=(15,),
)  # fmt: skip
_LIGHT_16 = _Numbers(
    paper=15, band=7, text=0, strong=0, muted=8, faint=8, rule=8, name=4, number=0, gold=1, lamp=11,
    forward=6, backward=5, update=2, bad=1, keyword=5, literal=2, above=1, below=4,
    series=(6, 1, 2, 5, 4, 0),
    regions=((15, 14), (15, 11), (15, 10), (15, 13)), signs=(0,),
)  # fmt: skip


def _colourless(theme: Theme, glyphs: Glyphs, ascii_only: bool) -> Look:
    plain = Style.null()
    bold = Style(bold=True)
    dim = Style(dim=True)
    underline = Style(underline=True)
    reverse = Style(reverse=True, bold=True)
    return Look(
        theme=theme, depth=Depth.NONE, glyphs=glyphs, ascii_only=ascii_only, paper=None,
        text=plain, strong=bold, muted=plain, faint=dim, rule=dim, title=bold, name=plain,
        number=plain,
        highlight=reverse, cursor=reverse, cause=bold,
        forward=plain, backward=plain, update=plain, forward_lit=bold, backward_lit=bold,
        update_lit=bold, good=bold, bad=reverse, term=underline, keyword=bold, literal=plain,
        above=plain, below=plain, comment=dim, running=bold, series=(plain, bold, dim, underline),
        regions=(), signs=(),
        heat=Heat(None, reverse, glyphs.shades), tint=Heat(None, reverse, glyphs.shades),
    )  # fmt: skip
