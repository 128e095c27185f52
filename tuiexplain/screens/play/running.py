"""The run: play and pause, one step on or back, anywhere in its past, and from the start again."""

from __future__ import annotations

import math
import time

from tuiexplain.course.languages import tr
from tuiexplain.play.errors import PlayError
from tuiexplain.screens.lesson.training import train
from tuiexplain.screens.play.panes import PlayPanes
from tuiexplain.trace.numbers import format_number
from tuiexplain.views.text import QUOTED, shorten

PACES = (1, 10, 100, None)
"""Training steps a frame; ``None``: as many as the processor gives."""
HURRY_FROM = 12
"""From this step on full speed is full speed; before, the first steps can be seen."""
CLOCKED = 0.5
"""Seconds over which steps are counted for the speed."""
DRAWING = 0.12
"""Share of the time that goes into pictures while it trains: the rest is for the run."""


class Running(PlayPanes):
    """The commands that move the run."""

    pace = len(PACES) - 1
    _clocked = (0.0, 0, False)

    # -- play ------------------------------------------------------------------------------------

    def action_train(self) -> None:
        if self.training:
            self.training = False
            return
        self.start()

    def action_play(self) -> None:
        self.action_train()

    def start(self) -> None:
        """Train on from the last step, live."""
        if self.play.at != self.play.length:
            self.play.go_to(self.play.length)
        self.training = True
        self.say("training")
        self.run_worker(self._train(), group="training", exclusive=True)

    async def _train(self) -> None:
        self.speed = 0.0
        self._clocked = (time.perf_counter(), self.play.length, self.hurry)
        try:
            ended = await train(
                self.play,
                lambda: self.training,
                self._frame,
                lambda: self.hurry,
                most=lambda: PACES[self.pace],
                drawing=DRAWING,
            )
        except PlayError as error:
            self.training = False
            self.refused(error)
            return
        self.training = False
        self._stopped(ended)

    @property
    def hurry(self) -> bool:
        """Whether training goes as fast as it can: it begins slowly, step by step."""
        return PACES[self.pace] is None and self.play.length > HURRY_FROM

    def _frame(self) -> int:
        now, (then, before, hurried) = time.perf_counter(), self._clocked
        long = now - then > CLOCKED
        if long:
            self.speed = (self.play.length - before) / (now - then)
            if hurried:  # the first steps, which can be seen, tell nothing of what a step takes
                runs = 1 + len(self.play.rivals)
                self._timed = self.play.design, self.speed * runs
        if long or self.hurry != hurried:
            self._clocked = (now, self.play.length, self.hurry)
        return self.show()

    def _stopped(self, ended: bool) -> None:
        """Say where the run stands."""
        losses = self.play.run.losses
        last = float(losses[-1]) if len(losses) else 0.0
        if not math.isfinite(last):
            self.say("diverged", loss=format_number(last))
        elif ended:
            self.say("stopped", step=f"{self.play.length:,}")
        else:
            self.say("paused", step=f"{self.play.length:,}")
        self.show()

    def pause(self) -> None:
        """Let nothing move by itself."""
        self.training = False

    def action_pace_up(self) -> None:
        self._set_pace(self.pace + 1)

    def action_pace_down(self) -> None:
        self._set_pace(self.pace - 1)

    def _set_pace(self, pace: int) -> None:
        self.pace = min(max(pace, 0), len(PACES) - 1)
        steps = PACES[self.pace]
        self.tell("pace_full" if steps is None else "pace", steps=steps)

    # -- step ------------------------------------------------------------------------------------

    def action_step_on(self) -> None:
        self.pause()
        self.hush()
        play = self.play
        if play.at < play.length:
            play.go_to(play.at + 1)
        else:
            try:
                play.step()
            except PlayError as error:
                self.refused(error)
                return
            self.standing.settle()
        self.show()

    def action_step_off(self) -> None:
        self._go(self.play.at - 1)

    def action_next_epoch(self) -> None:
        epoch = self.play.steps_per_epoch
        self._go((self.play.at // epoch + 1) * epoch)

    def action_previous_epoch(self) -> None:
        epoch = self.play.steps_per_epoch
        self._go(-(-self.play.at // epoch) * epoch - epoch)

    def action_first_step(self) -> None:
        self._go(0)

    def action_last_step(self) -> None:
        self._go(self.play.length)

    def action_to_step(self) -> None:
        def go(text: str) -> str | None:
            digits = text.replace(",", "").replace("_", "").strip()
            if not digits.isdecimal() or int(digits) > self.play.length:
                return tr(
                    "play.no_step", self.language, text=shorten(text, QUOTED), last=self.play.length
                )
            self._go(int(digits))
            return None

        self.ask(tr("play.which_step", self.language, last=f"{self.play.length:,}"), go)

    def _go(self, step: int) -> None:
        """Look at another step of the past."""
        self.pause()
        self.hush()
        self.play.go_to(step)
        self.standing.settle()
        self.show()

    # -- from the start --------------------------------------------------------------------------

    def action_rewind(self) -> None:
        self.pause()
        self.play.rewind()
        self.watched.clear()
        self.tell("rewound", seed=self.play.design.seed)

    def action_new_seed(self) -> None:
        self.pause()
        self.play.reseed(self.play.design.seed + 1)
        self.watched.clear()
        design = self.play.design
        self.tell("new_seed" if design.generated else "new_seed_table", seed=design.seed)
