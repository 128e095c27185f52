"""Rows of byte pair encoding: characters to bytes, pairs of neighbours, their counts, a merge.

Tokens are whole numbers along the last axis. Where rows have different lengths, the shorter ones
end in ``EMPTY``. None of these rows has a derivative: whole numbers do not move by a little.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.op import Axes, Op
from tuiexplain.trace.expression import Cell, Chosen, Constant, Expr, Operand, product, total

EMPTY = -1
"""What stands behind the last token of a row that is shorter than others."""

LIMITS = (0x80, 0x800, 0x10000)
"""The first code points that need two, three and four bytes in UTF-8."""
LEADS = (0x00, 0xC0, 0xE0, 0xF0)
"""What the first byte of one, two, three and four begins with."""
SIX_BITS = 64

# -- characters to bytes ---------------------------------------------------------------------------


def utf8_lengths(codes: Any) -> Any:
    """How many bytes each code point needs."""
    return 1 + sum((codes >= limit).astype(np.int64) for limit in LIMITS)


def why_utf8_lengths(cell: Cell, codes: Operand) -> Expr:
    code = codes[cell]
    crossed = [np.greater_equal(code, Constant(limit)) for limit in LIMITS]  # type: ignore[call-overload]
    return total([Constant(1), *crossed])


def utf8(codes: Any) -> Any:
    """The bytes of code points (n) one after the other, as UTF-8 has them."""
    text = "".join(chr(int(code)) for code in codes.tolist())
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8).astype(np.int64)


def byte_of(code: Any, place: int, length: int) -> Any:
    """One of the ``length`` bytes of a code point; on an expression, its arithmetic."""
    behind = length - 1 - place
    part = np.floor(code / SIX_BITS**behind) if behind else code
    if place == 0:
        return part + LEADS[length - 1] if length > 1 else part
    return 128 + np.fmod(part, SIX_BITS)


def why_utf8(cell: Cell, codes: Operand) -> Expr:
    (at,) = cell
    place = at
    for i in range(codes.shape[0]):
        code = codes[i]
        length = 1 + sum(bool(code.number >= limit) for limit in LIMITS)
        if place < length:
            return byte_of(code, place, length)  # type: ignore[no-any-return]
        place -= length
    raise AssertionError("every byte belongs to a code point")


# -- pairs -----------------------------------------------------------------------------------------


def neighbours(ids: Any) -> dict[tuple[int, int], list[Cell]]:
    """Each pair of neighbours in reading order, with the cells where its left one stands."""
    found: dict[tuple[int, int], list[Cell]] = {}
    width = ids.shape[-1]
    for cell in np.ndindex(*ids.shape[:-1], max(0, width - 1)):
        left, right = int(ids[cell]), int(ids[*cell[:-1], cell[-1] + 1])
        if EMPTY not in (left, right):
            found.setdefault((left, right), []).append(cell)
    return found


def pairs(ids: Any) -> Any:
    """Every pair of neighbours once, in reading order: (pairs, 2).

    Where there is none, because only one token is left, one row of ``EMPTY``.
    """
    return np.array(list(neighbours(ids)) or [(EMPTY, EMPTY)], dtype=np.int64)


def numbers(x: Operand) -> np.ndarray:
    """All numbers of a whole-number operand."""
    found = np.empty(x.shape, dtype=np.int64)
    for cell in np.ndindex(x.shape):
        found[cell] = int(x[cell].number)
    return found


def beside(cell: Cell) -> Cell:
    """The cell to the right."""
    return (*cell[:-1], cell[-1] + 1)


def why_pairs(cell: Cell, ids: Operand) -> Expr:
    row, side = cell
    places = list(neighbours(numbers(ids)).values())
    if not places:
        return Constant(EMPTY)
    first = places[row][0]
    return ids[beside(first) if side else first]


def pair_counts(ids: Any, pairs: Any, times: Any = None) -> Any:
    """How often each pair stands in ``ids``; a row that occurs ``times`` times counts as many."""
    places = neighbours(ids)
    counts = np.zeros(len(pairs), dtype=np.int64)
    for i, (left, right) in enumerate(pairs.tolist()):
        cells = places.get((left, right), ())
        counts[i] = sum(1 if times is None else int(times[c[:-1]]) for c in cells)
    return counts


def why_pair_counts(cell: Cell, ids: Operand, pairs: Operand, times: Operand | None = None) -> Expr:
    (row,) = cell
    left, right = pairs[row, 0], pairs[row, 1]
    terms: list[Expr] = []
    for at in neighbours(numbers(ids)).get((int(left.number), int(right.number)), ()):
        both = [same(ids[at], left), same(ids[beside(at)], right)]
        terms.append(product(both if times is None else [times[at[:-1]], *both]))
    return total(terms) if terms else Constant(0)


def same(a: Expr, b: Expr) -> Any:
    return np.equal(a, b)  # type: ignore[call-overload]


def argmax(x: Any) -> Any:
    """Where the largest number stands; of several, the first."""
    return np.asarray(np.argmax(x))


def why_argmax(cell: Cell, x: Operand) -> Expr:
    rivals = [x[i] for i in range(x.shape[0])]
    best = int(np.argmax([r.number for r in rivals]))
    return Chosen(Constant(best), [rivals[best], *rivals])


# -- merging ---------------------------------------------------------------------------------------


def sources(ids: Any, pair: Any) -> list[list[tuple[Cell, bool]]]:
    """For each row: from which cell each new token comes, and whether it is the merged pair."""
    left, right = (int(n) for n in pair)
    rows = []
    for row in np.ndindex(ids.shape[:-1]):
        line = ids[row]
        kept: list[tuple[Cell, bool]] = []
        at = 0
        while at < len(line) and line[at] != EMPTY:
            merged = at + 1 < len(line) and line[at] == left and line[at + 1] == right != EMPTY
            kept.append(((*row, at), merged))
            at += 2 if merged else 1
        rows.append(kept)
    return rows


def merge(ids: Any, pair: Any, *, new: int) -> Any:
    """``ids`` with ``new`` in the place of every ``pair``, from left to right."""
    rows = sources(ids, pair)
    width = max(map(len, rows), default=0)
    result = np.full((len(rows), width), EMPTY, dtype=np.int64)
    for i, row in enumerate(rows):
        result[i, : len(row)] = [new if merged else ids[cell] for cell, merged in row]
    return result.reshape(*ids.shape[:-1], width)


def why_merge(cell: Cell, ids: Operand, pair: Operand, *, new: int) -> Expr:
    line, both = numbers(ids)[cell[:-1]], numbers(pair)
    row = sources(line, both)[0]
    if cell[-1] >= len(row):
        return Constant(EMPTY)
    (at,), merged = row[cell[-1]]
    place = (*cell[:-1], at)
    if not merged:
        return ids[place]
    found = [same(ids[place], pair[0]), same(ids[beside(place)], pair[1])]
    return product([*found, Constant(new)])


def append(rows: Any, row: Any) -> Any:
    """``rows`` (n, k) with one more below."""
    return np.concatenate([rows, row[None]])


def why_append(cell: Cell, rows: Operand, row: Operand) -> Expr:
    return rows[cell] if cell[0] < rows.shape[0] else row[cell[1]]


def token_count(ids: Any, times: Any = None) -> Any:
    """How many tokens there are."""
    each = (ids != EMPTY).sum(axis=-1)
    return np.asarray(each.sum() if times is None else (each * times).sum())


def why_token_count(cell: Cell, ids: Operand, times: Operand | None = None) -> Expr:
    terms: list[Expr] = []
    for at in np.ndindex(ids.shape):
        if ids[at].number != EMPTY:
            there = np.not_equal(ids[at], Constant(EMPTY))  # type: ignore[call-overload]
            terms.append(there if times is None else product([times[at[:-1]], there]))
    return total(terms) if terms else Constant(0)


# -- back to bytes ---------------------------------------------------------------------------------


def leaves(token: int, merges: Any, first: int, at: Cell | None = None) -> list[tuple[int, Any]]:
    """The unmerged numbers in a token, each with the cell of ``merges`` that it stands in.

    A number that no merge made is its own leaf, and so is a part that is not older than its token:
    a table that was changed by hand may hold anything.
    """
    row = token - first
    if not 0 <= row < len(merges):
        return [(token, at)]
    found: list[tuple[int, Any]] = []
    for side in (0, 1):
        part = int(merges[row, side])
        place = (row, side)
        found += leaves(part, merges, first, place) if part < token else [(part, place)]
    return found


def unmerge(ids: Any, merges: Any, *, first: int) -> Any:
    """Every merge undone: ``ids`` (n) as the numbers below ``first`` that they stand for."""
    found = [n for token in ids.tolist() for n, _ in leaves(token, merges, first)]
    return np.array(found, dtype=np.int64)


def why_unmerge(cell: Cell, ids: Operand, merges: Operand, *, first: int) -> Expr:
    (place,) = cell
    table = numbers(merges)
    for i in range(ids.shape[0]):
        found = leaves(int(ids[i].number), table, first)
        if place < len(found):
            at = found[place][1]
            return ids[i] if at is None else Chosen(merges[at], [ids[i]])
        place -= len(found)
    raise AssertionError("every number belongs to a token")


def of_tokens(ids: Axes, *_: Axes, **__: Any) -> Axes:
    return ids


ROWS = (
    Op("utf8_lengths", utf8_lengths,
       formula="1 + [{codes} ≥ 128] + [{codes} ≥ 2048] + [{codes} ≥ 65536]",
       why=why_utf8_lengths, axes=of_tokens),
    Op("utf8", utf8, formula="UTF-8({codes})", why=why_utf8, axes=lambda codes: ("place",),
       mismatch=lambda codes: "a character's number is from 0 to 1114111."),
    Op("neighbours", pairs, formula="({ids}ᵢ, {ids}ᵢ₊₁)", why=why_pairs,
       axes=lambda ids: ("pair", "side")),
    Op("pair_counts", pair_counts,
       formula=lambda attrs: ("Σ {times}·" if attrs.get("inputs") == 3 else "Σ ")
       + "[({ids}ᵢ, {ids}ᵢ₊₁) = {pairs}]",
       why=why_pair_counts, axes=lambda ids, pairs, *_: pairs[:1]),
    Op("argmax", argmax, formula="argmax {x}", why=why_argmax, axes=lambda x: ()),
    Op("merge", merge, formula="{ids}, {pair} → {new}", why=why_merge, axes=of_tokens),
    Op("append", append, formula="{rows}, {row}", why=why_append, axes=lambda rows, row: rows),
    Op("token_count", token_count,
       formula=lambda attrs: ("Σ {times}·" if attrs.get("inputs") == 2 else "Σ ") + "[{ids}ᵢ]",
       why=why_token_count, axes=lambda *_: ()),
    Op("unmerge", unmerge, formula="{merges} → {ids}", why=why_unmerge,
       axes=lambda ids, merges, **_: ids),
)  # fmt: skip
UTF8_LENGTHS, UTF8, PAIRS, PAIR_COUNTS, ARGMAX, MERGE, APPEND, TOKEN_COUNT, UNMERGE = ROWS
