"""A run that was started without the screen can be watched later: the owner's end of it.

The process that started a run owns it. A watcher may pause it, look into a step and let it go on,
but not end it: when the watcher leaves, the run goes on by itself. Imports no torch.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tuiexplain.lab import local_socket
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.protocol import (
    Answer,
    Command,
    Evaluated,
    Failed,
    Message,
    Paused,
    Reader,
    Ready,
    Resume,
    Scene,
    Start,
    Stepped,
    Stop,
    Stuck,
    Watch,
    encode,
)
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.worker import Worker

KIND = "train"
"""What the sockets of runs that can be watched are called."""
BEHIND = 64 << 20
"""Bytes that a watcher may leave unread before it is let go."""
_TAKEN = Failed(
    "this run is being watched already: leave it there first.", bad_input=True, key="taken"
)


class Watched:
    """A worker with a socket at which one watcher at a time is told everything, and is heard.

    Where no socket can be had, the run goes on without being watched.
    """

    def __init__(self, worker: Worker, settings: Settings, out: Path) -> None:
        self.worker = worker
        worker.relays = True
        self._start = Start(settings.as_json(), str(out.absolute()))
        self._told: dict[type[Message], Message] = {}
        """The last message of each kind that a newcomer has to know."""
        self._watcher: socket.socket | None = None
        self._unsent, self._reader = b"", Reader()
        self._listening: socket.socket | None = None
        self._path: Path | None = None
        with contextlib.suppress(LabError, OSError):
            self._listening, self._path = local_socket.listen(KIND)

    @property
    def held(self) -> bool:
        """Whether somebody watches: a pause is theirs, and they will let it go on."""
        return self._watcher is not None

    def messages(self) -> Iterator[Message]:
        """As `Worker.messages`, the watcher being served meanwhile."""
        while True:
            message = self.worker.receive(timeout=0)
            if message is None:
                if self.worker.ended:
                    return
                left = self._wait()
                if left is not None:
                    yield left
                continue
            self._pass_on(message)
            if isinstance(message, Paused) and self._goes_on(message):
                self.worker.send(Resume())
            elif not isinstance(message, Answer):
                yield message

    def close(self) -> None:
        """Say goodbye to a watcher and listen no more."""
        if self._watcher is not None:
            with contextlib.suppress(OSError):
                self._watcher.settimeout(1.0)
                self._watcher.sendall(self._unsent)
            self._watcher.close()
            self._watcher = None
        if self._listening is not None:
            self._listening.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Watched:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- the run's side --------------------------------------------------------------------------

    def _pass_on(self, message: Message) -> None:
        if isinstance(message, Stepped):
            self._told.pop(Paused, None)
            self._told.pop(Stuck, None)
        if isinstance(message, Ready | Scene | Evaluated | Stepped | Paused | Stuck):
            self._told[type(message)] = message
        self._say(encode(message))

    def _goes_on(self, paused: Paused) -> bool:
        """Whether a pause is left over from a watcher who is gone."""
        return not (paused.done or self.held or Stuck in self._told)

    def _wait(self) -> Paused | None:
        """Until there is something to read; the pause that a watcher left who cannot be resumed."""
        readers: list[int | socket.socket] = [self.worker.fileno()]
        readers += [s for s in (self._listening, self._watcher) if s is not None]
        writers = [self._watcher] if self._watcher is not None and self._unsent else []
        readable, writable, _ = select.select(readers, writers, [])
        if writable:
            self._say(b"")
        left = None
        if self._watcher is not None and self._watcher in readable:
            left = self._hear()  # first, so that who has left makes room
        if self._listening in readable:
            self._meet()
        return left

    # -- the watcher's side ----------------------------------------------------------------------

    def _meet(self) -> None:
        assert self._listening is not None
        with contextlib.suppress(OSError):
            newcomer, _ = self._listening.accept()
            if not local_socket.is_same_user(newcomer):
                newcomer.close()
                return
            if self._watcher is not None:
                newcomer.sendall(encode(_TAKEN))
                newcomer.close()
                return
            window = self.worker.window
            assert window is not None
            newcomer.settimeout(1.0)
            socket.send_fds(newcomer, [encode(self._start)], [window.descriptor])
            newcomer.setblocking(False)
            self._watcher, self._unsent, self._reader = newcomer, b"", Reader()
            self._say(b"".join(encode(message) for message in self._told.values()))

    def _say(self, content: bytes) -> None:
        if self._watcher is None:
            return
        self._unsent += content
        try:
            while self._unsent:
                self._unsent = self._unsent[self._watcher.send(self._unsent) :]
        except BlockingIOError:
            if len(self._unsent) > BEHIND:
                self._let_go()
        except OSError:
            self._let_go()

    def _hear(self) -> Paused | None:
        assert self._watcher is not None
        try:
            content = self._watcher.recv(1 << 16)
            commands = self._reader.feed(content) if content else None
        except BlockingIOError:
            return None
        except (OSError, ValueError):
            commands = None  # gone, or not one of ours
        if commands is None:
            return self._let_go()
        for command in commands:
            if isinstance(command, Command) and not isinstance(command, Start | Stop):
                self.worker.send(command)
        return None

    def _let_go(self) -> Paused | None:
        """The watcher is gone: what it looked at is looked at no more, what it paused goes on."""
        assert self._watcher is not None
        self._watcher.close()
        self._watcher = None
        self.worker.send(Watch([], 1, 1))
        paused = self._told.get(Paused)
        if isinstance(paused, Paused) and not paused.done:
            if Stuck in self._told:
                return paused
            self.worker.send(Resume())
        return None
