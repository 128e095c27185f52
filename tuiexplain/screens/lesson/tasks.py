"""Pictures of a run that learns tasks: its answers before and now, and what it forgets for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.strip import Strip

from tuiexplain.lab.protocol import Quizzed
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.picture import Line
from tuiexplain.views.prose import prose
from tuiexplain.views.text import width_of

if TYPE_CHECKING:
    from tuiexplain.screens.lesson.dashboard import View

Drawn = list[Strip] | None
GAP = 2


def answers(view: View, head: Line, width: int, height: int) -> Drawn:
    """How many held-out tasks are solved, and of some the answer before the run and now."""
    heard, look = view.run.heard, view.look
    if not heard.quizzes:
        return None
    first, now = heard.quizzes[0], heard.quizzes[-1]
    columns = [first] if now is first else [first, now]
    prompts = [look.write(prompt) for prompt, _, _ in now.tasks]
    asked = min(max(map(width_of, prompts), default=0), width // 3)
    each = max(1, (width - asked) // 2 - GAP)
    ends = [asked + GAP + number * (each + GAP) for number in range(len(columns))]
    line = Line(width).add(look.write(view.words("task")), look.muted)
    for quizzed, end in zip(columns, ends, strict=True):
        line.to(end).add(look.write(view.words("at_step", step=quizzed.step)), look.muted)
    strips = [_solved(view, width), line.strip()]
    for number in range(min(len(now.tasks), height - len(strips))):
        row = Line(width).extend(_cell(view, prompts[number], asked, look.text))
        for quizzed, end in zip(columns, ends, strict=True):
            row.to(end).extend(_answer(view, quizzed, number, each))
        strips.append(row.strip())
    return strips


def _solved(view: View, width: int) -> Strip:
    """The share of all held-out tasks, at first and now."""
    told, look = view.run.heard.evaluations, view.look
    line = Line(width).add(look.write(view.words("solved")), look.muted).space(1)
    shares = [e.solved for e in told if e.solved is not None]
    if len(shares) > 1:
        line.add(f"{shares[0]:.1%}", look.number).space(1).add(look.glyphs.forward, look.faint)
        line.space(1)
    return line.add(f"{shares[-1]:.1%}" if shares else look.glyphs.dash, look.number).strip()


def _answer(view: View, quizzed: Quizzed, number: int, width: int) -> Strip:
    """An answer with a sign: a point if it is right, a cross if it is not."""
    look = view.look
    _, wanted, said = quizzed.tasks[number]
    right = said == wanted
    style = look.good if right else look.bad
    line = Line(width).add(look.glyphs.point if right else look.glyphs.cross, style).space(1)
    shown = look.write(said) or look.glyphs.dash
    return line.extend(_cell(view, shown, width - 2, look.text if right else look.muted)).strip()


def _cell(view: View, text: str, width: int, style: Style) -> Strip:
    return Line(max(0, width)).add(text, style, view.look.glyphs.ellipsis).strip()


def forgetting(view: View, head: Line, width: int, height: int) -> Drawn:
    """The loss on the text that the base had learnt, beside that on the held-out tasks."""
    told, look = view.run.heard.evaluations, view.look
    there = [e for e in told if e.base_loss is not None]
    if not there:
        return None
    steps = [e.step for e in there]
    former = [float(e.base_loss or 0.0) for e in there]
    series = [
        Series(view.words("former_text"), former, steps=steps),
        Series(view.words("held_out_tasks"), [e.val_loss for e in there], steps=steps),
    ]
    before, now = former[0], former[-1]
    change = format_number(now - before, sign=True)
    sentence = view.words("forgotten", before=format_number(before), change=change)
    below = prose(sentence, width, look, style=look.muted).strips
    above = curve(Curve(series), width, max(0, height - len(below)), look)
    return [*above, *below]
