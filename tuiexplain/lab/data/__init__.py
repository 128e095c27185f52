"""What the lab's models learn from: any text file, the digits, a folder of images. Imports no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tuiexplain.lab.data.bpe import BytePairs
from tuiexplain.lab.data.codecs import Bytes, Characters, Codec, Pairs
from tuiexplain.lab.data.digits import Digits
from tuiexplain.lab.data.gpt2_tokens import GPT2Tokens
from tuiexplain.lab.data.images import ImageFolder, Images
from tuiexplain.lab.data.instructions import SUFFIX, Answers, Instructions, read_pairs
from tuiexplain.lab.data.preferences import Preferences, holds_preferences, read_comparisons
from tuiexplain.lab.data.shipped import PLAYS, shipped
from tuiexplain.lab.data.source import Source
from tuiexplain.lab.data.text import Text, open_text
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.settings import Settings

__all__ = [
    "Answers",
    "Codec",
    "Digits",
    "ImageFolder",
    "Instructions",
    "Preferences",
    "Source",
    "Text",
    "codec_from_json",
    "open_source",
    "open_text",
]


def codec_from_json(content: dict[str, Any]) -> Codec:
    """A codec from what its `as_json` gave."""
    match content["unit"]:
        case Characters.unit:
            return Characters(content["characters"])
        case Pairs.unit:
            return Pairs(BytePairs(content["merges"]))
        case GPT2Tokens.unit:
            return GPT2Tokens(content["merges"], content["ids"], content["size"])
        case _:
            return Bytes()


def open_source(
    settings: Settings, codec: Codec | None = None, fingerprint: str | None = None
) -> Source:
    """What a run learns from; of a resumed run, in its tokens, and LabError if it has changed."""
    if settings.model == "cnn":
        return _images(settings, fingerprint)
    file = Path(settings.data).expanduser() if settings.data else shipped(PLAYS)
    if file.suffix == SUFFIX:
        return _answers(settings, file, codec or Bytes(), fingerprint)
    if codec is None and settings.weights:
        codec = GPT2Tokens.of(Path(settings.weights), settings.vocabulary)
    return open_text(
        file,
        settings.unit,
        settings.context,
        vocabulary=settings.vocabulary,
        codec=codec,
        fingerprint=fingerprint,
        held_out=settings.held_out,
    )


def _answers(
    settings: Settings, file: Path, codec: Codec, fingerprint: str | None
) -> Instructions | Preferences:
    """Prompts and answers, in the tokens of the model that they are taught to."""
    how = codec, settings.context, settings.held_out
    source: Instructions | Preferences
    if holds_preferences(file):
        if settings.model != "gpt" or not (settings.base or settings.weights):
            raise LabError(
                f"{file.name} says which answers are preferred: that is taught to a gpt which can "
                "answer; say which with base="
            )
        source = Preferences(file.name, read_comparisons(file), *how)
    else:
        source = Instructions(file.name, read_pairs(file), *how)
    if fingerprint not in (None, source.fingerprint()):
        raise LabError(f"{file} has changed since this run began: start anew.")
    return source


def _images(settings: Settings, fingerprint: str | None) -> Source:
    """The digits, or a folder of images."""
    images: Images
    if settings.data:
        images = ImageFolder(Path(settings.data).expanduser(), settings.pixels, settings.seed)
    else:
        images = Digits(settings.seed)
    if fingerprint not in (None, images.fingerprint()):
        raise LabError("the images have changed since this run began: start anew.")
    return images
