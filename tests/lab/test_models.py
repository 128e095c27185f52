"""The networks: counts that are published, and two ways to compute that must agree."""

import math

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch.nn import functional as F  # noqa: E402

from tests.lab.small import settings  # noqa: E402
from tuiexplain.lab.models import build  # noqa: E402
from tuiexplain.lab.presets import preset  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


def count(model):
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(("name", "published"), [("cpu", 795_904), ("gpu", 10_646_784)])
def test_as_many_parameters_as_nanogpt(name, published):
    model = build(preset("gpt", name), 65)
    assert count(model) - model.transformer["wpe"].weight.numel() == published


def test_gpt2_small_has_its_parameters(monkeypatch):
    monkeypatch.setattr(torch.nn.init, "normal_", lambda tensor, **_: tensor)
    shape = preset("gpt").changed(layers=12, heads=12, width=768, context=1024, bias=True)
    with torch.device("meta"):
        assert count(build(shape, 50257)) == 124_439_808


def test_lesson_14_has_666_parameters():
    assert count(build(settings("cnn"), 10)) == 666


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru", "cnn"])
def test_an_untrained_network_guesses(model):
    network = build(settings(model), 65)
    inputs = torch.rand(8, 1, 8, 8) if model == "cnn" else torch.randint(65, (8, 12))
    scores = network(inputs).flatten(0, -2)
    loss = F.cross_entropy(scores, torch.randint(65, scores.shape[:1]))
    assert loss.item() == pytest.approx(math.log(65), abs=0.1)


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru"])
@pytest.mark.parametrize("training", [False, True])
def test_written_out_is_the_fused_operation(model, training):
    shape = settings(model, layers=2, width=16)
    fused = build(shape, 65).train(training)
    explicit = build(shape.changed(arithmetic="explicit"), 65).train(training)
    tokens = torch.randint(65, (3, 12))
    torch.testing.assert_close(explicit(tokens), fused(tokens), atol=2e-6, rtol=1e-5)
    for network in (fused, explicit):
        network(tokens).square().sum().backward()
    for (name, one), other in zip(fused.named_parameters(), explicit.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, atol=1e-4, rtol=1e-4, msg=name)


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru"])
@pytest.mark.parametrize("arithmetic", ["fused", "explicit"])
def test_with_a_cache_the_scores_are_the_same(model, arithmetic):
    network = build(settings(model, layers=2, arithmetic=arithmetic), 65).double().eval()
    tokens = torch.randint(65, (2, 12))
    whole = network(tokens)
    cache = network.new_cache()
    parts = [network(tokens[:, a:b], cache) for a, b in [(0, 5), (5, 6), (6, 10), (10, 12)]]
    assert cache.length == 12
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru"])
def test_no_token_sees_the_ones_after_it(model):
    network = build(settings(model), 65).eval()
    tokens = torch.randint(65, (1, 12))
    changed = tokens.clone()
    changed[0, 7] = (changed[0, 7] + 1) % 65
    one, other = network(tokens), network(changed)
    torch.testing.assert_close(one[:, :7], other[:, :7])
    assert not torch.allclose(one[:, 7:], other[:, 7:])


def test_one_matrix_for_tokens_in_and_out():
    network = build(settings(), 65)
    assert network.transformer["wte"].weight is network.lm_head.weight


def test_the_seed_gives_the_weights():
    one, same = (build(settings(seed=5), 65).state_dict() for _ in range(2))
    other = build(settings(seed=6), 65).state_dict()
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["lm_head.weight"], other["lm_head.weight"])
