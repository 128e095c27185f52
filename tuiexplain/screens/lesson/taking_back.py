"""What can be taken back besides edits and forks: starting over, in any way."""

from __future__ import annotations

from collections.abc import Callable

from tuiexplain.screens.lesson.stepping import Stepping

KEPT = 8
"""How many can be taken back."""

Undo = Callable[[], None]


class TakingBack(Stepping):
    """Keeps how things were."""

    undoable: tuple[Undo, ...] = ()

    def keep(self, undo: Undo) -> None:
        """``undo`` puts things back as they are now."""
        self.undoable = (*self.undoable[-KEPT + 1 :], undo)

    def part_as_it_is(self) -> Undo:
        """What puts the open part back as it is now."""
        session = self.session
        part, bench, question = session.bench.part, session.bench.copy(), session.question
        at = session.at

        def undo() -> None:
            session.benches[part.id] = bench
            session.at, session.question = at, question

        return undo

    def take_back(self) -> bool:
        """Take the last back; ``False`` if there is none."""
        if not self.undoable:
            return False
        *rest, undo = self.undoable
        self.undoable = tuple(rest)
        undo()
        self.turning = None
        self.moved()
        return True
