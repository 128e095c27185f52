"""Text to tokens and back."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiexplain.lab.data import codec_from_json
from tuiexplain.lab.data.bpe import BytePairs, learn, merge, pieces
from tuiexplain.lab.data.codecs import Bytes, Characters, Pairs
from tuiexplain.lab.data.shipped import PLAYS, POEMS, shipped
from tuiexplain.lab.errors import LabError

TEXT = "the cat sat on the mat; the cat ate. 天地英雄气，千秋尚凛然。天地英雄气。\n" * 3


def test_minbpe_example():
    # minbpe's README: "aaabdaaabac", three merges, gives [258, 100, 258, 97, 99].
    assert BytePairs(learn(b"aaabdaaabac", 259)).encode(b"aaabdaaabac") == [258, 100, 258, 97, 99]


def test_the_most_frequent_pair_is_merged_first():
    text = b"low low low low low lower lower newest newest newest newest newest newest"
    text += b" widest widest widest"
    merges = learn(text, 258)
    assert [bytes(pair) for pair in merges[:1]] == [b"es"]
    assert merges[1] == (256, ord("t"))


def test_learning_by_increments_is_learning_by_recounting():
    text = shipped(PLAYS).read_bytes()[:20_000]
    words = [list(piece) for piece in pieces(text)]
    merges = learn(text, 300)
    for index, best in enumerate(merges):
        counts: dict[tuple[int, int], int] = {}
        for tokens in words:
            for pair in itertools.pairwise(tokens):
                counts[pair] = counts.get(pair, 0) + 1
        assert best == min(counts, key=lambda pair: (-counts[pair], pair))
        words = [merge(tokens, best, 256 + index) for tokens in words]


@given(st.text())
def test_any_text_comes_back(text):
    codec = Pairs(BytePairs(learn(TEXT.encode(), 300)))
    assert codec.decode(codec.encode(text)) == text
    assert Bytes().decode(Bytes().encode(text)) == text
    assert b"".join(pieces(text.encode())) == text.encode()
    if text:
        characters = Characters.of(text)
        assert characters.decode(characters.encode(text)) == text


def test_two_chinese_characters_are_six_bytes():
    assert len(Bytes().encode("天地")) == 6


def test_pairs_shorten_chinese_and_english():
    for name in (PLAYS, POEMS):
        text = shipped(name).read_text(encoding="utf-8")[:20_000]
        codec = Pairs.of(text, 600)
        assert codec.size == 600
        assert len(codec.encode(text)) < 0.6 * len(text.encode())


def test_codecs_travel_as_json():
    for codec in (Characters.of(TEXT), Bytes(), Pairs.of(TEXT, 280)):
        again = codec_from_json(codec.as_json())
        assert again.size == codec.size
        assert np.array_equal(again.encode(TEXT), codec.encode(TEXT))
        assert again.token(97 if codec.size > 97 else 0)


def test_a_character_that_was_never_seen_is_refused():
    with pytest.raises(LabError, match="`ü` does not occur"):
        Characters.of("abc").encode("abü")


def test_part_of_a_character_is_shown_by_its_bytes():
    assert Bytes().token(0xE5) == "<e5>"
