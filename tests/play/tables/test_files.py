"""Tables of one's own: what is read, and what is told about what cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tuiexplain.course.languages import tr
from tuiexplain.play.design import Design
from tuiexplain.play.errors import PlayError
from tuiexplain.play.sources import SHIPPED, dataset, fitted, preview
from tuiexplain.play.tables import csv_file, raw
from tuiexplain.play.wording import sentence

HEADER = "a,b,kind\n"


def written(folder: Path, text: str | bytes, name: str = "own.csv") -> Design:
    """A design whose data is a file with this content."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return Design(data=str(file))


def notes(design: Design) -> dict[str, dict[str, object]]:
    """What is told about a design's data; every word of it can be said in both languages."""
    found = dataset(design).notes
    for note in found:
        for language in ("en", "zh"):
            assert tr(f"play_note.{note.key}", language, **note.fields)
    return {note.key: note.fields for note in found}


def refusal(design: Design) -> PlayError:
    """Why a design's data cannot be had; it can be said in both languages."""
    with pytest.raises(PlayError) as caught:
        dataset(design)
    for language in ("en", "zh"):
        assert sentence(caught.value, language)
    return caught.value


ROWS = "".join(f"{i},{i * i % 7},{'xy'[i % 2]}\n" for i in range(10))


def test_numbers_are_standardised_over_the_rows_that_are_learnt_from(tmp_path: Path) -> None:
    found = dataset(written(tmp_path, HEADER + ROWS))
    assert found.columns == ("a", "b")
    assert found.classes == ("x", "y")
    assert np.allclose(found.inputs[found.train].mean(axis=0), 0)
    assert np.allclose(found.inputs[found.train].std(axis=0), 1)
    shown = preview(written(tmp_path, HEADER + ROWS))
    scale = shown.scales["a"]
    assert np.allclose(found.inputs[:, 0] * scale.spread + scale.mean, np.arange(10))
    assert shown.rows[3] == ("3", "2", "y")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_of_three_separators_and_a_byte_order_mark(tmp_path: Path, separator: str) -> None:
    text = "\ufeff" + (HEADER + ROWS).replace(",", separator)
    assert dataset(written(tmp_path, text)).columns == ("a", "b")


@pytest.mark.parametrize(
    ("cells", "key", "numbers"),
    [
        (("0,5", "-1,25", "3"), "decimal_commas", (0.5, -1.25, 3)),
        (("1.234,5", "0,123", "2,5"), "decimal_commas", (1234.5, 0.123, 2.5)),
        (("1,234.50", "12", "1,000,000"), "thousands_commas", (1234.5, 12, 1e6)),
        (("2024-01-31", "2024-02-01", "2023-01-31"), "dates", (365, 366, 0)),
        (("2024-01-31T12:00", "2024-01-31 18:00:00", "2024-01-31"), "dates", (0.5, 0.75, 0)),
    ],
)
def test_numbers_and_dates_as_people_write_them(
    tmp_path: Path, cells: tuple[str, ...], key: str, numbers: tuple[float, ...]
) -> None:
    rows = "".join(f'"{cell}";x;{i % 2}\n' for i, cell in enumerate([*cells, "", *cells, *cells]))
    own = written(tmp_path, "a;b;kind\n" + rows)
    assert notes(own)[key]["columns"] == "a"
    found = next(column for column in preview(own).columns if column.name == "a")
    assert np.allclose(found.numbers[:3], numbers)
    assert found.missing == 1


@pytest.mark.parametrize("cell", ["2024-13-01", "1,2,3", "today", "1.2.3", "01.02.2024"])
def test_what_is_no_number_is_a_name(tmp_path: Path, cell: str) -> None:
    rows = "".join(f"{c};{i};{i % 2}\n" for i, c in enumerate([cell, "2024-01-01"] * 4))
    assert f"a={cell}" in dataset(written(tmp_path, "a;b;kind\n" + rows)).columns


