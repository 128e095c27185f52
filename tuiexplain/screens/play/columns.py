"""The table that is learnt from: its columns before and after, and which of them is predicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from tuiexplain.course.languages import tr
from tuiexplain.course.text import width
from tuiexplain.play.dataset import Dataset
from tuiexplain.play.sources import Preview
from tuiexplain.play.tables.columns import Column
from tuiexplain.screens.finder import Entry, Finder
from tuiexplain.trace.numbers import format_number

SHOWN = 4
"""Cells of a column that are told."""


class Columns(Finder):
    """Every column of a table; Enter on one makes it what is predicted."""

    TITLE_KEY: ClassVar[str] = "play.columns_title"
    HINT_KEY: ClassVar[str] = "play.columns_hint"

    def __init__(self, preview: Preview, data: Dataset) -> None:
        super().__init__()
        self.preview, self.data = preview, data

    def entries(self) -> Sequence[Entry]:
        """A line for each column; its first cells are told below."""
        wide = max(width(column.name) for column in self.preview.columns)
        return [
            Entry(
                column.name + " " * (wide + 2 - width(column.name)) + self._about(column),
                column.name,
                more=self._cells(at, column),
            )
            for at, column in enumerate(self.preview.columns)
        ]

    def _about(self, column: Column) -> str:
        return f"{self._said(f'column_{self._role(column)}')} · {self._kind(column)}"

    def _said(self, key: str, **fields: object) -> str:
        return tr(f"play.{key}", self.app.language, **fields)

    def _role(self, column: Column) -> str:
        if column.name == self.preview.target:
            return "predicted"
        made = [name for name in self.data.columns if name.partition("=")[0] == column.name]
        return "read" if made else "left_out"

    def _kind(self, column: Column) -> str:
        told = []
        if column.categories:
            told.append(self._said("column_names", count=len(column.categories)))
        elif column.missing < len(column.numbers):
            known = column.numbers[~np.isnan(column.numbers)]
            low, high = (format_number(float(n), 3) for n in (known.min(), known.max()))
            told.append(self._said("column_numbers", low=low, high=high))
        if column.missing:
            told.append(self._said("column_missing", count=column.missing))
        return tr("narrate.comma", self.app.language).join(told)

    def _cells(self, at: int, column: Column) -> str:
        """The first cells as the file has them, and what is made of them."""
        comma = tr("narrate.comma", self.app.language)
        told = self._said(
            "column_first", cells=comma.join(r[at] for r in self.preview.rows[:SHOWN])
        )
        scale = self.preview.scales.get(column.name)
        if scale is not None:
            made = (column.numbers[:SHOWN] - scale.mean) / scale.spread
            told += "\n\n" + self._said(
                "column_scaled",
                mean=format_number(scale.mean),
                spread=format_number(scale.spread),
                cells=comma.join(format_number(float(n), 3) for n in made),
            )
        elif column.categories:
            told += "\n\n" + self._said("column_are", names=comma.join(column.categories[:8]))
        return told
