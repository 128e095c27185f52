"""From the text of a block to paragraphs of styled spans, with its numbers and terms filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from tuiexplain.course.errors import CourseError
from tuiexplain.course.expressions import formatted
from tuiexplain.course.glossary import Glossary, Term, the_glossary
from tuiexplain.course.lesson import Part
from tuiexplain.course.prose import Prose
from tuiexplain.course.text import is_wide
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.kept import kept_with_first
from tuiexplain.trace.numbers import format_number

Style = Literal["", "strong", "emphasis", "code", "term", "number", "fault"]

UNKNOWN = "‹?›"
"""What stands for a number that could not be found; the check reports it."""


class Span(NamedTuple):
    """A piece of text. ``target`` is the expression of a number, or the id of a term."""

    text: str
    style: Style = ""
    target: str = ""


class Paragraph(NamedTuple):
    """A paragraph, or one point of a list."""

    spans: tuple[Span, ...]
    bullet: bool = False

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


class Citation(NamedTuple):
    """``{{expression:format}}``, or with ``verbatim`` a number that stands as it is typed."""

    expression: str
    format: str = ""
    verbatim: bool = False


Cite = Callable[[Citation], str]
"""The text of a citation; :class:`CourseError` or :class:`TraceError` if it has none."""

_INLINE = re.compile(
    r"\{\{(?P<cite>.*?)\}\}|\[\[(?P<term>[^\]]+?)\]\]|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>.+?)\*\*|(?<![\w*])\*(?P<emphasis>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])",
    re.DOTALL,
)
_CITATION = re.compile(r"(?P<expression>.*?)(?:(?<!:):(?!:)(?P<format>[^:\[\]]*))?", re.DOTALL)


@lru_cache(maxsize=1024)
def citation(inside: str) -> Citation:
    """What stands between the braces."""
    if inside.startswith("="):
        return Citation(inside[1:].strip(), verbatim=True)
    match = _CITATION.fullmatch(inside)
    assert match is not None
    return Citation(match["expression"].strip(), (match["format"] or "").strip())


def citations(text: str) -> Iterator[Citation]:
    """Every citation in ``text``."""
    for match in re.finditer(r"\{\{(.*?)\}\}", text, re.DOTALL):
        yield citation(match[1])


def terms(text: str) -> Iterator[str]:
    """Every term that ``text`` marks, as it is written."""
    for match in re.finditer(r"\[\[([^\]|]+)", text):
        yield match[1].strip()


@dataclass
class Renderer:
    """Renders text of one language. ``introduced`` are terms that were shown with their English."""

    language: str
    cite: Cite
    glossary: Glossary = field(default_factory=the_glossary)
    introduced: set[str] = field(default_factory=set)

    def paragraphs(self, text: str) -> list[Paragraph]:
        """``text`` with every citation and term filled in."""
        found = []
        for block in re.split(r"\n\s*\n", text.strip()):
            lines: list[str] = []
            bullet = False
            for line in block.splitlines():
                if line.lstrip().startswith("- "):
                    if lines:
                        found.append(Paragraph(self.spans(join(lines)), bullet))
                    lines, bullet = [line.lstrip()[2:]], True
                else:
                    lines.append(line.strip())
            if any(lines):
                found.append(Paragraph(self.spans(join(lines)), bullet))
        return found

    def plain(self, text: str) -> str:
        """As :meth:`paragraphs`, as words alone."""
        return "\n\n".join(("- " if p.bullet else "") + p.text for p in self.paragraphs(text))

    def spans(self, text: str, style: Style = "") -> tuple[Span, ...]:
        """One line of ``text``, styled."""
        found: list[Span] = []
        end = 0
        for match in _INLINE.finditer(text):
            if match.start() > end:
                found.append(Span(text[end : match.start()], style))
            found.extend(self._inline(match, style))
            end = match.end()
        if end < len(text):
            found.append(Span(text[end:], style))
        return tuple(found)

    def _inline(self, match: re.Match[str], style: Style) -> tuple[Span, ...]:
        if match["cite"] is not None:
            return (self._number(citation(match["cite"]), style),)
        if match["term"] is not None:
            return (self._term(match["term"]),)
        if match["code"] is not None:
            return (
                self.spans(match["code"], "code")
                if "{{" in match["code"]
                else (Span(match["code"], "code"),)
            )
        if match["strong"] is not None:
            return self.spans(match["strong"], "strong")
        return self.spans(match["emphasis"], "emphasis")

    def _number(self, cited: Citation, style: Style) -> Span:
        if cited.verbatim:
            return Span(cited.expression, style)
        try:
            return Span(self.cite(cited), "number", cited.expression)
        except (CourseError, TraceError):
            return Span(UNKNOWN, "fault", cited.expression)

    def _term(self, inside: str) -> Span:
        word, _, shown = (part.strip() for part in inside.partition("|"))
        term = self.glossary.find(word)
        if term is None:
            return Span(shown or word)
        return Span(shown or self._term_text(term, word), "term", term.id)

    def _term_text(self, term: Term, word: str) -> str:
        if self.language == "en":
            return word if word != term.id else term.spelling
        name = term.name(self.language)
        if term.id in self.introduced or term.en.lower() in name.lower():
            return name
        self.introduced.add(term.id)
        return f"{name}（{term.en}）"


def cite_from(part: Part) -> Cite:
    """Citations rendered from the live runs of ``part``."""

    def cite(cited: Citation) -> str:
        number = part.expression(cited.expression).number(part.lookup())
        return formatted(number, cited.format) if cited.format else format_number(number)

    return cite


@kept_with_first(256)
def introduced_before(
    prose: Prose, block_id: str, glossary: Glossary | None = None
) -> frozenset[str]:
    """Terms that a reader of ``prose`` has met before the block called ``block_id``."""
    glossary = glossary or the_glossary()
    met: set[str] = set()
    for block in prose.all():
        if block.id == block_id:
            break
        for text in block.texts():
            met |= {term.id for word in terms(text) if (term := glossary.find(word))}
    return frozenset(met)


def renderer(part: Part, language: str, block_id: str = "") -> Renderer:
    """What renders the words of one block, with numbers from ``part``."""
    prose = part.lesson.prose(language)
    met = introduced_before(prose, block_id) if language != "en" else ()
    return Renderer(language, cite_from(part), introduced=set(met))


def join(lines: list[str]) -> str:
    """Wrapped lines as one: a space between words, none between Chinese characters."""
    text = ""
    for line in filter(None, lines):
        if text and not (is_wide(text[-1]) or is_wide(line[0])):
            text += " "
        text += line
    return text
