"""Pictures over the plane: what the network answers, and what one unit says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.strip import Strip

from tuiexplain.course.languages import tr
from tuiexplain.screens.play.curves import Lane, loss_at
from tuiexplain.screens.play.network import feature
from tuiexplain.screens.play.seeing import Seen
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.field import Field, field
from tuiexplain.views.picture import Line, Picture, beside, fill, shifted
from tuiexplain.views.surface import Surface, room, surface, surface_fits
from tuiexplain.views.text import shorten, width_of

CROWD = 7
"""Characters of a picture for each example that is drawn on it, at least."""
ROOMY = 12
"""Lines that a picture beside others has at least, to have axes of its own."""


def output(seen: Seen, width: int, height: int) -> Picture:
    """What the network answers everywhere, and the examples."""
    return _answers(seen, _head(seen, _answer_title(seen), width), width, height)


def _answers(seen: Seen, head: Line, width: int, height: int, *, bare: bool = False) -> Picture:
    rest = height - 1
    if not surface_fits(width, rest):
        return Picture(fill([head.strip()], width, height))
    there = room(*seen.limits, width, rest, seen.look, bare=bare)
    answers = seen.answers(there.rows, there.columns)
    rows = _drawn(seen, there.axes.columns * there.axes.rows)
    points, targets = seen.points[rows], seen.play.dataset.targets[rows]
    names = tuple(map(feature, seen.axis_names))
    chosen = _chosen(seen, rows)
    if not seen.play.dataset.classes:
        spec = Field(
            *seen.limits, answers[0], points, targets, _largest(seen),
            2 if seen.standing.discrete else None, chosen, names[0], names[1], bare,
        )  # fmt: skip
        drawn = field(spec, width, rest, seen.look)
    else:
        winner, share = seen.classes(answers)
        if seen.standing.discrete:
            share = np.ones_like(share)
        held = np.isin(rows, seen.play.dataset.test)
        plane = Surface(
            *seen.limits, winner, share, len(seen.play.dataset.classes), points, targets,
            chosen, names[0], names[1], held, bare,
        )  # fmt: skip
        drawn = surface(plane, width, rest, seen.look)
    return _under(head, drawn, rows, height)


def company(seen: Seen, lanes: Sequence[Lane], width: int, height: int) -> Picture:
    """What this run and each beside it answer, under their numbers, names and losses."""
    all_seen = [seen, *(seen.beside(rival) for rival in seen.play.rivals)]
    across = 1 if len(all_seen) == 2 and width < 2 * height else 2
    down = -(-len(all_seen) // across)
    wide = (width - (across - 1)) // across
    strips: list[Strip] = []
    for row in range(down):
        tall = height // down if row < down - 1 else height - row * (height // down)
        drawn = []
        for at in range(row * across, min((row + 1) * across, len(all_seen))):
            head = _lane_head(seen, at, lanes[at], wide)
            bare = tall < ROOMY
            drawn.append((_answers(all_seen[at], head, wide, tall, bare=bare).strips, wide))
        lines = beside(drawn, 1)
        strips += [Line(width).extend(line).strip() for line in lines]
    return Picture(fill(strips, width, height))


def _lane_head(seen: Seen, at: int, lane: Lane, width: int) -> Line:
    """The number and name of a run, and its loss at the step that is shown."""
    look, loss = seen.look, loss_at(lane, seen.step)
    name, number = look.write(lane.name), f"{at + 1} "
    ways = [""] if loss is None else short_numbers(loss)
    room = width - len(number) - width_of(name) - 1
    told = next((way for way in ways if width_of(way) <= room), ways[-1])
    line = Line(width).add(number, look.series[at % len(look.series)])  # as its curve is
    room = width - len(number) - width_of(told) - 1
    line.add(shorten(name, room, look.glyphs.ellipsis), look.title)
    return line.to(width - width_of(told)).add(told, look.number)


def short_numbers(number: float) -> list[str]:
    """A number in three digits, in two, and a small one in one: for where there is little room."""
    ways = [format_number(number, 3), format_number(number, 2)]
    return [*ways, f"{number:.0e}".replace("e-0", "e-")] if 0 < number < 0.1 else ways


def unit(seen: Seen, width: int, height: int) -> Picture:
    """What the unit under the cursor says everywhere, in heat, and its sums in numbers."""
    column, at = seen.standing.unit
    head = _head(seen, unit_title(seen), width)
    rest = height - 1
    if not surface_fits(width, rest):
        return Picture(fill([head.strip()], width, height))
    there = room(*seen.limits, width, rest, seen.look)
    values = seen.said(there.rows, there.columns)[column][at]
    names = tuple(map(feature, seen.axis_names))
    drawn = field(
        Field(*seen.limits, values, x_label=names[0], y_label=names[1]), width, rest, seen.look
    )
    return _under(head, drawn, np.zeros(0, dtype=int), height)


def unit_title(seen: Seen) -> str:
    """What the unit under the cursor is called."""
    column, at = seen.standing.unit
    if column == 0:
        return feature(seen.standing.features[at])
    if column > len(seen.shape.layers):
        classes = seen.play.dataset.classes
        name = classes[at] if len(classes) > 1 and seen.shape.outputs > 1 else "y"
        return f"{tr('play.output', seen.language)} {name}"
    return f"h{column}[{at}]"


def _answer_title(seen: Seen) -> str:
    words = [tr("play.output", seen.language)]
    if seen.standing.tests:
        words.append(tr("play.with_tests", seen.language))
    if seen.standing.discrete:
        words.append(tr("play.discrete", seen.language))
    return " · ".join(words)


def _head(seen: Seen, title: str, width: int) -> Line:
    look = seen.look
    return Line(width).add(look.write(title), look.title, look.glyphs.ellipsis)


def legend(seen: Seen, width: int) -> list[Line]:
    """Which sign is which class, in as many lines as it takes."""
    look, lines = seen.look, [Line(width)]
    for at, name in enumerate(seen.play.dataset.classes):
        sign = look.glyphs.classes[at % len(look.glyphs.classes)]
        text = f"{sign} {look.write(name)}"
        if lines[-1].used and width_of(text) > lines[-1].room:
            lines.append(Line(width))
        lines[-1].add(text, look.muted, look.glyphs.ellipsis).space(2)
    return lines


def _under(head: Line, drawn: Picture, rows: np.ndarray, height: int) -> Picture:
    """The picture below its title; hits are numbers of examples."""
    hits = shifted(drawn.hits, 0, 1)

    def at(x: int, y: int) -> object:
        found = hits.at(x, y)
        return None if found is None or not len(rows) else ("example", int(rows[found]))

    def where(target: object) -> object:
        match target:
            case ("example", int(example)) if example in rows:
                return hits.where(int(np.flatnonzero(rows == example)[0]))
        return None

    strips = [head.strip(), *drawn.strips]
    return Picture(strips[:height], hits._replace(at=at, where=where))  # type: ignore[arg-type]


def _drawn(seen: Seen, cells: int) -> np.ndarray:
    """The examples that are drawn: as many as leave the plane to be seen, always the same."""
    data = seen.play.dataset
    rows = np.concatenate([data.train, data.test]) if seen.standing.tests else data.train
    most = max(8, cells // CROWD)
    if len(rows) > most:
        rows = rows[np.arange(most) * len(rows) // most]
    example = seen.standing.example
    if example is not None and example not in rows:
        rows = np.append(rows, example)
    return np.asarray(rows)


def _chosen(seen: Seen, rows: np.ndarray) -> int | None:
    example = seen.standing.example
    found = np.flatnonzero(rows == example).tolist()
    return found[0] if found and example is not None else None


def _largest(seen: Seen) -> float:
    """The magnitude of the strongest colour: that of the numbers to be predicted."""
    return float(np.abs(seen.play.dataset.targets).max(initial=1e-9))
