"""What a lesson consists of, besides its words: the contents of ``lesson.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from tuiexplain.course.own_text import Unit

Setting = float | int | str
"""The value of a dial."""

Vary = Mapping[str, tuple[float, float]]
"""Dials, parameters and data (or cells of them) that may be drawn anew, and between what bounds.

Between whole numbers, whole numbers are drawn.
"""

STATUSES = ("complete", "draft")
SCALES = ("log", "linear", "int", "choice", "text")
PREDICTIONS = ("choice", "number", "cell")
TWINS = ("torch", "keras")
LAB_PICTURES = (
    *("curve", "samples", "tokens", "attention", "layers", "weights", "speech"),
    *("answers", "forgetting", "change", "cost", "preferences", "sizes"),
)
AXES = ("updates", "epochs")
MOST_IN_A_RACE = 6


class Dial(NamedTuple):
    """Something that the learner may turn.

    ``minimum`` and ``maximum`` bound the screen's dial only: a number from the command line may lie
    outside, so that one can see what happens. ``stops`` are the numbers that it stops at (the first
    and the last are its bounds), where a lesson wants others than evenly spaced ones.

    A text is one line of at most ``longest`` words or characters (``unit``); its ``choices`` are
    examples, one of which is the default.
    """

    id: str
    default: Setting
    minimum: float = 0.0
    maximum: float = 1.0
    scale: Literal["log", "linear", "int", "choice", "text"] = "linear"
    symbol: str = ""
    choices: tuple[str, ...] = ()
    stops: tuple[float, ...] = ()
    longest: int = 0
    unit: Unit = "words"


class At(NamedTuple):
    """Which event a step of the lesson begins at: the first that agrees with everything said."""

    phase: str | None = None
    op: str | None = None
    module: str | None = None
    output: str | None = None
    wrt: str | None = None
    train_step: int | None = None


class Step(NamedTuple):
    """A block of prose and the event that it begins at (``None``: before the first event).

    ``cell``: where the cursor settles in what its events make, where that has such a cell; else it
    settles on the first.
    """

    id: str
    at: At | None = None
    cell: tuple[int, ...] | None = None


class Proof(NamedTuple):
    """A run and what must be true in it; ``value`` instead, for a number that was asked for."""

    run: str | None = None
    step: int = 0
    expect: str | None = None
    value: str | None = None


class Wrong(NamedTuple):
    """A wrong answer and the claim behind it, which must be false."""

    answer: Setting
    expect: str


class Prediction(NamedTuple):
    """A question asked before the learner sees the answer computed."""

    id: str
    before: str
    kind: Literal["choice", "number", "cell"]
    answer: Setting
    proof: Proof
    tolerance: float = 1e-6
    among: str | None = None
    wrong: tuple[Wrong, ...] = ()
    vary: Vary = MappingProxyType({})


class Slip(NamedTuple):
    """A known mistake: the number that it makes of the cells ``of``. Its words are
    ``### wrong ID``.
    """

    id: str
    of: str
    value: str


class Rung(NamedTuple):
    """One rung of a worked example that fades: what is hidden, and what of it is asked for."""

    blank: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    """Empty: all that is hidden."""


class Exercise(NamedTuple):
    """A worked example over the trace of training step ``step``, that fades rung by rung.

    ``shows`` are the values on the board; ``tolerance`` is relative.
    """

    id: str
    shows: tuple[str, ...]
    rungs: tuple[Rung, ...]
    step: int = 0
    tolerance: float = 0.01
    vary: Vary = MappingProxyType({})
    slips: tuple[Slip, ...] = ()


class Truth(NamedTuple):
    """A number known from elsewhere that the lesson's network must reproduce."""

    of: str
    source: str
    step: int = 0
    run: str | None = None
    value: float | None = None
    rel: float = 1e-9
    digits: int | None = None
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class NamedRun:
    """A run with its own settings that prose and proofs may cite."""

    id: str
    steps: int
    dials: Mapping[str, Setting] = field(default_factory=dict)
    seed: int | None = None
    edits: Mapping[str, float] = field(default_factory=dict)


class LabSpec(NamedTuple):
    """A network that PyTorch trains in a process of its own, watched while it does.

    ``settings`` are laid over those of the preset, and the dials over them: a dial's name is that
    of a setting, or ``preset`` or ``data``. ``pictures`` are the dashboard's, the first one first.
    """

    model: str
    preset: str
    settings: Mapping[str, Any] = {}
    pictures: tuple[str, ...] = ()
    prompt: str = "\n"
    """What the samples go on from; none are asked for where it is empty."""
    keeps: str = ""
    """The name under which the trained network is kept for other lessons."""
    takes: str = ""
    """What the dial `model` takes up, where it is not trained here: the name of what is kept."""
    bases: Mapping[str, str] = {}
    """What the dial `base` may start from: each choice with the name of what is kept. `course`, the
    model that comes with the program, is always there."""


class Race(NamedTuple):
    """Named runs of the part that are trained together, from one seed, beside the learner's."""

    id: str
    runs: tuple[str, ...]


class PartSpec(NamedTuple):
    """One network with its data, and the steps through it.

    Of a part with a ``lab`` the first step is told while it trains, the others where an open
    training step has the event; what is asked before the first is asked before it trains.
    ``axis`` is what the curve counts at first, and what ``train_until`` counts.
    """

    id: str
    setup: str
    train_steps: int = 1
    train_until: int | None = None
    axis: Literal["updates", "epochs"] = "updates"
    seed: int = 7
    pictures: tuple[str, ...] = ()
    dials: tuple[Dial, ...] = ()
    steps: tuple[Step, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    truths: tuple[Truth, ...] = ()
    runs: tuple[NamedRun, ...] = ()
    lab: LabSpec | None = None
    races: tuple[Race, ...] = ()
    exercises: tuple[Exercise, ...] = ()


class LessonSpec(NamedTuple):
    """A lesson without its words and without its network."""

    id: str
    number: int
    version: int
    status: Literal["complete", "draft"]
    minutes: int
    parts: tuple[PartSpec, ...]
    prereqs: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    shows: str = ""
