"""``with record_torch(model) as trace:`` around one training step of any PyTorch module."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import FrameType, TracebackType
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

import tuiexplain.lab.recording.rulebook  # noqa: F401 - registers the rules
from tuiexplain.lab.recording.known import Known
from tuiexplain.lab.recording.listener import Listener, inside
from tuiexplain.lab.recording.opening import Recording
from tuiexplain.lab.recording.private import check_version
from tuiexplain.lab.recording.trace import TorchTrace
from tuiexplain.trace.value import GIVEN, Kind, Origin

_listening: list[record_torch] = []


class record_torch:  # noqa: N801 - reads as a statement, like ``no_grad``
    """Record every operation of the ``with`` block as a trace.

    ``model`` gives parameters and modules their paths (found from the variables where it is left
    out), ``names`` calls parameters otherwise (``{"fc1.weight": "W1"}``), ``optimizer`` (found as
    it steps) names its state, ``origin`` says where parameters and state come from.

    Optimisers run one operation after another while they are recorded (``foreach`` and ``fused``
    off), so that each is seen; everything else runs as it would. What the code overwrites is
    copied first; everything else is kept by reference until the trace is dropped.

    Every operation that makes an array is an event, one for each array. None are: what hands on the
    same numbers (``detach``), memory without numbers (``empty``) until it is filled, and results
    that are no arrays (``item``).
    """

    def __init__(
        self,
        model: nn.Module | None = None,
        optimizer: Optimizer | None = None,
        names: Mapping[str, str] | None = None,
        origin: Origin = GIVEN,
        meta: dict[str, Any] | None = None,
    ) -> None:
        check_version()
        self.model, self.names, self.origin = model, names or {}, origin
        self.trace = TorchTrace(meta or {})
        self._listener = Listener()
        self._optimizers: dict[int, Optimizer] = {}
        if optimizer is not None:
            self._optimizers[id(optimizer)] = optimizer
        self._declared: list[Known] = []
        self._hooks: list[Any] = []
        self._settings: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def declare(
        self,
        tensor: Tensor,
        name: str,
        kind: Kind = Kind.INPUT,
        axes: tuple[str, ...] = (),
        labels: tuple[tuple[str, ...] | None, ...] = (),
        origin: Origin = GIVEN,
    ) -> None:
        """Tell the name and nature of a tensor that the recorded code starts from."""
        self._declared.append(Known(tensor, name, kind, axes, labels, origin))

    # -- while the code runs ---------------------------------------------------------------------------

    def __enter__(self) -> TorchTrace:
        if _listening:
            raise RuntimeError("A recording is already under way: recordings do not nest.")
        _listening.append(self)
        self._hooks = [
            register_optimizer_step_pre_hook(self._step_starts),
            register_optimizer_step_post_hook(self._step_ends),
        ]
        self._listener.start = sys._getframe(1)
        self._listener.__enter__()
        return self.trace

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.__exit__(kind, error, traceback)
        self._listener.start = None
        for hook in self._hooks:
            hook.remove()
        self._step_ends()
        _listening.remove(self)
        held = sys._getframe(1).f_locals.items()
        self.trace.recorded = Recording(
            self._listener,
            self._versions(),
            self.model,
            tuple(self._optimizers.values()),
            self.names,
            self.origin,
            self._declared,
            {k: v for k, v in held if isinstance(v, Tensor | nn.Module)},
        )

    def _versions(self) -> dict[int, int]:
        """How often the model's tensors have been overwritten: later changes are noticed by it.

        Where an optimiser was at work, the listener has noted it of what was overwritten.
        """
        held: list[Tensor] = list(self._listener.uncounted)
        if self.model is not None and not self._listener.copies:
            held += [*self.model.parameters(), *self.model.buffers()]
        return {id(t): t._version for t in held if not t.is_inference()}

    def _step_starts(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        self._optimizers[id(optimizer)] = optimizer
        for group in optimizer.param_groups:
            before = {k: group[k] for k in ("foreach", "fused") if group.get(k, False) is not False}
            if before:
                self._settings.append((group, before))
                group.update(dict.fromkeys(before, False))
        if any(callable(a) for a in (*args[1:], *kwargs.values())):
            return  # it runs the model itself, as L-BFGS does: each operation tells its own place
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and inside[frame.f_code.co_filename]:
            frame = frame.f_back
        if frame is not None:
            self._listener.step_starts((frame.f_code, frame.f_lasti))

    def _step_ends(self, *_: Any) -> None:
        states = (s for o in self._optimizers.values() for s in o.state.values())
        self._listener.step_ends(t for s in states for t in s.values() if isinstance(t, Tensor))
        for group, before in self._settings:
            group.update(before)
        self._settings.clear()
