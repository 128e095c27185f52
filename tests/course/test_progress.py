"""Progress is kept, in good weather and in bad."""

import multiprocessing
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from tuiexplain.course import storage
from tuiexplain.course.places import config_file, state_folder
from tuiexplain.course.progress import Answer, Place, Progress

HERE = Place("tiny", "line", step=3, event=14, zoom="layer", dials={"lr": 0.5, "order": "old"})


def record(folder: Path) -> Path:
    return folder / storage.FILE_NAME


# ------------------------------------------------------------------ what is kept


def test_everything_is_there_again(tmp_path: Path) -> None:
    with Progress(tmp_path) as progress:
        progress.choose("language", "zh")
        progress.choose("language", "en")
        progress.choose("speed", 2.5)
        progress.stand(Place("tiny", "line", step=1))
        progress.stand(HERE)
        progress.answer("tiny", "line", "larger", 2, right=False)
        progress.answer("tiny", "line", "larger", 1, right=True)
        progress.answer("tiny", "line", "sign", None, right=None)
        progress.use_hint("tiny", "line", "larger", 1)
        progress.use_hint("tiny", "line", "larger", 2)
        progress.use_hint("tiny", "line", "larger", 2)
        progress.bookmark(HERE, "the fork")
        progress.finish("tiny", "line")
        assert progress.notice is None
    with Progress(tmp_path) as progress:
        assert progress.setting("language") == "en"
        assert progress.setting("speed") == 2.5
        assert progress.setting("theme", "night") == "night"
        assert progress.last_place() == HERE
        assert progress.answers("tiny") == [
            Answer("line", "larger", 2, right=False),
            Answer("line", "larger", 1, right=True),
            Answer("line", "sign", None, right=None),
        ]
        assert [answer.skipped for answer in progress.answers("tiny")] == [False, False, True]
        assert progress.hints("tiny", "line", "larger") == 2
        assert progress.hints("tiny", "line", "other") == 0
        assert [(each.place, each.label) for each in progress.bookmarks()] == [(HERE, "the fork")]
        assert progress.finished("tiny") == {"line"}
        assert progress.notice is None


def test_the_last_place_is_the_latest_of_those_asked_for(tmp_path: Path) -> None:
    with Progress(tmp_path) as progress:
        for lesson, part in (("a", "one"), ("b", "one"), ("a", "two")):
            progress.stand(Place(lesson, part))
        assert progress.last_place() == Place("a", "two")
        assert progress.last_place("a", "one") == Place("a", "one")
        assert progress.last_place("b") == Place("b", "one")
        assert progress.last_place("c") is None
        progress.forget("a")
        assert progress.last_place() == Place("b", "one")


def test_bookmarks_can_be_removed(tmp_path: Path) -> None:
    with Progress(tmp_path) as progress:
        progress.bookmark(HERE, "one")
        progress.bookmark(Place("other", "part"), "two")
        one, _ = progress.bookmarks()
        progress.remove_bookmark(one)
        assert [each.label for each in progress.bookmarks()] == ["two"]
        assert progress.bookmarks("tiny") == []


def test_looking_makes_no_file(tmp_path: Path) -> None:
    with Progress(tmp_path / "new", create=False) as progress:
        assert progress.last_place() is None
        assert progress.notice is None
    assert not (tmp_path / "new").exists()


