"""Scenes: every view with content as lessons have it, for the gallery and for the tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from textual.strip import Strip

from tuiexplain.views.attention import Attention, attention
from tuiexplain.views.bars import Bars, bars
from tuiexplain.views.code import Code, code
from tuiexplain.views.curve import Curve, Series, curve
from tuiexplain.views.formula import Formula, formula
from tuiexplain.views.graph import Edge, Graph, Node, graph
from tuiexplain.views.histogram import Histogram, histogram
from tuiexplain.views.layers import Column, Layers, layers
from tuiexplain.views.look import Look
from tuiexplain.views.matrix import Matrix, matrices, matrix
from tuiexplain.views.prose import page, prose
from tuiexplain.views.scatter import Scatter, scatter
from tuiexplain.views.stems import Stems, stems
from tuiexplain.views.timeline import Stretch, timeline
from tuiexplain.views.unrolled import Row, Shown, Unrolled, unrolled

Scene = Callable[[Look], list[Strip]]
SCENES: dict[str, Scene] = {}

W2 = np.array([[0.4, 0.45], [0.5, 0.55]])
G2 = np.array([[0.0822, 0.0827], [-0.0226, -0.0227]])
RANDOM = np.random.default_rng(7)
TABLE = RANDOM.normal(size=(442, 10)) * 0.05
LARGE = np.add.outer(np.sin(np.arange(48) / 5), np.cos(np.arange(32) / 4))
FEATURES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
PHASES = (
    Stretch("forward", "forward", 13),
    Stretch("backward", "backward", 10),
    Stretch("update", "update", 3),
)
SOURCE = """class Net(nn.Module):
    def __init__(self):
        self.fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 2)

    def forward(self, x):
        z1 = self.fc1(x)           # weights and bias
        h = F.sigmoid(z1)
        z2 = self.fc2(h)
        return F.sigmoid(z2)


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    y = net(x)
    loss = F.mse_loss(y, t)
    loss.backward()
    optimizer.step()
    return loss
"""


def scene(function: Scene) -> Scene:
    SCENES[function.__name__] = function
    return function


@scene
def twins(look: Look) -> list[Strip]:
    specs = [
        Matrix("W2", W2, cursor=(0, 1), focused=True),
        Matrix("∂L/∂W2", G2, accent="backward"),
    ]
    return matrices(specs, 40, 4, look).strips


@scene
def changed_and_causes(look: Look) -> list[Strip]:
    changed = np.array([[False, True], [True, True]])
    known = np.array([[True, True], [True, False]])
    specs = [
        Matrix("h", np.array([[0.5933, 0.5969]]), causes=frozenset({(0, 1)}), row_labels=["ex 1"]),
        Matrix(
            "W2",
            W2,
            changed=changed,
            known=known,
            row_labels=["o1", "o2"],
            column_labels=["h1", "h2"],
        ),
        Matrix("∂L/∂W2", shape=(2, 2), accent="backward"),
    ]
    return matrices(specs, 78, 5, look).strips


@scene
def rough_numbers(look: Look) -> list[Strip]:
    values = np.array([[np.nan, np.inf, -np.inf, 0.0], [4.5e-5, -1234567.0, 1e-300, 41.0]])
    return matrix(Matrix("z", values), 40, 5, look).strips


@scene
def table_window(look: Look) -> list[Strip]:
    spec = Matrix("x", TABLE, cursor=(200, 5), focused=True, column_labels=FEATURES,
                  row_labels=[f"patient {i}" for i in range(442)], mode="digits")  # fmt: skip
    return matrix(spec, 60, 9, look).strips


@scene
def ramp(look: Look) -> list[Strip]:
    return matrix(
        Matrix("ramp", np.linspace(-1, 1, 21).reshape(3, 7), note="3×7"), 62, 5, look
    ).strips


@scene
def heat_large(look: Look) -> list[Strip]:
    return matrix(Matrix("W1", LARGE, note="48×32", cursor=(30, 20)), 70, 18, look).strips


@scene
def heat_reduced(look: Look) -> list[Strip]:
    return matrix(Matrix("x", TABLE, cursor=(200, 5)), 30, 9, look).strips


@scene
def timelines(look: Look) -> list[Strip]:
    lines = []
    for at, width in ((-1, 80), (5, 80), (18, 80), (25, 80), (18, 40), (18, 24)):
        tail = "loss 0.298" if width == 80 else ""
        lines += timeline(PHASES, at, 80 if width == 80 else width, look, tail=tail).strips
    many = (
        Stretch("forward", "前向", 60),
        Stretch("backward", "反向", 80),
        Stretch("update", "更新", 9),
    )
    lines += timeline(many, 77, 80, look).strips
    return lines


@scene
def formulas(look: Look) -> list[Strip]:
    one = Formula("∂L/∂W2[0,1]", ["δ2[0] · h[1]", "0.138 × 0.597", "+0.083"], {"δ2[0]", "0.138"})
    two = Formula("z1[0,0]", ["x[0,0]·W1[0,0] + x[0,1]·W1[0,1] + b1[0]",
                              "0.05 × 0.15 + 0.1 × 0.2 + 0.35", "0.3775"])  # fmt: skip
    three = Formula("W1'[0,0]", ["W1[0,0] - η × ∂L/∂W1[0,0]", "0.15 - 0.5 × 4.38e-4", "0.1498"])
    return [
        *formula(one, 38, 3, look, accent="backward"),
        *formula(two, 38, 5, look, accent="forward"),
        *formula(three, 78, 2, look, accent="update"),
    ]


@scene
def code_forward(look: Look) -> list[Strip]:
    return code(Code(SOURCE, running=7, linked={3}), 50, 10, look).strips


@scene
def code_backward(look: Look) -> list[Strip]:
    return code(Code(SOURCE, running=7, phase="backward", columns=(13, 24)), 30, 8, look).strips


ENGLISH = """The error at the output, times what the hidden unit said: that is each weight's
**share of blame**. The [[gradient]] of `W2[0,1]` is a product of two
numbers that are both on the screen.

