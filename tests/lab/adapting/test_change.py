"""What has become of the weights: against the matrices themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.lab.small import settings, trainer
from tuiexplain.course.lab_numbers import trained
from tuiexplain.lab import checkpoint
from tuiexplain.lab.adapting.change import ROUNDING, changes_of
from tuiexplain.lab.adapting.start import base_file, settings_from, started_from
from tuiexplain.lab.data import open_source
from tuiexplain.lab.devices import choose
from tuiexplain.lab.observing.observer import Observer
from tuiexplain.lab.observing.sights import Kind, Seen, Sight
from tuiexplain.lab.observing.window import Window
from tuiexplain.lab.record import LATEST, Record
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer

LAYER = "transformer.h.0.attn.c_attn"
PLACES = "c_attn,c_fc,mlp.c_proj,wte,lm_head"


@pytest.fixture
def start(tmp_path: Path) -> Settings:
    """Of a run that starts from a small one which has learnt nothing to speak of."""
    run = trainer(unit="bytes", context=24)
    told = Record(run.settings, 0, run.source.codec.as_json(), "", None)
    checkpoint.save(tmp_path / LATEST, run, told)
    tasks = tmp_path / "tasks.jsonl"
    pairs = [{"prompt": f"upper {w}", "answer": w.upper()} for w in ("a", "bc", "de", "fgh")]
    tasks.write_text("\n".join(map(json.dumps, pairs)))
    return settings_from(str(tmp_path), settings(data=str(tasks), lr=1e-2, min_lr=1e-3))


def learnt(asked: Settings, steps: int = 5) -> Trainer:
    run = Trainer(asked, open_source(asked), choose(asked), started_from(asked))
    for _ in range(steps):
        run.advance()
    return run


def test_an_adapter_changes_a_matrix_in_as_many_ways_as_its_rank(start: Settings) -> None:
    run = learnt(start.changed(method="lora", rank=3, targets=PLACES))
    changes = changes_of(run.model, base_file(start.base))
    assert changes.names[:3] == [
        f"transformer.h.0.{n}" for n in ("attn.c_attn", "mlp.c_fc", "mlp.c_proj")
    ]
    assert set(changes.names[3:]) == {"lm_head", "transformer.wte"}
    for name in changes.names:
        assert int((changes.singular_values(name) > 0).sum()) == 3


def test_full_tuning_changes_it_in_every_way_and_a_shared_matrix_is_told_once(
    start: Settings,
) -> None:
    before, run = learnt(start, 0), learnt(start)
    changes = changes_of(run.model, base_file(start.base))
    assert "transformer.wpe" in changes.names
    assert sum(name in ("lm_head", "transformer.wte") for name in changes.names) == 1
    was = before.model.get_parameter(f"{LAYER}.weight").detach()
    change = run.model.get_parameter(f"{LAYER}.weight").detach() - was
    expected = torch.linalg.svdvals(change)
    found = changes.singular_values(LAYER)
    assert torch.allclose(found, expected, atol=ROUNDING)
    assert (found > 0).all()
    moved = changes.moved()[changes.names.index(LAYER)]
    assert moved.item() == pytest.approx((change.norm() / was.norm()).item(), rel=1e-5)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_at_first_nothing_has_moved(start: Settings, method: str) -> None:
    run = learnt(start.changed(method=method), 0)
    changes = changes_of(run.model, base_file(start.base))
    assert changes.names
    assert not changes.moved().any()
    assert not changes.singular_values(LAYER).any()


def test_of_a_base_that_is_gone_only_adapters_are_known(start: Settings, tmp_path: Path) -> None:
    assert changes_of(learnt(start, 1).model, tmp_path / "gone").names == []
    run = learnt(start.changed(method="lora"), 1)
    assert changes_of(run.model, None).names[0] == LAYER


def test_it_is_watched_like_any_other_sight(start: Settings) -> None:
    run, window = learnt(start.changed(method="lora", rank=2), 0), Window.new()
    try:
        run.watcher = observer = Observer(run, window, lambda _: None)
        assert observer.scene().changes[0] == LAYER
        observer.watch([str(Sight(Kind.CHANGE, LAYER))], 10, 10, 1)
        run.advance()
        observer.look_now()
        seen = Seen.unpack(window.get(0))
        changes = changes_of(run.model, None)
        assert seen.arrays["singular"].tolist() == changes.singular_values(LAYER).tolist()
        assert seen.arrays["moved"].tolist() == changes.moved().tolist()
    finally:
        window.close()


@pytest.mark.parametrize("targets", ["c_attn,c_proj,c_fc", PLACES, "wpe", "attn.c_proj"])
def test_what_is_trained_is_counted_without_torch(start: Settings, targets: str) -> None:
    asked = start.changed(method="lora", rank=2, targets=targets)
    assert trained(asked, 256) == learnt(asked, 0).trained
    assert trained(start, 256) == learnt(start, 0).trained
