"""One held-out line read by the model: its activations, attention, and loss token by token.

The training step itself is left alone: it may be compiled, and its attention is fused, so that no
matrix of weights is ever there to be seen. Here it is worked out, for one example, when looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.data import Instructions, Text
from tuiexplain.lab.data.instructions import IGNORED
from tuiexplain.lab.models.gpt import CausalSelfAttention
from tuiexplain.lab.observing.reduction import Parts, looked_at
from tuiexplain.lab.observing.sights import EXAMPLES, Kind, Sight
from tuiexplain.lab.trainer import Trainer

OF_THE_PROBE = (Kind.ACTIVATION, Kind.ATTENTION, Kind.TOKENS)


class Probe:
    """The line, and what the model makes of it."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        source = trainer.source
        self.tokens: list[str] = []
        self.counts: list[bool] = []
        """Of the tokens, those that are learnt; empty: all of them."""
        self.kept: Tensor | None = None
        """Where these tokens are, if not every target is one."""
        if isinstance(source, Text | Instructions):
            arrays = source.line(EXAMPLES)
            told = arrays[1].flatten()
            if isinstance(source, Instructions):
                places = source.told(*arrays)
                counts = told != IGNORED
                following = np.roll(arrays[0], -1, axis=1).flatten()
                told = np.where(counts, told, following)[places]
                self.counts = counts[places].tolist()
                self.kept = trainer.device.tensor(places)
            self.tokens = [source.codec.token(int(token)) for token in told]
        else:
            arrays = next(iter(source.evaluation("val", 1, 1)))
        self.inputs, self.targets = trainer.to_device(*arrays)
        self.modules = dict(trainer.model.named_modules())

    def activations(self) -> list[str]:
        """The modules whose output can be watched: those with parameters, and the blocks."""
        return [
            name
            for name, module in self.modules.items()
            if name and (next(module.parameters(recurse=False), None) is not None or _block(module))
        ]

    def attention(self) -> dict[str, int]:
        """The modules with attention: how many heads each has."""
        found = self.modules.items()
        return {name: m.heads for name, m in found if isinstance(m, CausalSelfAttention)}

    @torch.no_grad()
    def look(self, sights: Iterable[Sight], rows: int, columns: int) -> dict[Sight, Parts]:
        """What each of these sights shows, from one pass over the line."""
        wanted = [sight for sight in sights if sight.kind in OF_THE_PROBE]
        if not wanted:
            return {}
        model, seen = self.trainer.model, {}
        into: dict[str, Tensor] = {}
        out: dict[str, Any] = {}
        with ExitStack() as hooks:
            for sight in wanted:
                module = self.modules.get(sight.of)
                if module is None:
                    continue
                if sight.kind is Kind.ATTENTION:
                    hook: Any = module.register_forward_pre_hook(
                        partial(_keep_input, into, sight.of)
                    )
                else:
                    hook = module.register_forward_hook(partial(_keep_output, out, sight.of))
                hooks.callback(hook.remove)
            training = model.training
            model.eval()
            hooks.callback(model.train, training)
            hooks.enter_context(self.trainer.device.autocast())
            scores = model(self.inputs)
            for sight in wanted:
                if sight.kind is Kind.TOKENS:
                    seen[sight] = self._told(scores)
                elif sight.of in out:
                    seen[sight] = looked_at(out[sight.of][0], rows, columns)
                elif sight.of in into:
                    seen[sight] = self._attention(sight.of, into[sight.of][:1], rows, columns)
        return seen

    def _told(self, scores: Tensor) -> Parts:
        scores, targets = scores.flatten(0, -2).float(), self.targets.flatten()
        losses = F.cross_entropy(scores, targets, reduction="none", ignore_index=IGNORED)
        guesses = scores.argmax(-1)  # below 2**24, so exact as a float
        if self.kept is not None:
            losses, guesses = losses[self.kept], guesses[self.kept]
        return {"loss": losses, "guess": guesses}

    def _attention(self, name: str, x: Tensor, rows: int, columns: int) -> Parts:
        module = self.modules[name]
        assert isinstance(module, CausalSelfAttention)
        weights = module.weights(x)[0]
        down = max(1, -(-weights.shape[1] // rows))
        across = max(1, -(-weights.shape[2] // columns))
        return {"weights": weights[:, ::down, ::across]}


def _keep_input(kept: dict[str, Tensor], name: str, module: nn.Module, inputs: Any) -> None:
    kept[name] = inputs[0]


def _keep_output(
    kept: dict[str, Any], name: str, module: nn.Module, inputs: Any, output: Any
) -> None:
    kept[name] = output[0] if isinstance(output, tuple) else output


def _block(module: nn.Module) -> bool:
    return any(isinstance(child, CausalSelfAttention) for child in module.children())
