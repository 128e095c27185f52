"""The board of a question: its values, hidden cells marked as not known."""

from __future__ import annotations

import numpy as np

from tuiexplain.course.puzzle import Puzzle
from tuiexplain.trace.tile import matrix_position, matrix_shape
from tuiexplain.trace.value import Value
from tuiexplain.views.board import Card
from tuiexplain.views.matrix import Matrix


def cards(puzzle: Puzzle) -> list[Card]:
    """A card for each value that the question shows."""
    return [Card([_matrix(puzzle, value)], [value.id]) for value in puzzle.shown()]


def _matrix(puzzle: Puzzle, value: Value) -> Matrix:
    shape = matrix_shape(value.shape)
    known = np.ones(value.shape, bool)
    for value_id, cell in puzzle.hidden:
        if value_id == value.id:
            known[cell] = False
    spot = puzzle.spot
    asked = spot is not None and spot[0] == value.id
    why = puzzle.why() if puzzle.done else None
    causes = [c.cell for c in why.causes if c.value.id == value.id] if why else []
    labels = value.labels
    return Matrix(
        title=puzzle.trace.symbol(value),
        values=puzzle.trace.data(value).reshape(shape),
        shape=shape,
        row_labels=(labels[0] or ()) if len(value.shape) == 2 and labels else (),
        column_labels=(labels[-1] or ()) if labels else (),
        known=known.reshape(shape),
        causes=frozenset(matrix_position(value.shape, cell) for cell in causes),
        cursor=matrix_position(value.shape, spot[1]) if asked and spot else None,
        focused=asked,
        mode="digits" if asked else "auto",
    )
