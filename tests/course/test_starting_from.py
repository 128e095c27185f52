"""A run of a lesson that starts from another: the course's base, or what a lesson has kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tuiexplain.course.bench import Refused
from tuiexplain.course.lab_kept import kept_file
from tuiexplain.course.lab_rest import LabRest
from tuiexplain.course.lab_words import sentence
from tuiexplain.course.lesson import Lesson, Part
from tuiexplain.course.structure import read_structure
from tuiexplain.lab.data.shipped import shipped
from tuiexplain.lab.errors import LabError

LESSON = """
id = "tiny"
number = 1
status = "draft"
minutes = 1
[[part]]
id = "run"
[part.lab]
model = "gpt"
settings = { base = "course", steps = 5 }
bases = { "lesson 23" = "pretrained" }
keeps = "tuned"
[[part.dial]]
id = "base"
default = "course"
choices = ["course", "lesson 23"]
scale = "choice"
[[part.step]]
id = "start"
"""


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Part:
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path / "home"))
    (tmp_path / "lesson.toml").write_text(LESSON)
    spec, faults = read_structure(tmp_path / "lesson.toml")
    assert spec is not None, faults
    return Lesson(spec, tmp_path).parts[0]


def test_it_starts_from_the_course_s_base_and_learns_tasks(part: Part) -> None:
    settings = LabRest(part).lab.settings
    assert (settings.base, settings.steps) == ("course", 5)
    assert (settings.layers, settings.width, settings.context) == (3, 96, 32)
    assert settings.unit == "bytes"
    assert settings.data == str(shipped("instructions.jsonl"))


def test_it_starts_from_what_a_lesson_kept_and_says_where_none_is(part: Part) -> None:
    rest = LabRest(part)
    with pytest.raises(Refused) as refused:
        rest.turn("base", "lesson 23")
    assert refused.value.key == "lab_none_kept"
    assert rest.settings["base"] == "course"
    assert LabRest(part, {"base": "lesson 23"}).settings["base"] == "course"  # it is gone
    file = kept_file("pretrained")
    file.parent.mkdir(parents=True)
    shutil.copy(shipped("base.safetensors"), file)
    rest.turn("base", "lesson 23")
    assert rest.lab.settings.base == str(file)


def test_a_file_of_tasks_of_ones_own(part: Part, tmp_path: Path) -> None:
    rest = LabRest(part)
    file = tmp_path / "mine.jsonl"
    tasks = [{"prompt": f"say {n}", "answer": str(n)} for n in range(4)]
    file.write_text("\n".join(json.dumps(task) for task in tasks))
    assert rest.take_file(file) == ("tasks_taken", 4)
    assert rest.lab.settings.data == str(file)
    for line, told in (
        ('{"prompt": "a"}', "mine.jsonl:2：缺少 answer；请写成"),
        ('{"prompt": "a", "answer": ""}', "mine.jsonl:2：answer 是空的，没有东西可学。"),
        (json.dumps({"prompt": "a", "answer": "x" * 99}), "一次只读 32 个"),
        ("a", "mine.jsonl:2：这不是 JSON；"),
    ):
        file.write_text(json.dumps(tasks[0]) + "\n" + line)
        with pytest.raises(LabError) as refused:
            rest.take_file(file)
        assert told in sentence(refused.value, "zh")
        assert "\n" not in sentence(refused.value, "en")
