"""Text to tokens and back: by characters, by bytes, by byte pairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tuiexplain.lab.data.bpe import BytePairs, learn
from tuiexplain.lab.errors import LabError

Tokens = npt.NDArray[Any]

LEARN_FROM = 8 << 20  # bytes at the start of a text that byte pairs are learnt from


class Codec(Protocol):
    """Text to tokens, 0 to `size` - 1, and back."""

    unit: str
    size: int

    def encode(self, text: str) -> Tokens: ...
    def decode(self, tokens: Iterable[int]) -> str: ...
    def token(self, token: int) -> str: ...
    def as_json(self) -> dict[str, Any]: ...


class Characters:
    """One token for each different character of the text, in the order of Unicode."""

    unit = "characters"

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self.size = len(characters)
        self._codes = np.array([ord(c) for c in characters], dtype=np.uint32)

    @classmethod
    def of(cls, text: str) -> Characters:
        """The characters that occur in a text."""
        return cls("".join(chr(code) for code in np.unique(_codes(text))))

    def encode(self, text: str) -> Tokens:
        """LabError if a character never occurred in the text that was learnt from."""
        codes = _codes(text)
        places = np.searchsorted(self._codes, codes)
        known = self._codes[np.minimum(places, self.size - 1)] == codes
        if not known.all():
            stranger = chr(int(codes[int(np.argmin(known))]))
            raise LabError(
                f"the character `{stranger}` does not occur in what this model learnt from: "
                "write without it.",
                "stranger",
                character=stranger,
            )
        return places.astype(_dtype(self.size))

    def decode(self, tokens: Iterable[int]) -> str:
        return "".join(self.characters[token] for token in tokens)

    def token(self, token: int) -> str:
        """One token as text."""
        return self.characters[token]

    def as_json(self) -> dict[str, Any]:
        return {"unit": self.unit, "characters": self.characters}


class Bytes:
    """256 tokens, whatever the text; a character outside ASCII is two to four of them."""

    unit = "bytes"
    size = 256

    def encode(self, text: str) -> Tokens:
        return np.frombuffer(text.encode(), dtype=np.uint8)

    def decode(self, tokens: Iterable[int]) -> str:
        return bytes(tokens).decode(errors="replace")

    def token(self, token: int) -> str:
        """One token as text; half a character is shown by its number."""
        return shown(bytes([token]))

    def as_json(self) -> dict[str, Any]:
        return {"unit": self.unit}


class Pairs:
    """256 bytes and merges of them that are learnt from the text."""

    unit = "bpe"

    def __init__(self, pairs: BytePairs) -> None:
        self.pairs = pairs
        self.size = pairs.size

    @classmethod
    def of(cls, text: str, vocabulary: int) -> Pairs:
        """Learnt from the first megabytes of a text."""
        return cls(BytePairs(learn(text.encode()[:LEARN_FROM], vocabulary)))

    def encode(self, text: str) -> Tokens:
        return np.array(self.pairs.encode(text.encode()), dtype=_dtype(self.size))

    def decode(self, tokens: Iterable[int]) -> str:
        return self.pairs.decode(tokens).decode(errors="replace")

    def token(self, token: int) -> str:
        """One token as text; part of a character is shown by its bytes."""
        return shown(self.pairs.decode([token]))

    def as_json(self) -> dict[str, Any]:
        return {"unit": self.unit, "merges": self.pairs.merges}


def learn_codec(text: str, unit: str, vocabulary: int) -> Codec:
    """The tokens of a text that no model has read yet."""
    if unit == Characters.unit:
        return Characters.of(text)
    if unit == Pairs.unit:
        return Pairs.of(text, vocabulary)
    if unit == Bytes.unit:
        return Bytes()
    raise LabError(f"unit={unit} comes with a model's folder: set weights to that folder.")


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def _dtype(size: int) -> type[np.unsignedinteger[Any]]:
    return np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.uint32


def shown(raw: bytes) -> str:
    """Bytes as text, or by their numbers if they are not whole characters."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "".join(f"<{byte:02x}>" for byte in raw)
