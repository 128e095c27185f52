"""Reading comma-separated values: any of three separators, UTF-8, a header in the first row."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from tuiexplain.course.text import without_controls
from tuiexplain.play.dataset import Note
from tuiexplain.play.errors import PlayError
from tuiexplain.play.tables.columns import each_once
from tuiexplain.play.tables.raw import MOST_ROWS, Raw, check_columns, check_size

SEPARATORS = ",;\t"
LONGEST_NAME = 40
BLOCK = 1 << 22


def read_csv(file: Path) -> Raw:
    """The table in ``file``; of more than :data:`MOST_ROWS` rows, as many, evenly."""
    size = file.stat().st_size
    check_size(file.name, size)
    lines = _count_lines(file)
    stride = -(-lines // MOST_ROWS)
    rows = _rows(file, stride)
    first = next(rows, [])
    header = _header(file, first)
    notes: tuple[Note, ...] = ()
    if any(map(_fraction, first)):  # nobody calls a column 5.1: these are numbers of a row
        header, rows = column_names([""] * len(first)), chain([first], rows)
        notes = (Note("no_header", {}),)
    table = list(_fitting(file, rows, header, stride, 1 if notes else 2))
    if not table:
        raise PlayError(
            f"{file.name}: there is a header and no row below it.", "no_rows", file=file.name
        )
    if stride > 1:
        notes = (
            *notes,
            Note("sampled", {"kept": len(table), "rows": lines - 1}),
        )
    columns = zip(*table, strict=True)
    cells = tuple(np.array([cell.strip() for cell in column]) for column in columns)
    return Raw(file.name, header, cells, notes)


def _count_lines(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(BLOCK), b"")) + 1


def _lines(file: Path, stride: int) -> Iterator[str]:
    """The header and every ``stride``-th line after it."""
    with file.open("rb") as stream:
        for number, line in enumerate(stream):
            if number and (number - 1) % stride:
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise PlayError(
                    f"{file.name}, line {number + 1}: byte {error.start + 1} is not UTF-8: "
                    "save the file as UTF-8.",
                    "not_utf8",
                    file=file.name,
                    line=number + 1,
                ) from None
            yield text.removeprefix("\ufeff") if not number else text


def _rows(file: Path, stride: int) -> Iterator[list[str]]:
    lines = _lines(file, stride)
    first = next(lines, "")
    separator = max(SEPARATORS, key=first.count)

    def all_lines() -> Iterator[str]:
        yield first
        yield from lines

    try:
        yield from csv.reader(all_lines(), delimiter=separator)
    except csv.Error as error:
        raise PlayError(
            f"{file.name} is not a table of comma-separated values ({error}).",
            "not_csv",
            file=file.name,
            error=str(error),
        ) from None


def _header(file: Path, row: list[str]) -> tuple[str, ...]:
    """The names of the columns: without control characters, none empty, none twice."""
    if len(row) < 2:
        raise PlayError(
            f"{file.name}: its first line names {len(row)} column: a table needs a header, and two "
            "columns at least, separated by commas, semicolons or tabs.",
            "one_column",
            file=file.name,
        )
    check_columns(file.name, len(row))
    return column_names(row)


def _fraction(cell: str) -> bool:
    """Whether a cell is a number that is not whole."""
    try:
        return not float(cell).is_integer() and math.isfinite(float(cell))
    except ValueError:
        return False


def column_names(given: list[str]) -> tuple[str, ...]:
    """``given``, fit to be shown: clean, not too long, each once."""
    clean = [" ".join(without_controls(text).split())[:LONGEST_NAME].strip() for text in given]
    return each_once([name or f"column {at}" for at, name in enumerate(clean, start=1)])


def _fitting(
    file: Path, rows: Iterator[list[str]], header: tuple[str, ...], stride: int, first: int
) -> Iterator[list[str]]:
    """The rows from the ``first`` line on, each as long as the header; empty lines are none."""
    for place, row in enumerate(rows):
        number = first + place * stride
        if not row:
            continue
        if len(row) != len(header):
            raise PlayError(
                f"{file.name}, row {number}: {len(row)} cells under {len(header)} names: mend the "
                "row, or put text with separators in quotes.",
                "ragged",
                file=file.name,
                row=number,
                cells=len(row),
                columns=len(header),
            )
        yield row
