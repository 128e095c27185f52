"""The sheet of paper of a part that lets one draw: the image that its network reads."""

from __future__ import annotations

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.value import Kind, Value

DRAWING = "drawing"
"""The picture in which a part shows the paper."""


def sheet(desk: Desk) -> Value | None:
    """The image that is drawn on: the one input of a part with a sheet of paper."""
    if DRAWING not in desk.session.bench.part.spec.pictures:
        return None
    images = (v for v in desk.trace.values if v.kind is Kind.INPUT and len(v.shape) == 4)
    return next((v for v in images if v.producer is None and v.shape[:2] == (1, 1)), None)


def is_blank(desk: Desk) -> bool:
    """Whether there is no ink on the paper."""
    value = sheet(desk)
    return value is not None and not desk.trace.data(value).any()


def drawing_caption(desk: Desk) -> str:
    """What the picture is called: of a blank sheet, only the biases speak."""
    return "drawing_blank" if is_blank(desk) else DRAWING
