"""Options as the fields of a frozen dataclass: what each may be, checked, and readable from words.

A field's ``metadata`` says it: ``about`` in words, ``choices``, or the bounds ``least`` and
``most``. What does not fit is told by an exception of the class that the caller names.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import Field, field
from typing import Any


def choice(default: str, choices: tuple[str, ...], about: str, *, fixed: bool = True) -> Any:
    """A field that is one of ``choices``."""
    return field(default=default, metadata={"choices": choices, "about": about, "fixed": fixed})


def number(
    default: float,
    about: str,
    least: float,
    most: float = float("inf"),
    *,
    fixed: bool = True,
) -> Any:
    """A field that is a number from ``least`` to ``most``; whole, where its annotation says int."""
    return field(
        default=default,
        metadata={"least": least, "most": most, "about": about, "fixed": fixed},
    )


def check(spot: Field[Any], value: Any, error: type[Exception]) -> None:
    """Raise ``error`` where ``value`` is not what the field may be."""
    kind = _kind(spot)
    right = isinstance(value, kind) or (kind is float and isinstance(value, int))
    if not right or (kind is not bool and isinstance(value, bool)):
        raise error(f"{spot.name}={value!r}: it is {_WORDS[kind]} ({spot.metadata['about']}).")
    choices = spot.metadata.get("choices")
    if choices and value not in choices:
        raise error(f"{spot.name}={value}: it is one of {', '.join(choices)}.")
    if "least" in spot.metadata:
        least, most = spot.metadata["least"], spot.metadata["most"]
        if not least <= value <= most or value == float("inf"):
            bounds = f"{least:g} to {most:g}" if most != float("inf") else f"{least:g} or more"
            raise error(f"{spot.name}={value}: it is {bounds} ({spot.metadata['about']}).")


def read(spot: Field[Any], word: str, error: type[Exception]) -> Any:
    """The value that a word from a person means."""
    kind = _kind(spot)
    if kind is str:
        return word
    if kind is bool and word in ("true", "false", "on", "off"):
        return word in ("true", "on")
    try:
        if kind is not bool:
            return kind(word.replace("_", "").replace(",", ""))
    except ValueError:
        pass
    raise error(f"{spot.name}={word}: it is {_WORDS[kind]} ({spot.metadata['about']}).")


def read_all(of: type[Any], words: Mapping[str, str], error: type[Exception]) -> dict[str, Any]:
    """The values that words mean, by the names of fields of the dataclass ``of``."""
    spots = {spot.name: spot for spot in dataclasses.fields(of)}
    found: dict[str, Any] = {}
    for name, word in words.items():
        if name not in spots:
            near = difflib.get_close_matches(name, spots, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(spots)}."
            raise error(f"there is no setting `{name}`; {hint}")
        found[name] = read(spots[name], word, error)
    return found


def _kind(spot: Field[Any]) -> type:
    return {"int": int, "float": float, "bool": bool, "str": str}[str(spot.type)]


_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}
