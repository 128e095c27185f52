"""Marks in a twin: which of its lines belongs to which event."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tuiexplain.course.check.twins import Twin
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder
from tuiexplain.course.marks import marked_line, marks


@pytest.fixture(scope="module")
def lesson_09() -> Lesson:
    return open_folder(lessons_root() / "09-frameworks")


def test_a_mark_names_what_its_line_computes() -> None:
    text = "a = f(x)  # -> z1, h\nb = 2  # not a mark\nfit(  # -> backward,update\nc  #->z1\n"
    assert marks(text) == {"z1": 1, "h": 1, "backward": 3, "update": 3}


def test_every_event_of_a_step_belongs_to_a_line_of_keras(lesson_09: Lesson) -> None:
    source = lesson_09.source("keras_twin.py")
    marked = marks(source)
    lines = source.splitlines()
    trace = lesson_09.part("penguins").run().trace_at(0)
    found = {}
    for event in trace.events:
        line = marked_line(marked, event, trace)
        assert line is not None, trace.formula(event)
        found[trace.values[event.output].name] = lines[line - 1].strip()
    assert found["z1"].startswith("hidden = Dense(10")
    assert found["W1.grad"] == found["b1.grad"] == found["z1"]
    assert found["y"].startswith("output = Dense(1)")
    assert found["W2.grad"] == found["y"]
    assert found["loss"].startswith('loss="mse"')
    assert found["y.grad"] == found["loss"]
    assert found["loss.grad"] == found["W1'"] == "return model.fit(  # -> backward, update"


def test_a_mark_that_names_nothing_is_a_fault(lesson_09: Lesson, tmp_path: Path) -> None:
    folder = shutil.copytree(lesson_09.folder, tmp_path / "lessons" / lesson_09.folder.name)
    shutil.copytree(lesson_09.folder.parent / "data", tmp_path / "lessons" / "data")
    twin = folder / "keras_twin.py"
    text = twin.read_text(encoding="utf-8").replace("# -> z1, h", "# -> z7, h")
    twin.write_text(text, encoding="utf-8")
    (fault,) = Twin(open_folder(folder, trusted=True)).marks()
    assert fault.file.endswith("keras_twin.py")
    assert "z7" in fault.message
