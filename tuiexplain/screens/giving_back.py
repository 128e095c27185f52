"""Giving memory back to the system when a lesson has been left."""

from __future__ import annotations

import contextlib
import gc

from tuiexplain.trace.kept import forget


def give_back() -> None:
    """Free what nobody needs any more, and let go of the room that it had.

    A long run leaves holes all over the C library's heap, which glibc keeps unless it is asked.
    """
    import ctypes

    forget()
    _forget_lines()
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def _forget_lines() -> None:
    """Textual looks colours up in a cache of the class's: it keeps a thousand widgets' lines."""
    with contextlib.suppress(ImportError, AttributeError):  # another Textual
        from textual._styles_cache import StylesCache

        StylesCache.get_inner_outer.cache_clear()
