"""What optimisers have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tuiexplain.engine.autograd import update
from tuiexplain.engine.op import Op
from tuiexplain.engine.state import quiet
from tuiexplain.engine.tensors import Tensor
from tuiexplain.trace.recorder import active
from tuiexplain.trace.value import GIVEN, Kind


class Optimizer:
    """Changes parameters by their gradients, one :meth:`step` at a time.

    ``param_groups`` holds the dials of each group (``group["lr"]``), ``state`` what the optimiser
    remembers of each parameter, by a short name (``m``, ``v``) that is shown as ``W1.m``.
    """

    def __init__(self, params: Iterable[Any], defaults: Mapping[str, Any]) -> None:
        given = list(params)
        if not given:
            raise ValueError("optim: there are no parameters to change.")
        if isinstance(given[0], Tensor):
            given = [{"params": given}]
        self.defaults = dict(defaults)
        self.param_groups: list[dict[str, Any]] = [
            {**self.defaults, **group, "params": list(group["params"])} for group in given
        ]
        self.state: dict[Tensor, dict[str, Any]] = {}
        for p in self._parameters():
            if not isinstance(p, Tensor):
                raise TypeError(f"optim: parameters are tensors, not {type(p).__name__}.")

    def _parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def zero_grad(self) -> None:
        """Forget the gradients; :meth:`Tensor.backward` would add to them."""
        for p in self._parameters():
            p.grad = None

    def step(self) -> None:
        """Change every parameter that has a gradient."""
        heard = active() is not None
        with quiet():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        if heard:
                            declare(p, p.data, p.name, Kind.PARAMETER)
                        self.change(p, p.grad.data, group)

    def change(self, p: Tensor, g: np.ndarray, group: dict[str, Any]) -> None:
        """One step of one parameter."""
        raise NotImplementedError

    def replace(self, p: Tensor, op: Op, arrays: tuple[np.ndarray, ...], **options: Any) -> None:
        """Put the output of an optimiser's row in the place of ``p``."""
        p.data = update(op, p.data, (p.data, *arrays), options, getattr(p, "module", ""))

    def remember(
        self, p: Tensor, what: str, op: Op, arrays: tuple[np.ndarray, ...], **options: Any
    ) -> np.ndarray:
        """Put the output of a row in the place of the state ``what``, which starts from zeros."""
        state = self.state.setdefault(p, {})
        if what not in state:
            state[what] = np.zeros(p.shape)
        old = state[what]
        if active() is not None and p.name:
            declare(p, old, f"{p.name}.{what}", Kind.STATE)
        state[what] = update(op, old, (old, *arrays), options, getattr(p, "module", ""))
        return state[what]  # type: ignore[no-any-return]

    def count(self, p: Tensor) -> int:
        """How many steps ``p`` has taken, this one included."""
        state = self.state.setdefault(p, {})
        state["step"] = state.get("step", 0) + 1
        return int(state["step"])

    def state_dict(self) -> dict[str, Any]:
        """What is remembered, as ``W1.m``; the arrays themselves: nothing changes them in place."""
        return {
            f"{p.name or number}.{what}": value
            for number, p in enumerate(self._parameters())
            for what, value in self.state.get(p, {}).items()
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Remember what a :meth:`state_dict` says, and nothing else."""
        self.state = {}
        for number, p in enumerate(self._parameters()):
            start = f"{p.name or number}."
            found = {k[len(start) :]: v for k, v in state_dict.items() if k.startswith(start)}
            if found:
                self.state[p] = found


def positive(**options: float) -> None:
    """One sentence about an option that must not be negative (nor, so, nan)."""
    for name, value in options.items():
        if not value >= 0:
            raise ValueError(f"optim: {name} is {value}; it must be 0 or more.")


def declare(p: Tensor, array: np.ndarray, name: str | None, kind: Kind) -> None:
    """Tell a recorder the name of an array that the step starts from, unless it was told before."""
    recorder = active()
    if recorder is not None and name and id(array) not in recorder.declared:
        recorder.declare(array, name, kind, p.axes, p.labels, GIVEN)
