"""Text that somebody wrote, or a model: as it is, line by line; and tokens coloured by a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, fill
from tuiexplain.views.text import take, width_of


def passage(
    text: str, width: int, height: int, look: Look, style: Style | None = None
) -> list[Strip]:
    """``text`` with its own line breaks, folded at ``width``: the first ``height`` lines."""
    strips: list[Strip] = []
    for line in _folded(text, width, look):
        if len(strips) == height:
            break
        strips.append(Line(width).add(line, style or look.text).strip())
    return strips


def _folded(text: str, width: int, look: Look) -> Iterator[str]:
    for line in text.split("\n"):
        rest = look.write(line)
        while width_of(rest) > width > 0:
            part = take(rest, width)
            # At the last space, where that leaves most of the line.
            cut = part.rfind(" ") + 1
            part = part[:cut] if cut > width // 2 else part
            if not part:
                break
            yield part.rstrip()
            rest = rest[len(part) :]
        yield rest


@dataclass(frozen=True)
class Tokens:
    """``words`` and a number for each; ``largest`` has the strongest colour.

    With ``breaks`` a line break among them is made, not only shown. Where some do not count,
    ``counts`` tells which do: a heavy line stands under these, points under the others.
    """

    words: Sequence[str]
    numbers: Sequence[float] | Any
    largest: float | None = None
    breaks: bool = True
    counts: Sequence[bool] = ()


def tokens(spec: Tokens, width: int, height: int, look: Look) -> list[Strip]:
    """The words one after the other, each on its number's colour.

    Without colours the number's shade stands under each word. A line break is shown as a sign.
    """
    plain = look.colourless or look.ascii_only
    underlined = plain or bool(spec.counts)
    levels = look.heat.quantise(np.asarray(spec.numbers, dtype=float), spec.largest).tolist()
    strips: list[Strip] = []
    line, under = Line(width), Line(width)

    def finish() -> None:
        nonlocal line, under
        strips.append(line.strip())
        if underlined:
            strips.append(under.strip())
        line, under = Line(width), Line(width)

    for place, (word, level) in enumerate(zip(spec.words, levels, strict=False)):
        counted = not spec.counts or spec.counts[place]
        shown = "\\n" if word == "\n" else look.write(word) or look.glyphs.unknown
        columns = width_of(shown)
        if columns > line.room and line.used:
            finish()
        if counted:
            line.add(shown, look.text if plain else look.heat.style(level))
            sign = look.heat.shade(level)[-1] if plain else look.glyphs.heavy
            under.add(sign * columns, look.muted)
        else:
            line.add(shown, look.muted)
            under.add(look.glyphs.unknown * columns, look.faint)
        if word == "\n" and spec.breaks:
            finish()
    if line.used:
        finish()
    return fill(strips, width, height)
