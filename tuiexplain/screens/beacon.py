"""The lesson's end of ``tuiexplain follow``: tells whoever follows where the learner is."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tuiexplain.course.languages import LANGUAGES
from tuiexplain.lab import local_socket
from tuiexplain.lab.errors import LabError

if TYPE_CHECKING:
    from tuiexplain.screens.teaching import Notes

KIND = "follow"
"""What the sockets of lessons that can be followed are called."""


class Beacon:
    """A socket at which followers of the same user are told the teacher's notes.

    A follower says its language in a line, and is sent a line of JSON at each move.
    """

    def __init__(self, notes: Callable[[str], Notes | None]) -> None:
        self._notes = notes
        self._followers: dict[asyncio.StreamWriter, str] = {}
        self._last: dict[asyncio.StreamWriter, Notes | None] = {}
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    async def light(self) -> None:
        """Begin to listen; where that cannot be, the lesson goes on without being followed."""
        with contextlib.suppress(LabError, OSError):
            listening, self._path = local_socket.listen(KIND)
            self._server = await asyncio.start_unix_server(self._meet, sock=listening)

    def put_out(self) -> None:
        """Listen no more; the followers see that the lesson has ended."""
        for follower in self._followers:
            follower.close()
        if self._server is not None:
            self._server.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def tell(self) -> None:
        """Tell every follower where the learner is now."""
        for follower, language in list(self._followers.items()):
            notes = self._notes(language)
            if notes is not None and notes != self._last.get(follower):
                self._last[follower] = notes
                follower.write(json.dumps(notes._asdict(), ensure_ascii=False).encode() + b"\n")

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        try:
            if not local_socket.is_same_user(connection):
                return
            while line := await reader.readline():
                language = line.decode(errors="replace").strip()
                self._followers[writer] = language if language in LANGUAGES else "en"
                self._last.pop(writer, None)
                self.tell()
        except (OSError, ValueError):
            pass  # the follower is gone, or talks nonsense
        finally:
            self._followers.pop(writer, None)
            self._last.pop(writer, None)
            writer.close()
