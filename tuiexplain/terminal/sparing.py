"""Textual's compositor, sending the changed columns of a line and nothing to their left."""

from __future__ import annotations

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


class SparingCompositor(Compositor):
    """The same picture in fewer bytes. Textual sends each line from its widget's left edge on."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed."""
        update = super().render_partial_update()
        return None if update is None else _Changes(update.chops, update.spans, update.chop_ends)


class _Changes(ChopsUpdate):
    def render_segments(self, console: Console) -> str:
        """The changed spans as terminal sequences."""
        parts: list[str] = []
        for y, x1, x2 in self.spans:
            for end, (start, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=True):
                if strip is not None and start < x2 and x1 < end:
                    left, right = max(start, x1), min(end, x2)
                    parts.append(Control.move_to(left, y).segment.text)
                    parts.append(strip.crop(left - start, right - start).render(console))
        return "".join(parts)
