"""Last words before a line goes to the terminal: no colour, or no glyph outside ASCII.

Textual runs every line of every widget through these, its own borders and
scroll bars included, so what holds here holds for the whole screen.
"""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter


class WithoutColour(LineFilter):
    """Takes every colour away and leaves bold, reverse, underline and the like.

    Textual's own NoColor writes the codes for "default colour" (39 and 49)
    instead, and they are colour sequences too.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, None if style is None else _without_colour(style), control)
            for text, style, control in segments
        ]


class InAscii(LineFilter):
    """Replaces each glyph outside ASCII by one of the same width, so that nothing moves."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else Segment(in_ascii(segment.text), *segment[1:])
            for segment in segments
        ]


@lru_cache(4096)
def _without_colour(style: Style) -> Style:
    return style.without_color


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """`text` in ASCII, as wide as before: ┌─┐ becomes +-+, and what has no likeness `?`."""
    return "".join(character if character < "\x80" else _likeness(character) for character in text)


@lru_cache(4096)
def _likeness(character: str) -> str:
    width = cell_len(character)
    if (likeness := _LIKE.get(character)) is not None:
        return likeness.ljust(width)[:width]
    name = unicodedata.name(character, "")
    if name.startswith("BRAILLE PATTERN"):
        return _braille(ord(character) - 0x2800)
    if name.startswith("BOX DRAWINGS"):
        return "+"
    if name.startswith("GREEK"):
        capital = "CAPITAL" in name
        letter = name.split()[3][:1] if len(name.split()) > 3 else "?"
        return letter if capital else letter.lower()
    # Superscripts, accents and full-width letters are an ASCII letter at heart.
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if c.isascii())
    return (plain[:width] or "?" * width).ljust(width)


def _braille(dots: int) -> str:
    """A curve's dots: in the upper half, the lower half, or both."""
    upper, lower = dots & 0b00011011, dots & 0b11100100
    if upper and lower:
        return ":"
    return "'" if upper else "." if lower else " "


_LIKE = {
    character: likeness
    for likeness, characters in {
        "-": "─━┄┅┈┉╌╍╴╶╸╺–—−‐‑⎯▔",
        "=": "═⇔",
        "|": "│┃┆┇┊┋╎╏╵╷╹╻║▏▎▍▌▕▐⎸∣",
        "_": "▁",
        ".": "▂░…。",
        ":": "▃▄▒",
        "+": "▅▆",
        "%": "▓",
        "#": "▇█▉▊▋■◼▮▪▀",
        "o": "□◻▯▫○◯◦",
        "*": "●⬤•·⋅⊙∙★⋆∗",
        "@": "◉◎",
        ">": "▶▸►▷→⟶⇒➜❯›»≥",
        "<": "◀◂◄◁←⟵⇐❮‹«≤⏎↵",
        "^": "▲△▴↑⇧",
        "v": "▼▽▾↓⇩✓✔√",
        "x": "×✗✘✕",
        "/": "÷",
        "d": "∂",
        "n": "η",
        "u": "μµ",
        "S": "Σ∑",
        "V": "∇",
        "~": "≈±∼",
        "!": "≠",
        "'": "′‘’",
        '"': "″“”",
        ",": "、",
        " ": "\u2800\u00a0\u3000",
    }.items()
    for character in characters
}
