"""Curves of a run, the loss above all, drawn with plotext.

The only module that knows plotext. It is imported when the first curve is drawn; it gets at most
two points for each column of each series (the least and the greatest), so that its time depends on
the size of the picture only. What it returns is read back into strips with the look's colours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tuiexplain.trace.numbers import format_number
from tuiexplain.views.grid import Grid
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Line, fill
from tuiexplain.views.sparkline import sparkline
from tuiexplain.views.text import width_of
from tuiexplain.views.ticks import log_ticks, ticks

LEAST_WIDTH, LEAST_HEIGHT = 16, 4


@dataclass(frozen=True)
class Series:
    """Numbers over the steps of training, from step ``first`` on; NaN and inf are allowed.

    ``steps`` says at which steps they were taken, rising, where that is not at every one. ``per``
    is how far a step goes along the axis: less than 1 where that counts epochs.
    ``lowest`` marks the step of the least of them: where training might have stopped.
    """

    name: str
    values: Sequence[float] | np.ndarray
    first: int = 0
    per: float = 1.0
    steps: Sequence[int] | None = None
    lowest: bool = False

    @property
    def taken(self) -> np.ndarray:
        """The step of each number."""
        if self.steps is not None:
            return np.asarray(self.steps, dtype=int)
        return np.arange(self.first, self.first + len(self.values))

    @property
    def at(self) -> np.ndarray:
        """The place of each number on the axis."""
        return self.taken * self.per

    def place_of(self, mark: float) -> int | None:
        """Which of the numbers was taken at the step that is at ``mark`` on the axis."""
        found = np.flatnonzero(self.taken == round(mark / self.per))
        return int(found[0]) if found.size else None

    @property
    def least(self) -> int | None:
        """Which of the numbers is marked as the least."""
        values = np.asarray(self.values, dtype=float)
        there = self.lowest and values.size > 1 and np.isfinite(values).any()
        return int(np.nanargmin(np.where(np.isfinite(values), values, np.nan))) if there else None


@dataclass(frozen=True)
class Curve:
    """Several series over one axis. ``mark`` is the place on it where the learner stands.

    More than two are told apart by numbers, at their names and at their ends.
    """

    series: Sequence[Series]
    mark: float | None = None
    log: bool = False
    x_label: str = ""


@dataclass(frozen=True)
class _Trace:
    """One series on the picture's scale: ``y`` is NaN where there is nothing to draw."""

    x: np.ndarray
    y: np.ndarray
    rough: np.ndarray
    """Places at which the value is not finite."""


