"""Drawing an image by hand: ink where the cursor is, or where the mouse goes."""

from __future__ import annotations

from pathlib import Path

from tuiexplain.course.errors import AskedError
from tuiexplain.course.image_file import read_ink
from tuiexplain.course.languages import tr
from tuiexplain.screens.lesson.asking import Asking
from tuiexplain.screens.lesson.desk import Side
from tuiexplain.screens.lesson.sheet import is_blank, sheet
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.value import Value
from tuiexplain.views.text import clean
from tuiexplain.widgets.pane import Pane

INKS = (0.0, 1.0, 0.5)
"""White, black, grey: what pressing again makes of a pixel."""


class Painting(Asking):
    """The commands that put ink on a sheet of paper."""

    _stroke: float | None = None
    """The ink that the mouse lays as long as it is held."""

    def action_paint(self) -> None:
        """Ink at the cursor; where that is elsewhere, first to the paper."""
        desk, page = self.desk, sheet(self.desk)
        if page is None:
            self.say("no_paper")
            self.show()
        elif desk.value != page.id or not desk.pointing:
            self._take_up(page, desk.cell if desk.value == page.id else None)
            self.say("on_paper")
            self.show()
        else:
            self._ink(page, desk.cell, self._next_ink(page, desk.cell))

    def _take_up(self, page: Value, cell: Cell | None) -> None:
        """Bring the cursor and the eye to the paper."""
        self.desk.chain.clear()
        self.desk.pointing = True
        self.desk.select(page.id, cell)
        if self.desk.side is not Side.PICTURE:
            self.desk.turn_to(Side.PICTURE)
            self.lay_out()

    def _next_ink(self, page: Value, cell: Cell) -> float:
        now = self.desk.trace.cell(page, cell)
        nearest = min(range(len(INKS)), key=lambda i: abs(INKS[i] - now))
        return INKS[(nearest + 1) % len(INKS)]

    def _ink(self, page: Value, cell: Cell, ink: float) -> None:
        """An edit like any other: everything downstream is computed again, u takes it back."""
        self.session.bench.edit(page, cell, ink)
        self.say("blank_paper" if is_blank(self.desk) else "inked")
        self.changed()

    def action_lay_image(self) -> None:
        """Put an image file of the learner's own on the paper; u takes it off again."""
        page = sheet(self.desk)
        if page is None:
            self.say("no_paper")
            self.show()
            return
        rows, columns = page.shape[-2:]

        def lay(text: str) -> str | None:
            file = Path(text.strip()).expanduser()
            try:
                ink = read_ink(file, rows, columns)
            except AskedError as error:
                return error.sentence(self.language)
            self._take_up(page, self.desk.cell if self.desk.value == page.id else None)
            self.session.bench.edit_all(page, ink.reshape(page.shape))
            self.say("image_laid", name=clean(file.name))
            self.changed()
            return None

        self.ask(tr("screen.image_title", self.language, size=f"{columns}x{rows}"), lay)

    # -- mouse -----------------------------------------------------------------------------------

    def press_pixel(self, page: Value, cell: Cell) -> None:
        """Ink under the mouse; as it moves on with its button held, the same ink follows it."""
        self._take_up(page, cell)
        self._stroke = self._next_ink(page, cell)
        self._ink(page, cell, self._stroke)

    def on_pane_drag(self, drag: Pane.Drag) -> None:
        """The mouse moved on with its button held."""
        page, target = sheet(self.desk), drag.target
        if page is None or self._stroke is None or not isinstance(target, tuple):
            return
        value, cell = target
        if value != page.id:
            return
        self.desk.select(page.id, cell)
        if self.desk.trace.cell(page, cell) != self._stroke:
            self._ink(page, cell, self._stroke)
