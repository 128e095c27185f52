"""A lesson that its author edits while it is open, and one whose program misbehaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course import tiny
from tests.screens.learner import learning
from tuiexplain.course import bounds, trust


@pytest.fixture
def folder(tmp_path: Path, home: Path) -> Path:
    """A lesson of one's own."""
    folder = tiny.write(tmp_path / "06-tiny")
    trust.trust(folder)
    return folder


async def test_an_edit_is_shown_at_the_same_step(folder: Path) -> None:
    async with learning(str(folder)) as learner:
        await learner.press("n")
        assert "Each x times w" in learner.words
        place = learner.where
        tiny.replace(folder / "en.md", "Each x times w", "Every x, multiplied by w")
        await learner.until(lambda: "Every x, multiplied by w" in learner.words)
        assert learner.where == place
        tiny.replace(folder / "network.py", "wx = self.w * x", "wz = self.w * x")
        tiny.replace(folder / "network.py", "y = wx + self.b", "y = wz + self.b")
        tiny.replace(folder / "lesson.toml", 'output = "wx"', 'output = "wz"')
        await learner.until(lambda: "wz" in learner.pane("board"))
        assert learner.where == place


async def test_an_edit_that_breaks_the_lesson_loses_nothing(folder: Path) -> None:
    async with learning(str(folder)) as learner:
        await learner.press("n")
        tiny.replace(folder / "network.py", "def line(dials):", "def line(dials:")
        await learner.until(lambda: "network.py:29: not Python" in " ".join(learner.toasts.split()))
        assert "Each x times w" in learner.words
        await learner.press("n", "p")
        tiny.replace(folder / "network.py", "def line(dials:", "def line(dials):")
        await learner.until(lambda: "edited" in learner.message)


async def test_the_course_itself_is_not_watched_unasked() -> None:
    async with learning("1") as learner:
        assert not learner.app.watches(learner.session.lesson)
    async with learning("1", watch=True) as learner:
        assert learner.app.watches(learner.session.lesson)


async def test_a_loop_without_end_is_stopped_and_the_course_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds.bounds, "seconds", 0.3)
    tiny.replace(
        folder / "network.py",
        "    net = Line()\n",
        '    while dials["lr"] > 0.5:\n        pass\n    net = Line()\n',
    )
    async with learning(str(folder)) as learner:
        before = dict(learner.bench.settings)
        await learner.press("d", "right", times=1)
        for _ in range(8):
            await learner.press("right")
        assert "runs for more than 0.3 s" in " ".join(learner.toasts.split())
        assert learner.bench.settings["lr"] <= 0.5
        assert learner.bench.settings != before
        await learner.press("escape", "n")
        assert "Each x times w" in learner.words


async def test_an_array_without_bounds_is_refused(folder: Path) -> None:
    tiny.replace(
        folder / "network.py",
        "    net = Line()\n",
        "    tensor([0.0] * 10**10)\n    net = Line()\n",
    )
    async with learning(str(folder)) as learner:
        assert "more memory than there is for a lesson" in " ".join(learner.toasts.split())
        assert learner.app.screen.query("#lessons") or "neuron" in learner.text.lower()
