"""A text of the learner's own, whatever was typed."""

from __future__ import annotations

import pytest

from tuiexplain.course.bench import Refused
from tuiexplain.course.own_text import characters, fitted, words
from tuiexplain.course.schema import Dial
from tuiexplain.course.text import control_characters
from tuiexplain.screens.lesson.dialling import turned, typed

TEXT = Dial("text", "one two", 0, 0, "text", "", ("one two", "千里之行"), longest=6)


def test_words_are_words_and_chinese_characters() -> None:
    assert words("Don't stop, well-known!") == ["Don't", "stop", ",", "well-known", "!"]
    assert words("千里之行，始于足下") == list("千里之行，始于足下")
    assert words("GPT 是什么?") == ["GPT", "是", "什", "么", "?"]
    assert words("שלום עולם") == ["שלום", "עולם"]
    assert words("हिन्दी भाषा") == ["हिन्दी", "भाषा"], "vowel signs stay with their letters"
    assert words("  ") == []


def test_characters_keep_their_accents() -> None:
    assert characters("e\u0301x\u0302y") == ["e\u0301", "x\u0302", "y"]
    assert characters("a b") == ["a", " ", "b"]


@pytest.mark.parametrize(
    ("typed_text", "kept", "cut"),
    [
        ("a b c", "a b c", False),
        ("  a \t b\n\nc ", "a b c", False),
        ("a b c d e f g", "a b c d e f", True),
        ("千里之行始于足下", "千里之行始于", True),
        ("\x1b[31mred\x07", "[31mred", False),
        ("\u202eabc\u2066", "abc", False),
        ("\u0301\u0301abc", "abc", False),
        ("", "", False),
        ("\x00\u200b \n", "", False),
        ("👨‍👩‍👧 🙂", "👨👩👧 🙂", False),
    ],
)
def test_what_the_network_gets(typed_text: str, kept: str, cut: bool) -> None:
    found = fitted(typed_text, 6, "words")
    assert found == (kept, cut)
    assert fitted(found.text, 6, "words") == (found.text, False), "fitted already"
    assert not control_characters(found.text)


def test_a_megabyte_is_cut() -> None:
    assert fitted("word " * 200_000, 6, "words") == ("word word word word word word", True)
    assert fitted("x" * 1_000_000, 6, "words") == ("x" * 24, True)
    assert fitted("x" * 1_000_000, 6, "characters") == ("xxxxxx", True)
    assert fitted(" " * 1_000_000, 6, "words") == ("", False)


def test_piled_up_accents_are_taken_down() -> None:
    assert fitted("x" + "\u0333" * 500, 6, "words") == ("x" + "\u0333" * 3, False)


def test_a_text_is_typed_or_turned_to() -> None:
    assert typed(TEXT, "hello  there") == ("hello there", False)
    assert typed(TEXT, "a b c d e f g") == ("a b c d e f", True)
    with pytest.raises(Refused, match="text_empty"):
        typed(TEXT, " \x1b ")
    assert turned(TEXT, "one two", +1) == "千里之行"
    assert turned(TEXT, "my own", +1) == "one two"
    assert turned(TEXT, "my own", -1) == "one two"


@pytest.mark.parametrize(
    ("dial", "text", "setting"),
    [
        (Dial("x", 0.5), "0.25", 0.25),
        (Dial("x", 0.5), "2", "dial_bounds"),
        (Dial("x", 0.5), "nan", "dial_bounds"),
        (Dial("x", 0.5), "much", "edit_bad"),
        (Dial("n", 2, 1, 8, "int"), "4", 4),
        (Dial("n", 2, 1, 8, "int"), "2.5", "dial_bounds_whole"),
        (Dial("n", 2, 1, 8, "int"), "inf", "dial_bounds_whole"),
        (Dial("c", "a", 0, 0, "choice", "", ("a", "b")), "b", "b"),
        (Dial("c", "a", 0, 0, "choice", "", ("a", "b")), "c", "dial_choices"),
    ],
)
def test_any_dial_can_be_typed(dial: Dial, text: str, setting: float | str) -> None:
    try:
        found, _ = typed(dial, text)
    except Refused as refusal:
        found = refusal.key
    assert found == setting
