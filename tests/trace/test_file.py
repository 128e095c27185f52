"""Traces in files: what is saved is loaded, and anything else gets one sentence."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiexplain.engine.functional as F
from tuiexplain.engine import nn, optim, tensor
from tuiexplain.trace import Trace, TraceFileError, record
from tuiexplain.trace.file import MANIFEST, _decode, _encode, load, save


@pytest.fixture
def trace() -> Trace:
    net = nn.Linear(3, 2)
    optimizer = optim.Adam(net.parameters(), lr=0.1)
    x = tensor([[1.0, 2.0, np.inf], [0.0, -1.0, 0.5]])
    with record() as trace:
        picked = net(x)[1, :]
        loss = F.relu(picked).sum()
        loss.backward()
        optimizer.step()
    trace.meta["step"] = 7
    return trace


def test_what_is_saved_is_loaded(trace: Trace, tmp_path: Path) -> None:
    save(trace, tmp_path / "a.trace")
    again = load(tmp_path / "a.trace")
    assert again.values == trace.values
    assert again.events == trace.events
    assert again.meta == trace.meta
    for value in trace.values:
        assert np.array_equal(again.data(value), trace.data(value), equal_nan=True)
        for cell in np.ndindex(value.shape):
            assert again.why(value, cell).with_numbers == trace.why(value, cell).with_numbers
    assert [p.name for p in tmp_path.iterdir()] == ["a.trace"]


def rewrite(file: Path, change: dict[str, object]) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[MANIFEST] = json.dumps({**json.loads(parts[MANIFEST]), **change}).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: f.write_bytes(f.read_bytes()[:-200]), "only a part"),
        (lambda f: f.write_bytes(b"not a zip"), "not a trace"),
        (lambda f: f.write_bytes(b""), "not a trace"),
        (lambda f: rewrite(f, {"format": "other"}), "another program"),
        (lambda f: rewrite(f, {"version": 99}), "version 99.*update"),
        (lambda f: rewrite(f, {"values": [{"id": 0}]}), "not a whole trace"),
        (lambda f: f.unlink(), "cannot be read: No such file"),
    ],
)
def test_another_file_gets_one_sentence(trace, tmp_path, damage, message) -> None:
    file = tmp_path / "a.trace"
    save(trace, file)
    damage(file)
    with pytest.raises(TraceFileError, match=message) as caught:
        load(file)
    assert "\n" not in str(caught.value)


def test_a_flipped_bit_is_noticed(trace: Trace, tmp_path: Path) -> None:
    file = tmp_path / "a.trace"
    save(trace, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(TraceFileError):
        load(file)


def test_pickles_are_not_read(trace: Trace, tmp_path: Path) -> None:
    file = tmp_path / "a.trace"
    save(trace, file)
    evil = tmp_path / "evil.npy"
    np.save(evil, np.array([print], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["arrays/0.npy"] = evil.read_bytes()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(TraceFileError):
        load(file)


def test_a_folder_that_cannot_be_written_is_told(trace: Trace, tmp_path: Path) -> None:
    with pytest.raises(TraceFileError, match="cannot be written"):
        save(trace, tmp_path / "nowhere" / "a.trace")


attributes = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
        | st.builds(slice, st.none() | st.integers(), st.none() | st.integers())
    ),
    max_leaves=8,
)


@given(attributes)
def test_attributes_survive_json(x: object) -> None:
    assert _decode(json.loads(json.dumps(_encode(x)))) == x
