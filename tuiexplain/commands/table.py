"""The registry as a table in Markdown: ``python -m tuiexplain.commands.table`` prints the README's."""

from __future__ import annotations

from tuiexplain.commands.registry import COMMANDS, Place
from tuiexplain.course.languages import tr


def markdown(language: str = "en") -> str:
    """A row for each command, in the order of the help page."""
    rows = ["| key | does |", "|---|---|"]
    for command in COMMANDS:
        text = tr(f"command_help.{command.name}", language)
        if command.place is Place.MAP:
            text = f"{tr('screen.on_the_map', language)} {text}"
        elif command.place is Place.PRACTICE:
            text = f"{tr('screen.when_practising', language)} {text}"
        elif command.place is Place.CHAT:
            text = f"{tr('screen.when_talking', language)} {text}"
        elif command.place is Place.PLAY:
            text = f"{tr('screen.when_playing', language)} {text}"
        rows.append(f"| `{command.shown}` | {text} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(markdown())
