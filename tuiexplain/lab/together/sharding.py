"""Weights of which each process holds a part: PyTorch's fully sharded data parallel."""

from __future__ import annotations

import torch
from torch import nn
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor


def shard(model: nn.Module) -> nn.Module:
    """The model itself, each of its blocks and the rest spread over all processes."""
    for inner in model.modules():
        if isinstance(inner, nn.ModuleList):
            for block in inner:
                fully_shard(block)
    fully_shard(model)
    return model


def hold_own_part(model: nn.Module) -> None:
    """Let go of what a forward pass has put together: an evaluation leaves some of it."""
    for module in model.modules():
        if isinstance(module, FSDPModule):
            module.reshard()


def all_of(tensor: torch.Tensor) -> torch.Tensor:
    """All of a tensor; of one that is spread, put together again, by all processes."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def spread_like(tensor: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """The whole ``tensor``, spread over the processes as ``like`` is."""
    if not isinstance(like, DTensor):
        return tensor
    return distribute_tensor(tensor.to(like.device), like.device_mesh, like.placements)
