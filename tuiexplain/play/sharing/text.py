"""A run as one short text, from which anybody gets the same run, bit for bit.

``tx1:data=spiral:layers=8,8+relu:lr=0.1:@400:lr=0.01:@900:~1a2b3c4d``: the dials that were turned,
what was changed at which step, how far it was trained, and a checksum. Nothing in it needs quotes
in a shell.
"""

from __future__ import annotations

import dataclasses
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from tuiexplain.course.text import without_controls
from tuiexplain.lab.options import read_all
from tuiexplain.play.changes import Segment, Segments
from tuiexplain.play.design import ACTIVATIONS, NORMS, Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.play.sources import SHIPPED

VERSION = 1
SIGN = "tx"
SAFE = "^,+/.-_"
LONGEST = 20_000
"""Characters beyond which a text is no setting of ours."""
MOST_STEPS = 10_000_000


class Story(NamedTuple):
    """What a text tells: the designs and from which step on each was trained, and how far."""

    segments: Segments
    length: int


def written(story: Story) -> str:
    """The text of a run."""
    parts = [f"{SIGN}{VERSION}"]
    before = Design()
    for segment in story.segments:
        if segment.start:
            parts.append(f"@{segment.start}")
        parts += _differences(before, segment.design)
        parts += [f"{quote(cell, safe='')}={number!r}" for cell, number in segment.numbers.items()]
        before = segment.design
    data = story.segments[0].design
    if not data.generated and data.data not in SHIPPED:
        parts.append(f"sum={_sum(Path(data.data).expanduser())}")
    text = ":".join((*parts, f"@{story.length}"))
    return f"{text}:~{_check(text)}"


def read(text: str) -> Story:
    """The run that a text tells; :class:`PlayError` for a text that is damaged, or too new."""
    text = "".join(text.split())
    body, mark, check = text.rpartition(":~")
    if not text.startswith(SIGN) or len(text) > LONGEST:
        shown = without_controls(text)[:20]
        raise PlayError(
            f"`{shown}` is not the text of a run: such a text begins with {SIGN}{VERSION}.",
            "share_other",
            text=shown,
        )
    version = text[len(SIGN) :].split(":", 1)[0]
    if version.isdecimal() and int(version) > VERSION:
        raise PlayError(
            f"this text was written by a later version (format {version[:9]}, known is {VERSION}): "
            "install that.",
            "share_later",
            version=version[:9],
            known=VERSION,
        )
    if not mark or check != _check(body) or version != str(VERSION):
        raise _damaged()
    return _story(body.split(":")[1:])


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


# -- writing ---------------------------------------------------------------------------------------


def _differences(before: Design, design: Design) -> Iterator[str]:
    for spot in dataclasses.fields(Design):
        value = getattr(design, spot.name)
        if value != getattr(before, spot.name):
            yield f"{spot.name}={_value(spot.name, value)}"


def _value(name: str, value: Any) -> str:
    if name == "layers":
        return ",".join(_layer(layer) for layer in value)
    if isinstance(value, tuple):
        return ",".join(quote(str(each), safe="^") for each in value)
    return quote(str(value), safe=SAFE)


def _layer(layer: Layer) -> str:
    told = [str(layer.units)]
    told += [layer.activation] if layer.activation != "tanh" else []
    told += [layer.norm] if layer.norm != "none" else []
    told += [f"drop{layer.dropout!r}"] if layer.dropout else []
    told += ["skip"] if layer.residual else []
    return "+".join(told)


def _sum(file: Path) -> str:
    """What tells one file from another."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()[:12]
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise PlayError(f"{file}: {why}.", "unreadable", file=str(file), why=why) from None


# -- reading ---------------------------------------------------------------------------------------


def _story(parts: list[str]) -> Story:
    segments: list[Segment] = []
    start, words, numbers = 0, dict[str, str](), dict[str, float]()
    design, expected, ended = Design(), "", False
    for part in (*parts, "@"):
        if not part.startswith("@"):
            name, _, value = part.partition("=")
            if name == "sum":
                expected = value
            elif "%5B" in name:
                numbers[unquote(name)] = _number(value)
            else:
                words[name] = value
            continue
        if words or numbers or not segments:
            design = _changed(design, words)
            segments.append(Segment(start, design, numbers))
        words, numbers = {}, {}
        if part != "@":
            ended, start = True, _step(part[1:], start)
    if not ended:
        raise _damaged()
    data = segments[0].design.data
    if expected and _sum(Path(data).expanduser()) != expected:
        raise PlayError(
            f"{data} is another file here than where this run was trained: get the very same.",
            "share_other_data",
            file=data,
        )
    return Story(tuple(segments), start)


def _step(word: str, least: int) -> int:
    if not word.isdecimal() or not least <= int(word) <= MOST_STEPS:
        raise _damaged()
    return int(word)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise _damaged() from None


def _damaged() -> PlayError:
    return PlayError(
        "this text of a run is damaged: copy all of it, to its last character.", "share_damaged"
    )


def _changed(design: Design, words: dict[str, str]) -> Design:
    """A design with what a text says of it."""
    found: dict[str, Any] = {}
    plain = {}
    for name, value in words.items():
        if name == "layers":
            found[name] = tuple(_read_layer(word) for word in value.split(",") if word)
        elif name == "features":
            found[name] = tuple(unquote(word) for word in value.split(","))
        elif name == "left_out":
            found[name] = tuple(_step(word, 0) for word in value.split(",") if word)
        else:
            plain[name] = unquote(value)
    return design.changed(**found, **read_all(Design, plain, PlayError))


def _read_layer(word: str) -> Layer:
    units, *told = word.split("+")
    options: dict[str, Any] = {"units": _step(units, 1)}
    for each in told:
        if each in ACTIVATIONS:
            options["activation"] = each
        elif each in NORMS:
            options["norm"] = each
        elif each == "skip":
            options["residual"] = True
        elif each.startswith("drop"):
            options["dropout"] = _number(each.removeprefix("drop"))
        else:
            raise _damaged()
    return Layer(**options)
