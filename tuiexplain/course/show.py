"""``tuiexplain show``: one training step of a lesson's network, in words or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tuiexplain.course.dial_words import settings_text
from tuiexplain.course.errors import CourseError
from tuiexplain.course.lesson import Part
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.markup import renderer
from tuiexplain.course.own_text import LONGEST_WORD, fitted
from tuiexplain.course.walk import Walk
from tuiexplain.narrate import Say, as_json
from tuiexplain.narrate.words import event_lines, number_text, start_lines, why_lines
from tuiexplain.trace import cells
from tuiexplain.trace.run import Run
from tuiexplain.trace.trace import Trace
from tuiexplain.trace.why import Why

DIGITS = 12
"""Digits of a dial: what was typed is said again."""


@dataclass(frozen=True)
class ShowOptions:
    """What was asked for. ``at`` is how many events have run, as the status line counts them:
    0 is before the first; ``None`` is after the last.
    """

    lesson: str
    part: str | None = None
    step: int = 0
    at: int | None = None
    why: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    as_json: bool = False


def run_show(options: ShowOptions) -> str:
    """What ``show`` prints; :class:`CourseError` or ``TraceError`` in one sentence."""
    lesson = open_lesson(options.lesson, options.language)
    say = lesson.say_in(options.language)
    part = lesson.part(options.part)
    settings = part.settings(options.settings)
    if options.step < 0:
        raise CourseError(say("error.no_step", step=options.step))
    run = part.run(settings)
    trace = lesson.guarded(lambda: run.trace_at(options.step))
    if options.step and not _leaves_something(run, options.step):
        raise CourseError(say("error.no_update", part=part.id))
    if options.at is not None and not 0 <= options.at <= len(trace.events):
        raise CourseError(say("error.no_event", at=options.at, count=len(trace.events)))
    why = None if options.why is None else _why(trace, options.why)
    measures = {} if why or options.at is not None else _measures(part, run, options.step)
    if options.as_json:
        return as_json.dumps(_json(part, trace, options, settings, why, measures, say))
    if why is not None:
        return "\n".join(why_lines(trace, why, say))
    told = settings == part.settings() and options.step < part.spec.train_steps
    return "\n".join(_words(part, trace, options, settings, told, measures, say)).rstrip()


def _leaves_something(run: Run, step: int) -> bool:
    """Whether a training step changes what the next one starts from: weights, or a cache."""
    before, after = run.state_at(step), run.state_at(step + 1)
    return any(after[name] is not array for name, array in before.items())


def _measures(part: Part, run: Run, step: int) -> dict[str, float]:
    """Every measure, with the parameters that the training step starts from."""
    return part.lesson.guarded(lambda: {name: run.measured(name, step) for name in run.measures})


def _why(trace: Trace, address: str) -> Why:
    """Why the cell at ``address``; ``loss`` is the loss, whatever its name."""
    name, cell = cells.parse(address)
    if name == "loss" and all(v.name != "loss" for v in trace.values):
        for value in trace.values:
            if value.kind == "loss":
                address = cells.write(value.name, cell)
    return trace.why(address)


def _json(
    part: Part,
    trace: Trace,
    options: ShowOptions,
    settings: Mapping[str, Any],
    why: Why | None,
    measures: Mapping[str, float],
    say: Say,
) -> dict[str, Any]:
    if why is not None:
        return as_json.why_json(why)
    content: dict[str, Any] = {
        "lesson": part.lesson.id,
        "part": part.id,
        "seed": part.spec.seed,
        "step": options.step,
        "dials": dict(settings),
    }
    if options.at is not None:
        content["at"] = options.at
    content.update(as_json.trace_json(trace, options.at))
    if measures:
        content["measures"] = {name: as_json.number(x) for name, x in measures.items()}
    notes = [*_cut(part, options, say), *filter(None, [not_finite(trace, say)])]
    if notes:
        content["note"] = " ".join(notes)
    return content


def not_finite(trace: Trace, say: Say) -> str | None:
    """What to say of a trace whose numbers have outgrown a float."""
    for value in trace.values:
        data = trace.data(value)
        if value.producer is not None and trace.events[value.producer].op == "where":
            continue  # it chooses between numbers: an infinite one was written there, or known before
        if data.dtype.kind == "f" and not np.isfinite(data).all():
            cell = tuple(int(i) for i in np.argwhere(~np.isfinite(data))[0])
            what = f"{cells.write(value.name, cell)} = {number_text(float(data[cell]), say)}"
            return say("error.not_finite", what=what)
    return None


def _cut(part: Part, options: ShowOptions, say: Say) -> Iterator[str]:
    """What to say of each text of the learner's own that is longer than there is room for."""
    for dial in part.dials:
        typed = str(options.settings.get(dial.id, ""))
        if dial.scale == "text" and fitted(typed, dial.longest, dial.unit).cut:
            yield say(f"screen.text_cut_{dial.unit}", longest=dial.longest, letters=LONGEST_WORD)


def _words(
    part: Part,
    trace: Trace,
    options: ShowOptions,
    settings: Mapping[str, Any],
    told: bool,
    measures: Mapping[str, float],
    say: Say,
) -> Iterator[str]:
    prose = part.lesson.prose(options.language)
    yield say("narrate.lesson", number=part.lesson.number, title=prose.title)
    yield say(
        "narrate.part", part=prose.blocks[part.id].title if part.id in prose.blocks else part.id
    )
    yield say("narrate.run", seed=part.spec.seed, step=options.step)
    if settings:
        chosen = settings_text(part.lesson, settings, options.language, digits=DIGITS)
        yield say("narrate.dials", dials=chosen)
    yield from _cut(part, options, say)
    if note := not_finite(trace, say):
        yield note
    yield ""
    beginnings = _beginnings(part, trace, options.step) if told else {}
    if told and options.step == 0:
        yield from _block(part, part.id, options.language)
    yield from _blocks(part, beginnings.get(0, []), options.language)
    yield from start_lines(trace, say)
    yield ""
    for event in trace.events[: options.at]:
        yield from _blocks(part, beginnings.get(event.index + 1, []), options.language)
        yield from event_lines(trace, event, say)
        yield ""
    if options.at is None:
        yield _end(trace, say)
    for name, found in measures.items():
        label = part.lesson.label(f"measure.{name}", options.language)
        yield say("narrate.measure", name=label, number=number_text(found, say))


def _beginnings(part: Part, trace: Trace, step: int) -> dict[int, list[str]]:
    """For each position of this training step, the blocks of prose that begin there."""
    run = part.cited_run()
    steps = [trace if k == step else run.trace_at(k) for k in range(part.spec.train_steps)]
    found: dict[int, list[str]] = {}
    for told, place in Walk(part.spec, steps).beginnings:
        if place is not None and place.training_step == step:
            found.setdefault(place.position, []).append(told.id)
    return found


def _blocks(part: Part, names: list[str], language: str) -> Iterator[str]:
    for name in names:
        yield from _block(part, name, language)


def _block(part: Part, name: str, language: str) -> Iterator[str]:
    block = part.lesson.prose(language).blocks.get(name)
    if block is not None:
        render = renderer(part, language, name)
        yield f"## {block.title}"
        yield from render.plain(block.text).split("\n")
        yield ""


def _end(trace: Trace, say: Say) -> str:
    loss = as_json.loss_of(list(trace.values), trace)
    count = len(trace.events)
    if loss is None:
        return say("narrate.end_no_loss", count=count)
    return say("narrate.end", count=count, number=number_text(float(loss), say))
