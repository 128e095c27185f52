"""Who looks at whom: the numbers over the columns."""

import numpy as np
import pytest

from tuiexplain.views.attention import Attention, attention
from tuiexplain.views.look import look


@pytest.mark.parametrize("count", [9, 12, 120])
@pytest.mark.parametrize("width", [36, 44, 80, 210])
def test_each_number_stands_apart_over_its_column(count: int, width: int) -> None:
    words = ["ab"] * count
    spec = Attention(np.full((count, count), 1 / count), words, words, row=0, title="head 1")
    picture = attention(spec, width, 4, look("dark"))
    head = picture.strips[0].text
    cells = {column: picture.hits.where((0, column)) for column in range(count)}
    numbers = head.removeprefix("head 1").rstrip(" ›").split()[-count:]
    shown = [int(n) for n in numbers if n.isdecimal()]
    assert shown == sorted(set(shown))
    assert shown[0] == 1
    for number in shown:
        cell = cells[number - 1]
        assert cell is not None
        assert str(number) in head[cell.x : cell.x + max(cell.width, len(str(number)))]