1. Look at [[delta|δ2]].
2. Multiply by `h`.
"""
CHINESE = """输出端的误差，乘以隐藏单元说出的值：这就是每个权重应担的**责任**。
`W2[0,1]` 的[[gradient|梯度]]是屏幕上两个数的乘积。先看 δ2，再乘以 h；
两者都在屏幕上（左边的两个矩阵），不必记住。"""


@scene
def prose_english(look: Look) -> list[Strip]:
    return page(prose(ENGLISH, 37, look), 0, 37, 9, look).strips


@scene
def prose_chinese(look: Look) -> list[Strip]:
    return page(prose(CHINESE, 36, look), 0, 36, 6, look).strips


def network(phase: str, at: int, scalar_tail: bool = True) -> Graph:
    """The 2-2-2 network with the cursor on node ``at``."""
    labels = ["x", "fc1", "σ", "fc2", "σ", "MSE"]
    nodes = []
    for i, label in enumerate(labels):
        last = i == len(labels) - 1
        value = np.array([0.298]) if last else RANDOM_VALUES[i]
        there = phase != "forward" or i <= at
        back = phase == "update" or (phase == "backward" and i >= at)
        gradient = np.array([1.0]) if last else RANDOM_VALUES[i] * 0.1
        nodes.append(Node(i, label, value if there else None, gradient if back else None, last))
    edges = [
        Edge(i, i + 1, back=phase == "update" or (phase == "backward" and i >= at),
             running=phase == "backward" and i == at)
        for i in range(len(labels) - 1)
    ]  # fmt: skip
    return Graph(nodes, edges, at, phase)


RANDOM_VALUES = [
    np.random.default_rng(i).normal(size=(1 if i < 3 else 2, 2 + i % 2)) for i in range(6)
]


@scene
def graph_forward(look: Look) -> list[Strip]:
    return graph(network("forward", 3), 48, 3, look).strips


@scene
def graph_backward(look: Look) -> list[Strip]:
    return graph(network("backward", 3), 48, 3, look).strips


@scene
def graph_two_lines(look: Look) -> list[Strip]:
    return graph(network("backward", 2), 48, 2, look).strips


@scene
def graph_one_line(look: Look) -> list[Strip]:
    return graph(network("backward", 2), 60, 1, look).strips


@scene
def graph_scrolled(look: Look) -> list[Strip]:
    return graph(network("forward", 3), 30, 3, look).strips


def xyz(phase: str, step: int) -> Graph:
    """(x + y) z, the forward or the backward half-way."""
    n = {"x": -2.0, "y": 5.0, "z": -4.0, "q": 3.0, "f": -12.0}
    g = {"x": -4.0, "y": -4.0, "z": 3.0, "q": -4.0, "f": 1.0}
    labels = {"q": "q = x + y", "f": "f = q × z"}
    order = ["f", "z", "q", "y", "x"]
    nodes = []
    for k in "xyzqf":
        value = (
            np.array(n[k]) if phase != "forward" or k in "xyz" or "qf".index(k) <= step else None
        )
        back = phase == "backward" and order.index(k) <= step
        nodes.append(Node(k, labels.get(k, k), value, np.array(g[k]) if back else None, True))
    pairs = [("x", "q"), ("y", "q"), ("q", "f"), ("z", "f")]
    edges = [Edge(a, b, phase == "backward" and order.index(a) <= step,
                  phase == "backward" and order[step] == a) for a, b in pairs]  # fmt: skip
    running = "qf"[step] if phase == "forward" else order[step]
    return Graph(nodes, edges, running, phase)


@scene
def graph_xyz_forward(look: Look) -> list[Strip]:
    return graph(xyz("forward", 0), 60, 4, look).strips


@scene
def graph_xyz_backward(look: Look) -> list[Strip]:
    return graph(xyz("backward", 2), 60, 4, look).strips


@scene
def graph_xyz_flat(look: Look) -> list[Strip]:
    return graph(xyz("backward", 2), 60, 2, look).strips


def micrograd(step: int, phase: str = "forward") -> Graph:
    """Micrograd's README expression, every operation a node."""
    names: list[str] = []
    pairs: list[tuple[str, str]] = []

    def op(name: str, *inputs: str) -> str:
        names.append(name)
        pairs.extend((i, name) for i in inputs)
        return name

    a, b = op("a"), op("b")
    c = op("c=a+b", a, b)
    ab, b3 = op("a*b", a, b), op("b**3", b)
    d = op("d=+", ab, b3)
    c1 = op("c+1", c)
    c = op("c'=+", c, c1)
    c1 = op("1+c", c)
    na = op("-a", a)
    c = op("c''=+", op("+ ", c, c1), na)
    d2, ba = op("d*2", d), op("b+a", b, a)
    r = op("relu", ba)
    d = op("d'=+", op("+  ", d, d2), r)
    d3, bma = op("3*d", d), op("b-a", b, a)
    r2 = op("relu ", bma)
    d = op("d''=+", op("+   ", d, d3), r2)
    e = op("e=c-d", c, d)
    f = op("f=e**2", e)
    g = op("g=f/2", f)
    op("g=+", g, op("10/f", f))
    nodes = [
        Node(n, n, np.array(1.5 * i - 4) if phase != "forward" or i <= step else None,
             np.array(0.5 * i) if phase == "backward" and i >= step else None, True)
        for i, n in enumerate(names)
    ]  # fmt: skip
    edges = [Edge(u, v, phase == "backward" and names.index(u) >= step,
                  phase == "backward" and names.index(u) == step) for u, v in pairs]  # fmt: skip
    return Graph(nodes, edges, names[step], phase)


