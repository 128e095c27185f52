"""One end of the talk with a training process, whoever started it. Imports no torch."""

from __future__ import annotations

import contextlib
import os
import select
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Any, BinaryIO, Self

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.observing.sights import Seen
from tuiexplain.lab.observing.window import Window
from tuiexplain.lab.protocol import (
    Answer,
    Ask,
    Command,
    Failed,
    Finished,
    Message,
    Reader,
    Stepped,
    encode,
)

ANSWERS_WITHIN, OPENS_WITHIN = 30.0, 300.0
"""Seconds to wait for an answer (an evaluation may be under way), and for a step to be recorded."""
_AT_ONCE = 1 << 20
"""Bytes that are read at once; what was sent before an end is read before the end is."""


class Conversation(ABC):
    """Commands go out, messages come in; `receive` gives them one by one, `ask` waits for answers."""

    def __init__(self, commands: BinaryIO, messages: BinaryIO, window: Window | None) -> None:
        self._commands, self._from, self.window = commands, messages, window
        self._reader = Reader()
        self._asked = 0
        self._answers: dict[int, Answer] = {}
        self._waiting: deque[Message] = deque()
        self.relays = False
        """Whether answers are for somebody else: `receive` gives them with the other messages."""
        self.ended = False
        """Whether the last message, `Finished` or `Failed`, has been received."""

    @abstractmethod
    def _epitaph(self) -> LabError:
        """Of a process that ended without a word: what is known of its end."""

    @abstractmethod
    def _leave(self) -> None:
        """Part with the process, and free what else is held here."""

    def close(self) -> None:
        """End the talk, and free what is held here."""
        self.ended = True
        self._leave()
        for stream in (self._commands, self._from):
            with contextlib.suppress(OSError):
                stream.close()
        if self.window is not None:
            self.window.close()
            self.window = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, command: Command) -> None:
        """Give a command; one to a process that has ended is dropped: its last message tells."""
        with contextlib.suppress(ConnectionError, ValueError):
            self._commands.write(encode(command))
            self._commands.flush()

    def seen(self, slot: int) -> Seen | None:
        """What the `slot`-th thing that is watched showed last; None before it was looked at."""
        content = None if self.window is None else self.window.get(slot)
        return None if content is None else Seen.unpack(content)

    def fileno(self) -> int:
        """Readable when a message has come or the process has ended."""
        return self._from.fileno()

    def receive(self, timeout: float | None = None) -> Message | None:
        """The next message; None after `timeout` seconds, or after the last message."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self._waiting and not self.ended:
            rest = None if until is None else max(0.0, until - time.monotonic())
            ready, _, _ = select.select([self._from], [], [], rest)
            if not ready:
                return None
            self._read()
        if not self._waiting:
            return None
        message = self._waiting.popleft()
        self._last = message
        self.ended = self.ended or isinstance(message, Finished | Failed)
        return message

    def messages(self) -> Iterator[Message]:
        """Every message up to the last, `Finished` or `Failed`."""
        while (message := self.receive()) is not None:
            yield message

    def ask(self, what: str, seconds: float = ANSWERS_WITHIN, **about: Any) -> Answer:
        """Ask about the open step, and wait. LabError if there is no answer.

        What else is said meanwhile waits for `receive`.
        """
        self._asked += 1
        self.send(Ask(self._asked, what, about))
        until = time.monotonic() + seconds
        while self._asked not in self._answers:
            if self.ended or self._said_last:
                raise self.last_words
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise LabError(
                    f"the training process has not answered for {seconds:g} s: "
                    "wait until it is less busy, or leave the step.",
                    "no_answer",
                    seconds=f"{seconds:g}",
                )
            self._read()
        answer = self._answers.pop(self._asked)
        if "error" in answer.about:
            raise LabError(answer.about["error"])
        return answer

    def wait_for(self, kind: type[Message], seconds: float = OPENS_WITHIN) -> Message | None:
        """The next message of ``kind``; what else is said stays for `receive`. None if none comes."""
        until = time.monotonic() + seconds
        while not self.ended:
            for message in self._waiting:
                if isinstance(message, kind):
                    self._waiting.remove(message)
                    return message
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            if not ready or self._said_last:
                return None
            self._read()
        return None

    @property
    def over(self) -> bool:
        """Whether the last message has come, received or not."""
        return self.ended or self._said_last

    @property
    def last_words(self) -> LabError:
        """Of a process that has ended: why."""
        told = next((m for m in self._waiting if isinstance(m, Failed)), None) or self._last
        if isinstance(told, Failed):
            return LabError(told.sentence, told.key, **told.fields)
        return LabError("the training process has ended.", "gone")

    _said_last = False
    _at: int | None = None
    """The last step that was told of."""
    _last: Message | None = None

    def _read(self) -> None:
        try:
            content = os.read(self._from.fileno(), _AT_ONCE)
        except BlockingIOError:
            return
        except ConnectionResetError:  # a socket whose other end had not read all: it has ended
            content = b""
        if content:
            for message in self._reader.feed(content):
                self._take(message)
        elif not self._said_last:
            self._take(Failed(**self._epitaph().told(), step=self._at))

    def _take(self, message: Command | Message) -> None:
        assert isinstance(message, Message)
        if isinstance(message, Answer) and not self.relays:
            if message.number == self._asked:  # else nobody waits for it any more
                self._answers[message.number] = message
            return
        self._note(message)
        self._said_last = self._said_last or isinstance(message, Finished | Failed)
        self._waiting.append(message)

    def _note(self, message: Message) -> None:
        """Keep what the end of the process will be told with."""
        if isinstance(message, Stepped):
            self._at = message.step
