"""Small images by the row: feature maps of a layer beside each other, and galleries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from textual.strip import Strip

from tuiexplain.views.look import Look
from tuiexplain.views.palette import largest_of
from tuiexplain.views.picture import Line, Picture, beside
from tuiexplain.views.text import width_of


@dataclass(frozen=True)
class Map:
    """Images of one kind in a row: (count, rows, columns); ``None`` where not computed yet."""

    title: str
    shape: tuple[int, int, int]
    values: np.ndarray | None = None


def maps(
    specs: Sequence[Map], width: int, height: int, look: Look, focus: int | None = None
) -> Picture:
    """Each kind under its title, its images side by side; kinds side by side where both fit.

    Images that find no room at the right are left out, and so are kinds: the last ones, or where
    the kind at ``focus`` would be among them, the first.
    """
    shelves: list[list[int]] = []
    left = 0
    for index, spec in enumerate(specs):
        wide = _map_width(spec, width, look)
        if not shelves or wide + 2 > left:
            shelves.append([])
            left = width + 2
        shelves[-1].append(index)
        left -= wide + 2
    drawn = [beside([_block(specs[i], width, look) for i in shelf], gap=2) for shelf in shelves]
    first = 0
    at = next((k for k, shelf in enumerate(shelves) if focus in shelf), 0)
    while first < at and sum(map(len, drawn[first : at + 1])) > height:
        first += 1
    strips: list[Strip] = []
    for lines in drawn[first:]:
        if len(strips) + len(lines) > height:
            break
        strips += [Line(width).extend(strip).strip() for strip in lines]
    return Picture(strips)


def _block(spec: Map, most: int, look: Look) -> tuple[list[Strip], int]:
    wide = _map_width(spec, most, look)
    return _map(spec, wide, look), wide


def _told(spec: Map, look: Look) -> str:
    return look.glyphs.times.join(map(str, spec.shape))


def _map_width(spec: Map, most: int, look: Look) -> int:
    """The columns of a kind's images, or of its title."""
    count, _, columns = spec.shape
    wide = columns if not (look.colourless or look.ascii_only) else 2 * columns
    title = width_of(look.write(spec.title)) + 1 + width_of(_told(spec, look))
    return min(most, max(count * (wide + 1) - 1, title))


def _map(spec: Map, width: int, look: Look) -> list[Strip]:
    count, rows, columns = spec.shape
    double = not (look.colourless or look.ascii_only)
    wide = columns if double else 2 * columns
    shown = max(1, min(count, (width + 1) // (wide + 1)))
    head = Line(width).add(look.write(spec.title), look.name, look.glyphs.ellipsis).space(1)
    if head.room:
        head.add(_told(spec, look), look.faint, look.glyphs.ellipsis)
    lines = [Line(width) for _ in range(-(-rows // 2) if double else rows)]
    scale = 0.0 if spec.values is None else largest_of(spec.values)
    for k in range(shown):
        for y, line in enumerate(lines):
            line.to(k * (wide + 1))
            if spec.values is None:
                line.add(look.glyphs.unknown * wide, look.faint)
            elif double:
                pair = spec.values[k][2 * y : 2 * y + 2]
                _pair(line, look.heat.quantise(pair, scale).tolist(), look)
            else:
                for level in look.heat.quantise(spec.values[k][y], scale).tolist():
                    line.add(look.heat.shade(level), look.text)
    return [head.strip(), *(line.strip() for line in lines)]


def _pair(line: Line, levels: list[list[int]], look: Look) -> None:
    """Two rows of levels, or the last one alone, as half blocks."""
    upper, *rest = levels
    lower: list[int | None] = list(rest[0]) if rest else [None] * len(upper)
    for u, v in zip(upper, lower, strict=True):
        line.add(look.glyphs.half, look.heat.blocks(u, v))


@dataclass(frozen=True)
class Captioned:
    """An image (rows, columns) with a few characters under it."""

    image: np.ndarray
    caption: str


def gallery(specs: Sequence[Captioned], width: int, height: int, look: Look) -> Picture:
    """Images in rows like words in a paragraph, each above its caption, as many as fit."""
    if not specs:
        return Picture([])
    double = not (look.colourless or look.ascii_only)
    rows, columns = specs[0].image.shape
    wide = max(columns if double else 2 * columns, *(width_of(s.caption) for s in specs)) + 1
    tall = (-(-rows // 2) if double else rows) + 1
    across = max(1, (width + 1) // wide)
    strips: list[Strip] = []
    for first in range(0, len(specs), across):
        if strips and len(strips) + tall > height:
            break
        lines = [Line(width) for _ in range(tall)]
        for k, spec in enumerate(specs[first : first + across]):
            drawn = _map(Map("", (1, rows, columns), spec.image[None]), wide - 1, look)[1:]
            for line, strip in zip(lines, drawn, strict=False):
                line.to(k * wide).extend(strip)
            lines[-1].to(k * wide).add(look.write(spec.caption), look.text)
        strips += [line.strip() for line in lines]
    return Picture(strips[:height])
