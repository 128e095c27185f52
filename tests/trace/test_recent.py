"""What is kept at hand, and what goes."""

from __future__ import annotations

from tuiexplain.trace.recent import Recent


def test_what_was_not_used_for_the_longest_time_goes_first() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    assert kept.put("c", 3) == 3
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)


def test_things_may_weigh_more_than_one() -> None:
    kept: Recent[str, bytes] = Recent(5, len)
    kept.put("a", b"123")
    kept.put("a", b"12")  # again: it weighs once
    kept.put("b", b"123")
    assert (kept.get("a"), kept.get("b"), kept.weight) == (b"12", b"123", 5)
    assert kept.put("c", b"123456") == b"123456"  # too heavy alone
    assert (kept.get("c"), kept.weight) == (None, 0)


def test_what_is_unwanted_can_be_dropped() -> None:
    kept: Recent[int, bytes] = Recent(9, len)
    for key in range(3):
        kept.put(key, b"123")
    kept.drop(lambda key: key >= 1)
    assert (kept.get(0), kept.get(1), kept.get(2), kept.weight) == (b"123", None, None, 3)


def test_a_copy_goes_its_own_way() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    twin = kept.copy()
    twin.put("b", 2)
    twin.put("c", 3)
    assert (kept.get("a"), kept.get("c"), kept.weight) == (1, None, 1)
    assert (twin.get("a"), twin.get("c"), twin.weight) == (None, 3, 2)
