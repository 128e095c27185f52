"""The words of the interface in every language: one function, :func:`tr`.

The texts lie in ``en.toml`` and ``zh.toml``, tables within tables; ``[op.relu] forward = "…"`` has
the key ``op.relu.forward``. Both files have the same keys; a test says so.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = {"en": "English", "zh": "中文"}
"""Every language, by its own name."""


class UnknownText(KeyError):  # noqa: N818 - as UnknownCell
    """A key that no language has: a slip in the program, not of the user."""


def tr(key: str, language: str = "en", **fields: Any) -> str:
    """The text called ``key``, with ``fields`` set into its ``{places}``."""
    table = texts(language)
    text = table.get(key)
    if text is None:
        text = texts("en").get(key)
    if text is None:
        raise UnknownText(key)
    return text.format_map(fields) if fields else text


def say_in(language: str) -> Callable[..., str]:
    """:func:`tr` in one language."""

    def say(key: str, **fields: Any) -> str:
        return tr(key, language, **fields)

    return say


def has(key: str) -> bool:
    """Whether there is a text called ``key``."""
    return key in texts("en")


@cache
def texts(language: str) -> Mapping[str, str]:
    """Every text of one language, by its full key."""
    if language not in LANGUAGES:
        raise UnknownText(language)
    file = Path(__file__).with_name(f"{language}.toml")
    return dict(_flat("", tomllib.loads(file.read_text(encoding="utf-8"))))


def best_language(wanted: str | None = None) -> str:
    """The language that was asked for, else the one of the terminal's locale, else English."""
    if wanted in LANGUAGES:
        return wanted
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = os.environ.get(variable, "")
        if locale:
            return "zh" if locale.lower().startswith("zh") else "en"
    return "en"


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, content in table.items():
        if isinstance(content, dict):
            yield from _flat(f"{prefix}{name}.", content)
        else:
            yield prefix + name, content
