"""The check finds a fault of every kind, where it is, and none in a sound lesson."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.course.tiny import replace
from tuiexplain.course.check import lessons_in, run_check, twins
from tuiexplain.course.check.translations import refresh
from tuiexplain.course.check.words import matching
from tuiexplain.course.errors import CourseError, LessonFault

ROOT = Path(__file__).parents[2]


def check(folder: Path) -> list[LessonFault]:
    return run_check([folder]).faults


@pytest.fixture
def no_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin needs seconds; most faults have nothing to do with it."""
    monkeypatch.setattr(twins.Twin, "start", lambda self: ())


def test_a_sound_lesson(folder: Path) -> None:
    report = run_check([folder])
    assert report.faults == []
    assert report.notes == []
    assert report.checked == 1


CHOICE = """
[[part.dial]]
id = "start"
scale = "choice"
choices = ["flat", "CNN", "yes"]
default = "flat"

[[part.step]]
id = "start"
"""


@pytest.mark.usefixtures("no_twin")
def test_a_choice_that_is_a_word_has_words_in_each_language(folder: Path) -> None:
    replace(folder / "lesson.toml", '\n[[part.step]]\nid = "start"\n', CHOICE)
    for language, title in (("en", "start"), ("zh", "起点")):
        file = folder / f"{language}.md"
        file.write_text(file.read_text("utf-8") + f"\n## dial.start | {title}\n", "utf-8")
    refresh(folder)
    (fault,) = check(folder)
    assert "the choice 'flat' of dial 'start' has no words" in str(fault)
    assert "'### choice flat | words'" in str(fault)
    file = folder / "zh.md"
    file.write_text(file.read_text("utf-8") + "\n### choice flat | 平的\n", "utf-8")
    assert check(folder) == []
    file.write_text(file.read_text("utf-8") + "### choice steep | 陡的\n", "utf-8")
    (fault,) = check(folder)
    assert "no choice 'steep'" in str(fault)


@pytest.mark.usefixtures("no_twin")
@pytest.mark.parametrize(
    ("file", "old", "new", "where", "message"),
    [
        # words
        ("en.md", "## start | Before\nNothing yet: the loss will be {{loss:.1f}}.\n", "", "en.md:1",
         "the words of step 'start' are missing"),
        ("zh.md", "### hint 3\n乘的数最大是四。\n", "", "zh.md:19", "has 2 hints, not 3"),
        ("zh.md", "2. b 的\n", "", "zh.md:19", "has no choices"),
        ("en.md", "### why\n", "### teacher\n", "en.md:22", "does not say why"),
        ("en.md", "## product |", "## produkt |", "en.md:10", "is called 'produkt'"),
        ("en.md", "Each x times", "Every x times", "zh.md:10", "is not of the latest English text"),
        ("en.md", "What is the best line?\n", "", "en.md:1", "no line under the title"),
        ("en.md", "a [[gradient]]", "a [[gradeint]]", "en.md:5", "no term 'gradeint'"),
        ("en.md", "{{loss:.1f}}", "{{lost:.1f}}", "en.md:8", "No value is called 'lost'"),
        ("en.md", "{{loss:.1f}}", "{{loss:.1q}}", "en.md:8", "'.1q' is not a format"),
        ("en.md", "{{loss:.1f}}", "{{wx:.1f}}", "en.md:8", "say which cell"),
        ("en.md", "{{loss:.1f}}", "{{=2*loss:.1f}}", "en.md:8", "and is not a number"),
        ("en.md", "{{loss:.1f}}", "{{loss:.1f}", "en.md:8", "a citation is not closed"),
        ("en.md", "{{loss@1:.3f}}", "18.415", "en.md:14", "18.415 is typed, but the network"),
        ("en.md", "{{far-off.loss@19:.3g}}", "{{far-off.loss@20:.3g}}", "en.md:17", "has 20 steps"),
        ("en.md", "Nothing yet", "N" + "o" * 40, "en.md:7", "is wider than the 36 columns"),
        ("en.md", "Nothing yet", "Nothing at all " * 50, "en.md:7", "rows of 36 columns"),
        ("en.md", "Nothing yet", "Nothing\x07 yet", "en.md:8", "control character U+0007"),
        ("network.py", "four points.", "four\u202e points.", "network.py:1", "character U+202E"),
        # claims
        ("lesson.toml", "value = 41.0", "value = 40.0", "lesson.toml:49", "loss is 41.0"),
        ("lesson.toml", "answer = 1", "answer = 2", "lesson.toml:46", "both right and wrong"),
        ("lesson.toml", "abs(w.grad) > ", "abs(w.grad) < ", "lesson.toml:43", "the proof of"),
        ("lesson.toml", "abs(w.grad) < ", "abs(w.grad) >= ", "lesson.toml:47", "wrong answer 2"),
        ("lesson.toml", "answer = 2\n", "answer = 3\n", "en.md:22", "does not show choice 2"),
        ("lesson.toml", '"wx"', '"wz"', "lesson.toml:26", "did you mean wx"),
        ("lesson.toml", '"w\'"', '"wx"', "lesson.toml:34", "no event after the step before"),
        ("lesson.toml", 'output = "wx" }', 'output = "wx" }\ncell = [-5]', "lesson.toml:27",
         "'wx', which step 'product' begins with, has no such cell"),
        ("lesson.toml", 'id = "start"', 'id = "start"\nat = { op = "add" }', "lesson.toml:21",
         "1 events come before the first step"),
        ("lesson.toml", 'phase = "update", output = "w\'"', 'phase = "backward", op = "add"',
         "lesson.toml:8", "no step begins in the update phase"),
        ("lesson.toml", 'before = "gradients"', 'before = "start"', "lesson.toml:38", "nobody is"),
        ("lesson.toml", "minutes = 3", 'minutes = 3\nprereqs = ["neuran"]', "lesson.toml:6",
         "no lesson is called 'neuran'"),
        # the program
        ("network.py", "wx = self.w * x", "wx = self.w @@ x", "network.py:15", "not Python"),
        ("network.py", "wx = self.w * x", "wx = self.u * x", "network.py:15", "AttributeError"),
        (
            "network.py",
            'measures={"val_loss"',
            'measures={"gap"',
            "en.md:1",
            "the words of measure 'measure.gap' are missing",
        ),
        (
            "network.py",
            'axes=("example",)),',
            'axes=("example",), name="line"),',
            "zh.md:1",
            "the words of data 'data.line' are missing",
        ),
        ("en.md", "## line |", "## data.rows | Rows\n\n## line |", "en.md:4", "no data is called"),
        ("network.py", "def line(dials)", "def lines(dials)", "network.py:1", "no function 'line'"),
        ("network.py", "return Experiment(", "return dict(", "network.py:1", "does not return"),
        ("network.py", 'dials["lr"]', 'dials["rate"]', "network.py:33", "KeyError"),
    ],
)  # fmt: skip
def test_a_fault_of_each_kind(
    folder: Path, file: str, old: str, new: str, where: str, message: str
) -> None:
    replace(folder / file, old, new)
    found = [str(fault) for fault in check(folder)]
    assert any(message in fault for fault in found), found
    assert any(f"{folder.name}/{where}: " in f for f in found if message in f), found


