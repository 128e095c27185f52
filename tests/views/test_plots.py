"""Curves, scatter plots, bars, sparklines, canvas and ticks."""

from __future__ import annotations

import math
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views import scenes
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.canvas import Canvas
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.grid import Grid
from tuiexplain.views.histogram import Histogram, histogram
from tuiexplain.views.layers import Column, Layers, layers
from tuiexplain.views.look import Depth, look
from tuiexplain.views.scatter import Scatter, scatter
from tuiexplain.views.sparkline import sparkline
from tuiexplain.views.stems import Stems, stems
from tuiexplain.views.ticks import log_ticks, ticks

LOOK = look()
ASCII = look(depth=Depth.NONE, ascii_only=True)


def text(strips) -> str:
    return "\n".join(strip.text.rstrip() for strip in strips)


def test_a_curve_names_its_values_at_the_marked_step() -> None:
    shown = curve(Curve([Series("loss", [4.0, 2.0, 1.0])], mark=1), 40, 10, LOOK)
    assert shown[0].text.startswith("loss 2")
    assert "●" in text(shown)
    assert curve(Curve([Series("loss", [4.0, 2.0, 1.0])]), 40, 10, LOOK)[0].text.startswith(
        "loss 1"
    )


def test_what_is_not_finite_is_marked_at_the_top() -> None:
    values = [1.0, 2.0, math.inf, math.nan, 3.0]
    shown = curve(Curve([Series("loss", values)]), 40, 10, LOOK)
    assert "✕" in shown[1].text
    assert "nan" in curve(Curve([Series("loss", [math.nan])]), 40, 10, LOOK)[0].text


def test_a_log_scale_counts_in_powers_of_ten() -> None:
    values = 10.0 ** np.linspace(3, -3, 50)
    shown = text(curve(Curve([Series("loss", values)], log=True), 60, 16, LOOK))
    for label in ("100", "1", "0.01"):
        assert f"{label}┤" in shown


def test_a_log_scale_of_no_positive_number_is_none() -> None:
    assert "┤" in text(curve(Curve([Series("loss", [-1.0, 0.0, -3.0])], log=True), 40, 10, LOOK))


def test_peaks_survive_decimation() -> None:
    values = np.zeros(100_000)
    values[54_321] = 7.0
    shown = text(curve(Curve([Series("loss", values)]), 60, 15, LOOK)).splitlines()
    assert any(c >= "⠀" for c in shown[1].split("┤")[-1].split("│")[-1].strip())


def test_series_are_told_apart_without_colour() -> None:
    series = [Series("a", [3.0, 2.0, 1.0]), Series("b", [1.0, 2.0, 3.0])]
    shown = text(curve(Curve(series), 40, 10, ASCII))
    assert shown.isascii()
    assert "o b" in shown.splitlines()[0]
    assert "o" in "".join(shown.splitlines()[1:])


def test_a_series_taken_at_some_steps_lies_where_it_was_taken() -> None:
    values = [4.0, 3.0, 1.0]
    shown = curve(Curve([Series("a", values, steps=[0, 16, 64])], mark=16), 60, 15, LOOK)
    assert shown[0].text.split()[1] == "3"
    whole = curve(Curve([Series("a", np.linspace(4, 1, 65))], mark=16), 60, 15, LOOK)
    column = {strip.text.rfind("●") for strip in shown} | {s.text.rfind("●") for s in whole}
    assert len(column - {-1}) == 1
    assert shown[-1].text == whole[-1].text


def test_the_least_of_a_series_is_marked_with_its_step() -> None:
    values = [4.0, 2.0, 0.5, 3.0, math.nan, 8.0]
    series = [Series("train", [4.0, 1.0]), Series("held out", values, lowest=True)]
    shown = curve(Curve(series, mark=0, log=True), 60, 12, LOOK)
    assert "held out 4 ◆0.5" in shown[0].text
    assert "◆ 2" in shown[1].text
    assert sum("◆" in strip.text for strip in shown) == 3
    assert "◆" not in text(curve(Curve([Series("a", [math.nan] * 3, lowest=True)]), 60, 12, LOOK))
    assert text(curve(Curve(series), 60, 12, ASCII)).isascii()


SIX = [
    Series(name, np.linspace(9 - i, i, 40), per=per)
    for i, (name, per) in enumerate(zip("abcdef", (1, 0.5, 0.25, 1, 0.5, 1), strict=True))
]


@pytest.mark.parametrize("shown_by", [LOOK, ASCII])
def test_many_series_are_numbered_at_their_names_and_at_their_ends(shown_by) -> None:
    shown = curve(Curve(SIX), 40, 16, shown_by)
    names, plot = text(shown[:3]), text(shown[3:-1])
    for number, series in enumerate(SIX, start=1):
        assert f"{number} {series.name} {number - 1}" in names
        assert str(number) in plot


