"""Prompts with their answers, one JSON object a line; only what answers is learnt.

An example is laid out by a template, `prompt ⏎ answer ⏎`. Each token's target is the token after
it; targets inside the prompt, and after the end, are ``IGNORED``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tuiexplain.lab.data.codecs import Codec
from tuiexplain.lab.data.source import Inputs, Targets
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.streams import generator

SUFFIX = ".jsonl"
IGNORED = -100
"""The target of a token that is not learnt."""
HELD_OUT = 0.1
END = "\n"
"""After the prompt, and after the answer."""


class Pair(NamedTuple):
    """What is asked and what shall be answered."""

    prompt: str
    answer: str


class Instructions:
    """Pairs to learn from, and a tenth that is held out."""

    def __init__(self, name: str, pairs: Sequence[Pair], codec: Codec, context: int) -> None:
        self.name, self.codec, self.context = name, codec, context
        self.classes = codec.size
        order = generator(0, "instructions", len(pairs)).permutation(len(pairs))
        held = max(1, round(len(pairs) * HELD_OUT))
        if len(pairs) < 2:
            raise LabError(f"{name}: {len(pairs)} instructions are too few: two at least.")
        self.splits = {
            "train": [pairs[i] for i in order[held:]],
            "val": [pairs[i] for i in order[:held]],
        }
        laid = {pair: self.lay_out(pair) for pair in pairs}
        self._laid = {
            split: (
                np.stack([laid[pair][0] for pair in part]),
                np.stack([laid[pair][1] for pair in part]),
            )
            for split, part in self.splits.items()
        }

    def lay_out(self, pair: Pair) -> tuple[Inputs, Targets]:
        """Inputs and targets of one example, filled up to the context; LabError if it is longer."""
        prompt = self.codec.encode(pair.prompt + END)
        whole = np.concatenate([prompt, self.codec.encode(pair.answer + END)]).astype(np.int64)
        if len(whole) - 1 > self.context:
            raise LabError(
                f"{self.name}: `{_short(pair.prompt)}` and its answer are {len(whole) - 1} "
                f"{self.codec.unit}, and {self.context} are read at once: shorten them, or take "
                "a larger context."
            )
        inputs = np.full(self.context, whole[-1], dtype=np.int64)
        targets = np.full(self.context, IGNORED, dtype=np.int64)
        inputs[: len(whole) - 1] = whole[:-1]
        targets[len(prompt) - 1 : len(whole) - 1] = whole[len(prompt) :]
        return inputs, targets

    def batch(self, seed: int, index: int, size: int) -> tuple[Inputs, Targets]:
        """Examples drawn at random: inputs and targets of shape (size, context)."""
        inputs, targets = self._laid["train"]
        chosen = generator(seed, "batch", index).integers(0, len(inputs), size)
        return inputs[chosen], targets[chosen]

    def evaluation(self, split: str, batches: int, size: int) -> Iterator[tuple[Inputs, Targets]]:
        """The first examples of a split, the same at every call."""
        inputs, targets = self._laid[split]
        for first in range(0, min(len(inputs), batches * size), size):
            yield inputs[first : first + size], targets[first : first + size]

    def line(self, least: int) -> tuple[Inputs, Targets]:
        """Held-out examples of ``least`` tokens together or a little more."""
        inputs, targets = self._laid["val"]
        count = min(-(-least // self.context), len(inputs))
        return inputs[:count], targets[:count]

    def describe(self) -> str:
        """In words, for a person."""
        train, val = (f"{len(part):,}" for part in self.splits.values())
        return f"{self.name}: {train} instructions to learn from, {val} held out"

    def fingerprint(self) -> str:
        """Of every pair."""
        mark = hashlib.sha256()
        for part in self.splits.values():
            for pair in part:
                mark.update(json.dumps(pair, ensure_ascii=False).encode())
        return mark.hexdigest()


def read_pairs(file: Path) -> list[Pair]:
    """The pairs of a file; LabError names the first line that is none, and what it lacks."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LabError(f"{file} is not there: name a file of instructions.") from None
    except UnicodeDecodeError:
        raise LabError(f"{file} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise LabError(f"{file}: {(error.strerror or str(error)).lower()}.") from None
    pairs = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            pairs.append(_pair(line, f"{file.name}, line {number}"))
    return pairs


def _pair(line: str, where: str) -> Pair:
    wanted = 'write {"prompt": "…", "answer": "…"}'
    try:
        content = json.loads(line)
    except ValueError:
        raise LabError(f"{where}: this is not JSON; {wanted}.") from None
    found = []
    for key in ("prompt", "answer"):
        text = content.get(key) if isinstance(content, dict) else None
        if not isinstance(text, str):
            raise LabError(f"{where}: `{key}` is missing; {wanted}.")
        if not text.strip():
            raise LabError(f"{where}: `{key}` is empty: there is nothing to learn from it.")
        found.append(text.strip())
    return Pair(*found)


def _short(text: str, most: int = 40) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
