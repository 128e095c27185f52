"""The glossary: every term in both languages, found by any of its names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tuiexplain.course.folders import lessons_root


class Term(NamedTuple):
    """A term of the field. ``aliases`` are other names, in either language."""

    id: str
    en: str
    zh: str
    definitions: Mapping[str, str]
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The main name in one language."""
        return self.zh if language == "zh" else self.en

    def definition(self, language: str) -> str:
        """What it means, in a sentence or two."""
        return self.definitions.get(language) or self.definitions["en"]

    @property
    def spelling(self) -> str:
        """The id as it is written in English: ``relu`` is ReLU, ``learning-rate`` has no hyphen."""
        names = (self.en, *self.aliases)
        written = (name for name in names if _key(name) == _key(self.id))
        return next(written, self.id.replace("-", " "))

    def names(self) -> tuple[str, ...]:
        """Every name that it may be looked up by."""
        return (self.id, self.en, self.zh, *self.aliases)


class Glossary:
    """All terms, in the order of the file."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self.terms = terms
        self._by_name: dict[str, Term] = {}
        for term in terms:
            for name in term.names():
                self._by_name.setdefault(_key(name), term)

    def find(self, word: str) -> Term | None:
        """The term that has ``word`` among its names (upper case, hyphens and plurals apart)."""
        key = _key(word)
        found = self._by_name.get(key)
        if found is None and key.endswith("s"):
            found = self._by_name.get(key[:-1]) or self._by_name.get(key.removesuffix("es"))
        return found

    def search(self, word: str) -> list[Term]:
        """Terms with ``word`` in a name: first those called so, then those that begin with it."""
        key = _key(word)
        if not key:
            return list(self.terms)

        def rank(term: Term) -> int:
            names = [_key(name) for name in term.names()]
            if key in names:
                return 0
            if any(name.startswith(key) for name in names):
                return 1
            return 2 if any(key in name for name in names) else 3

        ranked = sorted(((rank(t), i, t) for i, t in enumerate(self.terms)), key=lambda r: r[:2])
        return [term for order, _, term in ranked if order < 3]


def read_glossary(file: Path) -> Glossary:
    """The glossary in ``file``."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return Glossary(
        tuple(
            Term(
                id=t["id"],
                en=t["en"],
                zh=t["zh"],
                definitions={"en": t["definition_en"], "zh": t["definition_zh"]},
                aliases=tuple(t.get("aliases", ())),
            )
            for t in content["term"]
        )
    )


@cache
def the_glossary() -> Glossary:
    """The course's glossary."""
    return read_glossary(lessons_root() / "glossary.toml")


def _key(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())
