"""The picture of tokens: what each was merged from, down to the bytes."""

from __future__ import annotations

import numpy as np

from tuiexplain.course.experiment import Training
from tuiexplain.engine.ops.tokens import EMPTY, neighbours, sources
from tuiexplain.engine.tokens import Vocabulary, written
from tuiexplain.screens.lesson.desk import Desk
from tuiexplain.trace.run import Run
from tuiexplain.trace.value import Value
from tuiexplain.views.look import Look
from tuiexplain.views.merge_tree import MergeTree, Piece, merge_tree
from tuiexplain.views.picture import Picture

CODES, LENGTHS = "codes", "lengths"


def tokens(desk: Desk, width: int, height: int, look: Look) -> Picture:
    """The text as the last step left it; lit: the pair that is chosen, or under the cursor."""
    values = {value.name: value for value in desk.trace.values}
    if CODES in values:
        return merge_tree(MergeTree([_characters(desk, values[CODES])]), width, height, look)
    vocabulary = _vocabulary(desk)
    assert vocabulary is not None
    ids = np.atleast_2d(desk.trace.data(_latest(desk)))
    merges = [(int(left), int(right)) for left, right in _merges(desk)]
    known = Vocabulary(merges, vocabulary.specials)
    texts = [[_piece(n, known) for n in line if n != EMPTY] for line in ids.tolist()]
    return merge_tree(MergeTree(texts, _chosen(desk, ids)), width, height, look)


def _characters(desk: Desk, codes: Value) -> list[Piece]:
    """Each character over its bytes."""
    pieces = []
    for code in desk.trace.data(codes).tolist():
        character = chr(code)
        found = character.encode("utf-8", "surrogatepass")
        parts = tuple(Piece(f"{byte:02X}", byte) for byte in found)
        label = written(found)
        pieces.append(
            Piece(label, code, parts if len(parts) > 1 or label != parts[0].label else ())
        )
    return pieces


def _vocabulary(desk: Desk) -> Vocabulary | None:
    run = desk.session.bench.run
    program = run.program if isinstance(run, Run) else None
    net = program.experiment.net if isinstance(program, Training) else None
    return net if isinstance(net, Vocabulary) else None


def _latest(desk: Desk) -> Value:
    """The tokens that the last merge left, or those that the step began with."""
    trace = desk.trace
    merges = [event for event in trace.events if event.op == "merge"]
    done = [e for e in merges if desk.session.bench.player.exists(trace.values[e.output])]
    event = done[-1] if done else merges[0]
    return trace.values[event.output if done else event.inputs[0]]


def _merges(desk: Desk) -> np.ndarray:
    """All merges that have been learnt, with the one that this step learns."""
    names = {value.name: value for value in desk.trace.values}
    return desk.trace.data(names.get("merges'", names["merges"]))


def _chosen(desk: Desk, ids: np.ndarray) -> frozenset[tuple[int, int]]:
    """Where the pair stands that the cursor is on, or else the one that is to be merged."""
    trace, exists = desk.trace, desk.session.bench.player.exists
    names = {value.name: value for value in trace.values}
    pair = None
    if "pairs" in names and desk.selected.name in ("pairs", "counts") and desk.cell:
        pair = trace.data(names["pairs"])[desk.cell[0]]
    else:
        waiting = [
            e for e in trace.events if e.op == "merge" and not exists(trace.values[e.output])
        ]
        if waiting and exists(trace.values[waiting[0].inputs[1]]):
            pair = trace.data(waiting[0].inputs[1])
    if pair is None:
        return frozenset()
    left, right = (int(n) for n in pair)
    if (left, right) not in neighbours(ids):
        return frozenset()
    places = set()
    for kept in sources(ids, pair):
        for (row, at), merged in kept:
            if merged:
                places |= {(row, at), (row, at + 1)}
    return frozenset(places)


def _piece(token: int, known: Vocabulary) -> Piece:
    """A token with what it was merged from."""
    row = token - known.first
    merged = known.merges.data[row].tolist() if 0 <= row < len(known.merges) else [token]
    parts = tuple(_piece(n, known) for n in merged) if max(merged) < token else ()
    return Piece(known.spelled(token), token, parts)
