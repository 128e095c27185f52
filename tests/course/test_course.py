"""The course's list, opening lessons, the glossary, and the words of the interface."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course.tiny import replace
from tuiexplain.course.course import Course, the_course
from tuiexplain.course.errors import AskedError, CourseError, LessonFault
from tuiexplain.course.folders import lessons_root
from tuiexplain.course.glossary import the_glossary
from tuiexplain.course.languages import UnknownText, texts, tr
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.loading import open_folder, open_lesson
from tuiexplain.course.text import control_characters
from tuiexplain.engine.ops import TABLE
from tuiexplain.engine.ops import updates as optimisers
from tuiexplain.lab.recording.rules.telling import OWN, TOLD
from tuiexplain.trace import Kind, Phase, Source

ROOT = Path(__file__).parents[2]


# -- the course ------------------------------------------------------------------------------------


def test_twenty_eight_lessons_in_order() -> None:
    course = the_course()
    assert [e.number for e in course.lessons] == list(range(1, 29))
    assert len({e.id for e in course.lessons}) == 28
    assert {e.part for e in course.lessons} == {p.id for p in course.parts}
    for entry in course.lessons:
        numbers = {e.id: e.number for e in course.lessons}
        assert all(numbers[name] < entry.number for name in entry.prereqs)
        for language in ("en", "zh"):
            assert entry.title(language)
            assert entry.question(language)


def test_complete_lessons_are_there_and_planned_ones_are_not() -> None:
    folders = {p.parent.name for p in lessons_root().glob("*/lesson.toml")}
    complete = {f"{e.number:02d}-{e.id}" for e in the_course().lessons if e.folder is not None}
    assert complete == folders
    assert {"02-linear-regression", "06-backpropagation"} <= complete


@pytest.mark.parametrize(
    "word", ["backpropagation", "06", "6", "back", "BACKPROP", "06-backpropagation"]
)
def test_ways_to_name_a_lesson(word: str) -> None:
    assert the_course().find(word).id == "backpropagation"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("backprobagation", "did you mean backpropagation?"),
        ("descent", "did you mean gradient-descent?"),
        ("卷积", "did you mean convolution?"),
        ("m", "begins more than one lesson: minibatch, multi-head"),
        ("99", "numbered 1 to 28"),
        ("zzzz", "`tuiexplain lessons` lists them all"),
        ("", "`tuiexplain lessons` lists them all"),
    ],
)
def test_a_lesson_that_is_not_there(word: str, message: str) -> None:
    with pytest.raises(CourseError, match=re.escape(message)):
        the_course().find(word)


def test_a_planned_lesson_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = the_course().find("attention")._replace(folder=None)
    monkeypatch.setattr(Course, "find", lambda course, word: planned)
    with pytest.raises(CourseError, match=r"Lesson 19 \(Attention\) is planned"):
        open_lesson("attention")
    with pytest.raises(AskedError) as asked:
        open_lesson("19", "zh")
    assert "还在计划中" in asked.value.sentence("zh")


# -- opening ---------------------------------------------------------------------------------------


def test_a_lesson_elsewhere_runs_only_if_it_is_trusted(folder: Path) -> None:
    with pytest.raises(CourseError, match="a lesson runs code"):
        open_folder(folder)
    with pytest.raises(CourseError, match="is not a folder"):
        open_folder(folder / "nowhere", trusted=True)


def test_opening_runs_nothing(folder: Path) -> None:
    replace(folder / "network.py", '"""A line', 'raise SystemExit("ran")\n"""A line')
    lesson = open_folder(folder, trusted=True)
    assert lesson.part().settings() == {"lr": 0.1}


def test_a_fault_of_the_program_has_its_line(folder: Path) -> None:
    replace(folder / "network.py", "wx = self.w * x", "wx = self.w * x[9]")
    lesson = open_folder(folder, trusted=True)
    with pytest.raises(LessonFault, match=r"network\.py:15: IndexError"):
        lesson.guarded(lambda: lesson.part().run().trace_at(0))


def test_settings(lesson: Lesson) -> None:
    part = lesson.part()
    assert part.settings({"lr": "1e9"}) == {"lr": 1e9}  # outside the dial: to see it diverge
    with pytest.raises(CourseError, match=r"lr is a number, as in lr=0\.1"):
        part.settings({"lr": "abc"})
    with pytest.raises(CourseError, match="lr is a number"):
        part.settings({"lr": "nan"})
    with pytest.raises(CourseError, match="no dial 'rl': did you mean"):
        part.settings({"rl": 1})
    with pytest.raises(CourseError, match="no part of lesson tiny 'curve'"):
        lesson.part("curve")


def test_listing_and_opening_import_nothing_heavy() -> None:
    program = (
        "import sys; from tuiexplain.course.course import Course, the_course; the_course();"
        "print([m for m in ('numpy', 'textual', 'torch', 'plotext') if m in sys.modules]);"
        "from tuiexplain.course.show import ShowOptions, run_show;"
        "run_show(ShowOptions('6'));"
        "print([m for m in ('textual', 'torch', 'plotext', 'rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


# -- the glossary ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("gradient", "gradient"),
        ("Gradients", "gradient"),
        ("梯度", "gradient"),
        ("向量化", "vectorization"),
        ("对数几率回归", "logistic-regression"),
        ("正向传播", "forward-propagation"),
        ("丢弃法", "dropout"),
        ("步长", "stride"),
        ("learning rate", "learning-rate"),
        ("learning-rate", "learning-rate"),
        ("SGD", "sgd"),
        ("大模型", "llm"),
        ("η", "learning-rate"),
    ],
)
def test_terms_are_found_by_any_name(word: str, found: str) -> None:
    term = the_glossary().find(word)
    assert term is not None
    assert term.id == found
    assert term in the_glossary().search(word)


def test_search_ranks_whole_names_first() -> None:
    assert the_glossary().search("gradient")[0].id == "gradient"
    assert "gradient-descent" in [t.id for t in the_glossary().search("grad")]
    assert the_glossary().search("zzz") == []
    assert len(the_glossary().search("")) == len(the_glossary().terms)


def test_every_term_is_whole() -> None:
    terms = the_glossary().terms
    assert len({t.id for t in terms}) == len(terms) >= 120
    names: dict[str, str] = {}
    for term in terms:
        assert term.definition("en").endswith("."), term.id
        assert re.search(r"[。）]$", term.definition("zh")), term.id
        for name in {n.lower().replace("-", " ") for n in term.names()}:
            assert names.setdefault(name, term.id) == term.id, name


# -- the words of the interface --------------------------------------------------------------------


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, chinese = texts("en"), texts("zh")
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert places(text) == places(chinese[key]), key
        assert text.strip(), key
        assert chinese[key].strip(), key
        assert control_characters(text + chinese[key]) == [], key


def test_every_kind_phase_and_origin_has_a_name() -> None:
    for key in [
        *(f"phase.{p}" for p in Phase),
        *(f"kind.{k}" for k in Kind),
        *(f"origin.{s}" for s in Source),
    ]:
        assert tr(key, "zh")


def test_every_operation_is_described() -> None:
    updates = {row.name for row in optimisers.ROWS}
    for name, row in TABLE.items():
        phases = set()
        if name in updates:
            phases.add("update")
        elif name not in ("seed", "given", "accumulate"):
            phases.add("forward")
        if row.vjps or name in ("seed", "given", "accumulate"):
            phases.add("backward")
        for phase in phases:
            assert f"op.{name}.{phase}" in texts("en"), f"op.{name}.{phase}"


def test_no_operation_is_described_that_is_not_there() -> None:
    described = {key.split(".")[1] for key in texts("en") if key.startswith("op.")}
    assert described - set(TABLE) == {"generic"} | (set(TOLD.values()) | OWN) - set(TABLE)


def test_an_unknown_key_is_a_slip_of_the_program() -> None:
    with pytest.raises(UnknownText):
        tr("no.such.key")
    with pytest.raises(UnknownText):
        tr("phase.forward", "fr")
    assert tr("error.no_step", step=-1) == "--step -1: steps count from 0."
