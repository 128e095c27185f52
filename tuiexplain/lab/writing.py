"""What a language model writes while it learns: a text, or every token with its odds."""

from __future__ import annotations

from typing import cast

import numpy as np

from tuiexplain.lab.data import Codec, Source, Text
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.models import LanguageModel
from tuiexplain.lab.protocol import Sample, Sampled, Speak, Spoken
from tuiexplain.lab.sampling import Choice, generate, speak
from tuiexplain.lab.trainer import Trainer

RIVALS = 3
"""Tokens told of at each place of what the model says."""


def sampled(trainer: Trainer, codec: Codec | None, asked: Sample) -> Sampled:
    """A text that goes on from a prompt; LabError where there is nothing to write with."""
    if codec is None:
        raise LabError("a cnn has nothing to write: it reads images.")
    choice = Choice(asked.temperature, asked.top_k, asked.top_p)
    model, prompt = cast(LanguageModel, trainer.model), _begun(trainer.source, codec, asked.prompt)
    tokens = generate(model, prompt, asked.count, choice, seed=asked.seed)
    return Sampled(trainer.step, asked.prompt, codec.decode(tokens))


def spoken(trainer: Trainer, codec: Codec | None, asked: Speak) -> Spoken:
    """The same, token by token, with the odds of each and of its rivals, and how fast it went."""
    if codec is None:
        raise LabError("a cnn has nothing to say: it reads images.")
    model, prompt = cast(LanguageModel, trainer.model), _begun(trainer.source, codec, asked.prompt)
    speech = speak(model, prompt, asked.count, seed=asked.seed)
    rivals = [np.argsort(-o, kind="stable")[:RIVALS].tolist() for o in speech.odds]
    return Spoken(
        step=trainer.step,
        tokens=[codec.decode([token]) for token in speech.tokens],
        odds=[float(o[t]) for o, t in zip(speech.odds, speech.tokens, strict=True)],
        rivals=[
            [[codec.decode([t]), float(o[t])] for t in likeliest]
            for o, likeliest in zip(speech.odds, rivals, strict=True)
        ],
        cached_per_s=asked.count / max(speech.cached_seconds, 1e-9),
        uncached_per_s=asked.count / max(speech.uncached_seconds, 1e-9),
    )


def _begun(source: Source, codec: Codec, prompt: str) -> list[int]:
    """The tokens to go on from. A text of one line has no line break: then its first token."""
    try:
        return [int(token) for token in codec.encode(prompt)]
    except LabError:
        if prompt != "\n" or not isinstance(source, Text):
            raise
        return [int(source.splits["train"][0])]
