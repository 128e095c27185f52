"""What a language model reads, what it shall say, and where it pays; and what it says by itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tuiexplain.course.experiment import Training
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.standing import shown_state
from tuiexplain.trace.run import Run
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.look import Look
from tuiexplain.views.passage import passage
from tuiexplain.views.picture import Picture
from tuiexplain.views.token_strip import Column, TokenStrip, token_strip

EXERCISES = "bert_reads", "bert_says", "gpt_says"
"""Values that are made of the line."""
READS, ANSWERS, LOSSES, SIMILARITY = "line", "answers", "losses", "similarity"


def exercise(desk: Desk, width: int, height: int, look: Look, say: Callable[..., str]) -> Picture:
    """A line of text as it stands, and beside it each exercise that was made of it.

    What differs from the line stands out, and so do the places that an answer is asked for.
    """
    line = _numbers(desk, "line")
    assert line is not None
    columns = [Column(say("figure.line"), _words(desk, line), [False] * len(line))]
    for name in EXERCISES:
        found = _numbers(desk, name)
        row = np.full(len(line), -1) if found is None else np.resize(found, len(line))
        if found is not None:
            row[len(found) :] = -1
        lit = (row != line) if name.endswith("reads") else row >= 0
        title = say(f"figure.{name}")
        columns.append(Column(title, _words(desk, row), (lit & (row >= 0)).tolist()))
    place = desk.cell[0] if desk.cell and desk.selected.shape[:1] == line.shape else None
    return token_strip(TokenStrip(columns, selected=place), width, height, look)


def answers(desk: Desk, width: int, height: int, look: Look, say: Callable[..., str]) -> Picture:
    """The places of the line that is read now, with the answer asked for, and what each costs."""
    line, asked = _numbers(desk, READS), _numbers(desk, ANSWERS)
    if line is None or asked is None:
        return Picture([])
    losses = _numbers(desk, LOSSES)
    pays = asked >= 0
    costs = [float(losses[i]) if losses is not None and pays[i] else None for i in range(len(line))]
    columns = [
        Column(say("figure.reads"), _words(desk, line), [False] * len(line)),
        Column(say("figure.says"), _words(desk, asked), pays.tolist()),
    ]
    place = desk.cell[0] if desk.cell and desk.selected.shape[:1] == line.shape else None
    return token_strip(TokenStrip(columns, costs, place), width, height, look)


def speech(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """What the network says by itself, with the parameters as they are here."""
    program = _program(desk)
    if program is None:
        return Picture([])
    said = program.said(shown_state(desk))
    text = " ".join(program.experiment.tokens[token] for token in said)
    return Picture(passage(text, width, height, look))


def similarity(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """How alike the vector of a place is to rows of the table, once that is computed."""
    value = next((v for v in desk.trace.values if v.name == SIMILARITY), None)
    if value is None or not desk.session.bench.player.exists(value):
        return Picture([])
    names = (value.labels[0] if value.labels else None) or tuple(map(str, range(value.size)))
    spec = Bars(names, desk.trace.data(value).tolist(), largest=1.0)
    return bars(spec, width, min(height, value.size), look)


def _program(desk: Desk) -> Training | None:
    run = desk.session.bench.run
    return run.program if isinstance(run, Run) and isinstance(run.program, Training) else None


def _numbers(desk: Desk, name: str) -> np.ndarray | None:
    """A value's tokens, once they are there."""
    value = next((v for v in desk.trace.values if v.name == name), None)
    there = value is not None and desk.session.bench.player.exists(value)
    return desk.trace.data(value) if value is not None and there else None


def _words(desk: Desk, numbers: np.ndarray) -> list[str]:
    program = _program(desk)
    known = () if program is None else program.experiment.tokens
    return [known[int(n)] if 0 <= n < len(known) else "" for n in numbers]
