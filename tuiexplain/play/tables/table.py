"""From columns to a data set: names into switches, numbers standardised, all of it told."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuiexplain.play.dataset import Dataset, Note, split
from tuiexplain.play.design import Design
from tuiexplain.play.errors import PlayError
from tuiexplain.play.generated import STREAM
from tuiexplain.play.tables.columns import Column
from tuiexplain.trace.errors import did_you_mean

MOST_CATEGORIES = 12
"""Names of an input column that become switches; a column of more is left out."""
MOST_CLASSES = 10
MOST_INPUTS = 64
FEWEST_ROWS = 4
RARE = 0.02
"""A class of a smaller share of the rows is told of: without it one is right nearly always."""
MOSTLY = 0.5
"""A column of which more than this share is missing is left out, and the rows stay."""


class Scale(NamedTuple):
    """What was taken from a column's numbers, and what they were then divided by."""

    mean: float
    spread: float


class Table(NamedTuple):
    """A data set, and how its numbers were made of the file's."""

    dataset: Dataset
    scales: dict[str, Scale]
    """For each column of numbers, the target of a regression among them."""


def table(columns: tuple[Column, ...], name: str, notes: tuple[Note, ...], design: Design) -> Table:
    """What a design's network learns from, of a table's columns.

    Rows where something is missing are left out; inputs (and a numeric target) have mean 0 and
    standard deviation 1 over the rows that are learnt from.
    """
    target = _target(columns, name, design.target)
    told = list(notes)
    inputs = [c for c in columns if c is not target and _is_of_use(c, told)]
    known = ~np.isnan(np.stack([c.numbers for c in (*inputs, target)])).any(axis=0)
    if not known.all():
        told.append(Note("rows_missing", {"count": int((~known).sum()), "rows": len(known)}))
    if not inputs:
        why = tuple(note for note in told if "column" in note.fields)
        raise PlayError(
            f"{name}: no column is left to learn from ({', '.join(n.fields['column'] for n in why)})",
            "no_inputs",
            file=name,
            notes=why,
        )
    if known.sum() < FEWEST_ROWS:
        raise PlayError(
            f"{name}: in {int(known.sum())} rows nothing is missing; {FEWEST_ROWS} are needed.",
            "too_few_rows",
            file=name,
            rows=int(known.sum()),
            least=FEWEST_ROWS,
        )
    told += _understood([*inputs, target])
    draws = np.random.default_rng([design.seed, STREAM])
    train, test = split(int(known.sum()), design.train_share / 100, draws)
    scales: dict[str, Scale] = {}
    made = [pair for c in inputs for pair in _made(c, known, train, scales)]
    if len(made) > MOST_INPUTS:
        told.append(Note("inputs_cut", {"kept": MOST_INPUTS, "count": len(made)}))
        made = made[:MOST_INPUTS]
    classes, answers = _answers(target, known, train, scales, name)
    told += [
        Note("rare_class", {"name": name, "count": count, "rows": len(answers)})
        for name, count in zip(
            classes, np.bincount(answers).tolist() if classes else (), strict=True
        )
        if count < RARE * len(answers)
    ]
    names = tuple(n for n, _ in made)
    numbers = np.column_stack([column for _, column in made])
    return Table(Dataset(name, names, numbers, answers, classes, train, test, tuple(told)), scales)


def _understood(columns: list[Column]) -> list[Note]:
    """How the text of columns was understood: once for all that were read alike."""
    found: dict[tuple[str, str], list[str]] = {}
    for column in columns:
        if column.note is not None:
            alike = column.note.key, str(column.note.fields.get("first", ""))
            found.setdefault(alike, []).append(column.name)
    return [
        Note(key, {"columns": ", ".join(names), "first": first})
        for (key, first), names in found.items()
    ]


def _target(columns: tuple[Column, ...], file: str, wanted: str) -> Column:
    if not wanted:
        return columns[-1]
    for column in columns:
        if column.name == wanted:
            return column
    known = [column.name for column in columns]
    raise PlayError(
        f"{file} has no column `{wanted}`; {did_you_mean(wanted, known)}",
        "no_target",
        file=file,
        wanted=wanted,
        known=", ".join(known[:8]),
    )


def _is_of_use(column: Column, told: list[Note]) -> bool:
    """Whether a network can learn from a column; if not, that is told."""
    if column.missing > MOSTLY * len(column.numbers):
        told.append(Note("mostly_missing", {"column": column.name, "count": column.missing}))
    elif column.constant:
        told.append(Note("constant", {"column": column.name}))
    elif len(column.categories) > MOST_CATEGORIES:
        count = len(column.categories)
        told.append(Note("many_categories", {"column": column.name, "count": count}))
    else:
        return True
    return False


def _made(
    column: Column, known: np.ndarray, train: np.ndarray, scales: dict[str, Scale]
) -> list[tuple[str, np.ndarray]]:
    """The inputs made of a column: itself, standardised, or a switch for each of its names."""
    numbers = column.numbers[known]
    if not column.categories:
        return [(column.name, _standardised(column.name, numbers, train, scales))]
    switches = (numbers[:, None] == np.arange(len(column.categories))).astype(np.float64)
    return [
        (f"{column.name}={category}", switch)
        for category, switch in zip(column.categories, switches.T, strict=True)
    ]


def _standardised(
    name: str, numbers: np.ndarray, train: np.ndarray, scales: dict[str, Scale]
) -> np.ndarray:
    mean, spread = float(numbers[train].mean()), float(numbers[train].std())
    scales[name] = Scale(mean, spread or 1.0)
    return (numbers - mean) / (spread or 1.0)


def _answers(
    target: Column, known: np.ndarray, train: np.ndarray, scales: dict[str, Scale], file: str
) -> tuple[tuple[str, ...], np.ndarray]:
    """The classes and which one each row is; no classes, and numbers, for a regression."""
    numbers = target.numbers[known]
    values, places = np.unique(numbers, return_inverse=True)
    if len(values) < 2:
        raise PlayError(
            f"{file}: {target.name} is the same in every row: there is nothing to learn; choose "
            "another target.",
            "one_class",
            file=file,
            column=target.name,
        )
    if target.categories:
        names = tuple(target.categories[int(v)] for v in values)
    elif len(values) <= MOST_CLASSES and (values == np.rint(values)).all():
        names = tuple(f"{v:g}" for v in values)
    else:
        return (), _standardised(target.name, numbers, train, scales)
    if len(names) > MOST_CLASSES:
        raise PlayError(
            f"{file}: {target.name} has {len(names)} different names, more than {MOST_CLASSES} "
            "classes: choose another target.",
            "many_classes",
            file=file,
            column=target.name,
            count=len(names),
            most=MOST_CLASSES,
        )
    return names, places.astype(np.int64)
