"""Operations as functions: names and parameters of ``torch`` and ``torch.nn.functional``."""

from tuiexplain.engine.functional.activations import (
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    tanh,
)
from tuiexplain.engine.functional.elementwise import (
    abs,
    clamp,
    cos,
    dropout,
    exp,
    log,
    maximum,
    minimum,
    round,
    sin,
    sqrt,
    where,
)
from tuiexplain.engine.functional.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
    mse_loss,
)
from tuiexplain.engine.functional.normalisation import (
    batch_norm,
    layer_norm,
)
from tuiexplain.engine.functional.products import (
    linear,
    matmul,
)
from tuiexplain.engine.functional.reductions import (
    cumsum,
    max,
    mean,
    min,
    sum,
)
from tuiexplain.engine.functional.shapes import (
    broadcast_to,
    cat,
    embedding,
    flatten,
    permute,
    reshape,
    squeeze,
    stack,
    transpose,
    unsqueeze,
)
from tuiexplain.engine.functional.sliding_windows import (
    avg_pool2d,
    conv2d,
    max_pool2d,
)

__all__ = [
    "abs", "avg_pool2d", "batch_norm", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "broadcast_to", "cat", "clamp", "conv2d", "cos", "cross_entropy", "cumsum", "dropout",
    "embedding", "exp", "flatten", "gelu", "l1_loss", "layer_norm", "leaky_relu", "linear", "log",
    "log_softmax", "matmul", "max", "max_pool2d", "maximum", "mean", "min", "minimum", "mse_loss",
    "permute", "relu", "reshape", "round", "sigmoid", "sin", "softmax", "sqrt", "squeeze", "stack",
    "sum", "tanh", "transpose", "unsqueeze", "where",
]  # fmt: skip
