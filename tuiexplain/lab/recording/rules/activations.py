"""Rows of the functions between layers, and of their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.ops.activations import gelu, gelu_x
from tuiexplain.engine.ops.families import choose, keep
from tuiexplain.lab.recording.rules.row import Attrs, Row, constant, elementwise


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def leaky_relu(x: Any, *, negative_slope: Any = 0.01) -> Any:
    return choose(np.greater(x, 0), x, constant(negative_slope) * x)


def elu(x: Any, *, alpha: Any = 1, scale: Any = 1, input_scale: Any = 1) -> Any:
    below = constant(alpha) * (np.exp(x * input_scale) - 1.0)
    return choose(np.greater(x, 0), x, below) * scale


def softplus(x: Any, *, beta: Any = 1, threshold: Any = 20) -> Any:
    return choose(np.greater(x * beta, threshold), x, np.log(np.exp(x * beta) + 1.0) / beta)


FORWARD: dict[str, Row] = {
    "relu": elementwise(lambda x: np.maximum(x, 0.0), "max(0, {x})"),
    "tanh": elementwise(lambda x: np.tanh(x), "tanh {x}"),
    "sigmoid": elementwise(sigmoid, "1 / (1 + e^−{x})"),
    "silu": elementwise(lambda x: x * sigmoid(x), "{x}·σ({x})"),
    "gelu": elementwise(
        lambda x, *, approximate="none": gelu(x, approximate=approximate),
        lambda attrs: "gelu {x}" + (" (tanh)" if attrs.get("approximate") == "tanh" else ""),
    ),
    "leaky_relu": elementwise(leaky_relu, "max({negative_slope}·{x}, {x})"),
    "elu": elementwise(elu, "where({x} > 0, {x}, {alpha}·(e^{x} − 1))"),
    "softplus": elementwise(softplus, "log(1 + e^{x})"),
    "hardtanh": elementwise(
        lambda x, min_val, max_val: np.minimum(np.maximum(x, min_val), max_val),
        "clamp({x}, {min_val}, {max_val})",
    ),
}

# -- derivatives -------------------------------------------------------------------------------------


def threshold_backward(grad_output: Any, x: Any, *, threshold: Any) -> Any:
    return keep(grad_output, np.greater(x, threshold))


def silu_backward(grad_output: Any, x: Any) -> Any:
    s = sigmoid(x)
    return grad_output * (s * (1.0 + x * (1.0 - s)))


def leaky_relu_backward(
    grad_output: Any, x: Any, *, negative_slope: Any, self_is_result: bool = False
) -> Any:
    return choose(np.greater(x, 0), grad_output, grad_output * constant(negative_slope))


def elu_backward(
    grad_output: Any,
    self_or_result: Any,
    *,
    alpha: Any,
    scale: Any,
    input_scale: Any,
    is_result: bool,
) -> Any:
    x = self_or_result
    if is_result:
        below = grad_output * input_scale * (x + constant(alpha * scale))
    else:
        below = grad_output * constant(alpha * scale * input_scale) * np.exp(x * input_scale)
    return choose(np.greater(x, 0), grad_output * scale, below)


def softplus_backward(grad_output: Any, x: Any, *, beta: Any, threshold: Any) -> Any:
    return choose(np.greater(x * beta, threshold), grad_output, grad_output * sigmoid(x * beta))


def hardtanh_backward(grad_output: Any, x: Any, *, min_val: Any, max_val: Any) -> Any:
    return keep(keep(grad_output, np.greater(x, min_val)), np.less(x, max_val))


def result_or_input(attrs: Attrs) -> str:
    if attrs.get("is_result"):
        return "{grad_output}·(1 | {self_or_result} + {alpha})"
    return "{grad_output}·(1 | {alpha}·e^{self_or_result})"


BACKWARD: dict[str, Row] = {
    "threshold_backward": elementwise(threshold_backward, "{grad_output}·[{x} > {threshold}]"),
    "tanh_backward": elementwise(
        lambda grad_output, output: grad_output * (1.0 - output**2),
        "{grad_output}·(1 − {output}²)",
    ),
    "sigmoid_backward": elementwise(
        lambda grad_output, output: grad_output * ((1.0 - output) * output),
        "{grad_output}·{output}·(1 − {output})",
    ),
    "silu_backward": elementwise(silu_backward, "{grad_output}·σ({x})·(1 + {x}·(1 − σ({x})))"),
    "gelu_backward": elementwise(
        lambda grad_output, x, *, approximate="none": gelu_x(
            grad_output, x, approximate=approximate
        ),
        "{grad_output}·(Φ({x}) + {x}·φ({x}))",
    ),
    "leaky_relu_backward": elementwise(leaky_relu_backward, "{grad_output}·(1 | {negative_slope})"),
    "elu_backward": elementwise(elu_backward, result_or_input),
    "softplus_backward": elementwise(softplus_backward, "{grad_output}·σ({x})"),
    "hardtanh_backward": elementwise(
        hardtanh_backward, "{grad_output}·[{min_val} < {x} < {max_val}]"
    ),
}

ROWS = {**FORWARD, **BACKWARD}
