"""What is told in lines: title, dials, data, and how good the network is."""

from __future__ import annotations

import math

from textual.strip import Strip

from tuiexplain.course.languages import tr
from tuiexplain.play.cost import cost
from tuiexplain.play.wording import choice, data_name, dial_name, note_told
from tuiexplain.screens.play.dials import Turn
from tuiexplain.screens.play.network import feature
from tuiexplain.screens.play.seeing import Seen
from tuiexplain.screens.play.surfaces import legend
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.cloud import Cloud, cloud
from tuiexplain.views.confusion import Confusion, confusion
from tuiexplain.views.look import Look
from tuiexplain.views.picture import Area, Line, Picture, area_hits, fill
from tuiexplain.views.prose import prose
from tuiexplain.views.text import fit, shorten, width_of

MOST_NAME = 16
"""Columns of the data's name that nothing else takes away."""


def title(seen: Seen, speed: float, told: dict[str, float], width: int) -> Picture:
    """What is played with, and where the run is: epoch, step, loss, speed, as there is room."""
    look, language, play = seen.look, seen.language, seen.play
    words = [
        tr("play.epoch", language, epoch=f"{seen.step // play.steps_per_epoch:,}"),
        tr("play.step", language, step=f"{seen.step:,}"),
    ]
    if "loss" in told:
        words.append(tr("play.loss", language, loss=format_number(told["loss"], 3)))
    if speed:
        words.append(tr("play.speed", language, speed=f"{speed:,.0f}"))
    line = Line(width).space(1).add(look.write(tr("play.title", language)), look.title)
    line.add(look.write(" · "), look.muted)
    data = look.write(data_name(play.design.data, play.dataset.name, language))
    least = line.used + min(width_of(data), MOST_NAME) + 2
    while words and width_of(here := look.write(" · ".join(words))) + least >= width:
        words.pop()
    room = width - line.used - width_of(here) - 3
    line.add(shorten(data, room, look.glyphs.ellipsis), look.name)
    line.to(width - width_of(here) - 1).add(here, look.muted)
    return Picture([line.strip()])


