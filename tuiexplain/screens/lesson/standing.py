"""The parameters as they stand on the screen."""

from __future__ import annotations

from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.run import State
from tuiexplain.trace.value import Kind


def shown_state(desk: Desk) -> State:
    """The open step's parameters as they are on the screen: edited, and updated once that ran."""
    bench = desk.session.bench
    state = dict(bench.run.state_at(bench.training_step))
    names = {value.name: value for value in desk.trace.values}
    for name in state:
        new = names.get(f"{name}'")
        shown = new if new is not None and bench.player.exists(new) else names.get(name)
        if shown is not None and shown.kind is Kind.PARAMETER:
            state[name] = desk.trace.data(shown)
    return state
