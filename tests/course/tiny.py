"""A tiny lesson in a folder of its own, whole; tests spoil one thing in it."""

from __future__ import annotations

from pathlib import Path

LESSON = """\
id = "tiny"
number = 6
version = 1
status = "complete"
minutes = 3
twins = ["torch"]

[[part]]
id = "line"
train_steps = 2
seed = 7

[[part.dial]]
id = "lr"
default = 0.1
min = 0.001
max = 10
scale = "log"
symbol = "η"

[[part.step]]
id = "start"

[[part.step]]
id = "product"
at = { phase = "forward", output = "wx" }

[[part.step]]
id = "gradients"
at = { phase = "backward" }

[[part.step]]
id = "descent"
at = { phase = "update", output = "w'" }

[[part.prediction]]
id = "larger"
before = "gradients"
kind = "choice"
answer = 1

[part.prediction.proof]
expect = "abs(w.grad) > abs(b.grad)"

[[part.prediction.wrong]]
answer = 2
expect = "abs(w.grad) < abs(b.grad)"

[[part.truth]]
of = "loss"
value = 41.0
digits = 4
source = "calc: by hand"

[[part.run]]
id = "far-off"
dials = { lr = 0.2 }
edits = { "b" = 1.0 }
steps = 20
"""

ENGLISH = """\
# A tiny lesson
What is the best line?

## line | Four points
Four points on a line, and a [[gradient]].

## start | Before
Nothing yet: the loss will be {{loss:.1f}}.

## product | The product
Each x times w = {{w}}.

## gradients | Blame
∂L/∂w = {{w.grad:.1f}}, and later {{loss@1:.3f}}.

## descent | One step
w becomes {{w':.3f}}. Elsewhere: {{far-off.loss@19:.3g}}, {{far-off.val_loss@last:.3g}}.

### teacher
Ask why.

## larger | Which is larger?
Which [[gradient|slope]] is larger?

1. that of w
2. that of b

### hint 1
Look at x.

### hint 2
w is multiplied.

### hint 3
By numbers up to 4.

### why
w is multiplied by x, b by 1.
"""

CHINESE = """\
# 一节小课 <!-- of 0 -->
哪条直线最好？

## line | 四个点 <!-- of 0 -->
一条直线上的四个点，和一个[[梯度]]。

## start | 开始之前 <!-- of 0 -->
还没有运算：损失将是 {{loss:.1f}}。

## product | 乘积 <!-- of 0 -->
每个 x 乘以 w = {{w}}。

## gradients | 责任 <!-- of 0 -->
∂L/∂w = {{w.grad:.1f}}，之后是 {{loss@1:.3f}}。

## descent | 走一步 <!-- of 0 -->
w 变成 {{w':.3f}}。别处：{{far-off.loss@19:.3g}}，{{far-off.val_loss@last:.3g}}。

## larger | 哪个更大？ <!-- of 0 -->
哪个[[gradient|斜率]]更大？

1. w 的
2. b 的

### hint 1
看 x。

### hint 2
w 被乘。

### hint 3
乘的数最大是四。

### why
w 乘以 x，b 乘以一。
"""

NETWORK = '''\
"""A line through four points."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, optim, tensor


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(tensor(0.0))
        self.b = nn.Parameter(tensor(0.0))

    def forward(self, x):
        wx = self.w * x
        y = wx + self.b
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss


def line(dials):
    net = Line()
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=train_step,
        data={
            "x": Table([1, 2, 3, 4], axes=("example",)),
            "t": Table([3, 5, 7, 9], axes=("example",)),
        },
        measures={"val_loss": held_out},
    )


def held_out(net):
    """The loss on two points that nobody learns from."""
    return F.mse_loss(net(tensor([5.0, 6.0])), tensor([11.0, 13.0]))
'''

TWIN = '''\
"""The same in PyTorch."""

import torch
import torch.nn.functional as F


def line(dials, start, batches):
    w = start["w"].requires_grad_()
    b = start["b"].requires_grad_()
    optimizer = torch.optim.SGD([w, b], lr=dials["lr"])
    for batch in batches:
        optimizer.zero_grad()
        y = w * batch["x"] + b
        loss = F.mse_loss(y, batch["t"])
        loss.backward()
        optimizer.step()
        yield {"loss": loss, "w.grad": w.grad, "b.grad": b.grad, "w'": w, "b'": b}
'''


def write(folder: Path) -> Path:
    """Write the lesson, its translation up to date."""
    from tuiexplain.course.check.translations import refresh

    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    refresh(folder)
    return folder


FILES = {
    "lesson.toml": LESSON,
    "en.md": ENGLISH,
    "zh.md": CHINESE,
    "network.py": NETWORK,
    "torch_twin.py": TWIN,
}


def replace(file: Path, old: str, new: str) -> None:
    """Spoil ``file``: put ``new`` where ``old`` stands."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
