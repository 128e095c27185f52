"""Lesson 17: what its words claim, and texts of the learner's own."""

from __future__ import annotations

import pytest

from tests.engine.explained import assert_explained
from tests.lessons.conftest import lesson as numbered
from tuiexplain.course.lesson import Lesson

OWN = ["x", "😀", "שלום", "e\u0301e\u0301", "ab ab ab ab", "知之为知之", "........................"]


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return numbered(17)


@pytest.mark.parametrize("part", ["unicode", "merges", "encode"])
@pytest.mark.parametrize("text", OWN)
def test_any_text_is_stepped_through_and_explained(lesson: Lesson, part: str, text: str) -> None:
    found = next(p for p in lesson.parts if p.id == part)
    run = found.run(found.settings({"text": text}))
    events = [e.op for e in found.run().trace_at(0).events]
    for step in range(min(found.spec.train_steps, 3)):
        trace = run.trace_at(step)
        assert_explained(trace)
        assert [e.op for e in trace.events] == events


def test_a_token_may_be_a_chinese_character_and_the_beginning_of_another(lesson: Lesson) -> None:
    part = next(p for p in lesson.parts if p.id == "merges")
    verse = part.run(part.settings({"text": "知之为知之，不知为不知，是知也"}))
    trace = verse.trace_at(2)
    learnt = trace.value("merges'").labels[0]
    assert learnt is not None
    assert learnt[1] == "知"
    assert bytes.fromhex(learnt[2]) == "知".encode() + "之".encode()[:1]
    assert {c.encode()[:1] for c in "之为也"} == {"之".encode()[:1]}
