"""Every view fills exactly the room that it is given, whatever is in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.strip import Strip

from tests.views import scenes
from tuiexplain.views.attention import Attention, attention
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.cache_grid import Band, CacheGrid, Made, cache_grid
from tuiexplain.views.code import Code, code
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.formula import Formula, formula
from tuiexplain.views.graph import Edge, Graph, Node, graph
from tuiexplain.views.histogram import Histogram, histogram
from tuiexplain.views.layers import Column, Layers, layers
from tuiexplain.views.levels import Levels, levels
from tuiexplain.views.look import Depth, Look, look
from tuiexplain.views.matrix import Matrix, matrices, matrix
from tuiexplain.views.prose import page, prose
from tuiexplain.views.scatter import Scatter, scatter
from tuiexplain.views.stems import Stems, stems
from tuiexplain.views.timeline import Stretch, timeline
from tuiexplain.views.unrolled import Row, Shown, Unrolled, unrolled
from tuiexplain.views.years import Years, years

LOOKS = [
    look("dark"),
    look("light"),
    look("light", Depth.SIXTEEN),
    look("dark", Depth.NONE),
    look("dark", Depth.NONE, ascii_only=True),
]
looks = st.sampled_from(LOOKS)
widths = st.integers(1, 90)
heights = st.integers(1, 14)
labels = st.text(
    st.one_of(
        st.sampled_from("权重梯度，。∂L/·δ²ᵀ=+-[]01 \x1b\x07\r\n\t\u202e\u200b\ud800e\u0301"),
        st.characters(),
    ),
    max_size=14,
)
numbers = st.floats(width=32)
quick = settings(max_examples=60, deadline=None)


def check(strips: Sequence[Strip], width: int, height: int) -> None:
    """Lines as many and as wide as asked for, measured anew, and no control character in them."""
    assert len(strips) == height
    for strip in strips:
        text = strip.text
        assert strip.cell_length == width
        assert sum(cell_len(s.text) for s in strip) == width, repr(text)
        assert all(c.isprintable() for c in text), repr(text)


def grids(rows: int = 5, columns: int = 5) -> st.SearchStrategy[np.ndarray]:
    shape = st.tuples(st.integers(1, rows), st.integers(1, columns))
    return shape.flatmap(
        lambda s: st.lists(numbers, min_size=s[0] * s[1], max_size=s[0] * s[1]).map(
            lambda flat: np.array(flat, dtype=float).reshape(s)
        )
    )


@quick
@given(grids(), labels, st.lists(labels, max_size=6), widths, heights, looks, st.data())
def test_matrix(
    values: np.ndarray, title: str, names: list[str], width: int, height: int, shown: Look, data
) -> None:
    cell = (
        data.draw(st.integers(0, values.shape[0] - 1)),
        data.draw(st.integers(0, values.shape[1] - 1)),
    )
    spec = Matrix(
        title,
        values,
        note=title,
        row_labels=names,
        column_labels=names,
        known=data.draw(st.sampled_from([None, values > 0])),
        changed=data.draw(st.sampled_from([None, values < 0])),
        causes=frozenset({cell}),
        cursor=data.draw(st.sampled_from([None, cell])),
        focused=data.draw(st.booleans()),
        mode=data.draw(st.sampled_from(["auto", "digits", "heat"])),
    )
    check(matrix(spec, width, height, shown).strips, width, height)
    check(matrix(spec, width, height, shown, hug=False).strips, width, height)
    pending = Matrix(title, shape=(3, 40))
    check(matrices([spec, pending], width, height, shown).strips, width, height)


@quick
@given(
    st.lists(st.tuples(labels, st.booleans(), st.booleans()), min_size=1, max_size=7),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()), max_size=12),
    st.sampled_from(["forward", "backward", "update"]),
    widths,
    heights,
    looks,
)
def test_graph(nodes, edges, phase: str, width: int, height: int, shown: Look) -> None:
    spec = Graph(
        [
            Node(
                i,
                label,
                np.full((2, 3), i - 2.0) if known else None,
                np.array(-1e-30) if back else None,
                scalar=i % 2 == 0,
            )
            for i, (label, known, back) in enumerate(nodes)
        ],
        [Edge(u, v, back, back and u == 1) for u, v, back in edges],
        running=1,
        phase=phase,
    )
    check(graph(spec, width, height, shown).strips, width, height)


@quick
@given(
    st.lists(st.tuples(labels, st.integers(0, 60)), max_size=3), labels, widths, looks, st.data()
)
def test_timeline(phases, tail: str, width: int, shown: Look, data) -> None:
    names = ["forward", "backward", "update"]
    stretches = [Stretch(n, *phase) for n, phase in zip(names, phases, strict=False)]
    position = data.draw(st.integers(-1, sum(s.count for s in stretches)))
    check(timeline(stretches, position, width, shown, tail=tail).strips, width, 1)


@quick
@given(labels, st.lists(labels, max_size=4), widths, heights, looks)
def test_formula(left: str, rights: list[str], width: int, height: int, shown: Look) -> None:
    spec = Formula(left, rights, rights[:1])
    check(formula(spec, width, height, shown, accent="backward"), width, height)


@quick
@given(st.lists(labels, max_size=12), st.integers(-2, 15), widths, heights, looks, st.data())
def test_code(lines, running: int, width: int, height: int, shown: Look, data) -> None:
    columns = data.draw(st.none() | st.tuples(st.integers(0, 20), st.integers(0, 40)))
    top = data.draw(st.none() | st.integers(-3, 20))
    spec = Code("\n".join(lines), running, "backward", columns, linked={2, 3})
    check(code(spec, width, height, shown, top=top).strips, width, height)


@quick
@given(
    st.lists(
        st.one_of(labels, st.sampled_from(["**粗体**", "[[gradient|梯度]]", "`W`", "\n\n- "]))
    ),
    st.integers(0, 9),
    widths,
    heights,
    looks,
)
def test_prose(parts: list[str], top: int, width: int, height: int, shown: Look) -> None:
    whole = prose("".join(parts), width, shown)
    check(whole.strips, width, len(whole.strips))
    check(page(whole, top, width, height, shown).strips, width, height)


@quick
@given(
    st.lists(st.tuples(labels, st.lists(numbers, max_size=200)), max_size=3),
    st.none() | st.integers(-1, 50),
    st.booleans(),
    widths,
    heights,
    looks,
)
def test_curve(series, mark, log: bool, width: int, height: int, shown: Look) -> None:
    spec = Curve([Series(n, v, i) for i, (n, v) in enumerate(series)], mark, log)
    check(curve(spec, width, height, shown), width, height)


@quick
@given(
    st.lists(st.tuples(numbers, numbers), max_size=80),
    st.none() | st.tuples(numbers, numbers),
    labels,
    widths,
    heights,
    looks,
)
def test_scatter(points, line, label: str, width: int, height: int, shown: Look) -> None:
    x, y = [p[0] for p in points], [p[1] for p in points]
    spec = Scatter(x, y, line, True, (1.0, 0.0), 0, label, label)
    check(scatter(spec, width, height, shown).strips, width, height)


@quick
@given(st.lists(st.sampled_from(Made), max_size=60), st.integers(0, 4), widths, heights, looks)
def test_cache_grid(columns: list[Made], count: int, width: int, height: int, shown: Look) -> None:
    values = np.linspace(-1, 1, 3 * len(columns)).reshape(-1, 3)
    bands = [Band(f"K{i}", values, columns) for i in range(count)]
    strips = cache_grid(CacheGrid(bands, len(columns)), width, height, shown).strips
    assert len(strips) <= height
    check(strips, width, len(strips))


@quick
@given(
    st.lists(labels, min_size=1, max_size=12),
    grids(),
    st.booleans(),
    widths,
    heights,
    looks,
)
def test_attention(names, weights, masked: bool, width: int, height: int, shown: Look) -> None:
    names = (names * len(weights))[: len(weights)]
    keys = tuple(str(i) for i in range(weights.shape[1]))
    allowed = np.tri(*weights.shape) != 0 if masked else None
    spec = Attention(weights, names, keys, allowed, len(names) - 1, (0, 0), "1/2")
    picture = attention(spec, width, height, shown)
    assert len(picture.strips) <= height
    check(picture.strips, width, len(picture.strips))
    for row, column in np.ndindex(weights.shape):
        area = picture.hits.where((row, column))
        if area is not None:
            assert picture.hits.at(area.x, area.y) == (row, column)
            assert area.x + area.width <= width


@quick
@given(st.lists(st.tuples(labels, numbers, numbers), max_size=20), widths, heights, looks)
def test_bars(rows, width: int, height: int, shown: Look) -> None:
    names, values, rivals = ([row[i] for row in rows] for i in range(3))
    spec = Bars(names, values, rivals or None, selected=len(rows) // 2)
    check(bars(spec, width, height, shown).strips, width, height)


@pytest.mark.parametrize("shown", LOOKS, ids=["dark", "light", "sixteen", "plain", "ascii"])
@pytest.mark.parametrize("name", scenes.SCENES)
def test_scenes(name: str, shown: Look) -> None:
    for strip in scenes.SCENES[name](shown):
        check([strip], strip.cell_length, 1)


@quick
@given(
    st.lists(st.tuples(labels, st.none() | numbers, st.none() | numbers), max_size=12),
    st.booleans(),
    widths,
    heights,
    looks,
)
def test_layers_fit(rows, rivals: bool, width: int, height: int, look: Look) -> None:
    names, first, second = ([row[i] for row in rows] for i in range(3))
    columns = [Column("std", first, second if rivals else None), Column("‖∂L/∂W‖", second)]
    spec = Layers(names, columns, len(rows) // 2)
    check(layers(spec, width, height, look).strips, width, height)


@quick
@given(st.lists(numbers, max_size=50), labels, widths, heights, looks)
def test_histograms_and_stems_fit(values, name: str, width: int, height: int, look: Look) -> None:
    array = np.array(values, dtype=float)
    check(histogram(Histogram(array, name, 0.5), width, height, look).strips, width, height)
    check(stems(Stems(array, name, array * 2, 3), width, height, look).strips, width, height)


@quick
@given(
    st.lists(numbers, min_size=1, max_size=30),
    labels,
    st.sampled_from(Shown),
    st.integers(0, 30),
    widths,
    heights,
    looks,
)
def test_loops_over_time_fit(values, name, kind, running, width, height, look) -> None:
    count = len(values)
    known = [i % 3 > 0 for i in range(count)]
    rows = [
        Row(name, np.array(values)[:, None] * np.ones(units), known, kind, values[0])
        for units in (1, 4)
    ]
    spec = Unrolled([name] * count, rows, running if running < count else None)
    picture = unrolled(spec, width, height, look)
    check(picture.strips, width, height)
    for thing in ((0, 0), (1, count - 1)):
        area = picture.hits.where(thing)
        if area is not None:
            assert picture.hits.at(area.x, area.y) == thing or area.height == 0


@quick
@given(
    st.lists(st.floats(-9, 9), min_size=0, max_size=12),
    st.sampled_from([None, 0.0, 0.5, 3.0, 1e-3]),
    st.booleans(),
    widths,
    heights,
    looks,
)
def test_levels(
    numbers: list[float], step: float | None, done: bool, width: int, height: int, shown: Look
) -> None:
    largest = max(map(abs, numbers), default=0.0)
    kept = [round(n) for n in numbers] if done else None
    spec = Levels(numbers, largest, step, kept, kept, 0 if numbers else None)
    check(levels(spec, width, height, shown).strips, width, height)


@quick
@given(
    st.lists(st.tuples(labels, st.floats(0, 1e6), st.booleans()), max_size=9),
    widths,
    heights,
    looks,
)
def test_years(things: list[tuple[str, float, bool]], width: int, height: int, shown: Look) -> None:
    spec = Years(
        [name for name, _, _ in things],
        [2018 + i // 2 for i in range(len(things))],
        [size for _, size, _ in things],
        [full for _, _, full in things],
        [not full for _, _, full in things],
        0,
    )
    check(years(spec, width, height, shown).strips, width, height)
