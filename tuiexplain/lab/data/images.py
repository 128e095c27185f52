"""Images with their classes, a fifth of them held out; from a folder whose subfolders are classes.

Pillow reads the files. Reading PNG and PGM without it would take a page of code and leave out
JPEG, which is what most folders hold; so it is an extra, asked for only here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tuiexplain.lab.data.source import Inputs, Targets
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.streams import generator

LEAST = 10
"""Images below which there is nothing to hold out."""
SEEN_AT_ONCE = 360
"""Of those learnt from, as many are evaluated on."""

Pixels = npt.NDArray[np.uint8]


class Images:
    """Images of shape (1, side, side), 0 to 1, in epochs: each once, in an order of its own."""

    classes: int

    def __init__(
        self, images: npt.NDArray[np.generic], labels: Targets, largest: float, held: int, seed: int
    ) -> None:
        self._largest = largest
        order = generator(seed, "split").permutation(len(images))
        out, kept = order[:held], order[held:]
        self.splits = {"train": (images[kept], labels[kept]), "val": (images[out], labels[out])}

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
        return self._scaled(images[rows]), labels[rows]

    def evaluation(self, split: str, batches: int, size: int) -> Iterator[tuple[Inputs, Targets]]:
        """All held-out images; of those learnt from, some."""
        images, labels = self.splits[split]
        if split == "train":
            images, labels = images[:SEEN_AT_ONCE], labels[:SEEN_AT_ONCE]
        for first in range(0, len(images), size):
            part = slice(first, first + size)
            yield self._scaled(images[part]), labels[part]

    def describe(self) -> str:
        """In words, for a person."""
        raise NotImplementedError

    def fingerprint(self) -> str:
        """Differs when the images differ."""
        raise NotImplementedError

    def _scaled(self, images: npt.NDArray[np.generic]) -> Inputs:
        return images.astype(np.float32) / np.float32(self._largest)


class ImageFolder(Images):
    """The images below a folder, in grey, at one size; each subfolder is a class."""

    def __init__(self, folder: Path, side: int, seed: int) -> None:
        self.folder, self.side = folder, side
        files = _files(folder)
        self.names = list(files)
        self.classes = len(files)
        images = [_read(file, side) for of_class in files.values() for file in of_class]
        labels = np.repeat(np.arange(len(files)), [len(found) for found in files.values()])
        pixels = np.stack(images)[:, None]
        mark = hashlib.sha256("\0".join(self.names).encode(errors="replace"))
        mark.update(pixels.tobytes() + labels.astype(np.int64).tobytes())
        self._mark = mark.hexdigest()
        super().__init__(pixels, labels.astype(np.int64), 255.0, max(1, len(images) // 5), seed)

    def describe(self) -> str:
        """In words, for a person."""
        train, val = (len(labels) for _, labels in self.splits.values())
        return (
            f"{self.folder.name}: {train:,} images to learn from, {val:,} held out, in grey at "
            f"{self.side}x{self.side}, {self.classes} different"
        )

    def fingerprint(self) -> str:
        """Of the pixels as they are learnt from, and of the classes."""
        return self._mark


def _files(folder: Path) -> dict[str, list[Path]]:
    """The image files of each class, by its subfolder's name, in order."""
    try:
        from PIL import Image
    except ModuleNotFoundError:
        raise LabError("reading images needs Pillow: `pip install 'tuiexplain[images]'`.") from None
    if not folder.is_dir():
        raise LabError(
            f"{folder} is not a folder: a cnn learns from a folder with a subfolder of images for "
            "each class, or, without --data, from digits."
        )
    endings = Image.registered_extensions()
    found: dict[str, list[Path]] = {}
    try:
        for inner in sorted(p for p in folder.iterdir() if p.is_dir()):
            images = sorted(p for p in inner.iterdir() if p.suffix.lower() in endings)
            if images:
                found[inner.name] = images
    except OSError as error:
        raise LabError(f"{error.filename}: {(error.strerror or str(error)).lower()}.") from None
    count = sum(map(len, found.values()))
    if not found:
        raise LabError(f"{folder} has no subfolders with images: put each class into its own.")
    if len(found) == 1:
        raise LabError(
            f"{folder} has images of one class only, {next(iter(found))}: there is nothing to tell "
            "apart; add a subfolder of another."
        )
    if count < LEAST:
        raise LabError(
            f"{folder} has {count} images: with fewer than {LEAST} none can be held out."
        )
    return found


def _read(file: Path, side: int) -> Pixels:
    """An image in grey, (side, side)."""
    from PIL import Image

    try:
        with Image.open(file) as image:
            grey = image.convert("L").resize((side, side), Image.Resampling.BILINEAR)
            return np.asarray(grey, dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        why = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise LabError(f"{file} cannot be read as an image ({why}): take it out.") from None
