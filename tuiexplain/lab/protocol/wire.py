"""Sayings as bytes: a line of JSON each, then the numbers of a network as they lie in memory."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from tuiexplain.lab.protocol.commands import Command
from tuiexplain.lab.protocol.messages import Finished, Message

_KINDS = {kind.__name__: kind for kind in (*Command.__subclasses__(), *Message.__subclasses__())}


def encode(saying: Command | Message) -> bytes:
    """One line; bytes come after it, and the line has their number in their place."""
    told = {
        f.name: getattr(saying, f.name)
        for f in dataclasses.fields(saying)  # type: ignore[arg-type]
    }
    content: bytes = told.get("content", b"")
    if content:
        told["content"] = len(content)
    else:
        told.pop("content", None)
    return json.dumps({"is": type(saying).__name__, **told}).encode() + b"\n" + content


def decode(line: bytes) -> Command | Message:
    """The record of a line that no bytes come after; ValueError if it is none."""
    return _record(json.loads(line), line, b"")


def _record(told: Any, line: bytes, content: bytes) -> Command | Message:
    try:
        kind = _KINDS[told.pop("is")]
        if "content" in told:
            told["content"] = content
        saying = kind(**told)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a line of this protocol: {line[:80]!r} ({error})") from None
    if isinstance(saying, Finished) and saying.best is not None:
        step, loss = saying.best
        return dataclasses.replace(saying, best=(step, loss))
    assert isinstance(saying, Command | Message)
    return saying


class Reader:
    """Records out of a stream of bytes that arrives in pieces."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._line = b""
        self._told: Any = None
        """A line whose bytes have not all come."""
        self._awaited = 0

    def feed(self, piece: bytes) -> list[Command | Message]:
        """The records that ``piece`` completes."""
        self._pieces.append(piece)
        if self._told is not None and sum(map(len, self._pieces)) < self._awaited:
            return []
        rest, found = b"".join(self._pieces), []
        at = 0
        while True:
            if self._told is None:
                end = rest.find(b"\n", at)
                if end < 0:
                    break
                self._line = rest[at:end]
                self._told = json.loads(self._line)
                length = self._told.get("content", 0) if isinstance(self._told, dict) else 0
                self._awaited, at = int(length), end + 1
            if len(rest) - at < self._awaited:
                break
            content = rest[at : at + self._awaited]
            at += self._awaited
            found.append(_record(self._told, self._line, content))
            self._told, self._awaited = None, 0
        self._pieces = [rest[at:]]
        return found
