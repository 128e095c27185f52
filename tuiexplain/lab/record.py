"""What a checkpoint says of its run, read without its tensors and without torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.settings import Settings

FORMAT = "tuiexplain run 1"
LATEST, BEST = "latest.safetensors", "best.safetensors"
METRICS = "metrics.jsonl"
"""Of a run's folder: an evaluation a line."""


@dataclass(frozen=True)
class Record:
    """What a checkpoint says besides its tensors."""

    settings: Settings
    step: int
    codec: dict[str, Any] | None
    """How text becomes tokens; None for images."""
    fingerprint: str
    """Of the data that was learnt from."""
    best: tuple[int, float] | None
    """The step with the lowest held-out loss so far, and that loss."""

    def as_json(self) -> str:
        return json.dumps(
            {
                "settings": self.settings.as_json(),
                "step": self.step,
                "codec": self.codec,
                "fingerprint": self.fingerprint,
                "best": self.best,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Record:
        content = json.loads(text)
        return cls(
            settings=Settings.from_json(content["settings"]),
            step=int(content["step"]),
            codec=content["codec"],
            fingerprint=content["fingerprint"],
            best=None if content["best"] is None else (content["best"][0], content["best"][1]),
        )


def read_record(file: Path) -> Record:
    """What a checkpoint says of itself; LabError if it is none of ours or damaged."""
    try:
        with safe_open(file, "np") as opened:
            metadata = opened.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise unreadable(file, error) from None
    if metadata.get("format") != FORMAT:
        raise LabError(
            f"{file} holds weights, but not a run of tuiexplain of this version: "
            "start anew, with another --out."
        )
    try:
        return Record.from_json(metadata["run"])
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise LabError(f"{file}: its record is damaged ({error}); start anew.") from None


def unreadable(file: Path, error: Exception) -> LabError:
    """Why a checkpoint cannot be read: missing, pickled, cut short, something else."""
    if not file.exists():
        return LabError(f"{file} is not there: no checkpoint has been written; start a run first.")
    try:
        with file.open("rb") as opened:
            start = opened.read(9)
    except OSError as unreadable:
        return LabError(f"{file}: {reason(unreadable)}; name a checkpoint that can be read.")
    if _is_pickle(start):
        return LabError(
            f"{file} is pickled, and loading it could run code that somebody put there: it is "
            "refused; checkpoints here are safetensors."
        )
    return LabError(
        f"{file} is cut short or not a checkpoint ({reason(error)}): "
        "delete it, and start anew or resume another."
    )


def _is_pickle(start: bytes) -> bool:
    """A zip archive, as torch.save writes it, or a bare pickle: by the first nine bytes.

    Ours begin with the length of a header, which may look like a pickle's first bytes, and ``{``.
    """
    bare = len(start) == 9 and start[0] == 0x80 and 2 <= start[1] <= 5 and start[8:] != b"{"
    return start[:2] == b"PK" or bare


def reason(error: Exception) -> str:
    """What the system or the library says, in its own words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
