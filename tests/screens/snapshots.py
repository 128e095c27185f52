"""Screens kept as text files, to be read and compared.

    TUIEXPLAIN_REWRITE_SNAPSHOTS=1 python -m pytest tests/screens/test_snapshots.py

writes them anew; what changed is then in the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from rich.cells import cell_len

from tuiexplain.course.languages import texts
from tuiexplain.course.markup import UNKNOWN

FOLDER = Path(__file__).with_name("snapshots")
REWRITE = "TUIEXPLAIN_REWRITE_SNAPSHOTS"

_KEY = re.compile(r"\b(?:" + "|".join({key.split(".")[0] for key in texts("en")}) + r")\.[a-z]\w+")


def check_screen(text: str, size: tuple[int, int]) -> None:
    """What holds for every screen: nothing too wide, nothing unknown, no key in place of a text."""
    lines = text.splitlines()
    assert len(lines) == size[1]
    assert [line for line in lines if cell_len(line) > size[0]] == []
    assert UNKNOWN not in text
    keys = [key for key in _KEY.findall(text) if key in texts("en")]
    assert keys == [], "keys of texts in place of texts"


def check_snapshot(name: str, text: str, size: tuple[int, int], folder: Path = FOLDER) -> None:
    """Compare a screen with the file of that name, or write the file anew."""
    check_screen(text, size)
    file = folder / f"{name}.txt"
    if os.environ.get(REWRITE):
        folder.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file} is missing: {REWRITE}=1 writes it"
    kept = file.read_text(encoding="utf-8")
    if text != kept:
        pairs = zip(kept.splitlines(), text.splitlines(), strict=False)
        changed = "\n".join(f"- {a}\n+ {b}" for a, b in pairs if a != b)
        raise AssertionError(f"{file.name} (if it is meant so: {REWRITE}=1):\n{changed}")
