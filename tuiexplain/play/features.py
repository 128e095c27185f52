"""What the first layer reads: a few numbers made of each row of the data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import PLANE_FEATURES, Design
from tuiexplain.play.errors import PlayError

OF_POINTS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1 * x1,
    "x2^2": lambda x1, x2: x2 * x2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),
    "sin(x2)": lambda x1, x2: np.sin(x2),
}


def features(design: Design, dataset: Dataset) -> tuple[str, ...]:
    """The names of what the network reads of these data, in the order of its inputs.

    Of points of a plane, what the design chose; of other data the columns that it chose, or all of
    them where it names none of these.
    """
    if dataset.planar and dataset.columns == ("x1", "x2"):
        unknown = [name for name in design.features if name not in PLANE_FEATURES]
        if unknown:
            raise PlayError(
                f"features: there is no '{unknown[0]}'; of points there are "
                f"{', '.join(PLANE_FEATURES)}.",
                "unknown_feature",
                name=unknown[0],
                known=", ".join(PLANE_FEATURES),
            )
        return tuple(name for name in PLANE_FEATURES if name in design.features)
    chosen = tuple(name for name in dataset.columns if name in design.features)
    return chosen or dataset.columns


def matrix(names: tuple[str, ...], dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """The features called ``names`` of ``rows`` (rows, columns): (rows, features), float64."""
    columns = {name: rows[:, i] for i, name in enumerate(dataset.columns)}
    made = [
        columns[name] if name in columns else OF_POINTS[name](rows[:, 0], rows[:, 1])
        for name in names
    ]
    return np.ascontiguousarray(np.column_stack(made), dtype=np.float64)
