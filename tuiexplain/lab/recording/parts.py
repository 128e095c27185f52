"""Operations with several outputs: what each is called, and which are made of which.

Each output becomes an event of its own. Where one output follows from another (a layer norm from
its mean), it comes after it and has it among its inputs, so that its reason can be read.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Output number ``index``; the main one has no ``name``. ``uses`` names outputs before it."""

    index: int
    name: str = ""
    uses: tuple[str, ...] = ()


_NORM = (Part(1, "mean"), Part(2, "rstd", ("mean",)), Part(0, "", ("mean", "rstd")))
_CHOICE = (Part(1, "indices"), Part(0, "", ("indices",)))
_GRADIENTS = (Part(0, "input"), Part(1, "weight"), Part(2, "bias"))

PARTS: dict[str, tuple[Part, ...]] = {
    **dict.fromkeys(
        (
            "native_layer_norm",
            "native_batch_norm",
            "native_group_norm",
            "cudnn_batch_norm",
            "miopen_batch_norm",
        ),
        _NORM,
    ),
    **dict.fromkeys(
        ("max_pool2d_with_indices", "max", "min", "topk", "sort", "cummax", "cummin"), _CHOICE
    ),
    **dict.fromkeys(
        (
            "convolution_backward",
            "native_layer_norm_backward",
            "native_batch_norm_backward",
            "cudnn_batch_norm_backward",
            "miopen_batch_norm_backward",
            "native_group_norm_backward",
        ),
        _GRADIENTS,
    ),
    "nll_loss_forward": (Part(1, "total_weight"), Part(0, "", ("total_weight",))),
    "nll_loss2d_forward": (Part(1, "total_weight"), Part(0, "", ("total_weight",))),
    "scaled_dot_product_flash_attention_for_cpu": (Part(1, "logsumexp"), Part(0)),
    "scaled_dot_product_flash_attention_for_cpu_backward": (
        Part(0, "query"),
        Part(1, "key"),
        Part(2, "value"),
    ),
    "native_dropout": (Part(1, "mask"), Part(0, "", ("mask",))),
    "var_mean": (Part(1, "mean"), Part(0, "var", ("mean",))),
}
