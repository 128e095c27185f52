"""Asking a table of a TOML file for its keys: what is wrong is found with its line and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tuiexplain.course.errors import LessonFault
from tuiexplain.course.toml_lines import Lines
from tuiexplain.trace.errors import did_you_mean

T = TypeVar("T")

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")


class TomlTable:
    """One table of the file; asks for keys, notes what is wrong with them."""

    def __init__(self, source: TomlSource, content: dict[str, Any], path: tuple[str | int, ...]):
        self.source, self.content, self.path = source, content, path
        self.asked: set[str] = set()

    def fault(self, key: str | None, message: str, remedy: str) -> None:
        self.source.fault((*self.path, key) if key else self.path, message, remedy)

    def get(self, key: str, types: type | tuple[type, ...], default: T, what: str) -> Any | T:
        """The key's value; ``default`` (``...``: there is none, the key is required) if absent."""
        self.asked.add(key)
        if key not in self.content:
            if default is ...:
                self.fault(None, f"'{key}' is missing", f"add {key} = {what}")
                return None
            return default
        found = self.content[key]
        wrong_bool = isinstance(found, bool) and bool not in _tuple(types)
        if not isinstance(found, types) or wrong_bool:
            self.fault(key, f"'{key}' is not {what}", f"write {key} = {what}")
            return None if default is ... else default
        return found

    def text(self, key: str, default: Any = ..., what: str = '"text"') -> Any:
        return self.get(key, str, default, what)

    def whole(self, key: str, default: Any = ..., least: int = 0) -> Any:
        found = self.get(key, int, default, "a whole number")
        if isinstance(found, int) and found < least:
            self.fault(key, f"'{key}' is {found}", f"it must be {least} or more")
            return least
        return found

    def number(self, key: str, default: Any = ...) -> Any:
        found = self.get(key, (int, float), default, "a number")
        return float(found) if isinstance(found, int | float) else found

    def one_of(self, key: str, options: Sequence[str], default: Any = ...) -> Any:
        found = self.text(key, default, " or ".join(f'"{o}"' for o in options))
        if isinstance(found, str) and found not in options:
            self.fault(key, f'{key} = "{found}" is unknown', did_you_mean(found, options))
            return options[0]
        return found

    def identifier(self, key: str, default: Any = ...) -> Any:
        found = self.text(key, default)
        if isinstance(found, str) and not _ID.fullmatch(found):
            self.fault(key, f'{key} = "{found}" is not an id', "use lower-case letters, digits, -")
        return found or ""

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        found = self.get(key, list, None, '["text", …]')
        if found is None:
            return default
        if not all(isinstance(item, str) for item in found):
            self.fault(key, f"'{key}' holds something besides text", 'write ["text", …]')
        return tuple(str(item) for item in found)

    def numbers(self, key: str) -> tuple[float, ...]:
        found = self.get(key, list, None, "[0.1, …]") or []
        if not all(isinstance(item, int | float) for item in found):
            self.fault(key, f"'{key}' holds something besides numbers", "write [0.1, …]")
        return tuple(float(item) for item in found if isinstance(item, int | float))

    def cell(self, key: str) -> tuple[int, ...] | None:
        found = self.get(key, list, None, "[0, 1, …]")
        if found is None:
            return None
        if not all(type(item) is int for item in found):
            self.fault(key, f"'{key}' holds something besides indices", "write [0, 1, …]")
            return None
        return tuple(found)

    def tables(self, key: str) -> Iterator[TomlTable]:
        found = self.get(key, list, None, f"[[{key}]] tables") or []
        for position, content in enumerate(found):
            if not isinstance(content, dict):
                self.fault(key, f"'{key}' is not a list of tables", f"write [[…{key}]]")
                continue
            yield TomlTable(self.source, content, (*self.path, key, position))

    def table(self, key: str) -> TomlTable | None:
        found = self.get(key, dict, None, "a table {…}")
        return None if found is None else TomlTable(self.source, found, (*self.path, key))

    def finish(self) -> None:
        """Nobody asked for what is left: probably a slip of the pen."""
        for key in self.content:
            if key not in self.asked:
                self.fault(key, f"'{key}' is not known here", did_you_mean(key, sorted(self.asked)))


class TomlSource:
    def __init__(self, file: Path, text: str) -> None:
        self.file, self.lines = file, Lines(text)
        self.faults: list[LessonFault] = []

    def fault(self, path: tuple[str | int, ...], message: str, remedy: str) -> None:
        self.faults.append(LessonFault(self.file, self.lines(*path), message, remedy))


def _tuple(types: type | tuple[type, ...]) -> tuple[type, ...]:
    return types if isinstance(types, tuple) else (types,)
