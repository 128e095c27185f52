"""A run with adapters writes them for others, and starts from those of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.lab.small import settings, trainer
from tuiexplain.cli import main
from tuiexplain.lab import checkpoint
from tuiexplain.lab.adapting.layout import CONFIG, settings_with
from tuiexplain.lab.adapting.start import settings_from, started_from
from tuiexplain.lab.adapting.trained import ADAPTER, keep_adapter
from tuiexplain.lab.data import open_source
from tuiexplain.lab.devices import choose
from tuiexplain.lab.entering import OpenStep
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.record import LATEST, Record
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer

PAIRS = [{"prompt": f"upper {w}", "answer": w.upper()} for w in ("a", "bc", "de", "fgh", "ij", "k")]


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    file = tmp_path / "tasks.jsonl"
    file.write_text("\n".join(map(json.dumps, PAIRS)))
    return file


@pytest.fixture
def base(tmp_path: Path) -> Path:
    run = trainer(unit="bytes", context=24)
    told = Record(run.settings, run.step, run.source.codec.as_json(), "", None)
    folder = tmp_path / "base"
    checkpoint.save(folder / LATEST, run, told)
    return folder


def train(*arguments: object) -> int:
    quick = ["--preset", "tiny", "--device", "cpu", "--set", "threads=1", "--json"]
    return main(["train", "gpt", *quick, *map(str, arguments)])


def test_a_run_writes_its_adapter_and_another_starts_from_it(
    tmp_path: Path, tasks: Path, base: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path / "home"))
    out, again = tmp_path / "run", tmp_path / "again"
    words = ["--data", tasks, "--set", f"base={base}"]
    lora = ["--set", "method=lora", "--set", "rank=2", "--set", "targets=c_attn,lm_head,wte"]
    assert train(*words, *lora, "--set", "lr=0.05", "--out", out, "--steps", 20) == 0
    told = json.loads((out / ADAPTER / CONFIG).read_text())
    assert (told["r"], told["target_modules"]) == (2, ["c_attn", "lm_head", "wte"])
    learnt = json.loads(capsys.readouterr().out.splitlines()[-1])

    adapter = ["--set", f"adapter={out / ADAPTER}"]
    assert train(*words, *adapter, "--out", again, "--steps", 0) == 0
    begun = json.loads(capsys.readouterr().out.splitlines()[0])
    assert begun["val_loss"] == learnt["val_loss"]
    assert train(*words, *adapter, "--set", "rank=4", "--out", tmp_path / "c", "--steps", 1) == 2
    assert "its rank, alpha and targets are its own" in capsys.readouterr().err
    assert train("--resume", "--out", again, "--steps", 2) == 0


def start(asked: Settings) -> Trainer:
    return Trainer(asked, open_source(asked), choose(asked), started_from(asked))


def test_an_adapter_of_another_model_is_one_sentence(
    tmp_path: Path, tasks: Path, base: Path
) -> None:
    asked = settings_from(str(base), settings(data=str(tasks))).changed(method="lora", rank=2)
    keep_adapter(tmp_path, start(asked).model, asked)
    wider = trainer(unit="bytes", context=24, width=32)
    told = Record(wider.settings, 0, wider.source.codec.as_json(), "", None)
    checkpoint.save(tmp_path / "wider" / LATEST, wider, told)
    other = settings_from(str(tmp_path / "wider"), settings(data=str(tasks)))
    with pytest.raises(LabError, match=r"is an adapter of another model: .* is \(2, 16\), and"):
        start(settings_with(tmp_path / ADAPTER, other))


@pytest.mark.parametrize("method", ["head", "lora"])
def test_a_step_is_opened_after_a_checkpoint(
    tmp_path: Path, tasks: Path, base: Path, method: str
) -> None:
    asked = settings_from(str(base), settings(data=str(tasks))).changed(method=method, rank=2)
    run = start(asked)
    run.advance()
    checkpoint.save(tmp_path / LATEST, run, Record(asked, 1, None, "", None))
    opened = json.loads(OpenStep(run).entered().content)
    learnt = {v["name"] for v in opened["values"] if v["name"].endswith(".grad")}
    free = {name for name, p in run.model.named_parameters() if p.requires_grad}
    assert {f"{name}.grad" for name in free} <= learnt


def test_a_rank_above_the_layers_is_one_sentence(tasks: Path, base: Path) -> None:
    asked = settings_from(str(base), settings(data=str(tasks))).changed(method="lora", rank=17)
    with pytest.raises(LabError, match="rank=17: a layer of 16 × 48 has a rank of 16 itself"):
        start(asked)


def test_an_adapter_is_of_the_method_lora(tmp_path: Path, base: Path) -> None:
    with pytest.raises(LabError, match="is one of method=lora"):
        settings_from(str(base), settings()).changed(adapter=str(tmp_path))


def test_an_adapter_begins_where_its_run_stopped(tmp_path: Path, tasks: Path, base: Path) -> None:
    asked = settings_from(str(base), settings(data=str(tasks))).changed(method="lora", rank=2)
    run = start(asked)
    for _ in range(3):
        run.advance()
    keep_adapter(tmp_path, run.model, asked)
    other = start(settings_with(tmp_path / ADAPTER, settings_from(str(base), asked)))
    tokens = torch.arange(24)[None]
    assert torch.equal(run.model(tokens), other.model(tokens))