def test_home_moves_state_and_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path))
    assert state_folder() == tmp_path
    assert config_file() == tmp_path / "config.toml"
    monkeypatch.delenv("TUIEXPLAIN_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert state_folder().name == "tuiexplain"
    assert config_file().name == "config.toml"


# --------------------------------------------------------------- two at a time


def _answer_many(folder: Path, name: str, count: int, barrier: object) -> None:
    barrier.wait()
    with Progress(folder) as progress:
        for number in range(count):
            progress.answer("tiny", "line", f"{name}-{number}", number, right=True)
            progress.stand(Place("tiny", name, step=number))
        assert progress.notice is None, progress.notice


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    sessions = [
        context.Process(target=_answer_many, args=(tmp_path, name, 40, barrier)) for name in "ab"
    ]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join(60)
        assert session.exitcode == 0
    with Progress(tmp_path) as progress:
        given = {answer.prediction for answer in progress.answers("tiny")}
        assert given == {f"{name}-{number}" for name in "ab" for number in range(40)}
        assert progress.last_place("tiny", "a") == Place("tiny", "a", step=39)
        assert progress.last_place("tiny", "b") == Place("tiny", "b", step=39)


def test_threads_share_one_record(tmp_path: Path) -> None:
    with Progress(tmp_path) as progress:

        def work(name: str) -> None:
            for number in range(30):
                progress.answer("tiny", name, str(number), number, right=True)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(progress.answers("tiny")) == 90


def test_a_record_that_stays_locked_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_WAIT", 0.05)
    with Progress(tmp_path) as progress:
        progress.choose("theme", "day")
        other = sqlite3.connect(record(tmp_path), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        progress.choose("theme", "night")
        assert progress.setting("theme") == "night"
        assert progress.notice is not None
        assert "locked" in progress.notice.sentence()
        other.execute("ROLLBACK")
        other.close()
    assert progress.notice is None, "it could be written after all"
    with Progress(tmp_path) as progress:
        assert progress.setting("theme") == "night"


# ---------------------------------------------------------------- bad weather


def _fill(folder: Path) -> None:
    with Progress(folder) as progress:
        for number in range(200):
            progress.answer("tiny", "line", str(number), "x" * 100, right=True)


def _spoil_all(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)


def _spoil_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:16384] = b"\xa5" * 12288
    file.write_bytes(content)


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


@pytest.mark.parametrize("spoil", [_spoil_all, _spoil_the_middle, _cut_short])
def test_a_damaged_record_is_set_aside_and_told(tmp_path: Path, spoil: object) -> None:
    _fill(tmp_path)
    spoil(record(tmp_path))
    before = record(tmp_path).read_bytes()
    with Progress(tmp_path) as progress:
        assert progress.notice is not None
        assert progress.notice.kind == "damaged"
        progress.choose("theme", "day")
    (aside,) = tmp_path.glob("progress-damaged-*.sqlite3")
    assert aside.read_bytes() == before, "not one byte of the damaged file is lost"
    for language in ("en", "zh"):
        assert aside.name in progress.notice.sentence(language)
    with Progress(tmp_path) as progress:
        assert progress.notice is None
        assert progress.setting("theme") == "day"


def test_a_record_damaged_while_it_is_open(tmp_path: Path) -> None:
    _fill(tmp_path)
    with Progress(tmp_path) as progress:
        _spoil_all(record(tmp_path))
        progress.choose("theme", "day")
        assert progress.setting("theme") == "day"
        assert progress.notice is not None
    with Progress(tmp_path) as progress:
        assert progress.setting("theme") == "day"
    assert len(list(tmp_path.glob("progress-damaged-*.sqlite3"))) == 1


def test_two_that_meet_the_damage_set_it_aside_once(tmp_path: Path) -> None:
    _spoil_all(record(tmp_path))
    assert storage.set_aside(record(tmp_path)) is not None
    assert storage.set_aside(record(tmp_path)) is None
    assert len(list(tmp_path.glob("progress-damaged-*"))) == 1


def test_a_newer_record_is_left_alone(tmp_path: Path) -> None:
    _fill(tmp_path)
    with sqlite3.connect(record(tmp_path)) as connection:
        connection.execute(f"PRAGMA user_version = {storage.FORMAT + 1}")
    connection.close()
    before = record(tmp_path).read_bytes()
    with Progress(tmp_path) as progress:
        assert progress.notice is not None
        assert "newer" in progress.notice.sentence()
        progress.choose("theme", "day")
        assert progress.setting("theme") == "day", "this session goes on, in memory"
    assert record(tmp_path).read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [storage.FILE_NAME]


def test_a_full_disk_keeps_the_session(tmp_path: Path) -> None:
    _fill(tmp_path)
    with Progress(tmp_path) as progress:
        pages = progress._connection.execute("PRAGMA page_count").fetchone()[0]
        progress._connection.execute(f"PRAGMA max_page_count = {pages}")
        for number in range(100):
            progress.answer("tiny", "full", str(number), "y" * 200, right=True)
        assert progress.notice is not None
        assert "full" in progress.notice.sentence()
        assert len(progress.answers("tiny")) == 300
    with Progress(tmp_path) as progress:
        assert len(progress.answers("tiny")) == 300, "written on closing, when there was room"


def test_a_folder_that_cannot_be_made_keeps_the_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with Progress(tmp_path / "file" / "below") as progress:
        assert progress.notice is not None
        assert "TUIEXPLAIN_HOME" in progress.notice.sentence()
        progress.stand(HERE)
        assert progress.last_place() == HERE


def test_a_read_only_record_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Progress(tmp_path) as progress:
        progress.stand(HERE)
    if os.geteuid() == 0:  # whom no file mode stops: let SQLite itself refuse to write
        make = sqlite3.connect

        def connect(where: object, *args: object, **options: object) -> sqlite3.Connection:
            connection = make(where, *args, **options)
            if where != ":memory:":
                connection.execute("PRAGMA query_only = ON")
            return connection

        monkeypatch.setattr(sqlite3, "connect", connect)
    else:
        record(tmp_path).chmod(0o400)
        tmp_path.chmod(0o500)
    with Progress(tmp_path) as progress:
        assert progress.last_place() == HERE
        progress.choose("theme", "day")
        assert progress.setting("theme") == "day"
        assert progress.notice is not None
        assert "readonly" in progress.notice.sentence()
    tmp_path.chmod(0o700)


def test_a_session_that_is_killed_keeps_what_was_written(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    session = context.Process(target=_die_in_the_middle, args=(tmp_path,))
    session.start()
    session.join(60)
    assert session.exitcode == 9
    with Progress(tmp_path) as progress:
        assert progress.notice is None
        assert [answer.prediction for answer in progress.answers("tiny")] == ["kept"]


def _die_in_the_middle(folder: Path) -> None:
    progress = Progress(folder)
    progress.answer("tiny", "line", "kept", 1, right=True)
    progress._connection.execute("BEGIN IMMEDIATE")
    progress._connection.execute("DELETE FROM answer")
    os._exit(9)


def test_a_folder_in_place_of_the_record(tmp_path: Path) -> None:
    record(tmp_path).mkdir()
    with Progress(tmp_path) as progress:
        progress.stand(HERE)
        assert progress.last_place() == HERE
        assert progress.notice is not None


def test_an_empty_file_is_a_new_record(tmp_path: Path) -> None:
    record(tmp_path).touch()
    with Progress(tmp_path) as progress:
        progress.stand(HERE)
        assert progress.notice is None
