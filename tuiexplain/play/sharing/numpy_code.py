"""A design's training step in NumPy alone, forward and backward written out line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tuiexplain.play.code import decoupled, penalised
from tuiexplain.play.design import Design, Layer
from tuiexplain.play.network import Head, Network

FORWARD = {
    "tanh": "np.tanh({})",
    "relu": "np.maximum({}, 0)",
    "sigmoid": "1 / (1 + np.exp(-{}))",
    "leaky_relu": "{0} * np.where({0} > 0, 1, 0.01)",
    "gelu": "{0} * normal_share({0})",
}
SLOPES = {
    "tanh": "(1 - {y}**2)",
    "relu": "({y} > 0)",
    "sigmoid": "{y} * (1 - {y})",
    "leaky_relu": "np.where({y} > 0, 1, 0.01)",
    "gelu": "(normal_share({x}) + {x} * np.exp(-({x}**2) / 2) / math.sqrt(2 * math.pi))",
}

NORMAL_SHARE = """
erf = np.vectorize(math.erf)


def normal_share(x):
    return (1 + erf(x / math.sqrt(2))) / 2
"""

HEADS = {
    Head.SIGN: (
        ["y = np.tanh({z})", "loss = ((y - t) ** 2).mean() / 2"],
        "(y - t) / t.size * (1 - y**2)",
    ),
    Head.NUMBER: (["loss = (({z} - t) ** 2).mean() / 2"], "({z} - t) / t.size"),
    Head.CHANCE: (
        [
            "losses = np.maximum({z}, 0) - {z} * t + np.log1p(np.exp(-np.abs({z})))",
            "loss = losses.mean()",
        ],
        "(1 / (1 + np.exp(-{z})) - t) / t.size",
    ),
    Head.CHANCES: (
        [
            "{z} = {z} - {z}.max(axis=1, keepdims=True)",
            "chances = np.exp({z}) / np.exp({z}).sum(axis=1, keepdims=True)",
            "right = np.arange({z}.shape[1]) == t[:, None]",
            "loss = -np.log(chances[right]).mean()",
        ],
        "(chances - right) / len(t)",
    ),
}
"""From the last sums: the lines of the loss, and its gradient by them."""

UPDATES = {
    "sgd": ["p[name] = p[name] - lr * g"],
    "momentum": [
        "v = memory[name, 'v'] = {mu} * memory[name, 'v'] + g",
        "p[name] = p[name] - lr * v",
    ],
    "nesterov": [
        "v = memory[name, 'v'] = {mu} * memory[name, 'v'] + g",
        "p[name] = p[name] - lr * (g + {mu} * v)",
    ],
    "rmsprop": [
        "v = memory[name, 'v'] = {beta2} * memory[name, 'v'] + (1 - {beta2}) * g**2",
        "p[name] = p[name] - lr * g / (np.sqrt(v) + 1e-8)",
    ],
    "adam": [
        "m = memory[name, 'm'] = {mu} * memory[name, 'm'] + (1 - {mu}) * g",
        "v = memory[name, 'v'] = {beta2} * memory[name, 'v'] + (1 - {beta2}) * g**2",
        "m_hat, v_hat = m / (1 - {mu}**updates), v / (1 - {beta2}**updates)",
        "p[name] = p[name] - lr * m_hat / (np.sqrt(v_hat) + 1e-8)",
    ],
}

FACTORS = {
    "constant": "1.0",
    "step": "0.1 ** (step // {steps})",
    "exponential": "0.1 ** (step / {steps})",
    "cosine": "(1 + math.cos(math.pi * step / {steps})) / 2",
    "warmup": "min(1, (step + 1) / {steps})",
}


class Stage(NamedTuple):
    """The lines of one operation: forward, and back through it from ``g``, its gradient."""

    forward: list[str]
    backward: list[str]


def numpy_program(design: Design, shape: Network) -> str:
    """``train_step(p, memory, updates, x, t, lr)`` and what it needs, as the text of a module.

    ``p`` has the weights by name and is changed; it returns the loss.
    """
    helper = NORMAL_SHARE if any(layer.activation == "gelu" for layer in shape.layers) else ""
    body = "\n".join(f"    {line}" for line in _lines(design, shape)).replace("'", '"')
    rate = FACTORS[design.schedule].format(steps=design.schedule_steps)
    return (
        f"{helper}\n\ndef learning_rate(step):\n    return {float(design.lr)!r} * {rate}\n\n\n"
        f"def train_step(p, memory, updates, x, t, lr):\n{body}\n"
    )


def _lines(design: Design, shape: Network) -> Iterator[str]:
    stages = list(_stages(shape))
    yield "# forward"
    for stage in stages:
        yield from stage.forward
    z = f"z{shape.depth}"
    lines, gradient = HEADS[shape.head]
    yield from (line.format(z=z) for line in lines)
    yield "# backward: g is the gradient of what the line above has made"
    yield "grads = {}"
    yield f"g = {gradient.format(z=z)}"
    for stage in reversed(stages):
        yield from stage.backward
    yield from _penalty(design, shape)
    if design.clip:
        yield "norm = math.sqrt(sum((g**2).sum() for g in grads.values()))"
        yield f"factor = min({float(design.clip)!r} / (norm + 1e-6), 1.0)"
        yield "grads = {name: g * factor for name, g in grads.items()}"
    yield "# update"
    yield "for name, g in grads.items():"
    yield from (f"    {line}" for line in _update(design))
    yield "return float(loss)"


def _update(design: Design) -> Iterator[str]:
    kind = "adam" if design.optimizer == "adamw" else design.optimizer
    if decoupled(design):
        yield f"p[name] = p[name] * (1 - lr * {decoupled(design)!r})"
    mu, beta2 = repr(float(design.momentum)), repr(float(design.beta2))
    yield from (line.format(mu=mu, beta2=beta2) for line in UPDATES[kind])


def _penalty(design: Design, shape: Network) -> Iterator[str]:
    if not penalised(design):
        return
    rate = float(design.penalty_rate)
    yield f"for name in {[f'W{at}' for at in range(1, shape.depth + 1)]!r}:"
    if design.penalty == "l2":
        yield f"    loss += {rate!r} / 2 * (p[name] ** 2).sum()"
        yield f"    grads[name] = grads[name] + {rate!r} * p[name]"
    else:
        yield f"    loss += {rate!r} * np.abs(p[name]).sum()"
        yield f"    grads[name] = grads[name] + {rate!r} * np.sign(p[name])"


def _stages(shape: Network) -> Iterator[Stage]:
    source = "x"
    for at in range(1, shape.depth + 1):
        skips = at < shape.depth and shape.skips(at - 1)
        yield _linear(at, source, first=at == 1, skips=skips)
        if at == shape.depth:
            return
        inner = f"z{at}"
        for stage, inner in _hidden(shape.layers[at - 1], at):  # noqa: B007 - the last one's name
            yield stage
        if skips:
            yield Stage([f"r{at} = {inner} + {source}"], [f"skip{at} = g"])
            inner = f"r{at}"
        source = inner


def _linear(at: int, source: str, *, first: bool, skips: bool) -> Stage:
    back = [f"grads['W{at}'] = g.T @ {source}", f"grads['b{at}'] = g.sum(axis=0)"]
    if not first:
        back.append(f"g = g @ p['W{at}']" + (f" + skip{at}" if skips else ""))
    return Stage([f"z{at} = {source} @ p['W{at}'].T + p['b{at}']"], back)


def _hidden(layer: Layer, at: int) -> Iterator[tuple[Stage, str]]:
    """The stages of a hidden layer after its sums, and the name of what each makes."""
    inner = f"z{at}"
    if layer.norm != "none":
        yield _norm(layer, at), f"n{at}"
        inner = f"n{at}"
    if layer.activation != "linear":
        slope = SLOPES[layer.activation].format(x=inner, y=f"a{at}")
        made = FORWARD[layer.activation].format(inner)
        yield Stage([f"a{at} = {made}"], [f"g = g * {slope}"]), f"a{at}"
        inner = f"a{at}"
    if layer.dropout:
        kept = (
            f"kept{at} = (draws.random({inner}.shape) >= {layer.dropout!r}) / {1 - layer.dropout!r}"
        )
        yield Stage([kept, f"d{at} = {inner} * kept{at}"], [f"g = g * kept{at}"]), f"d{at}"


def _norm(layer: Layer, at: int) -> Stage:
    axis = 0 if layer.norm == "batch" else 1
    over = f"axis={axis}, keepdims=True"
    forward = [
        f"mean{at} = z{at}.mean({over})",
        f"var{at} = z{at}.var({over})",
        f"root{at} = np.sqrt(var{at} + 1e-5)",
        f"u{at} = (z{at} - mean{at}) / root{at}",
        f"n{at} = u{at} * p['scale{at}'] + p['shift{at}']",
    ]
    if layer.norm == "batch":
        name = f"norm{at}.running_"
        forward += [
            "wider = len(x) / (len(x) - 1)",
            f"p['{name}mean'] = 0.9 * p['{name}mean'] + 0.1 * mean{at}[0]",
            f"p['{name}var'] = 0.9 * p['{name}var'] + 0.1 * wider * var{at}[0]",
        ]
    return Stage(
        forward,
        [
            f"grads['scale{at}'] = (g * u{at}).sum(axis=0)",
            f"grads['shift{at}'] = g.sum(axis=0)",
            f"g = g * p['scale{at}']",
            f"leaning = (g * u{at}).mean({over})",
            f"g = (g - g.mean({over}) - u{at} * leaning) / root{at}",
        ],
    )
