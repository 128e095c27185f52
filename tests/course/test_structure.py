"""Reading lesson.toml: each kind of fault, its line and its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.tiny import replace
from tuiexplain.course.errors import LessonFault
from tuiexplain.course.loading import open_folder
from tuiexplain.course.structure import read_structure
from tuiexplain.course.toml_lines import Lines
from tuiexplain.screens.lesson.dialling import turned


def faults(folder: Path) -> list[LessonFault]:
    return read_structure(folder / "lesson.toml")[1]


def test_a_sound_lesson_has_no_fault(folder: Path) -> None:
    spec, found = read_structure(folder / "lesson.toml")
    assert found == []
    assert spec is not None
    (part,) = spec.parts
    assert [s.id for s in part.steps] == ["start", "product", "gradients", "descent"]
    assert part.steps[0].at is None
    assert part.steps[1].at is not None
    assert part.steps[1].at.output == "wx"
    assert part.setup == "line"
    assert spec.shows == "line"
    assert part.runs[0].edits == {"b": 1.0}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('id = "tiny"', "", 1, "'id' is missing"),
        ('id = "tiny"', 'id = "Tiny Lesson"', 1, "is not an id"),
        ("number = 6", 'number = "six"', 2, "'number' is not a whole number"),
        ('status = "complete"', 'status = "done"', 4, "is unknown"),
        ("minutes = 3", "minuts = 3", 5, "'minuts' is not known here"),
        ('twins = ["torch"]', 'twins = ["jax"]', 6, "twin 'jax' is unknown"),
        ('twins = ["torch"]', 'shows = "real"', 6, "no part has the id 'real'"),
        ("train_steps = 2", "train_steps = 0", 10, "'train_steps' is 0"),
        ("default = 0.1", "default = 20", 15, "20 is outside"),
        ("min = 0.001", "min = 0", 16, "begins above 0"),
        ('scale = "log"', 'scale = "curved"', 18, '"curved" is unknown'),
        ('phase = "backward"', 'phase = "back"', 30, '"back" is unknown'),
        ('output = "wx" }', 'output = "wx" }\ncell = ["w"]', 27, "something besides indices"),
        ('at = { phase = "backward" }', "", 28, "does not say at which event"),
        ('before = "gradients"', 'before = "gradient"', 38, "no step of this part has the id"),
        ('kind = "choice"', 'kind = "guess"', 39, '"guess" is unknown'),
        ("answer = 1\n", 'answer = "w"\n', 40, "'answer' is not a whole number"),
        ('expect = "abs(w.grad) > abs(b.grad)"', "", 42, "the proof has no 'expect'"),
        ("value = 41.0", "", 49, "either 'value' or 'range'"),
        ('source = "calc: by hand"', "", 49, "'source' is missing"),
        ("dials = { lr = 0.2 }", "dials = { rate = 0.2 }", 57, "no dial of this part has the id"),
        ('edits = { "b" = 1.0 }', 'edits = { "b" = "one" }', 58, "is not a number"),
        ('id = "product"', 'id = "start"', 25, "is there twice"),
        ("[[part.dial]]", "[[part.dail]]", 13, "'dail' is not known here"),
        ("seed = 7", "seed = ", 11, "not TOML"),
    ],
)
def test_a_fault_of_each_kind(folder: Path, old: str, new: str, line: int, message: str) -> None:
    replace(folder / "lesson.toml", old, new)
    found = faults(folder)
    matching = [f for f in found if message in f.message]
    assert matching, found
    assert matching[0].line == line
    assert matching[0].remedy
    assert str(matching[0]).startswith(f"{folder / 'lesson.toml'}:{line}: ")


def test_loading_a_broken_lesson_is_one_sentence(folder: Path) -> None:
    replace(folder / "lesson.toml", "number = 6", "number = six")
    with pytest.raises(
        LessonFault, match=r"lesson\.toml:2: not TOML: .* \(mend the line\)"
    ) as told:
        open_folder(folder, trusted=True)
    assert "\n" not in str(told.value)


def test_a_missing_or_unreadable_file(tmp_path: Path) -> None:
    (fault,) = read_structure(tmp_path / "lesson.toml")[1]
    assert fault.message == "the file is missing"
    (tmp_path / "lesson.toml").write_bytes(b'id = "\xff"')
    (fault,) = read_structure(tmp_path / "lesson.toml")[1]
    assert "UTF-8" in fault.message


def test_control_characters_are_stripped_on_load(folder: Path) -> None:
    replace(folder / "lesson.toml", 'symbol = "η"', 'symbol = "η\u202e"')
    spec, found = read_structure(folder / "lesson.toml")
    assert found == []
    assert spec is not None
    assert spec.parts[0].dials[0].symbol == "η"


def test_a_dial_with_stops_of_its_own(folder: Path) -> None:
    replace(folder / "lesson.toml", "min = 0.001\nmax = 10", "stops = [0.01, 0.1, 0.119, 0.12]")
    spec, found = read_structure(folder / "lesson.toml")
    assert found == []
    assert spec is not None
    dial = spec.parts[0].dials[0]
    assert (dial.minimum, dial.maximum) == (0.01, 0.12)
    assert turned(dial, 0.1, +1) == 0.119
    assert turned(dial, 0.11, -1) == 0.1
    assert turned(dial, 0.12, +1) == 0.12
    assert turned(dial, 0.5, -1) == 0.12
    replace(folder / "lesson.toml", "0.119, 0.12]", "0.12, 0.119]")
    assert "do not rise" in faults(folder)[0].message


def test_lines_of_nested_tables() -> None:
    lines = Lines(
        "a = 1\n[[p]]\nx = 1\n[[p.s]]\n[[p.s]]\ny = 2\n[p.s.proof]\nz = 3\n[[p]]\n[[p.s]]\n"
    )
    assert lines("a") == 1
    assert lines("p", 0, "x") == 3
    assert lines("p", 0, "s", 1, "y") == 6
    assert lines("p", 0, "s", 1, "proof", "z") == 8
    assert lines("p", 1, "s", 0) == 10
    assert lines("p", 1, "s", 0, "missing") == 10
    assert lines("nowhere") == 1
