"""The process of a talk: a trained model that is asked, and says how it came to each token."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.adapting.trained import choose_trained
from tuiexplain.lab.channel import Channel
from tuiexplain.lab.data import codec_from_json
from tuiexplain.lab.data.codecs import Codec
from tuiexplain.lab.data.instructions import END, SUFFIX
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.models import KeyValueCache, LanguageModel, build
from tuiexplain.lab.models.gpt import CausalSelfAttention
from tuiexplain.lab.protocol import (
    Asked,
    Command,
    Note,
    Present,
    Question,
    Silent,
    Stop,
    Talk,
    Uttered,
)
from tuiexplain.lab.record import read_record
from tuiexplain.lab.sampling import Choice, next_scores, odds
from tuiexplain.lab.weights import load_weights, read_tensors

RIVALS = 12
"""Tokens whose probability is told."""
ANSWER = 4
"""One part in so many of the context is kept for the answer."""


class Talking:
    """A model and the talk with it."""

    def __init__(self, channel: Channel, talk: Talk) -> None:
        self.channel = channel
        self.file = Path(talk.file)
        self._next: Command | None = None

    def run(self) -> None:
        """Present the model, then answer until the talk is stopped."""
        self._load()
        while True:
            command = self._next or self.channel.heard(wait=True)
            self._next = None
            if isinstance(command, Stop):
                return
            if isinstance(command, Question):
                try:
                    self._answer(command)
                except LabError as error:
                    self.channel.tell(Note(**error.told()))
                    self.channel.tell(Silent(command.number))

    def _load(self) -> None:
        record = read_record(self.file)
        settings = record.settings
        if record.codec is None:
            raise LabError(
                f"{self.file} is a {settings.model}, which reads images: name one that reads text.",
                "talk_images",
            )
        self.codec: Codec = codec_from_json(record.codec)
        model = build(settings, self.codec.size)
        choose_trained(model, settings)
        load_weights(self.file, model, read_tensors(self.file))
        self.model = cast(LanguageModel, model.eval())
        self.context = settings.context
        self.attention = [m for m in model.modules() if isinstance(m, CausalSelfAttention)]
        self.channel.tell(
            Present(
                parameters=sum(p.numel() for p in model.parameters()),
                context=self.context,
                unit=self.codec.unit,
                answers=settings.data.endswith(SUFFIX),
                step=record.step,
            )
        )

    def _answer(self, asked: Question) -> None:
        text, cut = self._shortened(asked.text)
        tokens = [int(token) for token in self.codec.encode(text + END)]
        shown = [self.codec.token(token) for token in tokens]
        self.channel.tell(Asked(asked.number, shown, cut))
        full = False
        for uttered in self._speech(asked.number, tokens):
            self.channel.tell(uttered)
            full = len(tokens) > self.context
            self._next = self._next or self.channel.heard()
            if self._next is not None:
                break
        self.channel.tell(Silent(asked.number, full=full and tokens[-1] != self._end))

    @property
    def _end(self) -> int:
        return int(self.codec.encode(END)[-1])

    def _shortened(self, text: str) -> tuple[str, int]:
        """The end of a text that leaves room for an answer; how many characters were cut off."""
        room = self.context - max(1, self.context // ANSWER)

        def fits(cut: int) -> bool:
            return len(self.codec.encode(text[cut:] + END)) <= room

        cut = bisect_left(range(len(text)), True, key=fits)
        return text[cut:], cut

    @torch.no_grad()
    def _speech(self, number: int, tokens: list[int]) -> Iterator[Uttered]:
        """The likeliest token, and again; ``tokens`` grows with what is said."""
        cache = self.model.new_cache()
        while len(tokens) <= self.context:
            read: dict[int, Tensor] = {}
            with ExitStack() as hooks:
                for layer, module in enumerate(self.attention):
                    hook = module.register_forward_pre_hook(partial(_keep, read, layer))
                    hooks.callback(hook.remove)
                scores = next_scores(self.model, tokens, cache)
            chances = odds(scores, Choice()).after
            likeliest = np.argsort(-chances, kind="stable")[:RIVALS].tolist()
            rows = [
                _row(module, read[layer], cast(KeyValueCache, cache), layer)
                for layer, module in enumerate(self.attention)
            ]
            seen = np.stack(rows) if rows else np.zeros((0, 0, 0), np.float32)
            tokens.append(likeliest[0])
            yield Uttered(
                number=number,
                token=self.codec.token(tokens[-1]),
                rivals=[[self.codec.token(t), float(chances[t])] for t in likeliest],
                shape=list(seen.shape),
                content=seen.astype("<f4").tobytes(),
            )
            if tokens[-1] == self._end:
                return


def _keep(read: dict[int, Tensor], layer: int, module: nn.Module, inputs: Any) -> None:
    read[layer] = inputs[0][:, -1:]


def _row(module: CausalSelfAttention, x: Tensor, cache: KeyValueCache, layer: int) -> Any:
    """How much the last token looks at each: (heads, keys). The keys are those in the cache."""
    entry = cache.entries[layer]
    assert entry is not None
    keys = entry[0]
    query = module.c_attn(x).split(x.shape[-1], dim=2)[0]
    query = query.view(1, 1, module.heads, -1).transpose(1, 2)
    scores = query @ keys.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return F.softmax(scores, dim=-1)[0, :, 0].float().numpy()
