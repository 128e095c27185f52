"""What `show` prints, in words and as JSON; prose rendered with live numbers."""

from __future__ import annotations

import json
import math

import pytest

from tests.course.tiny import replace
from tuiexplain.course import show
from tuiexplain.course.errors import CourseError
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.course.markup import (
    Citation,
    Renderer,
    citation,
    introduced_before,
    renderer,
    terms,
)
from tuiexplain.course.show import ShowOptions, run_show
from tuiexplain.trace import UnknownCell


@pytest.fixture
def tiny(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """`show` finds the tiny lesson whatever it is asked for."""
    monkeypatch.setattr(show, "open_lesson", lambda word, language: lesson)
    return lesson


def shown(**options) -> str:
    return run_show(ShowOptions("tiny", **options))


def as_json(**options) -> dict:
    return json.loads(shown(as_json=True, **options), parse_constant=pytest.fail)


# -- the real lessons ------------------------------------------------------------------------------


def test_the_numbers_of_the_curriculum() -> None:
    first = json.loads(run_show(ShowOptions("backpropagation", as_json=True)))
    second = json.loads(run_show(ShowOptions("6", as_json=True, step=1)))
    assert first["loss"] == pytest.approx(0.298371109, abs=5e-10)
    assert second["loss"] == pytest.approx(0.291027774, abs=5e-10)
    line = json.loads(run_show(ShowOptions("linear-regression", as_json=True)))
    numbers = {v["name"]: v["data"] for v in line["values"]}
    assert (line["loss"], numbers["w.grad"], numbers["b.grad"]) == (41, -35, -12)


# -- JSON ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("tiny")
def test_json_has_the_shape_of_the_design() -> None:
    content = as_json()
    head = ["lesson", "part", "seed", "step", "dials", "loss", "values", "events", "measures"]
    assert list(content) == head
    assert content["values"][0] == {
        "id": 0, "name": "w", "kind": "parameter", "shape": [], "axes": [], "of": None, "data": 0.0,
    }  # fmt: skip
    gradient = next(v for v in content["values"] if v["name"] == "w.grad")
    assert gradient["of"] == 0
    event = content["events"][0]
    assert event == {
        "index": 0, "phase": "forward", "op": "mul", "module": "", "inputs": [0, 1], "output": 2,
        "formula": "wx = w·x", "line": 15,
    }  # fmt: skip
    assert [e["index"] for e in content["events"]] == list(range(len(content["events"])))
    assert {i for e in content["events"] for i in [*e["inputs"], e["output"]]} == {
        v["id"] for v in content["values"]
    }


@pytest.mark.usefixtures("tiny")
def test_at_says_how_many_events_have_run() -> None:
    assert as_json(at=0)["events"] == []
    assert as_json(at=0)["loss"] is None
    content = as_json(at=3)
    assert len(content["events"]) == 3
    assert content["loss"] == 41.0
    assert all(v["kind"] != "gradient" for v in content["values"])
    with pytest.raises(CourseError, match=r"--at 99: this step has 10 events"):
        shown(at=99)


@pytest.mark.usefixtures("tiny")
def test_why_as_json() -> None:
    content = as_json(why="w.grad")
    assert (content["cell"], content["value"], content["total"]) == ("w.grad", -35, -35)
    assert content["expression"].startswith("-1.5 × 1 + ")
    assert {"cell": "x[3]", "value": 4.0} in content["from"]
    leaf = as_json(why="x[3]", step=1)
    assert leaf["expression"] is None
    assert leaf["from"] == []
    assert leaf["origin"]["source"] == "data"
    assert as_json(why="w", step=3)["origin"]["step"] == 2


@pytest.mark.usefixtures("tiny")
def test_a_run_that_diverges_is_valid_json_and_says_so() -> None:
    content = as_json(step=200, settings={"lr": "1e9"})
    assert content["loss"] in ("NaN", "Infinity")
    assert math.isnan(float(content["values"][0]["data"]))
    assert "divergence" in content["note"]
    assert "这就是发散" in shown(step=200, settings={"lr": 1e9}, language="zh")


@pytest.mark.usefixtures("tiny")
def test_settings_change_the_numbers() -> None:
    assert as_json(step=1)["loss"] != as_json(step=1, settings={"lr": "0.01"})["loss"]
    assert as_json(settings={"lr": "0.01"})["dials"] == {"lr": 0.01}


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("tiny")
def test_measures_are_told_at_the_end_of_a_step() -> None:
    assert shown().endswith("The loss is 41.\nvalidation loss: 145")
    assert as_json()["measures"] == {"val_loss": (11**2 + 13**2) / 2}
    later = as_json(step=3)["measures"]["val_loss"]
    assert 0 < later < 145
    assert "measures" not in as_json(at=3)
    assert "measures" not in as_json(why="loss")


@pytest.mark.usefixtures("tiny")
def test_words_in_english() -> None:
    text = shown()
    assert text.startswith(
        "Lesson 06 · A tiny lesson\nPart: Four points\nseed 7 · training step 0\n"
    )
    assert "## Before\nNothing yet: the loss will be 41.0." in text
    assert "step 3/10 · forward · line 23\n  loss = mean (y − t)²\n" in text
    assert "∂L/∂w = -35.0, and later 18.415." in text
    assert text.endswith("10 events. The loss is 41.\nvalidation loss: 145")
    assert text.index("## Blame") > text.index("step 3/10")


@pytest.mark.usefixtures("tiny")
def test_words_in_chinese() -> None:
    text = shown(language="zh")
    assert text.startswith("第 06 课 · 一节小课\n部分：四个点\n")
    assert "第 3/10 步 · 前向 · 第 23 行" in text
    assert "和一个梯度（gradient）。" in text
    assert text.endswith("共 10 个事件。损失为 41。\n验证损失：145")


@pytest.mark.usefixtures("tiny")
def test_the_lesson_s_words_are_left_out_where_they_speak_of_other_numbers() -> None:
    assert "## Blame" not in shown(settings={"lr": 0.2})
    assert "## Blame" not in shown(step=5)


@pytest.mark.usefixtures("tiny")
def test_why_in_words() -> None:
    text = shown(why="w.grad")
    assert "∂L/∂w = -1.5 × 1 + " in text
    assert "  x[3] = 4" in text
    assert shown(why="w", step=1).endswith("w is left by training step 0.")
    assert shown(why="w", language="zh") == "w = 0\nw：本课设定的数。"
    with pytest.raises(UnknownCell, match="No value is called 'v'"):
        shown(why="v")


def test_a_part_that_does_not_train(tiny: Lesson) -> None:
    replace(tiny.folder / "network.py", "    optimizer.step()\n", "")
    fresh = open_folder(tiny.folder, trusted=True)
    show.open_lesson = lambda word, language: fresh  # type: ignore[assignment]
    with pytest.raises(CourseError, match="does not train: it has step 0 only"):
        shown(step=1)


# -- prose -----------------------------------------------------------------------------------------


def cite(cited: Citation) -> str:
    if cited.expression == "lost":
        raise CourseError("no")
    return f"<{cited.expression}|{cited.format}>"


def test_what_stands_between_the_braces() -> None:
    assert citation("W1.grad[0,1]:.3f") == Citation("W1.grad[0,1]", ".3f")
    assert citation("real::loss@1") == Citation("real::loss@1", "")
    assert citation("real::loss@1:.2e") == Citation("real::loss@1", ".2e")
    assert citation("W[:,0]") == Citation("W[:,0]", "")
    assert citation("=0.5") == Citation("0.5", "", verbatim=True)


def test_inline_styles() -> None:
    render = Renderer("en", cite)
    spans = render.spans(
        "a **b {{loss:.1f}}** *c* `d*e*` [[gradient|slope]] {{lost}} {{=.5}} 2*3*4"
    )
    assert [(s.text, s.style) for s in spans if s.text.strip()] == [
        ("a ", ""), ("b ", "strong"), ("<loss|.1f>", "number"), ("c", "emphasis"),
        ("d*e*", "code"), ("slope", "term"), ("‹?›", "fault"), (".5", ""), (" 2*3*4", ""),
    ]  # fmt: skip
    assert next(s for s in spans if s.style == "term").target == "gradient"
    assert next(s for s in spans if s.style == "number").target == "loss"


def test_paragraphs_bullets_and_wrapped_lines() -> None:
    render = Renderer("en", cite)
    found = render.paragraphs("One\ntwo.\n\n- a\n  b\n- c\n\nLast.")
    assert [(p.text, p.bullet) for p in found] == [
        ("One two.", False), ("a b", True), ("c", True), ("Last.", False),
    ]  # fmt: skip
    assert Renderer("zh", cite).plain("第一\n行。\nEnglish\nwords") == "第一行。English words"


def test_a_term_is_introduced_with_its_english_once() -> None:
    render = Renderer("zh", cite)
    assert render.plain("[[gradient]]与[[梯度]]") == "梯度（gradient）与梯度"
    assert Renderer("zh", cite).plain("[[adam]]") == "Adam 算法"  # English is in it already
    assert Renderer("zh", cite, introduced={"gradient"}).plain("[[gradient]]") == "梯度"
    assert (
        Renderer("en", cite).plain("[[gradients]] [[learning-rate]]") == "gradients learning rate"
    )
    assert list(terms("[[a]] and [[b|c]]")) == ["a", "b"]


def test_in_english_a_term_named_by_its_id_is_written_as_the_glossary_writes_it() -> None:
    render = Renderer("en", cite)
    assert render.plain("[[relu]], [[rmsprop]], [[bpe]], [[kv-cache]]") == (
        "ReLU, RMSProp, BPE, KV cache"
    )
    assert render.plain("[[multi-head-attention]], [[minibatch]], [[fully-connected]]") == (
        "multi-head attention, minibatch, fully connected"
    )


def test_terms_met_before_a_block(lesson: Lesson) -> None:
    prose = lesson.prose("zh")
    assert introduced_before(prose, "line") == set()
    assert introduced_before(prose, "larger") == {"gradient"}


def test_every_block_renders_with_live_numbers(lesson: Lesson) -> None:
    part = lesson.part()
    render = renderer(part, "en", "descent")
    text = render.plain(lesson.block("descent", "en").text)
    assert text.startswith("w becomes 3.500. Elsewhere: ")
    assert renderer(part, "en").plain("{{dials.lr}} {{line::loss}} {{loss@last:.3f}}") == (
        "0.1 41 18.415"
    )
