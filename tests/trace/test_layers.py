"""Layers: found in the trace, each with its output and its gradient."""

from __future__ import annotations

from tuiexplain.engine import functional as F
from tuiexplain.engine import nn, tensor
from tuiexplain.engine.random import manual_seed
from tuiexplain.trace.layers import layers
from tuiexplain.trace.recorder import record
from tuiexplain.trace.trace import Trace


class Net(nn.Module):
    """Two layers around a shortcut, and a product with the target's size last."""

    def __init__(self) -> None:
        self.fc1 = nn.Linear(3, 4)
        self.fc2 = nn.Linear(4, 4)
        self.fc3 = nn.Linear(4, 1)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        z1 = self.fc1(x)
        a1 = F.relu(z1)
        h1 = self.drop(a1)
        z2 = self.fc2(h1)
        a2 = F.tanh(z2)
        h2 = h1 + a2
        y = self.fc3(h2)
        return y


def traced(learns: bool = True) -> Trace:
    manual_seed(0)
    net, x, t = Net(), tensor([[1.0, 2.0, 3.0]]), tensor([[1.0]])
    with record() as trace:
        y = net(x)
        loss = F.mse_loss(y, t)
        if learns:
            loss.backward()
    return trace


def test_a_layer_ends_behind_its_activation_and_its_dropout_but_before_a_shortcut() -> None:
    found = layers(traced())
    assert [layer.module for layer in found] == ["fc1", "fc2", "fc3"]
    assert [layer.output.name for layer in found] == ["h1", "a2", "y"]
    assert all(layer.weight.name.startswith(layer.module) for layer in found)
    for layer in found:
        assert layer.gradient is not None
        assert layer.gradient.of == layer.weight.id


def test_without_a_backward_pass_there_are_no_gradients() -> None:
    assert [layer.gradient for layer in layers(traced(learns=False))] == [None] * 3
