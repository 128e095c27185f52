"""What went wrong in the lab, in the words of the interface."""

from __future__ import annotations

from tuiexplain.course.languages import tr
from tuiexplain.lab.errors import LabError


def sentence(error: Exception, language: str = "en") -> str:
    """What an error says, as a sentence of its own; in ``language``, where it has one for it."""
    if isinstance(error, LabError) and error.key:
        return tr(f"lab_error.{error.key}", language, **error.fields)
    text = str(error)
    return text[:1].upper() + text[1:]
