"""Tokens: text as bytes, and byte pair encoding, one operation at a time.

Whole numbers stand for tokens: 0 to 255 for the bytes, then the special tokens of a vocabulary,
then a number for each merge, in the order in which they were learnt.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuiexplain.engine import autograd
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.ops import tokens as rows
from tuiexplain.engine.tensors import Tensor

BYTES = 256
SPACE = "_"
"""How the token that is a space is written: unlike a space it can be seen in a matrix."""


def utf8_lengths(codes: Tensor) -> Tensor:
    """How many bytes each of the code points (n) needs in UTF-8; the characters label both."""
    codes.labels = (tuple(map(_character, codes.data.tolist())),)
    result = autograd.apply(rows.UTF8_LENGTHS, (codes,))
    result.labels = codes.labels
    return result


def utf8(codes: Tensor) -> Tensor:
    """The bytes of the code points (n), one after the other."""
    result = autograd.apply(rows.UTF8, (codes,))
    result.labels = (tuple(f"{byte:02X}" for byte in result.data.tolist()),)
    return result


def _character(code: int) -> str:
    """A code point as a label: itself where it can be seen, else its number."""
    character = chr(code)
    if character == " ":
        return SPACE
    return character if character.isprintable() and not character.isspace() else f"U+{code:04X}"


def most(counts: Tensor) -> Tensor:
    """Where the largest of ``counts`` (n) stands; of several, the first."""
    return autograd.apply(rows.ARGMAX, (counts,))


def padded(lines: Sequence[Sequence[int]]) -> np.ndarray:
    """Rows of different lengths as one array; behind the shorter ones stands ``EMPTY``."""
    width = max(map(len, lines), default=0)
    result = np.full((len(lines), width), rows.EMPTY, dtype=np.int64)
    for i, line in enumerate(lines):
        result[i, : len(line)] = line
    return result


def written(text: bytes) -> str:
    """Bytes as a label: as text where they are printable text, else in hexadecimal digits."""
    try:
        shown = text.decode("utf-8")
    except UnicodeDecodeError:
        shown = ""
    shown = shown.replace(" ", SPACE)
    return shown if shown.isprintable() and shown else text.hex().upper()


class Vocabulary(Module):
    """What the numbers of tokens stand for. The buffer ``merges`` (n, 2) grows while it learns.

    ``specials`` are the names of tokens that are no bytes, such as the end of a word.
    """

    merges: Tensor

    def __init__(
        self, merges: Sequence[tuple[int, int]] = (), specials: Sequence[str] = ()
    ) -> None:
        self.specials = tuple(specials)
        table = Tensor(np.array(list(merges), dtype=np.int64).reshape(-1, 2))
        table.axes = ("merge", "side")
        self.register_buffer("merges", table)
        self._tell_merges()

    @property
    def first(self) -> int:
        """The number of the first merge."""
        return BYTES + len(self.specials)

    def __len__(self) -> int:
        return self.first + len(self.merges.data)

    def spelled(self, token: int) -> str:
        """A token as a label: its text, or its bytes in hexadecimal digits."""
        if token == rows.EMPTY:
            return ""
        parts = [n for n, _ in rows.leaves(int(token), self.merges.data, self.first)]
        text, special = b"", ""
        for part in parts:
            if 0 <= part < BYTES:
                text += bytes([part])
            elif BYTES <= part < self.first:
                special += self.specials[part - BYTES]
            elif part != rows.EMPTY:
                special += f"?{part}"
        return (written(text) if text else "") + special

    def label(self, ids: Tensor) -> None:
        """Write beside each number of ``ids`` (n) what it stands for."""
        if ids.ndim == 1:
            ids.labels = (tuple(self.spelled(n) for n in ids.data.tolist()),)

    def count_tokens(self, ids: Tensor, times: Tensor | None = None) -> Tensor:
        """How many tokens there are; each row of ``ids`` counts as often as ``times`` says."""
        self._tell_merges()
        self.label(ids)
        inputs = (ids,) if times is None else (ids, times)
        return autograd.apply(rows.TOKEN_COUNT, inputs)

    # -- learning: count, choose, merge ------------------------------------------------------------

    def pairs(self, ids: Tensor) -> Tensor:
        """Every pair of neighbours in ``ids`` (…, n) once, in reading order: (pairs, 2)."""
        self._tell_merges()
        self.label(ids)
        result = autograd.apply(rows.PAIRS, (ids,))
        result.labels = (self._names(result.data), ("left", "right"))
        return result

    def count(self, ids: Tensor, pairs: Tensor, times: Tensor | None = None) -> Tensor:
        """How often each of ``pairs`` stands in ``ids``: (pairs)."""
        inputs = (ids, pairs) if times is None else (ids, pairs, times)
        return autograd.apply(rows.PAIR_COUNTS, inputs)

    def merge_(self, ids: Tensor, pair: Tensor) -> None:
        """Put the next number in the place of every ``pair`` in ``ids``."""
        new = {"new": len(self)}
        table = np.vstack([self.merges.data, pair.data])
        ids.data = autograd.update(rows.MERGE, ids.data, (ids.data, pair.data), new)
        longer = Vocabulary(table.tolist(), self.specials)
        longer.label(ids)

    def append_(self, pair: Tensor) -> None:
        """Remember a merge: ``pair`` becomes the last row of ``merges``."""
        merges = self.merges
        merges.data = autograd.update(rows.APPEND, merges.data, (merges.data, pair.data), {})
        self._tell_merges()

    # -- using what was learnt ---------------------------------------------------------------------

    def merge(self, ids: Tensor, pair: Tensor, rank: int) -> Tensor:
        """``ids`` (n) with the number of merge ``rank`` in the place of every ``pair``."""
        result = autograd.apply(rows.MERGE, (ids, pair), {"new": self.first + rank})
        self.label(result)
        return result

    def unmerge(self, ids: Tensor) -> Tensor:
        """Every merge undone: the bytes (and special tokens) that ``ids`` (n) stand for."""
        result = autograd.apply(rows.UNMERGE, (ids, self.merges), {"first": self.first})
        self.label(result)
        return result

    def _names(self, pairs: np.ndarray) -> tuple[str, ...]:
        return tuple(" ".join(map(self.spelled, pair)) for pair in pairs.tolist())

    def _tell_merges(self) -> None:
        table = self.merges.data
        names = tuple(self.spelled(self.first + i) for i in range(len(table)))
        self.merges.labels = (names, ("left", "right"))
