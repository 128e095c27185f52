"""Files that can and cannot be learnt from; batches as functions of (seed, index)."""

import time

import numpy as np
import pytest

from tuiexplain.lab.data import Digits, open_source, open_text
from tuiexplain.lab.data.shipped import PLAYS, POEMS, shipped
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.presets import preset


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x02\x01\x00\x00" * 100, "not text in UTF-8 .byte 0x00 at 6"),
        ("Blaue Blüten ".encode("latin-1") * 100, "not text in UTF-8 .byte 0xfc at 8"),
        ("天地英雄气".encode("gb18030") * 100, "iconv"),
        (b"too short", "too short for windows of 65"),
        (b"long enough to learn from, not to hold out " * 10, "held-out part is 43 characters"),
    ],
)
def test_a_file_that_cannot_be_learnt_from(tmp_path, content, told):
    file = tmp_path / "data.txt"
    file.write_bytes(content)
    with pytest.raises(LabError, match=told) as fault:
        open_text(file, "characters", 64)
    assert "\n" not in str(fault.value)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(LabError, match=r"no such file.*; name a text file"):
        open_text(tmp_path / "none.txt", "characters", 64)
    with pytest.raises(LabError, match="is a directory"):
        open_text(tmp_path, "characters", 64)


def test_ten_gigabytes_are_mapped_and_not_read(tmp_path):
    file = tmp_path / "large.txt"
    size, probe = 10 * 10**9, b"All the world's a stage. " * 4000
    with file.open("wb") as opened:  # sparse: what lies between takes no room on the disk
        for place in (0, size // 2 - 100, size - len(probe)):
            opened.seek(place)
            opened.write(probe)
    began = time.perf_counter()
    text = open_text(file, "characters", 64)
    inputs, targets = text.batch(1, 0, 12)
    assert time.perf_counter() - began < 2
    assert inputs.shape == targets.shape == (12, 64)
    assert sum(map(len, text.splits.values())) == size
    assert "1,000,000,000 held out" in text.describe()
    assert "bytes to learn from" in text.describe()
    with pytest.raises(LabError, match="set unit=bytes"):
        open_text(file, "bpe", 64)


def test_a_large_binary_file_is_refused(tmp_path):
    file = tmp_path / "large.bin"
    with file.open("wb") as opened:
        opened.write(b"text at the start " * 10_000)
        opened.truncate(100 << 20)
    with pytest.raises(LabError, match="not text in UTF-8"):
        open_text(file, "bytes", 64)


def test_the_target_of_a_token_is_the_one_after_it():
    text = open_text(shipped(PLAYS), "characters", 32)
    for inputs, targets in (text.batch(1, 5, 4), next(iter(text.evaluation("val", 2, 4)))):
        assert np.array_equal(inputs[:, 1:], targets[:, :-1])
        assert text.codec.decode(inputs[0]) in shipped(PLAYS).read_text()


def test_a_batch_is_a_function_of_seed_and_index():
    for source in (open_text(shipped(PLAYS), "characters", 32), Digits(1)):
        first = source.batch(1, 7, 16)
        source.batch(1, 8, 16)
        for again, a in zip(source.batch(1, 7, 16), first, strict=True):
            assert np.array_equal(again, a)
        assert not np.array_equal(source.batch(2, 7, 16)[0], first[0])
        assert not np.array_equal(source.batch(1, 8, 16)[0], first[0])


def test_held_out_text_is_not_learnt_from():
    text = open_text(shipped(POEMS), "characters", 16)
    border = len(text.splits["train"])
    assert border == int(0.9 * 113_661)
    assert text.splits["train"].base is text.splits["val"].base


def test_evaluations_look_at_the_same_windows_without_overlap():
    text = open_text(shipped(PLAYS), "characters", 64)
    once, again = (np.concatenate([x for x, _ in text.evaluation("val", 4, 8)]) for _ in "ab")
    assert np.array_equal(once, again)
    assert len(once) == 32
    everything = [x for x, _ in text.evaluation("val", 10**6, 8)]
    assert sum(x.size for x in everything) == (len(text.splits["val"]) - 1) // 64 * 64


def test_an_epoch_has_each_digit_once():
    digits = Digits(3)
    images, _ = digits.splits["train"]
    size = len(images) // 3  # 1437 = 3 x 479
    epoch = np.concatenate([digits.batch(3, index, size)[0] for index in range(3)])
    assert np.array_equal(np.unique(epoch, axis=0), np.unique(images, axis=0))
    across, _ = digits.batch(3, 14, 100)  # images 1400 to 1499: 37 of one epoch, 63 of the next
    assert across.shape == (100, 1, 8, 8)
    assert images.min() == 0
    assert images.max() == 1


def test_a_cnn_takes_a_folder_and_no_file():
    with pytest.raises(LabError, match="is not a folder"):
        open_source(preset("cnn").changed(data="a.txt"))


def test_the_default_text():
    source = open_source(preset("gpt"))
    assert source.describe().startswith("plays.txt: 1,041,107 characters to learn from")
