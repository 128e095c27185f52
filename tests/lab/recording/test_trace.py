"""A recorded trace is a trace: readers, tiles, files; and its numbers stay what they were."""

import gc
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from tests.lab.recording import networks  # noqa: E402
from tests.lab.recording.holds import assert_explained  # noqa: E402
from tests.terminal.pty_session import ROOT  # noqa: E402
from tuiexplain.course.languages import say_in  # noqa: E402
from tuiexplain.lab.recording import listener, tile  # noqa: E402
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402
from tuiexplain.lab.recording.trace import TorchTrace  # noqa: E402
from tuiexplain.narrate.as_json import dumps, trace_json  # noqa: E402
from tuiexplain.narrate.markdown import trace_markdown  # noqa: E402
from tuiexplain.narrate.words import event_lines, start_lines, why_lines  # noqa: E402
from tuiexplain.trace import TraceError  # noqa: E402
from tuiexplain.trace.file import load, save  # noqa: E402
from tuiexplain.trace.player import Player, Zoom  # noqa: E402
from tuiexplain.trace.replay import Edit, replay  # noqa: E402
from tuiexplain.trace.tile import Reduce, reduce_tile  # noqa: E402


def step(net: nn.Module, loss_of: Any, optimizer: Any) -> TorchTrace:
    with record_torch(net, optimizer) as trace:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
    return trace


@pytest.fixture
def convolutional() -> tuple[nn.Module, TorchTrace, Any]:
    net = networks.Convolutional()
    optimizer = torch.optim.AdamW(net.parameters())
    images, t = torch.randn(2, 1, 8, 8), torch.tensor([0, 2])

    def loss_of() -> torch.Tensor:
        return F.cross_entropy(net(images), t)

    return net, step(net, loss_of, optimizer), lambda: step(net, loss_of, optimizer)


# -- readers -----------------------------------------------------------------------------------------


def test_the_player_walks_both_ways(convolutional: Any) -> None:
    player = Player(convolutional[1])
    for zoom in (Zoom.EVENT, Zoom.LAYER, Zoom.PHASE):
        stops = []
        player.go_to(0)
        while player.forward(zoom):
            stops.append(player.position)
        assert stops[-1] == len(player)
        back = []
        while player.back(zoom):
            back.append(player.position)
        assert back == [*reversed(stops[:-1]), 0]
    assert len(stops) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_read_out(convolutional: Any, language: str) -> None:
    trace, say = convolutional[1], say_in(language)
    lines = [*start_lines(trace, say)]
    for event in trace.events:
        lines += event_lines(trace, event, say)
    for name in ("scores[0,1]", "features.0.weight.grad[0,0,1,1]", "head.weight'[0,0]"):
        lines += why_lines(trace, trace.why(name), say)
    assert all(lines)
    assert dumps(trace_json(trace))
    assert trace_markdown(trace, say)


def test_a_trace_is_freed_as_soon_as_it_is_dropped(convolutional: Any) -> None:
    _, _, again = convolutional
    gc.disable()
    try:
        trace = again()
        assert trace.events
        unread = again()
        gone = [
            weakref.ref(trace),
            weakref.ref(trace.tensor(trace.value("maps"))),
            weakref.ref(unread),
        ]
        del trace, unread
        assert [ref() for ref in gone] == [None, None, None]
    finally:
        gc.enable()


def test_while_it_is_recorded_it_cannot_be_read() -> None:
    with record_torch() as trace, pytest.raises(TraceError, match="still being recorded"):
        trace.events  # noqa: B018


# -- tiles and cells ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool", "bfloat16"])
def test_tiles_are_those_of_arrays(dtype: str) -> None:
    with record_torch() as trace:
        for shape in ((), (5,), (7, 9), (90, 133), (3, 20, 41), (0, 4)):
            (torch.randn(shape) * 10).to(getattr(torch, dtype)).clone()
    for value in trace.values:
        array = trace.data(value)
        array = array.astype(np.int8) if array.dtype == bool else array
        for region in (None, (1, 4, 2, 7), (0, 3, 0, 1)):
            for shape in (None, (4, 6), (20, 60)):
                if not value.size:
                    assert trace.tile(value, region, shape).size == 0
                    continue
                for reduce in Reduce:
                    found = trace.tile(value, region, shape, reduce)
                    expected = reduce_tile(array, region, shape, reduce)
                    assert found.shape == expected.shape
                    rough = 1e-2 if "bfloat16" in (dtype, str(found.dtype)) else 1e-5
                    np.testing.assert_allclose(found, expected, rtol=rough, atol=rough)


