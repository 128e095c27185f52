"""What is observed is what the tensors hold; what is not watched costs nothing."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.small import settings, trainer  # noqa: E402
from tests.lab.test_worker import FOREVER, heard  # noqa: E402
from tuiexplain.lab import protocol as say  # noqa: E402
from tuiexplain.lab.errors import LabError  # noqa: E402
from tuiexplain.lab.observing.budget import Budget  # noqa: E402
from tuiexplain.lab.observing.observer import A_TURN, Observer  # noqa: E402
from tuiexplain.lab.observing.sights import Kind, Seen, Sight  # noqa: E402
from tuiexplain.lab.observing.window import Window  # noqa: E402
from tuiexplain.lab.worker import Worker  # noqa: E402


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def window():
    made = Window.new()
    yield made
    made.close()


@pytest.fixture
def watched(window):
    """A small GPT that is watched, with a clock that stands still."""

    def make(model="gpt", **changes):
        run = trainer(model, **changes)
        told = []
        run.watcher = Observer(run, window, told.append, Clock())
        return run, run.watcher, told

    return make


def shown(window, slot):
    return Seen.unpack(window.get(slot))


def test_a_tensor_is_seen_as_it_is(watched, window):
    run, observer, told = watched()
    name = "transformer.h.0.attn.c_attn.weight"  # 48 x 16
    observer.watch([f"weight:{name}", f"gradient:{name}"], 10, 5, 1)
    run.advance()
    parameter = run.model.get_parameter(name)
    for slot, tensor in enumerate((parameter.detach(), parameter.grad)):
        seen = shown(window, slot)
        assert (seen.step, seen.watch) == (1, 1)
        picture, numbers = seen.arrays["picture"], tensor.numpy()
        assert np.array_equal(picture, numbers[::5, ::4])
        assert np.array_equal(seen.arrays["samples"], numbers.reshape(-1))
        wanted = [numbers.mean(), np.linalg.norm(numbers), numbers.min(), numbers.max()]
        assert seen.arrays["sums"] == pytest.approx(wanted, rel=1e-5, abs=1e-7)
    assert told == [say.Observed(1, 1, [0, 1])]


def test_at_most_4096_numbers_are_handed_over_to_be_counted(watched, window):
    run, observer, _ = watched(width=64)
    name = "transformer.h.0.mlp.c_fc.weight"
    observer.watch([f"weight:{name}"], 8, 8, 1)
    run.advance()
    numbers = run.model.get_parameter(name).detach().numpy()
    assert numbers.size == 16384
    assert np.array_equal(shown(window, 0).arrays["samples"], numbers.reshape(-1)[::4])


def test_layers_tell_gradients_and_the_size_of_the_update(watched, window):
    run, observer, _ = watched()
    observer.watch(["layers:"], 8, 8, 1)
    before = [p.detach().clone() for p in run.model.parameters()]
    run.advance()
    seen = shown(window, 0).arrays
    after = list(run.model.parameters())
    updated = [p.detach() for p in after]
    norms = [float(p.grad.norm()) for p in after]
    ratios = [float((b - a).norm() / a.norm()) for a, b in zip(before, updated, strict=True)]
    assert seen["gradient"] == pytest.approx(norms, rel=1e-5)
    assert seen["ratio"] == pytest.approx(ratios, rel=1e-4)


def test_attention_is_what_the_model_attends_with(watched, window):
    run, observer, _ = watched(arithmetic="explicit")
    observer.watch(["attention:transformer.h.0.attn"], 64, 64, 1)
    run.advance()
    weights = shown(window, 0).arrays["weights"]
    assert weights.shape == (2, 12, 12)
    assert weights.sum(-1) == pytest.approx(np.ones((2, 12)), abs=1e-5)
    # What softmax gives inside the model, for the same line.
    kept, softmax = [], torch.nn.functional.softmax

    def keep(scores, dim):
        kept.append(softmax(scores, dim=dim))
        return kept[-1]

    run.model.eval()
    with torch.no_grad(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("tuiexplain.lab.models.gpt.F.softmax", keep)
        run.model(observer.probe.inputs)
    assert np.array_equal(weights, kept[0][0].numpy())


def test_activations_and_tokens_are_of_the_held_out_line(watched, window):
    run, observer, _ = watched()
    observer.watch(["activation:transformer.ln_f", "tokens:"], 64, 64, 1)
    run.advance()
    run.model.eval()
    with torch.no_grad():
        scores = run.model(observer.probe.inputs)
        out = run.model.transformer["ln_f"]
        kept = []
        handle = out.register_forward_hook(lambda m, i, o: kept.append(o))
        run.model(observer.probe.inputs)
        handle.remove()
    assert np.array_equal(shown(window, 0).arrays["picture"], kept[0][0].numpy())
    told = shown(window, 1).arrays
    losses = torch.nn.functional.cross_entropy(
        scores.flatten(0, -2), observer.probe.targets.flatten(), reduction="none"
    )
    assert np.array_equal(told["loss"], losses.numpy())
    assert np.array_equal(told["guess"], scores.argmax(-1).flatten().numpy())
    assert len(observer.scene().tokens) == 60


@pytest.mark.parametrize("model", ["lstm", "gru", "cnn"])
def test_the_other_models_can_be_watched(watched, window, model):
    run, observer, _ = watched(model)
    scene = observer.scene()
    assert scene.attention == {}
    names = [f"activation:{name}" for name in scene.activations[:2]]
    names += [f"gradient:{name}" for name in list(scene.parameters)[:2]]
    observer.watch(names, 8, 8, 1)
    run.advance()
    assert all(shown(window, slot).arrays["picture"].size for slot in range(4))


def test_watching_changes_no_bit(watched):
    plain = trainer(dropout=0.2)
    run, observer, _ = watched(dropout=0.2)
    observer.watch(["layers:", "tokens:", "attention:transformer.h.0.attn"], 8, 8, 1)
    losses = []
    for _ in range(5):
        observer.clock.now += 1000.0
        losses.append((plain.advance().loss, run.advance().loss))
    assert all(a == b for a, b in losses)
    assert run.model.training


def test_nothing_watched_is_never_looked_at(watched, monkeypatch):
    run, _, told = watched()

    def fail(*args):
        raise AssertionError("looked")

    monkeypatch.setattr(Observer, "before_update", fail)
    monkeypatch.setattr(Observer, "after_update", fail)
    run.advance()
    assert told == []


def test_four_sights_a_turn_in_turn(watched, window):
    run, observer, told = watched()
    names = [f"weight:{name}" for name in observer.scene().parameters]
    observer.watch(names[:6], 8, 8, 3)
    for _ in range(3):
        observer.clock.now += 1000.0
        run.advance()
    assert [len(observed.slots) for observed in told] == [A_TURN] * 3
    assert [observed.slots[0] for observed in told] == [0, 4, 2]


def test_standing_still_everything_is_seen_at_once(watched, window):
    run, observer, told = watched()
    run.advance()
    observer.watch(["layers:", *(f"weight:{n}" for n in observer.scene().parameters)], 8, 8, 1)
    observer.look_now()
    assert len(told[-1].slots) == 1 + len(observer.scene().parameters)


def test_what_is_not_there_is_left_out(watched, window):
    run, observer, told = watched()
    observer.watch(["weight:nowhere", "activation:nowhere", "attention:nowhere"], 8, 8, 1)
    run.advance()
    assert told == []
    with pytest.raises(LabError, match="cannot be watched"):
        observer.watch(["dreams:"], 8, 8, 1)
    with pytest.raises(LabError, match="at once"):
        observer.watch(["layers:"] * 25, 8, 8, 1)


def test_the_budget_keeps_to_its_share():
    budget = Budget(share=0.02, least=0.1)
    now = spent = 0.0
    looks = 0
    random = np.random.default_rng(0)
    while now < 1000.0:
        now += 0.01
        if budget.due(now):
            cost = float(random.exponential(0.02))
            now += cost
            spent += cost
            looks += 1
            budget.spent(cost, now)
    assert spent <= 0.02 * now
    assert looks > 100


def test_a_cheap_look_is_taken_ten_times_a_second_at_most():
    budget = Budget()
    looks = 0
    for tick in range(10_000):
        if budget.due(tick / 1000):
            looks += 1
            budget.spent(1e-6, tick / 1000)
    assert looks in (99, 100)


def test_through_the_process(tmp_path):
    with Worker(settings(**FOREVER), tmp_path, paused=True) as worker:
        scene = heard(worker, say.Scene)
        assert scene.parameters["transformer.wte.weight"][1] == 16
        assert scene.attention == {"transformer.h.0.attn": 2}
        heard(worker, say.Paused)
        worker.send(say.StepOnce())
        heard(worker, say.Paused)
        worker.send(say.Watch(["layers:", "tokens:"], 8, 8, 5))
        assert heard(worker, say.Observed) == say.Observed(1, 5, [0, 1])
        assert worker.seen(0).sight == Sight(Kind.LAYERS)
        assert len(worker.seen(0).arrays["gradient"]) == len(scene.parameters)
        # Hardly anything is learnt yet: every token costs about ln of the vocabulary.
        losses = worker.seen(1).arrays["loss"]
        assert losses.mean() == pytest.approx(math.log(len(scene.vocabulary)), abs=0.2)
        worker.send(say.Watch(["dreams:"], 8, 8, 6))
        assert "cannot be watched" in heard(worker, say.Note).sentence
        worker.send(say.Resume())
        assert heard(worker, say.Observed).watch == 5
        worker.process.kill()
        last = list(worker.messages())[-1]
        assert isinstance(last, say.Failed)
        assert worker.seen(0) is not None
    assert worker.seen(0) is None
