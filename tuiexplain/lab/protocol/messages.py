"""What a process of the lab says to the interface."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any


class Message:
    """From the worker to the interface."""


@dataclass(frozen=True)
class Ready(Message):
    """The run is built."""

    step: int
    steps: int
    parameters: int
    device: str
    device_name: str
    precision: str
    compiled: bool
    data: str
    """In words."""
    classes: int
    out: str
    trained: int = 0
    """Of the parameters, those that are trained."""


@dataclass(frozen=True)
class Scene(Message):
    """What can be watched of this run; told once, after `Ready`."""

    parameters: dict[str, list[int]]
    """Their shapes."""
    activations: list[str]
    """Modules whose output can be watched."""
    attention: dict[str, int]
    """Modules with attention: how many heads each has."""
    tokens: list[str]
    """Of the held-out line, those to be told; none for images."""
    context: int
    """How many of them are read at once."""
    vocabulary: list[str]
    """Every token; none for images, or where they are too many."""
    changes: list[str] = field(default_factory=list)
    """Layers whose weights came from another run, and may have changed since."""
    counts: list[bool] = field(default_factory=list)
    """Of the tokens of tasks those that are learnt; none where all of them are."""


@dataclass(frozen=True)
class Observed(Message):
    """What is watched was looked at; it lies in the window."""

    step: int
    watch: int
    """The number of the `Watch`."""
    slots: list[int]


@dataclass(frozen=True)
class Stepped(Message):
    """A step was done. Not every step is told of: at most ten a second, and every one by itself."""

    step: int
    loss: float
    lr: float
    grad_norm: float
    tokens_per_s: float | None
    shares: list[list[float | None]] = field(default_factory=list)
    """Of several processes, by rank: the length of its own gradient, and its tokens per second."""


@dataclass(frozen=True)
class Evaluated(Message):
    """The losses on both splits; what ``train --json`` prints."""

    step: int
    loss: float
    """On what is learnt from."""
    val_loss: float
    """On what was held out."""
    accuracy: float
    """On what was held out: how often the likeliest token (or class) was the right one; of
    preferences, how often the better answer is the one that gained more, a tie counting half."""
    lr: float
    tokens_per_s: float | None
    """Since the evaluation before, its own time left out; None for images and at the start."""
    examples_per_s: float | None
    device: str
    memory: int
    """Bytes at the peak."""
    seconds: float
    """Of training and evaluating, all processes of a resumed run together."""
    shares: list[list[float | None]] = field(default_factory=list)
    """Of the last step, as in `Stepped`."""
    solved: float | None = None
    """Of instructions that were held out: how many are answered right to the end."""
    base_loss: float | None = None
    """On what was held out of the text that the base of this run had learnt: what is forgotten."""
    margin: float | None = None
    """Of preferences that were held out: the mean of DPO's margin."""
    kl: float | None = None
    """KL to the model that was started from, for a token of these answers, in nats."""
    chosen: float | None = None
    """By how much the log-probability of the better answers has risen since the start."""
    rejected: float | None = None
    """The same, of the worse ones."""

    def as_json(self) -> dict[str, Any]:
        """For a line of JSON, which has no word for a number that is not finite: null."""
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in dataclasses.asdict(self).items()
        }


@dataclass(frozen=True)
class Sampled(Message):
    """What the model wrote, without the prompt."""

    step: int
    prompt: str
    text: str


@dataclass(frozen=True)
class Quizzed(Message):
    """What the model says to held-out tasks, always the likeliest token."""

    step: int
    tasks: list[list[str]]
    """Each: the prompt, the answer that was wanted, and what was said."""


@dataclass(frozen=True)
class Spoken(Message):
    """What the model said, token by token."""

    step: int
    tokens: list[str]
    odds: list[float]
    rivals: list[list[list[Any]]]  # the likeliest at each place, and their odds
    cached_per_s: float  # tokens, with keys and values kept
    uncached_per_s: float  # the same, with everything read again for each


@dataclass(frozen=True)
class Present(Message):
    """The model of a talk is there."""

    parameters: int
    context: int
    unit: str
    """What a token is."""
    answers: bool
    """Whether the last that it learnt were tasks with their answers; else it goes on writing."""
    step: int


@dataclass(frozen=True)
class Asked(Message):
    """What the model reads of the `Question` of the same number."""

    number: int
    tokens: list[str]
    cut: int
    """Characters that were left out at the beginning, to leave room for an answer."""


@dataclass(frozen=True)
class Uttered(Message):
    """One token of an answer, the likeliest, and how it came about."""

    number: int
    token: str
    rivals: list[list[Any]]
    """The likeliest tokens, itself the first, and their probabilities."""
    shape: list[int]
    """Layers, heads, and tokens before this one."""
    content: bytes = b""
    """How much was looked at each of these tokens: float32, little-endian, of this shape."""


@dataclass(frozen=True)
class Silent(Message):
    """The answer to the `Question` of this number has ended."""

    number: int
    full: bool = False
    """Because no more tokens can be read at once."""


@dataclass(frozen=True)
class Saved(Message):
    """A checkpoint lies on the disk."""

    step: int
    file: str


@dataclass(frozen=True)
class Paused(Message):
    """The worker waits for a command: a step, a sample, the end."""

    step: int
    done: bool = False
    """All steps are done."""


@dataclass(frozen=True)
class Stuck(Message):
    """The next step cannot be done: a number in it is not finite. The worker waits before it.

    A smaller learning rate, or an earlier checkpoint, lets it go on; `Stop` saves nothing then.
    """

    step: int
    sentence: str
    """The first tensor that is not finite, and what to try."""
    key: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    """As of a `LabError`."""


@dataclass(frozen=True)
class Entered(Message):
    """A step is open."""

    step: int
    """Its index: the updates done before it."""
    spoilt: int | None = None
    """The value in which the first number appeared that is not finite, if one did."""
    content: bytes = b""
    """Values and events, as `tuiexplain.trace.file.describe` tells them, in JSON."""


@dataclass(frozen=True)
class Answer(Message):
    """The answer to the `Ask` of the same number."""

    number: int
    about: dict[str, Any]
    """``shape`` and ``dtype`` of an array in `content`; ``error``: why there is no answer."""
    content: bytes = b""


@dataclass(frozen=True)
class Note(Message):
    """Something that a person should know; training goes on."""

    sentence: str
    key: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    """As of a `LabError`."""


@dataclass(frozen=True)
class Finished(Message):
    """The last message of a run that was stopped by command."""

    step: int
    done: bool
    """All its steps were done."""
    saved: bool
    """This step's checkpoint lies on the disk."""
    best: tuple[int, float] | None = None
    """The step with the lowest held-out loss, and that loss."""


@dataclass(frozen=True)
class Failed(Message):
    """The last message of a run that did not."""

    sentence: str
    """What, where, remedy."""
    bad_input: bool = False
    """What was asked could not be had; else the run broke."""
    step: int | None = None
    detail: str = field(default="", compare=False)
    """The traceback, for a report."""
    key: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    """As of a `LabError`."""
