"""Reading NumPy's archives: `x` and `t`, or an array for each column."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from tuiexplain.play.dataset import Note
from tuiexplain.play.errors import PlayError
from tuiexplain.play.tables.csv_file import column_names
from tuiexplain.play.tables.raw import MOST_ROWS, Raw, check_columns, check_size

INPUTS, TARGETS = ("x", "X", "inputs", "data"), ("t", "y", "Y", "T", "targets", "target", "labels")


def read_npz(file: Path) -> Raw:
    """The table in ``file``: rows of `x` (or `X`) with the answers `t` (or `y`) as the last column.

    Without these names, every array of one axis is a column. Nothing in it is run: an archive with
    Python objects is refused.
    """
    arrays = _arrays(file)
    inputs = next((arrays[name] for name in INPUTS if name in arrays), None)
    target = next((name for name in TARGETS if name in arrays), None)
    if inputs is not None and target is not None:
        answers = arrays[target].reshape(len(arrays[target]), -1)
        if inputs.ndim != 2 or answers.shape != (len(inputs), 1):
            raise _unlike(file, {"x": inputs, target: arrays[target]})
        names = [f"x{i + 1}" for i in range(inputs.shape[1])]
        columns = [*inputs.T, answers[:, 0]]
        names.append(target)
    else:
        names, columns = list(arrays), list(arrays.values())
        if len(columns) < 2 or any(c.shape != columns[0].shape or c.ndim != 1 for c in columns):
            raise _unlike(file, arrays)
    check_columns(file.name, len(columns))
    rows = len(columns[0])
    if not rows:
        raise PlayError(f"{file.name}: its arrays have no rows.", "no_rows", file=file.name)
    stride = -(-rows // MOST_ROWS)
    cells = tuple(_as_cells(column[::stride]) for column in columns)
    notes = (Note("sampled", {"kept": len(cells[0]), "rows": rows}),) if stride > 1 else ()
    return Raw(file.name, column_names(names), cells, notes)


def _arrays(file: Path) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        check_size(file.name, size)
        with np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        if isinstance(error, PlayError):
            raise
        raise PlayError(
            f"{file.name} is not an archive of plain NumPy arrays: write it with np.savez.",
            "not_npz",
            file=file.name,
        ) from None


def _as_cells(column: np.ndarray) -> np.ndarray:
    return column.astype(np.float64) if column.dtype.kind in "biuf" else column.astype(str)


def _unlike(file: Path, arrays: dict[str, np.ndarray]) -> PlayError:
    found = ", ".join(f"{name} {array.shape}" for name, array in list(arrays.items())[:4])
    return PlayError(
        f"{file.name} holds {found or 'nothing'}: it needs x (rows, columns) and t (rows,), or a "
        "column in each array, all as long.",
        "unlike",
        file=file.name,
        found=found,
    )
