"""The first numbers of a parameter, with the names of ``torch.nn.init``.

Each function puts a new array into the tensor. ``initialised_by`` says what was drawn; numbers that
were set and not drawn leave it ``None``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.random import generator
from tuiexplain.trace.numbers import format_number


def empty_parameter(*shape: int, axes: tuple[str, ...] = ()) -> Parameter:
    """A parameter of zeros, to be filled by one of the functions here."""
    parameter = Parameter(np.zeros(shape))
    parameter.axes = axes
    return parameter


def _fill(tensor: Any, array: np.ndarray, how: str | None = None) -> Any:
    tensor.data = np.asarray(array, dtype=np.float64)
    tensor.initialised_by = how  # also of a buffer: random numbers that the network keeps
    return tensor


def constant_(tensor: Any, val: float) -> Any:
    """Every cell ``val``."""
    return _fill(tensor, np.full(tensor.shape, val))


def zeros_(tensor: Any) -> Any:
    return constant_(tensor, 0.0)


def ones_(tensor: Any) -> Any:
    return constant_(tensor, 1.0)


def eye_(tensor: Any) -> Any:
    """The identity matrix."""
    return _fill(tensor, np.eye(*tensor.shape))


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0) -> Any:
    """Uniform between ``a`` and ``b``."""
    how = (
        f"uniform ±{format_number(b)}"
        if a == -b
        else f"uniform {format_number(a)} … {format_number(b)}"
    )
    return _fill(tensor, generator().uniform(a, b, tensor.shape), how)


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0) -> Any:
    """Normal with ``mean`` and standard deviation ``std``."""
    how = f"normal, mean {format_number(mean)}, deviation {format_number(std)}"
    return _fill(tensor, generator().normal(mean, std, tensor.shape), how)


def calculate_gain(nonlinearity: str, param: float = math.sqrt(5.0)) -> float:
    """By how much to scale so that activations keep their size through a nonlinearity."""
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5.0 / 3.0,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1.0 + param**2)),
    }
    if nonlinearity not in gains:
        raise ValueError(f"calculate_gain: '{nonlinearity}' is none of {', '.join(gains)}.")
    return gains[nonlinearity]


def _fans(tensor: Any) -> tuple[int, int]:
    if tensor.ndim < 2:
        raise ValueError(
            f"init: shape {tensor.shape} has no inputs and outputs; two axes are needed."
        )
    rest = int(np.prod(tensor.shape[2:]))
    return tensor.shape[1] * rest, tensor.shape[0] * rest


def xavier_uniform_(tensor: Any, gain: float = 1.0) -> Any:
    """Uniform in ±gain·√(6/(in+out)) (Glorot and Bengio, 2010)."""
    bound = gain * math.sqrt(6.0 / sum(_fans(tensor)))
    uniform_(tensor, -bound, bound)
    return _fill(tensor, tensor.data, f"Xavier uniform ±{format_number(bound)}")


def xavier_normal_(tensor: Any, gain: float = 1.0) -> Any:
    """Normal with deviation gain·√(2/(in+out)) (Glorot and Bengio, 2010)."""
    std = gain * math.sqrt(2.0 / sum(_fans(tensor)))
    normal_(tensor, 0.0, std)
    return _fill(tensor, tensor.data, f"Xavier normal, deviation {format_number(std)}")


def _kaiming_std(tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"kaiming: mode '{mode}' is neither fan_in nor fan_out.")
    fan = _fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def kaiming_uniform_(
    tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Any:
    """Uniform in ±gain·√(3/fan) (He and others, 2015)."""
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    uniform_(tensor, -bound, bound)
    return _fill(tensor, tensor.data, f"He uniform ±{format_number(bound)}")


def kaiming_normal_(
    tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Any:
    """Normal with deviation gain/√fan (He and others, 2015)."""
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    normal_(tensor, 0.0, std)
    return _fill(tensor, tensor.data, f"He normal, deviation {format_number(std)}")
