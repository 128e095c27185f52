"""Pictures that a lesson asks for by name: ``pictures = ["fit"]`` in its ``lesson.toml``."""

from __future__ import annotations

import numpy as np
from textual.strip import Strip

from tuiexplain.course.languages import say_in, tr
from tuiexplain.screens.lesson import (
    figures_layers,
    figures_moments,
    figures_neuron,
    figures_windows,
)
from tuiexplain.screens.lesson.curves import lane_labels
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures_attention import looks, turns, waves
from tuiexplain.screens.lesson.figures_descent import on_a_curve, on_a_map, walkers
from tuiexplain.screens.lesson.figures_embedding import embedding
from tuiexplain.screens.lesson.figures_exercise import answers, exercise, similarity, speech
from tuiexplain.screens.lesson.figures_images import drawing, feature_maps, misread
from tuiexplain.screens.lesson.figures_logistic import s_curve
from tuiexplain.screens.lesson.figures_plane import in_hidden_space, on_the_plane, successes
from tuiexplain.screens.lesson.figures_policy import policy, policy_best
from tuiexplain.screens.lesson.figures_river import river
from tuiexplain.screens.lesson.figures_scale import errors, law, memory, rounding, timeline
from tuiexplain.screens.lesson.figures_sketch import sketch
from tuiexplain.screens.lesson.figures_speaking import cache, odds
from tuiexplain.screens.lesson.figures_tokens import tokens
from tuiexplain.screens.lesson.sheet import DRAWING, drawing_caption
from tuiexplain.trace.value import Value
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Hits, Line, Picture, beside, joined, shifted
from tuiexplain.views.scatter import Scatter, scatter
from tuiexplain.views.text import width_of

LEAST_HEIGHT = 5
FRAME = 3
"""Standard deviations to each side that the frame of a cloud takes in."""
PATHS = ("descent", "contour")
"""Pictures in which every run of a race has its path."""
RACED = (*PATHS, "success")
"""Pictures in which the runs of a race have numbers."""
LINES = {"slopes": 5, "speech": 5}
"""What a picture takes that is always of one height; what comes above leaves it so much."""
ENOUGH = {"river": 12}
"""What is enough for a picture that would fill any height, where another comes below it."""
PAIRS = {("plane", "hidden"), ("hidden", "plane")}
"""Pictures that are looked at together: one below the other, or where that is too low, abreast."""
LEAST_OF_A_PAIR = (17, 12)
"""Columns and lines that each picture of a pair needs."""


def figures(desk: Desk, width: int, height: int, look: Look, language: str) -> Picture:
    """The pictures of the part, one below the other, as many as fit: those with something to draw.

    While none has that, their titles say what will be there.
    """
    names = desk.session.bench.part.spec.pictures
    if names[:2] in PAIRS:
        return _pair(desk, names[:2], width, height, look, language)
    strips: list[Strip] = []
    hits: list[Hits] = []
    for index, name in enumerate(names):
        room = height - len(strips)
        if room <= LEAST_HEIGHT:
            break
        below = sum(LINES[other] + 1 for other in names[index + 1 :] if other in LINES)
        room = max(room - below, LEAST_HEIGHT + 1)
        enough = ENOUGH.get(name, room)
        if names[index + 1 :] and room - enough > 2 * LEAST_HEIGHT:
            room = enough
        drawn = _headed(desk, name, width, room, look, language)
        hits.append(shifted(drawn.hits, 0, len(strips)))
        strips += drawn.strips
    if not strips:
        strips = [line for name in names for line in _heading(desk, name, width, look, language)]
    return Picture(strips[:height], joined(hits))


def _heading(desk: Desk, name: str, width: int, look: Look, language: str) -> list[Strip]:
    """What the picture shows; of the paths of a race, which number is whose."""
    bench = desk.session.bench
    lines = [Line(width)]
    if name not in RACED or len(bench.lanes) <= 2:
        key = CAPTIONS[name](desk) if name in CAPTIONS else name
        lines[0].add(look.write(tr(f"figure.{key}", language)), look.muted, "…")
        return [lines[0].strip()]
    labels = lane_labels(desk, language)
    for i, label in enumerate(map(look.write, labels)):
        if lines[-1].used and width_of(label) + 4 > lines[-1].room:
            lines.append(Line(width))
        line = lines[-1].space(2 if lines[-1].used else 0)
        line.add(f"{i + 1} ", look.series[i % len(look.series)])
        line.add(label, look.muted, look.glyphs.ellipsis)
    return [line.strip() for line in lines]


def _headed(desk: Desk, name: str, width: int, height: int, look: Look, language: str) -> Picture:
    """A picture below its title, in ``height`` lines; nothing where there is nothing to draw."""
    heading = _heading(desk, name, width, look, language)
    room = height - len(heading)
    if name in WORDED:
        drawn = WORDED[name](desk, width, room, look, say_in(language))
    else:
        drawn = FIGURES[name](desk, width, room, look)
    if not drawn.strips:
        return drawn
    return Picture([*heading, *drawn.strips], shifted(drawn.hits, 0, len(heading)))


