"""What the lab's models learn from: any text file, and the digits. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from tuiexplain.lab.data.codecs import Codec
from tuiexplain.lab.data.digits import Digits
from tuiexplain.lab.data.shipped import PLAYS, shipped
from tuiexplain.lab.data.source import Source
from tuiexplain.lab.data.text import Text, open_text
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.settings import Settings

__all__ = ["Codec", "Digits", "Source", "Text", "open_source", "open_text"]


def open_source(settings: Settings, codec: Codec | None = None) -> Source:
    """What a run learns from; with a codec given (a resumed run's), in its tokens."""
    if settings.model == "cnn":
        if settings.data:
            raise LabError("a cnn learns from the digits that come with it: leave --data out.")
        return Digits(settings.seed)
    file = Path(settings.data).expanduser() if settings.data else shipped(PLAYS)
    return open_text(
        file, settings.unit, settings.context, vocabulary=settings.vocabulary, codec=codec
    )
