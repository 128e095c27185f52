"""Whether translations are of the English that stands there now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tuiexplain.course.errors import LessonFault
from tuiexplain.course.prose import Prose, read_prose

SOURCE = "en"


def stale_blocks(source: Prose, translation: Prose) -> Iterator[LessonFault]:
    """A fault for each block whose source was changed after it was translated."""
    fingerprints = {block.id: block.fingerprint for block in source.all()}
    stale = translation.stale(source)
    for block in translation.all():
        if block.id in stale:
            what = f"the translation of '{block.id}'" if block.id else "the translated title"
            was = "says nothing of" if block.of is None else "is not of the latest"
            remedy = f"compare it with {SOURCE}.md, then end the heading in "
            remedy += f"<!-- of {fingerprints[block.id]} -->"
            yield LessonFault(translation.file, block.line, f"{what} {was} English text", remedy)


def refresh(folder: Path, language: str = "zh") -> None:
    """Write the fingerprints of the English blocks into the headings of a translation."""
    source, _ = read_prose(folder / f"{SOURCE}.md", SOURCE)
    fingerprints = {block.id: block.fingerprint for block in source.all()}
    file = folder / f"{language}.md"
    lines = file.read_text(encoding="utf-8").splitlines()
    translation, _ = read_prose(file, language)
    for block in translation.all():
        if block.id in fingerprints:
            heading = re.sub(r"\s*<!--.*?-->\s*$", "", lines[block.line - 1])
            lines[block.line - 1] = f"{heading} <!-- of {fingerprints[block.id]} -->"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
