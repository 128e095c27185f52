"""A real BERT: its tokenizer, what is said of a broken package, and its numbers if it is there."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from tuiexplain.course.lab_words import sentence
from tuiexplain.lab.bert import package, reader
from tuiexplain.lab.bert.wordpiece import pieces
from tuiexplain.lab.errors import LabError

KNOWN = ["[CLS]", "[SEP]", "[MASK]", "[UNK]", "un", "##aff", "##able", "cafe", "a", ".", "$", "好"]
VOCABULARY = {piece: number for number, piece in enumerate(KNOWN)}


@pytest.fixture(scope="module")
def installed() -> None:
    try:
        package.model_folder()
    except LabError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unaffable", ["un", "##aff", "##able"]),
        ("A Café.", ["a", "cafe", "."]),
        ("a [MASK] a [mask].", ["a", "[MASK]", "a", "[MASK]", "."]),
        ("好a好", ["好", "a", "好"]),
        ("a$ zebra", ["a", "$", "[UNK]"]),
        ("a" * 200, ["[UNK]"]),
        ("\x1b\u200f a\x00", ["a"]),
        ("", []),
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(text: str, expected: list[str]) -> None:
    assert pieces(text, VOCABULARY, 14) == ["[CLS]", *expected, "[SEP]"]


def test_a_long_text_is_cut() -> None:
    assert len(pieces("a " * 1000, VOCABULARY, 14)) == 16


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "9.9")
    with pytest.raises(LabError, match=r"version 9\.9"):
        package.model_folder()


def test_a_broken_package_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken_model" / "model").mkdir(parents=True)
    (tmp_path / "broken_model" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(package, "MODULE", "broken_model")
    monkeypatch.setattr(metadata, "version", lambda _: package.VERSION)
    with pytest.raises(LabError, match=r"config\.json: is missing"):
        package.model_folder()
    for name in package.FILES:
        (tmp_path / "broken_model" / "model" / name).write_text("{}")
    with pytest.raises(LabError, match="hidden_size is not as it should be"):
        package.model_folder()


def test_weights_that_cannot_be_read_are_told_by_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    (tmp_path / "vocab.txt").write_text("[CLS]\n[SEP]\n")
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    monkeypatch.setattr(reader, "model_folder", lambda: tmp_path)
    monkeypatch.setattr(reader, "_process", None)
    reader.read.cache_clear()
    with pytest.raises(LabError, match="broken") as told:
        reader.read("a", 14)
    assert sentence(told.value, "zh").startswith("带有模型的包坏了（model.safetensors）：")
    reader._end()


@pytest.mark.usefixtures("installed")
def test_like_sentences_lie_close() -> None:
    vectors = [
        reader.read(text, 14)["sentence"]
        for text in ("A cat sits outside.", "A kitten sits in the garden.", "Stocks fell today.")
    ]
    cat, kitten, stocks = (v / np.linalg.norm(v) for v in vectors)
    assert cat @ kitten > 0.5
    assert cat @ stocks < 0.3


@pytest.mark.usefixtures("installed")
def test_what_lies_in_the_lesson_is_what_the_model_says() -> None:
    from tuiexplain.course.folders import lessons_root

    with np.load(lessons_root() / "22-bert-and-gpt" / "data" / "minilm.npz") as file:
        for number, sentence in enumerate(file["sentences"].tolist()):
            found = reader.read(sentence, 14)
            assert found["tokens"].tolist() == file[f"tokens{number}"].tolist()
            for name in ("q", "k", "v", "context"):
                np.testing.assert_allclose(found[name], file[f"{name}{number}"], atol=1e-4)


@pytest.mark.usefixtures("installed")
def test_a_process_that_was_killed_is_told_and_started_again() -> None:
    reader.read("a first text", 14)
    assert reader._process is not None
    reader._process.kill()
    reader._process.wait()
    assert reader.read("another text", 14)["tokens"].tolist()[1:3] == ["another", "text"]