def test_a_table_without_names_keeps_its_first_row(tmp_path: Path) -> None:
    rows = "".join(f"{i}.5,{i * i},{'xy'[i % 2]}\n" for i in range(10))
    own = written(tmp_path, rows)
    assert "no_header" in notes(own)
    assert dataset(own).columns == ("column 1", "column 2")
    assert len(dataset(own).inputs) == 10
    assert "row 3" in str(refusal(written(tmp_path, "1.5,2\n3,4\n5\n")))
    assert dataset(written(tmp_path, "2019,2020,kind\n" + ROWS)).columns == ("2019", "2020")


def test_a_class_that_is_rare_is_told(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i * i},{'x' if i else 'y'}\n" for i in range(60))
    assert notes(written(tmp_path, HEADER + rows))["rare_class"]["name"] == "y"
    assert not notes(written(tmp_path, HEADER + ROWS))


def test_long_names_stay_apart(tmp_path: Path) -> None:
    kinds = [
        "a very long name of a class, one",
        "a very long name of a class, two",
        "a" * 30,
        "a" * 31,
    ]
    rows = "".join(f"{i};{i};{kinds[i % 4]}\n" for i in range(12))
    found = dataset(written(tmp_path, "a;b;kind\n" + rows)).classes
    assert len(set(found)) == 4
    assert "a very lo…lass, one" in found


