"""The configuration file says what it may, or is told off in a sentence."""

from pathlib import Path

import pytest

from tuiexplain.course.config import Config, read_config
from tuiexplain.course.errors import CourseError


def test_none_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path))
    assert read_config() == Config()


def test_all_that_it_may_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path))
    (tmp_path / "config.toml").write_text(
        'language = "zh"\ntheme = "nord"\ncolour = "256"\nspeed = 2\nmouse = false\n'
        "ascii = true\nanimation = false\n"
    )
    assert read_config() == Config("zh", "nord", "256", 2, mouse=False, ascii=True, animation=False)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('language = "fr"', "language must be one of en, zh"),
        ("lanugage = 'en'", "did you mean language?"),
        ("speed = true", "speed must be a number above 0"),
        ("speed = -1", "speed must be a number above 0"),
        ("mouse = 'no'", "mouse must be true or false"),
        ("mouse = ", "not TOML"),
    ],
)
def test_a_slip_is_one_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "my.toml"
    file.write_text(text)
    with pytest.raises(CourseError, match=r"my\.toml") as caught:
        read_config(file)
    assert complaint in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CourseError, match="not TOML"):
        read_config(tmp_path / "my.toml")


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no such configuration"):
        read_config(tmp_path / "missing.toml")
    with pytest.raises(CourseError, match="cannot be read"):
        read_config(tmp_path)
