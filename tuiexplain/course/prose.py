"""A lesson's words in one language: ``en.md`` and ``zh.md`` cut into blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tuiexplain.course.errors import LessonFault
from tuiexplain.course.text import control_characters, without_controls

HINTS = 3
"""Rungs of a prediction's ladder: where to look, the idea, nearly there."""

_HEADING = re.compile(r"(#{1,3})\s+(.*?)\s*(?:<!--\s*of\s+(\w+)\s*-->)?\s*$")
_CHOICE = re.compile(r"\s*(\d+)\.\s+(.*)$")
_SECTION = re.compile(r"hint\s+\d+|wrong\s+\S+|why|teacher")
_NAME = re.compile(r"choice\s+(?P<choice>.+?)\s*\|\s*(?P<words>.+)")


@dataclass(frozen=True)
class Block:
    """One block: what is said about a part, a step, a prediction or a dial.

    ``raw`` are its lines as they stand in the file; ``of`` is, in a translation, the fingerprint of
    the English text that it translates.
    """

    id: str
    title: str
    line: int
    text: str = ""
    choices: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    teacher: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of a dial: what its choices are called."""
    raw: tuple[str, ...] = ()
    of: str | None = None

    @property
    def fingerprint(self) -> str:
        """Eight hex digits of the text; line breaks and spacing do not count."""
        import hashlib

        text = " ".join(" ".join(self.raw).split())
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def texts(self) -> Iterator[str]:
        """Everything that a learner may read in this block."""
        yield from (self.title, self.text, *self.choices, *self.hints)
        yield from (*self.wrong.values(), self.why, self.teacher, *self.names.values())


@dataclass(frozen=True, eq=False)
class Prose:
    """A lesson's words. The block without an id, ``head``, has the lesson's title and question."""

    language: str
    file: Path
    head: Block
    blocks: Mapping[str, Block]

    @property
    def title(self) -> str:
        """The lesson's title."""
        return self.head.title

    @property
    def question(self) -> str:
        """The line under the title."""
        return self.head.text

    def all(self) -> tuple[Block, ...]:
        """The head and every block, in the order of the file."""
        return (self.head, *self.blocks.values())

    def stale(self, source: Prose) -> set[str]:
        """Ids of the blocks whose source was changed after they were translated."""
        theirs = {b.id: b.fingerprint for b in source.all()}
        return {b.id for b in self.all() if b.id in theirs and b.of != theirs[b.id]}


def read_prose(file: Path, language: str) -> tuple[Prose, list[LessonFault]]:
    """The prose in ``file`` and what is wrong with its form."""
    try:
        raw = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = f"every lesson has its words in {language}.md"
        return _nothing(file, language), [LessonFault(file, 1, "the file is missing", remedy)]
    except UnicodeDecodeError:
        fault = LessonFault(file, 1, "the file is not UTF-8 text", "save it as UTF-8")
        return _nothing(file, language), [fault]
    reader = _Reader(file, language)
    for line, name in control_characters(raw):
        if name != "U+000D":
            reader.fault(line, f"control character {name}", "take it out")
    reader.read(without_controls(raw))
    return reader.prose(), reader.faults


def _nothing(file: Path, language: str) -> Prose:
    return Prose(language, file, Block("", "", 1), {})


class _Draft:
    """A block while its lines are read: the text of each of its sections."""

    def __init__(self, name: str, title: str, line: int, of: str | None) -> None:
        self.name, self.title, self.line, self.of = name, title, line, of
        self.sections: dict[str, list[str]] = {"": []}
        self.names: dict[str, str] = {}
        self.raw = [title]


