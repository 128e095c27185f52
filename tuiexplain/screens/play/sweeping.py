"""Sweeps: one dial over its values, each from many seeds, and how often it comes off."""

from __future__ import annotations

import re
from typing import Any

from tuiexplain.course.languages import tr
from tuiexplain.play.errors import PlayError
from tuiexplain.play.sweep import Aim, Sweep
from tuiexplain.play.wording import dial_name, sentence
from tuiexplain.screens.lesson.training import train
from tuiexplain.screens.play.choices import Choices
from tuiexplain.screens.play.dials import Turn, around
from tuiexplain.screens.play.standing import Side
from tuiexplain.screens.play.tables import Tables
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.picture import Line, Picture
from tuiexplain.views.prose import prose
from tuiexplain.views.tally import Tally, tally
from tuiexplain.views.text import QUOTED, shorten

MOST_VALUES, SEEDS, MANY_SEEDS = 6, 10, 40
STEPS = 2000
"""Training steps of a trial, unless it is said otherwise."""
_ASKED = re.compile(r"([\d,_]+)\s+(\w+)\s*[<>]?=?\s*([\d.eE+-]+)\s*(%?)")


def read_aim(text: str, measures: tuple[str, ...]) -> tuple[int, Aim] | None:
    """``2000 test_accuracy >= 0.95``: how long a trial lasts, and when it has come off."""
    found = _ASKED.fullmatch(text.strip())
    if found is None or found[2] not in measures:
        return None
    steps = int(re.sub("[,_]", "", found[1]) or 0)
    try:
        bound = float(found[3]) / (100 if found[4] else 1)
    except ValueError:
        return None
    return (steps, Aim(found[2], bound)) if steps else None


class _Trials:
    """A sweep, for who trains it between frames."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep

    @property
    def steps_taken(self) -> int:
        """Trials that are over."""
        return len(self.sweep.trials)

    def train_for(self, seconds: float, most: int | None = None) -> bool:
        """Go on for a while; ``False`` when all are made."""
        return self.sweep.train_for(seconds)


class Sweeping(Tables):
    """The command that tries one dial from many seeds."""

    sweep: Sweep | None = None
    sweeping = False
    """Whether it goes on."""
    _swept: tuple[str, list[str]] = "", []
    """What the sweep is over, and the names of its values."""

    def action_sweep(self) -> None:
        """Choose what to sweep over; while one goes on: stop it."""
        if self.sweeping:
            self.sweeping = False
            return
        self.pause()
        seeds = tr("play.sweep_seeds", self.language, count=MANY_SEEDS)
        offered: list[tuple[str, Any]] = [(seeds, "seeds")]
        turns = [t for t in self.turns if t.dial.id not in ("data", "seed")]
        for turn in sorted(turns, key=lambda t: t != self.turn):
            name = dial_name(turn.dial.id, self.language)
            offered.append((tr("play.race_dial", self.language, dial=name), turn))
        if self.turning is not None:
            offered = [*offered[1:], offered[0]]
        self.app.push_screen(Choices("play.sweep_title", offered), self._ask_aim)

    def _ask_aim(self, what: Any) -> None:
        if what is None:
            return
        measures = tuple(self.play.run.measures)
        classes = bool(self.play.dataset.classes)
        default = f"{STEPS} " + ("test_accuracy >= 0.95" if classes else "test_loss <= 0.01")

        def take(text: str) -> str | None:
            asked = read_aim(text, measures)
            if asked is None:
                found = _ASKED.fullmatch(text.strip())
                if found is not None and found[2] not in measures:
                    known, word = ", ".join(measures), shorten(found[2], QUOTED)
                    return tr("play.sweep_measure", self.language, text=word, known=known)
                return tr("play.sweep_bad", self.language, text=shorten(text, QUOTED))
            try:
                self._begin(what, *asked)
            except PlayError as error:
                return sentence(error, self.language)
            return None

        self.ask(tr("play.sweep_aim", self.language), take, default)

    def _begin(self, what: Turn | str, steps: int, aim: Aim) -> None:
        design = self.play.design
        if isinstance(what, Turn):
            values: list[Any] = list(around(what, MOST_VALUES))
            names = [self._said(value) for value in values]
            if what.dial.id == "residual":
                values = [value == "on" for value in values]
            seeds = range(design.seed, design.seed + SEEDS)
            self.sweep = Sweep(design, what.dial.id, values, seeds, steps, aim)
            self._swept = dial_name(what.dial.id, self.language), names
        else:
            seeds = range(design.seed, design.seed + MANY_SEEDS)
            self.sweep = Sweep(design, "lr", [design.lr], seeds, steps, aim)
            name = tr("play.seeds", self.language, count=MANY_SEEDS)
            self._swept = name, [name]
        self.turning = None
        self.standing.side = Side.OUTPUT
        self.lay_out()
        self.sweeping = True
        self.say("sweeping")
        self.run_worker(self._sweep(), group="training", exclusive=True)

    async def _sweep(self) -> None:
        assert self.sweep is not None
        await train(
            _Trials(self.sweep), lambda: self.sweeping, self.show, lambda: True, drawing=0.12
        )
        self.sweeping = False
        if self.sweep is not None:
            self._say_best(self.sweep)
        self.show()

    def _say_best(self, sweep: Sweep) -> None:
        """Which value came off most often, and how soon."""
        bars = sweep.bars()
        best = max(range(len(bars)), key=lambda i: bars[i].solved / max(1, bars[i].tried))
        bar = bars[best]
        if sweep.done and not bar.solved:
            self.say("sweep_none", tried=sum(bar.tried for bar in bars), steps=f"{sweep.steps:,}")
            return
        reached = "–" if bar.reached is None else format_number(bar.reached)
        done = "swept" if len(bars) > 1 else "swept_seeds"
        self.say(
            done if sweep.done else "sweep_stopped",
            value=self._swept[1][best], solved=bar.solved, tried=bar.tried, steps=reached,
        )  # fmt: skip

    def pause(self) -> None:
        self.sweeping = False
        super().pause()

    def leave_sweep(self) -> bool:
        """Stop the sweep that goes on, or leave the one that is over; ``False``: there is none."""
        if self.sweep is None:
            return False
        if self.sweeping:
            self.sweeping = False
        else:
            self.sweep = None
            self.hush()
            self.show()
        return True

    def start(self) -> None:
        self.sweep = None
        super().start()

    def _output(self, width: int, height: int) -> Picture:
        """While there is a sweep, its bars stand where the answers do."""
        if self.sweep is None:
            return super()._output(width, height)
        look, sweep = self.look, self.sweep
        dial, names = self._swept
        head = tr("play.sweep_head", self.language, dial=dial, share=f"{sweep.progress:.0%}")
        aim = tr(
            "play.aim",
            self.language,
            measure=tr(f"play.measure_{sweep.aim.measure}", self.language),
            sign="≤" if sweep.aim.measure.endswith("loss") else "≥",
            bound=f"{sweep.aim.bound:g}",
            steps=f"{sweep.steps:,}",
        )
        lines = [
            Line(width).add(look.write(head), look.title, look.glyphs.ellipsis),
            *(Line(width).extend(s) for s in prose(aim, width, look, style=look.muted).strips),
            Line(width),
        ]
        flags = [
            [trial.reached is not None for trial in sweep.trials if trial.value == value]
            for value in sweep.values
        ]
        room = min(height - len(lines), 3 * len(names))
        drawn = tally(Tally(names, flags), width, room, look)
        return Picture([*(line.strip() for line in lines), *drawn.strips])
