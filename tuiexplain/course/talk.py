"""A talk with a trained model as the interface knows it: what was asked, and what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tuiexplain.lab import protocol as say
from tuiexplain.lab.adapting.start import SHIPPED, base_file
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.observing.sights import Array
from tuiexplain.lab.record import BEST, LATEST, read_record
from tuiexplain.lab.talker import Talker
from tuiexplain.lab.worker import check_torch


@dataclass
class Turn:
    """A question, and as much of the answer as was said."""

    question: str
    tokens: list[str] = field(default_factory=list)
    """As it was read."""
    cut: int = 0
    """Characters of it that were not."""
    said: list[say.Uttered] = field(default_factory=list)
    ended: bool = False
    full: bool = False
    """Whether the answer ended for want of room."""

    def looked_at(self, place: int) -> Array:
        """Where the heads looked when this token of the answer was said: (layers, heads, tokens)."""
        uttered = self.said[place]
        return np.frombuffer(uttered.content, "<f4").reshape(uttered.shape)

    @property
    def text(self) -> list[str]:
        """Every token, of the question and of the answer."""
        return [*self.tokens, *(uttered.token for uttered in self.said)]


def model_of(word: str) -> Path:
    """The model that ``word`` names. LabError if it cannot be talked with, or without PyTorch."""
    check_torch()
    file = base_file(word)
    if read_record(file).codec is None:
        raise LabError(f"{file} reads images: name a run that reads text.", "talk_images")
    return file


class Chat:
    """Questions go out, answers come in token by token; `poll` takes in what has been said."""

    def __init__(self, word: str, name: str = "") -> None:
        """With a run (its folder or its file) or a model that comes with the program.

        ``name`` is what it is called, if not by its folder. LabError as of `model_of`.
        """
        file = model_of(word)
        path = Path(word).expanduser().resolve()
        own = path.parent.name if path.name in (BEST, LATEST) else path.stem
        self.name = name or (word if word in SHIPPED else own)
        self.turns: list[Turn] = []
        self.selected: int | None = None
        """Which token of the last answer is looked into; the newest where none was chosen."""
        self.present: say.Present | None = None
        self.trouble: LabError | None = None
        self.talker: Talker | None = Talker(file)

    def ask(self, question: str) -> None:
        """Ask something; an answer that is still under way is broken off."""
        self.turns.append(Turn(question))
        self.selected, self.trouble = None, None
        if self.talker is not None:
            self.talker.put(len(self.turns), question)

    def poll(self) -> bool:
        """Take in what has been said; whether anything was."""
        news = False
        while self.talker is not None:
            message = self.talker.receive(timeout=0)
            if message is None:
                break
            self._take(message)
            news = True
        return news

    def _take(self, message: say.Message) -> None:
        match message:
            case say.Present():
                self.present = message
            case say.Asked(number, tokens, cut):
                turn = self.turns[number - 1]
                turn.tokens, turn.cut = tokens, cut
            case say.Uttered():
                self.turns[message.number - 1].said.append(message)
            case say.Silent(number, full):
                turn = self.turns[number - 1]
                turn.ended, turn.full = True, full
            case say.Note() | say.Failed():
                self.trouble = LabError(message.sentence, message.key, **message.fields)
                if isinstance(message, say.Failed):
                    self.close()

    @property
    def last(self) -> Turn | None:
        """The last question with its answer."""
        return self.turns[-1] if self.turns else None

    @property
    def place(self) -> int | None:
        """Which token of the last answer is looked into; ``None`` while nothing was said."""
        if self.last is None or not self.last.said:
            return None
        newest = len(self.last.said) - 1
        return newest if self.selected is None else min(self.selected, newest)

    def go(self, direction: int) -> None:
        """To the token before or after."""
        if self.place is not None and self.last is not None:
            self.selected = max(0, min(self.place + direction, len(self.last.said) - 1))

    def close(self) -> None:
        """End the process."""
        if self.talker is not None:
            self.talker.close()
            self.talker = None
