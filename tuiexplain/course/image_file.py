"""An image file of the learner's own as ink on a sheet of paper.

PGM, the plain format of grey images, is read here; every other format by Pillow, which is an extra.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tuiexplain.course.errors import AskedError

Ink = npt.NDArray[np.float64]

MOST_READ = 1_000_000
"""Bytes of a file that is read here: far more than any sheet of paper has pixels for."""

MOST_NAME = 16
"""Characters of a file's name that are repeated."""

_GAP = rb"(?:\s|#[^\n]*\n)+"
_HEADER = re.compile(
    rb"(P[25])" + _GAP + rb"(\d{1,6})" + _GAP + rb"(\d{1,6})" + _GAP + rb"(\d{1,5})\s"
)


def read_ink(file: Path, rows: int, columns: int) -> Ink:
    """How much ink each pixel of an image has, from 0 to 1: (rows, columns).

    The border tells which is the paper: what differs from it is ink, be it dark on light or light
    on dark. :class:`AskedError` for a file that is no image, or an image of another size.
    """
    name = _short(file.name)
    try:
        with file.open("rb") as opened:
            start = opened.read(2)
            content = start + opened.read(MOST_READ) if start in (b"P2", b"P5") else None
    except FileNotFoundError:
        raise AskedError("image_missing", name=name) from None
    except IsADirectoryError:
        raise AskedError("image_folder", name=name) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise AskedError("image_unreadable", name=name, reason=reason) from None
    if content is not None:
        grey = _of_pgm(content, name, rows, columns)
    else:
        grey = _by_pillow(file, rows, columns)
    border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    return 1.0 - grey if np.median(border) > 0.5 else grey


def _of_pgm(content: bytes, name: str, rows: int, columns: int) -> Ink:
    """A PGM, in digits (P2) or in bytes (P5), as numbers from 0 (black) to 1 (white)."""
    header = _HEADER.match(content)
    if header is None:
        raise AskedError("image_no_image", name=name)
    wide, high, white = (int(n) for n in header.groups()[1:])
    _fits(name, (high, wide), (rows, columns))
    count, rest = rows * columns, content[header.end() :]
    try:
        if header[1] == b"P2":
            grey = np.array(rest.split()[:count], dtype=float)
        else:
            grey = np.frombuffer(rest, ">u2" if white > 255 else "u1", count).astype(float)
    except ValueError:
        raise AskedError("image_no_image", name=name) from None
    if grey.size != count or not 0 < white < 65536 or grey.min() < 0 or grey.max() > white:
        raise AskedError("image_no_image", name=name)
    return grey.reshape(rows, columns) / white


def _by_pillow(file: Path, rows: int, columns: int) -> Ink:
    """Any format that Pillow knows, in grey, on white where it is transparent."""
    try:
        from PIL import Image
    except ModuleNotFoundError:
        raise AskedError("image_needs_pillow", name=_short(file.name)) from None
    try:
        with Image.open(file) as image:
            # Told before a pixel is decoded: a small file may hold a huge image.
            _fits(_short(file.name), (image.height, image.width), (rows, columns))
            seen = image.convert("RGBA")
            paper = Image.new("RGBA", seen.size, "white")
            grey = Image.alpha_composite(paper, seen).convert("L")
            return np.asarray(grey, dtype=float) / 255.0
    except AskedError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise AskedError("image_no_image", name=_short(file.name)) from None


def _short(name: str) -> str:
    """A file's name in a sentence that must fit a line: its end tells more than its beginning."""
    return name if len(name) <= MOST_NAME else "…" + name[1 - MOST_NAME :]


def _fits(name: str, size: tuple[int, int], paper: tuple[int, int]) -> None:
    """Raise where an image of ``size`` rows and columns is not as large as the paper."""
    if size != paper:
        has, wants = (f"{columns}x{rows}" for rows, columns in (size, paper))
        raise AskedError("image_size", name=name, has=has, wants=wants)
