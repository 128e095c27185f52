"""What a training process tells, in words for a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import streams
from tuiexplain.cli.faults import BadUse

if TYPE_CHECKING:
    from tuiexplain.cli.wording import Say
    from tuiexplain.lab.errors import LabError
    from tuiexplain.lab.protocol import Evaluated, Failed, Message, Note, Ready, Stepped, Stuck

ENGLISH = "en"


class Progress:
    """A line on a terminal's standard error that the next one takes the place of."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.here = sys.stderr is not None and sys.stderr.isatty()
        self.shown = False

    def step(self, stepped: Stepped) -> None:
        """Tell of a step there, if a person looks."""
        if self.here:
            told = self.say("run_step", step=f"{stepped.step:>6,}", loss=f"{stepped.loss:.4f}")
            print(told, end="", file=sys.stderr, flush=True)
            self.shown = True

    def clear(self) -> None:
        """Take it away."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self.shown = False


def why(error: LabError | Failed | Note | Stuck, language: str) -> str:
    """What the lab says is wrong.

    In English it is what was written for the command line; else what the interface says, where it
    has words for it. There the file is on the screen: here its name goes before.
    """
    from tuiexplain.course.lab_words import sentence
    from tuiexplain.lab.errors import LabError

    if not isinstance(error, LabError):
        error = LabError(error.sentence, error.key, **error.fields)
    if language == ENGLISH or not error.key:
        return str(error)
    told, file = sentence(error, language), str(error.fields.get("file", ""))
    return told if file in told else f"{file}: {told}"


def tell(message: Message, say: Say, language: str) -> None:
    """What a person wants to know besides the numbers."""
    from tuiexplain.lab import protocol

    match message:
        case protocol.Ready():
            streams.say(f"{message.data}.")
            streams.say(_ready(message, say))
        case protocol.Failed(bad_input=True):
            raise BadUse(why(message, language))
        case protocol.Note() | protocol.Failed() | protocol.Stuck():
            streams.say(why(message, language))
        case protocol.Finished(done=True, best=(step, loss)):
            streams.say(say("run_done", loss=f"{loss:.4f}", step=f"{step:,}"))


def _ready(ready: Ready, say: Say) -> str:
    adapted = ready.trained not in (0, ready.parameters)
    return say(
        "run_ready",
        parameters=f"{ready.parameters:,}",
        trained=say("run_trained", count=f"{ready.trained:,}") if adapted else "",
        device=ready.device,
        name=ready.device_name,
        precision=ready.precision,
        compiled=say("run_compiled") if ready.compiled else "",
        first=f"{ready.step:,}",
        last=f"{ready.steps:,}",
        folder=ready.out,
    )


def as_json(evaluated: Evaluated) -> dict[str, Any]:
    """What ``--json`` prints: numbers rounded to what they are worth."""
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in evaluated.as_json().items()
    }


def in_words(evaluated: Evaluated, say: Say) -> str:
    """An evaluation as a line; where several processes train, a line for each below it."""
    told = {
        "step": f"{evaluated.step:>6,}",
        "loss": f"{evaluated.loss:.4f}",
        "held_out": f"{evaluated.val_loss:.4f}",
        "right": f"{evaluated.accuracy:6.1%}",
    }
    if evaluated.margin is not None:
        return say(
            "run_preferences",
            **told,
            margin=f"{evaluated.margin:+.3f}",
            kl=f"{evaluated.kl:.4f}",
            better=f"{evaluated.chosen:+.2f}",
            worse=f"{evaluated.rejected:+.2f}",
            said=f"{evaluated.solved:6.1%}",
        )
    line = say("run_evaluated", **told)
    if evaluated.solved is not None:
        line += say("run_answered", share=f"{evaluated.solved:6.1%}")
    if evaluated.tokens_per_s is not None:
        line += say("run_tokens_per_s", rate=f"{evaluated.tokens_per_s:,.0f}")
    elif evaluated.examples_per_s is not None:
        line += say("run_images_per_s", rate=f"{evaluated.examples_per_s:,.0f}")
    for rank, (norm, speed) in enumerate(evaluated.shares):
        if speed is not None:
            written = "?" if norm is None else f"{norm:.4f}"
            line += "\n" + say("run_process", rank=rank, rate=f"{speed:,.0f}", norm=written)
    return line
