"""A design as a program: ordinary code in the engine's API, which is PyTorch's.

This very text is run when a step is entered; every intermediate result has a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from tuiexplain.play.design import Design, Layer
from tuiexplain.play.network import Head, Network

ENGINE = """\
import tuiexplain.engine.functional as F
from tuiexplain.engine import nn, no_grad, optim
"""

TORCH = """\
import torch.nn.functional as F
from torch import nn, no_grad, optim
"""

ACTIVATIONS = {
    "tanh": "F.tanh({})",
    "relu": "F.relu({})",
    "sigmoid": "F.sigmoid({})",
    "leaky_relu": "F.leaky_relu({})",
    "gelu": "F.gelu({})",
}

OPTIMIZERS = {
    "sgd": "optim.SGD(net.parameters(), lr={lr})",
    "momentum": "optim.SGD(net.parameters(), lr={lr}, momentum={momentum})",
    "nesterov": "optim.SGD(net.parameters(), lr={lr}, momentum={momentum}, nesterov=True)",
    "rmsprop": "optim.RMSprop(net.parameters(), lr={lr}, alpha={beta2})",
    "adam": "optim.Adam(net.parameters(), lr={lr}, betas=({momentum}, {beta2}))",
    "adamw": (
        "optim.AdamW(net.parameters(), lr={lr}, betas=({momentum}, {beta2}), weight_decay={decay})"
    ),
}

SCHEDULES = {
    "step": "StepLR(optimizer, {steps})",
    "exponential": "ExponentialLR(optimizer, {gamma})",
    "cosine": "CosineAnnealingLR(optimizer, {steps})",
    "warmup": "LambdaLR(optimizer, lambda step: min(1, (step + 1) / {steps}))",
}

INITS = {
    "uniform": ("uniform_({}, -0.5, 0.5)", 0.1),
    "xavier": ("xavier_uniform_({})", 0.0),
    "kaiming": ('kaiming_uniform_({}, nonlinearity="relu")', 0.0),
    "normal": ("normal_({})", 0.0),
    "zeros": ("zeros_({})", 0.0),
}

LOSSES = {
    Head.CHANCE: "F.binary_cross_entropy_with_logits(y, t)",
    Head.CHANCES: "F.cross_entropy(y, t)",
}


def decoupled(design: Design) -> float:
    """The share by which AdamW shrinks everything: there it stands for the penalty L2."""
    coupled = design.optimizer != "adamw" or design.penalty != "l2"
    return 0.0 if coupled else float(design.penalty_rate)


def penalised(design: Design) -> bool:
    """Whether the loss has a term for large weights."""
    return design.penalty != "none" and design.penalty_rate > 0 and not decoupled(design)


def program(design: Design, shape: Network, imports: str = ENGINE) -> str:
    """The network, its first numbers and its training step as the text of a Python module."""
    parts = (
        [imports.rstrip()],
        ["class Net(nn.Module):", *_indented(_net(shape))],
        ["def initialise(net):", *_indented(_initialise(design, shape))],
        ["def train_step(net, optimizer, x, t):", *_indented(_step(design, shape))],
        ["def make_optimizer(net):", *_indented(_optimizer(design))],
        ["def make_schedule(optimizer):", *_indented(_schedule(design))],
    )
    return "\n\n\n".join("\n".join(part) for part in parts) + "\n"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}".rstrip() for line in lines)


# -- the network -----------------------------------------------------------------------------------


def _net(shape: Network) -> Iterator[str]:
    yield f'"""{" → ".join(map(str, shape.widths))}."""'
    yield ""
    yield "def __init__(self):"
    yield "    super().__init__()"
    for at, (wide, units) in enumerate(zip(shape.widths, shape.widths[1:], strict=False), 1):
        yield f"    self.fc{at} = nn.Linear({wide}, {units})"
        norm = shape.layers[at - 1].norm if at < shape.depth else "none"
        if norm != "none":
            kind = {"batch": "BatchNorm1d", "layer": "LayerNorm"}[norm]
            yield f"    self.norm{at} = nn.{kind}({units})"
    yield ""
    yield "def forward(self, x):"
    source = "x"
    for at, layer in enumerate(shape.layers, 1):
        lines, source = _layer(layer, at, source, shape.skips(at - 1))
        yield from (f"    {line}" for line in lines)
    if shape.head is Head.SIGN:
        yield f"    z{shape.depth} = self.fc{shape.depth}({source})"
        yield f"    y = F.tanh(z{shape.depth})"
    else:
        yield f"    y = self.fc{shape.depth}({source})"
    yield "    return y"


def _layer(layer: Layer, at: int, source: str, skips: bool) -> tuple[list[str], str]:
    """The lines of a hidden layer, and the name of what it puts out."""
    stages = [("z", f"self.fc{at}({{}})")]
    if layer.norm != "none":
        stages.append(("n", f"self.norm{at}({{}})"))
    if layer.activation != "linear":
        stages.append(("a", ACTIVATIONS[layer.activation]))
    if layer.dropout:
        stages.append(("d", f"F.dropout({{}}, {layer.dropout!r}, self.training)"))
    if skips:
        stages.append(("r", f"{{}} + {source}"))
    lines, inner = [], source
    for place, (letter, made) in enumerate(stages):
        name = f"h{at}" if 0 < place == len(stages) - 1 else f"{letter}{at}"
        lines.append(f"{name} = {made.format(inner)}")
        inner = name
    return lines, inner


def _initialise(design: Design, shape: Network) -> Iterator[str]:
    weight, bias = INITS[design.init]
    layers = ", ".join(f"net.fc{at}" for at in range(1, shape.depth + 1))
    yield f"for layer in ({layers}):" if shape.layers else f"for layer in ({layers},):"
    yield f"    nn.init.{weight.format('layer.weight')}"
    yield f"    nn.init.constant_(layer.bias, {bias})"


# -- a training step -------------------------------------------------------------------------------


def _step(design: Design, shape: Network) -> Iterator[str]:
    yield "optimizer.zero_grad()"
    yield "y = net(x)"
    charged = penalised(design)
    error = "error" if charged else "loss"
    if shape.head in LOSSES:
        yield f"{error} = {LOSSES[shape.head]}"
    else:
        yield "squares = F.mse_loss(y, t)"
        yield f"{error} = squares / 2"
    if charged:
        yield from _penalty(design, shape)
    yield "loss.backward()"
    if design.clip:
        yield from _clip(design)
    yield "optimizer.step()"
    yield "return loss"


def _penalty(design: Design, shape: Network) -> Iterator[str]:
    """L1: the rate times the sum of |w|. L2: half the rate times the sum of w². Biases are free."""
    square = design.penalty == "l2"
    rate = design.penalty_rate / 2 if square else design.penalty_rate
    sums = []
    for at in range(1, shape.depth + 1):
        w = f"net.fc{at}.weight"
        yield f"sizes{at} = " + (f"{w}**2" if square else f"{w}.abs()")
        yield f"sum{at} = sizes{at}.sum()"
        sums.append(f"sum{at}")
    size = sums[0]
    for at, more in enumerate(sums[1:], 2):
        yield f"upto{at} = {size} + {more}"
        size = f"upto{at}"
    yield f"penalty = {size} * {rate!r}"
    yield "loss = error + penalty"


def _clip(design: Design) -> Iterator[str]:
    """As ``nn.utils.clip_grad_norm_``, written out."""
    yield "with no_grad():"
    yield "    total = 0.0"
    yield "    for p in net.parameters():"
    yield "        squared = p.grad**2"
    yield "        summed = squared.sum()"
    yield "        total = total + summed"
    yield "    norm = total**0.5"
    yield "    longer = norm + 1e-6"
    yield f"    share = {design.clip!r} / longer"
    yield "    factor = share.clamp(max=1.0)"
    yield "    for p in net.parameters():"
    yield "        clipped = p.grad * factor"
    yield "        p.grad = clipped"


def _optimizer(design: Design) -> Iterator[str]:
    made = OPTIMIZERS[design.optimizer]
    if design.optimizer in ("momentum", "nesterov") and not design.momentum:
        made = OPTIMIZERS["sgd"]
    yield "return " + made.format(
        lr=repr(float(design.lr)),
        momentum=repr(float(design.momentum)),
        beta2=repr(float(design.beta2)),
        decay=repr(decoupled(design)),
    )


def _schedule(design: Design) -> Iterator[str]:
    if design.schedule == "constant":
        yield "return None"
        return
    gamma = 0.1 ** (1 / design.schedule_steps)
    made = SCHEDULES[design.schedule].format(steps=design.schedule_steps, gamma=repr(gamma))
    yield f"return optim.lr_scheduler.{made}"
