"""What the two processes say to each other."""

import dataclasses
import json

import pytest

from tuiexplain.lab import protocol
from tuiexplain.lab.protocol import Command, Message, Reader, decode, encode

EXAMPLES = {
    "int": 7,
    "bytes": b"\x00\n\xff{}\n",
    "float": 0.5,
    "str": "天\n\"'",
    "bool": True,
    "dict[str, Any]": {"lr": 0.1},
    "float | None": None,
    "int | None": 3,
    "tuple[int, float] | None": (3, 1.25),
    "list[str]": ["weight:lm_head.weight", "天"],
    "list[int]": [0, 3],
    "dict[str, list[int]]": {"lm_head.weight": [65, 16]},
    "list[float]": [0.5, 0.25],
    "list[bool]": [True, False],
    "list[list[str]]": [["add 1 2=", "3", "5"]],
    "list[list[float | None]]": [[0.5, 9.0], [None, 8.0]],
    "list[list[Any]]": [["天", 0.5]],
    "list[list[list[Any]]]": [[["天", 0.5], ["a", 0.25]]],
    "dict[str, int]": {"h.0.attn": 2},
}


def kinds():
    return [*Command.__subclasses__(), *Message.__subclasses__()]


def example(kind, **instead):
    """A record with something in every field."""
    fields = {field.name: field.type for field in dataclasses.fields(kind)}
    return kind(**{name: instead.get(name, EXAMPLES[of]) for name, of in fields.items()})


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_saying_comes_back(kind):
    saying = example(kind)
    assert Reader().feed(encode(saying)) == [saying]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_what_carries_no_bytes_is_one_line(kind):
    line = encode(example(kind, content=b""))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == example(kind, content=b"")


@pytest.mark.parametrize("length", [1, 2, 3, 7, 100, 10**6])
def test_records_are_read_whole_however_the_stream_is_cut(length):
    sayings = [example(kind) for kind in kinds()]
    sayings.append(protocol.Answer(9, {"shape": [3]}, bytes(range(256)) * 40))
    sayings.append(protocol.Paused(4))
    stream = b"".join(map(encode, sayings))
    reader = Reader()
    pieces = [stream[i : i + length] for i in range(0, len(stream), length)]
    assert [found for piece in pieces for found in reader.feed(piece)] == sayings


def test_numbers_that_are_not_finite_travel_too():
    stepped = protocol.Stepped(1, float("inf"), 0.1, float("nan"), None)
    again = decode(encode(stepped))
    assert again.loss == float("inf")
    assert again.grad_norm != again.grad_norm


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"3", b'{"is": "Launch"}', b'{"is": "Pause", "now": true}', b"Pause", b"\xff"],
)
def test_anything_else_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011 - which one, is json's affair
        decode(line)


def test_nothing_is_both_command_and_message():
    names = [kind.__name__ for kind in kinds()]
    assert len(set(names)) == len(names)
    assert json.loads(encode(protocol.Pause())) == {"is": "Pause"}


def test_a_loss_that_is_not_finite_is_null_in_json():
    evaluated = protocol.Evaluated(
        3, float("nan"), float("inf"), 0.5, 0.1, None, 2.5, "cpu", 1000, 9.0
    )
    line = evaluated.as_json()
    assert (line["loss"], line["val_loss"], line["tokens_per_s"]) == (None, None, None)
    assert (line["step"], line["accuracy"], line["seconds"]) == (3, 0.5, 9.0)
