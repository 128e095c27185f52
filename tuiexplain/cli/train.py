"""`tuiexplain train MODEL`: a lab model without the screen; an evaluation a line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import streams, together
from tuiexplain.cli.faults import DONE, FAULTS_FOUND, INTERRUPTED, BadUse
from tuiexplain.cli.types import declare_settings, whole_number
from tuiexplain.cli.wording import Say

if TYPE_CHECKING:
    from tuiexplain.lab.protocol import Evaluated, Message, Stepped
    from tuiexplain.lab.settings import Settings
    from tuiexplain.lab.watched import Watched
    from tuiexplain.lab.worker import Worker

_SAMPLE = 300  # tokens written at the end, for a person


def declare(commands: Any, say: Say) -> None:
    """Add `train`."""
    parser = commands.add_parser(
        "train",
        help=say("train_help"),
        description=say("train_about"),
        epilog=say("train_epilog"),
    )
    parser.add_argument("model", metavar="MODEL", help=say("train_model"))
    parser.add_argument(
        "--data",
        metavar="FILE",
        help=say("train_data"),
    )
    parser.add_argument("--preset", metavar="NAME", help=say("train_preset"))
    parser.add_argument("--device", metavar="NAME", help=say("train_device"))
    parser.add_argument("--steps", type=whole_number(say), metavar="N", help=say("train_steps"))
    parser.add_argument("--json", action="store_true", help=say("json"))
    parser.add_argument("--resume", action="store_true", help=say("train_resume"))
    declare_settings(parser, say, "train_set", "NAME")
    parser.add_argument("--out", type=Path, metavar="DIR", help=say("train_out"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and print each evaluation."""
    from tuiexplain.lab.errors import LabError
    from tuiexplain.lab.together.place import here
    from tuiexplain.lab.watched import Watched
    from tuiexplain.lab.worker import Worker, check_torch

    try:
        check_torch()
        out = _folder(arguments)
        settings = _settings(arguments, out)
        place = here()
        if place is not None:
            together.end_with_the_others()
            if not place.leads:
                return together.take_part(settings, out, resume=arguments.resume)
        with (
            Worker(settings, out, resume=arguments.resume) as worker,
            Watched(worker, settings, out) as run,
        ):
            sample = 0 if arguments.json or settings.model == "cnn" else _SAMPLE
            return _follow(run, as_json=arguments.json, sample=sample)
    except LabError as error:
        raise BadUse(str(error)) from None


def _follow(run: Watched, *, as_json: bool, sample: int) -> int:
    """Print what the training process tells, until its last message."""
    from tuiexplain.lab import protocol

    progress, worker, asked = Progress(), run.worker, False
    try:
        for message in run.messages():
            progress.clear()
            match message:
                case protocol.Evaluated():
                    streams.write(json.dumps(line(message)) if as_json else words(message))
                case protocol.Sampled() if asked:  # else somebody who watches asked for it
                    streams.write(message.text)
                case protocol.Stepped():
                    progress.step(message)
                case protocol.Paused(done=False) if run.held:
                    streams.say(f"paused at step {message.step:,} by who watches.")
                case protocol.Paused(done=done):
                    if sample and done:
                        asked = True
                        worker.send(protocol.Sample(count=sample))
                    worker.send(protocol.Stop())
                case _:
                    _tell(message)
    except together.Ended:
        progress.clear()
        return together.say_why(worker)
    except KeyboardInterrupt:
        progress.clear()
        return _interrupted(worker)
    except BrokenPipeError:
        worker.stop()
        raise
    well = isinstance(message, protocol.Finished) and message.done and message.saved
    return DONE if well else FAULTS_FOUND


def _interrupted(worker: Worker) -> int:
    from tuiexplain.lab.protocol import Finished

    streams.say("stopping after this step; ctrl+c again ends at once.")
    last = worker.stop(seconds=60)
    if isinstance(last, Finished) and last.saved:
        streams.say(f"stopped at step {last.step:,}; go on with --resume.")
    return INTERRUPTED


