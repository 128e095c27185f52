"""The training process's end of the two pipes."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from typing import BinaryIO

from tuiexplain.lab.protocol import Command, Message, decode, encode


class Channel:
    """Messages out; commands in, read by a thread and handed over between steps."""

    def __init__(self, commands: BinaryIO, messages: BinaryIO) -> None:
        self._commands, self._messages = commands, messages
        self._arrived: queue.SimpleQueue[Command] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, message: Message) -> None:
        """Send a message; waits while the interface does not read."""
        self._messages.write(encode(message))
        self._messages.flush()

    def heard(self, *, wait: bool = False) -> Command | None:
        """The next command, or None if there is none (never None with `wait`)."""
        try:
            return self._arrived.get(block=wait)
        except queue.Empty:
            return None

    def _listen(self) -> None:
        for line in self._commands:
            with contextlib.suppress(ValueError):  # what is no command is not obeyed
                command = decode(line)
                if isinstance(command, Command):
                    self._arrived.put(command)
        # Nobody is there any more: nothing is saved, the last checkpoint is whole.
        os._exit(0)
