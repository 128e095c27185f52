"""Prompts with their answers, one JSON object a line; only what answers is learnt.

An example is laid out by a template, `prompt ⏎ answer ⏎`. Each token's target is the token after
it; targets inside the prompt, and after the end, are ``IGNORED``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from tuiexplain.lab.data.codecs import Codec
from tuiexplain.lab.data.source import Inputs, Targets
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.streams import generator

SUFFIX = ".jsonl"
IGNORED = -100
"""The target of a token that is not learnt."""
END = "\n"
"""After the prompt, and after the answer."""


class Pair(NamedTuple):
    """What is asked and what shall be answered."""

    prompt: str
    answer: str


Example = TypeVar("Example", bound=tuple[str, ...])


class Answers(Generic[Example]):
    """Prompts with answers to learn from, and a part of them that is held out."""

    noun: str

    def __init__(
        self,
        name: str,
        examples: Sequence[Example],
        codec: Codec,
        context: int,
        held_out: float = 0.1,
    ) -> None:
        self.name, self.codec, self.context = name, codec, context
        self.classes = codec.size
        order = generator(0, "instructions", len(examples)).permutation(len(examples))
        held = max(1, round(len(examples) * held_out))
        if len(examples) < 2:
            raise LabError(
                f"{name}: {len(examples)} {self.noun} are too few: two at least.",
                "tasks_few",
                file=name,
                count=len(examples),
            )
        self.splits = {
            "train": [examples[i] for i in order[held:]],
            "val": [examples[i] for i in order[:held]],
        }
        laid = {example: self.lay_out(example) for example in examples}
        self._laid = {
            split: (
                np.stack([laid[example][0] for example in part]),
                np.stack([laid[example][1] for example in part]),
            )
            for split, part in self.splits.items()
        }

    def lay_out(self, example: Example) -> tuple[Inputs, Targets]:
        """Inputs and targets of an example, a row of each or several."""
        raise NotImplementedError

    def row(self, said: str, answer: str) -> tuple[Inputs, Targets]:
        """A prompt and an answer, filled up to the context; LabError if they are longer."""
        prompt = self.codec.encode(said + END)
        whole = np.concatenate([prompt, self.codec.encode(answer + END)]).astype(np.int64)
        if len(whole) - 1 > self.context:
            raise LabError(
                f"{self.name}: `{_short(said)}` and its answer are {len(whole) - 1} "
                f"{self.codec.unit}, and {self.context} are read at once: shorten them, or take "
                "a larger context.",
                "tasks_long",
                file=self.name,
                prompt=_short(said),
                count=len(whole) - 1,
                context=self.context,
            )
        inputs = np.full(self.context, whole[-1], dtype=np.int64)
        targets = np.full(self.context, IGNORED, dtype=np.int64)
        inputs[: len(whole) - 1] = whole[:-1]
        targets[len(prompt) - 1 : len(whole) - 1] = whole[len(prompt) :]
        return inputs, targets

    def batch(self, seed: int, index: int, size: int) -> tuple[Inputs, Targets]:
        """Examples drawn at random: inputs and targets of shape (rows, context)."""
        inputs, targets = self._laid["train"]
        drawn = generator(seed, "batch", index).integers(0, len(inputs), size)
        return self._rows(inputs[drawn], targets[drawn])

    def evaluation(self, split: str, batches: int, size: int) -> Iterator[tuple[Inputs, Targets]]:
        """The first examples of a split, the same at every call."""
        inputs, targets = self._laid[split]
        for first in range(0, min(len(inputs), batches * size), size):
            yield self._rows(inputs[first : first + size], targets[first : first + size])

    def line(self, least: int) -> tuple[Inputs, Targets]:
        """Held-out examples of ``least`` tokens together or a little more."""
        inputs, targets = self._rows(*self._laid["val"])
        count = min(-(-least // self.context), len(inputs))
        return inputs[:count], targets[:count]

    def told(self, inputs: Inputs, targets: Targets) -> npt.NDArray[np.int64]:
        """Of examples one after the other the places whose next token is of the example too."""
        learnt = targets != IGNORED
        last = learnt.shape[1] - 1 - learnt[:, ::-1].argmax(axis=1)
        return np.flatnonzero(np.arange(learnt.shape[1]) <= last[:, None])

    def describe(self) -> str:
        """In words, for a person."""
        train, val = (f"{len(part):,}" for part in self.splits.values())
        return f"{self.name}: {train} {self.noun} to learn from, {val} held out"

    def fingerprint(self) -> str:
        """Of every example."""
        mark = hashlib.sha256()
        for part in self.splits.values():
            for example in part:
                mark.update(json.dumps(example, ensure_ascii=False).encode())
        return mark.hexdigest()

    def _rows(self, inputs: Inputs, targets: Targets) -> tuple[Inputs, Targets]:
        return inputs.reshape(-1, self.context), targets.reshape(-1, self.context)


class Instructions(Answers[Pair]):
    """What is asked and what shall be answered: supervised fine-tuning learns it."""

    noun = "instructions"

    def lay_out(self, example: Pair) -> tuple[Inputs, Targets]:
        """A row: the prompt and its answer."""
        return self.row(*example)


def read_pairs(file: Path) -> list[Pair]:
    """The pairs of a file; LabError names the first line that is none, and what it lacks."""
    return [Pair(*texts) for _, texts in read_texts(file, Pair._fields)]


def read_texts(file: Path, keys: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Where each line of a file stands, and its texts under ``keys``; LabError if one has none."""
    shape = "{" + ", ".join(f'"{key}": "…"' for key in keys) + "}"
    wanted = f"write {shape}"
    for where, line in lines(file):
        place = where.replace(", line ", ":")  # in any language
        try:
            content = json.loads(line)
        except ValueError:
            raise LabError(
                f"{where}: this is not JSON; {wanted}.", "tasks_json", where=place, keys=shape
            ) from None
        found = []
        for key in keys:
            text = content.get(key) if isinstance(content, dict) else None
            if not isinstance(text, str):
                raise LabError(
                    f"{where}: `{key}` is missing; {wanted}.",
                    "tasks_missing",
                    where=place,
                    name=key,
                    keys=shape,
                )
            if not text.strip():
                raise LabError(
                    f"{where}: `{key}` is empty: there is nothing to learn from it.",
                    "tasks_empty",
                    where=place,
                    name=key,
                )
            found.append(text.strip())
        yield where, found


def lines(file: Path) -> Iterator[tuple[str, str]]:
    """Where each line of a file stands, and the line, empty ones left out."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        sentence = f"{file} is not there: name a file of instructions."
        raise LabError(sentence, "text_missing") from None
    except UnicodeDecodeError:
        sentence = f"{file} is not UTF-8 text: save it as UTF-8."
        raise LabError(sentence, "tasks_utf8", file=file.name) from None
    except OSError as error:
        raise LabError(f"{file}: {(error.strerror or str(error)).lower()}.") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield f"{file.name}, line {number}", line


def _short(text: str, most: int = 40) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
