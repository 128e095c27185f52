"""Looking closer: the cell cursor, why a number is what it is, and what stands beside it."""

from __future__ import annotations

from tuiexplain.screens.lesson.changing import Changing
from tuiexplain.screens.lesson.desk import Side

ARROWS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


class Asking(Changing):
    """The commands that look at numbers."""

    def action_next_picture(self) -> None:
        self._point(+1)

    def action_previous_picture(self) -> None:
        self._point(-1)

    def _point(self, direction: int) -> None:
        """From the timeline into the matrices, from one to the next, and out again."""
        desk = self.desk
        turn = desk.values_in_turn()
        if desk.pointing:
            at = turn.index(desk.value) + direction if desk.value in turn else 0
        else:
            at = 0 if direction > 0 else len(turn) - 1
        desk.chain.clear()
        desk.pointing = 0 <= at < len(turn)
        if desk.pointing:
            desk.select(turn[at])
            self.say("pointing", name=desk.trace.symbol(desk.selected))
        else:
            desk.settle()
            self.say("on_the_timeline")
        self.show()

    def action_move(self, key: str) -> None:
        down, across = ARROWS[key]
        if self.turning is not None:
            self._turn(down, across)
        elif self.desk.asking:
            count = max(1, len(self.desk.causes()))
            self.desk.cause = (self.desk.cause + down + across) % count
            self.show()
        elif self.desk.pointing:
            self.desk.move(down, across)
            self.show()
        elif across:
            (self.action_next_event if across > 0 else self.action_previous_event)()
        else:
            self.scrolled += down
            self.show()

    def action_why(self) -> None:
        desk = self.desk
        if self.turning is not None:
            self.action_back()
            return
        if self.training:
            self.action_train()
            return
        if not desk.exists:
            self.say("not_yet")
            self.show()
            return
        if not desk.asking:
            desk.pointing = True
            desk.ask()
        elif not desk.follow():
            self.say("chain_ends")
            self.show()
            return
        if desk.side is not Side.WORDS:
            desk.turn_to(Side.WORDS)
            self.lay_out()
        self.scrolled = 0
        self.message = ""
        self.show()

    def action_back(self) -> None:
        desk = self.desk
        if self.turning is not None:
            self.turning = None
        elif desk.back():
            pass
        elif desk.pointing:
            desk.pointing = False
        elif desk.side is not Side.WORDS:
            desk.turn_to(Side.WORDS)
            self.lay_out()
        self.message = ""
        self.show()

    def action_code(self) -> None:
        """The lesson's own code, then each of its twins, then the words again."""
        desk = self.desk
        languages = desk.programs
        if desk.side is not Side.CODE and not self.has_class("-small"):
            desk.turn_to(Side.CODE)
            at = languages.index(desk.program) + 1
        elif desk.side is not Side.CODE:
            desk.turn_to(Side.CODE)
            at = 0
        else:
            at = languages.index(desk.program) + 1
        if at == len(languages):
            at = 0
            desk.turn_to(Side.WORDS)
        desk.code_language = languages[at]
        self.lay_out()
        self.show()

    def action_picture(self) -> None:
        """Words, picture, loss curve, in turn."""
        desk = self.desk
        sides = [Side.WORDS, Side.CURVE]
        if self.session.bench.part.spec.pictures:
            sides.insert(1, Side.PICTURE)
        at = sides.index(desk.side) if desk.side in sides else 0
        desk.turn_to(sides[(at + 1) % len(sides)])
        self.lay_out()
        self.show()

    def action_copy(self) -> None:
        why = self.desk.why()
        if why is None:
            self.say("not_yet")
        else:
            text = f"{why.address} = {why.number!r}"
            if why.with_names:
                text += f"  ({why.with_names})"
            self.app.copy_to_clipboard(text)
            self.say("copied", text=text)
        self.show()
