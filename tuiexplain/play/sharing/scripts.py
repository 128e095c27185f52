"""A run as a program that needs nothing of ours: PyTorch, or NumPy alone."""

from __future__ import annotations

from tuiexplain.play.code import program
from tuiexplain.play.layout import MEMORIES
from tuiexplain.play.play import Play
from tuiexplain.play.sharing.numpy_code import numpy_program

DATA = "data.npz"

TOP = '''\
"""The run {text}
in {library}, from step {first} on:

    python {file} [STEPS]

{data}, beside this file, has the examples, the numbers at step {first}, and the losses of the
playground, with which those here are compared.
"""

import {modules}
from functools import lru_cache
from pathlib import Path

import numpy as np
{imports}
FIRST, BATCH, SEED = {first}, {batch}, {seed}
PER_EPOCH = {per_epoch}  # steps
EPOCHS = {epochs}  # whose orders are drawn at once
DATA = np.load(Path(__file__).with_name("{data}"))
X, T, KEPT = DATA["x"], DATA["t"], DATA["kept"]


@lru_cache(1)
def orders(block):
    """In which order each of the next epochs takes all rows."""
    draws = np.random.default_rng([SEED, block])
    return draws.permuted(np.tile(np.arange(len(X)), (EPOCHS, 1)), axis=1)


def batch(step):
    """The rows of a step: an epoch takes those that are kept in an order of its own."""
    epoch, place = divmod(step, PER_EPOCH)
    order = orders(epoch // EPOCHS)[epoch % EPOCHS]
    order = order[KEPT[order]]
    rows = order[place * BATCH : (place + 1) * BATCH]
    return X[rows], T[rows]


def draw(step):
    """The random numbers of a step."""
    global draws
    draws = np.random.default_rng((SEED * 0x9E3779B1 + step + 1) & 0x7FFFFFFF)


def compare(losses):
    """Tell the losses, and by how much they differ from the playground's."""
    known = DATA["losses"][: len(losses)]
    for step in range(0, len(losses), max(1, len(losses) // 10)):
        print(f"step {{FIRST + step}}  loss {{losses[step]:.6f}}")
    if len(known):
        off = np.abs(np.array(losses[: len(known)]) / known - 1).max()
        print(f"{{len(known)}} steps of the playground's: {{off:.1e}} apart at most")


'''

TORCH_DROPOUT = """

def dropout(x, p, training):
    kept = torch.from_numpy(draws.random(tuple(x.shape)) >= p)
    return x * kept / (1 - p)
"""

TORCH_END = '''

def restored():
    """The network and the optimiser as they are at step FIRST."""
    net = Net()
    with no_grad():
        for path, tensor in net.state_dict().items():
            name = NAMES.get(path, path)
            if name in DATA:
                tensor.copy_(torch.from_numpy(DATA[name]))
    optimizer = make_optimizer(net)
    updates = int(DATA["updates"])
    for path, p in net.named_parameters():
        memory = {{
            key: torch.from_numpy(DATA[f"{{NAMES[path]}}.{{ours}}"].copy())
            for key, ours in MEMORIES.items()
        }}
        if updates and memory:
            optimizer.state[p] = {{"step": torch.tensor(float(updates)), **memory}}
    schedule = make_schedule(optimizer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are steps that were taken before
        for _ in range(FIRST if schedule else 0):
            schedule.step()
    return net, optimizer, schedule


NAMES = {names}
MEMORIES = {memories}
"""What the optimiser remembers, in PyTorch's words and in the file's."""


def main(steps):
    net, optimizer, schedule = restored()
    losses = []
    for step in range(FIRST, FIRST + steps):
        draw(step)
        x, t = map(torch.from_numpy, batch(step))
        losses.append(train_step(net, optimizer, x, t).item())
        if schedule:
            schedule.step()
    compare(losses)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else max(1, len(DATA["losses"])))
'''

NUMPY_END = '''

def main(steps):
    """Train from step FIRST on."""
    weights = [name for name in DATA.files if name not in {others}]
    p = {{name: DATA[name] for name in weights if not name.endswith((".m", ".v"))}}
    memory = {{tuple(n.rsplit(".", 1)): DATA[n] for n in weights if n.endswith((".m", ".v"))}}
    updates, losses = int(DATA["updates"]), []
    for step in range(FIRST, FIRST + steps):
        draw(step)
        updates += 1
        losses.append(train_step(p, memory, updates, *batch(step), learning_rate(step)))
    compare(losses)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else max(1, len(DATA["losses"])))
'''

OTHERS = ("x", "t", "kept", "losses", "updates")
"""What the file has besides weights and memories."""

TORCH_IMPORTS = """\
import torch
import torch.nn.functional as F
from torch import nn, no_grad, optim

torch.set_default_dtype(torch.float64)
"""

TORCH_MEMORIES = {
    "sgd": {},
    "momentum": {"momentum_buffer": "v"},
    "nesterov": {"momentum_buffer": "v"},
    "rmsprop": {"square_avg": "v"},
    "adam": {"exp_avg": "m", "exp_avg_sq": "v"},
    "adamw": {"exp_avg": "m", "exp_avg_sq": "v"},
}
assert {k: tuple(v.values()) for k, v in TORCH_MEMORIES.items()} == MEMORIES


def first_step(play: Play) -> int:
    """From which step on the design of now was trained."""
    return play.segments[-1].start


def torch_script(play: Play, text: str, file: str) -> str:
    """The run in PyTorch; ``text`` is its own as :mod:`.text` writes it."""
    design, shape = play.design, play.shape
    code = program(design, shape, "").lstrip("\n")
    random = any(layer.dropout for layer in shape.layers)
    if random:
        code = code.replace("F.dropout(", "dropout(")
    head = _top(play, text, file, "PyTorch", "sys\nimport warnings", TORCH_IMPORTS)
    names, memories = shape.names(), TORCH_MEMORIES[design.optimizer]
    end = TORCH_END.format(names=repr(names), memories=repr(memories))
    return head.rstrip() + "\n" + (TORCH_DROPOUT if random else "") + "\n\n" + code + end


def numpy_script(play: Play, text: str, file: str) -> str:
    """The run in NumPy alone."""
    head = _top(play, text, file, "NumPy", "math\nimport sys", "")
    return (
        head.rstrip()
        + "\n\n"
        + numpy_program(play.design, play.shape)
        + NUMPY_END.format(others=OTHERS)
    )


def _top(play: Play, text: str, file: str, library: str, modules: str, imports: str) -> str:
    return TOP.format(
        text=text,
        library=library,
        file=file,
        data=DATA,
        modules=modules,
        imports=imports,
        first=first_step(play),
        batch=play.program.swift.examples.batch,
        per_epoch=play.steps_per_epoch,
        seed=play.design.seed,
        epochs=play.program.epochs_at_once,
    )
