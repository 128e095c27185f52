"""What the interface says to a process of the lab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Command:
    """From the interface to the worker."""


@dataclass(frozen=True)
class Start(Command):
    """Build a run and train; the first command, given once."""

    settings: dict[str, Any]
    """`Settings.as_json`."""
    out: str
    """The folder of checkpoints and metrics."""
    resume: bool = False
    """Go on from the folder's latest checkpoint."""
    paused: bool = False
    """Be ready, but do not step yet."""
    quiz: int = 0
    """Held-out tasks that are answered at each evaluation, where the run learns from tasks."""


@dataclass(frozen=True)
class Pause(Command):
    """Stop between two steps and wait."""


@dataclass(frozen=True)
class Resume(Command):
    """Go on training."""


@dataclass(frozen=True)
class StepOnce(Command):
    """Do so many steps, then pause."""

    count: int = 1


@dataclass(frozen=True)
class SetLearningRate(Command):
    """A new peak; the schedule's shape stays, its end moves in proportion."""

    lr: float


@dataclass(frozen=True)
class Save(Command):
    """Write a checkpoint now."""


@dataclass(frozen=True)
class Load(Command):
    """Go back to the folder's latest checkpoint, and wait there."""


@dataclass(frozen=True)
class Evaluate(Command):
    """Evaluate now, whatever the step."""


@dataclass(frozen=True)
class Sample(Command):
    """Write on from a prompt."""

    prompt: str = "\n"
    count: int = 200
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Watch(Command):
    """Look at these sights from now on, and only at these: what is on the screen."""

    sights: list[str]
    """`Sight`s as text; the i-th is shown in slot i of the window."""
    rows: int
    columns: int
    """The most that a picture may have."""
    number: int = 0
    """Of this command: what was seen bears it."""


@dataclass(frozen=True)
class EnterStep(Command):
    """Record the step that the run is about to take, on a copy of the run, which stays where it is.

    The answer is `Entered`. While the step is open, `Ask` looks into it; any command that changes
    the run closes it.
    """


@dataclass(frozen=True)
class LeaveStep(Command):
    """Forget the recording."""


@dataclass(frozen=True)
class Ask(Command):
    """A question about the open step; `Answer` has the same number."""

    number: int
    what: str
    """``tile``, ``data``, ``why`` or ``source``."""
    about: dict[str, Any]


@dataclass(frozen=True)
class Speak(Command):
    """Write on from a prompt and tell every token, its odds, and how fast it went."""

    prompt: str = "\n"
    count: int = 100
    seed: int = 0


@dataclass(frozen=True)
class Talk(Command):
    """Be a trained model that is talked with; the first command, given once, in place of `Start`."""

    file: str
    """The checkpoint."""


@dataclass(frozen=True)
class Question(Command):
    """Answer this; what is still being said to an earlier one is broken off."""

    number: int
    text: str


@dataclass(frozen=True)
class Stop(Command):
    """Write a checkpoint and end."""
