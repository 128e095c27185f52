"""Adapters: nothing at first, exact in and out, and in PEFT's layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from tuiexplain.lab.adapting.layout import CONFIG, WEIGHTS, LoRA
from tuiexplain.lab.adapting.lora import (
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
        nn.init.normal_(layer.A, std=0.1)
        nn.init.normal_(layer.B, std=0.1)


EVERYWHERE = ("c_attn", "c_proj", "c_fc", "wte", "wpe", "lm_head")
SETS = [LoRA().targets, ("c_attn", "mlp.c_proj"), ("wte",), ("lm_head",), EVERYWHERE]
some_targets = pytest.mark.parametrize("targets", SETS, ids=",".join)


@some_targets
def test_at_first_nothing_is_changed_and_one_factor_learns(targets: tuple[str, ...]) -> None:
    plain, model = a_model(), a_model()
    trained = adapt(model, LoRA(rank=2, targets=targets), seed=1)
    assert torch.equal(plain(TOKENS), model(TOKENS))
    assert trained == sum(m.A.numel() + m.B.numel() for _, m in adapters(model)) > 0
    model(TOKENS).logsumexp(-1).sum().backward()
    for _, layer in adapters(model):
        zero, random = (layer.B, layer.A) if layer.A.any() else (layer.A, layer.B)
        assert not zero.any()
        assert not random.grad.any()
        assert zero.grad.any()
        assert layer.base.weight.grad is None


def test_targets_are_the_ends_of_paths() -> None:
    model = a_model()
    adapt(model, LoRA(rank=2, targets=("mlp.c_proj", "lm_head")), seed=1)
    assert {name for name, _ in adapters(model)} == {"transformer.h.0.mlp.c_proj", "lm_head"}


@some_targets
def test_merged_it_says_the_same_and_unmerged_it_is_the_same_to_the_bit(
    targets: tuple[str, ...],
) -> None:
    model = a_model()
    before = {name: p.clone() for name, p in a_model().named_parameters()}
    adapt(model, LoRA(rank=2, targets=targets), seed=1)
    learnt(model)
    apart, names = model(TOKENS), [name for name, _ in model.named_parameters()]
    merge(model)
    assert (model(TOKENS) - apart).abs().max() <= 1e-6
    assert not torch.equal(model(TOKENS), a_model()(TOKENS))
    merge(model)  # a second time changes nothing
    unmerge(model)
    assert torch.equal(model(TOKENS), apart)
    assert [name for name, _ in model.named_parameters()] == names
    for name, p in model.named_parameters():
        if (plain := name.replace(".base.", ".")) in before:
            assert torch.equal(p, before[plain])


def test_a_head_that_shares_its_weight_with_the_embedding_is_merged_apart() -> None:
    model = a_model()
    adapt(model, LoRA(rank=2, targets=("wte",)), seed=1)
    learnt(model)
    merge(model)
    assert torch.equal(model.lm_head.weight, a_model().lm_head.weight)
    unmerge(model)
    assert model.transformer["wte"].base.weight is model.lm_head.weight


@some_targets
def test_an_adapter_comes_back_from_the_disk(tmp_path: Path, targets: tuple[str, ...]) -> None:
    lora, model, again = LoRA(rank=2, alpha=3.0, targets=targets), a_model(), a_model()
    adapt(model, lora, seed=1)
    learnt(model)
    save_adapter(tmp_path, model, lora)
    assert load_adapter(tmp_path, again) == lora
    assert torch.equal(model(TOKENS), again(TOKENS))


@pytest.mark.parametrize(
    ("lora", "message"),
    [
        (LoRA(rank=0), "rank=0"),
        (LoRA(rank=1000), "choose 1 to"),
        (LoRA(targets=("query",)), "its layers are called"),
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
