"""On a CUDA device: that it is used, in bfloat16 and compiled, and that runs go on there."""

import time
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.small import trainer  # noqa: E402
from tuiexplain.lab import checkpoint  # noqa: E402
from tuiexplain.lab import protocol as say  # noqa: E402
from tuiexplain.lab.evaluation import evaluate  # noqa: E402
from tuiexplain.lab.presets import preset  # noqa: E402
from tuiexplain.lab.record import LATEST, Record  # noqa: E402
from tuiexplain.lab.sampling import Choice, generate, next_scores  # noqa: E402
from tuiexplain.lab.worker import Worker  # noqa: E402

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"),
]

CUDA = {"device": "cuda", "layers": 2, "heads": 2, "width": 64, "context": 64, "batch": 16}


def losses(run, steps):
    return [run.advance().loss for _ in range(steps)]


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru"])
def test_the_same_run_as_on_the_cpu(model):
    shape = {**CUDA, "precision": "float32", "lr": 1e-3, "min_lr": 1e-3}
    there = trainer(model, **shape)
    here = trainer(model, **{**shape, "device": "cpu"})
    assert there.device.kind == "cuda"
    assert losses(there, 10) == pytest.approx(losses(here, 10), abs=2e-3)


def test_bfloat16_and_compiled_learn_as_well():
    plain = trainer(**CUDA, precision="float32", compile="off", dropout=0.1)
    fast = trainer(**CUDA, compile="on", dropout=0.1)
    assert fast.device.bfloat16
    assert losses(fast, 60)[-10:] == pytest.approx(losses(plain, 60)[-10:], abs=0.1)
    assert evaluate(fast, "val").loss == pytest.approx(evaluate(plain, "val").loss, abs=0.05)


def test_a_resumed_run_goes_on_exactly(tmp_path):
    shape = {**CUDA, "dropout": 0.1, "exact": True}
    try:
        run, other = trainer(**shape), trainer(**shape)
        losses(run, 3)
        record = Record(run.settings, 3, None, run.source.fingerprint(), None)
        checkpoint.save(tmp_path / LATEST, run, record)
        ahead = [replace(run.advance(), seconds=0) for _ in range(5)]
        checkpoint.load(tmp_path / LATEST, other)
        assert [replace(other.advance(), seconds=0) for _ in range(5)] == ahead
    finally:
        torch.use_deterministic_algorithms(False)


def test_the_cache_gives_the_same_scores():
    run = trainer(**CUDA, precision="float32")
    losses(run, 5)
    model = run.model.eval()
    tokens = list(range(1, 40))
    with torch.no_grad():
        cache = model.new_cache()
        for end in range(1, len(tokens) + 1):
            cached = next_scores(model, tokens[:end], cache)
        whole = next_scores(model, tokens, None)
    assert cached == pytest.approx(whole, abs=5e-3)
    assert len(list(generate(model, tokens, 100, Choice(top_k=10)))) == 100


def last(settings, out):
    """What a run says, and its last message."""
    with Worker(settings, out) as worker:
        told = []
        for message in worker.messages():
            told.append(message)
            if isinstance(message, say.Paused):
                worker.send(say.Stop())
    return told


def test_a_run_tells_of_its_device(tmp_path):
    told = last(preset("cnn").changed(device="cuda", steps=180), tmp_path)
    ready, evaluated = told[0], [m for m in told if isinstance(m, say.Evaluated)][-1]
    assert ready.device == "cuda:0"
    assert ready.device_name == torch.cuda.get_device_name(0)
    assert ready.precision == "bfloat16"
    assert evaluated.memory > 1e6
    assert evaluated.accuracy > 0.8


def test_no_gpu_memory_left_says_what_to_change(tmp_path):
    room = torch.cuda.get_device_properties(0).total_memory
    batch = max(256, room // (1024 * 1024 * 4))
    shape = preset("gpt").changed(
        device="cuda",
        compile="off",
        layers=8,
        heads=8,
        width=1024,
        context=1024,
        batch=batch,
        eval_batches=1,
    )
    began = time.monotonic()
    failed = last(shape, tmp_path)[-1]
    assert isinstance(failed, say.Failed)
    assert "out of GPU memory with batch=" in failed.sentence
    assert f"--set batch={batch // 2} --set accumulate=2" in failed.sentence
    assert time.monotonic() - began < 120
