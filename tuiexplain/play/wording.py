"""What goes wrong in the playground, and its choices, in the learner's language."""

from __future__ import annotations

from collections.abc import Sequence

from tuiexplain.course.languages import has, tr
from tuiexplain.play.dataset import Note
from tuiexplain.play.errors import PlayError

MOST_TOLD = 3
"""Notes that are told one by one."""


def choice(word: str, language: str) -> str:
    """A choice of a dial as it is said; a name of its own stays as it is."""
    key = f"choice.{word}"
    return tr(key, language) if word and has(key) else word


def dial_name(dial: str, language: str) -> str:
    """What a dial is called."""
    key = f"play_dial.{dial}"
    return tr(key if has(key) else f"dial.{dial}", language)


def data_name(data: str, name: str, language: str) -> str:
    """What data are called: a set of ours in the learner's words, a file by its own ``name``."""
    said = choice(data, language)
    return name if said == data else said


def note_told(note: Note, language: str) -> str:
    """What was done to data on their way in."""
    return tr(f"play_note.{note.key}", language, **note.fields)


def notes_told(notes: Sequence[Note], language: str) -> str:
    """All of it in one line, the first ones in full."""
    said = [note_told(note, language) for note in notes]
    if len(said) > MOST_TOLD:
        left = len(said) - MOST_TOLD
        said = [*said[:MOST_TOLD], tr("play_note.and_more", language, count=left)]
    return one_after_another(said, language)


def one_after_another(said: Sequence[str], language: str) -> str:
    """Sentences one after another, as the language sets them."""
    told = ""
    for more in said:
        told = tr("play_note.one_more", language, told=told, more=more) if told else more
    return told


def sentence(error: PlayError, language: str) -> str:
    """What cannot be had, and why."""
    if not error.key:
        return str(error)
    fields = dict(error.fields)
    if "dial" in fields:
        fields["dial"] = dial_name(fields["dial"], language)
    if "notes" in fields:
        fields["notes"] = notes_told(fields["notes"], language)
    return tr(f"play_error.{error.key}", language, **fields)
