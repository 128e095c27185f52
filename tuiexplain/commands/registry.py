"""The registry of commands.

A command's name is the name of the action that runs it (``action_NAME`` of a screen or of the
application) and the key of its words in the interface languages: ``command.NAME`` is what the
footer says, ``command.NAME.help`` what the help page and the palette say.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Place(StrEnum):
    """Where a command works."""

    LESSON = "lesson"
    MAP = "map"
    PRACTICE = "practice"
    PLAY = "play"
    CHAT = "chat"
    APP = "app"


class Group(StrEnum):
    """The chapters of the help page, in their order."""

    STEP = "step"
    LOOK = "look"
    CHANGE = "change"
    TRAIN = "train"
    LEARN = "learn"
    APP = "app"


class Command(NamedTuple):
    """Something a person can do. ``footer`` is its rank in the footer (1 is first; 0: not there).

    ``keys`` are Textual's names of the keys, the one to show first; ``shown`` is how that is drawn.
    With ``takes_key`` the action is told which of the keys was pressed.
    """

    name: str
    keys: tuple[str, ...]
    shown: str
    group: Group
    place: Place
    footer: int = 0
    takes_key: bool = False
    also: tuple[Place, ...] = ()
    """Other places where it works too."""


S, L, C, T, N, A = Group.STEP, Group.LOOK, Group.CHANGE, Group.TRAIN, Group.LEARN, Group.APP

PRACTISING = (Place.PRACTICE,)
ON_THE_MAP = (Place.MAP,)
PLAYING = (Place.PLAY,)

ARROWS_AND_PAGES = ("up", "down", "pageup", "pagedown", "home", "end")

COMMANDS: tuple[Command, ...] = (
    Command("next_event", ("n", "pagedown"), "n", S, Place.LESSON, 1, also=PRACTISING),
    Command("previous_event", ("p", "pageup"), "p", S, Place.LESSON, 2, also=PRACTISING),
    Command("next_stop", ("right_square_bracket",), "]", S, Place.LESSON),
    Command("previous_stop", ("left_square_bracket",), "[", S, Place.LESSON),
    Command("zoom_in", ("z",), "z", S, Place.LESSON),
    Command("zoom_out", ("Z",), "Z", S, Place.LESSON),
    Command("first_event", ("home",), "Home", S, Place.LESSON),
    Command("last_event", ("end",), "End", S, Place.LESSON),
    Command("go_to", ("g",), "g", S, Place.LESSON, 12, also=ON_THE_MAP),
    Command("play", ("space",), "␣", S, Place.LESSON, 11, also=PLAYING),
    Command("faster", ("plus", "equals_sign"), "+", S, Place.LESSON),
    Command("slower", ("minus",), "-", S, Place.LESSON),
    Command("why", ("enter",), "⏎", L, Place.LESSON, 3),
    Command("back", ("escape",), "Esc", L, Place.LESSON, also=PLAYING),
    Command("next_picture", ("tab",), "Tab", L, Place.LESSON, also=PLAYING),
    Command("previous_picture", ("shift+tab",), "⇧Tab", L, Place.LESSON, also=PLAYING),
    Command(
        "move", ("left", "right", "up", "down"), "←→↑↓", L, Place.LESSON, 0, True, also=PLAYING
    ),
    Command("code", ("c",), "c", L, Place.LESSON, 7),
    Command("picture", ("v",), "v", L, Place.LESSON, 13, also=PLAYING),
    Command("axis", ("X",), "X", L, Place.LESSON),
    Command("edit", ("e",), "e", C, Place.LESSON, 4, also=PLAYING),
    Command("paint", ("i",), "i", C, Place.LESSON),
    Command("lay_image", ("I",), "I", C, Place.LESSON),
    Command("undo", ("u",), "u", C, Place.LESSON, also=PLAYING),
    Command("dials", ("d",), "d", C, Place.LESSON, 6, also=PLAYING),
    Command("reset", ("D",), "D", C, Place.LESSON),
    Command("fork", ("f",), "f", C, Place.LESSON, also=PLAYING),
    Command("race", ("V",), "V", T, Place.LESSON, also=PLAYING),
    Command("train", ("t",), "t", T, Place.LESSON, 5, also=PLAYING),
    Command("rewind", ("r",), "r", T, Place.LESSON, also=PLAYING),
    Command("new_seed", ("R",), "R", T, Place.LESSON, also=(Place.PRACTICE, Place.PLAY)),
    Command("answer", ("a",), "a", N, Place.LESSON, also=PRACTISING),
    Command("choose", tuple("1234567890"), "1-9", N, Place.LESSON, 0, True, PRACTISING),
    Command("skip", ("s",), "s", N, Place.LESSON, also=PRACTISING),
    Command("hint", ("h",), "h", N, Place.LESSON, also=PRACTISING),
    Command("next_part", ("full_stop",), ".", N, Place.LESSON),
    Command("previous_part", ("comma",), ",", N, Place.LESSON),
    Command("explore", ("o",), "o", C, Place.LESSON),
    Command("practise", ("w",), "w", N, Place.LESSON, 16),
    Command("challenge", ("C",), "C", N, Place.LESSON, 17, also=ON_THE_MAP),
    Command("submit", ("enter",), "⏎", N, Place.PRACTICE, 1),
    Command("scroll", ("up", "down"), "↑↓", N, Place.PRACTICE, 0, True),
    Command("leave", ("escape",), "Esc", N, Place.PRACTICE, 3, also=(Place.CHAT,)),
    Command("bookmark", ("b",), "b", N, Place.LESSON),
    Command("bookmarks", ("B",), "B", N, Place.LESSON, also=ON_THE_MAP),
    Command("glossary", ("G",), "G", N, Place.LESSON, 15, also=(Place.MAP, Place.PLAY)),
    Command("open_lesson", ("enter",), "⏎", N, Place.MAP, 1),
    Command(
        "choose_lesson",
        ("up", "down", "pageup", "pagedown", "home", "end"),
        "↑↓",
        N,
        Place.MAP,
        2,
        True,
    ),
    Command("visit", ("a",), "a", T, Place.MAP),
    Command("chat", ("K",), "K", T, Place.LESSON),
    Command("say", ("enter", "e"), "⏎", N, Place.CHAT, 1),
    Command("token", ("left", "right"), "←→", L, Place.CHAT, 2, True),
    Command("layer", ("up", "down"), "↑↓", L, Place.CHAT, 5, True),
    Command("playground", ("p",), "p", T, Place.MAP, 3),
    Command("step_on", ("n", "pagedown"), "n", S, Place.PLAY, 2),
    Command("step_off", ("p", "pageup"), "p", S, Place.PLAY, 3),
    Command("next_epoch", ("right_square_bracket",), "]", S, Place.PLAY),
    Command("previous_epoch", ("left_square_bracket",), "[", S, Place.PLAY),
    Command("first_step", ("home",), "Home", S, Place.PLAY),
    Command("last_step", ("end",), "End", S, Place.PLAY),
    Command("to_step", ("g",), "g", S, Place.PLAY),
    Command("pace_up", ("greater_than_sign",), ">", T, Place.PLAY),
    Command("pace_down", ("less_than_sign",), "<", T, Place.PLAY),
    Command("add_unit", ("plus", "equals_sign"), "+", C, Place.PLAY),
    Command("remove_unit", ("minus",), "-", C, Place.PLAY),
    Command("add_layer", ("a",), "a", C, Place.PLAY),
    Command("remove_layer", ("A",), "A", C, Place.PLAY),
    Command("feature", ("o",), "o", C, Place.PLAY),
    Command("leave_out", ("l",), "l", C, Place.PLAY),
    Command("backward_pass", ("b",), "b", L, Place.PLAY),
    Command("discrete", ("i",), "i", L, Place.PLAY),
    Command("test_points", ("h",), "h", L, Place.PLAY),
    Command("axes", ("X",), "X", L, Place.PLAY),
    Command("reset_dial", ("0",), "0", C, Place.PLAY),
    Command("enter_step", ("enter",), "⏎", S, Place.PLAY, 4),
    Command("sweep", ("s",), "s", T, Place.PLAY),
    Command("stop_at", ("S",), "S", T, Place.PLAY),
    Command("alone", ("F",), "F", T, Place.PLAY),
    Command("difference", ("k",), "k", L, Place.PLAY),
    Command("course_map", ("m",), "m", A, Place.LESSON, 10, also=PLAYING),
    Command("language", ("L",), "L", A, Place.APP, 14),
    Command("theme", ("T",), "T", A, Place.APP),
    Command("export", ("x",), "x", A, Place.LESSON, also=PLAYING),
    Command("report", ("E",), "E", A, Place.LESSON),
    Command("columns", ("P",), "P", L, Place.PLAY),
    Command("share", ("E",), "E", A, Place.PLAY),
    Command("copy", ("y",), "y", A, Place.LESSON, also=PLAYING),
    Command("command_palette", ("ctrl+p",), "^p", A, Place.APP),
    Command("help", ("question_mark",), "?", A, Place.APP, 8),
    Command("quit", ("q", "ctrl+c"), "q", A, Place.APP, 9),
)


def commands_for(place: Place) -> list[Command]:
    """The commands that work at ``place``: its own and the application's."""
    return [c for c in COMMANDS if works(c, place)]


def works(command: Command, place: Place) -> bool:
    """Whether a command works at ``place``."""
    return command.place is Place.APP or place in (command.place, *command.also)


def bindings(place: Place) -> list[BindingType]:
    """Textual's bindings of the commands that belong to ``place``, not to the application."""
    return [
        Binding(key, f"{c.name}('{key}')" if c.takes_key else c.name, c.name, show=False)
        for c in COMMANDS
        if place in (c.place, *c.also)
        for key in c.keys
    ]