class Progress:
    """A line on a terminal's standard error that the next one takes the place of."""

    def __init__(self) -> None:
        self.here = sys.stderr is not None and sys.stderr.isatty()
        self.shown = False

    def step(self, stepped: Stepped) -> None:
        """Tell of a step there, if a person looks."""
        if self.here:
            told = f"step {stepped.step:>6,}  loss of its batch {stepped.loss:.4f}"
            print(told, end="", file=sys.stderr, flush=True)
            self.shown = True

    def clear(self) -> None:
        """Take it away."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self.shown = False


def _tell(message: Message) -> None:
    """What a person wants to know besides the numbers."""
    from tuiexplain.lab import protocol

    match message:
        case protocol.Ready():
            compiled = ", compiled (the first step takes a minute)" if message.compiled else ""
            streams.say(f"{message.data}.")
            adapted = message.trained not in (0, message.parameters)
            trained = f", {message.trained:,} of them trained," if adapted else ""
            streams.say(
                f"{message.parameters:,} parameters{trained} on {message.device} "
                f"({message.device_name}), {message.precision}{compiled}; "
                f"steps {message.step:,} to {message.steps:,}; "
                f"checkpoints in {message.out}."
            )
        case protocol.Failed(sentence, bad_input=True):
            raise BadUse(sentence)
        case protocol.Note(sentence) | protocol.Failed(sentence) | protocol.Stuck(_, sentence):
            streams.say(sentence)
        case protocol.Finished(done=True, best=(step, loss)):
            streams.say(f"done; the best held-out loss was {loss:.4f}, at step {step:,}.")


def line(evaluated: Evaluated) -> dict[str, Any]:
    """What ``--json`` prints: numbers rounded to what they are worth."""
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in evaluated.as_json().items()
    }


def words(evaluated: Evaluated) -> str:
    if evaluated.margin is not None:
        return (
            f"step {evaluated.step:>6,}  loss {evaluated.loss:.4f}  "
            f"held out {evaluated.val_loss:.4f}  in order {evaluated.accuracy:6.1%}  "
            f"margin {evaluated.margin:+.3f}  KL {evaluated.kl:.4f}  "
            f"better {evaluated.chosen:+.2f}  worse {evaluated.rejected:+.2f}  "
            f"said {evaluated.solved:6.1%}"
        )
    speed = ""
    if evaluated.tokens_per_s is not None:
        speed = f"  {evaluated.tokens_per_s:,.0f} tokens/s"
    elif evaluated.examples_per_s is not None:
        speed = f"  {evaluated.examples_per_s:,.0f} images/s"
    solved = "" if evaluated.solved is None else f"  answered {evaluated.solved:6.1%}"
    shares = "".join(
        f"\n  process {rank}: {speed:,.0f} a second, |g| {'?' if norm is None else f'{norm:.4f}'}"
        for rank, (norm, speed) in enumerate(evaluated.shares)
        if speed is not None
    )
    return (
        f"step {evaluated.step:>6,}  loss {evaluated.loss:.4f}  held out {evaluated.val_loss:.4f}"
        f"  right {evaluated.accuracy:6.1%}{solved}{speed}{shares}"
    )


def _folder(arguments: argparse.Namespace) -> Path:
    """The run's folder: as asked, or the last of this model to resume, or a new one."""
    from tuiexplain.course.places import state_folder
    from tuiexplain.lab.errors import LabError
    from tuiexplain.lab.record import LATEST

    if arguments.out is not None:
        folder: Path = arguments.out.expanduser()
        return folder
    runs = state_folder() / "runs"
    name = f"{arguments.model}-{arguments.preset or 'cpu'}"
    if not arguments.resume:
        number = 1
        while (runs / f"{name}-{number}").exists():
            number += 1
        return runs / f"{name}-{number}"
    pattern = f"{arguments.model}-{arguments.preset or '*'}-*/{LATEST}"
    checkpoints = sorted(runs.glob(pattern), key=lambda file: file.stat().st_mtime)
    if not checkpoints:
        raise LabError(
            f"no run of {arguments.model} is in {runs}: start one without --resume, "
            "or say where it is with --out."
        )
    return checkpoints[-1].parent


def _settings(arguments: argparse.Namespace, out: Path) -> Settings:
    """The preset's settings, or those of the run to resume, with what was said on top."""
    from tuiexplain.lab.adapting.layout import settings_with
    from tuiexplain.lab.adapting.start import settings_from
    from tuiexplain.lab.errors import LabError
    from tuiexplain.lab.gpt2_folder import settings_of
    from tuiexplain.lab.presets import preset
    from tuiexplain.lab.record import LATEST, read_record

    words = dict(arguments.set)
    for name in ("device", "steps"):
        if (value := getattr(arguments, name)) is not None:
            words[name] = str(value)
    if arguments.data is not None:
        words["data"] = str(Path(arguments.data).expanduser().absolute())
    if not arguments.resume:
        start = preset(arguments.model, arguments.preset or "cpu")
        if weights := words.pop("weights", None):
            start = settings_of(Path(weights).expanduser().absolute(), start)
        if base := words.pop("base", None):
            start = settings_from(base, start)
        if adapter := words.pop("adapter", None):
            start = settings_with(Path(adapter).expanduser().absolute(), start)
        return start.with_words(words)
    former = read_record(out / LATEST).settings
    settings = former.with_words({"model": arguments.model, **words})
    if (differs := former.fixed_difference(settings)) is not None:
        raise LabError(
            f"{differs} is {getattr(former, differs)} in the run in {out}, and resuming it cannot "
            "change that: start anew without --resume."
        )
    return settings
