"""The 8x8 digits: 1,797 of them, a fifth held out."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tuiexplain.lab.data.shipped import DIGITS, shipped
from tuiexplain.lab.data.source import Inputs, Targets
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.streams import generator

HELD_OUT = 360


class Digits:
    """Images of shape (1, 8, 8), 0 to 1, in epochs: each image once, in an order of its own."""

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
        order = generator(seed, "split").permutation(len(images))
        held, kept = order[:HELD_OUT], order[HELD_OUT:]
        self.splits = {
            "train": (images[kept], labels[kept]),
            "val": (images[held], labels[held]),
        }

    def batch(self, seed: int, index: int, size: int) -> tuple[Inputs, Targets]:
        """The next `size` images of the epoch, going over into the next one at its end."""
        images, labels = self.splits["train"]
        places = np.arange(size) + index * size
        epochs, within = np.divmod(places, len(images))
        rows = np.concatenate(
            [
                generator(seed, "epoch", int(e)).permutation(len(images))[within[epochs == e]]
                for e in np.unique(epochs)
            ]
        )
        return images[rows], labels[rows]

    def evaluation(self, split: str, batches: int, size: int) -> Iterator[tuple[Inputs, Targets]]:
        """All held-out images; of those learnt from, as many."""
        images, labels = self.splits[split]
        images, labels = images[:HELD_OUT], labels[:HELD_OUT]
        for first in range(0, len(images), size):
            part = slice(first, first + size)
            yield images[part], labels[part]

    def describe(self) -> str:
        """In words, for a person."""
        train, val = (len(labels) for _, labels in self.splits.values())
        return f"digits: {train:,} images of 8x8 to learn from, {val} held out, 10 different"

    def fingerprint(self) -> str:
        """Of the table."""
        return self._mark
