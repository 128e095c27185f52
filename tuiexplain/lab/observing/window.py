"""Memory that the interface and the training process share: slots, each under a sequence counter.

The writer never waits. It makes a slot's counter odd, writes, and makes it even; a reader that saw
an odd counter, or another one afterwards, or a checksum that does not agree, reads again. The
memory has no name that could outlive both processes, however they end.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import zlib

SLOTS = 24
CAPACITY = 1 << 19
"""Bytes of a slot. Pages that nothing was written to take no memory."""
_HEAD = struct.Struct("<QII")
"""Sequence counter, length, checksum."""
_COUNTER = struct.Struct("<Q")
_TRIES = 100


class Window:
    """Made by the interface; the training process opens it by its file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, SLOTS * CAPACITY)

    @classmethod
    def new(cls) -> Window:
        """A window with empty slots."""
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("tuiexplain")
        else:
            with tempfile.TemporaryFile() as file:
                descriptor = os.dup(file.fileno())
        os.truncate(descriptor, SLOTS * CAPACITY)
        return cls(descriptor)

    def put(self, slot: int, content: bytes) -> None:
        """Write a slot; ValueError if that is too much for it."""
        start = self._start(slot)
        if len(content) > CAPACITY - _HEAD.size:
            raise ValueError(f"{len(content)} bytes are too many for a slot of {CAPACITY}")
        counter = self._counter(start) | 1  # a writer that died half-way left it odd
        _COUNTER.pack_into(self._memory, start, counter)
        at = start + _HEAD.size
        self._memory[at : at + len(content)] = content
        _HEAD.pack_into(self._memory, start, counter, len(content), zlib.crc32(content))
        _COUNTER.pack_into(self._memory, start, counter + 1)

    def get(self, slot: int) -> bytes | None:
        """What a slot holds; None while it is empty, or never found whole."""
        start = self._start(slot)
        for _ in range(_TRIES):
            counter, length, checksum = _HEAD.unpack_from(self._memory, start)
            if counter == 0:
                return None
            if counter % 2 or length > CAPACITY - _HEAD.size:
                continue
            at = start + _HEAD.size
            content = self._memory[at : at + length]
            if self._counter(start) == counter and zlib.crc32(content) == checksum:
                return content
        return None

    def version(self, slot: int) -> int:
        """Differs when the slot has been written since."""
        return self._counter(self._start(slot))

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self.descriptor)

    def _counter(self, start: int) -> int:
        return int(_COUNTER.unpack_from(self._memory, start)[0])

    @staticmethod
    def _start(slot: int) -> int:
        if not 0 <= slot < SLOTS:
            raise ValueError(f"there are slots 0 to {SLOTS - 1}, not {slot}")
        return slot * CAPACITY
