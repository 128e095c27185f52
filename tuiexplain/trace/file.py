"""Traces in files: one zip archive that says what it is.

``manifest.json`` holds the format, its version, the rulebook, the values and the events;
``arrays/ID.npy`` holds the numbers of each value. Nothing in it is ever executed or unpickled.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tuiexplain.trace.errors import TraceFileError
from tuiexplain.trace.event import Event, Phase, Site
from tuiexplain.trace.trace import Content, Trace
from tuiexplain.trace.value import Kind, Origin, Source, Value

FORMAT = "tuiexplain trace"
VERSION = 1
MANIFEST = "manifest.json"


def save(trace: Trace, path: Path | str) -> None:
    """Write ``trace`` to ``path``, whole or not at all."""
    path = Path(path)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "rulebook": trace.rulebook_name,
        "meta": trace.meta,
        **describe(trace),
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False))
            for value in trace.values:
                buffer = io.BytesIO()
                np.save(buffer, trace.data(value), allow_pickle=False)
                archive.writestr(f"arrays/{value.id}.npy", buffer.getvalue())
        unfinished.replace(path)
    except OSError as error:
        raise TraceFileError(f"{path}: the trace cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def load(path: Path | str) -> Trace:
    """Read the trace at ``path``; :class:`TraceFileError` says in one sentence why it cannot be."""
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            _check(path, manifest)
            values, events = described(manifest)
            arrays = tuple(_array_in(archive, v) for v in values)
    except OSError as error:
        raise TraceFileError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, zlib.error, RuntimeError):
        raise TraceFileError(
            f"{path}: not a trace, or only a part of one: save it again with tuiexplain."
        ) from None
    except (KeyError, TypeError, ValueError, EOFError) as error:
        if isinstance(error, TraceFileError):
            raise
        raise TraceFileError(f"{path}: not a whole trace ({error}): save it again.") from None
    return Trace(manifest["rulebook"], Content(values, events, arrays), manifest["meta"])


def describe(trace: Trace) -> dict[str, Any]:
    """Values and events of a trace, without their numbers, in what JSON has words for."""
    return {
        "values": [_value_out(v) for v in trace.values],
        "events": [_event_out(e) for e in trace.events],
    }


def described(manifest: Mapping[str, Any]) -> tuple[tuple[Value, ...], tuple[Event, ...]]:
    """The values and events that :func:`describe` told of."""
    values = tuple(_value_in(v) for v in manifest["values"])
    return values, tuple(_event_in(e) for e in manifest["events"])


def _check(path: Path, manifest: Any) -> None:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise TraceFileError(f"{path}: a file of another program, not a trace of tuiexplain.")
    if manifest.get("version") != VERSION:
        raise TraceFileError(
            f"{path}: a trace of version {manifest.get('version')}, and this tuiexplain reads "
            f"version {VERSION}: update tuiexplain, or save the trace with this one."
        )


def _array_in(archive: zipfile.ZipFile, value: Value) -> np.ndarray:
    array: np.ndarray = np.load(
        io.BytesIO(archive.read(f"arrays/{value.id}.npy")), allow_pickle=False
    )
    if array.shape != value.shape:
        raise ValueError(
            f"'{value.name}' has shape {array.shape}, its description says {value.shape}"
        )
    return array


def _value_out(value: Value) -> dict[str, Any]:
    return {**vars(value), "origin": value.origin._asdict()}


def _value_in(fields: dict[str, Any]) -> Value:
    origin = fields["origin"]
    return Value(
        **{
            **fields,
            "kind": Kind(fields["kind"]),
            "shape": tuple(fields["shape"]),
            "axes": tuple(fields["axes"]),
            "labels": tuple(None if x is None else tuple(x) for x in fields["labels"]),
            "origin": Origin(**{**origin, "source": Source(origin["source"])}),
        }
    )


def _event_out(event: Event) -> dict[str, Any]:
    return {
        **vars(event),
        "site": event.site._asdict() if event.site else None,
        "attrs": {name: _encode(x) for name, x in event.attrs.items()},
    }


def _event_in(fields: dict[str, Any]) -> Event:
    return Event(
        **{
            **fields,
            "phase": Phase(fields["phase"]),
            "inputs": tuple(fields["inputs"]),
            "site": Site(**fields["site"]) if fields["site"] else None,
            "attrs": {name: _decode(x) for name, x in fields["attrs"].items()},
        }
    )


def _encode(x: Any) -> Any:  # noqa: PLR0911 - one return for each kind
    """An attribute as JSON; what JSON has no word for becomes ``{"$kind": …}``."""
    if isinstance(x, tuple | list):
        return {"$tuple" if isinstance(x, tuple) else "$list": [_encode(y) for y in x]}
    if isinstance(x, slice):
        return {"$slice": [_encode(y) for y in (x.start, x.stop, x.step)]}
    if x is Ellipsis:
        return {"$ellipsis": True}
    if isinstance(x, np.ndarray):
        return {"$array": x.tolist(), "dtype": x.dtype.str}
    if isinstance(x, np.generic):
        return x.item()
    if isinstance(x, Mapping):
        return {"$map": {name: _encode(y) for name, y in x.items()}}
    return x


def _decode(x: Any) -> Any:  # noqa: PLR0911
    if not isinstance(x, dict):
        return x
    if "$array" in x:
        return np.array(x["$array"], dtype=np.dtype(x["dtype"]))
    if "$slice" in x:
        return slice(*(_decode(y) for y in x["$slice"]))
    if "$ellipsis" in x:
        return Ellipsis
    if "$map" in x:
        return {name: _decode(y) for name, y in x["$map"].items()}
    if "$tuple" in x:
        return tuple(_decode(y) for y in x["$tuple"])
    return [_decode(y) for y in x["$list"]]
