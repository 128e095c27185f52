"""What a node of autograd's graph stands for among the recorded values."""

from __future__ import annotations

from typing import Any

from tuiexplain.lab.recording.assembly import Assembly
from tuiexplain.lab.recording.graph import Edge, Numbers, leaf_of
from tuiexplain.lab.recording.stored import Stored


class Answers:
    """The forward operation that a node answers, and the values whose gradients it works out."""

    def __init__(self, assembly: Assembly, numbers: Numbers) -> None:
        self.assembly, self.numbers = assembly, numbers

    def output(self, node: Any) -> Stored | None:
        """What the forward operation made whose derivative ``node`` is; its first output."""
        call = self.numbers.call(node)
        outputs = {} if call is None else self.assembly.outputs.get(call, {})
        return outputs.get(0) or next(iter(outputs.values()), None)

    def value(self, edge: Edge) -> Stored | None:
        """The forward value whose gradient goes along ``edge``."""
        node, output = edge
        if node is None:
            return None
        leaf = leaf_of(node)
        if leaf is not None:
            return self.assembly.ledger.known(leaf)
        call = self.numbers.call(node)
        if call is None:
            return None
        if node.name().endswith("CopySlices"):  # of the whole that a part was written into
            base = self.assembly.calls[call][1][0]._base
            return self.assembly.ledger.rewritten.get((id(base), 2 * call + 1))
        return self.assembly.outputs.get(call, {}).get(output)

    def slot(self, node: Any, value: Stored | None) -> str | None:
        """What the answered operation calls its input ``value``."""
        made = self.assembly.by_output.get(id(self.output(node)))
        if made is not None:
            for slot, stored in zip(made.attrs["slots"], made.inputs, strict=True):
                if stored is value:
                    return str(slot)
        return None
