"""Parts of lessons that are runs of the lab: their table, and what may be cited of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuiexplain.course.errors import CourseError
from tuiexplain.course.lab_numbers import Trained, parameters
from tuiexplain.course.lesson import Part
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.structure import read_structure
from tuiexplain.course.torch_process import TorchProcess
from tuiexplain.lab.presets import PRESETS, preset

LESSON = """
id = "tiny"
number = 1
status = "draft"
minutes = 1
[[part]]
id = "run"
[part.lab]
model = "gpt"
{table}
[[part.step]]
id = "start"
"""


def faults(tmp_path: Path, table: str) -> list[str]:
    file = tmp_path / "lesson.toml"
    file.write_text(LESSON.format(table=table))
    return [str(fault) for fault in read_structure(file)[1]]


def test_a_table_of_the_lab(tmp_path: Path) -> None:
    assert faults(tmp_path, 'preset = "cpu"\nsettings = { batches = 1 }') == []
    spec, _ = read_structure(tmp_path / "lesson.toml")
    assert spec is not None
    assert spec.parts[0].lab is not None
    assert spec.parts[0].lab.settings == {"batches": 1}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('preset = "huge"', "huge"),
        ('pictures = ["curve", "dreams"]', "no picture 'dreams'"),
        ("settings = { width = 5 }", "width=5 cannot be shared"),
        ("settings = { size = 5 }", "size"),
        ("setings = { lr = 5 }", "'setings' is not known"),
    ],
)
def test_a_slip_in_it_is_told(tmp_path: Path, table: str, told: str) -> None:
    found = faults(tmp_path, table)
    assert len(found) == 1
    assert told in found[0]


def part(name: str) -> Part:
    return open_lesson("pretraining").part(name)


def number(of: Part, text: str) -> float:
    return of.expression(text).number(of.lookup())


def test_what_is_known_before_it_trains() -> None:
    run = part("pretrain")
    assert number(run, "vocabulary") == 80
    assert number(run, "parameters") == 4592
    assert number(run, "width * context") == 16 * 12
    assert number(run, "large.width") == 384


def test_what_only_training_tells_is_not_cited_in_prose() -> None:
    with pytest.raises(CourseError, match="known only when it has trained"):
        number(part("pretrain"), "loss")
    with pytest.raises(CourseError, match="did you mean"):
        number(part("pretrain"), "paramaters")
    with pytest.raises(CourseError, match="trains in PyTorch"):
        part("pretrain").run()


def test_parameters_are_counted_as_pytorch_counts_them() -> None:
    torch = pytest.importorskip("torch")
    from tuiexplain.lab.models import GPT

    for name in PRESETS:
        for bias in (False, True):
            settings = preset("gpt", name).changed(bias=bias)
            with torch.device("meta"):
                model = GPT(settings, 65)
            assert parameters(settings, 65) == sum(p.numel() for p in model.parameters())


def test_the_check_trains_what_is_claimed() -> None:
    pytest.importorskip("torch")
    run = part("one-batch")
    torch = TorchProcess()
    try:
        find = Trained([run], torch).lookup(run, "by-heart")
        learnt = run.expression("loss@199").number(find)
        worse = run.expression("val_loss@200 - val_loss@0").number(find)
    finally:
        torch.close()
    assert learnt < 0.1
    assert worse > 1.0
    with pytest.raises(CourseError, match="no loss@999"):
        run.expression("loss@999").number(find)
