"""Where training stops by itself, and the step that is entered."""

from __future__ import annotations

import re

from tuiexplain.course.languages import tr
from tuiexplain.course.session import Session
from tuiexplain.play.play import Stop
from tuiexplain.play.visit import EnteredBench, enter
from tuiexplain.screens.play.comparing import Comparing
from tuiexplain.screens.play.entered import EnteredStep
from tuiexplain.views.text import QUOTED, shorten

_EPOCHS = re.compile(r"(\d+)\s*(?:e|epochs?|轮)")
_LOSS = re.compile(r"(?:loss|损失)\s*[<=≤]*\s*([\d.eE+-]+)")


def read_stop(text: str) -> Stop | None:
    """``5000``, ``20 epochs`` or ``loss 0.01``; nothing means nowhere. ``None``: not understood."""
    wanted = " ".join(text.replace(",", "").lower().split())
    if not wanted:
        return Stop()
    if wanted.isdecimal():
        return Stop(step=int(wanted))
    if found := _EPOCHS.fullmatch(wanted):
        return Stop(epoch=int(found[1]))
    if found := _LOSS.fullmatch(wanted):
        try:
            return Stop(loss=float(found[1]))
        except ValueError:
            return None
    return None


class Stopping(Comparing):
    """The commands about an end, and about one step."""

    def action_stop_at(self) -> None:
        def take(text: str) -> str | None:
            stop = read_stop(text)
            if stop is None:
                return tr("play.stop_bad", self.language, text=shorten(text, QUOTED))
            self.play.stop = stop
            if stop == Stop():
                self.tell("stop_nowhere")
            elif stop.loss is not None:
                self.tell("stop_loss", loss=f"{stop.loss:g}")
            elif stop.epoch is not None:
                self.tell("stop_epoch", epoch=stop.epoch)
            else:
                self.tell("stop_step", step=f"{stop.step:,}")
            return None

        self.ask(tr("play.stop_title", self.language), take)

    # -- the step itself -------------------------------------------------------------------------

    def action_enter_step(self) -> None:
        """Step through the training step that is shown, operation by operation."""
        if self.turning is not None:
            self.leave_dials()
            return
        self.pause()
        session = enter(self.play, self.play.at)
        self.app.push_screen(EnteredStep(session), lambda _: self._come_back(session))

    def _come_back(self, session: Session) -> None:
        """The step that was looked at last is the one that is shown; what was forked stays."""
        self.watched.clear()
        bench = session.bench
        assert isinstance(bench, EnteredBench)
        bench.leave()
        self.standing.play = bench.play  # another one after something was taken back
        self.play.go_to(bench.training_step)
        self.standing.settle()
        self.lay_out()
        self.hush()
        self.show()
