"""`tuiexplain train MODEL`: a lab model without the screen; an evaluation a line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import streams, together
from tuiexplain.cli.faults import DONE, FAULTS_FOUND, INTERRUPTED, BadUse
from tuiexplain.cli.telling import Progress, as_json, in_words, tell, why
from tuiexplain.cli.types import declare_settings, whole_number
from tuiexplain.cli.wording import Say

if TYPE_CHECKING:
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
            return _follow(run, arguments, sample)
    except LabError as error:
        raise BadUse(why(error, arguments.language)) from None


def _follow(run: Watched, arguments: argparse.Namespace, sample: int) -> int:
    """Print what the training process tells, until its last message; then ``sample`` tokens."""
    from tuiexplain.lab import protocol

    say: Say = arguments.say
    progress, worker, asked = Progress(say), run.worker, False
    try:
        for message in run.messages():
            progress.clear()
            match message:
                case protocol.Evaluated():
                    streams.write(
                        json.dumps(as_json(message)) if arguments.json else in_words(message, say)
                    )
                case protocol.Sampled() if asked:  # else somebody who watches asked for it
                    streams.write(message.text)
                case protocol.Stepped():
                    progress.step(message)
                case protocol.Paused(done=False) if run.held:
                    streams.say(say("run_paused", step=f"{message.step:,}"))
                case protocol.Paused(done=done):
                    if sample and done:
                        asked = True
                        worker.send(protocol.Sample(count=sample))
                    worker.send(protocol.Stop())
                case _:
                    tell(message, say, arguments.language)
    except together.Ended:
        progress.clear()
        return together.say_why(worker, say, arguments.language)
    except KeyboardInterrupt:
        progress.clear()
        return _interrupted(worker, say)
    except BrokenPipeError:
        worker.stop()
        raise
    well = isinstance(message, protocol.Finished) and message.done and message.saved
    return DONE if well else FAULTS_FOUND


def _interrupted(worker: Worker, say: Say) -> int:
    from tuiexplain.lab.protocol import Finished

    streams.say(say("run_stopping"))
    last = worker.stop(seconds=60)
    if isinstance(last, Finished) and last.saved:
        streams.say(say("run_stopped", step=f"{last.step:,}"))
    return INTERRUPTED


def _folder(arguments: argparse.Namespace) -> Path:
    """The run's folder: as asked, or the last of this model to resume, or a new one."""
    from tuiexplain.course.places import state_folder
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
        raise BadUse(arguments.say("run_no_former", model=arguments.model, folder=runs))
    return checkpoints[-1].parent


def _settings(arguments: argparse.Namespace, out: Path) -> Settings:
    """The preset's settings, or those of the run to resume, with what was said on top."""
    from tuiexplain.lab.adapting.layout import settings_with
    from tuiexplain.lab.adapting.start import settings_from
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
        now = getattr(former, differs)
        raise BadUse(arguments.say("run_fixed", setting=differs, value=now, folder=out))
    return settings
