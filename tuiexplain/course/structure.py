"""Reading ``lesson.toml``: every fault is found, with its line and a remedy."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Any

from tuiexplain.course import schema
from tuiexplain.course.errors import LessonFault
from tuiexplain.course.own_text import UNITS, fitted
from tuiexplain.course.text import without_controls
from tuiexplain.course.toml_table import TomlSource, TomlTable
from tuiexplain.trace.errors import did_you_mean
from tuiexplain.trace.event import Phase


def read_structure(file: Path) -> tuple[schema.LessonSpec | None, list[LessonFault]]:
    """The lesson that ``file`` describes (``None`` if it is not TOML at all), and its faults."""
    try:
        text = without_controls(file.read_text(encoding="utf-8"))
        content = tomllib.loads(text)
    except FileNotFoundError:
        return None, [LessonFault(file, 1, "the file is missing", "every lesson has a lesson.toml")]
    except UnicodeDecodeError:
        return None, [LessonFault(file, 1, "the file is not UTF-8 text", "save it as UTF-8")]
    except OSError as error:
        return None, [
            LessonFault(file, 1, f"unreadable: {error.strerror}", "check its permissions")
        ]
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        what = re.sub(r"\s*\(at .*\)", "", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        return None, [LessonFault(file, line, f"not TOML: {what}", "mend the line")]
    source = TomlSource(file, text)
    spec = _lesson(TomlTable(source, content, ()))
    return spec, source.faults


def _lesson(t: TomlTable) -> schema.LessonSpec:
    parts = tuple(_part(p) for p in t.tables("part"))
    if not parts:
        t.fault(None, "the lesson has no part", "add a [[part]]")
    spec = schema.LessonSpec(
        id=t.identifier("id"),
        number=t.whole("number"),
        version=t.whole("version", 1, least=1),
        status=t.one_of("status", schema.STATUSES),
        minutes=t.whole("minutes", 15, least=1),
        prereqs=t.texts("prereqs"),
        twins=t.texts("twins"),
        shows=t.identifier("shows", parts[0].id if parts else ""),
        parts=parts,
    )
    for twin in spec.twins:
        if twin not in schema.TWINS:
            t.fault("twins", f"twin '{twin}' is unknown", did_you_mean(twin, schema.TWINS))
    if parts and spec.shows not in [p.id for p in parts]:
        remedy = did_you_mean(spec.shows, [p.id for p in parts])
        t.fault("shows", f"no part has the id '{spec.shows}'", remedy)
    seen: set[str] = set()
    for number, part in enumerate(parts):
        named: list[tuple[tuple[str | int, ...], str]] = [((), part.id)]
        named += [(("step", i), s.id) for i, s in enumerate(part.steps)]
        named += [(("prediction", i), p.id) for i, p in enumerate(part.predictions)]
        named += [(("exercise", i), e.id) for i, e in enumerate(part.exercises)]
        for where, name in named:
            if name in seen:
                path = ("part", number, *where, "id")
                t.source.fault(
                    path, f"the id '{name}' is there twice", "ids are unique in a lesson"
                )
            seen.add(name)
    t.finish()
    return spec


def _part(t: TomlTable) -> schema.PartSpec:
    name = t.identifier("id")
    part = schema.PartSpec(
        id=name,
        setup=t.text("setup", name.replace("-", "_")),
        train_steps=t.whole("train_steps", 1, least=1),
        train_until=t.whole("train_until", None, least=1),
        axis=t.one_of("axis", schema.AXES, "updates"),
        seed=t.whole("seed", 7),
        pictures=t.texts("pictures"),
        dials=tuple(_dial(d) for d in t.tables("dial")),
        steps=tuple(_step(s, i) for i, s in enumerate(t.tables("step"))),
        runs=tuple(_run(r) for r in t.tables("run")),
        races=tuple(_race(r) for r in t.tables("race")),
        predictions=tuple(_prediction(p) for p in t.tables("prediction")),
        truths=tuple(_truth(f) for f in t.tables("truth")),
        lab=_lab(t),
        exercises=tuple(_exercise(e) for e in t.tables("exercise")),
    )
    if not part.steps:
        t.fault(None, f"part '{name}' has no step", "add a [[part.step]]")
    _check_references(t, part)
    t.finish()
    return part


def _lab(t: TomlTable) -> schema.LabSpec | None:
    told = t.table("lab")
    if told is None:
        return None
    # Few lessons have one: the others need not wait for what reads it.
    from tuiexplain.course.lab_structure import read_lab

    return read_lab(told)


def _check_references(t: TomlTable, part: schema.PartSpec) -> None:
    runs, steps = [r.id for r in part.runs], [s.id for s in part.steps]
    dials = [d.id for d in part.dials]

    def known(path: tuple[str | int, ...], what: str, name: str | None, names: list[str]) -> None:
        if name is not None and name not in names:
            message = f"no {what} of this part has the id '{name}'"
            t.source.fault((*t.path, *path), message, did_you_mean(name, names))

    for i, prediction in enumerate(part.predictions):
        known(("prediction", i, "before"), "step", prediction.before, steps)
        known(("prediction", i, "proof", "run"), "run", prediction.proof.run, runs)
    for i, truth in enumerate(part.truths):
        known(("truth", i, "run"), "run", truth.run, runs)
    for i, run in enumerate(part.runs):
        for dial in run.dials:
            known(("run", i, "dials"), "dial", dial, dials)
    for i, race in enumerate(part.races):
        for name in race.runs:
            known(("race", i, "runs"), "run", name, runs)
        if any(run.seed is not None for run in part.runs if run.id in race.runs):
            message = f"a run of the race '{race.id}' has a seed of its own"
            t.source.fault(
                (*t.path, "race", i, "runs"), message, "all start from the seed of the part"
            )
    for kind, names in (("run", runs), ("dial", dials), ("race", [r.id for r in part.races])):
        for i, name in enumerate(names):
            if name in names[:i]:
                path = (*t.path, kind, i, "id")
                t.source.fault(path, f"the id '{name}' is there twice", "give each its own id")


def _dial(t: TomlTable) -> schema.Dial:
    name = t.text("id")
    scale = t.one_of("scale", schema.SCALES, "linear")
    if scale in ("choice", "text"):
        choices = t.texts("choices")
        default = t.text("default")
        if default not in choices:
            t.fault("default", f"'{default}' is not one of the choices", "choose one of them")
        dial = schema.Dial(name or "", default, 0, 0, scale, t.text("symbol", ""), choices)
        if scale == "text":
            longest, unit = t.whole("longest", least=1) or 1, t.one_of("unit", UNITS, "words")
            for text in choices:
                if fitted(text, longest, unit) != (text, False):
                    t.fault("choices", f"'{text}' does not fit", f"at most {longest} {unit}")
            dial = dial._replace(longest=longest, unit=unit)
    else:
        default = t.number("default")
        stops = t.numbers("stops")
        if list(stops) != sorted(set(stops)):
            t.fault("stops", "the stops do not rise", "put them in order")
        low, high = (stops[0], stops[-1]) if stops else (t.number("min"), t.number("max"))
        low, high = 0.0 if low is None else low, 1.0 if high is None else high
        if default is not None and not low <= default <= high:
            t.fault("default", f"{default:g} is outside {low:g} … {high:g}", "widen min and max")
        if scale == "log" and low <= 0:
            t.fault("min", "a logarithmic dial begins above 0", "raise min or use another scale")
        if scale == "int" and default is not None:
            default = int(default)
        symbol = t.text("symbol", "")
        dial = schema.Dial(name or "", default or 0, low, high, scale, symbol, stops=stops)
    t.finish()
    return dial


def _step(t: TomlTable, position: int) -> schema.Step:
    at = None
    if where := t.table("at"):
        at = schema.At(
            phase=where.one_of("phase", list(Phase), None),
            op=where.text("op", None),
            module=where.text("module", None),
            output=where.text("output", None),
            wrt=where.text("wrt", None),
            train_step=where.whole("train_step", None),
        )
        where.finish()
    if position and (at is None or at == schema.At()):
        t.fault("at", "the step does not say at which event it begins", "add at = { phase = … }")
    step = schema.Step(t.identifier("id"), at, t.cell("cell"))
    t.finish()
    return step


def _setting(t: TomlTable, key: str, kind: str) -> schema.Setting:
    if kind == "choice":
        return t.whole(key, least=1) or 1
    if kind == "number":
        found = t.number(key)
        return 0.0 if found is None else found
    return t.text(key) or ""


def _prediction(t: TomlTable) -> schema.Prediction:
    kind: Any = t.one_of("kind", schema.PREDICTIONS) or "choice"
    proof = schema.Proof()
    if (told := t.table("proof")) is None:
        t.fault(None, "the prediction has no proof", "add [part.prediction.proof]")
    else:
        proof = schema.Proof(
            run=told.text("run", None),
            step=told.whole("step", 0),
            expect=told.text("expect", None),
            value=told.text("value", None),
        )
        wanted = "value" if kind == "number" else "expect"
        if getattr(proof, wanted) is None and (kind != "number" or proof.expect is None):
            told.fault(None, f"the proof has no '{wanted}'", f'add {wanted} = "expression"')
        told.finish()
    wrong = []
    for w in t.tables("wrong"):
        wrong.append(schema.Wrong(_setting(w, "answer", kind), w.text("expect") or "False"))
        w.finish()
    prediction = schema.Prediction(
        id=t.identifier("id"),
        before=t.text("before"),
        kind=kind,
        answer=_setting(t, "answer", kind),
        proof=proof,
        tolerance=t.number("tolerance", 1e-6),
        among=t.text("among", None),
        wrong=tuple(wrong),
        vary=_vary(t),
    )
    if kind == "cell" and prediction.among is None:
        t.fault(None, "'among' is missing", 'say in which value one points: among = "W1.grad"')
    t.finish()
    return prediction


def _exercise(t: TomlTable) -> schema.Exercise:
    rungs, slips = [], []
    for r in t.tables("rung"):
        rungs.append(schema.Rung(r.texts("blank"), r.texts("ask")))
        r.finish()
    for s in t.tables("slip"):
        slips.append(schema.Slip(s.identifier("id"), s.text("of") or "", s.text("value") or "0"))
        s.finish()
    if not rungs:
        t.fault(None, "the exercise has no rung", "add a [[part.exercise.rung]]")
    exercise = schema.Exercise(
        id=t.identifier("id"),
        shows=t.texts("shows"),
        rungs=tuple(rungs),
        step=t.whole("step", 0, least=0),
        tolerance=t.number("tolerance", 0.01),
        vary=_vary(t),
        slips=tuple(slips),
    )
    t.finish()
    return exercise


def _vary(t: TomlTable) -> dict[str, tuple[float, float]]:
    told = t.get("vary", dict, None, "{ NAME = [low, high] }") or {}
    vary: dict[str, tuple[float, float]] = {}
    for name, bounds in told.items():
        good = isinstance(bounds, list) and len(bounds) == 2 and all(map(_is_number, bounds))
        if not good or bounds[0] > bounds[1]:
            t.fault("vary", f"'{name}' is not between two numbers", f"write {name} = [low, high]")
        else:
            vary[name] = (bounds[0], bounds[1])
    return vary


def _truth(t: TomlTable) -> schema.Truth:
    bounds = t.get("range", list, None, "[low, high]")
    value = t.number("value", None)
    if (bounds is None) == (value is None):
        t.fault(None, "a truth has either 'value' or 'range'", "write one of them")
    if bounds is not None and len(bounds) != 2:
        t.fault("range", "the range does not have two ends", "write range = [low, high]")
        bounds = None
    truth = schema.Truth(
        of=t.text("of") or "0",
        source=t.text("source") or "",
        step=t.whole("step", 0),
        run=t.text("run", None),
        value=value,
        rel=t.number("rel", 1e-9),
        digits=t.whole("digits", None),
        range=None if bounds is None else (float(bounds[0]), float(bounds[1])),
    )
    t.finish()
    return truth


def _run(t: TomlTable) -> schema.NamedRun:
    dials, edits = t.table("dials"), t.table("edits")
    run = schema.NamedRun(
        id=t.identifier("id"),
        steps=t.whole("steps", 1, least=1),
        dials=dict(dials.content) if dials else {},
        seed=t.whole("seed", None),
        edits={k: float(v) for k, v in edits.content.items() if _is_number(v)} if edits else {},
    )
    for key, value in edits.content.items() if edits else ():
        if not _is_number(value):
            t.fault("edits", f"the edit of '{key}' is not a number", "write a number")
    t.finish()
    return run


def _race(t: TomlTable) -> schema.Race:
    race = schema.Race(t.identifier("id"), t.texts("runs"))
    if not 2 <= len(race.runs) <= schema.MOST_IN_A_RACE:
        message = f"a race of {len(race.runs)} runs"
        t.fault("runs", message, f"name 2 to {schema.MOST_IN_A_RACE} runs of the part")
    if len(set(race.runs)) < len(race.runs):
        t.fault("runs", "a run is named twice", "name each once")
    t.finish()
    return race


def _is_number(x: Any) -> bool:
    return isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x)
