"""An image file as ink: PGM by hand, other formats by Pillow, and what is no image."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tuiexplain.course.errors import AskedError
from tuiexplain.course.image_file import read_ink
from tuiexplain.course.text import width

INK = np.zeros((8, 8))
INK[2:6, 3] = 1.0
INK[2, 4] = 0.5


def pgm(ink: np.ndarray, kind: str = "P5", white: int = 255, comment: str = "") -> bytes:
    rows, columns = ink.shape
    head = f"{kind}\n{comment}{columns} {rows}\n{white}\n".encode()
    grey = np.round(ink * white)
    if kind == "P2":
        return head + " ".join(str(int(g)) for g in grey.reshape(-1)).encode()
    return head + grey.astype(">u2" if white > 255 else "u1").tobytes()


@pytest.mark.parametrize("kind", ["P2", "P5"])
@pytest.mark.parametrize("white", [15, 255, 60000])
@pytest.mark.parametrize("dark", [False, True])
def test_pgm(tmp_path: Path, kind: str, white: int, dark: bool) -> None:
    file = tmp_path / "seven.pgm"
    file.write_bytes(pgm(1 - INK if dark else INK, kind, white, "# drawn by hand\n"))
    np.testing.assert_allclose(read_ink(file, 8, 8), INK, atol=1 / white)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "P"])
def test_png(tmp_path: Path, mode: str) -> None:
    image = pytest.importorskip("PIL.Image")
    file = tmp_path / "seven.png"
    ink = np.where(INK == 1, 1.0, 0.0)
    image.fromarray(np.uint8(255 * (1 - ink))).convert(mode).save(file)
    np.testing.assert_allclose(read_ink(file, 8, 8), ink, atol=0.01)


LINE = 62
"""Columns that a refusal has on the smallest screen."""


def told(file: Path) -> AskedError:
    with pytest.raises(AskedError) as asked:
        read_ink(file, 8, 8)
    for language in ("en", "zh"):
        sentence = asked.value.sentence(language)
        assert file.name[-8:] in sentence
        assert width(sentence) <= LINE
    return asked.value


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (pgm(np.zeros((28, 20))), "image_size"),
        (pgm(INK)[:-1], "image_no_image"),
        (pgm(INK, "P2") + b" words", None),
        (pgm(INK, "P2").replace(b" 0 ", b" -1 ", 1), "image_no_image"),
        (b"P5 8 8", "image_no_image"),
        (b"P5 8 8 0\n" + bytes(64), "image_no_image"),
        (b"P2 8 8 9\n" + b"x " * 64, "image_no_image"),
        (b"P5 999999 999999 255\n", "image_size"),
        (b"", "image_no_image"),
        (b"\x1b[2J no image", "image_no_image"),
        (b"\x89PNG\r\n\x1a\n", "image_no_image"),
    ],
)
def test_each_fault_has_its_sentence(tmp_path: Path, content: bytes, key: str | None) -> None:
    pytest.importorskip("PIL.Image")
    file = tmp_path / ("long" * 9 + ".png")
    file.write_bytes(content)
    if key is None:
        assert read_ink(file, 8, 8).shape == (8, 8)
    else:
        assert told(file).key == key


def test_the_wrong_size_is_told_with_the_right_one(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    file = tmp_path / "large.png"
    image.new("L", (28, 20)).save(file)
    sentence = str(told(file))
    assert sentence == "large.png is 28x20 pixels, not 8x8: scale it."


def test_what_is_no_file(tmp_path: Path) -> None:
    assert told(tmp_path / "nowhere.png").key == "image_missing"
    assert told(tmp_path).key == "image_folder"


def test_without_pillow_pgm_is_read_and_the_rest_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    file = tmp_path / "seven.pgm"
    file.write_bytes(pgm(INK))
    assert read_ink(file, 8, 8).max() == 1
    file = tmp_path / "seven.png"
    file.write_bytes(b"\x89PNG")
    assert told(file).key == "image_needs_pillow"
    assert "pip install 'tuiexplain[images]'" in str(told(file))
