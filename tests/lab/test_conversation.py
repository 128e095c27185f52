"""How a talk over a socket ends when the other end goes away with words of ours unread."""

import os
import socket

from tuiexplain.lab import protocol as say
from tuiexplain.lab.conversation import Conversation
from tuiexplain.lab.errors import LabError


class Talk(Conversation):
    """One end of a pair of sockets."""

    def __init__(self, ours: socket.socket) -> None:
        ours.setblocking(False)
        self._ours = ours
        ends = (os.fdopen(os.dup(ours.fileno()), mode, buffering=0) for mode in ("wb", "rb"))
        super().__init__(*ends, window=None)

    def _leave(self) -> None:
        self._ours.close()

    def _epitaph(self) -> LabError:
        return LabError("it has ended.")


def test_what_was_said_before_the_end_is_heard_and_then_the_end() -> None:
    ours, theirs = socket.socketpair()
    with Talk(ours) as talk:
        talk.send(say.Pause())
        theirs.sendall(say.encode(say.Paused(3)) + say.encode(say.Paused(4)))
        theirs.close()  # the pause is unread: the system resets the connection
        heard = list(talk.messages())
    assert heard[:2] == [say.Paused(3), say.Paused(4)]
    assert isinstance(heard[2], say.Failed)
    assert heard[2].sentence == "it has ended."


def test_a_command_to_one_that_has_gone_is_dropped() -> None:
    ours, theirs = socket.socketpair()
    with Talk(ours) as talk:
        talk.send(say.Pause())
        theirs.close()
        for _ in range(3):  # reset at first, a broken pipe afterwards
            talk.send(say.Pause())
        assert isinstance(talk.receive(timeout=0), say.Failed)
