"""The README's table of keys is the registry."""

from pathlib import Path

from tuiexplain.commands.table import markdown

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_has_every_key() -> None:
    assert markdown() in README.read_text(encoding="utf-8"), (
        "put the output of `python -m tuiexplain.commands.table` into README.md"
    )
