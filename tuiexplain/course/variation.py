"""The same part with other numbers, so that it can be practised again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tuiexplain.course.errors import CourseError
from tuiexplain.course.expressions import unknown_name
from tuiexplain.course.lesson import Part
from tuiexplain.course.schema import Dial, Setting, Vary
from tuiexplain.trace import cells

DECIMALS = 2
"""Decimals of a drawn number: one may have to compute with it by hand."""


def varied(part: Part, vary: Vary, trial: int) -> Part:
    """``part`` with the numbers that ``vary`` names drawn anew; trial 0 is the lesson's own.

    Dials are set, cells of parameters and data are edited, and what the network draws comes from
    another seed. The same trial gives the same numbers.
    """
    if trial == 0:
        return part
    random = np.random.default_rng([part.spec.seed, trial, *part.id.encode()])
    dials = {dial.id: dial for dial in part.dials}
    settings: dict[str, Setting] = {}
    edits: dict[str, float] = {}
    for name, bounds in vary.items():
        if name in dials:
            settings[name] = _setting(dials[name], bounds, random)
        else:
            edits.update(_cells(part, name, bounds, random))
    return other(part, settings, part.spec.seed + trial, edits)


def other(
    part: Part, settings: Mapping[str, Setting], seed: int, edits: Mapping[str, float]
) -> Part:
    """``part`` with other numbers for its own: what it cites is computed with them."""
    turned = tuple(
        dial._replace(default=settings.get(dial.id, dial.default)) for dial in part.spec.dials
    )
    return Part(part.lesson, part.spec._replace(dials=turned, seed=seed), edits)


def _setting(dial: Dial, bounds: tuple[float, float], random: np.random.Generator) -> Setting:
    low, high = bounds
    if dial.scale == "choice":
        raise CourseError(f"vary: '{dial.id}' is a choice, which cannot lie between two numbers.")
    stops = [stop for stop in dial.stops if low <= stop <= high]
    if stops:
        number = float(random.choice(stops))
        return int(number) if dial.scale == "int" else number
    if dial.scale == "int":
        return int(random.integers(int(low), int(high) + 1))
    return _drawn(bounds, random)


def _cells(
    part: Part, name: str, bounds: tuple[float, float], random: np.random.Generator
) -> dict[str, float]:
    """New numbers for the cells of a parameter or of data, by their addresses."""
    trace = part.cited_trace(None, 0)
    inputs = {v.name: v for v in trace.values if v.producer is None}
    plain, _, index = name.partition("[")
    value = inputs.get(plain)
    if value is None:
        raise unknown_name("dial, parameter or data", plain, [*(d.id for d in part.dials), *inputs])
    wanted = [cells.check(name, value, cells.parse(name)[1])] if index else np.ndindex(value.shape)
    return {cells.write(value.name, tuple(c)): _drawn(bounds, random) for c in wanted}


def _drawn(bounds: tuple[float, float], random: np.random.Generator) -> float:
    low, high = bounds
    if isinstance(low, int) and isinstance(high, int):
        return float(random.integers(low, high + 1))
    return round(float(random.uniform(low, high)), DECIMALS)