def test_an_axis_may_count_epochs() -> None:
    series = [Series("few", [4.0, 2.0, 1.0], per=0.5), Series("many", [4.0] * 5, per=0.25)]
    lines = text(curve(Curve(series, mark=0.5, x_label="epochs"), 60, 12, LOOK)).splitlines()
    assert lines[0].split() == ["━", "few", "2", "━", "many", "4"]
    assert lines[-1].split()[0] == "0"
    assert lines[-1].split()[-1] == "epochs"


def test_plotext_comes_with_the_first_curve_only() -> None:
    program = (
        "import sys; from tuiexplain.views.curve import Curve, Series, curve;"
        "from tuiexplain.views.look import look; assert 'plotext' not in sys.modules;"
        "curve(Curve([Series('l', [1.0, 2.0])]), 40, 9, look()); assert 'plotext' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_time_of_a_curve_does_not_follow_its_length() -> None:
    def seconds(count: int) -> float:
        noise = np.random.default_rng(0).normal(size=count)
        spec = Curve([Series("loss", noise)])
        times = []
        for _ in range(7):
            start = time.perf_counter()
            curve(spec, 60, 15, LOOK)
            times.append(time.perf_counter() - start)
        return min(times)

    seconds(10)
    assert seconds(100_000) < 4 * seconds(1_000)


def test_equal_curves_make_equal_strips() -> None:
    assert scenes.curve_log(LOOK) == scenes.curve_log(LOOK)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(1, 20))
def test_ticks_are_few_even_and_within(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most + 1
    slack = 1e-9 * (span + abs(low))
    assert all(low - slack <= t <= low + span + slack for t in found)
    assert log_ticks(-3, 3, 3) == [-3.0, -1.0, 1.0, 3.0]


def test_points_line_and_residuals_are_drawn() -> None:
    picture = scatter(Scatter(*scenes.FOUR, line=(0.5, 0.0), residuals=True), 40, 12, LOOK)
    assert picture.text.count("●") == 4
    styles = {s.style for strip in picture.strips for s in strip if s.text.strip("⠀ ")}
    assert {LOOK.series[0], LOOK.series[1], LOOK.strong} <= styles


def test_a_point_is_found_where_it_is() -> None:
    picture = scatter(Scatter(*scenes.FOUR), 40, 12, LOOK)
    for i in range(4):
        area = picture.hits.where(i)
        assert picture.strips[area.y].text[area.x] == "●"
        assert picture.hits.at(area.x, area.y) == i
    assert picture.hits.at(20, 1) is None


def test_a_line_that_left_the_numbers_is_marked() -> None:
    picture = scatter(Scatter(*scenes.FOUR, line=(math.nan, 1.0), residuals=True), 40, 12, LOOK)
    assert "✕" in picture.text
    assert picture.text.count("●") == 4


def test_fixed_limits_keep_the_picture_still() -> None:
    def axis(line):
        spec = Scatter(*scenes.FOUR, line=line, x_limits=(0, 5), y_limits=(0, 10))
        return [s.text[:3] for s in scatter(spec, 40, 12, LOOK).strips]

    assert axis((0.0, 0.0)) == axis((500.0, -1e9))


def test_bars_stand_on_the_side_of_their_sign() -> None:
    picture = bars(Bars(["up", "down"], [1.0, -1.0]), 40, 2, LOOK)
    up, down = (strip.text for strip in picture.strips)
    assert up.index("│") < up.index("━")
    assert down.rindex("━") < down.index("│")
    assert picture.hits.at(5, 1) == 1


@pytest.mark.parametrize("selected", range(20))
def test_the_selected_bar_is_shown(selected: int) -> None:
    names = [f"n{i}" for i in range(20)]
    picture = bars(Bars(names, [1.0] * 20, selected=selected), 40, 6, LOOK)
    assert f"n{selected} " in picture.text
    assert "/20" in picture.strips[-1].text


def test_sparklines_rise_and_mark_what_is_not_finite() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, LOOK) == "▁▂▃▄▅▆▇█"
    assert sparkline([1.0, math.nan, 2.0], 8, LOOK) == "▁✕█"
    assert len(sparkline(range(1000), 12, LOOK)) == 12
    assert sparkline([], 8, LOOK) == ""


@given(*[st.floats(-1e9, 1e9)] * 4)
def test_lines_are_cut_at_the_edge(x0: float, y0: float, x1: float, y1: float) -> None:
    canvas, grid = Canvas(6, 3, LOOK), Grid(6, 3)
    canvas.line((x0, y0), (x1, y1), LOOK.text)
    canvas.onto(grid, 0, 0)
    assert all(strip.cell_length == 6 for strip in grid.strips())


