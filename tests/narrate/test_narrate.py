"""A trace in words, JSON and Markdown."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tuiexplain.course.languages import say_in
from tuiexplain.engine import functional as F
from tuiexplain.engine import nn, optim, tensor
from tuiexplain.narrate import as_json, words
from tuiexplain.narrate.markdown import trace_markdown
from tuiexplain.trace import Origin, Source, Trace, record

say = say_in("en")


@pytest.fixture
def trace() -> Trace:
    """Forward, backward and update of one layer, with a fork in it."""
    layer = nn.Linear(3, 2)
    layer.weight.data = np.arange(6.0).reshape(2, 3) / 10
    layer.bias.data = np.array([0.5, -0.5])
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    x = tensor([[1.0, 2.0, 3.0]])
    with record() as recorded:
        z = layer(x)
        h = F.sigmoid(z) * z
        loss = h.sum()
        loss.backward()
        optimizer.step()
    assert h is not None
    return recorded


def test_every_event_is_read_out_with_its_numbers(trace: Trace) -> None:
    text = "\n".join(words.read_out(trace, trace.events, say))
    for event in trace.events:
        assert trace.formula(event) in text
        assert f"step {event.index + 1}/{len(trace.events)}" in text
    assert "step 1/" in text.splitlines()[0]
    assert "forward" in text
    assert "update" in text


def test_backward_speaks_of_the_input_that_it_is_about(trace: Trace) -> None:
    said = {
        (e.op, e.wrt): words.describe(trace, e, say) for e in trace.events if e.phase == "backward"
    }
    assert said["linear", "W"].startswith("Each weight's blame")
    assert said["linear", "b"].startswith("A bias is added")
    fork = next(e for e in trace.events if e.op == "accumulate")
    assert "more than once" in words.describe(trace, fork, say)


def test_both_languages_describe_every_event(trace: Trace) -> None:
    for language in ("en", "zh"):
        for event in trace.events:
            assert words.describe(trace, event, say_in(language))


def test_an_operation_without_words_is_described_all_the_same(trace: Trace) -> None:
    def terse(key: str, **fields: object) -> str:
        if key.startswith("op.") and not key.startswith("op.generic"):
            raise KeyError(key)
        return say(key, **fields)

    event = trace.events[0]
    name = trace.values[event.output].name
    assert words.describe(trace, event, terse) == f"Computes {name}."


def test_large_arrays_are_cut_and_counted() -> None:
    with record() as recorded:
        y = tensor(np.ones((20, 30))) * 2
    assert y is not None
    lines = list(words.value_lines(recorded, recorded.values[-1], say))
    assert len(lines) == 1 + words.MOST_ROWS + 1
    assert lines[-1].strip() == "… 12 more rows"
    assert "… 18 more" in lines[1]
    assert lines[1].strip().startswith("[0]: 2  2  2")


def test_numbers_that_are_none() -> None:
    assert words.number_text(float("nan"), say) == "not a number (NaN)"
    assert words.number_text(float("-inf"), say) == "-infinite"
    assert words.number_text(0.298371109, say) == "0.298371"


def test_origins_in_words() -> None:
    assert words.origin_text(Origin(Source.STEP, step=4), say) == "left by training step 4"
    assert "seed 7" in words.origin_text(Origin(Source.SEED, "uniform", seed=7), say)
    assert "zeros" in words.origin_text(Origin(Source.LESSON, "zero"), say)


def test_why_in_words(trace: Trace) -> None:
    name = next(v.name for v in trace.values if v.name.endswith("weight.grad"))
    text = "\n".join(words.why_lines(trace, trace.why(f"{name}[0,1]"), say))
    assert "It comes from:" in text
    assert "2" in text


def test_of_many_causes_the_first_are_read_out() -> None:
    with record() as recorded:
        total = tensor(np.arange(100.0)).sum()
    assert total is not None
    lines = list(words.why_lines(recorded, recorded.why("total"), say))
    assert lines[-1] == "  … 76 more"
    assert sum(" = " in line and line.startswith("  in[") for line in lines) <= words.MOST_CAUSES


# -- JSON ------------------------------------------------------------------------------------------


def test_json_gives_back_every_number(trace: Trace) -> None:
    content = json.loads(as_json.dumps(as_json.trace_json(trace)))
    assert len(content["events"]) == len(trace.events)
    for told, value in zip(content["values"], trace.values, strict=True):
        assert np.array_equal(np.array(told["data"]), trace.data(value))
        assert told["shape"] == list(value.shape)


def test_json_without_what_is_not_finite() -> None:
    array = np.array([[1.0, np.nan], [np.inf, -np.inf]])
    assert as_json.array(array) == [[1.0, "NaN"], ["Infinity", "-Infinity"]]
    assert [float(x) for x in as_json.array(array)[1]] == [np.inf, -np.inf]
    assert as_json.number(float("nan")) == "NaN"
    assert as_json.array(np.array([True, False])) == [True, False]
    assert as_json.array(np.array([1, 2])) == [1, 2]


def test_json_of_a_step_half_way(trace: Trace) -> None:
    content = as_json.trace_json(trace, at=1)
    assert len(content["events"]) == 1
    assert content["loss"] is None
    assert {v["id"] for v in content["values"]} >= {content["events"][0]["output"]}


def test_total_of_every_cell_is_its_value(trace: Trace) -> None:
    for value in trace.values:
        for cell in np.ndindex(*value.shape):
            told = as_json.why_json(trace.why(value, cell))
            assert told["total"] == pytest.approx(told["value"], rel=1e-9, abs=1e-15)


# -- Markdown --------------------------------------------------------------------------------------


def test_markdown_has_every_formula_and_phase(trace: Trace) -> None:
    text = trace_markdown(trace, say)
    for event in trace.events:
        assert f"`{trace.formula(event)}`" in text
    assert text.count("\n## ") + text.startswith("## ") == 4
    assert "| --- |" not in text
    assert "|---|---|---|---|" in text
    assert trace_markdown(trace, say_in("zh"), level=3).startswith("### 第一个运算之前")
