"""Titled boxes, alone or side by side with a shared border as in ``┌ W ──┬ ∂L/∂W ──┐``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, blank
from tuiexplain.views.text import shorten, width_of


class Panel(NamedTuple):
    """What stands in a box of ``width`` inner columns; ``foot`` goes into its lower border."""

    strips: Sequence[Strip]
    width: int
    title: str = ""
    note: str = ""
    foot: str = ""
    accent: Style | None = None
    focused: bool = False


def boxes(panels: Sequence[Panel], width: int, height: int, look: Look) -> list[Strip]:
    """``panels`` next to each other in ``height`` lines, borders joined.

    Their boxes take their widths and a column between and around them; the rest of ``width`` is
    left empty.
    """
    glyphs = look.glyphs
    corners = glyphs.corners
    inner = height - 2
    lines = [_rule(panels, width, look, corners[0] + glyphs.tees[0] + corners[1], top=True)]
    for y in range(inner):
        line = Line(width)
        line.add(glyphs.vertical, look.rule)
        for panel in panels:
            strips = panel.strips
            line.extend(strips[y] if y < len(strips) else blank(panel.width))
            line.add(glyphs.vertical, look.rule)
        lines.append(line.strip())
    lines.append(_rule(panels, width, look, corners[2] + glyphs.tees[1] + corners[3], top=False))
    return lines


def _rule(panels: Sequence[Panel], width: int, look: Look, joints: str, top: bool) -> Strip:
    line = Line(width)
    dash = look.glyphs.line
    for i, panel in enumerate(panels):
        line.add(joints[0] if i == 0 else joints[1], look.rule)
        end = line.used + panel.width
        label = panel.title if top else ""
        note = panel.note if top else panel.foot
        room = panel.width - 2
        if label and room > 0:
            style = panel.accent or look.title
            text = shorten(label, room, look.glyphs.ellipsis)
            if panel.focused:
                line.add(f" {text} ", look.cursor)
            else:
                line.space(1).add(text, style).space(1)
        note_width = width_of(note) + 3
        if note and end - line.used >= note_width:
            line.add(dash * (end - line.used - note_width), look.rule)
            line.add(" ", look.rule).add(note, look.muted).add(" " + dash, look.rule)
        line.add(dash * (end - line.used), look.rule)
    line.add(joints[2], look.rule)
    return line.strip()