def dials(seen: Seen, turns: list[Turn], chosen: int | None, width: int, height: int) -> Picture:
    """Every dial under its heading; as much of the list as there is room for around the chosen."""
    look, language = seen.look, seen.language
    lines: list[tuple[Line, int | None]] = []
    group = ""
    for index, turn in enumerate(turns):
        if turn.group != group:
            group = turn.group
            lines.append((_heading(seen, group, width), None))
        lines.append((_dial(turn, index == chosen, width, look, language), index))
    at = next((y for y, (_, index) in enumerate(lines) if index == chosen and index is not None), 0)
    keys = [] if chosen is None else _keys(width, look, language)
    room = height - len(keys)
    top = min(max(0, at - room // 2), max(0, len(lines) - room))
    shown = lines[top : top + room]
    places: list[tuple[object, Area]] = [
        (("dial", index), Area(0, y, width, 1))
        for y, (_, index) in enumerate(shown)
        if index is not None
    ]
    if chosen is not None and chosen < len(turns):
        y, known = at - top, turns[chosen]
        start = width - width_of(_said(known, width, look, language)) - 4
        arrows = [(("turn", -1), Area(start, y, 2, 1)), (("turn", 1), Area(width - 2, y, 2, 1))]
        places = [*arrows, *places]
    strips = fill([line.strip() for line, _ in shown], width, room)
    return Picture([*strips, *(line.strip() for line in keys)], area_hits(places))


def _heading(seen: Seen, group: str, width: int) -> Line:
    at = seen.standing.layer
    name = tr(f"play.group_{group}", seen.language, layer=0 if at is None else at + 1)
    return Line(width).add(seen.look.write(name), seen.look.title)


def _dial(turn: Turn, chosen: bool, width: int, look: Look, language: str) -> Line:
    dial, setting = turn.dial, turn.setting
    shown = choice(setting, language) if isinstance(setting, str) else format_number(float(setting))
    name = " ".join(filter(None, (dial_name(dial.id, language), dial.symbol)))
    line = Line(width).add(look.glyphs.right if chosen else " ", look.cause).space(1)
    if chosen:
        shown = f"{look.glyphs.left} {shown} {look.glyphs.right}"
    room = max(1, width - line.used - width_of(shown) - 1)
    line.add(
        shorten(look.write(name), room, look.glyphs.ellipsis),
        look.highlight if chosen else look.text,
    )
    return line.to(width - width_of(shown)).add(shown, look.number)


def _said(turn: Turn, width: int, look: Look, language: str) -> str:
    """What a dial is set to."""
    setting = turn.setting
    said = choice(setting, language) if isinstance(setting, str) else format_number(float(setting))
    return shorten(look.write(said), max(4, width // 2), look.glyphs.ellipsis)


def _keys(width: int, look: Look, language: str) -> list[Line]:
    told = prose(tr("screen.dials_keys", language), width, look, style=look.muted)
    return [Line(width), *(Line(width).extend(strip) for strip in told.strips)]


def data(seen: Seen, width: int, height: int) -> Picture:
    """The points in a small picture, how many there are, and what was done to them."""
    look, language, found = seen.look, seen.language, seen.play.dataset
    name = look.write(data_name(seen.play.design.data, found.name, language))
    head = Line(width).add(name, look.title, look.glyphs.ellipsis)
    counts = tr("play.rows", language, train=len(found.train), test=len(found.test))
    told = [Line(width).add(look.write(counts), look.muted, look.glyphs.ellipsis)]
    if found.classes:
        told += legend(seen, width)
    told_of = [note_told(note, language) for note in found.notes]
    if not seen.play.design.generated:
        told_of.append(", ".join(map(feature, found.columns)))
    for note in told_of:
        strips = prose(look.write(note), width, look, style=look.muted).strips
        told += [Line(width).extend(strip) for strip in strips]
    room = height - 1 - min(len(told), max(2, height // 2))
    rows = found.train
    below = None if found.classes else found.targets[rows] < 0
    kinds = found.targets[rows] if below is None else below
    drawn = cloud(
        Cloud(seen.points[rows], kinds.astype(int), *seen.limits, not found.classes),
        width, max(0, room), look,
    )  # fmt: skip
    strips = [head.strip(), *drawn.strips, *(line.strip() for line in told)]
    return Picture(fill(strips, width, height))


def score(
    seen: Seen, told: dict[str, float], speed: float, wide: tuple[int, int], held: bool
) -> Picture:
    """Losses, accuracies, the cost of a step, and which class is taken for which."""
    width, height = wide
    look, language, play = seen.look, seen.language, seen.play
    head = Line(width).add(look.write(tr("play.score", language)), look.title)
    names = [look.write(tr(f"play.{side}", language)) for side in ("train", "test")]
    for at, name in enumerate(names):
        head.to(width - 10 * (2 - at)).add(fit(name, 9, "right"), look.muted)
    lines = [head]
    rows = [("loss_word", ("train_loss", "test_loss"))]
    if play.dataset.classes:
        rows.append(("accuracy", ("accuracy", "test_accuracy")))
    for key, both in rows:
        line = Line(width).add(look.write(tr(f"play.{key}", language)), look.text)
        for at, name in enumerate(both):
            line.to(width - 10 * (2 - at)).add(f"{_number(name, told):>9}", look.number)
        lines.append(line)
    lines += [Line(width).extend(s) for s in _cost(seen, speed, width)]
    if play.dataset.classes and height - len(lines) > 3:
        lines.append(Line(width))
        of = tr("play.confusion_test" if held else "play.confusion_train", language)
        lines.append(Line(width).add(look.write(of), look.title))
        room = height - len(lines)
        table = Confusion(
            play.confusion(seen.step, held), play.dataset.classes,
            tr("play.true", language), tr("play.right", language),
        )  # fmt: skip
        strips = confusion(table, width, room, look).strips
        return Picture([*(line.strip() for line in lines), *strips])
    return Picture(fill([line.strip() for line in lines], width, height))


def _number(name: str, told: dict[str, float]) -> str:
    number = told.get(name, math.nan)
    if "accuracy" in name:
        return f"{number:.1%}" if math.isfinite(number) else "-"
    return format_number(number, 3)


def _cost(seen: Seen, speed: float, width: int) -> list[Strip]:
    """What a step takes: numbers that are learnt, multiplications, time."""
    play, look = seen.play, seen.look
    found = cost(play.program)
    fields = {
        "count": f"{found.learnt:,}",
        "products": f"{found.products:,}",
        "micros": f"{1e6 / speed:,.0f}" if speed else "",
    }
    text = tr("play.cost" if speed else "play.cost_untimed", seen.language, **fields)
    return prose(look.write(text), width, look, style=look.muted).strips
