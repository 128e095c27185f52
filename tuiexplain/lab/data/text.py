"""A text file as a source of windows: `context` tokens and, for each, the one that follows."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tuiexplain.lab.data.codecs import Bytes, Codec, Tokens, learn_codec
from tuiexplain.lab.data.source import Inputs, Targets
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.streams import generator

MAPPED_ABOVE = 64 << 20  # bytes; a larger file is mapped, not read, and its bytes are the tokens
HELD_OUT = 0.1  # the last tenth, as in nanoGPT

_PROBE = 1 << 16
_LINE = 400  # tokens among which a line's end is looked for
_UNREADABLE = {
    FileNotFoundError: "text_missing",
    IsADirectoryError: "text_folder",
    PermissionError: "text_forbidden",
}
"""Why a file cannot be read: its key among the texts."""


class Text:
    """Windows of one text: drawn at random to learn from, evenly spaced to evaluate on."""

    def __init__(
        self,
        name: str,
        tokens: Tokens,
        codec: Codec,
        context: int,
        mark: str,
        held_out: float = HELD_OUT,
    ) -> None:
        self.name, self.codec, self.context, self._mark = name, codec, context, mark
        self.classes = codec.size
        border = int(len(tokens) * (1 - held_out))
        self.splits = {"train": tokens[:border], "val": tokens[border:]}
        for split, part in self.splits.items():
            if len(part) <= context:
                held = "held-out part" if split == "val" else "part to learn from"
                raise LabError(
                    f"{name}: its {held} is {len(part)} {codec.unit}, too short for windows of "
                    f"{context + 1}; take a longer text or set context={max(1, len(part) - 1)}.",
                    "text_short",
                    file=name,
                    count=len(part),
                    window=context + 1,
                )

    def batch(self, seed: int, index: int, size: int) -> tuple[Inputs, Targets]:
        """Windows at random places: inputs and targets of shape (size, context)."""
        tokens = self.splits["train"]
        random = generator(seed, "batch", index)
        return self._windows(tokens, random.integers(0, len(tokens) - self.context, size))

    def evaluation(self, split: str, batches: int, size: int) -> Iterator[tuple[Inputs, Targets]]:
        """Windows that do not overlap, evenly spaced over the split."""
        tokens = self.splits[split]
        apart = (len(tokens) - 1) // self.context
        starts = np.linspace(
            0, len(tokens) - 1 - self.context, min(apart, batches * size), dtype=np.int64
        )
        for first in range(0, len(starts), size):
            yield self._windows(tokens, starts[first : first + size])

    def line(self, least: int) -> tuple[Inputs, Targets]:
        """Windows one after the other, of `least` tokens together or a little more.

        From the middle of what was held out, where a line begins there.
        """
        tokens = self.splits["val"]
        count = min(-(-least // self.context), (len(tokens) - 1) // self.context)
        middle = len(tokens) // 2
        near = tokens[middle : middle + _LINE]
        ends = [i for i, t in enumerate(near) if self.codec.token(int(t)) == "\n"]
        start = min(middle + (ends[0] + 1 if ends else 0), len(tokens) - 1 - count * self.context)
        return self._windows(tokens, start + np.arange(count) * self.context)

    def describe(self) -> str:
        """In words, for a person."""
        train, val = (f"{len(part):,}" for part in self.splits.values())
        return (
            f"{self.name}: {train} {_NOUN[self.codec.unit]} to learn from, {val} held out, "
            f"{self.classes} different"
        )

    def fingerprint(self) -> str:
        """Of the bytes of the file (of parts of it, and its size, when it is mapped)."""
        return self._mark

    def _windows(self, tokens: Tokens, starts: Tokens) -> tuple[Inputs, Targets]:
        rows = tokens[starts[:, None] + np.arange(self.context + 1)].astype(np.int64)
        return rows[:, :-1], rows[:, 1:]


_NOUN = {
    "characters": "characters",
    "bytes": "bytes",
    "bpe": "byte-pair tokens",
    "gpt2": "tokens of GPT-2",
}


def open_text(
    file: Path,
    unit: str,
    context: int,
    *,
    vocabulary: int = 512,
    codec: Codec | None = None,
    fingerprint: str | None = None,
    held_out: float = HELD_OUT,
) -> Text:
    """A text file, checked; with a resumed run's codec and fingerprint, in its tokens.

    LabError where it is missing, empty, binary, not UTF-8, too short, or has changed.
    """
    size = _size(file)
    if size > MAPPED_ABOVE:
        if unit not in ("characters", "bytes"):
            raise LabError(
                f"{file} is {size / 1e6:,.0f} MB: above {MAPPED_ABOVE >> 20} MiB a file is mapped "
                "and not read, and its tokens are its bytes; set unit=bytes.",
                "text_large",
                file=str(file),
                size=f"{size / 1e6:,.0f}",
            )
        tokens, mark = _mapped(file)
        _check_unchanged(file, mark, fingerprint)
        return Text(file.name, tokens, Bytes(), context, mark, held_out)
    raw = file.read_bytes()
    mark = hashlib.sha256(raw).hexdigest()
    _check_unchanged(file, mark, fingerprint)
    text = _decoded(file, raw)
    if codec is None:
        codec = learn_codec(text, unit, vocabulary)
    return Text(file.name, codec.encode(text), codec, context, mark, held_out)


def _check_unchanged(file: Path, mark: str, fingerprint: str | None) -> None:
    if fingerprint not in (None, mark):
        raise LabError(
            f"{file} is not what this run learnt from, it has changed: "
            "give the former file, or start anew.",
            "text_changed",
            file=str(file),
        )


def _size(file: Path) -> int:
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            opened.read(1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        key = _UNREADABLE.get(type(error), "text_unreadable")
        raise LabError(
            f"{file}: {reason}; name a text file that can be read.",
            key,
            file=str(file),
            reason=reason,
        ) from None
    if size == 0:
        raise LabError(
            f"{file} is empty: name a file with text in it.", "text_empty", file=str(file)
        )
    return size


def _decoded(file: Path, raw: bytes) -> str:
    if (zero := raw.find(0)) >= 0:
        raise _binary(file, 0, zero)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _binary(file, raw[error.start], error.start) from None


def _binary(file: Path, byte: int, offset: int) -> LabError:
    return LabError(
        f"{file} is not text in UTF-8 (byte {byte:#04x} at {offset:,}): "
        "name another file, or convert it (`iconv -f GB18030 -t UTF-8`, if it is Chinese).",
        "text_binary",
        file=str(file),
        byte=f"{byte:#04x}",
        offset=f"{offset:,}",
    )


def _mapped(file: Path) -> tuple[Tokens, str]:
    """A large file's bytes, which stay on the disk until windows of them are drawn; its mark."""
    with file.open("rb") as opened:
        mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    if hasattr(mmap, "MADV_RANDOM"):
        mapped.madvise(mmap.MADV_RANDOM)  # windows lie anywhere: to read ahead is to read in vain
    tokens = np.frombuffer(mapped, dtype=np.uint8)
    mark = hashlib.sha256(str(len(tokens)).encode())
    for start in (0, len(tokens) // 2, len(tokens) - _PROBE):
        probe = tokens[start : start + _PROBE].tobytes()
        mark.update(probe)
        _check_probe(file, probe, start)
    return tokens, mark.hexdigest()


def _check_probe(file: Path, probe: bytes, start: int) -> None:
    if (zero := probe.find(0)) >= 0:
        raise _binary(file, 0, start + zero)
    # A character may be cut at either end: at most three bytes of it.
    try:
        probe[3:].lstrip(bytes(range(0x80, 0xC0))).decode()
    except UnicodeDecodeError as error:
        if error.end < len(probe) - 8:
            raise _binary(file, error.object[error.start], start + error.start) from None
