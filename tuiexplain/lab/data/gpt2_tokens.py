"""The tokens of a GPT-2 in the Hugging Face layout: ``vocab.json`` and ``merges.txt``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tuiexplain.lab.data.bpe import BytePairs
from tuiexplain.lab.data.codecs import Tokens, shown
from tuiexplain.lab.errors import LabError

# GPT-2's own pattern, with what `re` has for "letter" and "number".
_PIECES = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


class GPT2Tokens:
    """GPT-2's byte pairs: merges as learnt by somebody else, numbered as they numbered them."""

    unit = "gpt2"

    def __init__(self, merges: Iterable[Iterable[int]], ids: list[int], size: int) -> None:
        self.pairs = BytePairs([tuple(pair) for pair in merges], cut=gpt2_pieces)
        self.size = size
        """Rows of the model's table of tokens; the file may name fewer."""
        self._ids = np.array(ids, dtype=np.uint32)
        self._ours = {token: index for index, token in enumerate(ids)}

    @classmethod
    def of(cls, folder: Path, size: int) -> GPT2Tokens:
        """Read from a folder; LabError if its files are missing or do not fit together."""
        try:
            numbers = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
            lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()
            byte = {sign: number for number, sign in enumerate(byte_signs())}
            known = {bytes([b]): b for b in range(256)}
            merges = []
            for line in lines:
                if not line or line.startswith("#version"):
                    continue
                a, b = (bytes(byte[sign] for sign in word) for word in line.split(" "))
                merges.append((known[a], known[b]))
                known[a + b] = 256 + len(merges) - 1
            ids = [numbers["".join(byte_signs()[b] for b in token)] for token in known]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LabError(
                f"{folder}: vocab.json and merges.txt are needed, as GPT-2 has them "
                f"({type(error).__name__}: {error})."
            ) from None
        return cls(merges, ids, size)

    def encode(self, text: str) -> Tokens:
        """Numbers as in the file."""
        tokens = self._ids[np.array(self.pairs.encode(text.encode()), dtype=np.int64)]
        return tokens.astype(np.uint16 if self.size <= 1 << 16 else np.uint32)

    def decode(self, tokens: Iterable[int]) -> str:
        """Tokens that stand for no text, such as the end of a text, are left out."""
        ours = [self._ours[token] for token in tokens if token in self._ours]
        return self.pairs.decode(ours).decode(errors="replace")

    def token(self, token: int) -> str:
        """One token as text; one that stands for none by its number."""
        if token not in self._ours:
            return f"<{token}>"
        return shown(self.pairs.decode([self._ours[token]]))

    def as_json(self) -> dict[str, Any]:
        """All of it: a checkpoint does not need the folder."""
        ids = self._ids.tolist()
        return {"unit": self.unit, "merges": self.pairs.merges, "ids": ids, "size": self.size}


def gpt2_pieces(text: bytes) -> list[bytes]:
    """The text cut as GPT-2 cuts it; what is not UTF-8 is kept as it is."""
    pieces = _PIECES.findall(text.decode(errors="surrogateescape"))
    return [piece.encode(errors="surrogateescape") for piece in pieces]


def byte_signs() -> str:
    """A printable sign for each of the 256 bytes, as GPT-2's files write them."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = iter(range(0x100, 0x200))
    return "".join(chr(byte if byte in plain else next(others)) for byte in range(256))
