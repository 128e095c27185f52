"""Telling Textual what the terminal can show: how many colours, and which characters."""

from collections.abc import Sequence

from rich.color import ColorSystem
from textual.app import App
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import Theme

from tuiexplain.terminal.colour import Colour
from tuiexplain.terminal.filters import InAscii, WithoutColour
from tuiexplain.terminal.locale import Glyphs

_SYSTEMS = {
    Colour.NONE: ColorSystem.STANDARD,  # nothing is left of it, see WithoutColour
    Colour.SIXTEEN: ColorSystem.STANDARD,
    Colour.EIGHT_BIT: ColorSystem.EIGHT_BIT,
    Colour.TRUE: ColorSystem.TRUECOLOR,
}


class TerminalLook(App[None]):
    """An application that shows what the terminal can show, and no more.

    Textual looks at COLORTERM and TERM by itself, but turns NO_COLOR into
    24-bit greys and sends Unicode whatever the locale; both are put right here.
    """

    DEFAULT_CSS = """
    OptionList:nocolor > .option-list--option-highlighted { text-style: reverse; }
    ListView:nocolor > ListItem.-highlight { text-style: reverse; }
    DataTable:nocolor > .datatable--cursor { text-style: reverse; }
    Button:nocolor:focus { text-style: reverse bold; }
    Tab:nocolor.-active { text-style: reverse; }
    """

    colour: Colour = Colour.TRUE
    """How many colours the terminal shows; views ask for it."""
    glyphs: Glyphs = Glyphs.UNICODE
    """Which characters the terminal shows; views ask for it."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, with ours in place of those it has for NO_COLOR."""
        filters = [
            each
            for each in super().get_line_filters()
            if not isinstance(each, Monochrome | NoColor)
        ]
        if self.colour is Colour.NONE:
            filters.append(WithoutColour())
        if self.glyphs is Glyphs.ASCII:
            filters.append(InAscii())
        return filters

    @property
    def available_themes(self) -> dict[str, Theme]:
        """The themes that suit this terminal: up to 16 colours, those made of its own."""
        themes = super().available_themes
        if self.colour > Colour.SIXTEEN:
            return themes
        return {name: theme for name, theme in themes.items() if theme.ansi}


def apply_colour(app: TerminalLook, colour: Colour) -> None:
    """Let the application send at most these colours, and with NONE not one sequence.

    Call it before `run`; a theme chosen afterwards must be of `app.available_themes`.
    """
    dark = app.current_theme.dark
    app.colour = colour
    app.no_color = colour is Colour.NONE  # the CSS pseudo-class :nocolor
    app.console._color_system = _SYSTEMS[colour]
    if app.theme not in app.available_themes:
        app.theme = "ansi-dark" if dark else "ansi-light"


def apply_glyphs(app: TerminalLook, glyphs: Glyphs) -> None:
    """Let the application send these characters only."""
    app.glyphs = glyphs
