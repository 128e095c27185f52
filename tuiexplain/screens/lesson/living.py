"""Watching a run of the lab: its pictures as it trains, and into the step that it stands before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuiexplain.course.bench import Refused
from tuiexplain.course.lab_stage import STANDING, Stage
from tuiexplain.course.lab_words import sentence
from tuiexplain.course.languages import has, tr
from tuiexplain.lab.errors import LabError
from tuiexplain.screens.lesson.asking import ARROWS
from tuiexplain.screens.lesson.desk import Side
from tuiexplain.screens.lesson.reloading import Reloading
from tuiexplain.screens.lesson.training import BYTES_A_CELL, BYTES_A_SECOND, FASTEST, SLOWEST

if TYPE_CHECKING:
    from tuiexplain.course.lab_rest import LabRest

DRAWING = 0.2
"""Share of the time that goes into pictures, at most: the rest is for keys, and for the run."""
LISTEN_EVERY = 0.05
"""Seconds between two looks at what runs have said."""


class Living(Reloading):
    """The commands where a part is a run; everywhere else they are what they were."""

    _next_frame = 0.0
    _news = False
    _stage = Stage.UNBORN

    def on_mount(self) -> None:
        """Listen to the runs, where the lesson has any."""
        if any(part.spec.lab is not None for part in self.session.lesson.parts):
            self.set_interval(LISTEN_EVERY, self.listen)

    def on_unmount(self) -> None:
        """Nothing goes on training when the lesson is left."""
        self.session.close()

    # -- listening -------------------------------------------------------------------------------

    def listen(self) -> None:
        """Take in what the runs have said; draw, as often as the line carries."""
        here = self.session.watching
        for rest in self.session.rests():
            self._news |= rest.lab.poll() and rest is here
            if rest is not here and rest.lab.stage is Stage.TRAINING:
                rest.lab.pause()
        if self.session.open_step():
            self.moved()
            return
        if here is None or not self._news or time.perf_counter() < self._next_frame:
            return
        self._news = False
        self._tell(here)
        begun = time.perf_counter()
        cells = self.show()
        drawn = time.perf_counter()
        wait = max(cells * BYTES_A_CELL / BYTES_A_SECOND, (drawn - begun) / DRAWING, FASTEST)
        self._next_frame = drawn + min(wait, SLOWEST)

    def _tell(self, here: LabRest) -> None:
        """Say what has become of the run, when it has become something else."""
        lab = here.lab
        if lab.stage is self._stage or lab.opening is not None:
            return
        self._stage = lab.stage
        self.app.remember(self.session)
        ready = lab.heard.ready
        if lab.stage in (Stage.DONE, Stage.BROKEN) and not lab.ours:
            self.tell(f"theirs_{lab.stage}")
        elif lab.stage in (Stage.PAUSED, Stage.DONE, Stage.BROKEN, Stage.STUCK):
            self.tell(str(lab.stage), step=lab.heard.step)
        elif ready is not None and ready.device != "cpu" and "preset" in here.settings:
            self.tell("cuda", device=ready.device_name)
        else:
            self.message = ""

    def tell(self, key: str, **fields: object) -> None:
        """Show a text of the lab in the line for messages."""
        self.message = tr(f"lab.{key}", self.language, **fields)

    def show(self) -> int:
        """Draw; a step that has been lost with its process is left, and what happened is told."""
        cells = super().show()
        lost = self.desk.lost
        if lost is not None and self.session.leave_step():
            self.message = sentence(lost, self.language)
            self.desk.settle()
            self.lay_out()
            cells = super().show()
        self._watch()
        return cells

    def _watch(self) -> None:
        """Have looked at what is on the screen, and at nothing else."""
        here, view = self.session.watching, self.view
        if here is None or view is None:
            return
        from tuiexplain.screens.lesson import dashboard

        size = self.query_one("#board").content_size
        shown = self.on_the_board(size.height)
        if not self.has_class("-small"):
            shown = [*shown, self.beside_the_board()]
        wanted = [s for name in shown for s in dashboard.sights(view, name)]
        if size.area:
            here.lab.watch([str(sight) for sight in wanted], size.height * 2, size.width)

    # -- commands --------------------------------------------------------------------------------

    def action_train(self) -> None:
        if self.session.leave_step():
            self.moved()
        here = self.session.watching
        if here is None:
            super().action_train()
            return
        self.turning = None
        if here.lab.stage in (Stage.STARTING, Stage.TRAINING) and not here.fresh:
            here.lab.pause()
        elif not self._asks_first():
            self._train_run(here)
        self.show()

    def _asks_first(self) -> bool:
        """Whether a question is to be answered before it trains; then it is asked."""
        session = self.session
        if session.question is not None and session.question.id not in session.answers:
            self.tell("answer_first")
            return True
        session.question = None
        if not session.ask_first():
            return False
        self.scrolled = 0
        self.tell("answer_first")
        return True

    def _train_run(self, here: LabRest) -> None:
        try:
            here.train()
            self.message = ""
        except Refused as refusal:
            self.refused(refusal)
        except LabError as error:
            self.message = sentence(error, self.language)

    def action_why(self) -> None:
        here = self.session.watching
        if here is None or self.turning is not None:
            super().action_why()
        elif self.session.question is not None:
            self.action_next_event()
        elif here.lab.stage in STANDING:
            self._enter()
        else:
            self.action_train()

    def action_next_event(self) -> None:
        here = self.session.watching
        session = self.session
        waits = session.question is None or session.question.id in session.answers
        left = [] if here is None else [q for q in here.questions if q.id not in session.answers]
        if here is None or left or not waits:
            super().action_next_event()
            return
        session.question = None
        if here.lab.stage in (*STANDING, Stage.TRAINING):
            self._enter()
        else:
            self.tell("train_first")
            if self.session.at + 1 >= len(self.session.lesson.parts):
                self.say("last_part_live")
            self.show()

    def action_next_part(self) -> None:
        # A network that is trained live has no end that n could go to.
        live = self.session.watching is not None
        self._open_part(+1, "last_part_live" if live else "last_part")

    def _enter(self) -> None:
        """Say that the step is opened, then open it: with a large model that takes a while."""
        here = self.session.watching
        assert here is not None
        self.tell("opening", step=here.lab.heard.step)
        self.show()
        if here.lab.opening is None:
            self.call_after_refresh(self._entered)

    def _entered(self) -> None:
        if self.session.watching is None:
            return
        try:
            self.session.enter_step()
        except Refused as refusal:
            self.refused(refusal)
            return
        except LabError as error:
            self.message = sentence(error, self.language)
            self.show()
            return
        self.moved()

    def refused(self, refusal: Refused) -> None:
        """Say why; a step that takes a while to open is waited for where the run is watched."""
        if refusal.key == "lab_opening" and self.session.leave_step():
            self.desk.settle()
            self.lay_out()
        super().refused(refusal)

    def action_back(self) -> None:
        here = self.session.watching
        if here is not None and here.lab.stop_opening():
            self.message = ""
            self.show()
            return
        desk = self.desk
        inside = self.turning is not None or desk.asking or desk.pointing
        if not inside and desk.side is Side.WORDS and self.session.leave_step():
            self.moved()
        else:
            super().action_back()

    def action_picture(self) -> None:
        if self.session.watching is None:
            super().action_picture()
            return
        self.chosen += 1
        self.message = ""
        self.show()

    def action_chat(self) -> None:
        """Talk with what the run has made so far, or with what it starts from."""
        here = self.session.watching
        model = None if here is None else here.lab.model
        if here is None or model is None:
            self.message = tr("chat.no_model", self.language)
            self.show()
            return
        from tuiexplain.course.talk import Chat
        from tuiexplain.screens.chat.screen import ChatScreen

        try:
            chat = Chat(model, self._called(model, of_run=model != here.lab.settings.base))
        except LabError as error:
            self.message = sentence(error, self.language)
            self.show()
            return
        if here.lab.stage is Stage.TRAINING:
            here.lab.pause()
        self.app.push_screen(ChatScreen(chat))

    def _called(self, model: str, *, of_run: bool) -> str:
        """What a model is called in a talk; empty where its folder's name serves."""
        key = "chat.this_run" if of_run else f"chat.shipped_{model}"
        return tr(key, self.language) if has(key) else ""

    def action_code(self) -> None:
        if self._nothing_here():
            return
        super().action_code()

    def _nothing_here(self) -> bool:
        if self.session.watching is None:
            return False
        self.tell("not_here")
        self.show()
        return True

    def _point(self, direction: int) -> None:
        if self.session.watching is None:
            super()._point(direction)
            return
        self.looking_at += direction
        self.show()

    def action_move(self, key: str) -> None:
        _, across = ARROWS[key]
        if self.session.watching is not None and self.turning is None and across:
            self._point(across)
        else:
            super().action_move(key)

    # -- what makes another run ------------------------------------------------------------------

    def _set_dial(self, dial: str, setting: Any) -> None:
        try:
            super()._set_dial(dial, setting)
        except Refused as refusal:
            self.refused(refusal)

    def _turned_to(self) -> str:
        here = self.session.watching
        if here is not None and here.fresh:
            return tr("lab.starts_anew", self.language)
        return super()._turned_to()

    def action_edit(self) -> None:
        """Where a run is watched: a text of the learner's own."""
        here = self.session.watching
        if here is None or here.lab.settings.model == "cnn" or self.turning is not None:
            super().action_edit()
            return

        def take(text: str) -> str | None:
            file = Path(text).expanduser().resolve()
            try:
                key, count = here.take_file(file)
            except LabError as error:
                return sentence(error, self.language)
            self.tell(key, file=file.name, count=count)
            self.show()
            return None

        self.ask(tr("lab.file_title", self.language), take, str(here.file or ""))
