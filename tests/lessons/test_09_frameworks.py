"""Lesson 09: the same numbers in Keras, shapes that broadcast, gradients that are not cleared."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson, Part, value_array
from tuiexplain.course.loading import open_folder
from tuiexplain.trace.run import Run
from tuiexplain.trace.trace import Trace

SEEDS = range(20)
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def lesson_09() -> Lesson:
    return open_folder(lessons_root() / "09-frameworks")


def number(trace: Trace, address: str) -> float:
    value, cell = trace.find(address)
    return trace.cell(value, cell)


def trained(part: Part, steps: int, seed: int | None = None, **dials: object) -> Run:
    run = part.run(part.settings(dials), seed)
    run.extend_to(steps)
    return run


def test_it_is_the_network_of_the_guides(lesson_09: Lesson) -> None:
    parameters = lesson_09.part("penguins").program().parameters()
    shapes = {name: array.shape for name, array in parameters.items()}
    assert shapes == {"W1": (10, 4), "b1": (10,), "W2": (1, 10), "b2": (1,)}
    assert sum(array.size for array in parameters.values()) == 61


def test_no_bird_is_both_learnt_from_and_judged_by(lesson_09: Lesson) -> None:
    (x, _), (unseen, _) = lesson_09.network.split()
    assert (len(x), len(unseen)) == (256, 77)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(x.std(axis=0), 1)


def test_flat_targets_leave_the_variance_and_columns_leave_nothing(lesson_09: Lesson) -> None:
    part = lesson_09.part("shapes")
    for seed in SEEDS:
        flat = trained(part, 500, seed, targets="(N,)").trace_at(500)
        column = trained(part, 500, seed, targets="(N, 1)").trace_at(500)
        variance = float(np.var(flat.data(flat.value("t"))))
        assert flat.value("r").shape == (8, 8)
        assert number(flat, "true_mse") == pytest.approx(variance, rel=0.05), seed
        assert number(column, "true_mse") < 0.06 * variance, seed


def test_gradients_that_are_not_cleared_add_up(lesson_09: Lesson) -> None:
    part = lesson_09.part("penguins")
    run = trained(part, 3, zero_grad="no")
    before = value_array(run.trace_at(0), "b2.grad")
    trace = run.trace_at(1)
    left, own = value_array(trace, "b2.left"), value_array(trace, "b2.grad#1")
    assert np.array_equal(left, before)
    np.testing.assert_allclose(value_array(trace, "b2.grad"), before + own, rtol=1e-14)
    assert trace.value("b2.left").origin.step == 0
    assert [v.name for v in run.trace_at(2).values if v.name.endswith(".left")]
    cleared = trained(part, 3).trace_at(1)
    assert not [v.name for v in cleared.values if v.name.endswith((".left", "#1"))]


def test_what_was_left_is_there_after_going_back(lesson_09: Lesson) -> None:
    part = lesson_09.part("penguins")
    run = trained(part, 40, zero_grad="no")
    there = {k: value_array(run.trace_at(k), "W1.grad") for k in (3, 30)}
    again = trained(part, 40, zero_grad="no")
    for k in (30, 3):
        assert np.array_equal(value_array(again.trace_at(k), "W1.grad"), there[k])


def test_forgetting_costs(lesson_09: Lesson) -> None:
    """The loss swings for as long as one looks, where it would have come to rest."""
    part = lesson_09.part("penguins")
    for seed in SEEDS:
        runs = [trained(part, 801, seed, zero_grad=answer) for answer in ("no", "yes")]
        kept, cleared = (
            [run.measured("val_loss", k) for k in (500, 600, 700, 800)] for run in runs
        )
        assert kept[-1] > cleared[-1], seed
        assert np.mean(kept) > 1.1 * np.mean(cleared), seed


@pytest.mark.parametrize(
    ("name", "steps", "dials"),
    [
        ("penguins", 801, {"batch_size": "32"}),
        ("penguins", 801, {"zero_grad": "no"}),
        ("shapes", 501, {"targets": "(N,)"}),
        ("shapes", 501, {"targets": "(N, 1)"}),
    ],
)
def test_long_runs_in_torch_arrive_at_the_same(
    lesson_09: Lesson, name: str, steps: int, dials: dict[str, str]
) -> None:
    torch = pytest.importorskip("torch")
    twin = loaded(lesson_09, "torch_twin")
    part = lesson_09.part(name)
    settings = part.settings(dials)
    program = part.program(settings)
    start = {k: torch.tensor(a) for k, a in program.parameters().items()}
    batches = (
        {k: torch.tensor(a) for k, a in program.batch(step).items()} for step in range(steps)
    )
    theirs = [told["loss"].item() for told in getattr(twin, name)(settings, start, batches)]
    np.testing.assert_allclose(trained(part, steps, **dials).losses, theirs, rtol=1e-6)


def loaded(lesson: Lesson, name: str) -> ModuleType:
    """One of the lesson's twins, run."""
    spec = importlib.util.spec_from_file_location(f"{name}_of_09", lesson.folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ------------------------------------------------------------------------------------------- Keras


@pytest.fixture(scope="module")
def keras_twin(lesson_09: Lesson) -> Iterator[ModuleType]:
    """The twin, on Keras' PyTorch backend and in float64.

    Whatever ``floatx`` says, Keras multiplies matrices of float64 in float32 on this backend: its
    rules of types hold everything to 32 bits. That rule is lifted here, so that the mathematics can
    be compared and not the rounding.
    """
    pytest.importorskip("torch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        keras = pytest.importorskip("keras", reason="Keras is part of the extra 'test'")
        if keras.backend.backend() != "torch":
            pytest.skip("Keras was imported with another backend")
        from keras.src.backend.common import dtypes

        patch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
        before = keras.config.floatx()
        keras.config.set_floatx("float64")
        yield loaded(lesson_09, "keras_twin")
        keras.config.set_floatx(before)


def close(ours: np.ndarray, theirs: Any, rel: float = 1e-10) -> None:
    theirs = np.asarray(theirs)
    np.testing.assert_allclose(theirs, ours, rtol=rel, atol=1e-12)


def in_both(lesson: Lesson, module: ModuleType, name: str, **dials: object) -> Iterator[Any]:
    """Each training step's trace, and what Keras made of the same weights and batches."""
    part = lesson.part(name)
    settings = part.settings(dials)
    program = part.program(settings)
    steps = 3 if name != "validation" else 1
    batches = [program.batch(step) for step in range(steps)]
    told = getattr(module, name)(settings, program.parameters(), batches)
    run = part.run(settings)
    yield from ((run.trace_at(k), numbers) for k, numbers in enumerate(told))


def test_keras_gives_the_same_numbers(lesson_09: Lesson, keras_twin: ModuleType) -> None:
    """With a vanishing ε: the frameworks put it into different places of Adam's formula."""
    for name in ("penguins", "shapes", "validation"):
        steps = 0
        dials = {"targets": "(N, 1)"} if name == "shapes" else {}
        for trace, numbers in in_both(lesson_09, keras_twin, name, eps=1e-16, **dials):
            steps += 1
            for value, theirs in numbers.items():
                close(value_array(trace, value), theirs)
        assert steps == (1 if name == "validation" else 3)


def test_keras_gives_the_same_gradients(lesson_09: Lesson, keras_twin: ModuleType) -> None:
    import torch

    part = lesson_09.part("penguins")
    program, trace = part.program(), part.run().trace_at(0)
    model = keras_twin.given(program.parameters(), part.settings())
    batch = program.batch(0)
    loss = torch.mean((model(torch.tensor(batch["x"])) - torch.tensor(batch["t"])) ** 2)
    loss.backward()
    for name, kernel in zip(("W1", "b1", "W2", "b2"), model.trainable_weights, strict=True):
        close(value_array(trace, f"{name}.grad"), kernel.value.grad.cpu().numpy().T)


def test_eps_stands_elsewhere_in_keras(lesson_09: Lesson, keras_twin: ModuleType) -> None:
    """Keras adds ε to √v, torch to √v̂: at the first step √(1 − β₂) times as large."""
    (first, numbers), *_ = in_both(lesson_09, keras_twin, "penguins", eps=0.1)
    start = value_array(first, "W2")
    g = value_array(first, "W2.grad")
    close(start - 1e-3 * g / (np.abs(g) + 0.1), value_array(first, "W2'"))
    close(start - 1e-3 * g / (np.abs(g) + 0.1 / np.sqrt(0.001)), numbers["W2'"])


def test_keras_makes_flat_targets_a_column(lesson_09: Lesson, keras_twin: ModuleType) -> None:
    part = lesson_09.part("shapes")
    (flat, told), *_ = in_both(lesson_09, keras_twin, "shapes", targets="(N,)")
    column = part.run(part.settings({"targets": "(N, 1)"})).trace_at(0)
    close(value_array(column, "loss"), told["loss"])
    assert abs(number(flat, "loss") - float(told["loss"])) > 1e-4


def test_fit_and_evaluate_run(lesson_09: Lesson, keras_twin: ModuleType) -> None:
    (x, t), (unseen, truth) = lesson_09.network.split()
    program = lesson_09.part("penguins").program()
    dials = {**lesson_09.part("penguins").settings(), "lr": 0.01}
    model = keras_twin.given(program.parameters(), dials)
    history = keras_twin.train(model, x, t, unseen, truth, epochs=2).history
    loss, mae = keras_twin.test(model, unseen, truth)
    assert history["val_loss"][-1] == pytest.approx(loss)
    assert loss < history["val_loss"][0]
    assert mae > 0
    assert model.count_params() == 61


def test_keras_warns_of_what_the_guides_write(keras_twin: ModuleType) -> None:
    with pytest.warns(UserWarning, match="Input"):
        keras_twin.Dense(10, activation="relu", input_shape=(4,))
