"""The data of a design, wherever they come from."""

from __future__ import annotations

from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design
from tuiexplain.play.generated import generate


def dataset(design: Design) -> Dataset:
    """What a design's network learns from, without the examples that are left out."""
    return generate(design).without(design.left_out)
