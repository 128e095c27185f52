"""The SQLite file of progress: its schema, and opening it when all is not well."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

FILE_NAME = "progress.sqlite3"
FORMAT = 1
"""Goes up with every change of the schema; `_MIGRATIONS[n]` leads from n to n + 1."""

_WAIT = 2.0  # seconds for another session's transaction, which takes milliseconds

_MIGRATIONS = (
    """
    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE place (
        lesson TEXT, part TEXT, step INTEGER, event INTEGER, zoom TEXT, dials TEXT, at REAL,
        PRIMARY KEY (lesson, part)
    ) WITHOUT ROWID;
    CREATE TABLE answer (
        lesson TEXT, part TEXT, prediction TEXT, answer TEXT, correct INTEGER, at REAL
    );
    CREATE TABLE hint (
        lesson TEXT, part TEXT, block TEXT, number INTEGER,
        PRIMARY KEY (lesson, part, block, number)
    ) WITHOUT ROWID;
    CREATE TABLE finished (
        lesson TEXT, part TEXT, at REAL, PRIMARY KEY (lesson, part)
    ) WITHOUT ROWID;
    CREATE TABLE bookmark (
        id TEXT PRIMARY KEY, lesson TEXT, part TEXT, step INTEGER, event INTEGER, zoom TEXT,
        dials TEXT, label TEXT, at REAL
    ) WITHOUT ROWID;
    """,
)

Statement = tuple[str, Sequence[Any]]


class DamagedError(Exception):
    """The file is not a database, or a broken one."""


class NewerError(Exception):
    """The file was written by a newer version of the program."""


class Notice(NamedTuple):
    """Something that a person should know about their record."""

    kind: str
    """`damaged`, `newer` or `unusable`."""
    file: Path
    detail: str
    """The name under which it was set aside, or the reason."""

    def sentence(self, language: str = "en") -> str:
        """It in words."""
        words = _WORDS[self.kind][1 if language == "zh" else 0]
        return words.format(file=self.file, folder=self.file.parent, detail=self.detail)


_WORDS = {
    "damaged": (
        "{file} was damaged; it is kept beside it as {detail}, and a new record was begun.",
        "学习记录 {file} 已损坏；原文件保留为同目录下的 {detail}，并已新建记录。",
    ),
    "newer": (
        "{file} was written by a newer tuiexplain; this session is not recorded: update "
        "tuiexplain, or set TUIEXPLAIN_HOME to another folder.",
        "{file} 由更新版本的 tuiexplain 写成，本次学习不会被记录："
        "请升级 tuiexplain，或将 TUIEXPLAIN_HOME 设为另一个文件夹。",
    ),
    "unusable": (
        "{file} cannot be written ({detail}); progress is kept until you quit: make {folder} "
        "writable, or set TUIEXPLAIN_HOME to another folder.",
        "无法写入 {file}（{detail}），进度只保留到退出为止："
        "请使 {folder} 可写，或将 TUIEXPLAIN_HOME 设为另一个文件夹。",
    ),
}


def connect(file: Path) -> sqlite3.Connection:
    """Open the file, made and brought up to date if need be, and know that it can be written.

    Raises DamagedError, NewerError, OSError or sqlite3.Error.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError) and _is_damage(error):
            raise DamagedError(str(error)) from None
        raise
    return connection


def in_memory() -> sqlite3.Connection:
    """An empty record that lives as long as its connection."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _migrate(connection)
    return connection


def copy_in_memory(file: Path) -> sqlite3.Connection:
    """A record in memory that begins with what the file holds, or empty where it cannot be read."""
    memory = in_memory()
    try:
        _copy(file, memory)
        _migrate(memory)
    except sqlite3.Error:
        memory.close()
        return in_memory()
    return memory


def _copy(file: Path, memory: sqlite3.Connection) -> None:
    uri = f"{file.resolve().as_uri()}?mode=ro"
    with contextlib.closing(
        sqlite3.connect(uri, uri=True, timeout=_WAIT, isolation_level=None)
    ) as disk:
        # With the read lock in hand: backup alone would wait for it without an end.
        disk.execute("BEGIN")
        disk.execute("SELECT * FROM sqlite_master").fetchall()
        disk.backup(memory)


def transact(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    """All of the statements, or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for sql, values in statements:
            connection.execute(sql, values)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def set_aside(file: Path) -> Path | None:
    """Rename a damaged file (with its journal); its new name, or None if it was mended meanwhile.

    Two sessions may meet the damage at once: under the lock the second finds
    the first one's new file in order and leaves it alone.
    """
    with _lock(file.with_suffix(".lock")):
        try:
            connect(file).close()
        except DamagedError:
            stamp = time.strftime("%Y%m%d-%H%M%S")
            aside = file.with_name(f"{file.stem}-damaged-{stamp}{file.suffix}")
            count = 1
            while aside.exists():
                count += 1
                aside = file.with_name(f"{file.stem}-damaged-{stamp}-{count}{file.suffix}")
            file.rename(aside)
            journal = file.with_name(file.name + "-journal")
            with contextlib.suppress(FileNotFoundError):
                journal.rename(aside.with_name(aside.name + "-journal"))
            connect(file).close()
            return aside
    return None


def reason(error: Exception) -> str:
    """Why a file cannot be used, in a few words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def _prepare(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise DamagedError("quick_check")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > FORMAT:
        raise NewerError
    if version < FORMAT:
        _migrate(connection)
    else:
        # Whether it can be written shows now rather than at the first answer.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again inside the transaction: another session may have been faster.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for script in _MIGRATIONS[version:]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite says that the contents are wrong, not that they are out of reach."""
    return getattr(error, "sqlite_errorname", "") in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}


@contextlib.contextmanager
def _lock(file: Path) -> Iterator[None]:
    """One process at a time, for as long as the lock's file is held."""
    import fcntl

    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
