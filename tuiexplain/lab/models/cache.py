"""What a model keeps of the tokens it has read, so that it need not read them again."""

from __future__ import annotations

import torch
from torch import Tensor


class KeyValueCache:
    """A GPT's keys and values, each (batch, heads, tokens so far, width of a head)."""

    def __init__(self, layers: int) -> None:
        self.entries: list[tuple[Tensor, Tensor] | None] = [None] * layers

    @property
    def length(self) -> int:
        """Tokens held. Within a forward pass: by the last layer, that is before this pass."""
        last = self.entries[-1]
        return 0 if last is None else last[0].shape[2]

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Append one layer's new keys and values; all of that layer's are returned."""
        held = self.entries[layer]
        if held is not None:
            k, v = torch.cat((held[0], k), dim=2), torch.cat((held[1], v), dim=2)
        self.entries[layer] = (k, v)
        return k, v


class StateCache:
    """The state of a recurrent network: as large after a million tokens as after one."""

    def __init__(self) -> None:
        self.state: tuple[Tensor, ...] | None = None
        self.length = 0
