"""The narrate floor: a trace in words, as JSON and as Markdown.

It lies below the course and knows no language: whoever calls gives it ``say``, which turns a key
and fields into a sentence.
"""

from collections.abc import Callable

Say = Callable[..., str]
"""``say(key, **fields)``: the text called ``key``; raises ``KeyError`` for an unknown one."""
