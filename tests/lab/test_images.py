"""A folder of images as data: subfolders are classes; what is wrong with it is told in a sentence."""

import sys

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow is not installed")

from PIL import Image

from tuiexplain.lab.data import ImageFolder, open_source
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.presets import preset


def draw(folder, name, images, *, side="left", seed=0):
    """Images in colour, of several sizes, brighter on one side."""
    random = np.random.default_rng(seed)
    (folder / name).mkdir(parents=True)
    for number in range(images):
        width, height = random.integers(20, 60, 2)
        pixels = random.integers(0, 90, (height, width, 3), dtype=np.uint8)
        bright = slice(None, width // 2) if side == "left" else slice(width // 2, None)
        pixels[:, bright] += 150
        ending = ("png", "jpg", "gif")[number % 3]
        Image.fromarray(pixels).save(folder / name / f"{number}.{ending}")


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    draw(folder, "links", 15, side="left", seed=1)
    draw(folder, "右边", 15, side="right", seed=2)
    return folder


def settings(folder, **changes):
    small = {"width": 4, "batch": 8, "steps": 60, "eval_every": 60, "device": "cpu", "threads": 1}
    return preset("cnn", "tiny").changed(data=str(folder), **{**small, **changes})


def test_grey_of_one_size_and_a_fifth_held_out(pictures):
    (pictures / "links" / "notes.txt").write_text("not an image")
    (pictures / "nothing").mkdir()
    source = ImageFolder(pictures, 16, seed=3)
    assert (source.names, source.classes) == (["links", "右边"], 2)
    images, labels = source.batch(3, 0, 24)
    assert images.shape == (24, 1, 16, 16)
    assert images.dtype == np.float32
    assert 0 <= images.min() < images.max() <= 1
    assert sorted(np.bincount(labels)) == sorted(np.bincount(source.splits["train"][1]))
    assert [len(labels) for _, labels in source.evaluation("val", 9, 4)] == [4, 2]
    left, right = images[..., :8].mean((1, 2, 3)), images[..., 8:].mean((1, 2, 3))
    assert ((left > right) == (labels == 0)).all()
    assert source.describe() == (
        "pictures: 24 images to learn from, 6 held out, in grey at 16x16, 2 different"
    )


def test_the_same_folder_has_the_same_mark_and_another_another(pictures):
    before = ImageFolder(pictures, 8, 3)
    assert before.fingerprint() == ImageFolder(pictures, 8, 4).fingerprint()
    (pictures / "links" / "0.png").unlink()
    after = ImageFolder(pictures, 8, 3).fingerprint()
    assert before.fingerprint() != after
    with pytest.raises(LabError, match="images have changed"):
        open_source(settings(pictures, side=8), fingerprint=before.fingerprint())


def test_a_cnn_learns_them(pictures, tmp_path):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from tuiexplain.lab import protocol as say
    from tuiexplain.lab.worker import Worker

    with Worker(settings(pictures), tmp_path / "out") as worker:
        for message in worker.messages():
            assert not isinstance(message, say.Failed), message
            if isinstance(message, say.Ready):
                assert (message.classes, message.parameters) == (2, 4 * 10 + 8 * 37 + 512 * 2 + 2)
            if isinstance(message, say.Evaluated):
                evaluated = message
            if isinstance(message, say.Paused):
                worker.send(say.Stop())
    assert evaluated.accuracy == 1.0


def refused(folder, **changes):
    with pytest.raises(LabError) as told:
        open_source(settings(folder, **changes))
    sentence = str(told.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_what_is_wrong_with_a_folder_is_told(tmp_path):
    folder = tmp_path / "pictures"
    assert "is not a folder" in refused(folder)
    folder.mkdir()
    assert "no subfolders with images" in refused(folder)
    (folder / "a").mkdir()
    (folder / "a" / "notes.txt").write_text("")
    assert "no subfolders with images" in refused(folder)
    draw(folder, "b", 3)
    assert "of one class only, b" in refused(folder)
    draw(folder, "c", 3)
    assert "has 6 images: with fewer than 10" in refused(folder)
    draw(folder, "d", 9)
    open_source(settings(folder))


@pytest.mark.parametrize("content", [b"", b"no image", None])
def test_a_file_that_cannot_be_read_is_named(pictures, content):
    broken = pictures / "links" / "0.png"
    broken.write_bytes(broken.read_bytes()[:200] if content is None else content)
    sentence = refused(pictures)
    assert str(broken) in sentence
    assert "take it out" in sentence


def test_a_side_that_pooling_cannot_halve_twice(pictures):
    with pytest.raises(LabError, match="a multiple of 4"):
        settings(pictures, side=10)
    with pytest.raises(LabError, match="8 for the digits"):
        preset("cnn").changed(side=16)
    assert settings(pictures).pixels == 32
    assert preset("cnn").pixels == 8


def test_without_pillow_it_says_how_to_get_it(pictures, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert "pip install 'tuiexplain[images]'" in refused(pictures)
