"""What dials and their settings are called in the learner's language.

A choice is a word of the program (``causal``). What the learner reads in its place stands in the
dial's block of the lesson (``### choice causal | 因果``), else among the interface's texts
(``[choice]``), else it is the program's own word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tuiexplain.course.errors import LessonFault
from tuiexplain.course.languages import has, tr
from tuiexplain.course.schema import Dial, Setting
from tuiexplain.trace.numbers import format_number

if TYPE_CHECKING:
    from tuiexplain.course.lesson import Lesson

_WORD = re.compile(r"[a-z]{2}")
"""What makes a word of a choice; ``CNN``, ``1, -1`` and ``√d`` read alike in every language."""


def dial_text(lesson: Lesson, dial: str, language: str) -> str:
    """A dial's name; its id where the lesson has it no more."""
    try:
        return lesson.label(f"dial.{dial}", language)
    except LessonFault:
        return dial


def choice_text(lesson: Lesson, dial: str, choice: str, language: str) -> str:
    """What the learner reads in the place of a choice."""
    block = lesson.prose(language).blocks.get(f"dial.{dial}")
    if block is not None and choice in block.names:
        return block.names[choice]
    return tr(f"choice.{choice}", language) if has(f"choice.{choice}") else choice


def setting_text(
    lesson: Lesson, dial: str, setting: Setting | bool, language: str, digits: int = 4
) -> str:
    """A setting as the learner reads it: a number, a choice in words, a text as it is."""
    if not isinstance(setting, str):
        return format_number(float(setting), digits)
    choices = (d.choices for p in lesson.parts for d in p.dials if _is_choice(d, dial))
    if any(setting in known for known in choices):
        return choice_text(lesson, dial, setting, language)
    return setting


def settings_text(
    lesson: Lesson, settings: Mapping[str, Setting | bool], language: str, digits: int = 4
) -> str:
    """Dials by their names, and what they are set to."""
    said = [
        f"{dial_text(lesson, dial, language)} = "
        f"{setting_text(lesson, dial, setting, language, digits)}"
        for dial, setting in settings.items()
    ]
    return tr("narrate.comma", language).join(said)


def choice_texts(lesson: Lesson, dial: Dial, language: str) -> dict[str, str]:
    """What the learner reads in the place of each choice."""
    return {choice: choice_text(lesson, dial.id, choice, language) for choice in dial.choices}


def wordless(lesson: Lesson, dial: Dial, language: str) -> list[str]:
    """The choices of ``dial`` that are English words, and have no others in ``language``."""
    if dial.scale != "choice" or language == "en":
        return []
    block = lesson.prose(language).blocks.get(f"dial.{dial.id}")
    named = block.names if block is not None else {}
    return [c for c in dial.choices if _WORD.match(c) and c not in named and not has(f"choice.{c}")]


def _is_choice(dial: Dial, name: str) -> bool:
    return dial.id == name and dial.scale == "choice"
