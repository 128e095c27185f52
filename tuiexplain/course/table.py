"""The data of a lesson: numbers with names for their axes, and where they come from."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.course.errors import CourseError

Labels = tuple[tuple[str, ...] | None, ...]


class Table:
    """Data: rows are examples, and the other axes what is known of each.

    ``labels`` names positions along an axis (the features' names); ``name`` is said in the words of
    the lesson's block ``data.NAME``; ``source`` and ``licence`` say
    where the numbers come from. Numbers become float64; ``dtype=int`` keeps classes whole.
    """

    def __init__(
        self,
        values: Any,
        axes: tuple[str, ...] = (),
        labels: Labels = (),
        name: str = "",
        source: str = "",
        licence: str = "",
        dtype: Any = float,
    ) -> None:
        self.values = np.array(values, dtype=np.int64 if dtype is int else np.float64)
        self.axes = tuple(axes) or ("",) * self.values.ndim
        self.labels = tuple(labels)
        self.name, self.source, self.licence = name, source, licence
        if len(self.axes) != self.values.ndim:
            raise CourseError(
                f"Table: {len(self.axes)} axes named, the data has {self.values.ndim}."
            )
        for length, names in zip(self.values.shape, self.labels, strict=False):
            if names is not None and len(names) != length:
                raise CourseError(f"Table: {len(names)} labels for an axis of {length} positions.")

    def rows(self, places: np.ndarray) -> Table:
        """Some of the rows, each labelled with its number in the whole table."""
        given = self.labels[0] if self.labels else None
        names = tuple(given[i] if given else f"#{i}" for i in places)
        part = object.__new__(Table)
        part.__dict__.update(self.__dict__)
        part.values = self.values[places]
        part.labels = (names, *self.labels[1:])
        return part

    def changed(self, cell: tuple[int, ...], number: float) -> Table:
        """A copy with one cell set."""
        copy = object.__new__(Table)
        copy.__dict__.update(self.__dict__)
        copy.values = self.values.copy()
        copy.values[cell] = number
        return copy
