"""What does a model read? Bytes, pairs, merges."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, tensor, tokens

END = "</w>"  # the end of a word, a token of its own: number 256
WORDS = {"low": 5, "lower": 2, "newest": 6, "widest": 3}


class Text(nn.Module):
    """Nothing is learnt here."""

    def forward(self, codes):
        lengths = tokens.utf8_lengths(codes)
        ids = tokens.utf8(codes)
        return lengths, ids


def read(net, optimizer, codes):
    """Characters, and the bytes that they are stored as."""
    lengths, _ = net(codes)
    total = lengths.sum()
    return total


class Tokenizer(tokens.Vocabulary):
    """A text as numbers, and the merges learnt so far."""

    def __init__(self, ids, specials=()):
        super().__init__(specials=specials)
        self.register_buffer("ids", tensor(ids))


def learn(net, optimizer):
    """One merge: count, choose, merge, remember."""
    length = net.count_tokens(net.ids)
    pairs = net.pairs(net.ids)
    counts = net.count(net.ids, pairs)
    top = tokens.most(counts)
    pair = F.embedding(top, pairs)
    net.merge_(net.ids, pair)
    net.append_(pair)
    return length


def learn_words(net, optimizer, times):
    """The same over words that occur several times."""
    length = net.count_tokens(net.ids, times)
    pairs = net.pairs(net.ids)
    counts = net.count(net.ids, pairs, times)
    top = tokens.most(counts)
    pair = F.embedding(top, pairs)
    net.merge_(net.ids, pair)
    net.append_(pair)
    return length


def encode_word(net, optimizer, letters):
    """Encode with the merges of the part before, and decode."""
    ids = letters
    for rank in range(len(net.merges)):
        pair = net.merges[rank]
        ids = net.merge(ids, pair, rank)
    back = net.unmerge(ids)
    length = net.count_tokens(ids)
    return length


def code_points(text):
    """The number of each character in Unicode."""
    codes = [ord(character) for character in text]
    name = "code points"
    return Table(codes, ("character",), (), name, dtype=int)


def letters_of(word):
    """A word's bytes, and the end of the word."""
    return [*word.encode(), 256]


def unicode(dials):
    return Experiment(
        Text(), read, {"codes": code_points(dials["text"])}
    )


def merges(dials):
    return Experiment(Tokenizer(list(dials["text"].encode())), learn)


def words(dials):
    ids = tokens.padded([letters_of(word) for word in WORDS])
    net = Tokenizer(ids, (END,))
    net.ids.axes = ("word", "place")
    net.ids.labels = (tuple(WORDS), None)
    names = (tuple(WORDS),)
    times = Table(
        list(WORDS.values()), ("word",), names, "how often", dtype=int
    )
    return Experiment(net, learn_words, {"times": times})


# es, est, est</w>, lo, low
MERGES = [(101, 115), (257, 116), (258, 256), (108, 111), (260, 119)]


def encode(dials):
    ids = letters_of(dials["text"])
    net = tokens.Vocabulary(MERGES, (END,))
    labels = (tuple(net.spelled(n) for n in ids),)
    table = Table(ids, ("place",), labels, "a word", dtype=int)
    return Experiment(net, encode_word, {"letters": table})
