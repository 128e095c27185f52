"""Checkpoints: whole or not there, never code, and a run that goes on exactly."""

import json
import pickle
import resource
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from safetensors.torch import save_file  # noqa: E402

from tests.lab.small import trainer, weights  # noqa: E402
from tuiexplain.lab import checkpoint  # noqa: E402
from tuiexplain.lab.errors import LabError  # noqa: E402
from tuiexplain.lab.record import LATEST, Record, read_record, unreadable  # noqa: E402


def record(run):
    codec = run.source.codec.as_json() if hasattr(run.source, "codec") else None
    return Record(run.settings, run.step, codec, run.source.fingerprint(), (3, 2.5))


def saved(run, folder, **how):
    file = folder / LATEST
    checkpoint.save(file, run, record(run), **how)
    return file


@pytest.mark.parametrize("model", ["gpt", "lstm", "gru", "cnn"])
@pytest.mark.parametrize("at", [0, 3])
def test_a_resumed_run_goes_on_exactly(tmp_path, model, at):
    run = trainer(model, dropout=0.2, accumulate=2)
    for _ in range(at):
        run.advance()
    file = saved(run, tmp_path)
    losses = [run.advance() for _ in range(4)]
    other = trainer(model, dropout=0.2, accumulate=2)
    other.advance()
    found = checkpoint.load(file, other)
    assert found == record(replace_step(run, at))
    assert other.step == at
    resumed = [other.advance() for _ in range(4)]
    assert [replace(s, seconds=0) for s in resumed] == [replace(s, seconds=0) for s in losses]
    for name, weight in weights(other).items():
        assert torch.equal(weight, weights(run)[name])


def replace_step(run, step):
    run.step = step
    return run


@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.5, 0.999])
def test_a_checkpoint_that_is_cut_short(tmp_path, share):
    run = trainer()
    run.advance()
    file = saved(run, tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    before = weights(run)
    with pytest.raises(LabError, match="cut short or not a checkpoint") as told:
        checkpoint.load(file, run)
    assert "\n" not in str(told.value)
    assert all(torch.equal(before[name], weight) for name, weight in weights(run).items())


class Trap:
    """What a malicious file would do."""

    def __reduce__(self):
        return (pytest.fail, ("code of a pickled file ran",))


def test_pickled_code_is_refused_and_not_run(tmp_path):
    for number, write in enumerate((torch.save, lambda o, f: f.write_bytes(pickle.dumps(o)))):
        file = tmp_path / f"{number}.safetensors"
        write({"model": Trap()}, file)
        with pytest.raises(LabError, match="is pickled, and loading it could run code"):
            checkpoint.load(file, trainer())


def test_weights_of_somebody_else(tmp_path):
    file = tmp_path / "model.safetensors"
    save_file({"weight": torch.zeros(3)}, file)
    with pytest.raises(LabError, match="not a run of tuiexplain"):
        read_record(file)
    save_file({"weight": torch.zeros(3)}, file, {"format": "tuiexplain run 1", "run": "{}"})
    with pytest.raises(LabError, match="its record is damaged"):
        read_record(file)


def test_a_checkpoint_of_another_model(tmp_path):
    file = saved(trainer(width=16), tmp_path)
    with pytest.raises(LabError, match=r"of another model: .* is \(80, 16\), and \(80, 32\) here"):
        checkpoint.load(file, trainer(width=32))


def test_a_checkpoint_without_the_optimiser(tmp_path):
    run = trainer()
    run.advance()
    with pytest.raises(LabError, match="no optimiser state"):
        checkpoint.load(saved(run, tmp_path, whole=False), trainer())


def test_no_checkpoint_yet(tmp_path):
    with pytest.raises(LabError, match="is not there: no checkpoint has been written"):
        read_record(tmp_path / LATEST)


def test_a_full_disk_keeps_the_former_checkpoint(tmp_path):
    run = trainer()
    file = saved(run, tmp_path)
    former = file.read_bytes()
    run.advance()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # as a disk with 10 kB left
    try:
        with pytest.raises(LabError, match=r"step 1 could not be written .* former checkpoint is"):
            saved(run, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.read_bytes() == former
    assert [entry.name for entry in tmp_path.iterdir()] == [LATEST]


def test_the_record_is_read_without_the_tensors(tmp_path):
    run = trainer()
    assert read_record(saved(run, tmp_path)) == record(run)
    json.loads(record(run).as_json())


def test_a_header_that_looks_like_a_pickle_is_no_pickle(tmp_path):
    """The length of a header may begin as a pickle does; what comes after it tells."""
    file = tmp_path / LATEST
    file.write_bytes((0x0280).to_bytes(8, "little") + b'{"__metadata__":{}')
    assert "cut short" in str(unreadable(file, ValueError("incomplete")))
    file.write_bytes(pickle.dumps({"model": [1.0] * 10}))
    assert "is pickled" in str(unreadable(file, ValueError("incomplete")))