@scene
def graph_micrograd(look: Look) -> list[Strip]:
    return graph(micrograd(8), 80, 8, look).strips


@scene
def graph_micrograd_small(look: Look) -> list[Strip]:
    return graph(micrograd(8), 80, 4, look).strips


@scene
def graph_micrograd_back(look: Look) -> list[Strip]:
    return graph(micrograd(14, "backward"), 118, 12, look).strips


LOSSES = 41 * np.exp(-np.arange(200) / 25) + 0.3


@scene
def curve_loss(look: Look) -> list[Strip]:
    return curve(Curve([Series("loss", LOSSES)], mark=60), 60, 14, look)


@scene
def curve_log(look: Look) -> list[Strip]:
    series = [Series("loss", LOSSES), Series("fork", LOSSES[:90] * 1.4 + 2, 40)]
    return curve(Curve(series, mark=100, log=True), 60, 14, look)


@scene
def curve_rough(look: Look) -> list[Strip]:
    rough = 2.0 ** (np.arange(80) / 4)
    rough[60:] = np.inf
    rough[70:] = np.nan
    return curve(Curve([Series("loss", rough)], log=True), 40, 10, look)


@scene
def curve_small(look: Look) -> list[Strip]:
    return [
        *curve(Curve([Series("loss", LOSSES)]), 24, 6, look),
        *curve(Curve([Series("loss", LOSSES)]), 24, 2, look),
    ]


