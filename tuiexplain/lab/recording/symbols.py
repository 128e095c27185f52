"""How the values of a network are written in formulas: their paths without what all of them share.

``transformer.h.0.ln_1.weight`` is written ``h.0.ln_1.weight`` where nearly every path begins with
``transformer``; names, by which values are asked for, stay as they are. Imports no torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tuiexplain.trace.trace import Trace
from tuiexplain.trace.value import Kind, Value


class ShortSymbols(Trace):
    """A trace that writes long paths short. Symbols are worked out once."""

    _symbols: dict[int, str] | None = None
    _prefix = ""

    def symbol(self, value: Value | int) -> str:
        """How a value is written in a formula."""
        if self._symbols is None:
            self._symbols, self._prefix = {}, shared_prefix(self.values)
            self._loss = super().loss_symbol
        value = self.values[value] if isinstance(value, int) else value
        found = self._symbols.get(value.id)
        if found is None:
            found = self._symbols[value.id] = self._written(value)
        return found

    def _written(self, value: Value) -> str:
        if value.of is None:
            return value.name.removeprefix(self._prefix)
        of = self.values[value.of]
        suffix = value.name[len(of.name) + len(".grad") :]
        name = self._loss if of.kind is Kind.LOSS else of.name.removeprefix(self._prefix)
        return f"∂{self._loss}/∂{name}{suffix}"


def shared_prefix(values: Sequence[Value]) -> str:
    """The beginning (``transformer.``) of most paths, if no two are the same without it."""
    paths = [v.name for v in values if v.kind is Kind.PARAMETER and v.producer is None]
    firsts = Counter(path.partition(".")[0] for path in paths if "." in path)
    if not firsts:
        return ""
    first, count = firsts.most_common(1)[0]
    prefix = f"{first}."
    if 2 * count < len(paths) or any(
        path.startswith(prefix) and path.removeprefix(prefix)[:1].isdigit() for path in paths
    ):
        return ""
    names = {v.name for v in values}
    without = {name.removeprefix(prefix) for name in names}
    return prefix if len(without) == len(names) else ""
