"""`tuiexplain lessons`: the course, with how far you are in it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from tuiexplain.cli import language, streams
from tuiexplain.cli.faults import DONE
from tuiexplain.cli.wording import Say

if TYPE_CHECKING:
    from tuiexplain.course.course import Course, Entry
    from tuiexplain.course.progress import Answer, Progress

_STATES = {
    "planned": "计划中",
    "new": "未开始",
    "started": "进行中",
    "finished": "已学完",
}


def declare(commands: Any, say: Say) -> None:
    """Add `lessons`."""
    parser = commands.add_parser(
        "lessons",
        help=say("lessons_help"),
        description=say("lessons_about"),
    )
    language.declare(parser, say)
    parser.add_argument("--json", action="store_true", help=say("json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the course."""
    from tuiexplain.course.course import the_course
    from tuiexplain.course.progress import Progress

    course, words = the_course(), language.chosen(arguments)
    with Progress(create=False) as progress:
        rows = {entry.id: _row(entry, words, progress) for entry in course.lessons}
    if progress.notice is not None:
        streams.say(progress.notice.sentence(words))
    if arguments.json:
        streams.write(json.dumps({"lessons": list(rows.values())}, ensure_ascii=False, indent=1))
    else:
        streams.write(_in_words(course, words, rows))
    return DONE


def _row(entry: Entry, words: str, progress: Progress) -> dict[str, Any]:
    """A lesson as JSON shows it."""
    row = {
        "number": entry.number,
        "id": entry.id,
        "part": entry.part,
        "title": entry.title(words),
        "question": entry.question(words),
        "status": entry.status,
        "prereqs": list(entry.prereqs),
    }
    if entry.folder is None:
        return row | {"progress": None}
    place = progress.last_place(entry.id)
    finished = progress.finished(entry.id)
    answered = [a for a in _latest(progress.answers(entry.id)) if not a.of_exercise]
    every = _parts(entry)
    if every and finished >= every:
        state = "finished"
    else:
        state = "started" if place or finished or answered else "new"
    return row | {
        "progress": {
            "state": state,
            "finished": sorted(finished),
            "predictions": {
                "answered": sum(not answer.skipped for answer in answered),
                "right": sum(answer.right is True for answer in answered),
                "skipped": sum(answer.skipped for answer in answered),
            },
            "at": place and {"part": place.part, "step": place.step, "event": place.event},
        }
    }


def _latest(answers: list[Answer]) -> list[Answer]:
    """The last answer to each prediction."""
    return list({(answer.part, answer.prediction): answer for answer in answers}.values())


def _parts(entry: Entry) -> frozenset[str]:
    """The ids of a lesson's parts; none where its files are at fault (`check` tells why)."""
    from tuiexplain.course.structure import read_structure

    assert entry.folder is not None
    spec, _ = read_structure(entry.folder / "lesson.toml")
    return frozenset(part.id for part in spec.parts) if spec else frozenset()


def _in_words(course: Course, words: str, rows: dict[str, dict[str, Any]]) -> str:
    width = max(len(entry.id) for entry in course.lessons)
    lines = []
    for part in course.parts:
        lines += ["", part.title(words)]
        for entry in course.of_part(part):
            row = rows[entry.id]
            state = row["progress"]["state"] if row["progress"] else "planned"
            said = _STATES[state] if words == "zh" else f"{state:<8}"
            lines.append(f"  {entry.number:02d}  {entry.id:<{width}}  {said}  {row['title']}")
    return "\n".join(lines[1:])