def test_a_tile_of_a_large_value_reads_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile, "MOST_READ", 1 << 10)
    with record_torch() as trace:
        x = torch.arange(100.0 * 200).view(100, 200)
    value = trace.value("x")
    found = trace.tile(value, None, (10, 20), Reduce.MEAN)
    assert found.shape == (10, 20)
    assert np.all(np.diff(found, axis=0) > 0)
    assert np.all(np.diff(found, axis=1) > 0)
    assert np.array_equal(trace.tile(value, (3, 5, 7, 9), (10, 20)), trace.data(value)[3:5, 7:9])
    assert x.shape == (100, 200)


def test_cells_of_large_values(monkeypatch: pytest.MonkeyPatch) -> None:
    from tuiexplain.lab.recording import trace as traces

    monkeypatch.setattr(traces, "SMALL", 0)
    with record_torch() as trace:
        x = torch.randn(3, 4, 5)
        y = x.transpose(0, 2)
        total = y.sum()
    assert trace.cell(trace.value("y"), (4, 1, 2)) == float(x[2, 1, 4])
    assert trace.cell(trace.value("total"), ()) == float(total)


# -- numbers that were overwritten -------------------------------------------------------------------


def test_numbers_stay_while_training_goes_on(convolutional: Any) -> None:
    net, trace, again = convolutional
    before = [trace.data(v) for v in trace.values]
    for _ in range(2):
        again()
    fresh = [array.copy() for array in before]
    reread = [trace.arrays[v.id] for v in trace.values]
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(fresh, reread, strict=True))
    assert not np.array_equal(
        trace.data(trace.value("head.weight'")), net.head.weight.detach().numpy()
    )


def test_what_changed_later_and_is_lost_says_so() -> None:
    net = networks.Perceptron()
    with record_torch(net) as trace:
        net(torch.randn(2, 3))
    with torch.no_grad():
        net.fc1.weight.add_(1.0)
    with pytest.raises(TraceError, match="overwritten since they were recorded"):
        trace.data(trace.value("fc1.weight"))
    assert trace.data(trace.value("fc2.weight")).shape == (4, 5)


def test_what_an_update_makes_on_its_way_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    net = networks.Perceptron()
    x, t = torch.randn(6, 3), torch.randn(6, 4)
    start = {name: p.clone() for name, p in net.state_dict().items()}
    numbers = []
    for large in (listener.LARGE, 0):
        monkeypatch.setattr(listener, "LARGE", large)
        net.load_state_dict(start)
        optimizer = torch.optim.AdamW(net.parameters(), weight_decay=0.1)
        for _ in range(2):
            trace = step(net, lambda: F.mse_loss(net(x), t), optimizer)
        assert_explained(trace, 1e-5)
        numbers.append({v.name: trace.data(v) for v in trace.values})
        if not large:
            div = trace.value("fc1.weight.div")
            assert trace.tensor(div).shape == (5, 3)
            assert trace.arrays.stored[div.id].is_made_again
            assert trace.arrays.cell(div.id, (2, 1)) == numbers[0]["fc1.weight.div"][2, 1]
    assert numbers[0].keys() == numbers[1].keys()
    for name, array in numbers[0].items():
        assert np.array_equal(array, numbers[1][name]), name


# -- what if -----------------------------------------------------------------------------------------


def test_what_if(convolutional: Any) -> None:
    _, trace, _ = convolutional
    images = trace.value("images")
    loss = trace.value("scores")
    changed = replay(trace, [Edit(images.id, (0, 0, 3, 3), 5.0)])
    assert not np.array_equal(changed.data(loss), trace.data(loss))
    same = replay(trace, [Edit(images.id, (0, 0, 3, 3), trace.cell(images, (0, 0, 3, 3)))])
    for value in trace.values:
        assert np.array_equal(same.data(value), trace.data(value), equal_nan=True), value


# -- files -------------------------------------------------------------------------------------------

_EXPLAIN = """
import sys
sys.modules["torch"] = None
import tuiexplain.lab.recording.rulebook
from tuiexplain.trace.file import load
trace = load(sys.argv[1])
for event in trace.events:
    value = trace.values[event.output]
    if value.size:
        print(trace.formula(event), trace.why(value, (0,) * len(value.shape)).total)
"""


def test_a_file_of_it_is_explained_without_torch(convolutional: Any, tmp_path: Path) -> None:
    trace = convolutional[1]
    file = tmp_path / "step.trace"
    save(trace, file)
    again = load(file)
    assert again.values == tuple(trace.values)
    assert again.events == tuple(trace.events)
    for value in trace.values:
        assert np.array_equal(again.data(value), trace.data(value), equal_nan=True)
    command = [sys.executable, "-c", _EXPLAIN, str(file)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(trace.events)
