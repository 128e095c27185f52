"""The trace floor: the record of a training step, down to every operation and every number."""

from tuiexplain.trace.errors import TraceError, TraceFileError, UnknownCell
from tuiexplain.trace.event import Event, Phase, Site
from tuiexplain.trace.recorder import active, record
from tuiexplain.trace.rulebook import Rulebook, register
from tuiexplain.trace.tile import Reduce, Region
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Origin, Source, Value
from tuiexplain.trace.why import Cause, Why

__all__ = [
    "Cause",
    "Event",
    "Kind",
    "Origin",
    "Phase",
    "Reduce",
    "Region",
    "Rulebook",
    "Site",
    "Source",
    "Trace",
    "TraceError",
    "TraceFileError",
    "UnknownCell",
    "Value",
    "Why",
    "active",
    "record",
    "register",
]
