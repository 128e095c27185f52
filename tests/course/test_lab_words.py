"""What goes wrong in the lab has words of its own in every language."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import tuiexplain.lab
from tuiexplain.course.lab_words import sentence
from tuiexplain.course.languages import LANGUAGES, texts
from tuiexplain.lab.data.text import open_text
from tuiexplain.lab.errors import LabError

LAB = Path(tuiexplain.lab.__file__).parent
TABLE = "lab_error."


def _keys() -> set[str]:
    """Every word in the lab's code that could be a key, by what is quoted there."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in LAB.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_used_and_has_the_same_places_in_every_language() -> None:
    keys = [key for key in texts("en") if key.startswith(TABLE)]
    assert len(keys) > 15
    assert {key.removeprefix(TABLE) for key in keys} <= _keys()
    for key in keys:
        for language in LANGUAGES:
            assert _places(texts(language)[key]) == _places(texts("en")[key]), key


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "没有这个文件。"),
        (b"", "这个文件是空的。"),
        (b"a\xffb", "不是 UTF-8 文本：位置 1 处的字节是 0xff。"),
        ("太短了".encode(), "文本太短：一部分只有 2 个词元，而窗口要 9 个。"),
    ],
)
def test_a_text_that_cannot_be_learnt_from(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "mine.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(LabError) as caught:
        open_text(file, "characters", 8)
    assert sentence(caught.value, "zh") == told


def test_what_has_no_words_of_its_own_is_told_as_it_is() -> None:
    assert sentence(LabError("no preset `huge`."), "zh") == "No preset `huge`."
