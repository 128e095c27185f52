"""The pictures of a run while it trains: what each shows, and what must be watched for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tuiexplain.course.lab_run import LabRun
from tuiexplain.course.lab_words import sentence
from tuiexplain.course.languages import tr
from tuiexplain.lab.observing.sights import Array, Kind, Seen, Sight
from tuiexplain.screens.lesson import adapters, preferring, sizes, tasks
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.heatmap import HeatMap
from tuiexplain.views.histogram import LEAST_HEIGHT, Histogram, histogram
from tuiexplain.views.layers import Column, Layers, layers
from tuiexplain.views.look import Look
from tuiexplain.views.matrix import Matrix
from tuiexplain.views.passage import Tokens, passage, tokens
from tuiexplain.views.picture import Line, Picture, beside, fill
from tuiexplain.views.prose import prose
from tuiexplain.views.text import width_of

LEAST = 13
"""Lines that a picture should have before another one is put under it."""
WIDE = 64
"""Columns from which on two things stand side by side in a picture."""
GAP = 2
TOKEN = 4
"""Columns of a token in the table of what was said."""


@dataclass(frozen=True)
class View:
    """What is shown of a run, and how. ``at`` is which weights, and which layer's attention."""

    run: LabRun
    look: Look
    language: str
    at: int = 0

    def words(self, key: str, **fields: object) -> str:
        """A text of the interface."""
        return tr(f"lab.{key}", self.language, **fields)

    def seen(self, sight: Sight) -> Seen | None:
        """What was seen last."""
        return self.run.heard.seen.get(str(sight))

    @property
    def parameter(self) -> str | None:
        """The weights that are shown."""
        scene = self.run.heard.scene
        return None if scene is None else _chosen(list(scene.parameters), self.at)

    @property
    def attention(self) -> str | None:
        """The layer whose attention is shown."""
        scene = self.run.heard.scene
        return (
            None if scene is None or not scene.attention else _chosen([*scene.attention], self.at)
        )

    @property
    def changed(self) -> str | None:
        """The layer whose change is shown."""
        scene = self.run.heard.scene
        return None if scene is None or not scene.changes else _chosen(scene.changes, self.at)

    # -- drawing ---------------------------------------------------------------------------------

    def stack(self, pictures: list[str], width: int, height: int) -> Picture:
        """Pictures one above the other, each under its name."""
        strips: list[Strip] = []
        for number, name in enumerate(pictures):
            share = (height - len(strips)) // (len(pictures) - number)
            strips += self.draw(name, width, share).strips
        return Picture(fill(strips, width, height))

    def draw(self, picture: str, width: int, height: int) -> Picture:
        """One picture under its name, in exactly ``width`` x ``height``."""
        return _draw(self, picture, width, height)

    def summary(self, width: int, height: int) -> Picture:
        """What trains, on what, how far it is; or why it does not."""
        return _summary(self, width, height)

    def progress(self, width: int) -> Picture:
        """How many of the steps are done, as a bar."""
        return _progress(self, width)


def _chosen(names: list[str], at: int) -> str:
    return names[at % len(names)]


def sights(view: View, picture: str) -> list[Sight]:
    """What a picture needs to have watched."""
    if picture == "tokens":
        return [Sight(Kind.TOKENS)]
    if picture == "layers":
        return [Sight(Kind.LAYERS)]
    if picture == "attention" and view.attention is not None:
        return [Sight(Kind.ATTENTION, view.attention)]
    if picture == "change" and view.changed is not None:
        return [Sight(Kind.CHANGE, view.changed)]
    if picture == "weights" and view.parameter is not None:
        return [Sight(Kind.WEIGHT, view.parameter), Sight(Kind.GRADIENT, view.parameter)]
    return []


