"""When the run is looked at, and how what was seen reaches the interface."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from tuiexplain.lab.adapting.change import changes_of
from tuiexplain.lab.adapting.start import base_file
from tuiexplain.lab.data import Instructions, Text
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.observing.budget import Budget
from tuiexplain.lab.observing.probe import Probe
from tuiexplain.lab.observing.reduction import Carried, Parts, carry, looked_at, samples
from tuiexplain.lab.observing.sights import Kind, Seen, Sight
from tuiexplain.lab.observing.window import SLOTS, Window
from tuiexplain.lab.protocol import Observed, Scene
from tuiexplain.lab.trainer import Trainer

A_TURN = 4
"""Sights that are looked at in one turn."""
MOST_WORDS = 5000
"""Tokens of a vocabulary that is told."""


class Observer:
    """Looks at what is watched, after updates, as often as the budget allows.

    The trainer calls `before_update` and `after_update` where `due` said so; with nothing watched
    it never does. Everything is read after the update, but for what tells the update's size.
    """

    def __init__(
        self,
        trainer: Trainer,
        window: Window,
        tell: Callable[[Observed], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.trainer, self.window, self.tell, self.clock = trainer, window, tell, clock
        self.probe = Probe(trainer)
        self.parameters = dict(trainer.model.named_parameters())
        base = trainer.settings.base
        self.changes = changes_of(trainer.model, base_file(base) if base else None)
        self.budget = Budget()
        self.sights: list[Sight] = []
        self._size = (1, 1)
        self._watch = 0
        self._turn = 0
        self._before: list[Tensor] | None = None
        self._ratio: Tensor | None = None
        self._spent = 0.0
        self._carried: tuple[Carried, int, list[tuple[int, Sight]]] | None = None

    def scene(self) -> Scene:
        """What can be watched."""
        source = self.trainer.source
        codec = source.codec if isinstance(source, Text | Instructions) else None
        words = codec.size if codec is not None and codec.size <= MOST_WORDS else 0
        return Scene(
            parameters={name: list(p.shape) for name, p in self.parameters.items()},
            activations=self.probe.activations(),
            attention=self.probe.attention(),
            tokens=self.probe.tokens,
            counts=self.probe.counts,
            context=int(self.probe.inputs.shape[-1]),
            vocabulary=[codec.token(i) for i in range(words)] if codec else [],
            changes=self.changes.names,
        )

    def watch(self, names: Sequence[str], rows: int, columns: int, number: int) -> None:
        """Look at these from now on, and only at these; slot i is for the i-th of them."""
        try:
            sights = [Sight.parse(name) for name in names]
        except ValueError as error:
            raise LabError(f"this cannot be watched: {error}.") from None
        if len(sights) > SLOTS:
            raise LabError(f"{len(sights)} things cannot be watched at once, {SLOTS} can.")
        self.sights, self._size, self._watch = sights, (max(1, rows), max(1, columns)), number
        self._turn = 0
        self.budget = Budget()

    # -- what the trainer calls ------------------------------------------------------------------

    def due(self) -> bool:
        """Whether this update is looked at."""
        if self._carried is not None:
            self._arrive()
        return bool(self.sights) and self._carried is None and self.budget.due(self.clock())

    def before_update(self) -> None:
        """Keep what the size of the update is measured from."""
        started = self.clock()
        self._spent = 0.0
        if any(sight.kind is Kind.LAYERS for _, sight in self._next()):
            self._before = [samples(p.detach()).clone() for p in self.parameters.values()]
            self._spent = self.clock() - started

    def after_update(self) -> None:
        """Look at the next of what is watched."""
        started = self.clock()
        turn = self._next()
        self._turn = (self._turn + len(turn)) % max(1, len(self.sights))
        self._look(turn)
        now = self.clock()
        self.budget.spent(self._spent + now - started, now)

    def look_now(self) -> None:
        """Look at everything that is watched, while training stands still."""
        if not self.sights:
            return
        self._look(list(enumerate(self.sights)))
        if self._carried is not None:
            self._carried[0].wait()
            self._arrive()

    # -- looking ---------------------------------------------------------------------------------

    def _next(self) -> list[tuple[int, Sight]]:
        numbered = list(enumerate(self.sights))
        turned = numbered[self._turn :] + numbered[: self._turn]
        return turned[:A_TURN]

    @torch.no_grad()
    def _look(self, turn: list[tuple[int, Sight]]) -> None:
        probed = self.probe.look([sight for _, sight in turn], *self._size)
        seen: list[tuple[int, Sight, Parts]] = []
        for slot, sight in turn:
            parts = probed.get(sight) or self._parts(sight)
            if parts is not None:
                seen.append((slot, sight, parts))
        self._before = None
        if not seen:
            return
        carried = carry([parts for _, _, parts in seen])
        self._carried = carried, self.trainer.step, [(slot, sight) for slot, sight, _ in seen]
        self._arrive()

    def _parts(self, sight: Sight) -> Parts | None:
        """Of weights and gradients; None for what is not there (yet)."""
        if sight.kind is Kind.LAYERS:
            return self._layers()
        if sight.kind is Kind.CHANGE and sight.of in self.changes.layers:
            singular = self.changes.singular_values(sight.of)
            return {"moved": self.changes.moved(), "singular": singular}
        parameter = self.parameters.get(sight.of)
        if parameter is None:
            return None
        if sight.kind is Kind.WEIGHT:
            return looked_at(parameter, *self._size)
        if sight.kind is Kind.GRADIENT and parameter.grad is not None:
            return looked_at(parameter.grad, *self._size)
        return None

    def _layers(self) -> Parts:
        parameters = list(self.parameters.values())
        none = torch.zeros((), device=parameters[0].device)
        found: Parts = {
            "gradient": torch.stack(
                [none if p.grad is None else torch.linalg.vector_norm(p.grad) for p in parameters]
            )
        }
        if self._before is not None:
            now = [samples(p.detach()) for p in parameters]
            changes = torch._foreach_sub(now, self._before)
            sizes = torch.stack(list(torch._foreach_norm(self._before)))
            self._ratio = torch.stack(list(torch._foreach_norm(changes))) / sizes
        if self._ratio is not None:
            found["ratio"] = self._ratio
        return found

    def _arrive(self) -> None:
        """Show what has come from the device, if it has."""
        assert self._carried is not None
        carried, step, seen = self._carried
        if not carried.done():
            return
        self._carried = None
        for (slot, sight), arrays in zip(seen, carried.arrays(), strict=True):
            told = Seen(sight, step, self._watch, arrays)
            self.window.put(slot, told.pack())
        self.tell(Observed(step, self._watch, [slot for slot, _ in seen]))