class _Reader:
    def __init__(self, file: Path, language: str) -> None:
        self.file, self.language = file, language
        self.faults: list[LessonFault] = []
        self.drafts: dict[str, _Draft] = {}

    def fault(self, line: int, message: str, remedy: str) -> None:
        self.faults.append(LessonFault(self.file, line, message, remedy))

    def read(self, text: str) -> None:
        current: list[str] | None = None
        draft: _Draft | None = None
        for number, line in enumerate(text.splitlines(), start=1):
            heading = _HEADING.match(line)
            if heading is None:
                if draft is not None and current is not None:
                    current.append(line)
                    draft.raw.append(line)
                elif line.strip():
                    self.fault(number, "text before the title", "begin the file with '# Title'")
            elif len(heading[1]) < 3:
                draft = self.begin(heading, number)
                current = draft.sections[""]
            elif draft is None:
                self.fault(number, "a section before any block", "begin the file with '# Title'")
            else:
                current = self.section(draft, heading[2], number)
                draft.raw.append(line)

    def begin(self, heading: re.Match[str], number: int) -> _Draft:
        name, title = "", heading[2]
        if heading[1] == "##":
            name, bar, title = (part.strip() for part in heading[2].partition("|"))
            if not bar or not title:
                self.fault(number, f"the block '{name}' has no title", "write '## id | Title'")
        if name in self.drafts:
            what = f"the block '{name}'" if name else "the title"
            self.fault(number, f"{what} is there twice", "keep one of them")
        draft = _Draft(name, title, number, heading[3])
        self.drafts.setdefault(name, draft)
        return draft

    def section(self, draft: _Draft, title: str, number: int) -> list[str]:
        named = _NAME.fullmatch(title)
        if named:
            if named["choice"] in draft.names:
                self.fault(number, f"'{named['choice']}' is named twice", "keep one of them")
            draft.names[named["choice"]] = named["words"]
            return draft.sections[""]
        if not _SECTION.fullmatch(title):
            remedy = (
                "sections are '### hint 1', '### wrong 1', '### why', '### teacher', "
                "'### choice NAME | words'"
            )
            self.fault(number, f"the section '{title}' is unknown", remedy)
        if title in draft.sections:
            self.fault(number, f"the section '{title}' is there twice", "keep one of them")
        return draft.sections.setdefault(title, [])

    def prose(self) -> Prose:
        if "" not in self.drafts:
            self.fault(1, "the lesson has no title", "begin the file with '# Title'")
        head = self.block(self.drafts.pop("", _Draft("", "", 1, None)))
        blocks = {name: self.block(draft) for name, draft in self.drafts.items()}
        return Prose(self.language, self.file, head, blocks)

    def block(self, draft: _Draft) -> Block:
        text, choices = self.choices(draft)
        sections = {name: "\n".join(lines).strip() for name, lines in draft.sections.items()}
        hints: list[str] = []
        while f"hint {len(hints) + 1}" in sections:
            hints.append(sections[f"hint {len(hints) + 1}"])
        numbered = {name for name in sections if name.startswith("hint ")}
        if len(numbered) != len(hints):
            self.fault(draft.line, f"hints of '{draft.name}' leave a number out", "count from 1")
        return Block(
            id=draft.name,
            title=draft.title,
            line=draft.line,
            text=text,
            choices=choices,
            hints=tuple(hints),
            wrong={n.split()[1]: t for n, t in sections.items() if n.startswith("wrong ")},
            why=sections.get("why", ""),
            teacher=sections.get("teacher", ""),
            names=draft.names,
            raw=tuple(draft.raw),
            of=draft.of,
        )

    def choices(self, draft: _Draft) -> tuple[str, tuple[str, ...]]:
        """The text without its numbered list, and the list; an item may go on in indented lines."""
        text: list[str] = []
        choices: list[str] = []
        open_item = False
        for line in draft.sections[""]:
            item = _CHOICE.match(line)
            if item:
                if int(item[1]) != len(choices) + 1:
                    remedy = "number the choices 1. 2. 3."
                    self.fault(draft.line, f"the choices of '{draft.name}' miscount", remedy)
                choices.append(item[2])
                open_item = True
            elif open_item and line.startswith(" ") and line.strip():
                choices[-1] += "\n" + line.strip()
            else:
                open_item = False
                text.append(line)
        return "\n".join(text).strip(), tuple(choices)
