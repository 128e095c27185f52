"""Slopes that are measured by running the same events again."""

from __future__ import annotations

import numpy as np
import pytest

import tuiexplain.engine.functional as F
from tuiexplain.engine import tensor
from tuiexplain.trace.recorder import record
from tuiexplain.trace.slope import measured_slope


def test_every_leaf_has_its_gradient_as_slope() -> None:
    with record() as trace:
        w, x = tensor([0.5, -12.0, 2.0]), tensor([0.1, 0.03, -0.4])
        w.requires_grad_()
        x.requires_grad_()
        z = (w * x).sum()
        a = F.tanh(z)
        a.backward()
    of = trace.value("a")
    for name, leaf in (("w", w), ("x", x)):
        value = trace.value(name)
        assert leaf.grad is not None
        measured = [measured_slope(trace, value, (i,), of) for i in range(3)]
        np.testing.assert_allclose(measured, leaf.grad.data, rtol=1e-6, atol=1e-9)


def test_what_does_not_come_in_has_no_slope() -> None:
    with record() as trace:
        w, v = tensor(0.3), tensor(0.7)
        y = w * w
        z = v * y
    assert measured_slope(trace, trace.value("v"), (), trace.value("y")) == 0
    assert measured_slope(trace, trace.value("w"), (), trace.value("y")) == pytest.approx(0.6)
    assert z.item() == pytest.approx(0.063)
