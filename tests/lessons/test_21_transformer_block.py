"""Lesson 21: the block is torch's, off it is the identity, and its parameters are counted."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.course.own_text import fitted
from tuiexplain.course.session import Session
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.screens.lesson.figures import figures
from tuiexplain.screens.lesson.figures_river import river
from tuiexplain.trace.trace import Trace
from tuiexplain.views.look import Depth, look

SETTINGS = {
    "both": {},
    "ffn": {"attention": "off"},
    "attention": {"ffn": "off"},
    "none": {"attention": "off", "ffn": "off"},
}


@pytest.fixture(scope="module")
def lesson_21() -> Lesson:
    return open_folder(lessons_root() / "21-transformer-block")


def numbers(trace: Trace, name: str) -> np.ndarray:
    return trace.data(trace.value(name))


def opened(lesson: Lesson, part: str, step: int = 0, seed: int = 0, **dials: object) -> Trace:
    found = lesson.part(part)
    return found.run(found.settings(dials), seed).trace_at(step)


def test_the_block_is_made_of_the_parts_of_torch(lesson_21: Lesson) -> None:
    """nn.LayerNorm, nn.MultiheadAttention, nn.GELU with the same weights: the same, both ways."""
    torch = pytest.importorskip("torch")
    trace = opened(lesson_21, "block")

    def given(name: str):  # type: ignore[no-untyped-def]
        return torch.tensor(numbers(trace, name))

    attention = torch.nn.MultiheadAttention(8, 2, batch_first=True).double()
    with torch.no_grad():
        attention.in_proj_weight.copy_(torch.cat([given("Wq"), given("Wk"), given("Wv")]))
        attention.in_proj_bias.zero_()
        attention.out_proj.weight.copy_(given("Wo"))
        attention.out_proj.bias.copy_(given("bo"))
    words = given("words").requires_grad_()
    x = words + given("places")
    h = torch.nn.functional.layer_norm(x, (8,), given("gain_1"), given("shift_1"))
    a, _ = attention(h, h, h, attn_mask=given("mask") == 0)
    x_a = x + a
    g = torch.nn.functional.layer_norm(x_a, (8,), given("gain_2"), given("shift_2"))
    wide = torch.nn.functional.linear(g, given("W1"), given("b1"))
    m = torch.nn.functional.linear(torch.nn.functional.gelu(wide), given("W2"), given("b2"))
    loss = torch.nn.functional.mse_loss(x_a + m, given("t"))
    loss.backward()
    np.testing.assert_allclose(numbers(trace, "y"), (x_a + m).detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(numbers(trace, "words.grad"), words.grad, rtol=1e-10, atol=1e-12)
    q, k, v = np.split(attention.in_proj_weight.grad.numpy(), 3)
    for name, found in (("Wq", q), ("Wk", k), ("Wv", v)):
        np.testing.assert_allclose(numbers(trace, f"{name}.grad"), found, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "text", ["Your journey starts with one step", "学而不思则罔", "a a a", "é"]
)
def test_switched_off_it_is_the_identity_both_ways(lesson_21: Lesson, text: str) -> None:
    trace = opened(lesson_21, "block", attention="off", ffn="off", text=text)
    assert np.array_equal(numbers(trace, "y"), numbers(trace, "x"))
    assert np.array_equal(numbers(trace, "x.grad"), numbers(trace, "y.grad"))


@pytest.mark.parametrize(
    "text", ["", "x" * 10_000, "one two three four five six seven", "\x1b[31mred"]
)
def test_the_learners_text_meets_the_same_steps(lesson_21: Lesson, text: str) -> None:
    part = lesson_21.part("block")
    dial = next(d for d in part.dials if d.id == "text")
    assert dial.longest == 6
    kept = fitted(text, dial.longest, "words").text or dial.default
    assert "\x1b" not in kept
    as_is, own = opened(lesson_21, "block"), opened(lesson_21, "block", text=kept)
    assert [e.op for e in own.events] == [e.op for e in as_is.events]


def test_what_each_branch_is_good_for_whatever_the_seed(lesson_21: Lesson) -> None:
    """Losses after 300 steps: both < feed-forward alone < attention alone < neither, 20 seeds."""
    part = lesson_21.part("block")
    losses: dict[str, list[float]] = {}
    for name, dials in SETTINGS.items():
        runs = [part.run(part.settings(dials), seed) for seed in range(20)]
        for run in runs:
            run.extend_to(301)
        losses[name] = [run.losses[300] for run in runs]
    for both, ffn, attention, none in zip(*losses.values(), strict=True):
        assert max(both, ffn) < attention / 10 < none / 20
    assert np.median(losses["both"]) < np.median(losses["ffn"])


def test_shapes_of_the_count_are_those_of_the_labs_gpt_2(lesson_21: Lesson) -> None:
    torch = pytest.importorskip("torch")
    from tuiexplain.lab.models.gpt import GPT
    from tuiexplain.lab.settings import Settings

    shape = {"layers": 12, "heads": 12, "width": 768, "context": 1024, "bias": True}
    with torch.device("meta"):
        model = GPT(Settings(**shape), 50_257)
    counted = sum(p.numel() for p in model.parameters())
    trace = opened(lesson_21, "count", model="small", qkv_bias="yes")
    assert float(numbers(trace, "total")) == counted == 124_439_808


@pytest.mark.parametrize(
    ("model", "total"),
    [
        ("small", 124_439_808),
        ("medium", 354_823_168),
        ("large", 774_030_080),
        ("XL", 1_557_611_200),
    ],
)
def test_the_four_sizes_that_were_released(lesson_21: Lesson, model: str, total: int) -> None:
    trace = opened(lesson_21, "count", model=model, qkv_bias="yes", tied="yes")
    assert float(numbers(trace, "total")) == total


@pytest.mark.parametrize("biases", ["no", "yes"])
def test_the_cursor_stands_on_what_the_words_speak_of(lesson_21: Lesson, biases: str) -> None:
    """W1 in part 2; and a row of scores that a gradient comes back to, in part 1."""
    session = Session(lesson_21)
    desk = Desk(session)
    bench = session.bench
    for event in bench.trace.events:
        bench.player.go_to(event.index + 1)
        desk.settle()
        if bench.step_id in ("r-scores", "r-qk"):
            assert desk.cell == (0, 1, 0)
        else:
            assert set(desk.cell) <= {0}
    session.open_part(1)
    session.bench.turn("qkv_bias", biases)
    session.next()
    desk.settle()
    (at,) = desk.cell
    assert desk.selected.labels[0] is not None
    assert (desk.selected.name, desk.selected.labels[0][at]) == ("sizes", "W1")
    assert desk.trace.data(desk.selected)[at] == 32 * 8


def test_with_one_word_the_cursor_is_in_what_there_is(lesson_21: Lesson) -> None:
    session = Session(lesson_21)
    session.bench.turn("text", "one")
    desk = Desk(session)
    for event in session.bench.trace.events:
        session.bench.player.go_to(event.index + 1)
        desk.settle()
        assert all(i < n for i, n in zip(desk.cell, desk.selected.shape, strict=True))


@pytest.mark.parametrize("width", [24, 38, 76])
@pytest.mark.parametrize("depth", [Depth.FULL, Depth.NONE])
def test_the_river_tells_its_lengths(lesson_21: Lesson, width: int, depth: Depth) -> None:
    session = Session(lesson_21)
    bench = session.bench
    desk = Desk(session)
    shown = river(desk, width, 12, look("dark", depth))
    assert len(shown.strips) == 12
    assert all(strip.cell_length == width for strip in shown.strips)
    assert "▴" not in shown.text
    bench.player.go_to(len(bench.player))
    told = river(desk, 76, 12, look("dark", depth)).text
    x = numbers(bench.trace, "x")
    assert f"{np.sqrt((x**2).sum(axis=-1)).mean():.2f}" in told
    assert told.count("▴") == 5
    assert "✕" not in told
    bench.turn("ffn", "off")
    assert "✕─ m_on" in river(desk, 76, 12, look("dark", depth)).text


@pytest.mark.parametrize(("height", "both"), [(17, False), (24, True), (40, True)])
def test_where_there_is_room_who_looks_at_whom_stands_below_the_river(
    lesson_21: Lesson, height: int, both: bool
) -> None:
    desk = Desk(Session(lesson_21))
    desk.session.bench.player.go_to(len(desk.session.bench.player))
    desk.settle()
    shown = figures(desk, 60, height, look(), "en").text
    assert "m_on" in shown
    assert ("who looks at whom" in shown) == both
