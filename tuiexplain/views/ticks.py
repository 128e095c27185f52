"""Round numbers along an axis."""

from __future__ import annotations

import math


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` + 1 multiples of 1, 2 or 5 times a power of ten within the limits."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low]
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((f * power for f in (1, 2, 5, 10) if f * power >= rough * (1 - 1e-9)), 10 * power)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    # Written as a quotient so that 3 tenths is 0.3 and not 0.30000000000000004.
    return [i * step if step >= 1 else i / round(1 / step) for i in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Logarithms (base 10) of round numbers between ``10**low`` and ``10**high``."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if last - first >= 1:
        stride = max(1, -(-(last - first) // max(1, most)))
        return [float(e) for e in range(first, last + 1, stride)]
    if high - low > 300 or not (math.isfinite(low) and math.isfinite(high)):
        return [low]
    found = [math.log10(t) for t in ticks(10.0**low, 10.0**high, most) if t > 0]
    return found or [low]
