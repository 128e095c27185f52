"""One operation under several names: what other devices' kernels call the arguments of their own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tuiexplain.trace.event import Event


@dataclass(frozen=True)
class Synonym:
    """The operation that has the row, what it calls the arguments, and what goes without saying."""

    op: str
    names: dict[str, str]
    said: dict[str, Any] = field(default_factory=dict)


_FORWARD = {"exponential_average_factor": "momentum", "epsilon": "eps"}
_BACKWARD = {"grad_output": "grad_out", "save_var": "save_invstd", "epsilon": "eps"}

SYNONYMS = {
    "cudnn_batch_norm": Synonym("native_batch_norm", _FORWARD),
    "miopen_batch_norm": Synonym("native_batch_norm", _FORWARD),
    "cudnn_batch_norm_backward": Synonym("native_batch_norm_backward", _BACKWARD, {"train": True}),
    "miopen_batch_norm_backward": Synonym("native_batch_norm_backward", _BACKWARD, {"train": True}),
}


def in_rows_words(event: Event) -> Event:
    """The event as the table of rows calls it."""
    base, dot, part = event.op.partition(".")
    synonym = SYNONYMS.get(base)
    if synonym is None:
        return event
    attrs = {synonym.names.get(name, name): value for name, value in event.attrs.items()}
    attrs["slots"] = tuple(synonym.names.get(slot, slot) for slot in event.attrs["slots"])
    return replace(event, op=f"{synonym.op}{dot}{part}", attrs={**attrs, **synonym.said})