def test_a_diagonal_in_dots() -> None:
    canvas, grid = Canvas(2, 1, LOOK), Grid(2, 1)
    canvas.line((0, 3), (3, 0), LOOK.text)
    canvas.onto(grid, 0, 0)
    assert grid.strips()[0].text == "⡠⠊"


def test_later_writing_covers_earlier_writing() -> None:
    grid = Grid(6, 1)
    grid.put(0, 0, "权重x")
    grid.put(1, 0, "a")
    grid.put(5, 0, "权")
    assert grid.strips()[0].text == " a重x "


# -- many numbers at once --------------------------------------------------------------------------


def test_bars_of_layers_are_as_long_as_the_logarithm() -> None:
    values = [1e-6, 1e-4, 1e-2, 1.0, 0.0, None, math.nan]
    spec = Layers([f"W{i}" for i in range(7)], [Column("std", values)])
    shown = [strip.text for strip in layers(spec, 50, 8, LOOK).strips]
    assert "1e-7–1" in shown[0]
    lengths = [line.count("━") + 0.5 * line.count("╸") for line in shown[1:]]
    assert lengths[4:] == [0, 0, 0]
    steps = np.diff(lengths[:4])
    assert np.ptp(steps) <= 0.5
    assert shown[5].rstrip().endswith("0")
    assert shown[6].rstrip().endswith("·")
    assert shown[7].rstrip().endswith("nan")


def test_names_of_layers_that_would_be_cut_alike_keep_their_ends() -> None:
    names = ["0.attn.c_attn.A", "0.attn.c_attn.B", "0.attn.c_attn.base", "wte"]
    spec = Layers(names, [Column("std", [1.0] * 4)])
    shown = [strip.text.split("│")[0].strip() for strip in layers(spec, 60, 5, LOOK).strips[1:]]
    assert shown == ["…attn.c_attn.A", "…attn.c_attn.B", "…n.c_attn.base", "wte"]


def test_bars_of_more_layers_than_lines_show_the_one_that_runs() -> None:
    names = [f"W{i}" for i in range(30)]
    spec = Layers(names, [Column("std", [1.0] * 30)], selected=20)
    assert "W20" in layers(spec, 40, 6, LOOK).text
    assert layers(spec, 40, 6, LOOK).hits.at(5, 1) is not None


def test_the_bars_of_a_histogram_are_the_counts() -> None:
    shown = histogram(Histogram(np.array([0.0] * 3 + [1.0]), "h"), 30, 12, LOOK)
    assert "mean 0.25" in shown.text
    columns = list(zip(*[strip.text for strip in shown.strips[1:-2]], strict=True))
    filled = [sum(c == "█" for c in column) for column in columns]
    tall = max(filled)
    assert sorted({n for n in filled if n}) == [tall // 3, tall]
    assert filled.index(tall) < filled.index(tall // 3)
    assert histogram(Histogram(np.empty(0), "h"), 30, 12, LOOK).text.split() == ["h"]
    assert "█" in histogram(Histogram(np.full(5, 2.0)), 30, 12, LOOK).text


def test_the_largest_weight_is_seen_however_many_there_are() -> None:
    values = np.full(5_000, 0.01)
    values[1_234] = -5.0
    picture = stems(Stems(values, "w", selected=1_234), 40, 11, LOOK)
    lines = [strip.text for strip in picture.strips]
    assert any(c > "⠀" for c in lines[-3].split("│")[-1].split("┤")[-1].strip())
    area = picture.hits.where(1_234)
    assert area is not None
    assert abs(picture.hits.at(area.x, 2) - 1_234) <= 5_000 / 30
    assert "✕" in stems(Stems(np.array([1.0, math.inf])), 30, 8, LOOK).text


def test_a_scatter_draws_a_curve_and_hollow_points() -> None:
    x = np.linspace(-1, 1, 30)
    spec = Scatter(
        [0.0],
        [0.0],
        curve=(x, x**3),
        others=([0.5, 9.0], [-0.5, 0.0]),
        x_limits=(-1, 1),
        y_limits=(-1, 1),
    )
    shown = scatter(spec, 40, 14, LOOK).text
    assert shown.count("○") == 1
    assert shown.count("●") == 1
    assert sum("⠀" < c <= "⣿" for c in shown) > 15
    rough = Scatter([0.0], [0.0], curve=(x, np.where(x > 0, np.inf, x)), x_limits=(-1, 1))
    assert max(scatter(rough, 40, 14, LOOK).text) > "⠀"
