"""Under which name the texts tell of an ATen operation, where it is not its own.

Many differ only in how their arrays lie, or in what they are called elsewhere in the course.
"""

from __future__ import annotations

_LIKE: dict[str, str] = {
    "matmul": "mm bmm mv dot",
    "affine": "addmm baddbmm addmv",
    "reshape": "view unsafe_view reshape_alias unsqueeze squeeze as_strided flip roll repeat",
    "transpose": "t",
    "index": "slice select split unsafe_split split_with_sizes unbind gather index_select diagonal",
    "clone": "contiguous detach_copy lift_fresh_copy copy",
    "convert": "to_copy",
    "softmax": "safe_softmax",
    "layer_norm": "native_layer_norm",
    "batch_norm": "native_batch_norm cudnn_batch_norm miopen_batch_norm",
    "group_mean": "native_layer_norm.mean native_batch_norm.mean native_group_norm.mean",
    "group_scale": "native_layer_norm.rstd native_batch_norm.rstd native_group_norm.rstd",
    "attention": "scaled_dot_product_flash_attention_for_cpu scaled_dot_product_flash_attention "
    "scaled_dot_product_efficient_attention scaled_dot_product_cudnn_attention",
    "attention_scale": "scaled_dot_product_flash_attention_for_cpu.logsumexp",
    "nll_loss": "nll_loss_forward nll_loss2d_forward",
    "loss_weight": "nll_loss_forward.total_weight nll_loss2d_forward.total_weight",
    "convolution": "convolution",
    "max_pool": "max_pool2d_with_indices",
    "places": "max_pool2d_with_indices.indices max.indices min.indices argmax argmin "
    "topk.indices sort.indices",
    "average_pool": "avg_pool2d adaptive_avg_pool2d",
    "dropout": "native_dropout bernoulli",
    "where": "masked_fill",
    "sub": "rsub",
    "pow": "square",
    "max": "amax",
    "min": "amin",
    "clamp": "clamp_min clamp_max",
    "numbers": "arange zeros zeros_like new_zeros zero ones ones_like new_ones full full_like "
    "new_full fill scalar_tensor eye",
    "mask": "tril triu",
    "random": "rand rand_like randn randn_like randint randperm normal uniform exponential",
    "length": "linalg_vector_norm",
}

TOLD: dict[str, str] = {op: name for name, ops in _LIKE.items() for op in ops.split()}
"""For an operation, the name in the texts (``op.NAME.forward``)."""

OWN = frozenset({"lerp", "addcmul", "addcdiv", "rsqrt", "reciprocal", "silu", "logsumexp", "erf"})
"""Operations that the texts tell of by their own names, and that only this table has."""
