"""A board: cards of one or more joined matrices, laid out in rows like words in a paragraph."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from textual.strip import Strip

from tuiexplain.views.look import Look
from tuiexplain.views.matrix import Matrix, matrices, matrix_size
from tuiexplain.views.picture import Area, Hits, Line, Picture, blank, fill, shifted
from tuiexplain.views.text import width_of

GAP = 1
LEAST_HEIGHT = 3
"""A box with one line of numbers in it."""


LEAST_LOWER = 6
"""Lines below which a lower board would show next to nothing."""


class Card(NamedTuple):
    """Matrices that belong together, each with the key that hits name it by."""

    matrices: Sequence[Matrix]
    keys: Sequence[Hashable]

    def size(self, look: Look) -> tuple[int, int]:
        """The columns and lines that show all of it."""
        sizes = [matrix_size(m, look) for m in self.matrices]
        return sum(w for w, _ in sizes) - len(sizes) + 1, max(h for _, h in sizes)


class _Placed(NamedTuple):
    card: Card
    area: Area


def board(
    cards: Sequence[Card],
    width: int,
    height: int,
    look: Look,
    *,
    first: int | None = None,
    more: str = "+{count}",
) -> Picture:
    """``cards`` in reading order; what finds no room is counted in the last line, by ``more``.

    High cards are lowered, showing a window around the cursor, until the ``first`` cards fit
    (``None``: all of them); the others come whole or not at all. Hits: ``(key, (row, column))``.
    """
    cards, first = _split(cards, width, look, len(cards) if first is None else first)
    placed = _place(cards, width, height, look, first)
    return _drawn(placed, len(cards) - len(placed), width, height, look, more)


def two_boards(
    upper: Sequence[Card],
    lower: Sequence[Card],
    heading: str,
    width: int,
    height: int,
    look: Look,
    *,
    more: str = "+{count}",
) -> Picture:
    """``upper`` above ``lower``, which begins half way down, wherever ``upper`` ends before that.

    So the lower cards keep their places while the upper ones change. Where ``upper`` needs so much
    that no room for ``lower`` is left, they are one board.
    """
    cards, first = _split(upper, width, look, len(upper))
    placed = _place(cards, width, height - LEAST_HEIGHT - 1, look, first, most=height // 2)
    end = max((p.area.y + p.area.height for p in placed), default=0)
    top = max(end, height // 2)
    above = _drawn(placed, len(cards) - len(placed), width, top, look, more)
    room = height - top - 1
    if room < LEAST_LOWER:
        shown = {key for card in upper for key in card.keys}
        rest = [card for card in lower if not shown.issuperset(card.keys)]
        return board([*upper, *rest], width, height, look, first=len(upper), more=more)
    others, _ = _split(lower, width, look, 0)
    found = _place(others, width, room, look, 0, highest=max(LEAST_HEIGHT, room * 2 // 3))
    below = _drawn(found, len(others) - len(found), width, room, look, more)
    rule = Line(width).space(1).add(look.write(heading), look.muted, look.glyphs.ellipsis).strip()
    hits = shifted(below.hits, 0, top + 1)

    def at(x: int, y: int) -> Any:
        return above.hits.at(x, y) or hits.at(x, y)

    def where(target: Any) -> Area | None:
        return above.hits.where(target) or hits.where(target)

    return Picture([*above.strips, rule, *below.strips], Hits(at, where))


def _drawn(
    placed: Sequence[_Placed], left_out: int, width: int, height: int, look: Look, more: str
) -> Picture:
    drawn = [(p, matrices(p.card.matrices, p.area.width, p.area.height, look)) for p in placed]
    strips = _compose(drawn, width)
    lines = fill(strips, width, height)
    if left_out:
        text = look.write(more.format(count=left_out))
        if len(strips) < height:
            lines[-1] = (
                Line(width).to(max(0, width - width_of(text) - 1)).add(text, look.muted).strip()
            )
    return Picture(lines, _hits(drawn))


def _split(cards: Sequence[Card], width: int, look: Look, first: int) -> tuple[list[Card], int]:
    """Cards too wide for the board as one card for each of their matrices."""
    narrow: list[Card] = []
    count = 0
    for i, card in enumerate(cards):
        apart = card.size(look)[0] > width and len(card.matrices) > 1
        parts = [Card([m], [k]) for m, k in zip(card.matrices, card.keys, strict=True)]
        narrow.extend(parts if apart else [card])
        if i < first:
            count = len(narrow)
    return narrow, count


def _place(
    cards: Sequence[Card],
    width: int,
    height: int,
    look: Look,
    first: int,
    most: int | None = None,
    highest: int | None = None,
) -> list[_Placed]:
    """Shelves of cards, at the greatest height at which most of the first ones fit.

    The first are lowered to ``most``, the others to ``highest``, where these are given.
    """
    sizes = [card.size(look) for card in cards]
    heights_whole = [h for _, h in sizes]
    tallest = max(heights_whole[:first], default=LEAST_HEIGHT)
    if most is not None:
        tallest = min(tallest, most)
    best: list[_Placed] = []
    for limit in range(min(tallest, height), LEAST_HEIGHT - 1, -1):
        heights = [
            min(h, limit) if i < first else h if highest is None else min(h, highest)
            for i, h in enumerate(heights_whole)
        ]
        placed = _shelve(cards, [w for w, _ in sizes], heights, width, height)
        if not best or min(len(placed), first) > min(len(best), first):
            best = placed
        if len(placed) >= first:
            break
    return best


def _shelve(
    cards: Sequence[Card], widths: Sequence[int], heights: Sequence[int], width: int, height: int
) -> list[_Placed]:
    placed: list[_Placed] = []
    x = y = shelf = 0
    for card, wanted, h in zip(cards, widths, heights, strict=True):
        w = min(wanted, width)
        if x and x + w > width:
            x, y, shelf = 0, y + shelf, 0
        if y + h > height:
            break
        placed.append(_Placed(card, Area(x, y, w, h)))
        x += w + GAP
        shelf = max(shelf, h)
    return placed


def _compose(drawn: Sequence[tuple[_Placed, Picture]], width: int) -> list[Strip]:
    bottom = max((p.area.y + p.area.height for p, _ in drawn), default=0)
    lines = [Line(width) for _ in range(bottom)]
    for p, picture in drawn:
        for row, strip in enumerate(picture.strips):
            lines[p.area.y + row].to(p.area.x).extend(strip)
    return [line.strip() if line.used else blank(width) for line in lines]


def _hits(drawn: Sequence[tuple[_Placed, Picture]]) -> Hits:
    places = [(p.card, shifted(picture.hits, p.area.x, p.area.y)) for p, picture in drawn]

    def at(x: int, y: int) -> Any:
        for card, hits in places:
            found = hits.at(x, y)
            if found is not None:
                return (card.keys[found[0]], found[1])
        return None

    def where(target: Any) -> Area | None:
        key, cell = target
        for card, hits in places:
            if key in card.keys:
                return hits.where((list(card.keys).index(key), cell))
        return None

    return Hits(at, where)
