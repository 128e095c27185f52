"""A sheet of characters on which later writing covers earlier writing."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from tuiexplain.views.picture import PLAIN, Line
from tuiexplain.views.text import width_of

_Cell = tuple[str, Style]
_EMPTY: _Cell = (" ", PLAIN)


class Grid:
    """``width`` x ``height`` cells; what is written outside of them is not there.

    A wide character takes two cells; when one of them is covered, the other becomes a space.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._rows: list[dict[int, _Cell]] = [{} for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: Style = PLAIN) -> None:
        """Write clean ``text`` from column ``x`` of line ``y`` on."""
        if not 0 <= y < self.height:
            return
        row = self._rows[y]
        for character in text:
            columns = width_of(character)
            if columns == 0:
                before = row.get(x - 1)
                if before is not None and before[0]:
                    row[x - 1] = (before[0] + character, before[1])
                continue
            if x >= 0 and x + columns <= self.width:
                self._clear(row, x, columns)
                row[x] = (character, style)
                if columns == 2:
                    row[x + 1] = ("", style)
            x += columns

    @staticmethod
    def _clear(row: dict[int, _Cell], x: int, columns: int) -> None:
        """Make room for a character: what is cut in half goes."""
        found = row.get(x)
        if found is not None and not found[0]:
            row[x - 1] = (" ", found[1])
        after = row.get(x + columns)
        if after is not None and not after[0]:
            row[x + columns] = (" ", after[1])

    def style_at(self, x: int, y: int) -> Style | None:
        """The style of what is seen there, ``None`` if nothing is."""
        found = self._rows[y].get(x) if 0 <= y < self.height else None
        return None if found is None or found[0] in (" ", "⠀") else found[1]

    def blank_at(self, x: int, y: int) -> bool:
        """Whether nothing is seen there."""
        return self.style_at(x, y) is None

    def strips(self) -> list[Strip]:
        """The sheet as strips."""
        strips = []
        for row in self._rows:
            line = Line(self.width)
            run, runs_in = "", PLAIN
            for x in range(self.width):
                character, style = row.get(x, _EMPTY)
                if style is not runs_in:
                    line.add(run, runs_in)
                    run, runs_in = "", style
                run += character
            strips.append(line.add(run, runs_in).strip())
        return strips
