"""Where in a TOML file something stands: ``tomllib`` does not say."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
"""Keys and positions: ``("part", 0, "step", 2, "at")``."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*=")


class Lines:
    """The line (from 1) of each table and key of a TOML text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        counts: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(text.splitlines(), start=1):
            header = _HEADER.match(line)
            if header:
                table = self._table(header[2], header[1] == "[[", counts)
                self._lines.setdefault(table, number)
            elif key := _KEY.match(line):
                self._lines.setdefault((*table, key[1].strip("\"'")), number)

    @staticmethod
    def _table(name: str, many: bool, counts: dict[Path, int]) -> Path:
        path: Path = ()
        words = [word.strip().strip("\"'") for word in name.split(".")]
        for word in words[:-1]:
            path = (*path, word)
            if path in counts:
                path = (*path, counts[path] - 1)
        path = (*path, words[-1])
        if many:
            counts[path] = counts.get(path, 0) + 1
            path = (*path, counts[path] - 1)
        return path

    def __call__(self, *path: str | int) -> int:
        """The line of ``path``, or of the nearest thing around it."""
        while path not in self._lines:
            if (*path, 0) in self._lines:  # the name of a list of tables: the first of them
                return self._lines[*path, 0]
            path = path[:-1]
        return self._lines[path]
