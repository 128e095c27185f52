"""The same as the library PEFT: outputs, losses, gradients, merged, and on the disk both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tuiexplain.lab.adapting.lora import LoRA, adapt, adapters, load_adapter, merge, save_adapter
from tuiexplain.lab.models import build
from tuiexplain.lab.presets import preset

CLASSES = 11
TOKENS = torch.arange(24).reshape(3, 8) % CLASSES
ANSWERS = (TOKENS * 7 + 3) % CLASSES
TARGETS = [
    ("c_attn", "c_proj", "c_fc"),
    ("c_attn", "mlp.c_proj", "lm_head"),
    ("c_attn", "c_fc", "wte", "lm_head"),
]
some_targets = pytest.mark.parametrize("targets", TARGETS, ids=",".join)


@pytest.fixture(scope="module")
def peft() -> Any:
    """The library. It takes seconds to load: only where these tests run."""
    return pytest.importorskip("peft", reason="PEFT is not installed: pip install -e '.[peft]'")


def a_model() -> nn.Module:
    torch.manual_seed(11)
    return build(preset("gpt", "tiny").changed(layers=2), CLASSES).eval()


def ours(lora: LoRA) -> nn.Module:
    """Adapted here, with something learnt in both factors."""
    model = a_model()
    adapt(model, lora, seed=1)
    torch.manual_seed(3)
    for _, layer in adapters(model):
        nn.init.normal_(layer.A, std=0.2)
        nn.init.normal_(layer.B, std=0.2)
    return model


def theirs(peft: Any, folder: Path) -> Any:
    """What PEFT makes of a folder, on the same base."""
    return peft.PeftModel.from_pretrained(a_model(), str(folder), is_trainable=True)


def loss(model: nn.Module) -> Tensor:
    return F.cross_entropy(model(TOKENS).flatten(0, -2), ANSWERS.flatten())


@some_targets
def test_losses_and_gradients_are_those_of_peft(
    peft: Any, tmp_path: Path, targets: tuple[str, ...]
) -> None:
    lora = LoRA(rank=2, alpha=3.0, targets=targets)
    model = ours(lora)
    save_adapter(tmp_path, model, lora)
    other = theirs(peft, tmp_path)
    mine, its = loss(model), loss(other)
    assert abs(mine.item() - its.item()) <= 1e-6
    mine.backward()
    its.backward()
    found = dict(other.named_parameters())
    compared = 0
    for name, layer in adapters(model):
        for key, parameter in zip(layer.keys, (layer.A, layer.B), strict=True):
            head, dot, rest = key.partition(".")
            path = f"base_model.model.{name}.{head}.default{dot}{rest}"
            assert (found[path].grad - parameter.grad).abs().max() <= 1e-6
            assert parameter.grad.any()
            compared += 1
    assert compared == 2 * sum(1 for _ in adapters(model)) > 0


@some_targets
def test_it_is_trained_as_by_peft(peft: Any, tmp_path: Path, targets: tuple[str, ...]) -> None:
    lora = LoRA(rank=2, alpha=3.0, targets=targets)
    model = ours(lora)
    save_adapter(tmp_path, model, lora)
    other = theirs(peft, tmp_path)
    for network in (model, other):
        learns = [p for p in network.parameters() if p.requires_grad]
        optimizer = torch.optim.SGD(learns, lr=0.1)
        for _ in range(5):
            optimizer.zero_grad()
            loss(network).backward()
            optimizer.step()
    assert (model(TOKENS) - other(TOKENS)).abs().max() <= 1e-5
    assert loss(model) < loss(ours(lora))


@pytest.mark.parametrize("targets", TARGETS[:1], ids=",".join)  # PEFT merges into shared weights
def test_merged_it_says_what_peft_says(peft: Any, tmp_path: Path, targets: tuple[str, ...]) -> None:
    lora = LoRA(rank=2, alpha=3.0, targets=targets)
    model = ours(lora)
    save_adapter(tmp_path, model, lora)
    other = theirs(peft, tmp_path).merge_and_unload()
    apart = model(TOKENS)
    merge(model)
    assert (model(TOKENS) - other(TOKENS)).abs().max() <= 1e-6
    assert (model(TOKENS) - apart).abs().max() <= 1e-6


@some_targets
def test_what_peft_writes_is_read(peft: Any, tmp_path: Path, targets: tuple[str, ...]) -> None:
    config = peft.LoraConfig(r=2, lora_alpha=3, target_modules=list(targets), lora_dropout=0.0)
    other = peft.get_peft_model(a_model(), config)
    torch.manual_seed(5)
    for name, parameter in other.named_parameters():
        if "lora_" in name:
            nn.init.normal_(parameter, std=0.2)
    other.save_pretrained(str(tmp_path))
    model = a_model()
    lora = load_adapter(tmp_path, model)
    assert (lora.rank, lora.alpha, set(lora.targets)) == (2, 3.0, set(targets))
    assert (model(TOKENS) - other(TOKENS)).abs().max() <= 1e-6


def test_peft_starts_as_ours_does(peft: Any) -> None:
    """Nothing is changed at first, and as many numbers are trained."""
    lora = LoRA(rank=2, targets=TARGETS[2])
    model = a_model()
    trained = adapt(model, lora, seed=1)
    config = peft.LoraConfig(r=2, lora_alpha=16, target_modules=list(lora.targets))
    other = peft.get_peft_model(a_model(), config)
    assert other.get_nb_trainable_parameters()[0] == trained
    assert torch.equal(other(TOKENS), a_model()(TOKENS))
