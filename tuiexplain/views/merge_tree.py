"""Tokens over the pieces that they are made of, as brackets; below, where each token ends.

For instance the letters w, e, s, t with a bracket "es" over two of them, and "est" over three.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.style import Style

from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Hits, Picture, area_hits, fill
from tuiexplain.views.text import shorten, width_of

GAP = 2
"""Columns between two texts, beside the one between two pieces."""
WIDEST = 4
"""Columns from one piece to the next where there is room for them."""
LONGEST = 8
"""Columns of a piece's label at most."""


@dataclass(frozen=True)
class Piece:
    """A token: what it says, its number, and the pieces that it was merged from, if it was."""

    label: str
    number: int
    parts: tuple[Piece, ...] = ()

    @property
    def depth(self) -> int:
        return 1 + max(part.depth for part in self.parts) if self.parts else 0

    @property
    def leaves(self) -> tuple[Piece, ...]:
        return tuple(leaf for part in self.parts for leaf in part.leaves) or (self,)


@dataclass(frozen=True)
class MergeTree:
    """``texts``, each the tokens of one text in order; ``chosen``: (text, place) of those to light."""

    texts: Sequence[Sequence[Piece]]
    chosen: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class _Placed:
    """A token on a line, from its first column."""

    at: tuple[int, int]
    token: Piece
    left: int


def merge_tree(spec: MergeTree, width: int, height: int, look: Look) -> Picture:
    """The texts in exactly ``width`` x ``height``; of more than fit, the first lines.

    Where there is little room, numbers give way first, then the brackets. Hits: (text, place).
    """
    if width < WIDEST or height < 2:
        return Picture(fill([], max(0, width), max(0, height)))
    for pitch, numbers, brackets in (
        (WIDEST, True, True), (WIDEST, False, True), (2, False, True), (WIDEST, True, False),
        (2, False, False),
    ):  # fmt: skip
        lines = list(_lines(spec, width, pitch, look))
        heights = [_height(line, numbers, brackets) for line in lines]
        if sum(heights) <= height:
            break
    grid = Grid(width, height)
    areas: list[tuple[object, Area]] = []
    top = 0
    for line, lines_of_it in zip(lines, heights, strict=True):
        bottom = top + lines_of_it - 2 - numbers
        for placed in line:
            lit = placed.at in spec.chosen
            span = _draw(grid, placed.token, placed.left, bottom, pitch, look, brackets)
            _underline(grid, placed, span, bottom + 1, look, lit, numbers)
            areas.append((placed.at, Area(placed.left, top, span, lines_of_it)))
        top += lines_of_it
    return Picture(grid.strips(), _only_inside(areas, height))


def _only_inside(areas: list[tuple[object, Area]], height: int) -> Hits:
    return area_hits((thing, area) for thing, area in areas if area.y < height)


def _height(line: list[_Placed], numbers: bool, brackets: bool) -> int:
    depth = max((placed.token.depth for placed in line), default=0)
    return (depth if brackets else 0) + 2 + numbers


def _lines(spec: MergeTree, width: int, pitch: int, look: Look) -> Iterator[list[_Placed]]:
    """The tokens in lines of at most ``width``, broken between tokens, sooner between texts."""
    line: list[_Placed] = []
    at = 0
    for i, text in enumerate(spec.texts):
        whole = sum(_span(token, pitch, look) + 1 for token in text) - 1
        if line and at + GAP + whole > width >= whole:
            yield line
            line, at = [], 0
        elif line:
            at += GAP
        for j, token in enumerate(text):
            span = _span(token, pitch, look)
            if line and at + span > width:
                yield line
                line, at = [], 0
            line.append(_Placed((i, j), token, at))
            at += span + 1
    if line:
        yield line


def _label(piece: Piece, look: Look) -> str:
    return shorten(look.write(piece.label) or look.glyphs.unknown, LONGEST, look.glyphs.ellipsis)


def _span(piece: Piece, pitch: int, look: Look) -> int:
    """Columns of a token: each leaf takes what its label needs, or ``pitch`` less the gap."""
    leaves = piece.leaves
    return sum(max(width_of(_label(leaf, look)), pitch - 1) + 1 for leaf in leaves) - 1


def _draw(
    grid: Grid, piece: Piece, left: int, bottom: int, pitch: int, look: Look, brackets: bool
) -> int:
    """A token with its leaves on line ``bottom``; returns the columns that it takes."""
    span = _span(piece, pitch, look)
    if not piece.parts:
        label = _label(piece, look)
        grid.put(left + (span - width_of(label)) // 2, bottom, label, look.text)
        return span
    at = left
    for part in piece.parts:
        at += _draw(grid, part, at, bottom, pitch, look, brackets) + 1
    if brackets:
        glyphs = look.glyphs
        y = bottom - piece.depth
        grid.put(left, y, glyphs.corners[0] + glyphs.line * (span - 2) + glyphs.corners[1],
                 _style(piece, look))  # fmt: skip
        name = _label(piece, look)
        if width_of(name) <= span - 2:
            grid.put(left + (span - width_of(name)) // 2, y, name, look.strong)
    return span


def _underline(
    grid: Grid, placed: _Placed, span: int, y: int, look: Look, lit: bool, numbers: bool
) -> None:
    glyphs = look.glyphs
    style = look.cause if lit else _style(placed.token, look)
    grid.put(placed.left, y, (glyphs.heavy if lit else glyphs.line) * span, style)
    number = str(placed.token.number)
    if numbers and len(number) <= span:
        grid.put(placed.left + (span - len(number)) // 2, y + 1, number, style)


def _style(piece: Piece, look: Look) -> Style:
    """Tokens of the same number have the same colour; those that are one byte, none."""
    return look.series[piece.number % len(look.series)] if piece.parts else look.muted
