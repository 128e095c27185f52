"""Words within pictures are in the learner's language; titles say what is there."""

from __future__ import annotations

import pytest

from tests.screens.learner import LARGE, learning


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("std", "mean|∂L/∂W|")), ("zh", ("标准差", "均值|∂L/∂W|"))]
)
async def test_columns_of_layers(language: str, words: tuple[str, str]) -> None:
    async with learning("normalization", size=LARGE, language=language) as learner:
        part = next(
            p.id for p in learner.screen.session.lesson.parts if "layers-mean" in p.spec.pictures
        )
        await learner.go_to(part)
        await learner.press("v")
        for word in words:
            assert word in learner.text


@pytest.mark.parametrize(
    ("language", "title", "counts"),
    [
        ("en", "window [ ], output; the size", "windows on x"),
        ("zh", "窗口 [ ]、输出", "x 上窗口数"),
    ],
)
async def test_a_pool_has_no_kernel(language: str, title: str, counts: str) -> None:
    async with learning("convolution", size=LARGE, language=language) as learner:
        await learner.go_to("pool")
        await learner.press("v", "end")
        assert title in learner.text
        assert counts in learner.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("BERT in", "BERT out", "GPT out")), ("zh", ("原文", "BERT 读", "BERT 说", "GPT 说"))],
)
async def test_columns_of_two_exercises(language: str, words: tuple[str, ...]) -> None:
    async with learning("bert-and-gpt", language=language) as learner:
        await learner.press("v")
        for word in words:
            assert word in learner.text


async def test_what_introduces_a_part_introduces_its_terms() -> None:
    """In Chinese a term comes with its English where it is met first, in a part's own words too."""
    async with learning("multi-head", size=LARGE, language="zh") as learner:
        assert "多头注意力（multi-head attention）" in learner.text
        await learner.go_to("table")
        assert "位置编码（positional encoding）" in learner.text


async def test_neighbours_have_the_room_once_they_are_computed() -> None:
    async with learning("bert-and-gpt", language="en") as learner:
        await learner.go_to("real")
        await learner.press("v")
        assert "who looks at whom" in learner.text
        assert "tokens alike" not in learner.text
        await learner.press("n", "n", "n", "n", "s", "n")
        assert "who looks at whom" in learner.text
        assert "tokens alike" not in learner.text
        await learner.press(*"n" * 10)
        assert "tokens alike" in learner.text
        assert "banking │" in learner.text