def test_names_become_switches(tmp_path: Path) -> None:
    rows = "".join(f"{['red', 'green', 'blue'][i % 3]},{i},{i / 3}\n" for i in range(12))
    found = dataset(written(tmp_path, "colour,n,y\n" + rows))
    assert found.columns == ("colour=blue", "colour=green", "colour=red", "n")
    assert np.array_equal(found.inputs[:3, :3], [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    assert found.classes == ()
    assert np.isclose(found.targets[found.train].std(), 1)


def test_rows_with_something_missing_are_left_out_and_told(tmp_path: Path) -> None:
    design = written(tmp_path, HEADER + ROWS + "NA,1,x\n3,,y\n4,nan,x\n5,inf,y\n6,1,?\n")
    assert len(dataset(design).inputs) == 10
    assert notes(design)["rows_missing"] == {"count": 5, "rows": 15}


def test_columns_that_say_nothing_are_left_out_and_told(tmp_path: Path) -> None:
    rows = "".join(f"{i},1,,name{i},{'xy'[i % 2]}\n" for i in range(40))
    design = written(tmp_path, "a,same,empty,text,kind\n" + rows)
    assert dataset(design).columns == ("a",)
    told = notes(design)
    assert told["constant"] == {"column": "same"}
    assert told["mostly_missing"] == {"column": "empty", "count": 40}
    assert told["many_categories"] == {"column": "text", "count": 40}


def test_the_target_is_chosen(tmp_path: Path) -> None:
    design = written(tmp_path, HEADER + ROWS).changed(target="b")
    assert dataset(design).columns == ("a", "kind=x", "kind=y")
    assert dataset(design).classes == ("0", "1", "2", "4")
    assert "`c`" in str(refusal(design.changed(target="c")))


def test_a_long_table_is_sampled_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MOST_ROWS", 100)
    rows = "".join(f"{i},{i % 13},{'xy'[i % 3 == 0]}\n" for i in range(1000))
    design = written(tmp_path, HEADER + rows)
    kept = len(dataset(design).inputs)
    assert 80 <= kept <= 100
    assert notes(design)["sampled"]["kept"] == kept


BAD = {
    "no_rows": HEADER,
    "ragged": HEADER + "1,2,x\n3,y\n",
    "one_column": "a\n1\n2\n",
    "one_class": HEADER + "1,2,x\n2,3,x\n4,5,x\n6,7,x\n8,8,x\n",
    "many_classes": HEADER + "".join(f"{i},{i % 5},k{i}\n" for i in range(30)),
    "no_inputs": "a,kind\n" + "1,x\n1,y\n" * 4,
    "too_few_rows": HEADER + "1,2,x\n3,4,y\n",
    "not_utf8": HEADER.encode() + b"1,2,\xff\n",
}


@pytest.mark.parametrize("key", BAD)
def test_what_cannot_be_learnt_from_is_told(tmp_path: Path, key: str) -> None:
    error = refusal(written(tmp_path, BAD[key]))
    assert error.key == key
    assert "own.csv" in str(error)


@pytest.mark.parametrize(("language", "why"), [("en", "50 different names"), ("zh", "50 个不同")])
def test_why_no_column_is_left_is_told(tmp_path: Path, language: str, why: str) -> None:
    text = "word,kind\n" + "".join(f"w{i},{'xy'[i % 2]}\n" for i in range(50))
    error = refusal(written(tmp_path, text))
    assert "word" in str(error)
    told = sentence(error, language)
    assert "word" in told
    assert why in told


def test_the_row_that_is_ragged_is_named(tmp_path: Path) -> None:
    assert "row 3" in str(refusal(written(tmp_path, BAD["ragged"])))


def test_a_file_that_is_too_big_is_refused_with_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "MOST_BYTES", 10)
    assert refusal(written(tmp_path, HEADER + ROWS)).key == "too_big"


def test_names_reach_nobody_with_control_characters(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i % 4},{'xy'[i % 2]}\x1b[31m\n" for i in range(9))
    design = written(tmp_path, "a\x1b[2J,b,kind\n" + rows)
    found = dataset(design)
    said = [*found.columns, *found.classes, *(c for row in preview(design).rows for c in row)]
    assert "\x1b" not in "".join(said)


def test_an_archive_of_inputs_and_answers(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(20, 3))
    np.savez(tmp_path / "own.npz", x=x, t=np.arange(20) % 2)
    found = dataset(Design(data=str(tmp_path / "own.npz")))
    assert found.columns == ("x1", "x2", "x3")
    assert fitted(Design(data=str(tmp_path / "own.npz"))).features == ("x1", "x2", "x3")
    assert found.classes == ("0", "1")


def test_an_archive_of_columns(tmp_path: Path) -> None:
    np.savez(tmp_path / "own.npz", size=np.arange(20.0), kind=np.array(["p", "q"] * 10))
    assert dataset(Design(data=str(tmp_path / "own.npz"))).classes == ("p", "q")


def test_archives_that_are_none(tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", x=np.array([{}, []], dtype=object), t=np.zeros(2))
    np.savez(tmp_path / "unlike.npz", x=np.zeros((3, 2)), t=np.zeros(4))
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 nothing")
    assert refusal(Design(data=str(tmp_path / "objects.npz"))).key == "not_npz"
    assert refusal(Design(data=str(tmp_path / "unlike.npz"))).key == "unlike"
    assert refusal(Design(data=str(tmp_path / "broken.npz"))).key == "not_npz"


def test_what_is_not_there(tmp_path: Path) -> None:
    assert "circle" in str(refusal(Design(data="circel")))
    (tmp_path / "own.xlsx").write_bytes(b"")
    assert refusal(Design(data=str(tmp_path / "own.xlsx"))).key == "which_table"


@pytest.mark.parametrize(("name", "classes"), [("iris", 3), ("penguins", 3), ("diabetes", 0)])
def test_the_tables_that_come_with_the_course(name: str, classes: int) -> None:
    design = fitted(Design(data=name))
    assert len(dataset(design).classes) == classes
    assert design.features == dataset(design).columns
    assert design.loss == ("log" if classes else "square")
    assert np.isfinite(dataset(design).inputs).all()


def test_they_are_all_tested() -> None:
    assert set(SHIPPED) == {"iris", "penguins", "diabetes"}


def test_a_design_keeps_the_features_that_there_are() -> None:
    assert fitted(Design(features=("x2", "sepal_width"))).features == ("x2",)
    assert fitted(Design(data="iris")).features == dataset(Design(data="iris")).columns
