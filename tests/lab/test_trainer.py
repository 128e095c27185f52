"""Steps: what they learn, that they can be repeated, and how they stop."""

import math

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.small import settings, trainer, weights  # noqa: E402
from tuiexplain.lab.data import Digits  # noqa: E402
from tuiexplain.lab.errors import RunStopped  # noqa: E402
from tuiexplain.lab.evaluation import evaluate  # noqa: E402
from tuiexplain.lab.optimisation import learning_rate  # noqa: E402


def test_the_learning_rate_rises_and_falls_as_nanogpts():
    run = settings(lr=1e-3, min_lr=1e-4, warmup=100, steps=2000)
    assert learning_rate(run, 0) == pytest.approx(1e-3 / 101)
    assert learning_rate(run, 100) == pytest.approx(1e-3)
    assert learning_rate(run, 1050) == pytest.approx(5.5e-4)
    assert learning_rate(run, 2000) == learning_rate(run, 9999) == 1e-4
    assert learning_rate(run.changed(decay_steps=4000), 2000) > 5e-4


def test_matrices_decay_and_vectors_do_not():
    decayed, kept = trainer(bias=True, weight_decay=0.1).optimizer.param_groups
    assert all(p.dim() >= 2 for p in decayed["params"])
    assert all(p.dim() < 2 for p in kept["params"])
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.1, 0)


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru"])
def test_one_batch_is_learnt_by_heart(model):
    run = trainer(model, batch=2, warmup=0, lr=2e-2, min_lr=2e-2, width=32, steps=100)
    batch = run.source.batch(0, 0, 2)
    run.source.batch = lambda *_: batch
    losses = [run.advance().loss for _ in range(100)]
    assert losses[0] == pytest.approx(math.log(80), abs=0.25)
    assert losses[-1] < 0.2


def test_the_same_run_again_has_the_same_losses():
    for model in ("gpt", "gru", "cnn"):
        one, two = trainer(model, dropout=0.3), trainer(model, dropout=0.3)
        torch.rand(7)  # what others draw makes no difference
        losses = [one.advance().loss for _ in range(4)]
        evaluate(two, "val")
        assert [two.advance().loss for _ in range(4)] == losses


def test_accumulated_gradients_are_those_of_the_whole():
    run = trainer(accumulate=3, batch=4, clip=0, lr=0, min_lr=0)
    run.advance()
    accumulated = [p.grad.clone() for p in run.model.parameters()]
    run.optimizer.zero_grad()
    parts = [run.source.batch(run.settings.seed, index, 4) for index in range(3)]
    inputs, targets = (
        torch.cat([torch.from_numpy(part[side]) for part in parts]) for side in (0, 1)
    )
    run.loss(inputs, targets).backward()
    for parameter, gradient in zip(run.model.parameters(), accumulated, strict=True):
        torch.testing.assert_close(parameter.grad, gradient, atol=1e-6, rtol=1e-4)


def test_the_gradient_is_clipped():
    run = trainer(clip=1e-3)
    assert run.advance().grad_norm > 1e-3
    norm = torch.stack([p.grad.norm() for p in run.model.parameters()]).norm()
    assert norm.item() == pytest.approx(1e-3, rel=1e-3)


def test_dropout_is_off_in_evaluations():
    run = trainer(dropout=0.5)
    assert evaluate(run, "val") == evaluate(run, "val")
    assert run.model.training


def stopped(run, after=0):
    """What is told by the step that cannot be done, at most some steps later."""
    with pytest.raises(RunStopped) as told:
        [run.advance() for _ in range(after + 1)]
    return str(told.value)


def test_a_weight_that_is_not_finite_is_named():
    run = trainer(bias=True)
    run.advance()
    with torch.no_grad():
        run.model.transformer["h"][0].mlp.c_fc.weight[2, 3] = math.nan
    before = weights(run)
    told = stopped(run)
    assert "step 1, before its update" in told
    assert "the parameter transformer.h.0.mlp.c_fc.weight (1 of 1,024 numbers" in told
    assert run.step == 1
    for name, weight in weights(run).items():
        torch.testing.assert_close(weight, before[name], equal_nan=True)


def test_the_first_output_that_is_not_finite_is_named():
    run = trainer()
    with torch.no_grad():
        run.model.transformer["h"][0].attn.c_attn.weight.fill_(3e38)
    assert "the output of transformer.h.0.attn.c_attn" in stopped(run)


def test_a_gradient_that_is_not_finite_is_named():
    run = trainer("cnn")
    run.model.head.register_forward_hook(lambda _m, _i, out: _Explodes.apply(out))
    told = stopped(run)
    # The explosion is behind the head's output: what it flows back to first is the head's input.
    assert "the gradient at the output of drop (1,024 of 1,024 numbers" in told
    assert run.step == 0


class _Explodes(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * math.inf


def test_a_learning_rate_that_is_absurd_stops_the_run():
    told = stopped(trainer("cnn", lr=1e30, min_lr=1e30, warmup=0, clip=0), after=20)
    assert "the first thing that is not finite is" in told
    assert "try a smaller lr (now 1e+30)" in told


def test_no_memory_left_says_what_to_change():
    from tuiexplain.lab.memory import out_of_memory

    told = str(out_of_memory(torch.OutOfMemoryError("CUDA out of memory."), settings(batch=64)))
    assert "out of GPU memory" in told or "out of memory" in told
    assert "--set batch=32 --set accumulate=2" in told
    assert out_of_memory(RuntimeError("shapes differ"), settings()) is None


def test_digits_are_recognised():
    run = trainer("cnn", width=16, steps=450, lr=5e-3, min_lr=5e-5, weight_decay=0.01)
    assert isinstance(run.source, Digits)
    for _ in range(450):
        run.advance()
    assert evaluate(run, "val").accuracy > 0.96
