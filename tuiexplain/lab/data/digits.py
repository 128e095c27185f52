"""The 8x8 digits: 1,797 of them, a fifth held out."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np

from tuiexplain.lab.data.images import Images
from tuiexplain.lab.data.shipped import DIGITS, shipped
from tuiexplain.lab.errors import LabError

HELD_OUT = 360


class Digits(Images):
    """Images of shape (1, 8, 8), 0 to 1."""

    classes = 10

    def __init__(self, seed: int, file: Path | None = None) -> None:
        raw = (file or shipped(DIGITS)).read_bytes()
        self._mark = hashlib.sha256(raw).hexdigest()
        try:
            lines = gzip.decompress(raw).decode("ascii").splitlines()
            table = np.array([line.split(",") for line in lines], dtype=np.float32)
            images = table[:, :64].reshape(-1, 1, 8, 8) / 16
            labels = table[:, 64].astype(np.int64)
        except (OSError, ValueError, IndexError, EOFError):
            raise LabError(
                f"{file} is not a table of digits: a cnn learns from the digits that come with "
                "the program; leave --data out."
            ) from None
        super().__init__(images, labels, 1.0, HELD_OUT, seed)

    def describe(self) -> str:
        """In words, for a person."""
        train, val = (len(labels) for _, labels in self.splits.values())
        return f"digits: {train:,} images of 8x8 to learn from, {val} held out, 10 different"

    def fingerprint(self) -> str:
        """Of the table."""
        return self._mark
