"""Giving memory back to the system when a lesson has been left."""

from __future__ import annotations

import contextlib
import gc


def give_back() -> None:
    """Free what nobody holds any more, and let go of the room that it had.

    A long run leaves holes all over the C library's heap, which glibc keeps unless it is asked.
    """
    import ctypes

    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
