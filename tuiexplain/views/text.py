"""Text that fits: cleaning, measuring in terminal columns, shortening and padding.

Every label that a view draws comes through :func:`clean` first, so that nothing from a lesson, a
file or a user's model can move the cursor or change the terminal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, get_character_cell_size

Align = Literal["left", "right", "center"]

ELLIPSIS = "…"

QUOTED = 16
"""Columns of what was typed that a refusal repeats: its remedy must find room behind it."""

_SIZE = re.compile(r"(?<=\d)×(?=\d)")

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_ASCII = {
    "∂": "d", "∇": "grad ", "×": "*", "·": "*", "÷": "/", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=",
    "≈": "~=", "→": "->", "⊙": "*", "⋆": "*", "∗": "*", "∞": "inf", "√": "sqrt", "Σ": "sum", "∑": "sum",
    "ᵀ": ".T", "²": "^2", "³": "^3", "⁻": "^-", "¹": "^1", "½": "1/2", "′": "'", "’": "'", "‘": "'",
    "“": '"', "”": '"', "–": "-", "—": "-", "•": "*", "α": "alpha", "β": "beta", "γ": "gamma",
    "δ": "delta", "Δ": "Delta", "ε": "eps", "η": "eta", "λ": "lambda", "μ": "mu", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ŷ": "y^", "x̂": "x^", "°": " deg", "±": "+-",
    "…": "...", "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7",
    "₈": "8", "₉": "9", "ₜ": "_t", "‖": "||", "│": "|", "─": "-", "▶": ">", "◀": "<", "●": "*",
    "，": ", ", "。": ". ", "：": ": ", "；": "; ", "（": " (", "）": ") ", "、": ", ", "？": "? ",
    "！": "! ", "⏎": "Enter", "←": "<-", "↑": "Up ", "↓": "Down ", "␣": "Space", "⇧": "Shift+",
}  # fmt: skip


@lru_cache(4096)
def clean(text: str, ascii_only: bool = False) -> str:
    """``text`` on one line and without control, format or surrogate characters.

    Line breaks and tabs become spaces. With ``ascii_only`` the letters of mathematics are spelt out
    and what has no spelling becomes ``?``.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_clean_character(c) for c in unicodedata.normalize("NFC", text))
        text = text.lstrip("\u0300\u0301\u0302\u0303\u20d7")
    if ascii_only and not text.isascii():
        text = _SIZE.sub("x", text)
        text = "".join(_spell(c) for c in text)
    return text


def _clean_character(character: str) -> str:
    if character in "\n\r\t\u2028\u2029\u00a0":
        return " "
    if "\ufe00" <= character <= "\ufe0f":  # these would change the width of what is before them
        return ""
    category = unicodedata.category(character)
    if category == "Zs":  # spaces of every kind, some with a mark or without a width
        return " " * width_of(character)
    return "" if category in _DROPPED else character


def _spell(character: str) -> str:
    if character.isascii():
        return character
    spelt = _ASCII.get(character)
    if spelt is not None:
        return spelt
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?" * max(1, width_of(character))


def width_of(text: str) -> int:
    """The columns that ``text`` takes on a terminal."""
    return len(text) if text.isascii() else cell_len(text)


def take(text: str, width: int) -> str:
    """As much of the start of ``text`` as fits ``width`` columns."""
    if width_of(text) <= width:
        return text
    used = 0
    for at, character in enumerate(text):
        used += get_character_cell_size(character)
        if used > width:
            return text[:at]
    return text


def shorten(text: str, width: int, ellipsis: str = ELLIPSIS) -> str:
    """``text`` itself if it fits ``width`` columns, else its start and an ellipsis."""
    if width_of(text) <= width:
        return text
    if width <= 0:
        return ""
    return take(text, width - width_of(ellipsis)) + take(ellipsis, width)


def fit(text: str, width: int, align: Align = "left", ellipsis: str = ELLIPSIS) -> str:
    """``text`` in exactly ``width`` columns: shortened or padded with spaces."""
    text = shorten(text, width, ellipsis)
    room = width - width_of(text)
    if room <= 0:
        return text
    if align == "left":
        return text + " " * room
    if align == "right":
        return " " * room + text
    before = room // 2
    return " " * before + text + " " * (room - before)
