"""Marks in a lesson's twins: which line computes what.

``layers.Dense(10, activation="relu"),  # -> z1, h`` says that this line makes the values z1 and h;
``# -> backward`` or ``# -> update``, that it does the whole phase. Lines that read like the
network's own need no mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tuiexplain.trace.event import Event, Phase
from tuiexplain.trace.trace import Trace

_MARK = re.compile(r"#\s*->\s*(\S.*?)\s*$")


def marks(source: str) -> dict[str, int]:
    """For each name that a twin's text marks: the number of the first line that it stands on."""
    found: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), start=1):
        if told := _MARK.search(line):
            for name in told[1].split(","):
                found.setdefault(name.strip(), number)
    return found


def marked_line(marked: Mapping[str, int], event: Event, trace: Trace) -> int | None:
    """The marked line that an event belongs to: by a value of its line, or else by its phase."""
    for other in trace.events:
        if other.phase is Phase.FORWARD and other.site == event.site:
            number = marked.get(trace.values[other.output].name)
            if number is not None:
                return number
    return marked.get(event.phase)
