"""Adapters: nothing at first, exact in and out, and in PEFT's layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from tuiexplain.lab.adapting.lora import (
    CONFIG,
    WEIGHTS,
    LoRA,
    adapt,
    adapters,
    load_adapter,
    merge,
    save_adapter,
    unmerge,
)
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.models import build
from tuiexplain.lab.presets import preset

TOKENS = torch.arange(16).reshape(2, 8) % 11


def a_model() -> nn.Module:
    return build(preset("gpt", "tiny"), 11).eval()


def learnt(model: nn.Module) -> None:
    """Give the adapters something to say."""
    torch.manual_seed(3)
    for _, layer in adapters(model):
        nn.init.normal_(layer.B, std=0.3)


def test_at_first_nothing_is_changed_and_only_b_learns() -> None:
    plain, model = a_model(), a_model()
    trained = adapt(model, LoRA(rank=2), seed=1)
    assert torch.equal(plain(TOKENS), model(TOKENS))
    count = sum(2 * (m.base.in_features + m.base.out_features) for _, m in adapters(model))
    assert trained == count > 0
    model(TOKENS).logsumexp(-1).sum().backward()
    for _, layer in adapters(model):
        assert not layer.A.grad.any()
        assert layer.B.grad.any()
        assert layer.base.weight.grad is None


def test_merged_it_says_the_same_and_unmerged_it_is_the_same_to_the_bit() -> None:
    model = a_model()
    before = {name: p.clone() for name, p in model.named_parameters()}
    adapt(model, LoRA(rank=2), seed=1)
    learnt(model)
    apart = model(TOKENS)
    merge(model)
    assert torch.allclose(model(TOKENS), apart, atol=1e-5)
    assert not torch.equal(model(TOKENS), a_model()(TOKENS))
    merge(model)  # a second time changes nothing
    unmerge(model)
    assert torch.equal(model(TOKENS), apart)
    for name, layer in adapters(model):
        assert torch.equal(layer.base.weight, before[f"{name}.weight"])


def test_an_adapter_comes_back_from_the_disk(tmp_path: Path) -> None:
    lora, model, again = LoRA(rank=2, alpha=3.0), a_model(), a_model()
    adapt(model, lora, seed=1)
    learnt(model)
    save_adapter(tmp_path, model, lora)
    assert load_adapter(tmp_path, again) == lora
    assert torch.equal(model(TOKENS), again(TOKENS))


def test_peft_reads_what_is_written(tmp_path: Path) -> None:
    peft = pytest.importorskip("peft", reason="the extra `peft` is not installed")
    lora, model = LoRA(rank=2, alpha=3.0), a_model()
    adapt(model, lora, seed=1)
    learnt(model)
    save_adapter(tmp_path, model, lora)
    theirs = peft.PeftModel.from_pretrained(a_model(), str(tmp_path))
    assert torch.allclose(theirs(TOKENS), model(TOKENS), atol=1e-6)


@pytest.mark.parametrize(
    ("lora", "message"),
    [
        (LoRA(rank=0), "rank=0"),
        (LoRA(rank=1000), "choose 1 to"),
        (LoRA(targets=("query",)), "its linear layers are called"),
    ],
)
def test_what_cannot_be_adapted(lora: LoRA, message: str) -> None:
    with pytest.raises(LabError, match=message):
        adapt(a_model(), lora, seed=1)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    lora, model = LoRA(rank=2), a_model()
    adapt(model, lora, seed=1)
    save_adapter(tmp_path, model, lora)
    other = build(preset("gpt", "tiny").changed(width=8), 11)
    with pytest.raises(LabError, match="adapter of another model"):
        load_adapter(tmp_path, other)


def test_a_damaged_adapter_is_told(tmp_path: Path) -> None:
    lora, model = LoRA(rank=2), a_model()
    adapt(model, lora, seed=1)
    save_adapter(tmp_path, model, lora)
    (tmp_path / WEIGHTS).write_bytes(b"PK\x03\x04")
    with pytest.raises(LabError, match="pickled"):
        load_adapter(tmp_path, a_model())
    config = json.loads((tmp_path / CONFIG).read_text())
    (tmp_path / CONFIG).write_text(json.dumps(config | {"use_dora": True}))
    with pytest.raises(LabError, match="only plain LoRA"):
        load_adapter(tmp_path, a_model())
    (tmp_path / CONFIG).unlink()
    with pytest.raises(LabError, match="name an adapter's folder"):
        load_adapter(tmp_path, a_model())
