"""The data of a design, wherever they come from."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tuiexplain.course.folders import lessons_root
from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import GENERATED, PLANE_FEATURES, Design
from tuiexplain.play.errors import PlayError
from tuiexplain.play.generated import generate
from tuiexplain.play.tables.columns import Column, columns
from tuiexplain.play.tables.csv_file import read_csv
from tuiexplain.play.tables.npz_file import read_npz
from tuiexplain.play.tables.raw import Raw
from tuiexplain.play.tables.table import Scale, Table, table
from tuiexplain.trace.errors import did_you_mean

SHIPPED = {"iris": "iris.csv", "penguins": "palmer-penguins.csv", "diabetes": "diabetes.csv"}
"""The tables that come with the course, and their files; ``lessons/data/README.md`` has more."""
READERS = {".csv": read_csv, ".tsv": read_csv, ".txt": read_csv, ".npz": read_npz}
ROWS_SHOWN = 8


class Preview(NamedTuple):
    """A table before it is learnt from: its columns, the first rows as the file has them.

    ``scales`` says how numbers were standardised, ``target`` which column is predicted.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    scales: dict[str, Scale]
    target: str


def dataset(design: Design) -> Dataset:
    """What a design's network learns from, without the examples that are left out."""
    found = generate(design) if design.generated else _table(design).dataset
    return found.without(design.left_out)


def preview(design: Design) -> Preview:
    """A table's columns and first rows; :class:`PlayError` where the data are generated."""
    if design.generated:
        raise PlayError(f"{design.data} is made here: there is no table.", "no_table")
    raw, understood = _read(design.data)
    rows = zip(*(cells[:ROWS_SHOWN] for cells in raw.cells), strict=True)
    written = tuple(tuple(_written(cell) for cell in row) for row in rows)
    return Preview(understood, written, _table(design).scales, design.target or understood[-1].name)


def fitted(design: Design) -> Design:
    """The design with features that its data have: those that it names, or else all.

    Of a table, those that a new design has were not chosen, even where columns are called so.
    """
    found = dataset(design)
    there = PLANE_FEATURES if design.generated else found.columns
    chosen = design.generated or design.features != Design().features
    kept = tuple(name for name in design.features if chosen and name in there)
    default = PLANE_FEATURES[:2] if design.generated else there
    loss = "log" if len(found.classes) > 2 else design.loss
    return design.changed(features=kept or default, loss=loss)


def _written(cell: object) -> str:
    from tuiexplain.course.text import without_controls

    return f"{cell:g}" if isinstance(cell, float) else without_controls(str(cell))


def _table(design: Design) -> Table:
    raw, understood = _read(design.data)
    return table(understood, raw.name, raw.notes, design)


def _read(data: str) -> tuple[Raw, tuple[Column, ...]]:
    file = lessons_root() / "data" / SHIPPED[data] if data in SHIPPED else Path(data).expanduser()
    reader = READERS.get(file.suffix.lower())
    if reader is None or not file.is_file():
        raise _no_such_data(data, file)
    try:
        return _kept(file, file.stat().st_mtime_ns)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise PlayError(f"{file}: {why}.", "unreadable", file=str(file), why=why) from None


@lru_cache(2)
def _kept(file: Path, _: int) -> tuple[Raw, tuple[Column, ...]]:
    raw = READERS[file.suffix.lower()](file)
    return raw, columns(raw)


def _no_such_data(data: str, file: Path) -> PlayError:
    if file.exists():
        return PlayError(
            f"{file.name}: the playground reads tables that end in .csv, .tsv, .txt or .npz.",
            "which_table",
            file=file.name,
        )
    known = [*GENERATED, *SHIPPED]
    return PlayError(
        f"there are no data `{data}`: {did_you_mean(data, known)} or the name of a .csv or .npz.",
        "no_data",
        data=data,
        known=", ".join(known),
    )
