"""Lessons of one's own: scaffolded, trusted, bounded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.course import tiny
from tuiexplain.course import bounds
from tuiexplain.course.check import run_check
from tuiexplain.course.errors import CourseError, LessonFault
from tuiexplain.course.loading import open_folder, open_lesson
from tuiexplain.course.scaffold import new_lesson
from tuiexplain.course.trust import is_trusted, trust


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(folder))
    return folder


def test_a_new_lesson_has_no_fault(tmp_path: Path) -> None:
    folder = new_lesson("my-lesson", tmp_path)
    assert folder.name == "29-my-lesson"
    assert new_lesson("another", tmp_path).name == "30-another"
    assert run_check([folder]).faults == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My lesson", "is no name for a lesson"),
        ("../up", "is no name for a lesson"),
        ("backpropagation", "is called so already"),
        ("41-my-lesson", "is called so already"),
    ],
)
def test_a_name_that_cannot_be_had(name: str, message: str, tmp_path: Path) -> None:
    new_lesson("my-lesson", tmp_path)
    with pytest.raises(CourseError, match=message):
        new_lesson(name, tmp_path)


def test_trust_is_for_a_folder_and_what_lies_in_it(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "06-tiny")
    assert not is_trusted(folder)
    with pytest.raises(CourseError, match="--trust"):
        open_lesson(str(folder))
    trust(tmp_path)
    assert is_trusted(folder)
    assert not is_trusted(tmp_path.parent)
    assert open_lesson(str(folder)).id == "tiny"


def test_a_loop_without_end_is_a_fault_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds.bounds, "seconds", 0.2)
    folder = tiny.write(tmp_path / "06-tiny")
    tiny.replace(folder / "network.py", "    y = net(x)\n", "    while True:\n        pass\n")
    lesson = open_folder(folder, trusted=True)
    run = lesson.part().run()
    with pytest.raises(LessonFault, match=r"network\.py:2\d: it runs for more than 0\.2 s \(look"):
        lesson.guarded(lambda: run.trace_at(0))


def test_a_huge_array_is_a_fault_with_its_line(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "06-tiny")
    tiny.replace(folder / "network.py", "    net = Line()\n", "    tensor([0.0] * 10**10)\n")
    with pytest.raises(LessonFault, match=r"network\.py:30: it asks for more memory"):
        open_folder(folder, trusted=True).part().run()


def test_prereqs_that_lead_in_a_circle(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "01-neuron")
    structure = folder / "lesson.toml"
    tiny.replace(structure, 'id = "tiny"\nnumber = 6', 'id = "neuron"\nnumber = 1')
    tiny.replace(structure, "minutes = 3", 'minutes = 3\nprereqs = ["backpropagation"]')
    told = " ".join(str(fault) for fault in run_check([folder]).faults)
    assert re.search(r"lesson\.toml:6: the lesson comes before itself: neuron → .* → neuron", told)


def test_a_translation_behind_its_source_is_marked(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "06-tiny")
    tiny.replace(folder / "en.md", "Each x times w", "Every x times w")
    lesson = open_folder(folder, trusted=True)
    assert lesson.is_stale("product", "zh")
    assert not lesson.is_stale("descent", "zh")
    assert not lesson.is_stale("product", "en")
