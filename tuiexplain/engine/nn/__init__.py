"""Layers and networks, with the names of ``torch.nn``."""

from tuiexplain.engine.nn import functional, init
from tuiexplain.engine.nn.activation import (
    GELU,
    Dropout,
    Flatten,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from tuiexplain.engine.nn.attention import MultiheadAttention
from tuiexplain.engine.nn.container import ModuleList, Sequential
from tuiexplain.engine.nn.convolution import AvgPool2d, Conv2d, MaxPool2d
from tuiexplain.engine.nn.embedding import Embedding
from tuiexplain.engine.nn.linear import Linear
from tuiexplain.engine.nn.loss import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    L1Loss,
    MSELoss,
)
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.nn.norm import BatchNorm1d, LayerNorm
from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.nn.recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell

__all__ = [
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "Identity",
    "L1Loss",
    "LSTMCell",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "ModuleList",
    "MultiheadAttention",
    "Parameter",
    "RNNCell",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "functional",
    "init",
]