FOUR = (np.array([1.0, 2, 3, 4]), np.array([3.0, 5, 7, 9]))


@scene
def scatter_start(look: Look) -> list[Strip]:
    return scatter(
        Scatter(*FOUR, line=(0.35, 0.12), residuals=True, x_label="x", y_label="y"), 40, 12, look
    ).strips


@scene
def scatter_fit(look: Look) -> list[Strip]:
    spec = Scatter(*FOUR, line=(1.6, 0.9), rival=(2, 1), residuals=True, selected=2, x_label="x")
    return scatter(spec, 40, 12, look).strips


@scene
def scatter_many(look: Look) -> list[Strip]:
    actual = RANDOM.normal(size=442) * 70 + 150
    guess = actual * 0.5 + 75 + RANDOM.normal(size=442) * 40
    spec = Scatter(actual, guess, line=(1.0, 0.0), x_label="actual", y_label="predicted")
    return scatter(spec, 48, 14, look).strips


@scene
def bars_weights(look: Look) -> list[Strip]:
    values = [-0.6, -14.8, 32.1, 20.0, -48.9, 29.4, 6.2, 11.0, 46.3, 4.2]
    rivals = [v * 0.9 for v in values]
    return bars(Bars(FEATURES, values, rivals, selected=2), 50, 10, look).strips


@scene
def bars_layers(look: Look) -> list[Strip]:
    names = [f"W{i}" for i in range(1, 11)]
    spread = [0.23 * 0.4**i for i in range(10)]
    blame = [6e-7 * 5**i if i < 8 else None for i in range(10)]
    columns = [
        Column("std", spread, [0.81] * 10),
        Column("‖∂L/∂W‖", blame),
    ]
    return layers(Layers(names, columns, selected=3), 60, 11, look).strips


@scene
def histogram_normal(look: Look) -> list[Strip]:
    cells = np.random.default_rng(3).normal(size=1024)
    return histogram(Histogram(cells, "∂L/∂W1", 1.2), 44, 12, look).strips


@scene
def stems_many(look: Look) -> list[Strip]:
    weights = np.random.default_rng(4).normal(size=200)
    return stems(Stems(weights, "w", weights * 1.5, selected=77), 60, 12, look).strips


@scene
def unrolled_wide(look: Look) -> list[Strip]:
    rows = [
        Row("h", np.array([[0.76, -0.3], [0.36, 0.2], [0.18, 0.9]]), [True] * 3),
        Row("f", np.array([[0.02], [0.5], [0.99]]), [True] * 3, Shown.GATE),
        Row("∂L/∂h", np.array([[0.0], [0.05], [1.2]]), [False, True, True], Shown.GRADIENT),
        Row("∂L/∂w", np.array([[0.0], [-0.5], [-0.57]]), [True] * 3, Shown.PART, -1.07),
    ]
    return unrolled(Unrolled(["h", "e", "l"], rows, running=1), 44, 7, look).strips


@scene
def unrolled_narrow(look: Look) -> list[Strip]:
    powers = 0.5 ** np.arange(20.0)[:, None]
    rows = [
        Row("h", powers, [True] * 20),
        Row("f", powers, [True] * 20, Shown.GATE),
        Row("∂L/∂h", powers[::-1], [False] * 4 + [True] * 16, Shown.GRADIENT),
    ]
    return unrolled(Unrolled([str(t + 1) for t in range(20)], rows, 4), 33, 5, look).strips


WORDS = ("Your", "journey", "starts", "with", "one", "一个很长很长很长的词")


@scene
def attention_causal(look: Look) -> list[Strip]:
    weights = np.tril(np.ones((6, 6)))
    weights /= weights.sum(-1, keepdims=True)
    spec = Attention(weights, WORDS, WORDS, weights > 0, 3, (3, 1))
    return attention(spec, 38, 14, look).strips


@scene
def attention_narrow(look: Look) -> list[Strip]:
    weights = RANDOM.random((6, 6))
    return attention(Attention(weights, WORDS, WORDS, None, 0, None, "1/2"), 22, 7, look).strips


@scene
def bars_cut(look: Look) -> list[Strip]:
    return bars(
        Bars(["良性", "恶性", "nan", "inf", "d"], [0.2, 0.8, float("nan"), float("inf"), 0.1]),
        36,
        4,
        look,
    ).strips