def _pair(
    desk: Desk, names: tuple[str, ...], width: int, height: int, look: Look, language: str
) -> Picture:
    """Two pictures in equal shares of the room; only the first where there is none for both."""
    columns, lines = LEAST_OF_A_PAIR
    if height >= 2 * lines:
        drawn = [_headed(desk, name, width, height // 2, look, language) for name in names]
        return Picture([*drawn[0].strips, *drawn[1].strips])
    half = (width - 1) // 2
    if half >= columns and height > LEAST_HEIGHT:
        pair = [(_headed(desk, name, half, height, look, language).strips, half) for name in names]
        return Picture(beside(pair, gap=1))
    return _headed(desk, names[0], width, max(2, height), look, language)


def _fit(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The points, the line y = w x + b, and a bar from the line to each point."""
    x, t = _numbers(desk, "x"), _numbers(desk, "t")
    low, high = min(0.0, float(np.nanmin(t))), max(0.0, float(np.nanmax(t)))
    margin = 0.1 * (high - low)
    before, after = _line(desk, ""), _line(desk, "'")
    spec = Scatter(
        x,
        t,
        line=after or before,
        residuals=True,
        rival=before if after else None,
        selected=_example(desk, t.size),
        x_label="x",
        y_label="t",
        y_limits=(low - margin, high + margin),
    )
    return scatter(spec, width, height, look)


def _weights(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """Each weight as a bar, with the exact answer marked on it."""
    value = _latest(desk, "W")
    names = value.labels[-1] if value.labels and value.labels[-1] else ()
    numbers = desk.trace.data(value).reshape(-1)
    exact = _numbers(desk, "W_exact").reshape(-1)
    chosen = desk.cell[-1] if desk.cell and desk.selected.shape == value.shape else None
    spec = Bars(names, numbers.tolist(), exact.tolist(), chosen, largest=float(np.abs(exact).max()))
    return bars(spec, width, min(height, numbers.size), look)


def _agreement(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """What the network says against what is true; on the line they agree."""
    t = _numbers(desk, "t").reshape(-1)
    y = _numbers(desk, "y").reshape(-1)
    limits = (min(0.0, float(t.min())), float(t.max()))
    there = desk.session.bench.player.exists(desk.trace.value("y"))
    spec = Scatter(
        t,
        y if there else np.full_like(t, np.nan),
        line=(1.0, 0.0),
        selected=_example(desk, t.size),
        x_label="t",
        y_label="y",
        x_limits=limits,
        y_limits=limits,
    )
    return scatter(spec, width, height, look)


def _cloud(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The means of batches of gradients as points, in a frame that shows most rows' own."""
    frame = FRAME * float(_numbers(desk, "grads").std())
    means = _numbers(desk, "means")
    there = desk.session.bench.player.exists(desk.trace.value("means"))
    shown = means if there else np.full_like(means, np.nan)
    limits = (-frame, frame)
    spec = Scatter(
        shown[:, 0],
        shown[:, 1],
        x_label="means[0]",
        y_label="means[1]",
        x_limits=limits,
        y_limits=limits,
    )
    return scatter(spec, width, height, look)


FIGURES = {
    "fit": _fit,
    "weights": _weights,
    "agreement": _agreement,
    "descent": on_a_curve,
    "contour": on_a_map,
    "walkers": walkers,
    "cloud": _cloud,
    "sigmoid": figures_neuron.sigmoid,
    "slopes": figures_neuron.slopes,
    "s-curve": s_curve,
    "sketch": sketch,
    "weight-bars": figures_layers.weight_bars,
    "unrolled": figures_moments.unrolled,
    "valves": figures_moments.valves,
    "odds": odds,
    "rounding": rounding,
    "errors": errors,
    "law": law,
    "memory": memory,
    "timeline": timeline,
    "policy": policy,
    "policy-best": policy_best,
    "plane": on_the_plane,
    "hidden": in_hidden_space,
    "success": successes,
    "cache": cache,
    "attention": looks,
    "tokens": tokens,
    "turns": turns,
    "waves": waves,
    "maps": feature_maps,
    "drawing": drawing,
    "misread": misread,
    "river": river,
    "embedding": embedding,
    "speech": speech,
    "similarity": similarity,
}
WORDED = {
    "layers": figures_layers.layers,
    "layers-mean": figures_layers.layers_mean,
    "histogram": figures_layers.histogram,
    "window": figures_windows.window,
    "exercise": exercise,
    "answers": answers,
}
"""Pictures with words in them, which the language says."""
CAPTIONS = {DRAWING: drawing_caption, "window": figures_windows.window_caption}
"""Pictures whose title depends on what they show."""


def _numbers(desk: Desk, name: str) -> np.ndarray:
    return desk.trace.data(desk.trace.value(name))


def _latest(desk: Desk, name: str) -> Value:
    """A parameter as the update left it, once that has run."""
    names = {value.name: value for value in desk.trace.values}
    updated = names.get(f"{name}'")
    there = updated is not None and desk.session.bench.player.exists(updated)
    return updated if updated is not None and there else names[name]


def _line(desk: Desk, mark: str) -> tuple[float, float] | None:
    """Slope and intercept, where both have been computed."""
    names = {value.name: value for value in desk.trace.values}
    found = [names.get(f"w{mark}") or names["w"], names.get(f"b{mark}") or names["b"]]
    player = desk.session.bench.player
    if mark and not any(v.name.endswith(mark) and player.exists(v) for v in found):
        return None
    there = [v if player.exists(v) else names[v.name.rstrip("'")] for v in found]
    if not all(player.exists(v) for v in there):
        return None
    slope, intercept = (float(desk.trace.data(v).reshape(-1)[0]) for v in there)
    return slope, intercept


def _example(desk: Desk, count: int) -> int | None:
    """The example that the cursor is on, if it is in a value with a row for each."""
    shape = desk.selected.shape
    return desk.cell[0] if shape and shape[0] == count else None