def fitting(pictures: list[str], height: int) -> list[str]:
    """As many of the pictures as there is height for, one above the other."""
    return pictures[: max(1, height // LEAST)]


def _draw(view: View, picture: str, width: int, height: int) -> Picture:
    head = Line(width).add(view.look.write(view.words(f"picture_{picture}")), view.look.title)
    room = max(0, height - 1)
    strips = _PICTURES[picture](view, head, width, room)
    if strips is None:
        strips = prose(view.words(_waits_for(view)), width, view.look, style=view.look.muted).strips
    return Picture(fill([head.strip(), *fill(strips, width, room)], width, height))


def _waits_for(view: View) -> str:
    """Which words stand where there is nothing to draw yet."""
    if not view.run.alive:
        return "not_begun"
    return "not_yet" if view.run.heard.ready is None else "on_its_way"


Drawn = list[Strip] | None


def _curve(view: View, head: Line, width: int, height: int) -> Drawn:
    heard = view.run.heard
    if not heard.evaluations:
        return None
    at, losses = heard.steps, heard.losses
    held_out = heard.evaluations
    series = [Series(view.words("batch_loss"), losses, steps=at)] if losses else []
    series.append(
        Series(
            view.words("held_out"),
            [e.val_loss for e in held_out],
            steps=[e.step for e in held_out],
            lowest=True,
        )
    )
    return curve(Curve(series), width, height, view.look)


def _samples(view: View, head: Line, width: int, height: int) -> Drawn:
    strips: list[Strip] = []
    for number, sample in enumerate(reversed(view.run.heard.samples)):
        room = height - len(strips)
        if room < 2:
            break
        strips.append(
            Line(width).add(view.words("at_step", step=sample.step), view.look.muted).strip()
        )
        # The newest has most of the room; of the others a glimpse, to compare.
        most = max(3, height // 2) if number == 0 else 3
        style = view.look.text if number == 0 else view.look.muted
        text = sample.text.strip("\n")
        strips += passage(text, width, min(most, room - 1), view.look, style)
    return strips or None


def _speech(view: View, head: Line, width: int, height: int) -> Drawn:
    """How fast it speaks, what it said, and of the last tokens the odds and the rivals."""
    spoken, look = view.run.heard.spoken, view.look
    if spoken is None:
        return None
    fast, slow = spoken.cached_per_s, spoken.uncached_per_s
    strips = []
    for key, rate in (("with_cache", fast), ("without_cache", slow)):
        line = Line(width).add(look.write(view.words(key)), look.muted, look.glyphs.ellipsis)
        told = view.words("tokens_per_s", rate=f"{rate:,.0f}")
        strips.append(line.space(1).add(look.write(told), look.number).strip())
    most = max(1, (height - len(strips)) // 3)
    strips += passage("".join(spoken.tokens).strip("\n"), width, most, look)
    rows = list(zip(spoken.tokens, spoken.odds, spoken.rivals, strict=True))
    for token, chance, rivals in rows[-max(1, height - len(strips)) :]:
        line = Line(width).add(look.write(_shown(token)), look.name).to(TOKEN)
        line.add(f"{chance:.2f}", look.number)
        for rival, its_chance in rivals:
            line.space(2).add(look.write(_shown(str(rival))), look.text)
            line.add(f" {its_chance:.2f}", look.muted)
        strips.append(line.strip())
    return strips


def _shown(token: str) -> str:
    """A token in a table, where spaces and line breaks would not be seen."""
    return token.replace(" ", "_").replace("\n", "/")


def _tokens(view: View, head: Line, width: int, height: int) -> Drawn:
    seen, scene = view.seen(Sight(Kind.TOKENS)), view.run.heard.scene
    if seen is None or scene is None:
        return None
    losses = seen.arrays["loss"]
    _at_step(view, head, seen)
    most = math.log(max(2, view.run.heard.ready.classes)) if view.run.heard.ready else None
    counts = scene.counts or [True] * len(losses)
    spec = Tokens(scene.tokens, losses, most, counts=scene.counts)
    right = seen.arrays["guess"] if scene.vocabulary else None
    lines = tokens(spec, width, height, view.look)
    strips = [s for s in lines if s.text.strip()]
    told = view.words("mean_loss", loss=format_number(float(losses[np.array(counts)].mean())))
    strips.append(Line(width).strip())
    if scene.counts:
        learnt = view.words("learnt_or_not")
        strips += prose(learnt, width, view.look, style=view.look.muted).strips
    strips += prose(told, width, view.look, style=view.look.muted).strips
    if right is not None:
        guesses = [scene.vocabulary[int(token)] for token in right]
        hit = np.array([g == t for g, t in zip(guesses, scene.tokens, strict=False)])
        strips += prose(view.words("guesses"), width, view.look, style=view.look.muted).strips
        guessed = Tokens(
            guesses, np.where(hit, 0.0, 1.0) * losses, most, breaks=False, counts=scene.counts
        )
        strips += tokens(guessed, width, max(0, height - len(strips)), view.look)
    return strips


def _layers(view: View, head: Line, width: int, height: int) -> Drawn:
    seen, scene = view.seen(Sight(Kind.LAYERS)), view.run.heard.scene
    if seen is None or scene is None:
        return None
    _at_step(view, head, seen)
    names = [short(name) for name in scene.parameters]
    told = [n for n in ("gradient", "ratio") if n in seen.arrays]
    if width < WIDE // 2:
        told = told[:1]
    columns = [Column(view.words(name), seen.arrays[name].tolist()) for name in told]
    return layers(Layers(names, columns), width, height, view.look).strips


def _attention(view: View, head: Line, width: int, height: int) -> Drawn:
    name = view.attention
    seen = None if name is None else view.seen(Sight(Kind.ATTENTION, name))
    if seen is None or name is None:
        return None
    head.space(1).add(short(name), view.look.name)
    _at_step(view, head, seen)
    heads = seen.arrays["weights"]
    across = _across(len(heads), heads.shape[1], width, height)
    down = -(-len(heads) // across)
    each, tall = (width - GAP * (across - 1)) // across, max(2, height // down)
    rows: list[Strip] = []
    for first in range(0, len(heads), across):
        drawn = []
        for number in range(first, min(first + across, len(heads))):
            title = Line(each).add(view.words("head", number=number), view.look.muted).strip()
            matrix = Matrix(values=heads[number].astype(float), largest=1.0)
            drawn.append(([title, *HeatMap(matrix, each, tall - 1, view.look).strips(each)], each))
        rows += [_widened(strip, width) for strip in beside(drawn, GAP)]
    return rows


def _across(heads: int, tokens: int, width: int, height: int) -> int:
    """How many heads stand side by side: as many as gives each the most lines and columns."""

    def size(across: int) -> float:
        each = (width - GAP * (across - 1)) // across
        down = -(-heads // across)
        return min(each / tokens, 2 * (height // down - 1) / tokens)

    return max(range(1, heads + 1), key=size)


def _weights(view: View, head: Line, width: int, height: int) -> Drawn:
    name = view.parameter
    weight = None if name is None else view.seen(Sight(Kind.WEIGHT, name))
    if name is None or weight is None:
        return None
    head.space(1).add(short(name), view.look.name)
    scene = view.run.heard.scene
    assert scene is not None
    times = view.look.glyphs.times
    head.space(1).add(times.join(map(str, scene.parameters[name])), view.look.faint)
    _at_step(view, head, weight)
    gradient = view.seen(Sight(Kind.GRADIENT, name))
    half = (width - GAP) // 2
    drawn = [(_tensor(view, "weight", weight, half, height), half)]
    if gradient is not None:
        rest = width - GAP - half
        drawn.append((_tensor(view, "gradient", gradient, rest, height), rest))
    return [_widened(strip, width) for strip in beside(drawn, GAP)]


def _tensor(view: View, key: str, seen: Seen, width: int, height: int) -> list[Strip]:
    """Thumbnail, histogram, and the sums in words."""
    look = view.look
    counted = max(LEAST_HEIGHT, height // 3)
    picture: Array = seen.arrays["picture"].astype(float)
    heat = HeatMap(Matrix(values=picture), width, max(1, height - counted - 2), look)
    strips = [Line(width).add(look.write(view.words(key)), look.muted).strip(), *heat.strips(width)]
    _, norm, _, _ = seen.arrays["sums"].tolist()
    told = view.words("norm", norm=format_number(norm))
    strips.append(Line(width).add(look.write(told), look.faint).strip())
    samples = Histogram(
        seen.arrays["samples"], mean=view.words("mean"), spread=view.words("spread")
    )
    return [*strips, *histogram(samples, width, counted, look).strips]


_PICTURES: dict[str, Callable[[View, Line, int, int], Drawn]] = {
    "curve": _curve,
    "samples": _samples,
    "tokens": _tokens,
    "layers": _layers,
    "attention": _attention,
    "weights": _weights,
    "speech": _speech,
    "answers": tasks.answers,
    "forgetting": tasks.forgetting,
    "change": adapters.change,
    "cost": adapters.cost,
    "preferences": preferring.preferences,
    "sizes": sizes.sizes,
}


def short(name: str) -> str:
    """A parameter's name without what all of them have."""
    return name.removeprefix("transformer.").removesuffix(".weight").removeprefix("h.")


def _at_step(view: View, head: Line, seen: Seen) -> None:
    told = view.look.write(view.words("at_step", step=seen.step))
    if head.room > width_of(told) + 1:
        head.to(head.width - width_of(told)).add(told, view.look.muted)


def _widened(strip: Strip, width: int) -> Strip:
    return Line(width).extend(strip).strip()


# -- what is said of the run -----------------------------------------------------------------------


def _summary(view: View, width: int, height: int) -> Picture:
    run, look = view.run, view.look
    heard, ready, settings = run.heard, run.heard.ready, run.settings
    if run.trouble is not None:
        trouble = sentence(run.trouble, view.language)
        strips = passage(trouble, width - 2, height, look, look.bad)
        return Picture(
            fill([Line(width).space(1).extend(s).strip() for s in strips], width, height)
        )
    told: list[tuple[str, Style]] = []
    if ready is None:
        shape = view.words(
            "shape", layers=settings.layers, width=settings.width, context=settings.context
        )
        told.append((shape, look.text))
    else:
        model = view.words("model", parameters=f"{ready.parameters:,}", device=ready.device_name)
        name = Path(settings.data).name or settings.model
        text = view.words("text", name=name, classes=f"{ready.classes:,}")
        told += [(model, look.text), (text, look.muted)]
    if (latest := heard.latest) is not None:
        lr, norm = format_number(latest.lr), format_number(latest.grad_norm)
        learning = view.words("learning", lr=lr, norm=norm)
        if latest.tokens_per_s is not None:
            learning += " · " + view.words("speed", speed=f"{latest.tokens_per_s:,.0f}")
        told.append((learning, look.muted))
        for rank, (own, rate) in enumerate(latest.shares):
            share = {"norm": format_number(own or math.nan), "speed": f"{rate or 0:,.0f}"}
            told.append((view.words("process", rank=rank, **share), look.muted))
    if heard.samples:
        told.append((" ".join(heard.samples[-1].text.split()), look.name))
    lines = [
        Line(width).space(1).add(look.write(text), style, look.glyphs.ellipsis).strip()
        for text, style in told
    ]
    return Picture(fill(lines, width, height))


def _progress(view: View, width: int) -> Picture:
    run, look, glyphs = view.run, view.look, view.look.glyphs
    done, of = run.heard.step, max(1, run.settings.steps)
    told = view.words("step_of", step=done, of=of)
    room = max(0, width - width_of(told) - 3)
    filled = min(room, room * done // of)
    line = Line(width).space(1).add(glyphs.heavy * filled, look.update)
    line.add(glyphs.line * (room - filled), look.faint).space(1).add(look.write(told), look.muted)
    return Picture([line.strip()])
