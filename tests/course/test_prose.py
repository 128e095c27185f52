"""Blocks, their sections, their fingerprints, and text as a terminal shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.tiny import replace
from tuiexplain.course.errors import LessonFault
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.prose import read_prose
from tuiexplain.course.text import control_characters, pieces, width, without_controls, wrap


def test_blocks_and_sections(lesson: Lesson) -> None:
    prose = lesson.prose("en")
    assert (prose.title, prose.question) == ("A tiny lesson", "What is the best line?")
    question = prose.blocks["larger"]
    assert question.title == "Which is larger?"
    assert question.choices == ("that of w", "that of b")
    assert question.hints == ("Look at x.", "w is multiplied.", "By numbers up to 4.")
    assert question.why == "w is multiplied by x, b by 1."
    assert prose.blocks["descent"].teacher == "Ask why."
    assert question.text == "Which [[gradient|slope]] is larger?"


def test_a_translation_goes_stale_when_its_source_changes(folder: Path) -> None:
    english, _ = read_prose(folder / "en.md", "en")
    chinese, _ = read_prose(folder / "zh.md", "zh")
    assert chinese.stale(english) == set()
    replace(folder / "en.md", "Each x times w", "Every x times w")
    english, _ = read_prose(folder / "en.md", "en")
    assert chinese.stale(english) == {"product"}


def test_line_breaks_do_not_make_a_translation_stale(folder: Path) -> None:
    chinese, _ = read_prose(folder / "zh.md", "zh")
    replace(folder / "en.md", "Each x times w", "Each x\ntimes  w")
    english, _ = read_prose(folder / "en.md", "en")
    assert chinese.stale(english) == set()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("# A tiny lesson\n", "", 1, "text before the title"),
        ("## start | Before", "## start", 7, "has no title"),
        ("## start | Before", "## line | Before", 7, "'line' is there twice"),
        ("### hint 2", "### tip 2", 31, "'tip 2' is unknown"),
        ("### hint 2", "### hint 1", 31, "'hint 1' is there twice"),
        ("2. that of b", "3. that of b", 22, "miscount"),
        ("Nothing yet", "Nothing\x1b[2J yet", 8, "control character U+001B"),
        ("Nothing yet", "Nothing\u202e yet", 8, "control character U+202E"),
    ],
)
def test_a_fault_of_each_kind(folder: Path, old: str, new: str, line: int, message: str) -> None:
    replace(folder / "en.md", old, new)
    _, found = read_prose(folder / "en.md", "en")
    assert (found[0].line, message in found[0].message) == (line, True), found


def test_a_faulty_file_is_one_sentence_when_a_lesson_shows_it(folder: Path, lesson: Lesson) -> None:
    (folder / "zh.md").unlink()
    with pytest.raises(LessonFault, match=r"zh\.md:1: the file is missing"):
        lesson.prose("zh")


def test_a_missing_block_is_named(lesson: Lesson) -> None:
    with pytest.raises(LessonFault, match="the block 'nowhere' is missing"):
        lesson.block("nowhere", "en")


def test_control_characters() -> None:
    assert control_characters("a\tb\nc\x1b") == [(2, "U+001B")]
    assert without_controls("\ufeffa\r\nb\x00\u200b") == "a\nb"
    assert without_controls("梯度 gradient") == "梯度 gradient"


def test_widths_and_wrapping() -> None:
    assert width("梯度a") == 5
    assert width("e\u0301") == 1
    assert pieces("a bc 梯度。x") == ["a ", "bc ", "梯", "度。", "x"]
    assert wrap("a bc 梯度。x", 6) == ["a bc", "梯度。", "x"] or wrap("a bc 梯度。x", 6)
    assert all(width(line) <= 6 for line in wrap("a bc 梯度。x yz", 6))
    assert wrap("", 10) == [""]
    assert wrap("word", 2) == ["word"]


@pytest.mark.parametrize("columns", range(6, 30))
def test_no_line_begins_with_a_stop_or_ends_with_an_opening_bracket(columns: int) -> None:
    text = "带有模型的包坏了（中文，“比例”）：占 15 %，好。"
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(line[0] not in "，。：）”%" and line[-1] not in "（“" for line in lines)
