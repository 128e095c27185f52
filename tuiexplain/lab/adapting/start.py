"""Starting from a trained model: which of its settings a new run takes over, and what it trains."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from tuiexplain.lab.data import Answers, Codec, Source, codec_from_json, open_source
from tuiexplain.lab.data.shipped import shipped
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import BEST, LATEST, Record, read_record
from tuiexplain.lab.settings import Settings

SHIPPED = {"course": "base.safetensors", "tuned": "tuned.safetensors"}
"""Models that come with the program: one that has read plays, and the same with manners."""
SHAPE = ("model", "layers", "heads", "width", "context", "bias", "gelu", "unit", "vocabulary")
"""What makes weights fit."""


def base_file(word: str) -> Path:
    """The checkpoint that ``word`` names: a file, a run's folder, or one of `SHIPPED`."""
    if word in SHIPPED:
        return shipped(SHIPPED[word])
    path = Path(word).expanduser()
    if path.is_dir():
        found = [path / name for name in (BEST, LATEST) if (path / name).exists()]
        if not found:
            raise LabError(f"{path} holds no checkpoint: name a run's folder, or `course`.")
        return found[0]
    return path


def settings_from(word: str, settings: Settings) -> Settings:
    """``settings`` in the shape of the model that is started from."""
    file = base_file(word)
    base = read_record(file).settings
    if base.model != settings.model:
        raise LabError(f"{file} is a {base.model}, not a {settings.model}: name it as MODEL.")
    taken = {f.name: getattr(base, f.name) for f in fields(base) if f.name in SHAPE}
    name = word if word in SHIPPED else str(file.absolute())
    return settings.changed(**taken, base=name)


def started_from(settings: Settings) -> Path | None:
    """The weights that a new run begins with: a checkpoint, or a folder with a GPT-2."""
    if settings.base:
        return base_file(settings.base)
    return Path(settings.weights) if settings.weights else None


def record_of(settings: Settings) -> Record | None:
    """What the model that is started from says of itself; None where a run starts from nothing."""
    return read_record(base_file(settings.base)) if settings.base else None


def codec_of(settings: Settings) -> Codec | None:
    """The tokens of the model that is started from; None where a run starts from nothing."""
    record = record_of(settings)
    return None if record is None or record.codec is None else codec_from_json(record.codec)


def former_text(settings: Settings, source: Source) -> Source | None:
    """The text that the base of a run of ``source`` learnt, if it is there and no task itself."""
    if not settings.base or not isinstance(source, Answers):
        return None
    try:
        record = read_record(base_file(settings.base))
        text = open_source(record.settings, codec_of(settings), record.fingerprint)
    except LabError:
        return None  # it was a file of the learner's, which is gone or another one now
    return None if isinstance(text, Answers) else text
