"""The names of torch that are its own business, all in one place.

Nothing public tells which forward operation a backward operation answers. These names do; they may
change with any release, so the recorder says in one sentence when it does not know a torch.

=====================================  ===========================================================
``torch._C._current_autograd_node``    the node of the graph that backward is working on, if any
``torch.autograd._get_sequence_nr``    the number that the next node of this thread will get
``Node._sequence_nr``                  the number of a node; ``Node.variable`` of AccumulateGrad
``OpOverload._op``, ``._schema``       what an operation runs, and what its arguments are called
``TorchDispatchMode.__torch_dispatch__``, ``._should_skip_dynamo``
                                       every operation, below autograd; called without a wrapper
``torch.autograd._make_grads``         where the gradient of the loss itself is made
``nn.Module._call_impl``               the frame of a running module; its ``self`` is the module
=====================================  ===========================================================
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tuiexplain.trace.errors import TraceError

OLDEST, NEWEST = (2, 6), (2, 13)
"""The releases of torch whose names these are."""

MISSING = (
    "The recorder knows PyTorch {oldest} to {newest}, and this is {version}{detail}: "
    'install one that it knows, as pip install "torch<={newest}".'
)


@lru_cache
def check_version(version: str = torch.__version__) -> None:
    """Raise :class:`TraceError` if this torch is not one whose private names are known."""
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None or not OLDEST <= (int(found[1]), int(found[2])) <= NEWEST:
        raise TraceError(_missing(version))


def _missing(version: str, detail: str = "") -> str:
    oldest, newest = (".".join(map(str, v)) for v in (OLDEST, NEWEST))
    return MISSING.format(oldest=oldest, newest=newest, version=version, detail=detail)


def named(path: str) -> Any:
    """What torch calls ``path``; :class:`TraceError` if it has no such name."""
    thing: Any = torch
    for part in path.split("."):
        thing = getattr(thing, part, None)
        if thing is None:
            detail = f", which has no torch.{path}"
            raise TraceError(_missing(torch.__version__, detail))
    return thing


current_node = named("_C._current_autograd_node")
"""The node of the autograd graph that backward is working on in this thread; else ``None``."""

sequence_number = named("autograd._get_sequence_nr")
"""One more than the number of the node that autograd made last in this thread."""

MAKES_SEEDS = named("autograd._make_grads").__code__
"""The code that makes the gradient that a backward pass starts from."""


RUNS_MODULE = named("nn.Module._call_impl").__code__
"""The code that runs a module: ``self`` in its frame."""


def number_of(node: Any) -> int:
    """The number that autograd gave a node when forward made it."""
    return int(node._sequence_nr())


class DispatchMode(TorchDispatchMode):
    """A dispatch mode that is called directly: torch's wrapper against Dynamo costs 1 µs a call."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False
