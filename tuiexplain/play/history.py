"""The runs of one history: each goes on from the one before, with something changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from tuiexplain.play.cost import products
from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design
from tuiexplain.play.errors import PlayError
from tuiexplain.play.network import network
from tuiexplain.play.program import PlayProgram
from tuiexplain.play.surviving import carried
from tuiexplain.trace.cells import parse
from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.expression import Cell
from tuiexplain.trace.run import Run

STRIDE = 32
"""Steps between two states that are kept at first, of a network whose steps are quick."""
QUICK = 500_000
"""Multiplications of a quick step: a tenth of a millisecond."""
BUDGET = 16 * 1024 * 1024
"""Bytes of states that are kept of one history."""


def begun(design: Design, data: Dataset) -> Run:
    """A run from step 0."""
    return Run(lambda: PlayProgram(design, data), BUDGET, stride=_stride(design, data))


def holding(run: Run, step: int) -> Run:
    """The run of a history in which ``step`` was taken."""
    while step < run.start and run.parent is not None:
        run = run.parent
    return run


def changed(run: Run, step: int, design: Design, data: Dataset) -> Run:
    """A run with the past of ``run`` up to ``step`` and ``design`` from there on.

    What begins where ``run`` itself began takes its place: as if nothing had been in between. So
    what survives follows from the steps that were trained alone, and at step 0 all is drawn anew.
    """
    before = holding(run, step)
    if step == before.start and before.parent is not None:
        before = before.parent
    old, new = before.program, PlayProgram(design, data)
    assert isinstance(old, PlayProgram)
    state = carried(old, before.state_at(step), new) if step else new.state()
    return Run(
        lambda: PlayProgram(design, data),
        BUDGET,
        parent=before,
        start=step,
        state=state,
        stride=_stride(design, data),
    )


def _stride(design: Design, data: Dataset) -> int:
    """Steps between two states, so that those between are computed again in little time."""
    work = products(network(design, data), min(design.batch, len(data.train)))
    stride = STRIDE
    while stride > 1 and work * stride > QUICK * STRIDE:
        stride //= 2
    return stride


def with_numbers(run: Run, numbers: Mapping[str, float]) -> Run:
    """The same beginning with cells of it set, by their addresses (``W1[0,1]``)."""
    found = {}
    for address, number in numbers.items():
        place = found_cell(run, address)
        if place is None:
            raise PlayError(f"{address}: there is no such weight.", "no_cell", cell=address)
        if not math.isfinite(number):
            raise PlayError(
                f"{address} = {number}: no training goes on from that; set it to an ordinary number.",
                "not_finite",
                cell=address,
                number=number,
            )
        found[place] = number
    forked = run.fork(run.start, found)
    forked.parent = run.parent
    return forked


def found_cell(run: Run, address: str) -> tuple[str, Cell] | None:
    """The array and the cell that an address names in the numbers that ``run`` begins with."""
    try:
        name, cell = parse(address)
    except TraceError:
        return None
    array = run.state_at(run.start).get(name)
    if array is None or len(cell) != array.ndim:
        return None
    inside = all(0 <= place < length for place, length in zip(cell, array.shape, strict=True))
    return (name, cell) if inside else None


def history(run: Run) -> list[Run]:
    """``run``, and all that it goes on from."""
    found = [run]
    while found[-1].parent is not None:
        found.append(found[-1].parent)
    return found


def share(runs: Iterable[Run]) -> None:
    """Let runs keep no more states together than one may."""
    each_once = {id(run): run for run in runs}.values()
    for run in each_once:
        run.limit(BUDGET // len(each_once))
