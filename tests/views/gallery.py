"""Draw every view as a picture to look at: ``python tests/views/gallery.py DIRECTORY [WORD]``.

Each picture is drawn cell by cell, as a terminal would, in both themes, with 16 colours, without
colour and in ASCII. A WORD keeps only the pictures with it in their name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.cells import get_character_cell_size
from rich.color import Color
from rich.style import Style
from textual.strip import Strip

from tests.views.scenes import SCENES
from tuiexplain.views.look import Depth, Look, look

CELL = (10, 20)
SHEET = (1560, 1000)
SANS = "DejaVuSansMono"
CJK = "NotoSansCJK-Regular.ttc"
PAPER = {"dark": (28, 28, 28), "light": (255, 255, 255)}
INK = {"dark": (208, 208, 208), "light": (48, 48, 48)}
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
BLOCKS = {"▀": (0, 0, 1, 0.5), "▄": (0, 0.5, 1, 1), "█": (0, 0, 1, 1)}

LOOKS = {
    "dark": look("dark"),
    "light": look("light"),
    "sixteen": look("dark", Depth.SIXTEEN),
    "plain": look("dark", Depth.NONE),
    "ascii": look("dark", Depth.NONE, ascii_only=True),
}


def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(f"{SANS}{'-Bold' if bold else ''}.ttf", 16)


FONTS = {False: _font(False), True: _font(True)}
WIDE = ImageFont.truetype(CJK, 16)


def rgb(colour: Color | None, default: tuple[int, int, int]) -> tuple[int, int, int]:
    """What a terminal shows for a colour."""
    return default if colour is None or colour.is_default else tuple(colour.get_truecolor())


def draw(strips: list[Strip], shown: Look) -> Image.Image:
    """Strips as a picture, one cell after the other."""
    width = max((s.cell_length for s in strips), default=1)
    paper, ink = PAPER[shown.theme], INK[shown.theme]
    image = Image.new("RGB", ((width + 2) * CELL[0], (len(strips) + 1) * CELL[1]), paper)
    canvas = ImageDraw.Draw(image)
    for y, strip in enumerate(strips):
        x = 1
        for text, style, _ in strip:
            for character in text:
                x += _cell(canvas, x, y, character, style or Style.null(), (ink, paper))
    return image


def _cell(canvas, x, y, character, style, colours) -> int:
    front, back = rgb(style.color, colours[0]), rgb(style.bgcolor, colours[1])
    if style.reverse:
        front, back = back, front
    if style.dim:
        front = tuple((f + b) // 2 for f, b in zip(front, back, strict=True))
    size = get_character_cell_size(character)
    left, top = x * CELL[0], y * CELL[1] + CELL[1] // 2
    right, bottom = left + size * CELL[0], top + CELL[1]
    canvas.rectangle((left, top, right - 1, bottom - 1), fill=back)
    if character in BLOCKS:
        a, b, c, d = BLOCKS[character]
        w, h = CELL
        area = (left + a * w, top + b * h, left + c * w - 1, top + d * h - 1)
        canvas.rectangle(area, fill=front)
    elif 0x2800 <= ord(character) <= 0x28FF:
        _braille(canvas, left, top, ord(character) - 0x2800, front)
    elif size == 2:
        canvas.text((left + 2, top - 3), character, font=WIDE, fill=front)
    elif character.strip():
        canvas.text((left, top), character, font=FONTS[bool(style.bold)], fill=front)
    if style.underline:
        canvas.line((left, bottom - 2, right - 1, bottom - 2), fill=front)
    return size


def _braille(canvas, left, top, dots, front) -> None:
    """The font has no braille: dots, as terminals draw them."""
    for bit, (column, row) in enumerate(DOTS):
        if dots >> bit & 1:
            x, y = left + 1 + column * 5, top + 1 + row * 5
            canvas.ellipse((x, y, x + 2, y + 2), fill=front)


def main(directory: str, word: str = "") -> None:
    """Draw the scenes into ``directory``, one file for each look."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    for name, shown in LOOKS.items():
        parts = []
        for title, scene in SCENES.items():
            if word in title:
                strips = scene(shown)
                parts.append(draw([_caption(title, strips), *strips], shown))
        for number, sheet in enumerate(_sheets(parts, PAPER[shown.theme])):
            sheet.save(folder / f"{name}-{word or 'all'}-{number}.png")


def _sheets(parts: list[Image.Image], paper: tuple[int, int, int]) -> list[Image.Image]:
    """Pictures in columns, on sheets of about the size of a screen."""
    columns: list[list[Image.Image]] = [[]]
    for part in parts:
        if columns[-1] and sum(p.height for p in columns[-1]) + part.height > SHEET[1]:
            columns.append([])
        columns[-1].append(part)
    sheets, row, used = [], [], 0
    for column in columns:
        width = max(p.width for p in column)
        if row and used + width > SHEET[0]:
            sheets.append(_sheet(row, paper))
            row, used = [], 0
        row.append(column)
        used += width
    return [*sheets, _sheet(row, paper)]


def _sheet(columns: list[list[Image.Image]], paper: tuple[int, int, int]) -> Image.Image:
    widths = [max(p.width for p in column) for column in columns]
    height = max(sum(p.height for p in column) for column in columns)
    sheet = Image.new("RGB", (sum(widths), height), paper)
    x = 0
    for column, width in zip(columns, widths, strict=True):
        y = 0
        for part in column:
            sheet.paste(part, (x, y))
            y += part.height
        x += width
    return sheet


def _caption(title: str, strips: list[Strip]) -> Strip:
    from rich.segment import Segment

    width = max(s.cell_length for s in strips)
    return Strip([Segment(f"# {title}"[:width].ljust(width), Style(dim=True))])


if __name__ == "__main__":
    main(*sys.argv[1:])
