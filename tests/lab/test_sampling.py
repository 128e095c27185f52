"""The next token: lesson 24's numbers, the cuts, and the cache."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tests.lab.small import settings  # noqa: E402
from tuiexplain.lab.errors import LabError  # noqa: E402
from tuiexplain.lab.models import build  # noqa: E402
from tuiexplain.lab.sampling import Choice, draw, generate, odds, speak  # noqa: E402

SCORES = [4.0, 3.0, 2.0, 1.0, 0.0]


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize(("temperature", "top"), [(0.5, 0.865), (1.0, 0.636), (2.0, 0.429)])
def test_temperature_sharpens_and_flattens(temperature, top):
    assert odds(SCORES, Choice(temperature)).after[0] == pytest.approx(top, abs=5e-4)


def test_temperature_0_takes_the_likeliest():
    assert odds(SCORES[::-1], Choice(0)).after.tolist() == [0, 0, 0, 0, 1]


def test_top_k_keeps_k_and_tells_what_is_left():
    cut = odds(SCORES, Choice(top_k=2))
    assert np.count_nonzero(cut.after) == 2
    assert cut.left_by_k == pytest.approx(0.6364 + 0.2341, abs=1e-4)
    assert cut.after[0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_top_p_keeps_the_token_that_reaches_p():
    assert np.count_nonzero(odds(SCORES, Choice(top_p=0.63)).after) == 1
    cut = odds(SCORES, Choice(top_p=0.64))
    assert np.count_nonzero(cut.after) == 2
    assert cut.left_by_p == pytest.approx(0.8705, abs=1e-4)


@given(
    st.lists(st.floats(-30, 30), min_size=1, max_size=40),
    st.floats(0.1, 5),
    st.integers(0, 50),
    st.floats(0.01, 1),
)
def test_cuts_leave_a_distribution_of_the_likeliest(scores, temperature, top_k, top_p):
    cut = odds(scores, Choice(temperature, top_k, top_p))
    assert cut.after.sum() == pytest.approx(1)
    kept = cut.after > 0
    assert kept.any()
    if not kept.all():
        assert cut.before[kept].min() >= cut.before[~kept].max() - 1e-12
    assert cut.left_by_k * cut.left_by_p == pytest.approx(cut.before[kept].sum(), abs=1e-6)


def test_draws_are_as_frequent_as_they_are_probable():
    random = np.random.default_rng(0)
    probabilities = odds(SCORES, Choice(top_k=3)).after
    drawn = np.bincount([draw(probabilities, random) for _ in range(4000)], minlength=5) / 4000
    assert np.abs(drawn - probabilities).max() < 0.03


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru"])
def test_with_and_without_a_cache_the_same_is_written(model):
    network = build(settings(model), 65)
    choice = Choice(0.8, top_k=40, top_p=0.95)
    # Past the context of 12 too, where the GPT's window moves.
    cached, uncached = (
        list(generate(network, [1, 2, 3], 30, choice, seed=4, cached=c)) for c in (True, False)
    )
    assert cached == uncached
    assert cached != list(generate(network, [1, 2, 3], 30, choice, seed=5))
    assert network.training


def test_what_cannot_be_asked():
    with pytest.raises(LabError, match="above 0 and at most 1"):
        Choice(top_p=0)
    with pytest.raises(LabError, match="prompt is empty"):
        next(generate(build(settings(), 65), [], 3))


@pytest.mark.parametrize("kind", ["gpt", "gru"])
def test_speech_says_what_generate_says_and_its_odds_are_those_drawn_from(kind):
    model = build(settings(kind, context=32), 7).eval()
    speech = speak(model, [1, 2, 3], 20, Choice(0.8), seed=5)
    assert speech.tokens == list(generate(model, [1, 2, 3], 20, Choice(0.8), seed=5))
    assert all(o[t] > 0 for o, t in zip(speech.odds, speech.tokens, strict=True))
    assert all(o.sum() == pytest.approx(1) for o in speech.odds)
    assert speech.cached_seconds > 0
    assert speech.uncached_seconds > 0
