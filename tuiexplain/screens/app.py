"""The application: settings, progress, themes, and the way between its screens."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.actions import ActionParseResult
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from tuiexplain.commands import Place, bindings
from tuiexplain.course.config import Config, read_config
from tuiexplain.course.errors import CourseError
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lab_words import sentence
from tuiexplain.course.languages import LANGUAGES, best_language, tr
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.places import state_folder
from tuiexplain.course.session import Session
from tuiexplain.course.text import is_wide, wrap
from tuiexplain.lab.errors import LabError
from tuiexplain.screens.export import save_screen
from tuiexplain.screens.giving_back import give_back
from tuiexplain.screens.remembering import Remembering
from tuiexplain.screens.themes import DEFAULT, THEMES, look_of
from tuiexplain.terminal.colour import WORDS, Colour, detect_colour
from tuiexplain.terminal.guard import run_guarded
from tuiexplain.terminal.locale import Glyphs, detect_glyphs
from tuiexplain.terminal.look import apply_colour, apply_glyphs
from tuiexplain.terminal.options import AppOptions
from tuiexplain.views.look import Look
from tuiexplain.views.text import clean
from tuiexplain.widgets.prompt import Answer

if TYPE_CHECKING:
    from textual.command import Provider

    from tuiexplain.play.design import Design
    from tuiexplain.play.play import Play
    from tuiexplain.play.sharing.text import Story
    from tuiexplain.screens.teaching import Notes

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
TOAST = 60
"""Columns of a notification, where half the screen has as many."""
AT_REST = 0.2
"""Seconds after which the map is drawn and the screen before it is gone."""


def _palette() -> type[Provider]:
    """What the palette offers; imported when it is first opened, for it is much."""
    from tuiexplain.screens.palette import Palette

    return Palette


class TuiExplain(Remembering):
    """See inside a neural network."""

    TITLE = "tuiexplain"
    COMMANDS: ClassVar = {_palette}
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.APP)
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "lesson/lesson.tcss", "play/play.tcss"]

    def __init__(self, options: AppOptions, config: Config | None = None) -> None:
        super().__init__()
        config = config or Config()
        self.options = options
        for theme in THEMES:
            self.register_theme(theme)
        wanted = options.theme or config.theme or self.progress.setting("theme")
        self.theme = wanted if wanted in self.available_themes else DEFAULT
        apply_colour(self, _colour(config) if options.colour is None else options.colour)
        ascii_only = options.ascii if options.ascii is not None else config.ascii
        apply_glyphs(self, Glyphs.ASCII if ascii_only else detect_glyphs(os.environ))
        self.languages = ("en",) if self.glyphs is Glyphs.ASCII else tuple(LANGUAGES)
        """What this terminal can show."""
        wanted = options.language or config.language or self.progress.setting("language")
        best = best_language(wanted)
        self.language = best if best in self.languages else self.languages[0]
        self.speed = config.speed or 1.0
        moving = options.animation if options.animation is not None else config.animation
        if moving is False:
            self.animation_level = "none"
        self._played: Play | None = None
        """The playground's run, for who comes back to it."""

    # -- look ------------------------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """Colours and characters for the views."""
        return look_of(self.current_theme, self.colour, self.glyphs)

    def refresh_css(self, animate: bool = True) -> None:
        """Work the style sheets out again; before there is a screen, once is enough: with it."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def redraw(self) -> None:
        """Draw the current screen again, in another language or theme."""
        show = getattr(self.screen, "show", None)
        if show is not None:
            show()

    # -- the way between screens -----------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """Begin with the lesson that was asked for, or with the course map."""
        session = None
        if self.options.chat is not None:
            from tuiexplain.course.talk import Chat
            from tuiexplain.screens.chat.screen import ChatScreen

            talk = ChatScreen(Chat(self.options.chat))
            talk._push_result_callback(talk, None)
            return talk
        if self.options.play is not None:
            screen = self._play_screen(self.options.play)
            screen._push_result_callback(screen, None)  # as below
            return screen
        if self.options.visit is not None:
            session = self.options.visit()
        elif self.options.lesson is not None:
            session = self._session_of(self.options.lesson, self.options.part)
        anew = self.options.part is not None or self.options.visit is not None
        screen = self._lesson_screen(session, anew=anew) if session else self._course_map()
        screen._push_result_callback(screen, None)  # Textual forgets it; switch_screen takes it off
        return screen

    def on_key(self, event: events.Key) -> None:
        """A key that nobody took is an answer's where one has just begun to be typed."""
        if isinstance(self.focused, Answer):
            self.focused.catch_up(event)

    def on_mount(self) -> None:
        """Tell what there is to be told of the learner's record."""
        if self.progress.notice is not None:
            self.notify(
                self.progress.notice.sentence(self.language), severity="warning", markup=False
            )

    def on_ready(self) -> None:
        """Look for garbage from now on, but not among what is there from the start."""
        gc.freeze()
        gc.enable()
        self.call_later(self._beacon.light)

    def open_lesson(self, name: str, go: Callable[[Session], None] | None = None) -> None:
        """Go into a lesson: where ``go`` leads, or where the learner was last."""
        session = self._session_of(name, go=go)
        if session is not None:
            self.switch_screen(self._lesson_screen(session, anew=go is not None))

    def forget(self) -> None:
        """A session that is not of the course was left; where it was is not kept."""
        self._session = self._exploring = None

    def visit_run(self) -> None:
        """Watch the run that `tuiexplain train` started last in another terminal."""
        from tuiexplain.course.lab_visit import visit
        from tuiexplain.course.lab_words import sentence
        from tuiexplain.lab.attached import attach
        from tuiexplain.lab.errors import LabError

        try:
            session = visit(attach())
        except LabError as error:
            self.notify(clean(sentence(error, self.language)), severity="warning", markup=False)
            return
        self.switch_screen(self._lesson_screen(session, anew=True))

    def open_playground(self) -> None:
        """A network of one's own on data of one's own; the run that was left, if there is one."""
        from tuiexplain.play.design import Design

        self.switch_screen(self._play_screen(self._played or Design()))

    def _play_screen(self, wanted: Design | Story | Play) -> Screen[None]:
        from tuiexplain.play.design import Design
        from tuiexplain.play.play import Play
        from tuiexplain.screens.play.screen import PlayScreen

        if isinstance(wanted, Play):
            self._played = wanted
        elif isinstance(wanted, Design):
            self._played = Play(wanted)
        else:
            self._played = Play.told(wanted.segments, wanted.length)
        return PlayScreen(self._played)

    @property
    def studying(self) -> bool:
        """Whether a lesson is open."""
        return self._session is not None

    def switch_lesson(self, name: str, go: Callable[[Session], None] | None = None) -> None:
        """From the lesson that is open, if any, into another."""
        if self.studying:
            self.open_map()
        self.open_lesson(name, go)

    def open_map(self) -> None:
        """Back to the course map."""
        self.save_progress()
        self.forget()
        while len(self.screen_stack) > 1:  # a step that was entered lies over the playground
            self.pop_screen()
        self.switch_screen(self._course_map())
        self.set_timer(AT_REST, give_back)

    def _session_of(
        self, name: str, part: str | None = None, go: Callable[[Session], None] | None = None
    ) -> Session | None:
        """A lesson where the learner was last; ``None``, and a message, if it cannot be opened."""
        try:
            session = Session(open_lesson(name, self.language))
            self._resume(session)
            if part is not None:
                session.open_part(
                    [p.id for p in session.lesson.parts].index(session.lesson.part(part).id)
                )
            if go is not None:
                go(session)
            session.bench  # noqa: B018 - a fault of the lesson shows itself here
        except CourseError as error:
            self.tell_fault(error)
            return None
        return session

    def _notes(self, language: str) -> Notes | None:
        """What a teacher who follows is told; nothing while no lesson is open."""
        from tuiexplain.screens.teaching import notes

        desk = next((s.desk for s in self.screen_stack if hasattr(s, "desk")), None)
        return None if desk is None else notes(desk, language)

    def on_unmount(self) -> None:
        """Let nobody follow any more."""
        self._beacon.put_out()

    def _lesson_screen(self, session: Session, *, anew: bool = False) -> Screen[None]:
        """A lesson's screen, with what was being tried out in it unless it is entered ``anew``."""
        from tuiexplain.screens.lesson.screen import LessonScreen

        self._session, self._exploring = session, None
        screen = LessonScreen(session)
        kept = None if anew else self.progress.exploring(session.lesson.id)
        if kept is not None:
            copy = session.explore()
            copy.resume(kept.place)
            copy.edit_again(kept.edits)
            screen.try_out(copy)
            self._exploring = copy
        return screen

    def watches(self, lesson: Lesson) -> bool:
        """Whether a lesson is loaded again when its files are edited: one's own always is."""
        own = not lesson.folder.is_relative_to(lessons_root().resolve())
        return lesson.edited and (self.options.watch or own)

    def _course_map(self) -> Screen[None]:
        from tuiexplain.screens.course_map import CourseMap

        return CourseMap()

    def on_resize(self, event: events.Resize) -> None:
        """In a window too small for anything, say so; come back when it grows."""
        from tuiexplain.screens.too_small import TooSmall

        width, height = event.size  # the application's own size is still the one before
        small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a window too small for anything, nothing opens."""
        from tuiexplain.screens.too_small import TooSmall

        if action in ("help", "command_palette") and isinstance(self.screen, TooSmall):
            return False
        return super().check_action(action, parameters)

    # -- what is told -----------------------------------------------------------------------------

    def notify(self, message: str, **how: Any) -> None:
        """As Textual has it, with Chinese broken as elsewhere: no line begins with a stop."""
        columns = min(TOAST, self.size.width // 2) - 4  # its frame
        wide = columns > 0 and any(is_wide(c) for c in message)
        super().notify("\n".join(wrap(message, columns)) if wide else message, **how)

    def explain_term(self, word: str) -> None:
        """Show what a term of the glossary means."""
        from tuiexplain.course.glossary import the_glossary

        term = the_glossary().find(word)
        if term is not None:
            other = term.en if self.language == "zh" else term.zh
            title = clean(f"{term.name(self.language)} · {other}")
            self.notify(
                clean(term.definition(self.language)), title=title, timeout=20, markup=False
            )

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action; a fault of the lesson's own program is told, and the course goes on."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except CourseError as error:
            self.tell_fault(error)
            return True

    def tell_fault(self, error: CourseError) -> None:
        """Say what is wrong with a lesson; where it stands stays as it is."""
        told = error.__cause__ if isinstance(error.__cause__, LabError) else error
        text = sentence(told, self.language)
        self.notify(clean(text), severity="error", timeout=20, markup=False)

    async def run_command(self, name: str) -> None:
        """Run a command: the screen's own, or else the application's."""
        owner = self.screen if hasattr(self.screen, f"action_{name}") else self
        await owner.run_action(name)

    # -- commands --------------------------------------------------------------------------------

    def action_language(self) -> None:
        """The next language."""
        at = self.languages.index(self.language) + 1
        self.language = self.languages[at % len(self.languages)]
        self.progress.choose("language", self.language)
        hush = getattr(self.screen, "hush", None)
        if hush is not None:
            hush()  # what stands there was said in the other language
        self.redraw()

    def action_theme(self) -> None:
        """The next theme."""
        names = [t.name for t in THEMES if t.name in self.available_themes]
        names = names or sorted(self.available_themes)
        at = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(at + 1) % len(names)]
        self.progress.choose("theme", self.theme)
        self.call_after_refresh(self.redraw)  # when the style sheet has the new colours

    def action_help(self) -> None:
        """All keys."""
        from tuiexplain.screens.help import Help

        if not isinstance(self.screen, Help):
            self.push_screen(Help())

    async def action_quit(self) -> None:
        """Leave."""
        self.save_progress()
        self.exit()

    def save_screen(self, name: str) -> str:
        """Save what is on the screen as SVG and text; return what to tell."""
        return save_screen(self, name, Path.cwd(), self.language)

    def action_command_palette(self) -> None:
        """Search everything that can be done."""
        from textual.command import CommandPalette

        if not isinstance(self.screen, CommandPalette):
            placeholder = tr("screen.search", self.language)
            self.push_screen(CommandPalette(placeholder=placeholder, id="--command-palette"))


def _colour(config: Config) -> Colour:
    if config.colour is not None:
        return WORDS[config.colour]
    return detect_colour(os.environ)


def run_app(options: AppOptions) -> int:
    """Run the application and return its exit code."""
    config = read_config(options.config)
    app = TuiExplain(options, config)
    mouse = options.mouse if options.mouse is not None else config.mouse is not False
    try:
        return run_guarded(app, mouse=mouse, reports=state_folder() / "faults")
    finally:
        app.progress.close()
