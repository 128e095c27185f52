"""Prompts with two answers, and which of them somebody preferred: one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tuiexplain.lab.data.instructions import Answers, lines, read_texts
from tuiexplain.lab.data.source import Inputs, Targets
from tuiexplain.lab.errors import LabError


class Comparison(NamedTuple):
    """What was asked, the better answer and the worse one."""

    prompt: str
    chosen: str
    rejected: str


class Preferences(Answers[Comparison]):
    """Comparisons to learn from, and a part that is held out.

    In a batch each comparison is two rows: the prompt with the chosen answer, and under it the
    prompt with the rejected one.
    """

    noun = "preferences"

    def lay_out(self, example: Comparison) -> tuple[Inputs, Targets]:
        """Two rows, chosen and rejected: (2, context) each."""
        chosen = self.row(example.prompt, example.chosen)
        rejected = self.row(example.prompt, example.rejected)
        return np.stack((chosen[0], rejected[0])), np.stack((chosen[1], rejected[1]))


def holds_preferences(file: Path) -> bool:
    """Whether the first line of a file speaks of a chosen or a rejected answer."""
    for _, line in lines(file):
        try:
            content = json.loads(line)
        except ValueError:
            return False
        return isinstance(content, dict) and bool({"chosen", "rejected"} & content.keys())
    return False


def read_comparisons(file: Path) -> list[Comparison]:
    """The comparisons of a file; LabError names the first line that is none, and why."""
    found = []
    for where, texts in read_texts(file, Comparison._fields):
        comparison = Comparison(*texts)
        if comparison.chosen == comparison.rejected:
            raise LabError(
                f"{where}: `chosen` and `rejected` are the same: nothing is preferred here; "
                "give two answers that differ, or leave the line out."
            )
        found.append(comparison)
    return found
