"""Byte-pair encoding, learnt and applied: bytes, and the most frequent pair merged again and again.

Our own, because it is one page, because the lessons show its merges, and because the libraries
that encode faster either cannot learn (tiktoken) or are larger than this program (tokenizers).
Learning 512 tokens from 1 MB takes about a second, encoding it less.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

Pair = tuple[int, int]

# As in GPT-2: a word with the blank before it, other signs likewise, blanks. No merge crosses
# these pieces, so that the same word is the same tokens wherever it stands.
_PIECES = re.compile(rb" ?[A-Za-z0-9_\x80-\xff]+| ?[^\sA-Za-z0-9_\x80-\xff]+|\s+(?!\S)|\s+")


def pieces(text: bytes) -> list[bytes]:
    """The text cut into pieces; joined they are the text again."""
    return _PIECES.findall(text)


def learn(text: bytes, vocabulary: int) -> list[Pair]:
    """The merges that make `vocabulary` tokens of 256 bytes; fewer if no pair comes twice.

    The most frequent pair first, of equals the smallest. Merge ``i`` makes token ``256 + i``.
    """
    words = [(list(piece), times) for piece, times in Counter(pieces(text)).items()]
    counts: Counter[Pair] = Counter()
    places: defaultdict[Pair, set[int]] = defaultdict(set)
    for index, (tokens, times) in enumerate(words):
        for pair in _pairs(tokens):
            counts[pair] += times
            places[pair].add(index)
    # A heap with outdated entries: an entry counts only if it still tells the pair's count.
    heap = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    while heap and len(merges) < vocabulary - 256:
        negative, best = heapq.heappop(heap)
        if -negative != counts[best]:
            continue
        if counts[best] < 2:
            break
        token = 256 + len(merges)
        merges.append(best)
        touched: set[Pair] = set()
        for index in places.pop(best):
            tokens, times = words[index]
            before = Counter(_pairs(tokens))
            tokens[:] = merge(tokens, best, token)
            after = Counter(_pairs(tokens))
            for pair in before.keys() | after.keys():
                change = after[pair] - before[pair]
                if change:
                    counts[pair] += times * change
                    touched.add(pair)
                if after[pair]:
                    places[pair].add(index)
        del counts[best]
        for pair in touched - {best}:
            heapq.heappush(heap, (-counts[pair], pair))
    return merges


def merge(tokens: Sequence[int], pair: Pair, token: int) -> list[int]:
    """The tokens with every occurrence of the pair, from the left, as one token."""
    merged: list[int] = []
    i = 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            merged.append(token)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged


def _pairs(tokens: Sequence[int]) -> Iterable[Pair]:
    return itertools.pairwise(tokens)


class BytePairs:
    """Encodes and decodes with given merges."""

    def __init__(
        self, merges: Iterable[Sequence[int]], cut: Callable[[bytes], list[bytes]] = pieces
    ) -> None:
        self._cut = cut
        self.merges: list[Pair] = [(int(a), int(b)) for a, b in merges]
        self.size = 256 + len(self.merges)
        self._rank = {pair: index for index, pair in enumerate(self.merges)}
        self._bytes = [bytes([b]) for b in range(256)]
        for a, b in self.merges:
            self._bytes.append(self._bytes[a] + self._bytes[b])
        self._known: dict[bytes, list[int]] = {}

    def encode(self, text: bytes) -> list[int]:
        """Tokens from 0 to `size` - 1."""
        tokens: list[int] = []
        for piece in self._cut(text):
            known = self._known.get(piece)
            if known is None:
                known = self._known[piece] = self._encode_piece(piece)
            tokens += known
        return tokens

    def decode(self, tokens: Iterable[int]) -> bytes:
        """The bytes that the tokens stand for."""
        return b"".join(self._bytes[token] for token in tokens)

    def _encode_piece(self, piece: bytes) -> list[int]:
        tokens = list(piece)
        last = len(self.merges)
        while len(tokens) > 1:
            first = min(_pairs(tokens), key=lambda pair: self._rank.get(pair, last))
            if first not in self._rank:
                break
            tokens = merge(tokens, first, 256 + self._rank[first])
        return tokens
