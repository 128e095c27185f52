"""The application around a lesson: map, help, palette, languages, themes, sizes, files."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.screens.learner import SMALL, Learner, learning
from tuiexplain import screens
from tuiexplain.course import workbench
from tuiexplain.course.course import the_course
from tuiexplain.course.languages import LANGUAGES, texts, tr
from tuiexplain.course.text import width
from tuiexplain.course.walk import Place
from tuiexplain.screens.course_map import CourseMap
from tuiexplain.screens.help import Help
from tuiexplain.screens.lesson.screen import LessonScreen
from tuiexplain.screens.themes import THEMES
from tuiexplain.screens.too_small import TooSmall
from tuiexplain.trace.player import Zoom
from tuiexplain.views.text import width_of


def on(learner: Learner, screen: type) -> bool:
    """Whether this is the screen on top."""
    return isinstance(learner.app.screen, screen)


def number_on_map(lesson: str) -> int:
    """How many lessons are above this one."""
    return [entry.id for entry in the_course().lessons].index(lesson)


# -- the course map --------------------------------------------------------------------------------


async def test_the_map_opens_a_lesson_and_the_lesson_leads_back() -> None:
    async with learning() as learner:
        assert on(learner, CourseMap)
        assert "02 Linear regression" in learner.text
        await learner.press("home", *["down"] * number_on_map("linear-regression"), "enter")
        await learner.until(lambda: on(learner, LessonScreen))
        assert learner.session.lesson.id == "linear-regression"
        await learner.press("m")
        await learner.until(lambda: on(learner, CourseMap))
        await learner.press("home", "end", "up", "down", "pageup", "pagedown")


async def test_every_lesson_is_on_the_map_with_what_it_asks() -> None:
    async with learning(size=(120, 40)) as learner:
        course_map = learner.app.screen
        assert isinstance(course_map, CourseMap)
        await learner.press("home")
        for entry in the_course().lessons:
            assert f"{entry.number:02d} {entry.title('en')}"[:30] in learner.text
            assert entry.question("en").split()[0] in learner.text
            await learner.press("down")


async def test_a_planned_lesson_says_so_and_does_not_open() -> None:
    planned = next((e for e in the_course().lessons if e.folder is None), None)
    if planned is None:
        pytest.skip("every lesson is there")
    async with learning() as learner:
        await learner.press("home", *["down"] * number_on_map(planned.id))
        assert "planned" in learner.text
        await learner.press("enter")
        assert on(learner, CourseMap)
        await learner.until(lambda: "is planned and not there yet" in learner.toasts)


def flat(text: str) -> str:
    """A text without its lines and frames."""
    return " ".join(text.replace("│", " ").replace("▌", " ").split())


async def test_the_map_knows_what_was_begun_and_what_is_done() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("n", "m")
        await learner.until(lambda: on(learner, CourseMap))
        begun = next(line for line in learner.lines if "02 Linear" in line)
        assert learner.app.look.glyphs.current in begun
        for part in ("line", "closed-form", "table"):
            learner.app.progress.finish("linear-regression", part)
        await learner.press("down", "up")
        done = next(line for line in learner.lines if "02 Linear" in line)
        assert learner.app.look.glyphs.done in done


# -- progress --------------------------------------------------------------------------------------


async def test_the_next_session_begins_where_this_one_ended() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 1, 4)
        await learner.press("d", "left", "escape", "Z", "n", "L", "T")
        lr, theme, screen = learner.bench.settings["lr"], learner.app.theme, learner.text
        await learner.press("q")
    async with learning("backpropagation", language=None) as learner:
        assert learner.bench.part.id == "mazur"
        assert learner.bench.place == Place(1, 5)
        assert learner.bench.settings["lr"] == lr
        assert learner.session.zoom is Zoom.PHASE
        assert learner.app.language == "zh"
        assert learner.app.theme == theme
        assert learner.text == screen
    async with learning() as learner:
        course_map = learner.app.screen
        assert isinstance(course_map, CourseMap)
        assert course_map.lessons[course_map.chosen].id == "backpropagation"


async def test_the_place_is_saved_when_the_learner_rests(home: Path) -> None:
    async with learning("backpropagation") as learner:
        await learner.press("n", "n")

        def kept() -> object:
            place = learner.app.progress.last_place("backpropagation")
            return place and place.event == 2

        await learner.until(kept)


async def test_a_damaged_record_is_set_aside_with_a_message(home: Path) -> None:
    async with learning("backpropagation") as learner:
        await learner.press("n")
    file = next(home.glob("*.db")) if list(home.glob("*.db")) else next(home.glob("*.sqlite*"))
    file.write_bytes(b"not a database at all" * 100)
    async with learning("backpropagation") as learner:
        assert learner.bench.place == Place(0, 0)
        await learner.until(lambda: "was damaged" in learner.toasts)
        await learner.press("n", "q")
    assert any(f.read_bytes().startswith(b"not a database") for f in home.iterdir() if f != file)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM place").fetchone() == (1,)


async def test_an_unknown_part_is_said_and_the_map_is_there() -> None:
    async with learning("backpropagation", part="nowhere") as learner:
        assert on(learner, CourseMap)
        await learner.until(lambda: "nowhere" in learner.toasts)


async def test_a_part_is_opened_by_name() -> None:
    async with learning("backpropagation", part="micrograd") as learner:
        assert learner.bench.part.id == "micrograd"


# -- languages and themes --------------------------------------------------------------------------


async def test_the_language_changes_everything_but_the_place() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 7)
        english, where = learner.text, learner.where
        await learner.press("L")
        assert learner.where == where
        for word in ("forward", "back", "step", "training", "why", "edit"):
            assert f" {word} " not in learner.text
        assert tr("phase.backward", "zh") in learner.pane("title") + learner.pane("time")
        await learner.press("L")
        assert learner.text == english
        assert learner.app.progress.setting("language") == "en"


async def test_the_language_changes_on_the_map_too() -> None:
    async with learning() as learner:
        english = learner.text
        await learner.press("L")
        assert learner.text != english
        await learner.press("L")
        assert learner.text == english


async def test_every_theme_shows_the_same_characters() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 9)
        before, seen = learner.text, set()
        for _ in THEMES:
            await learner.press("T")
            assert learner.text == before
            strip = learner.app.screen._compositor.render_strips(learner.app.size)[5]
            seen.add(tuple(segment.style for segment in strip))
        assert len(seen) == len(THEMES), "each looks different"


async def test_ascii_only() -> None:
    async with learning("linear-regression", ascii=True) as learner:
        for keys in ((), ("n", "enter"), ("escape", "escape", "c"), ("c", "v"), ("v", "d"), ("?",)):
            await learner.press(*keys)
            assert learner.text.isascii(), [c for c in learner.text if ord(c) > 127]


# -- sizes -----------------------------------------------------------------------------------------


async def test_a_window_too_small_says_so_and_comes_back() -> None:
    async with learning("backpropagation") as learner:
        await learner.press("n", "n", "n")
        before = learner.text
        await learner.resize(20, 5)
        assert on(learner, TooSmall)
        assert "80 columns and 24 rows" in flat(learner.text) or "80" in learner.text
        await learner.resize(79, 24)
        assert "this window has 79 by 24" in flat(learner.text)
        await learner.press("L")
        assert "80" in learner.text
        assert "columns" not in learner.text
        await learner.press("L")
        await learner.resize(*SMALL)
        assert on(learner, LessonScreen)
        assert learner.text == before
        await learner.press("n")
        assert learner.bench.place == Place(0, 4)


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (79, 60), (200, 23)])
async def test_it_starts_in_a_window_too_small_and_grows(size: tuple[int, int]) -> None:
    async with learning("backpropagation", size=size) as learner:
        await learner.until(lambda: on(learner, TooSmall))
        await learner.resize(*SMALL)
        assert on(learner, LessonScreen)
        assert "Backpropagation" in learner.text


async def test_keys_do_no_harm_in_a_window_too_small() -> None:
    async with learning("backpropagation") as learner:
        await learner.resize(40, 10)
        await learner.press(
            "n", "t", "e", "enter", "?", "T", "L", "escape", "ctrl+p", "escape", "g"
        )
        await learner.resize(*SMALL)
        await learner.until(lambda: on(learner, LessonScreen))
        assert len(learner.app.screen_stack) == 1


@pytest.mark.parametrize("key", ["?", "g", "ctrl+p"])
async def test_what_lies_over_the_lesson_survives_a_small_window(key: str) -> None:
    async with learning("backpropagation") as learner:
        await learner.press(key)
        over = type(learner.app.screen)
        assert over is not LessonScreen
        await learner.resize(40, 10)
        assert on(learner, TooSmall)
        await learner.resize(100, 30)
        assert on(learner, over)
        await learner.press("escape")
        await learner.until(lambda: on(learner, LessonScreen))


async def test_every_size_from_the_least_on_shows_the_whole_lesson() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("n", "n")
        for size in ((80, 24), (107, 33), (108, 34), (119, 60), (160, 44), (159, 43), (240, 70)):
            await learner.resize(*size)
            assert learner.pane("board").strip(), size
            assert learner.pane("words").strip(), size
            assert learner.pane("graph").strip(), size
            assert learner.lines[-1].strip(), "the footer is the last line"


# -- help, palette, files --------------------------------------------------------------------------


async def test_help_shows_every_key_and_closes() -> None:
    async with learning("backpropagation") as learner:
        before = learner.text
        await learner.press("?")
        assert on(learner, Help)
        seen = ""
        for _ in range(12):
            seen += learner.text
            await learner.press("down")
        for group in ("Step", "Look closer", "What if", "Train", "Learn", "Application"):
            assert group in seen
        assert tr("signs.heat", "en")[:30] in flat(seen)
        for key in ("q", "?", "escape", "enter"):
            await learner.until(lambda: on(learner, Help))
            await learner.press(key)
            assert on(learner, LessonScreen)
            assert learner.text == before
            await learner.press("?")


@pytest.mark.parametrize(("typed", "part"), [("next network", "closed-form"), ("rewind", "line")])
async def test_the_palette_runs_a_command(typed: str, part: str) -> None:
    async with learning("linear-regression") as learner:
        await learner.press("n", "ctrl+p", *typed)
        await learner.until(lambda: typed in learner.text)
        await learner.press("enter")
        await learner.until(lambda: on(learner, LessonScreen))
        await learner.until(lambda: learner.bench.place == Place(0, 0))
        assert learner.bench.part.id == part


async def test_the_palette_leads_to_another_lesson() -> None:
    async with learning("linear-regression") as learner:
        await learner.press("ctrl+p", *"backpropa")
        await learner.until(lambda: "06 Backpropagation" in learner.text)
        await learner.press("enter")
        await learner.until(
            lambda: on(learner, LessonScreen) and learner.session.lesson.id == "backpropagation"
        )
        await learner.press("n")
        assert learner.bench.place == Place(0, 1)
        assert "06 Backpropagation" in learner.pane("title")


async def test_what_is_on_the_screen_is_saved_as_picture_and_text() -> None:
    async with learning("backpropagation") as learner:
        await learner.go_to("mazur", 0, 3)
        before = learner.text
        await learner.press("x")
        assert learner.message.startswith("Saved …/backpropagation-")
        (text,) = Path.cwd().glob("backpropagation-*.txt")
        (picture,) = Path.cwd().glob("backpropagation-*.svg")
        assert text.read_text(encoding="utf-8") == before
        svg = picture.read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "0.3775" in svg


async def test_where_nothing_can_be_written_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with learning("backpropagation") as learner:
        monkeypatch.setattr(Path, "write_text", refuse)
        await learner.press("x")
        assert learner.message.startswith("Could not save")
        monkeypatch.undo()


class Usual(dict[str, object]):
    """What stands in the places of a message; a short number where nothing else is said."""

    def __missing__(self, name: str) -> object:
        return 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_fit_their_line(language: str) -> None:
    """Whatever is said at the bottom, at 80 columns, with numbers of the usual length."""
    fields = Usual(
        cell="∂L/∂W1[0,1]",
        number="-0.0001234",
        mark="◆",
        text="0.5x",
        step=1234,
        loss="inf",
        speed="0.25",
        path="…/linear-regression-20250101-120000.svg, .txt",
    )
    source = "".join(
        file.read_text(encoding="utf-8")
        for file in (Path(screens.__file__).parent / "lesson").glob("*.py")
    )
    source += Path(workbench.__file__).read_text(encoding="utf-8")
    said = set(
        re.findall(r"(?:self\.say|Refused|self\._open_part|self\._walk)\([^()]*?\"(\w+)\"", source)
    )
    assert {"edited", "diverged", "forked", "paused", "nothing_to_fork", "last_part"} <= said
    too_long = [
        text
        for key in said
        if width_of(text := texts(language)[f"screen.{key}"].format_map(fields)) > 78
    ]
    assert too_long == []


async def test_a_chinese_notification_begins_no_line_with_a_stop() -> None:
    async with learning("attention", language="zh") as learner:
        told = "要读你自己的话，需要装上带有模型的包：`pip install --no-deps a-model==0.1.0`（84 MB）。"
        learner.app.notify(told, markup=False)
        await learner.until(lambda: learner.toasts)
        lines = learner.toasts.split("\n")
        assert "".join(lines).replace(" ", "") == told.replace(" ", "")
        assert all(width(line) <= 36 and line[0] not in "：，。（" for line in lines)
