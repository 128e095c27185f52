"""Pictures of a run that changes a trained model: what it costs, and what has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from tuiexplain.course.lab_run import Heard
from tuiexplain.lab.observing.sights import Kind, Sight
from tuiexplain.lab.settings import Settings
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.layers import Column, Layers, layers
from tuiexplain.views.picture import Line, beside
from tuiexplain.views.prose import prose
from tuiexplain.views.text import fit, width_of

if TYPE_CHECKING:
    from tuiexplain.screens.lesson.dashboard import View

Drawn = list[Strip] | None
GAP = 2
NARROW = 52
"""Columns below which what moved and how stand one above the other."""
GRADIENT_AND_ADAM = 12
"""Bytes of a number that is trained: its gradient and Adam's two means, 4 each."""


def cost(view: View, head: Line, width: int, height: int) -> Drawn:
    """What is trained and what that takes, what it has reached: this run, and the one before."""
    heard, look, former = view.run.heard, view.look, view.run.former
    if heard.ready is None:
        return None
    columns = [_cost(view, view.run.settings, heard)]
    if former is not None and former.heard.ready is not None:
        columns.append(_cost(view, former.settings, former.heard))
    names = [look.write(view.words(f"cost_{key}")) for key in columns[0]]
    left = min(max(map(width_of, names)) + GAP, width // 2)
    each = max(1, (width - left) // 2)
    strips: list[Strip] = []
    for row, (key, name) in enumerate(zip(columns[0], names, strict=True)):
        line = Line(width).add(fit(name, left - 1, "left", look.glyphs.ellipsis), look.muted)
        for number, column in enumerate(columns):
            style = look.title if row == 0 else (look.number if number == 0 else look.muted)
            line.to(left + number * each).add(look.write(column[key]), style, look.glyphs.ellipsis)
        strips.append(line.strip())
    return strips


def _cost(view: View, settings: Settings, heard: Heard) -> dict[str, str]:
    """A column of the table, by the keys of its rows."""
    ready, last = heard.ready, heard.evaluations[-1] if heard.evaluations else None
    assert ready is not None
    trained = ready.trained or ready.parameters
    dash = view.look.glyphs.dash
    solved = None if last is None else last.solved
    forgotten = None if last is None else last.base_loss
    return {
        "run": _method(view, settings),
        "step": f"{heard.step:,}",
        "trained": f"{trained:,}",
        "frozen": f"{ready.parameters - trained:,}",
        "memory": view.words("kilobytes", number=f"{trained * GRADIENT_AND_ADAM / 1000:,.0f}"),
        "solved": dash if solved is None else f"{solved:.1%}",
        "forgotten": dash if forgotten is None else format_number(forgotten),
        "time": dash if last is None else view.words("seconds", number=f"{last.seconds:,.0f}"),
    }


def _method(view: View, settings: Settings) -> str:
    return view.words(f"method_{settings.method}", rank=settings.rank)


def change(view: View, head: Line, width: int, height: int) -> Drawn:
    """How far each matrix moved, and the singular values of the change of one of them."""
    scene, name, look = view.run.heard.scene, view.changed, view.look
    seen = None if name is None else view.seen(Sight(Kind.CHANGE, name))
    if scene is None or name is None or seen is None:
        return None
    head.space(1).add(_short(name), look.name)
    rival = None
    if view.run.former is not None:
        rival = view.run.former.heard.seen.get(str(seen.sight))
    told = prose(_legend(view), width, look, style=look.muted).strips
    height = max(0, height - len(told))
    across = width >= NARROW
    half = (width - GAP) // 2 if across else width
    names = [_short(n) for n in scene.changes]
    moved = Column(view.words("moved"), seen.arrays["moved"].tolist())
    room = height if across else height // 2
    selected = scene.changes.index(name)
    left = layers(Layers(names, [moved], selected), half, room, look).strips
    values = seen.arrays["singular"].tolist()
    others = None if rival is None else rival.arrays["singular"].tolist()
    count = len(values)
    spectrum = Bars(
        [str(i + 1) for i in range(count)],
        values,
        None if others is None else [*others, *[0.0] * count][:count],
    )
    rest = width - half - GAP if across else width
    title = Line(rest).add(look.write(view.words("singular")), look.muted, look.glyphs.ellipsis)
    tall = height if across else height - room
    right = [title.strip(), *bars(spectrum, rest, max(0, tall - 1), look).strips]
    if not across:
        return [*left, *right, *told]
    rows = beside([(left, half), (right, rest)], GAP)
    return [*(Line(width).extend(row).strip() for row in rows), *told]


def _legend(view: View) -> str:
    """Whose bars these are, and whose marks."""
    now = _method(view, view.run.settings)
    if view.run.former is None:
        return view.words("change_now", now=now)
    return view.words("change_beside", now=now, before=_method(view, view.run.former.settings))


def _short(name: str) -> str:
    return name.removeprefix("transformer.").removeprefix("h.")