def curve(spec: Curve, width: int, height: int, look: Look) -> list[Strip]:
    """The curves in exactly ``width`` x ``height``: a line of names, then axes and lines.

    Each name is followed by its value at the marked step, or by its last one. Where there is no
    room for axes, a sparkline remains.
    """
    if width <= 0 or height <= 0:
        return fill([], max(0, width), max(0, height))
    arrays = [np.asarray(s.values, dtype=float) for s in spec.series]
    names = _names(spec, arrays, width, look)
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return fill([*_sparklines(arrays, width, look), names[0]][-height:], width, height)
    names = names[: max(1, height // 3)]
    return [*names, *_plot(spec, arrays, width, height - len(names), look)]


def _sparklines(arrays: Sequence[np.ndarray], width: int, look: Look) -> list[Strip]:
    return [
        Line(width).add(sparkline(a, width, look), look.series[i % len(look.series)]).strip()
        for i, a in enumerate(arrays)
    ]


def _names(spec: Curve, arrays: Sequence[np.ndarray], width: int, look: Look) -> list[Strip]:
    """The names with their numbers, in as many lines as they take."""
    lines = [Line(width)]
    for i, (series, array) in enumerate(zip(spec.series, arrays, strict=True)):
        style = look.series[i % len(look.series)]
        said = [(look.write(series.name), look.muted)]
        if len(spec.series) > 1:
            said.insert(0, (_key(i, len(spec.series), look), style))
        at = array.size - 1 if spec.mark is None else series.place_of(spec.mark)
        if array.size and at is not None:
            number = float(array[at])
            said.append((format_number(number), style if math.isfinite(number) else look.bad))
        if (least := series.least) is not None:
            text = f"{look.glyphs.least}{format_number(float(array[least]))}"
            said.append((text, look.good))
        needed = sum(width_of(text) + 1 for text, _ in said) - 1
        if lines[-1].used and needed + 2 > lines[-1].room:
            lines.append(Line(width))
        line = lines[-1].space(2 if lines[-1].used else 0)
        for place, (text, of) in enumerate(said):
            line.space(1 if place else 0).add(text, of, look.glyphs.ellipsis)
    return [line.strip() for line in lines]


def _key(index: int, count: int, look: Look) -> str:
    """What a series is known by: a number where there are many; where colour does not tell two
    apart, a letter that the second is drawn with.
    """
    if count > 2:
        return str(index + 1)
    return "o" if look.colourless and index else look.glyphs.heavy


# -- scale -----------------------------------------------------------------------------------------


def _plot(
    spec: Curve, arrays: Sequence[np.ndarray], width: int, height: int, look: Look
) -> list[Strip]:
    log = spec.log and any((a > 0).any() for a in arrays)
    steps = [series.at for series in spec.series]
    last = max((float(at[-1]) for at in steps if at.size), default=0.0)
    first = min((float(at[0]) for at in steps if at.size), default=0.0)
    last = max(last, first + min((series.per for series in spec.series), default=1.0))
    traces = [
        _decimated(array, at, log, max(2, width - 6))
        for at, array in zip(steps, arrays, strict=True)
    ]
    low, high = _limits(traces)
    y_ticks = (log_ticks if log else ticks)(low, high, max(2, (height - 1) // 2))
    labels = [format_number(10.0**t if log else t, 3) for t in y_ticks]
    left = max(map(len, labels), default=1)
    columns, rows = width - left - 1, height - 2
    scale = _Scale(first, last, low, high, left + 1, columns, rows)
    lines = _plotted(traces, scale, width, height, y_ticks, labels, look)
    grid = _read(lines, width, height, scale, look)
    whole = all(series.per == 1 for series in spec.series)
    _x_axis(grid, scale, height, whole, spec.x_label, look)
    for trace in traces:
        for step in trace.rough.tolist():
            grid.put(scale.column(step), 0, look.glyphs.cross, look.bad)
    if spec.mark is not None and first <= spec.mark <= last:
        _mark(grid, spec, arrays, scale, log, look)
    for series in spec.series:
        if (least := series.least) is not None:
            _least(grid, series, least, scale, log, look)
    if len(traces) > 2:
        _number(grid, traces, scale, look)
    return grid.strips()


@dataclass(frozen=True)
class _Scale:
    """Steps and values to columns and rows of the picture."""

    first: float
    last: float
    low: float
    high: float
    left: int
    columns: int
    rows: int

    def column(self, step: float) -> int:
        share = (step - self.first) / (self.last - self.first)
        return self.left + _cell(share, self.columns, 2)

    def row(self, y: float) -> int:
        return _cell(1 - (y - self.low) / (self.high - self.low), self.rows, 4)


def _cell(share: float, cells: int, dots: int) -> int:
    """The cell that a share of an axis lies in, each cell having ``dots`` braille dots."""
    dot = round(min(1.0, max(0.0, share)) * (cells * dots - 1))
    return dot // dots


def _decimated(array: np.ndarray, steps: np.ndarray, log: bool, columns: int) -> _Trace:
    """Least and greatest of each column's worth of steps, in the order in which they came."""
    with np.errstate(all="ignore"):
        y = np.where(array > 0, np.log10(np.where(array > 0, array, 1.0)), np.nan) if log else array
    finite = np.isfinite(y)
    rough = np.flatnonzero(~np.isfinite(array))
    if rough.size > columns:
        rough = rough[np.unique(rough * columns // array.size, return_index=True)[1]]
    kept = np.flatnonzero(finite)
    if kept.size > 2 * columns:
        values = y[kept]
        starts = np.arange(columns) * kept.size // columns
        sizes = np.diff(np.append(starts, kept.size))
        most = int(sizes.max())
        # Buckets as rows; the short ones repeat their last member.
        index = np.minimum(starts[:, None] + np.arange(most), (starts + sizes - 1)[:, None])
        buckets = values[index]
        rows = np.arange(columns)
        low, high = index[rows, buckets.argmin(axis=1)], index[rows, buckets.argmax(axis=1)]
        pairs = np.sort(np.stack((low, high), axis=1), axis=1)
        ends = values[pairs]
        # Where the noise fills the column, up in one and down in the next: that cannot be seen and
        # keeps the lines between the columns short (plotext's time goes with the dots).
        noisy = np.abs(ends[:, 1] - ends[:, 0]) > 0.1 * (values.max() - values.min())
        down = noisy & (np.arange(columns) % 2 == 1)
        ends = np.where(noisy[:, None], np.sort(ends, axis=1), ends)
        ends = np.where(down[:, None], ends[:, ::-1], ends)
        return _Trace(steps[kept[pairs].ravel()], ends.ravel(), steps[rough])
    return _Trace(steps[kept], y[kept], steps[rough])


def _limits(traces: Sequence[_Trace]) -> tuple[float, float]:
    lows = [float(t.y.min()) for t in traces if t.y.size]
    highs = [float(t.y.max()) for t in traces if t.y.size]
    low, high = min(lows, default=0.0), max(highs, default=1.0)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        room = abs(high) * 0.1 or 1.0
        low, high = low - room, high + room
    return low, high


# -- plotext ---------------------------------------------------------------------------------------


@lru_cache(1)
def _figure_class() -> Any:
    from plotext._figure import _figure_class as figure_class

    return figure_class


def _plotted(
    traces: Sequence[_Trace],
    scale: _Scale,
    width: int,
    height: int,
    y_ticks: Sequence[float],
    labels: Sequence[str],
    look: Look,
) -> list[str]:
    """What plotext draws, a figure of its own each time; series ``i`` has the colour ``i + 1``."""
    figure = _figure_class()()
    figure._limit_size(False, False)
    figure.plot_size(width, height - 1)
    figure.theme("clear")
    figure.xaxes(True, False)
    figure.yaxes(True, False)
    figure.xlim(scale.first, scale.last)
    figure.ylim(scale.low, scale.high)
    figure.yticks(list(y_ticks), list(labels))
    figure.xticks([], [])
    for i, trace in enumerate(traces):
        if trace.x.size:
            marker = _key(i, len(traces), look) if look.colourless and i else "braille"
            if look.ascii_only and not i:
                marker = "."
            draw = figure.plot if trace.x.size > 1 else figure.scatter
            draw(trace.x.tolist(), trace.y.tolist(), marker=marker, color=i + 1)
    return str(figure.build()).splitlines()


_SGR = re.compile(r"\x1b\[([\d;]*)m")
_TO_ASCII = str.maketrans("┌┐└┘─│┤├┬┴┼", "++++-|+++++")


def _read(lines: Sequence[str], width: int, height: int, scale: _Scale, look: Look) -> Grid:
    """Plotext's text as cells with the look's styles."""
    grid = Grid(width, height)
    for y, text in enumerate(lines[:height]):
        style, x = look.muted, 0
        for i, part in enumerate(_SGR.split(text)):
            if i % 2:
                series = re.fullmatch(r"38;5;(\d+)", part)
                style = _series_style(int(series[1]) - 1, look) if series else look.muted
            elif part:
                shown = part.translate(_TO_ASCII) if look.ascii_only else part
                if style is look.muted:
                    labels = max(0, scale.left - 1 - x)
                    grid.put(x, y, shown[:labels], style)
                    grid.put(x + labels, y, shown[labels:], look.rule)
                else:
                    grid.put(x, y, shown, style)
                x += width_of(part)
    return grid


def _series_style(index: int, look: Look) -> Style:
    return look.series[index % len(look.series)]


def _x_axis(grid: Grid, scale: _Scale, height: int, whole: bool, name: str, look: Look) -> None:
    """Steps (``whole``) or epochs under the axis, each label centred under its tick."""
    room = max(2, scale.columns // 10)
    taken = scale.left - 1
    end = scale.left + scale.columns
    name = look.write(name)
    if name and width_of(name) <= scale.columns // 2:
        end -= width_of(name)
        grid.put(end, height - 1, name, look.faint)
        end -= 1
    for step in ticks(scale.first, scale.last, room):
        if whole and step != int(step):
            continue
        label = f"{step:.6g}"
        column = scale.column(step)
        start = min(column - len(label) // 2, scale.left + scale.columns - len(label))
        start = max(start, scale.left - 1)
        if (start <= taken and step != scale.first) or start + len(label) > end:
            continue
        grid.put(column, height - 2, look.glyphs.tees[0], look.rule)
        grid.put(start, height - 1, label, look.muted)
        taken = start + len(label)


def _number(grid: Grid, traces: Sequence[_Trace], scale: _Scale, look: Look) -> None:
    """The number of each series at its end, or as near to it as there is room on its curve."""
    taken: set[tuple[int, int]] = set()
    for i, trace in enumerate(traces):
        for x, y in zip(trace.x[::-1].tolist(), trace.y[::-1].tolist(), strict=True):
            place = (scale.column(x), scale.row(y))
            if place not in taken:
                taken.add(place)
                grid.put(*place, _key(i, len(traces), look), _series_style(i, look))
                break


def _mark(
    grid: Grid, spec: Curve, arrays: Sequence[np.ndarray], scale: _Scale, log: bool, look: Look
) -> None:
    """A faint line at the marked step and a dot on each curve."""
    assert spec.mark is not None
    column = scale.column(spec.mark)
    for y in range(scale.rows):
        if grid.blank_at(column, y):
            grid.put(column, y, look.glyphs.dotted_vertical, look.faint)
    for i, (series, array) in enumerate(zip(spec.series, arrays, strict=True)):
        at = series.place_of(spec.mark)
        if at is None:
            continue
        value = float(array[at])
        if log:
            value = math.log10(value) if value > 0 else math.nan
        if math.isfinite(value):
            style = _series_style(i, look)
            # Plotext may round to the neighbour: the dot belongs on its curve.
            row = scale.row(value)
            near = [y for y in (row, row - 1, row + 1) if grid.style_at(column, y) is style]
            grid.put(column, near[0] if near else row, look.glyphs.point, style)


def _least(grid: Grid, series: Series, least: int, scale: _Scale, log: bool, look: Look) -> None:
    """A sign at the least number of a series, and its step in the top line."""
    column, value = scale.column(series.at[least]), float(series.values[least])
    if log:
        value = math.log10(value) if value > 0 else scale.low
    grid.put(column, scale.row(value), look.glyphs.least, look.good)
    label = f"{look.glyphs.least} {series.taken[least]}"
    start = min(max(column - len(label) // 2, scale.left), scale.left + scale.columns - len(label))
    grid.put(start, 0, label, look.good)
