"""A curve in one line of text."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.views.look import Look


def sparkline(values: Any, width: int, look: Look) -> str:
    """``values`` as at most ``width`` bars, from the least to the greatest; ``✕`` where not finite.

    Where there are more values than columns, a bar shows the last one of its stretch.
    """
    array = np.asarray(values, dtype=float).reshape(-1)
    if array.size == 0 or width <= 0:
        return ""
    if array.size > width:
        array = array[(np.arange(1, width + 1) * array.size // width) - 1]
    finite = array[np.isfinite(array)]
    low = float(finite.min()) if finite.size else 0.0
    span = (float(finite.max()) - low if finite.size else 0.0) or 1.0
    bars = look.glyphs.bars
    with np.errstate(all="ignore"):
        shares = np.clip(np.nan_to_num((array - low) / span), 0, 1)
    levels = np.minimum((shares * len(bars)).astype(int), len(bars) - 1)
    return "".join(
        bars[level] if ok else look.glyphs.cross
        for level, ok in zip(levels.tolist(), np.isfinite(array).tolist(), strict=True)
    )
