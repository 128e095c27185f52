"""One registry for keys, footer, help and palette: complete, and without contradictions."""

from __future__ import annotations

import string
from collections import Counter
from pathlib import Path

import pytest
from textual.binding import Binding

import tuiexplain
from tuiexplain.commands import COMMANDS, Place, bindings, commands_for
from tuiexplain.commands.registry import Command, Group
from tuiexplain.course.languages import LANGUAGES, texts
from tuiexplain.screens.app import TuiExplain
from tuiexplain.screens.chat.screen import ChatScreen
from tuiexplain.screens.course_map import CourseMap
from tuiexplain.screens.help import help_page
from tuiexplain.screens.lesson.pictures import footer
from tuiexplain.screens.lesson.screen import LessonScreen
from tuiexplain.screens.play.screen import PlayScreen
from tuiexplain.screens.practice.screen import PracticeScreen
from tuiexplain.views.look import look
from tuiexplain.views.text import width_of

OWNERS = {
    Place.LESSON: LessonScreen,
    Place.MAP: CourseMap,
    Place.PRACTICE: PracticeScreen,
    Place.PLAY: PlayScreen,
    Place.CHAT: ChatScreen,
    Place.APP: TuiExplain,
}

each_command = pytest.mark.parametrize("command", COMMANDS, ids=[c.name for c in COMMANDS])
each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_command
def test_a_command_has_words_in_every_language(command: Command) -> None:
    for language in LANGUAGES:
        told = texts(language)
        assert told[f"command.{command.name}"].strip()
        assert told[f"command_help.{command.name}"].strip()


@each_command
def test_a_command_has_an_action_where_it_works(command: Command) -> None:
    for place in (command.place, *command.also):
        assert callable(getattr(OWNERS[place], f"action_{command.name}", None)), place


@each_command
def test_a_command_has_a_key_and_shows_it(command: Command) -> None:
    assert command.keys
    assert command.shown.strip()
    assert width_of(command.shown) <= 8, "the help page has a column for it"


@pytest.mark.parametrize("place", [Place.LESSON, Place.MAP, Place.PRACTICE, Place.PLAY, Place.CHAT])
def test_a_key_means_one_thing_in_one_place(place: Place) -> None:
    keys = Counter(key for command in commands_for(place) for key in command.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_names_are_unique() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


def test_no_words_are_left_over() -> None:
    names = {command.name for command in COMMANDS}
    for language in LANGUAGES:
        for table in ("command", "command_help"):
            told = {key.split(".")[1] for key in texts(language) if key.startswith(f"{table}.")}
            assert told == names


@pytest.mark.parametrize("place", list(Place))
def test_every_key_is_bound_to_its_action(place: Place) -> None:
    bound = {b.key: b.action for b in bindings(place) if isinstance(b, Binding)}
    for command in COMMANDS:
        for key in command.keys:
            if place in (command.place, *command.also):
                argument = f"('{key}')" if command.takes_key else ""
                assert bound[key] == command.name + argument
    assert len(bound) == sum(len(c.keys) for c in COMMANDS if place in (c.place, *c.also))


def test_letters_and_digits_that_are_bound_are_shown() -> None:
    for command in COMMANDS:
        first = command.keys[0]
        if first in string.ascii_letters:
            assert command.shown == first


@each_language
@pytest.mark.parametrize("place", [Place.LESSON, Place.MAP, Place.PRACTICE, Place.PLAY, Place.CHAT])
def test_the_footer_shows_as_much_as_fits(place: Place, language: str) -> None:
    drawn = look("dark")
    whole = footer(400, drawn, language, place)
    for command in commands_for(place):
        area = whole.hits.where(("command", command.name))
        assert (area is not None) == bool(command.footer), command.name
    narrow = footer(80, drawn, language, place)
    assert narrow.strips[0].cell_length == 80
    needed = {
        Place.LESSON: ("next_event", "previous_event", "why"),
        Place.MAP: ("open_lesson",),
        Place.PRACTICE: ("submit", "leave"),
        Place.PLAY: ("train", "step_on", "dials"),
        Place.CHAT: ("say", "token", "leave"),
    }[place]
    for name in (*needed, "help", "quit"):
        assert narrow.hits.where(("command", name)) is not None, f"{name} is not in the footer"


@each_language
def test_the_help_page_has_every_command(language: str) -> None:
    page = help_page(72, look("dark"), language)
    text = "".join("".join(strip.text.split()) for strip in page.strips)
    told = texts(language)
    for command in COMMANDS:
        assert "".join(told[f"command_help.{command.name}"].split()) in text
    for group in Group:
        assert "".join(told[f"group.{group}"].split()) in text


@each_language
def test_every_text_that_the_screens_ask_for_is_there(language: str) -> None:
    """Keys that stand in the program as they are."""
    import re

    root = Path(tuiexplain.__file__).parent
    asked = set()
    for file in [*(root / "screens").rglob("*.py"), root / "course" / "workbench.py"]:
        source = file.read_text(encoding="utf-8")
        asked |= set(re.findall(r"tr\(\s*\"([\w.]+)\"", source))
        told = "say|tell" if file.parent.name == "play" else "say|Refused"
        table = "play" if file.parent.name == "play" else "screen"
        for owner, key in re.findall(rf"(view\.)?(?:{told})\(\s*\"(\w+)\"", source):
            asked.add(f"{'lab' if owner else table}.{key}")
    assert len(asked) > 40
    assert asked - set(texts(language)) == set()
