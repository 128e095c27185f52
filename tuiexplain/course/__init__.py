"""The course floor: lessons, their languages, glossary and checks.

A lesson's ``network.py`` imports ``Experiment`` and ``Table`` from here. The engine is imported
with them, and not before: listing the course does without.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuiexplain.course.experiment import Experiment, Gallery, Sketch
    from tuiexplain.course.table import Table

__all__ = ["Experiment", "Gallery", "Sketch", "Table"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from tuiexplain.course import experiment

        return getattr(experiment, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
