"""The data that the playground makes."""

import numpy as np
import pytest

from tuiexplain.play.design import GENERATED, Design
from tuiexplain.play.generated import RECIPES, generate


def test_there_is_a_recipe_for_every_name() -> None:
    assert tuple(RECIPES) == GENERATED


@pytest.mark.parametrize("name", GENERATED)
def test_the_same_seed_gives_the_same_points(name: str) -> None:
    one, two = generate(Design(data=name, noise=20)), generate(Design(data=name, noise=20))
    other = generate(Design(data=name, noise=20, seed=1))
    assert np.array_equal(one.inputs, two.inputs)
    assert np.array_equal(one.targets, two.targets)
    assert np.array_equal(one.train, two.train)
    assert not np.array_equal(one.train, other.train)


@pytest.mark.parametrize("name", GENERATED)
def test_every_class_is_there_and_every_row_is_on_one_side(name: str) -> None:
    found = generate(Design(data=name, examples=101, train_share=70))
    assert found.inputs.shape == (101, 2)
    assert sorted([*found.train, *found.test]) == list(range(101))
    assert len(found.train) == 71
    if found.classes:
        assert set(found.targets) == set(range(len(found.classes)))
    else:
        assert found.targets.min() < -0.5
        assert found.targets.max() > 0.5


def test_without_noise_the_classes_are_what_the_recipes_say() -> None:
    ring = generate(Design(data="circle"))
    assert np.array_equal(ring.targets == 1, np.hypot(*ring.inputs.T) < 2.5)
    corners = generate(Design(data="xor"))
    assert np.array_equal(corners.targets == 1, corners.inputs.prod(axis=1) > 0)
    assert np.abs(corners.inputs).min() >= 0.3
    slope = generate(Design(data="plane"))
    assert np.allclose(slope.targets, slope.inputs.sum(axis=1) / 10)


def test_noise_moves_answers_to_the_other_side() -> None:
    ring = generate(Design(data="circle", noise=50))
    assert np.any((ring.targets == 1) != (np.hypot(*ring.inputs.T) < 2.5))


def test_a_hill_is_as_high_as_it_says() -> None:
    found = generate(Design(data="hills", examples=10_000))
    top = found.targets[np.hypot(*(found.inputs - [-4, 2.5]).T) < 0.2]
    assert top.min() >= 0.9
    assert np.all(found.targets[np.hypot(*(found.inputs - [2, 0]).T) < 0.5] == 0)


def test_examples_left_out_are_not_learnt_from() -> None:
    found = generate(Design())
    first = int(found.train[0])
    assert first not in found.without((first,)).train
    assert first not in found.without((first,)).test
