"""The table of ATen operations, by family. Imports no torch."""

from tuiexplain.lab.recording.rules import (
    activations,
    arithmetic,
    attention,
    batch_norm,
    contractions,
    convolution,
    creation,
    group_norm,
    layer_norm,
    lookup,
    losses,
    movement,
    pooling,
    reductions,
    softmax,
    tracing,
)
from tuiexplain.lab.recording.rules.row import Row

FAMILIES: tuple[dict[str, Row], ...] = (
    tracing.ROWS,
    arithmetic.ROWS,
    activations.ROWS,
    contractions.ROWS,
    softmax.ROWS,
    attention.ROWS,
    losses.ROWS,
    layer_norm.ROWS,
    batch_norm.ROWS,
    group_norm.ROWS,
    convolution.ROWS,
    pooling.ROWS,
    reductions.ROWS,
    lookup.ROWS,
    movement.ROWS,
    creation.ROWS,
)

TABLE: dict[str, Row] = {name: row for rows in FAMILIES for name, row in rows.items()}
"""Every operation that has a row, by name."""
