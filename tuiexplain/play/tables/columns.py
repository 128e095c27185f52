"""What a column is: numbers or names, what is missing, and what cannot be learnt from."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from tuiexplain.course.text import without_controls
from tuiexplain.play.dataset import Note
from tuiexplain.play.tables.raw import Raw

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-"))
"""What stands where nothing is known, in any mixture of capitals."""
LONGEST_CATEGORY = 20
KEPT = 9
"""Characters of a longer one that are kept, at its beginning and at its end."""
THOUSANDS = (
    re.compile(r"[+-]?(0|[1-9]\d{0,2}(,\d{3})*)(\.\d+)?"), "thousands_commas", ",", "."
)  # fmt: skip
DECIMAL = (
    re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"), "decimal_commas", ".", ","
)  # fmt: skip
"""How numbers are written, the text that says so, what goes, and what becomes the point."""
DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?")


class Column(NamedTuple):
    """A column of a table: ``numbers`` (rows,), nan where nothing is known.

    Where ``categories`` is not empty, they are places in it. ``note`` is how its text was understood
    where that is not plain: decimal commas, commas between thousands, dates.
    """

    name: str
    numbers: np.ndarray
    categories: tuple[str, ...]
    note: Note | None = None

    @property
    def missing(self) -> int:
        """How many cells say nothing."""
        return int(np.isnan(self.numbers).sum())

    @property
    def constant(self) -> bool:
        """Whether all that is known is the same."""
        known = self.numbers[~np.isnan(self.numbers)]
        return not len(known) or bool((known == known[0]).all())


def columns(raw: Raw) -> tuple[Column, ...]:
    """The columns of a table, each understood."""
    return tuple(
        _numeric(name, cells) if cells.dtype.kind == "f" else _from_text(name, cells)
        for name, cells in zip(raw.header, raw.cells, strict=True)
    )


def _numeric(name: str, numbers: np.ndarray) -> Column:
    return Column(name, np.where(np.isfinite(numbers), numbers, np.nan), ())


def _from_text(name: str, cells: np.ndarray) -> Column:
    gone = np.array([cell.lower() in MISSING for cell in cells])
    numbers = np.full(len(cells), np.nan)
    known = cells[~gone]
    for understood in (_plain, _with_commas, _dates):
        try:
            numbers[~gone], note = understood(name, known)
        except ValueError:
            continue
        return _numeric(name, numbers)._replace(note=note)
    categories, places = np.unique(known, return_inverse=True)
    numbers[~gone] = places
    return Column(name, numbers, _shown([str(category) for category in categories]))


# -- text as numbers, or ValueError ----------------------------------------------------------------


def _plain(name: str, cells: np.ndarray) -> tuple[np.ndarray, Note | None]:
    return cells.astype(np.float64), None


def _with_commas(name: str, cells: np.ndarray) -> tuple[np.ndarray, Note | None]:
    for pattern, key, goes, point in (THOUSANDS, DECIMAL):
        if all(map(pattern.fullmatch, cells)):
            plain = np.char.replace(np.char.replace(cells, goes, ""), point, ".")
            return plain.astype(np.float64), Note(key, {"column": name})
    raise ValueError


def _dates(name: str, cells: np.ndarray) -> tuple[np.ndarray, Note | None]:
    """Days since the first of them."""
    if not all(map(DATE.fullmatch, cells)):
        raise ValueError
    moments = np.char.replace(cells, "Z", "").astype("datetime64[s]")
    first = moments.min()
    note = Note("dates", {"column": name, "first": str(first.astype("datetime64[D]"))})
    return (moments - first) / np.timedelta64(1, "D"), note


# -- names -----------------------------------------------------------------------------------------


def _shown(categories: list[str]) -> tuple[str, ...]:
    """The names, short enough: one that is too long keeps its beginning and its end."""
    clean = [" ".join(without_controls(name).split()) or "?" for name in categories]
    short = [
        name if len(name) <= LONGEST_CATEGORY else f"{name[:KEPT]}…{name[-KEPT:]}" for name in clean
    ]
    return each_once(short)


def each_once(names: list[str]) -> tuple[str, ...]:
    """``names``, with a number behind those that were there already."""
    found: list[str] = []
    for given in names:
        name, again = given, 2
        while name in found:
            name, again = f"{given} {again}", again + 1
        found.append(name)
    return tuple(found)
