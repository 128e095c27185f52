"""Held-out tasks put to a model, and what it says to each of them."""

from __future__ import annotations

from typing import Any, cast

import torch

from tuiexplain.lab.data.instructions import END, Answers
from tuiexplain.lab.models import LanguageModel
from tuiexplain.lab.sampling import Choice, generate
from tuiexplain.lab.trainer import Trainer

MOST = 24
"""Tokens after which an answer without an end is cut."""
LIKELIEST = Choice(temperature=0.0)


def quiz(trainer: Trainer, count: int) -> list[tuple[str, str, str]]:
    """Of the first ``count`` held-out tasks the prompt, the answer, and what the model says."""
    source = trainer.source
    if not isinstance(source, Answers):
        return []
    model = cast(LanguageModel, trainer.model)
    # The wanted answer, and of two the better, follows the prompt.
    asked = [example[:2] for example in source.splits["val"][:count]]
    return [(prompt, wanted, _said(model, source, prompt)) for prompt, wanted in asked]


def _said(model: LanguageModel, source: Answers[Any], prompt: str) -> str:
    """The likeliest token, and again, until the model ends its answer."""
    asked = [int(token) for token in source.codec.encode(prompt + END)]
    room = min(MOST, source.context - len(asked))
    said: list[int] = []
    with torch.no_grad():
        for token in generate(model, asked, room, LIKELIEST):
            said.append(token)
            if source.codec.decode([token]) == END:
                break
    return source.codec.decode(said).removesuffix(END)
