"""What must hold for every lesson, whatever it teaches."""

from __future__ import annotations

import importlib.util
import itertools
from types import ModuleType

import numpy as np
import pytest

from tuiexplain.course.check import check_lesson
from tuiexplain.course.check.numbers import of_each, spread
from tuiexplain.course.lesson import Lesson, Part, value_array
from tuiexplain.trace import Phase
from tuiexplain.trace.trace import Trace

COLUMNS = 72
"""The code pane's width."""


def stepped(lesson: Lesson) -> list[Part]:
    """The parts that our own engine runs; those that PyTorch trains are looked at elsewhere."""
    return [part for part in lesson.parts if part.spec.lab is None]


def traces(part: Part) -> list[Trace]:
    run = part.run()
    return [run.trace_at(step) for step in range(part.spec.train_steps)]


CHAOTIC = {"N(0,1)"}
"""Choices under which each step multiplies the rounding errors of the one before: one is compared."""

MOST_CELLS = 20_000
"""Cells of a training step that are asked why; of a larger network, some of each value."""


def unexplained(trace: Trace, altogether: int = MOST_CELLS) -> list[str]:
    """Addresses of cells whose reasons do not add up to them."""
    most = of_each(trace.values, altogether)
    return [
        f"{reason.address}: {reason.number!r} explained as {reason.total!r}"
        for value in trace.values
        for cell in spread(value.shape, most)
        if not np.isclose(
            (reason := trace.why(value, cell)).total, reason.number, rtol=1e-9, atol=1e-12
        )
    ]


def test_the_check_finds_nothing(any_lesson: Lesson) -> None:
    faults, _ = check_lesson(any_lesson.folder)
    assert [str(fault) for fault in faults] == []


def test_the_reason_of_every_number_adds_up_to_it(any_lesson: Lesson) -> None:
    for part in stepped(any_lesson):
        for trace in traces(part):
            assert unexplained(trace) == [], part.id


def choices(part: Part) -> list[dict[str, str]]:
    """Every combination of the dials that are a choice."""
    turned = [[(d.id, c) for c in d.choices] for d in part.dials if d.scale == "choice"]
    return [dict(settings) for settings in itertools.product(*turned)]


def test_it_steps_and_explains_itself_whatever_is_chosen(any_lesson: Lesson) -> None:
    for part in stepped(any_lesson):
        settings_of_part = choices(part)
        for settings in settings_of_part:
            trace = part.run(part.settings(settings)).trace_at(0)
            most = MOST_CELLS // len(settings_of_part)
            assert unexplained(trace, most) == [], (part.id, settings)


def test_every_value_has_a_name_that_the_lesson_chose(any_lesson: Lesson) -> None:
    """No intermediate is called after its operation because nobody named it."""
    for part in stepped(any_lesson):
        trace = part.run().trace_at(0)
        owners: set[tuple[str, str]] = set()
        for event in trace.events:
            value = trace.values[event.output]
            if event.phase is Phase.FORWARD:
                assert value.name != event.op, (part.id, trace.formula(event))
                # Only layers of one kind, one after another, may use a name again: ``k#2``.
                name = (value.name.partition("#")[0], event.module)
                assert name not in owners, (part.id, trace.formula(event))
                owners.add(name)


def test_causes_end_at_data_seed_or_lesson(any_lesson: Lesson) -> None:
    for part in stepped(any_lesson):
        trace = part.run().trace_at(0)
        for value in trace.values:
            if value.producer is None:
                assert value.origin.source in {"data", "seed", "lesson"}, (part.id, value.name)


def test_rewinding_repeats_the_same_losses(any_lesson: Lesson) -> None:
    for part in stepped(any_lesson):
        first, second = part.run(), part.run()
        for _ in range(5):
            first.advance()
            second.advance()
        assert first.losses == second.losses, part.id


def test_the_code_fits_its_pane(any_lesson: Lesson) -> None:
    twins = [f"{twin}_twin.py" for twin in any_lesson.spec.twins]
    for name in ("network.py", *twins):
        for number, line in enumerate(any_lesson.source(name).splitlines(), start=1):
            assert len(line) <= COLUMNS, f"{name}:{number}"


def test_every_step_is_described_in_both_languages(any_lesson: Lesson) -> None:
    for language in ("en", "zh"):
        blocks = any_lesson.prose(language).blocks
        for part in any_lesson.parts:
            for step in part.spec.steps:
                assert blocks[step.id].text, (language, step.id)
            for prediction in part.spec.predictions:
                block = blocks[prediction.id]
                assert block.text, (language, prediction.id)
                assert block.why, (language, prediction.id)
                assert len(block.hints) == 3, (language, prediction.id)


def test_it_asks_for_two_predictions_at_least(any_lesson: Lesson) -> None:
    assert sum(len(part.spec.predictions) for part in any_lesson.parts) >= 2


# ------------------------------------------------------------------------------- the twin in torch


def twin_of(lesson: Lesson) -> ModuleType:
    file = lesson.folder / "torch_twin.py"
    spec = importlib.util.spec_from_file_location(f"twin_of_{lesson.number}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_twin_in_torch_gives_the_same_numbers(any_lesson: Lesson) -> None:
    torch = pytest.importorskip("torch")
    if "torch" not in any_lesson.spec.twins:
        pytest.skip("this lesson has no twin in torch")
    module = twin_of(any_lesson)
    for part in stepped(any_lesson):
        for settings in choices(part):
            dials = part.settings(settings)
            steps = 1 if CHAOTIC & set(settings.values()) else 3
            all_traces = [part.run(dials).trace_at(step) for step in range(steps)]
            program = part.program(dials)

            def tensors(arrays: dict[str, np.ndarray]) -> dict[str, object]:
                return {k: torch.tensor(np.asarray(a)) for k, a in arrays.items()}

            start = tensors(program.parameters())
            batches = [tensors(program.batch(step)) for step in range(steps)]
            told = getattr(module, part.spec.setup)(dials, start, batches)
            for trace, numbers in zip(all_traces, told, strict=True):
                assert numbers
                for name, tensor in numbers.items():
                    ours = value_array(trace, name)
                    theirs = tensor.detach().numpy()
                    scale = max(1.0, float(np.abs(ours).max()))
                    np.testing.assert_allclose(
                        theirs, ours, rtol=1e-10, atol=1e-13 * scale, err_msg=f"{part.id}: {name}"
                    )
