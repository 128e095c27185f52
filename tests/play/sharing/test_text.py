"""A run as one short text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.play.designs import random_design
from tuiexplain.course.languages import tr
from tuiexplain.play.changes import Change, Segment
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.play.play import Play
from tuiexplain.play.sharing.text import Story, read, written

SHELL = set("$`\"'\\*?[](){}<>|&;#! \t\n")


def story(play: Play) -> Story:
    return Story(play.segments, play.length)


def refusal(text: str) -> PlayError:
    with pytest.raises(PlayError) as caught:
        read(text)
    for language in ("en", "zh"):
        assert tr(f"play_error.{caught.value.key}", language, **caught.value.fields)
    return caught.value


@pytest.mark.parametrize("design", list(map(random_design, range(40))), ids=range(40))
def test_every_design_comes_back(design: Design) -> None:
    told = Story((Segment(0, design), Segment(7, Design(layers=()))), 30)
    text = written(told)
    assert read(text) == told
    assert not SHELL & set(text)


def test_the_setting_of_a_beginner_is_short() -> None:
    assert len(written(Story((Segment(0, Design()),), 0))) < 20


def test_what_was_changed_on_the_way_gives_the_same_bits() -> None:
    play = Play(Design(layers=(Layer(8), Layer(8)), optimizer="adam", seed=4))
    play.run.extend_to(60)
    play.change(play.design.changed(lr=0.01))
    play.run.extend_to(100)
    play.change(play.design.changed(layers=(Layer(8), Layer(9, "relu"), Layer(3))))
    play.run.extend_to(130)
    play.fork(90, Change(90, {"batch": 30}, {"W1[0,1]": 0.25}))
    play.run.extend_to(150)
    told = read(written(story(play)))
    again = Play.told(told.segments, told.length)
    assert again.length == 150
    assert list(again.run.losses) == list(play.run.losses)
    for name in play.shape.shapes():
        assert np.array_equal(again.numbers(150)[name], play.numbers(150)[name])
    assert again.design == play.design
    assert again.numbers(90)["W1"][0, 1] == 0.25


def test_line_ends_of_an_e_mail_do_no_harm() -> None:
    told = Story((Segment(0, Design(data="spiral", noise=10, lr=0.1)),), 12)
    text = written(told)
    assert read(f"  {text[:15]}\n{text[15:]} \n") == told


def test_a_text_that_is_damaged_is_told() -> None:
    text = written(Story((Segment(0, Design(data="spiral")),), 12))
    assert refusal(text[:-1]).key == "share_damaged"
    assert refusal(text.replace("spiral", "circle")).key == "share_damaged"
    assert refusal("tx1").key == "share_damaged"


def test_a_text_of_a_later_version_is_told() -> None:
    assert refusal("tx2:data=torus:~00000000").key == "share_later"


def test_a_text_that_is_none_is_told_without_its_control_characters() -> None:
    assert "\x1b" not in str(refusal("\x1b[31mhello"))
    assert refusal("https://playground").key == "share_other"


def test_data_of_ones_own_must_be_the_very_same(tmp_path: Path) -> None:
    file = tmp_path / "own: data.csv"
    file.write_text("a,b\n" + "".join(f"{i},{i % 2}\n" for i in range(20)))
    told = Story((Segment(0, Design(data=str(file), features=("a",))),), 5)
    text = written(told)
    assert read(text) == told
    file.write_text(file.read_text() + "20,0\n")
    assert refusal(text).key == "share_other_data"
    file.unlink()
    assert refusal(text).key == "unreadable"
