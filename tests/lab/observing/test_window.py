"""Memory shared by two processes: torn reads are read again, and nothing is left behind."""

import multiprocessing
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from tuiexplain.lab.observing.sights import Kind, Seen, Sight
from tuiexplain.lab.observing.window import CAPACITY, SLOTS, Window


@pytest.fixture
def window():
    made = Window.new()
    yield made
    made.close()


def test_what_was_put_is_got(window):
    assert window.get(3) is None
    window.put(3, b"seen")
    version = window.version(3)
    assert window.get(3) == b"seen"
    window.put(3, b"again, longer")
    assert window.get(3) == b"again, longer"
    assert window.version(3) != version
    assert window.get(2) is None


def test_the_other_end_sees_it(window):
    other = Window(os.dup(window.descriptor))
    other.put(0, b"hello")
    other.close()
    assert window.get(0) == b"hello"


def test_it_has_no_name(window):
    linked = Path(f"/proc/self/fd/{window.descriptor}")
    if not linked.exists():
        pytest.skip("this system does not tell the names of open files")
    assert not Path(os.readlink(linked)).exists()


def test_too_much_and_no_such_slot(window):
    with pytest.raises(ValueError, match="too many for a slot"):
        window.put(0, bytes(CAPACITY))
    with pytest.raises(ValueError, match="slots 0 to"):
        window.put(SLOTS, b"")


def test_a_writer_that_died_half_way_shows_nothing_until_the_next(window):
    window.put(0, b"whole")
    struct.pack_into("<Q", window._memory, 0, window.version(0) + 1)
    assert window.get(0) is None
    window.put(0, b"next")
    assert window.get(0) == b"next"


def test_a_changed_byte_is_noticed(window):
    window.put(0, b"whole")
    window._memory[16] ^= 1
    assert window.get(0) is None


def _write(descriptor, ready, stop):
    window = Window(descriptor)
    number = 0
    while not stop.is_set():
        number = (number + 1) % 251
        window.put(0, bytes([number]) * (1000 + 700 * number))
        ready.set()


def test_reads_while_another_process_writes_are_whole(window):
    fork = multiprocessing.get_context("fork")
    ready, stop = fork.Event(), fork.Event()
    writer = fork.Process(target=_write, args=(window.descriptor, ready, stop))
    writer.start()
    try:
        assert ready.wait(20)
        found = set()
        # A reader that is always interrupted gives up; how often that happens is the system's.
        for _ in range(20_000):
            content = window.get(0)
            if content is None:
                continue
            assert len(content) == 1000 + 700 * content[0]
            assert content.count(content[0]) == len(content)
            found.add(content[0])
            if len(found) > 20:
                break
        assert len(found) > 1
    finally:
        stop.set()
        writer.join()


def test_what_is_seen_comes_back():
    arrays = {"picture": np.arange(6, dtype=np.float32).reshape(2, 3), "samples": np.array([1, 2])}
    seen = Seen(Sight(Kind.WEIGHT, "h.0.attn"), 7, 2, arrays)
    again = Seen.unpack(seen.pack())
    assert (again.sight, again.step, again.watch) == (seen.sight, 7, 2)
    for name, array in arrays.items():
        assert np.array_equal(again.arrays[name], array)
        assert again.arrays[name].dtype == array.dtype
