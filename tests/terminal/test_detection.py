"""What is concluded from the environment."""

import pytest

from tuiexplain.course.languages import tr
from tuiexplain.terminal.colour import Colour, detect_colour
from tuiexplain.terminal.locale import Glyphs, detect_glyphs
from tuiexplain.terminal.refusal import why_not


@pytest.mark.parametrize(
    ("environ", "colour"),
    [
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, Colour.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, Colour.EIGHT_BIT),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, Colour.NONE),
        ({}, Colour.NONE),
        ({"TERM": "xterm-mono-m"}, Colour.NONE),
        ({"TERM": "vt100"}, Colour.NONE),
        ({"TERM": "linux"}, Colour.SIXTEEN),
        ({"TERM": "xterm"}, Colour.SIXTEEN),
        ({"TERM": "a-terminal-nobody-knows"}, Colour.SIXTEEN),
        ({"TERM": "xterm-256color"}, Colour.EIGHT_BIT),
        ({"TERM": "tmux-256color"}, Colour.EIGHT_BIT),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor"}, Colour.TRUE),
        ({"TERM": "xterm-kitty"}, Colour.TRUE),
        ({"TERM": "xterm-direct"}, Colour.TRUE),
    ],
)
def test_colour(environ: dict[str, str], colour: Colour) -> None:
    assert detect_colour(environ) is colour


@pytest.mark.parametrize(
    ("environ", "glyphs"),
    [
        ({"LANG": "en_US.UTF-8"}, Glyphs.UNICODE),
        ({"LANG": "zh_CN.utf8"}, Glyphs.UNICODE),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, Glyphs.ASCII),
        ({"LANG": "POSIX"}, Glyphs.ASCII),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, Glyphs.ASCII),  # Python's doing, not the user's
        ({"LANG": "de_DE", "LC_CTYPE": "de_DE.UTF-8@euro"}, Glyphs.UNICODE),
        ({"LANG": "de_DE.ISO-8859-1"}, Glyphs.ASCII),
        ({"LANG": "de_DE"}, Glyphs.ASCII),
        ({"LC_CTYPE": "UTF-8"}, Glyphs.UNICODE),
        ({"LANG": "zh_CN.GB18030"}, Glyphs.ASCII),
        ({"LANG": "xx.no-such-encoding"}, Glyphs.ASCII),
        ({}, Glyphs.UNICODE),
    ],
)
def test_glyphs(environ: dict[str, str], glyphs: Glyphs) -> None:
    assert detect_glyphs(environ) is glyphs


def _why(environ: dict[str, str], language: str = "en", **streams: bool) -> str | None:
    every = {"input_is_tty": True, "output_is_tty": True, "errors_is_tty": True}
    reason = why_not(environ, **(every | streams))
    return None if reason is None else tr(f"refusal.{reason.key}", language, **reason.fields)


def test_a_terminal_is_taken() -> None:
    assert _why({"TERM": "xterm"}) is None


@pytest.mark.parametrize(("language", "word"), [("en", "terminal"), ("zh", "终端")])
@pytest.mark.parametrize("stream", ["input", "output", "errors"])
def test_what_is_no_terminal_is_refused_in_a_sentence(
    stream: str, language: str, word: str
) -> None:
    reason = _why({"TERM": "xterm"}, language, **{f"{stream}_is_tty": False})
    assert reason is not None
    assert word in reason
    assert "tuiexplain show" in reason
    assert "\n" not in reason


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_that_cannot_place_text_is_refused(term: str) -> None:
    reason = _why({"TERM": term})
    assert reason is not None
    assert "TERM" in reason
    assert "tuiexplain show" in reason
