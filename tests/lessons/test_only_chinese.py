"""Who reads only Chinese meets no English sentence: names and code are all that is left of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.lessons.test_every_lesson import choices
from tuiexplain.course.languages import say_in, texts
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.prose import Block
from tuiexplain.narrate.words import describe, origin_text
from tuiexplain.trace.value import Origin, Source

NOT_PROSE = re.compile(
    r"`[^`]*`"  # code
    r"|\{\{.*?\}\}|\{[^{}]*\}"  # what is set in
    r"|“[A-Za-z ,.…']*”"  # what a text of the lesson's data says
    r"|（[A-Za-z ,'’-]*）",  # a term in English, at its first use
    re.DOTALL,
)
SENTENCE = re.compile(r"[A-Za-z'’]{2,}(?:,? [a-z'’]+){2,}")
"""Three English words in a row, the later ones without a capital: no name is written so."""


def english(text: str) -> list[str]:
    """The English sentences in a text."""
    return SENTENCE.findall(NOT_PROSE.sub("·", text))


def told(block: Block) -> Iterator[str]:
    yield from (block.title, block.text, block.why, *block.choices, *block.hints)
    yield from block.wrong.values()


def test_an_english_sentence_is_seen() -> None:
    assert english("按 n：the next step 就是它。") == ["the next step"]
    assert not english("均方误差（mean squared error）：`for x in batches`，再看 Palmer 企鹅。")


def test_the_interface_says_nothing_in_english() -> None:
    for key, text in texts("zh").items():
        assert not english(text), key


def test_a_lesson_says_nothing_in_english(any_lesson: Lesson) -> None:
    prose = any_lesson.prose("zh")
    for block in prose.blocks.values():
        for text in told(block):
            assert not english(text), block.id


def test_what_numbers_come_from_is_said_in_chinese(any_lesson: Lesson) -> None:
    say = any_lesson.say_in("zh")
    for part in any_lesson.parts:
        if part.spec.lab is not None:
            continue
        for chosen in choices(part):
            trace = part.run(part.settings(chosen)).trace_at(0)
            for value in trace.values:
                if value.producer is None:
                    text = origin_text(value.origin, say)
                    assert not english(text), value.name
                    assert re.search("[一-鿿]", text), value.name
            for event in trace.events:
                assert not english(describe(trace, event, say)), event.op


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("uniform ±1/√4", "均匀分布 ±1/√4"),
        ("He normal, deviation 0.1", "He 正态分布、标准差 0.1"),
        ("dropped, probability 0.5", "随机置零、概率 0.5"),
        ("GPT", "GPT"),
    ],
)
def test_how_a_number_was_drawn_is_said_in_chinese(how: str, said: str) -> None:
    origin = Origin(Source.SEED, how, seed=3)
    assert said in origin_text(origin, say_in("zh"))
    assert how in origin_text(origin, say_in("en"))


def test_a_dial_is_called_what_stands_beside_it(any_lesson: Lesson) -> None:
    """The id of a dial is on no screen: words that speak of the dial use its name."""
    for language in ("en", "zh"):
        ids = {d.id for p in any_lesson.parts for d in p.dials}
        hidden = {i for i in ids if any_lesson.label(f"dial.{i}", language) != i}
        for block in any_lesson.prose(language).blocks.values():
            for text in told(block):
                assert not hidden & set(re.findall("`([^`]*)`", text)), (block.id, text)


def test_formulas_are_signs_and_names(any_lesson: Lesson) -> None:
    """A formula is the same in every language: no word of it is English but a function's name."""
    for part in any_lesson.parts:
        if part.spec.lab is None:
            trace = part.cited_run().trace_at(0)
            for event in trace.events:
                formula = trace.formula(event)
                assert not re.search(r"(?<![\w(]) (as|at|along|where|else|within) ", formula), (
                    formula
                )
