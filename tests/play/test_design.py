"""What a dial cannot be is said in both languages."""

from collections.abc import Callable

import pytest

from tuiexplain.play.design import Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.play.wording import sentence

REFUSED: dict[str, Callable[[], object]] = {
    "learning rate = -1.0: it is from 0 to 100.": lambda: Design(lr=-1.0),
    "learning rate = nan: it is from 0 to 100.": lambda: Design(lr=float("nan")),
    "learning rate = fast: that is no number.": lambda: Design().with_words({"lr": "fast"}),
    "batch = 2.5: that is no whole number.": lambda: Design(batch=2.5),  # type: ignore[arg-type]
    "batch = a: that is no whole number.": lambda: Design().with_words({"batch": "a"}),
    "first weights = x: it is one of uniform, xavier, kaiming, normal, zeros.": (
        lambda: Design(init="x")
    ),
    "units = 99: it is from 1 to 32.": lambda: Design().with_words({"layers": "8,99"}),
    "residual = ja: it is on or off.": lambda: Layer(residual="ja"),  # type: ignore[arg-type]
    "There is no dial lrr, only lr.": lambda: Design().with_words({"lrr": "1"}),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_a_dial_cannot_be_is_said(said: str) -> None:
    with pytest.raises(PlayError) as refused:
        REFUSED[said]()
    assert sentence(refused.value, "en") == said
    assert any("一" <= letter <= "鿿" for letter in sentence(refused.value, "zh"))


def test_what_is_no_dial_of_the_command_line_is_refused() -> None:
    with pytest.raises(PlayError, match="there is no dial left_out"):
        Design().with_words({"left_out": "3"})