@pytest.mark.usefixtures("no_twin")
def test_a_wrong_folder_name(folder: Path) -> None:
    found = check(folder.rename(folder.with_name("07-tiny")))
    assert "the folder is called '07-tiny'" in found[0].message


@pytest.mark.usefixtures("no_twin")
def test_a_gradient_that_is_cut_off(folder: Path) -> None:
    replace(folder / "network.py", "y = wx + self.b", "y = wx + wx.detach() + self.b")
    found = [f.message for f in check(folder)]
    assert any("w.grad is " in m and "central differences say" in m for m in found), found


@pytest.mark.usefixtures("no_twin")
def test_a_number_question(folder: Path) -> None:
    replace(folder / "lesson.toml", 'kind = "choice"\nanswer = 1', 'kind = "number"\nanswer = 34')
    replace(folder / "lesson.toml", 'expect = "abs(w.grad) > abs(b.grad)"', 'value = "-w.grad"')
    found = [f.message for f in check(folder)]
    assert any("the answer to 'larger' is 34.0, the run says 35.0" in m for m in found), found


@pytest.mark.usefixtures("no_twin")
def test_a_cell_question(folder: Path) -> None:
    replace(
        folder / "lesson.toml",
        'kind = "choice"\nanswer = 1',
        'kind = "cell"\namong = "y.grad"\nanswer = "wx.grad[9]"',
    )
    replace(folder / "lesson.toml", "answer = 2", 'answer = "y.grad[0]"')
    found = [f.message for f in check(folder)]
    assert any("outside wx.grad" in m for m in found), found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"b\'": b', '"b\'": 2 * b', "training step 0: b' is 1.2"),
        ('yield {"loss"', 'yield {"lost"', "No value is called 'lost'"),
        ("def line(", "def lines(", "there is no function 'line'"),
        ("loss.backward()", "loss.backwards()", "AttributeError"),
        ("import torch\n", "import torsch\n", "ModuleNotFoundError"),
        ("for batch in batches:", "for batch in batches[:1]:", "yields 1 training steps of 3"),
    ],
)
def test_a_twin_that_differs(folder: Path, old: str, new: str, message: str) -> None:
    pytest.importorskip("torch")
    replace(folder / "torch_twin.py", old, new)
    found = check(folder)
    assert [f.file for f in found] == [str(folder / "torch_twin.py")]
    assert message in found[0].message


def test_without_torch_the_twin_is_left_out_with_a_note(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twins.importlib.util, "find_spec", lambda name: None)
    report = run_check([folder])
    assert report.faults == []
    assert "PyTorch is not installed" in report.notes[0]


def test_the_check_itself_imports_no_torch_and_no_textual(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tuiexplain.course.check import run_check; "
        f"print(len(run_check([Path({str(folder)!r})]).faults), "
        "[m for m in ('torch', 'textual', 'plotext') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "0 []"


def test_paths_that_stand_for_lessons(folder: Path) -> None:
    assert lessons_in(folder) == [folder]
    assert lessons_in(folder / "lesson.toml") == [folder]
    assert lessons_in(folder.parent) == [folder]
    with pytest.raises(CourseError, match="is not there: name a lesson's folder"):
        run_check([folder / "nowhere"])


def test_refresh_writes_the_right_fingerprints(folder: Path) -> None:
    replace(folder / "en.md", "Each x times", "Every x times")
    before = (folder / "zh.md").read_text(encoding="utf-8")
    refresh(folder)
    after = (folder / "zh.md").read_text(encoding="utf-8")
    changed = [a for a, b in zip(after.splitlines(), before.splitlines(), strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0].startswith("## product | 乘积 <!-- of ")


@pytest.mark.parametrize(
    ("typed", "numbers", "found"),
    [
        ("0.298", [0.298371109], 0.298371109),
        (".298371", [0.298371109], 0.298371109),
        ("0.30", [0.298371109], None),  # two digits: only exactly
        ("0.5", [0.5], 0.5),
        ("-0.5", [0.5], 0.5),
        ("0.5", [0.52], None),
        ("1.5e-3", [0.0015], 0.0015),
        ("2.71", [3.14], None),
    ],
)
def test_which_typed_decimals_match(typed: str, numbers: list[float], found: float | None) -> None:
    assert matching(typed, numbers) == found
