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


def open_source(
    settings: Settings, codec: Codec | None = None, fingerprint: str | None = None
) -> Source:
    """What a run learns from; of a resumed run, in its tokens, and LabError if it has changed."""
    if settings.model == "cnn":
        if settings.data:
            raise LabError("a cnn learns from the digits that come with it: leave --data out.")
        digits = Digits(settings.seed)
        if fingerprint not in (None, digits.fingerprint()):
            raise LabError("the digits have changed since this run began: start anew.")
        return digits
    file = Path(settings.data).expanduser() if settings.data else shipped(PLAYS)
    return open_text(
        file,
        settings.unit,
        settings.context,
        vocabulary=settings.vocabulary,
        codec=codec,
        fingerprint=fingerprint,
    )
