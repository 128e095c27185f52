"""A formula: what was computed, with letters and then with numbers, aligned at the equals sign."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, fill
from tuiexplain.views.text import shorten, width_of

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?<![\w.\]])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]?\binf\b|\bnan\b)
      | (?P<name>[^\W\d]\w*(?:\.\w+)*'*(?:\[[\d,\s]*\])? | ∂[^\s/()]*/∂[^\s()·×+=,[]*(?:\[[\d,\s]*\])? )
      | (?P<sign>.)""",
    re.VERBOSE,
)

_ADDED = frozenset("+-−→")
_BREAKS = _ADDED | frozenset("·×*/⊙<>≤≥≠")
_TIGHT = frozenset("·/")
"""Operators that are written without spaces, and may begin a line nevertheless."""

Token = tuple[str, str]
"""A piece of a formula, and whether it is a name, a number, a sign or a space."""


class Formula(NamedTuple):
    """``left`` = ``rights[0]`` = ``rights[1]`` ..., each of the rights on a line of its own.

    ``highlight`` holds the names and numbers, exactly as written, that are shown lit.
    """

    left: str
    rights: Sequence[str]
    highlight: Collection[str] = ()


def formula(
    spec: Formula, width: int, height: int, look: Look, *, accent: str | None = None
) -> list[Strip]:
    """The formula in exactly ``width`` x ``height``; what does not fit ends in an ellipsis.

    Several rights share a line as long as they fit; after one that was broken only the result may.
    ``accent`` names the phase that colours the left side.
    """
    return fill(
        _cut(formula_lines(spec, width, look, accent=accent), width, height, look), width, height
    )


def formula_lines(
    spec: Formula, width: int, look: Look, *, accent: str | None = None
) -> list[Strip]:
    """The formula in as many lines as it takes.

    The left side has a line of its own where it is long, or where a piece that cannot be broken
    would be cut off beside it.
    """
    beside = width_of(look.write(spec.left)) + 1 if spec.left else 0
    lines: list[Line] = []
    for indent in (beside, 2, 0) if beside <= width // 2 else (2, 0):
        lines = _lines(spec, width, look, accent, indent, own_line=indent < beside)
        if not any(line.cut for line in lines):
            break
    return [line.strip() for line in lines]


def _lines(
    spec: Formula, width: int, look: Look, accent: str | None, indent: int, *, own_line: bool
) -> list[Line]:
    """The lines, with equals signs behind ``indent`` columns, and the left side before or above."""
    left = look.write(spec.left)
    lit = {look.write(part) for part in spec.highlight}
    style = look.phase(accent, lit=True) if accent else look.strong
    lines: list[Line] = []
    line = Line(width)
    if left:
        line.add(left, style, look.glyphs.ellipsis)
        if own_line:
            lines.append(line)
            line = Line(width)
    fresh, wrapped = True, False
    for i, right in enumerate(spec.rights):
        tokens = tokenise(look.write(right))
        length = sum(width_of(t) for t, _ in tokens)
        result = i == len(spec.rights) - 1
        if not fresh and (line.room < length + 3 or (wrapped and not result)):
            lines.append(line)
            line = Line(width)
            fresh = True
        if fresh:
            line.to(indent)
        else:
            line.space(1)
        line.add("= ", look.muted)
        fresh = False
        start = indent + 2
        for text, kind in _wrapped(tokens, line.used, start, width):
            if kind == "break":
                lines.append(line)
                line = Line(width).to(start)
                wrapped = True
                continue
            line.add(text, _style(text, kind, lit, look), look.glyphs.ellipsis)
    lines.append(line)
    return lines


def tokenise(text: str) -> list[Token]:
    """``text`` in pieces: ``(piece, "name" | "number" | "sign" | "space")``."""
    return [(m.group(), str(m.lastgroup)) for m in _TOKEN.finditer(text)]


def _wrapped(
    tokens: Sequence[Token], used: int, start: int, width: int, level: int = 0
) -> list[Token]:
    """``tokens`` with ``("", "break")`` before operators where a line is full.

    Terms stay together unless one is longer than a line, and so do brackets.
    """
    out: list[Token] = []
    column = used
    for chunk in _chunks(tokens, level):
        length = sum(width_of(t) for t, _ in chunk)
        if column + length > width and column > start:
            bare = chunk[1:] if chunk[0][1] == "space" else chunk
            bare_length = sum(width_of(t) for t, _ in bare)
            if start + bare_length <= width or not _deeper(bare, level):
                out += [("", "break"), *bare]
                column = start + bare_length
                continue
        if column + length > width and _deeper(chunk, level):
            parts = _wrapped(chunk, column, start, width, level + 1)
            breaks = [i for i, part in enumerate(parts) if part[1] == "break"]
            tail = parts[breaks[-1] + 1 :] if breaks else parts
            column = (start if breaks else column) + sum(width_of(t) for t, _ in tail)
            out += parts
            continue
        out += chunk
        column += length
    return out


def _chunks(tokens: Sequence[Token], level: int) -> list[list[Token]]:
    """``tokens`` cut before operators and behind commas.

    Each level goes further: between the terms outside of brackets (0), between their factors (1),
    between the terms one bracket down (2), and so on.
    """
    deep, factors = divmod(level, 2)
    chunks: list[list[Token]] = [[]]
    depth = 0
    for i, token in enumerate(tokens):
        text, kind = token
        after = tokens[i + 1][0] if i + 1 < len(tokens) else ""
        depth += text == "("
        signs = _BREAKS if factors or depth < deep else _ADDED
        spaced = kind == "space" and after and after in signs
        tight = text in _TIGHT and text in signs
        if (spaced or tight) and depth <= deep and chunks[-1]:
            chunks.append([])
        chunks[-1].append(token)
        depth -= text == ")"
        if text == "," and after.isspace() and depth <= deep:
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _deeper(tokens: Sequence[Token], level: int) -> bool:
    """Whether a further level may give more places to break."""
    factors = level == 0 and any(text in _BREAKS for text, _ in tokens)
    return factors or (any(text == "(" for text, _ in tokens) and level < 16)


def _style(text: str, kind: str, highlight: Collection[str], look: Look) -> Style:
    if kind in ("name", "number") and text in highlight:
        return look.highlight
    if kind == "name":
        return look.name
    if kind == "number":
        return look.number
    return look.muted


def _cut(strips: list[Strip], width: int, height: int, look: Look) -> list[Strip]:
    """At most ``height`` strips; the last one says so if there were more."""
    if len(strips) <= height or height <= 0:
        return strips[: max(0, height)]
    last = strips[height - 1].text.rstrip()
    ellipsis = look.glyphs.ellipsis
    line = Line(width).add(shorten(last + " " + ellipsis, width, ellipsis), look.muted)
    return [*strips[: height - 1], line.strip()]
