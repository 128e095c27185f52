"""The fast step against the engine's, and against torch's."""

import numpy as np
import pytest
import torch

from tests.play.designs import random_design
from tuiexplain.play.code import TORCH, program
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.program import PlayProgram
from tuiexplain.play.sources import dataset
from tuiexplain.trace.run import Run

STEPS = 50


def made(design: Design) -> PlayProgram:
    return PlayProgram(design, dataset(design))


@pytest.mark.parametrize("number", range(60))
def test_the_fast_step_computes_what_the_engine_does(number: int) -> None:
    program = made(random_design(number))
    fast = program.steps(0, STEPS)
    slow = [program.training.step(step) for step in range(STEPS)]
    assert len(fast) == STEPS
    assert np.allclose(fast, slow, rtol=1e-10, atol=1e-14)
    for name, array in program.training.parameters().items():
        if name.startswith("W"):  # a bias that a mean takes away has only rounding for a gradient
            assert np.allclose(program.state()[name], array, rtol=1e-7, atol=1e-9), name


def torch_losses(design: Design, ours: PlayProgram) -> list[float]:
    """The same program in PyTorch, with the same first numbers and batches."""
    names: dict = {}
    exec(program(design, ours.shape, TORCH), names)
    net = names["Net"]().double()
    shown = ours.shape.names()
    start = ours.state()
    with torch.no_grad():
        for path, parameter in net.named_parameters():
            parameter.copy_(torch.tensor(np.ascontiguousarray(start[shown[path]])))
    optimizer = names["make_optimizer"](net)
    schedule = names["make_schedule"](optimizer)
    losses = []
    for step in range(STEPS):
        rows = ours.rows(step)
        x, t = torch.tensor(ours.inputs[rows]), torch.tensor(ours.wanted[rows])
        losses.append(names["train_step"](net, optimizer, x, t).item())
        if schedule is not None:
            schedule.step()
    return losses


@pytest.mark.parametrize("number", range(100, 140))
def test_torch_gives_the_same_losses(number: int) -> None:
    design = random_design(number)
    layers = tuple(layer.__class__(**{**vars(layer), "dropout": 0.0}) for layer in design.layers)
    design = design.changed(layers=layers)
    ours = made(design)
    wanted = torch_losses(design, ours)
    assert np.allclose(ours.steps(0, STEPS), wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("number", range(200, 212))
def test_replaying_gives_the_same_bits(number: int) -> None:
    design = random_design(number)
    data = dataset(design)

    def make() -> PlayProgram:
        return PlayProgram(design, data)

    run, again = Run(make, budget=20_000, stride=4), Run(make)
    run.extend_to(120)
    losses = list(run.losses)
    for step in (77, 3, 119, 40):
        run.trace_at(step)
    for _ in range(120):
        again.advance()
    assert list(again.losses) == losses
    for step in (0, 41, 118, 120):
        ours, theirs = run.state_at(step), again.state_at(step)
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_batch_normalisation_leaves_out_an_example_that_would_be_alone() -> None:
    design = Design(layers=(Layer(4, norm="batch"),), batch=7, examples=100)
    program = made(design)
    assert len(program.train) == 50
    assert program.steps_per_epoch == 7
    assert {len(program.rows(step)) for step in range(21)} == {7}
    slow = [program.training.step(step) for step in range(21)]
    assert np.allclose(program.steps(0, 21), slow, rtol=1e-12)
    assert made(design.changed(layers=(Layer(4),))).steps_per_epoch == 8
