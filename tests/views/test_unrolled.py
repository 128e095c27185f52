"""A loop over time, unrolled: the numbers over its columns."""

from __future__ import annotations

import numpy as np
import pytest

from tuiexplain.views.look import look
from tuiexplain.views.unrolled import Row, Unrolled, unrolled


@pytest.mark.parametrize("running", [None, *range(20)])
@pytest.mark.parametrize("width", [33, 44, 60])
def test_no_moment_runs_into_another(width: int, running: int | None) -> None:
    moments = [str(t + 1) for t in range(20)]
    rows = [Row("h", 0.5 ** np.arange(20.0)[:, None], [True] * 20)]
    picture = unrolled(Unrolled(moments, rows, running), width, 3, look())
    shown = picture.strips[0].text.split()
    assert set(shown) <= set(moments), "two numbers that touch read as another one"
    assert running is None or moments[running] in shown
