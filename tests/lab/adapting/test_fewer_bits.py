"""Quantisation and the cost of size."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.lab.adapting.quantisation import quantise, relative_error
from tuiexplain.lab.adapting.scaling import (
    NAMED,
    fit_power_law,
    inference_memory,
    key_value_bytes,
    training_memory,
    training_operations,
)
from tuiexplain.lab.errors import LabError

EIGHT = np.array([1.2, -0.5, -4.3, 1.2, -3.1, 0.8, 2.4, 5.4])


def test_int8_of_the_curriculum() -> None:
    kept = quantise(EIGHT, 8)
    assert kept.codes.tolist() == [28, -12, -101, 28, -73, 19, 56, 127]
    assert np.abs(kept.weights() - EIGHT).max() <= kept.scales.max() / 2


def test_each_group_has_its_own_scale_and_no_weight_is_further_off_than_half_a_step() -> None:
    weights = np.random.default_rng(0).normal(size=(6, 8))
    weights[2] *= 50
    for bits in (8, 4):
        for group in ("tensor", "row", 4):
            kept = quantise(weights, bits, group)
            rows = (weights - kept.weights()).reshape(len(kept.scales), -1)
            assert (np.abs(rows) <= kept.scales / 2 + 1e-12).all()
    assert relative_error(weights, quantise(weights, 4, "row")) < relative_error(
        weights, quantise(weights, 4)
    )


def test_one_outlier_spoils_int4_of_a_tensor_but_not_of_rows() -> None:
    """The weights that are no outliers: nearly all of them are rounded to 0."""
    weights = np.random.default_rng(1).normal(size=(64, 64)) * 0.02
    with_outlier = weights.copy()
    with_outlier[0, 0] = 2.0
    rest = np.ones_like(weights, dtype=bool)
    rest[0, 0] = False

    def lost(group: str) -> float:
        off = (with_outlier - quantise(with_outlier, 4, group).weights())[rest]
        return float(np.linalg.norm(off) / np.linalg.norm(with_outlier[rest]))

    assert relative_error(weights, quantise(weights, 4)) < 0.25
    assert lost("tensor") > 0.9
    assert lost("row") < 0.25


def test_zeros_stay_and_bad_use_is_told() -> None:
    assert quantise(np.zeros((2, 3)), 4).weights().tolist() == np.zeros((2, 3)).tolist()
    with pytest.raises(LabError, match="8 or 4 bits"):
        quantise(EIGHT, 3)
    with pytest.raises(LabError, match="rows of 8 weights"):
        quantise(EIGHT, 4, 3)


def test_bytes_of_what_is_kept() -> None:
    assert quantise(np.ones((4, 8)), 8, "row").bytes == 32 + 8
    assert quantise(np.ones((4, 8)), 4).bytes == 16 + 2


def test_a_power_law_is_found_again() -> None:
    sizes = [1e3, 1e4, 1e5, 1e6]
    law = fit_power_law(sizes, [8.0 * n**-0.076 for n in sizes])
    assert law.scale == pytest.approx(8.0)
    assert law.exponent == pytest.approx(0.076)
    assert law.at(1e7) == pytest.approx(8.0 * 1e7**-0.076)
    with pytest.raises(LabError, match="two sizes"):
        fit_power_law([10], [1])
    with pytest.raises(LabError, match="above 0"):
        fit_power_law([10, 20], [1, 0])


def test_published_sizes() -> None:
    assert NAMED["GPT-2"].parameters == 124_439_808
    assert NAMED["GPT-2 XL"].parameters == 1_557_611_200
    assert NAMED["LLaMA-7B"].parameters == 6_738_415_616
    assert NAMED["GPT-3"].parameters == pytest.approx(175e9, rel=0.005)


def test_memory_and_operations() -> None:
    shape = NAMED["LLaMA-7B"]
    assert inference_memory(shape, 16).weights / 1e9 == pytest.approx(13.5, abs=0.1)
    assert inference_memory(shape, 4).weights / 1e9 == pytest.approx(3.4, abs=0.1)
    assert key_value_bytes(shape, 2048) == 2 * 32 * 2048 * 4096 * 2
    whole = training_memory(shape)
    assert whole.total == shape.parameters * 16
    adapted = training_memory(shape, weight_bytes=2, trainable=1_000_000)
    assert adapted.gradients + adapted.optimiser == 12_000_000
    assert training_operations(175e9, 300e9) == pytest.approx(3.15e23)
