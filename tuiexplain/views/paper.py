"""A sheet of paper: an image whose pixels can be pressed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, area_hits

BORDER = 2
"""Columns, or lines, of the border."""


@dataclass(frozen=True)
class Paper:
    """``image`` is rows x columns, ``cursor`` the pixel that ink would go to."""

    image: np.ndarray
    cursor: tuple[int, int] | None = None


def paper_size(spec: Paper, width: int, height: int) -> tuple[int, int]:
    """Columns and lines that the sheet takes of a room: its pixels are as large as fits."""
    rows, columns = spec.image.shape
    times = max(1, min((width - BORDER) // (2 * columns), (height - BORDER) // rows))
    return columns * 2 * times + BORDER, rows * times + BORDER


def paper(spec: Paper, width: int, height: int, look: Look) -> Picture:
    """The sheet in its border. Hits: ``(row, column)``."""
    rows, columns = spec.image.shape
    wide, _ = paper_size(spec, width, height)
    times = (wide - BORDER) // (2 * columns)
    corners, glyphs = look.glyphs.corners, look.glyphs
    signs = look.colourless or look.ascii_only
    levels = look.heat.quantise(spec.image, 1.0).tolist()
    across = glyphs.line * (wide - BORDER)
    lines = [Line(wide).add(corners[0] + across + corners[1], look.rule)]
    places = []
    for r in range(rows):
        for k in range(times):
            line = Line(wide).add(glyphs.vertical, look.rule)
            for c in range(columns):
                shade = look.heat.shade(levels[r][c]) if signs else "  "
                here = spec.cursor == (r, c)
                # One bracket on each side, however large the pixel is.
                text = shade * times
                if here:
                    text = "[" + text[1:-1] + "]"
                style = look.cursor if here and k == 0 else look.heat.style(levels[r][c])
                if levels[r][c] == 0 and not here:
                    mark = glyphs.unknown if k == 0 else " "
                    text, style = f"{mark:<{2 * times}}", look.faint
                line.add(text, style)
                if k == 0:
                    area = Area(1 + c * 2 * times, 1 + r * times, 2 * times, times)
                    places.append(((r, c), area))
            lines.append(line.add(glyphs.vertical, look.rule))
    lines.append(Line(wide).add(corners[2] + across + corners[3], look.rule))
    return Picture([line.strip() for line in lines], area_hits(places))
