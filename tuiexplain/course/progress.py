"""Progress: where the learner is and what they did, kept in one SQLite file.

Every write is one transaction, so a session that dies loses nothing that was
written, and two sessions of one user do not lose each other's. The file keeps
SQLite's rollback journal rather than its write-ahead log: home folders of
shared machines are often on NFS, where the log's shared memory does not work,
and our writes are few and small.

Nothing here stops a lesson. Where the file cannot be used (read-only, full,
locked, of a newer version) the session goes on in memory and `notice` says so;
what could not be written is tried once more on closing. A damaged file is set
aside under another name, never overwritten.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from tuiexplain.course.places import state_folder
from tuiexplain.course.storage import (
    FILE_NAME,
    DamagedError,
    NewerError,
    Notice,
    Statement,
    connect,
    copy_in_memory,
    in_memory,
    reason,
    set_aside,
    transact,
)

_CHOOSE = "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"

_OUT_OF_REACH = (OSError, sqlite3.Error, DamagedError)


@dataclass(frozen=True)
class Place:
    """Where in a lesson: a part, a training step, an event in it, a zoom, and the dials."""

    lesson: str
    part: str
    step: int = 0
    event: int = 0
    zoom: str = "event"
    dials: Mapping[str, float | int | str] = field(default_factory=dict)


class Answer(NamedTuple):
    """What was answered to a prediction; `right` is None where it was skipped."""

    part: str
    prediction: str
    answer: float | int | str | None
    right: bool | None

    @property
    def skipped(self) -> bool:
        """Whether the learner looked without answering."""
        return self.right is None

    @property
    def of_exercise(self) -> bool:
        """Whether it is a cell of an exercise: ``EXERCISE/RUNG/CELL``."""
        return "/" in self.prediction


class Forgotten(NamedTuple):
    """Answers and hints that were taken off the record, as it had them."""

    answers: tuple[tuple[Any, ...], ...]
    hints: tuple[tuple[Any, ...], ...]


class Exploring(NamedTuple):
    """A place where things are tried out, and the cells that were set there by hand."""

    place: Place
    edits: tuple[tuple[str, float], ...] = ()


class Bookmark(NamedTuple):
    """A place that the learner wants to find again."""

    id: str
    place: Place
    label: str


class Progress:
    """The learner's record; safe to use from several threads and several processes."""

    def __init__(self, folder: Path | None = None, *, create: bool = True) -> None:
        """Open the record in `folder` (the user's own by default); never raises.

        With `create=False` nothing is made where there is none yet.
        """
        self.file = (state_folder() if folder is None else folder) / FILE_NAME
        self.notice: Notice | None = None
        self._lock = threading.RLock()
        self._unsaved: list[Statement] = []
        self._on_disk = True
        self._connection = self._open(create=create)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what could not be written before is tried once more."""
        with self._lock:
            self._connection.close()
            if self._unsaved and self._rescue():
                self._unsaved.clear()
                if self.notice is not None and self.notice.kind == "unusable":
                    self.notice = None

    # ------------------------------------------------------------ settings

    def setting(self, key: str, default: Any = None) -> Any:
        """What was last chosen for `key` while the program ran."""
        row = self._one("SELECT value FROM setting WHERE key = ?", (key,))
        return default if row is None else json.loads(row[0])

    def choose(self, key: str, value: Any) -> None:
        """Remember a choice (language, theme, speed …); anything that JSON can hold."""
        self._write(_CHOOSE, (key, json.dumps(value)))

    # -------------------------------------------------------------- places

    def stand(self, place: Place, exploring: Exploring | None = None) -> None:
        """Remember where the learner is in this part, and what they are trying out beside it."""
        row = (*_row(place), time.time())
        aside = json.dumps(None if exploring is None else (_row(exploring.place), exploring.edits))
        self._write_all(
            ("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?, ?, ?, ?)", row),
            (_CHOOSE, (f"exploring.{place.lesson}", aside)),
        )

    def exploring(self, lesson: str) -> Exploring | None:
        """What was being tried out in a lesson when it was left."""
        kept = self.setting(f"exploring.{lesson}")
        if kept is None:
            return None
        row, edits = kept
        return Exploring(_place(row), tuple((address, number) for address, number in edits))

    def last_place(self, lesson: str | None = None, part: str | None = None) -> Place | None:
        """Where the learner was last: anywhere, in one lesson, or in one part of it."""
        row = self._one(
            "SELECT lesson, part, step, event, zoom, dials FROM place WHERE lesson = "
            "coalesce(?, lesson) AND part = coalesce(?, part) ORDER BY at DESC LIMIT 1",
            (lesson, part),
        )
        return None if row is None else _place(row)

    def forget(self, lesson: str) -> None:
        """Forget the places in a lesson, to start it anew; answers and hints stay."""
        self._write("DELETE FROM place WHERE lesson = ?", (lesson,))

    # --------------------------------------------------------- predictions

    def answer(
        self,
        lesson: str,
        part: str,
        prediction: str,
        answer: float | int | str | None,
        right: bool | None,
    ) -> None:
        """Add an answer; earlier ones stay on record. `right=None`: skipped."""
        self._write(
            "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)",
            (lesson, part, prediction, json.dumps(answer), right, time.time()),
        )

    def answers(self, lesson: str) -> list[Answer]:
        """Every answer given in a lesson, oldest first."""
        rows = self._all(
            "SELECT part, prediction, answer, correct FROM answer WHERE lesson = ? ORDER BY rowid",
            (lesson,),
        )
        return [
            Answer(part, prediction, json.loads(given), None if right is None else bool(right))
            for part, prediction, given, right in rows
        ]

    def forget_answers(self, lesson: str) -> Forgotten:
        """Forget every answer and hint of a lesson; what was forgotten can be brought back."""
        answers = self._all("SELECT * FROM answer WHERE lesson = ? ORDER BY rowid", (lesson,))
        hints = self._all("SELECT * FROM hint WHERE lesson = ?", (lesson,))
        self._write_all(
            ("DELETE FROM answer WHERE lesson = ?", (lesson,)),
            ("DELETE FROM hint WHERE lesson = ?", (lesson,)),
        )
        return Forgotten(tuple(answers), tuple(hints))

    def remember_again(self, forgotten: Forgotten) -> None:
        """Bring answers and hints back."""
        self._write_all(
            *(("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)", row) for row in forgotten.answers),
            *(("INSERT OR IGNORE INTO hint VALUES (?, ?, ?, ?)", row) for row in forgotten.hints),
        )

    def use_hint(self, lesson: str, part: str, block: str, number: int) -> None:
        """Note that hint `number` (from 1) of a block was looked at."""
        self._write("INSERT OR IGNORE INTO hint VALUES (?, ?, ?, ?)", (lesson, part, block, number))

    def hints(self, lesson: str, part: str, block: str) -> int:
        """How many hints of a block were looked at."""
        row = self._one(
            "SELECT count(*) FROM hint WHERE lesson = ? AND part = ? AND block = ?",
            (lesson, part, block),
        )
        return 0 if row is None else int(row[0])

    # ------------------------------------------------------------ how far

    def finish(self, lesson: str, part: str) -> None:
        """Note that the learner reached the end of a part."""
        self._write("INSERT OR IGNORE INTO finished VALUES (?, ?, ?)", (lesson, part, time.time()))

    def finished(self, lesson: str) -> frozenset[str]:
        """The parts of a lesson whose end was reached."""
        rows = self._all("SELECT part FROM finished WHERE lesson = ?", (lesson,))
        return frozenset(part for (part,) in rows)

    # ----------------------------------------------------------- bookmarks

    def bookmark(self, place: Place, label: str = "") -> None:
        """Add a bookmark."""
        self._write(
            "INSERT INTO bookmark VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (uuid.uuid4().hex, *_row(place), label, time.time()),
        )

    def bookmarks(self, lesson: str | None = None) -> list[Bookmark]:
        """The bookmarks of one lesson or of all, oldest first."""
        rows = self._all(
            "SELECT id, label, lesson, part, step, event, zoom, dials FROM bookmark "
            "WHERE lesson = coalesce(?, lesson) ORDER BY at",
            (lesson,),
        )
        return [Bookmark(name, _place(place), label) for name, label, *place in rows]

    def bookmark_at(self, place: Place) -> Bookmark | None:
        """The bookmark of this very place, if there is one."""
        return next((b for b in self.bookmarks(place.lesson) if b.place == place), None)

    def keep_bookmark(self, bookmark: Bookmark) -> None:
        """Keep a bookmark as it is: with another note, or again after it was removed."""
        row = (bookmark.id, *_row(bookmark.place), bookmark.label, time.time())
        self._write("INSERT OR REPLACE INTO bookmark VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def remove_bookmark(self, bookmark: Bookmark) -> None:
        """Remove a bookmark."""
        self._write("DELETE FROM bookmark WHERE id = ?", (bookmark.id,))

    # ------------------------------------------------------------- storage

    def _open(self, *, create: bool) -> sqlite3.Connection:
        if not create and not self.file.exists():
            self._on_disk = False
            return in_memory()
        try:
            return self._open_or_set_aside()
        except NewerError:
            return self._go_on_in_memory("newer", "")
        except _OUT_OF_REACH as error:
            return self._go_on_in_memory("unusable", reason(error))

    def _open_or_set_aside(self) -> sqlite3.Connection:
        try:
            return connect(self.file)
        except DamagedError:
            if aside := set_aside(self.file):
                self.notice = Notice("damaged", self.file, aside.name)
            return connect(self.file)

    def _go_on_in_memory(self, kind: str, reason: str) -> sqlite3.Connection:
        """A record in memory, with what the file holds where that can be read."""
        self.notice = Notice(kind, self.file, reason)
        self._on_disk = False
        return in_memory() if kind == "newer" else copy_in_memory(self.file)

    def _write(self, sql: str, values: Sequence[Any]) -> None:
        self._write_all((sql, values))

    def _write_all(self, *statements: Statement) -> None:
        """All of the statements, or none."""
        with self._lock:
            if self._on_disk:
                try:
                    transact(self._connection, statements)
                    return
                except sqlite3.Error as error:
                    memory = self._go_on_in_memory("unusable", reason(error))
                    self._connection.close()
                    self._connection = memory
            self._unsaved += statements
            transact(self._connection, statements)

    def _rescue(self) -> bool:
        """Write to the file, in one transaction, what went to memory only."""
        try:
            with contextlib.closing(self._open_or_set_aside()) as disk:
                transact(disk, self._unsaved)
        except (*_OUT_OF_REACH, NewerError):
            return False
        return True

    def _one(self, sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        return next(iter(self._all(sql, values)), None)

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                if not self._on_disk:
                    raise
                memory = self._go_on_in_memory("unusable", reason(error))
                self._connection.close()
                self._connection = memory
                return memory.execute(sql, values).fetchall()


def _row(place: Place) -> tuple[Any, ...]:
    dials = json.dumps(dict(place.dials), sort_keys=True)
    return place.lesson, place.part, place.step, place.event, place.zoom, dials


def _place(row: Sequence[Any]) -> Place:
    lesson, part, step, event, zoom, dials = row
    return Place(lesson, part, step, event, zoom, json.loads(dials))
