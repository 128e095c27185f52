"""Runs: the past is kept, thinned, replayed exactly and forked."""

import numpy as np
import pytest

from tuiexplain.trace.errors import TraceError
from tuiexplain.trace.run import Run, State


class Wanderer:
    """A program whose step depends on its state and on the step's number alone."""

    steps_per_epoch = 4

    def __init__(self, pull: float = 0.9) -> None:
        self.pull = pull
        self.w = np.array([1.0, -2.0])
        self.taken = 0
        self.asked = 0

    def state(self) -> State:
        return {"w": self.w}

    def restore(self, state: State) -> None:
        self.w = state["w"]

    measures = ("sum",)

    def measure(self, name: str, state: State) -> float:
        self.asked += 1
        return float(state["w"].sum())

    def step(self, index: int) -> float:
        self.taken += 1
        noise = np.random.default_rng(index).standard_normal(2)
        self.w = self.pull * self.w + 0.1 * noise
        return float(np.square(self.w).sum())


@pytest.mark.parametrize("budget", [0, 1 << 20])
def test_steps_that_are_forgotten_are_taken_again_with_the_same_numbers(budget: int) -> None:
    run, alone = Run(Wanderer, budget), Run(Wanderer, budget)
    alone.extend_to(40)
    run.extend_to(30)
    run.trace_at(28)
    run.shorten_to(17)
    assert list(run.losses) == list(alone.losses)[:17]
    assert (run.state_at(17)["w"] == alone.state_at(17)["w"]).all()
    run.trace_at(17)
    assert run.length == 18
    run.extend_to(40)
    assert list(run.losses) == list(alone.losses)
    assert (run.state_at(40)["w"] == alone.state_at(40)["w"]).all()
    fork = run.fork(20)
    fork.shorten_to(3)
    assert fork.length == 20


def test_training_adds_losses() -> None:
    run = Run(Wanderer)
    losses = [run.advance() for _ in range(5)]
    assert list(run.losses) == losses
    assert run.length == 5


@pytest.mark.parametrize("budget", [10**9, 2_000, 100])
def test_any_state_is_found_again_bit_for_bit(budget: int) -> None:
    run = Run(Wanderer, budget)
    states = []
    for _ in range(500):
        states.append(run.program.state()["w"])
        run.advance()
    losses = list(run.losses)
    rng = np.random.default_rng(0)
    for step in rng.integers(0, 500, 40):
        assert np.array_equal(run.state_at(int(step))["w"], states[step])
    run.advance()
    assert list(run.losses)[:500] == losses


def test_snapshots_stay_within_the_budget() -> None:
    run = Run(Wanderer, budget=320)
    run.extend_to(1_000)
    assert sum(s["w"].nbytes for s in run._snapshots.values()) <= 320
    steps = sorted(run._snapshots)
    assert steps[0] == 0
    assert steps[-1] >= 500


def test_a_replay_starts_at_the_nearest_snapshot() -> None:
    run = Run(Wanderer, budget=16 * 64)
    run.extend_to(1_000)
    before = run.program.taken
    run.state_at(777)
    assert run.program.taken - before < 2 * run._stride


def test_steps_not_reached_yet_are_taken() -> None:
    run = Run(Wanderer)
    run.trace_at(3)
    assert run.length == 4
    assert run.trace_at(3).meta["step"] == 3
    with pytest.raises(TraceError, match="count from 0"):
        run.trace_at(-1)


def test_a_fork_shares_the_past_and_not_the_future() -> None:
    run = Run(Wanderer)
    run.extend_to(10)
    fork = run.fork(4, {("w", (0,)): 5.0})
    fork.extend_to(10)
    assert list(fork.losses)[:4] == list(run.losses)[:4]
    assert list(fork.losses)[4:] != list(run.losses)[4:]
    assert fork.state_at(4)["w"][0] == 5.0
    assert run.state_at(4)["w"][0] != 5.0
    assert np.array_equal(fork.state_at(2)["w"], run.state_at(2)["w"])


def test_a_fork_with_nothing_changed_is_the_same_run() -> None:
    run = Run(Wanderer)
    run.extend_to(10)
    fork = run.fork(4)
    fork.extend_to(10)
    assert list(fork.losses) == list(run.losses)


def test_a_fork_may_train_on_with_other_settings() -> None:
    run = Run(Wanderer)
    fork = run.fork(0, make_program=lambda: Wanderer(pull=0.1))
    run.extend_to(20)
    fork.extend_to(20)
    assert fork.losses[-1] < run.losses[-1]


# -- measures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [10**9, 2_000])
def test_a_measure_is_of_the_state_that_the_loss_is_of(budget: int) -> None:
    run = Run(Wanderer, budget)
    run.extend_to(300)
    for step in (0, 7, 299, 7):
        assert run.measured("sum", step) == run.state_at(step)["w"].sum()
    assert run.program.asked == 3, "asked once for each step"
    losses = list(run.losses)
    run.advance()
    again = Run(Wanderer)
    again.extend_to(301)
    assert list(run.losses) == list(again.losses)
    assert list(run.losses)[:300] == losses


def test_measuring_the_steps_that_are_shown_trains_nothing_again() -> None:
    run = Run(Wanderer, budget=2_000)
    seen: set[int] = set()
    taken = 0
    while run.length < 3_000:
        taken += 7
        run.extend_to(taken)
        steps = run.steps_to_measure(run.length, 32)
        assert 1 <= len(steps) <= 32
        for step in steps:
            run.measured("sum", step)
        seen |= set(steps)
    assert run.program.taken == run.length
    assert len(seen) <= 32 * 8, "each doubling adds half as many as are shown"
    run.trace_at(2_222)
    before = run.program.taken
    run.measured("sum", 2_222)
    assert run.program.taken == before, "the open step's state is at hand"


def test_a_fork_measures_its_past_in_its_parent() -> None:
    run = Run(Wanderer)
    run.extend_to(20)
    fork = run.fork(10, {("w", (0,)): 5.0})
    fork.extend_to(20)
    assert fork.measured("sum", 4) == run.measured("sum", 4)
    assert fork.measured("sum", 10) != run.measured("sum", 10)
    assert fork.program.asked == 1
