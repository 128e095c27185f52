"""What the commands print."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tuiexplain.cli import main
from tuiexplain.cli.completion import SHELLS
from tuiexplain.cli.findings import examine
from tuiexplain.cli.language import LANGUAGES
from tuiexplain.course import languages
from tuiexplain.course.course import the_course
from tuiexplain.course.loading import open_lesson
from tuiexplain.course.progress import Place, Progress


def printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


# ------------------------------------------------------------------- lessons


def test_lessons_lists_the_course(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(["lessons"], capsys)
    for entry in the_course().lessons:
        assert f"{entry.number:02d}  {entry.id} " in text
        assert entry.title("en") in text
    assert "linear-regression    new " in text
    assert not list(home.iterdir()), "looking writes nothing"


def test_lessons_speaks_chinese(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (chinese,) = {printed(["lessons", "--lang", "zh"], capsys)}
    assert printed(["--lang", "zh", "lessons"], capsys) == chinese
    assert "未开始" in chinese
    (home / "config.toml").write_text("language = 'zh'")
    assert printed(["lessons"], capsys) == chinese
    (home / "config.toml").unlink()
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert printed(["lessons"], capsys) == chinese


def test_lessons_tells_the_progress(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress.stand(Place("backpropagation", "mazur", step=1, event=9))
        progress.answer("backpropagation", "mazur", "q", 1, right=False)
        progress.answer("backpropagation", "mazur", "q", 2, right=True)
        for part in open_lesson("linear-regression").parts:
            progress.finish("linear-regression", part.id)
    assert "backpropagation      started" in printed(["lessons"], capsys)
    rows = {row["id"]: row for row in json.loads(printed(["lessons", "--json"], capsys))["lessons"]}
    assert rows["backpropagation"]["progress"] == {
        "state": "started",
        "finished": [],
        "predictions": {"answered": 1, "right": 1, "skipped": 0},
        "at": {"part": "mazur", "step": 1, "event": 9},
    }
    assert rows["linear-regression"]["progress"]["state"] == "finished"
    assert rows["scaling"]["progress"]["state"] == "new"


# ---------------------------------------------------------------------- show


def test_show_hands_everything_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["show", "backpropagation", "--part", "mazur", "--step", "1", "--set", "lr=0.25"]
    shown = json.loads(printed([*words, "--json"], capsys))
    assert (shown["lesson"], shown["part"], shown["step"]) == ("backpropagation", "mazur", 1)
    assert shown["dials"]["lr"] == 0.25


@pytest.mark.parametrize(
    ("words", "loss"),
    [
        (["backpropagation"], 0.298371109),
        (["backpropagation", "--step", "1"], 0.291027774),
        (["06"], 0.298371109),
        (["linear-regression"], 41.0),
    ],
)
def test_show_has_the_curriculums_numbers(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], loss: float
) -> None:
    shown = json.loads(printed(["show", *words, "--json"], capsys))
    assert shown["loss"] == pytest.approx(loss, abs=5e-10)


# --------------------------------------------------------------------- check


def test_check_names_the_faults_and_ends_with_1(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = the_course().find("backpropagation")
    folder = tmp_path / "06-backpropagation"
    shutil.copytree(entry.folder, folder)
    structure = folder / "lesson.toml"
    structure.write_text(structure.read_text(encoding="utf-8") + "\nnonsense = 1\n", "utf-8")
    assert main(["check", str(folder)]) == 2
    assert "add --trust" in capsys.readouterr().err
    assert main(["check", "--trust", str(folder)]) == 1
    told = capsys.readouterr()
    assert "lesson.toml" in told.out
    assert "fault" in told.err


# -------------------------------------------------------------------- doctor


def test_doctor_says_what_was_found_and_what_follows(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = json.loads(printed(["doctor", "--json"], capsys))
    topics = ["terminal", "size", "colours", "glyphs", "session", "python", "torch", "progress"]
    assert list(report) == [*topics, "config"]
    for finding in report.values():
        assert finding["found"]
        assert finding["follows"]
    text = " ".join(printed(["doctor"], capsys).split())
    assert all(" ".join(finding["follows"].split()) in text for finding in report.values())
    assert "|梯度下降| |12345678|" in text


@pytest.mark.parametrize(
    ("environ", "topic", "word"),
    [
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "colours", "NO_COLOR"),
        ({"TERM": "xterm-256color"}, "colours", "COLORTERM"),
        ({"TERM": "dumb"}, "terminal", "tuiexplain show"),
        ({"TERM": "xterm", "LC_ALL": "C"}, "glyphs", "UTF-8"),
        ({"TERM": "xterm", "SSH_CONNECTION": "1 2 3 4"}, "session", "tmux"),
        ({"TERM": "xterm", "TMUX": "/tmp/x,1,0"}, "session", "tmux"),
    ],
)
def test_doctor_draws_the_conclusion(
    home: Path, environ: dict[str, str], topic: str, word: str
) -> None:
    finding = next(each for each in examine(environ) if each.topic == topic)
    assert word in finding.follows


def test_doctor_speaks_chinese(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(["--lang", "zh", "doctor"], capsys)
    topics = [line.split()[0] for line in text.splitlines() if line and line[0] != " "]
    assert topics == ["终端", "大小", "颜色", "字形", "会话", "python", "torch", "进度", "配置"]
    assert "进度      " in text  # two columns a character: what was found stands in one column


def test_doctor_finds_a_damaged_record_and_leaves_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "progress.sqlite3").write_text("no database")
    assert "damaged" in printed(["doctor"], capsys)


def test_doctor_asks_torch_in_a_process_of_its_own(run: Run) -> None:
    done = run("doctor", "--devices", "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["devices"]["devices"][0] == "cpu"


# ---------------------------------------------------------------- completion


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_knows_the_lessons(
    home: Path, capsys: pytest.CaptureFixture[str], shell: str, tmp_path: Path
) -> None:
    script = printed(["completion", shell], capsys)
    assert "linear-regression" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not on this machine, so the script was not run")
    (tmp_path / "script").write_text(script, encoding="utf-8")
    subprocess.run([shell, "-n", tmp_path / "script"], check=True, timeout=20)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["tuiexplain", "le"], ["lessons"]),
        (["tuiexplain", "open", "back"], ["backpropagation"]),
        (["tuiexplain", "show", "--ste"], ["--step"]),
        (["tuiexplain", "show", "06", "--lang", "z"], ["zh"]),
        (["tuiexplain", "completion", "f"], ["fish"]),
    ],
)
def test_bash_completes(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    line: list[str],
    expected: list[str],
) -> None:
    (tmp_path / "script").write_text(printed(["completion", "bash"], capsys), encoding="utf-8")
    words = " ".join(line)
    asked = (
        f"source {tmp_path}/script; COMP_WORDS=({words}); COMP_CWORD={len(line) - 1}; "
        f'COMP_LINE="{words}"; COMP_POINT=${{#COMP_LINE}}; '
        f'_shtab_tuiexplain tuiexplain "{line[-1]}" "{line[-2]}"; echo "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(
        ["bash", "-c", asked], capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.split() == expected


def test_the_command_line_knows_the_courses_languages() -> None:
    assert tuple(languages.LANGUAGES) == LANGUAGES


# -------------------------------------------------------------------- export


def test_export_tells_what_was_learnt(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Place("backpropagation", "mazur", 1, 3, "layer", {"lr": 0.7, "seed": 7})
    with Progress() as progress:
        progress.answer("backpropagation", "product", "product-dz", 3.0, True)
        progress.answer("backpropagation", "fork", "fork-twice", 1, False)
        progress.answer("backpropagation", "mazur", "m-learnt", None, None)
        progress.answer("backpropagation", "mazur", "m-practice/1/z2.grad[0,0]", 0.1, True)
        progress.stand(place)
        progress.bookmark(place, "the\nturning\x1b[31m point")
    text = printed(["export", "6"], capsys)
    lesson = open_lesson("6")
    assert text.startswith("# 06 Backpropagation")
    assert "1 right, 1 wrong, 1 skipped, 3 still to be met" in text
    assert "Right: 3" in text
    assert f"Wrong: {lesson.block('fork-twice', 'en').choices[0]}" in text
    assert "The network computes: 3" in text
    assert "learning rate = 0.7" in text
    assert "seed = 7" in text
    assert "> the turning[31m point" in text
    assert "1 right at the first try" in text
    assert "```python" in text
    assert lesson.source("torch_twin.py").strip() in text
    assert "| `f` | -12 | CS231n" in text
    assert "138.8338" not in text, "a part with an open question keeps its numbers"
    assert "\x1b" not in text


def test_export_writes_a_file_and_nothing_to_the_output(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "learnt.md"
    assert printed(["export", "6", "--lang", "zh", "-o", str(file)], capsys) == ""
    assert file.read_text(encoding="utf-8").startswith("# 06 反向传播")


def test_export_of_a_lesson_that_was_never_opened_writes_no_progress(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(["export", "linear-regression"], capsys)
    assert "0 right, 0 wrong, 0 skipped" in text
    assert not list(home.iterdir())
