"""Byte pair encoding in the engine, against a few lines of plain Python."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from tests.engine.explained import assert_explained
from tuiexplain import engine
from tuiexplain.engine import functional as F
from tuiexplain.engine import tokens
from tuiexplain.trace import Trace, record

TEXTS = [
    "aaabdaaabac",
    "the cat sat on the mat",
    "知之为知之，不知为不知，是知也",
    "naïve café 😀😀 שלום",
    "a",
    "aaaa",
    "\x00\x1b[31m",
]


def plain(text: str, rounds: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Count all pairs, merge the most frequent one (of equals the first), again."""
    ids, merges = list(text.encode()), []
    for new in range(256, 256 + rounds):
        counts: dict[tuple[int, int], int] = {}
        for pair in itertools.pairwise(ids):
            counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            break
        best = max(counts, key=lambda pair: counts[pair])
        merges.append(best)
        merged: list[int] = []
        at = 0
        while at < len(ids):
            both = tuple(ids[at : at + 2]) == best
            merged.append(new if both else ids[at])
            at += 2 if both else 1
        ids = merged
    return ids, merges


def learn(vocabulary: tokens.Vocabulary, ids: engine.Tensor) -> Trace:
    with record() as trace:
        vocabulary.count_tokens(ids)
        pairs = vocabulary.pairs(ids)
        counts = vocabulary.count(ids, pairs)
        pair = F.embedding(tokens.most(counts), pairs)
        vocabulary.merge_(ids, pair)
        vocabulary.append_(pair)
    return trace


@pytest.mark.parametrize("text", TEXTS)
def test_merges_are_those_of_plain_python_and_explain_themselves(text: str) -> None:
    vocabulary, ids = tokens.Vocabulary(), engine.tensor(list(text.encode()))
    expected_ids, expected = plain(text, 4)
    for _ in range(len(expected)):
        assert_explained(learn(vocabulary, ids))
    assert ids.tolist() == expected_ids
    assert [tuple(pair) for pair in vocabulary.merges.tolist()] == expected
    with record() as trace:
        back = vocabulary.unmerge(ids)
    assert_explained(trace)
    assert bytes(back.tolist()).decode() == text


def test_random_texts_are_encoded_and_decoded() -> None:
    draw = random.Random(5)
    for _ in range(30):
        text = "".join(draw.choice("ab 千里é") for _ in range(draw.randint(1, 30)))
        learnt = plain(text, 6)[1]
        vocabulary = tokens.Vocabulary(learnt)
        ids = engine.tensor(list(text.encode()))
        for rank, pair in enumerate(learnt):
            ids = vocabulary.merge(ids, engine.tensor(pair), rank)
        assert ids.tolist() == plain(text, 6)[0]
        assert bytes(vocabulary.unmerge(ids).tolist()).decode() == text


def test_one_token_alone_has_no_pair() -> None:
    vocabulary, ids = tokens.Vocabulary(), engine.tensor([97])
    assert_explained(learn(vocabulary, ids))
    assert ids.tolist() == [97]


def test_rows_that_occur_several_times_count_as_many() -> None:
    ids = engine.tensor(tokens.padded([[1, 2, 3], [2, 3], [7]]))
    times = engine.tensor([5, 2, 1])
    vocabulary = tokens.Vocabulary()
    with record() as trace:
        pairs = vocabulary.pairs(ids)
        counts = vocabulary.count(ids, pairs, times)
        length = vocabulary.count_tokens(ids, times)
    assert_explained(trace)
    assert pairs.tolist() == [[1, 2], [2, 3]]
    assert counts.tolist() == [5, 7]
    assert length.item() == 5 * 3 + 2 * 2 + 1


def test_characters_become_the_bytes_of_utf8() -> None:
    text = "a\x7f\x80߿ࠀ千\uffff😀"
    codes = engine.tensor([ord(c) for c in text])
    with record() as trace:
        lengths, found = tokens.utf8_lengths(codes), tokens.utf8(codes)
    assert_explained(trace)
    assert found.tolist() == list(text.encode())
    assert lengths.tolist() == [len(c.encode()) for c in text]


@pytest.mark.parametrize(
    ("text", "label"),
    [(b"a", "a"), (b" ", "_"), (b"\x1b", "1B"), (b"\xe5\x8d", "E58D"), ("千".encode(), "千")],
)
def test_labels_are_text_only_where_they_can_be_seen(text: bytes, label: str) -> None:
    assert tokens.written(text) == label


def test_labels_follow_the_merges() -> None:
    vocabulary, ids = tokens.Vocabulary(), engine.tensor(list(b"abab\x1b"))
    trace = learn(vocabulary, ids)
    values = {value.name: value for value in trace.values}
    assert ("ab", "ab", "1B") in values["ids'"].labels
    assert values["pairs"].labels[0] == ("a b", "b a", "b 1B")
    assert np.array_equal(trace.data(values["ids'"]), [256, 256, 0x1B])


@pytest.mark.parametrize("number", [-7, 256, 1000])
def test_a_table_changed_by_hand_is_still_read(number: int) -> None:
    vocabulary = tokens.Vocabulary([(97, 98), (256, 99), (number, 257)])
    ids = engine.tensor([97, 257, 258, number, -1, 98])
    with record() as trace:
        vocabulary.count_tokens(ids)
        pairs = vocabulary.pairs(ids)
        vocabulary.count(ids, pairs)
        vocabulary.unmerge(ids)
    assert_explained(trace)


def test_what_is_no_character_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="from 0 to 1114111"):
        tokens.utf8(engine.tensor([0x110000]))
