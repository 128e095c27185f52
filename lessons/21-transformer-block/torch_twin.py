"""The same in PyTorch."""

import math

import torch
import torch.nn.functional as F
from torch import nn

HEADS = 2
NAMES = {
    "ln_1.weight": "gain_1",
    "ln_1.bias": "shift_1",
    "query.weight": "Wq",
    "key.weight": "Wk",
    "value.weight": "Wv",
    "out.weight": "Wo",
    "out.bias": "bo",
    "ln_2.weight": "gain_2",
    "ln_2.bias": "shift_2",
    "up.weight": "W1",
    "up.bias": "b1",
    "down.weight": "W2",
    "down.bias": "b2",
}


class Block(nn.Module):
    """Attention and a feed-forward net, each added to the stream."""

    def __init__(self, d, attention, ffn):
        super().__init__()
        self.ln_1 = nn.LayerNorm(d)
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
        self.out = nn.Linear(d, d)
        self.ln_2 = nn.LayerNorm(d)
        self.up = nn.Linear(d, 4 * d)
        self.down = nn.Linear(4 * d, d)
        self.attention, self.ffn = attention, ffn  # 1: on, 0: off

    def forward(self, x, mask):
        # the first branch: attention
        h = self.ln_1(x)
        q = self.query(h)
        k = self.key(h)
        v = self.value(h)
        q_parts = q.reshape(len(x), HEADS, -1)
        Q = q_parts.transpose(0, 1)  # (heads, words, d / heads)
        k_parts = k.reshape(len(x), HEADS, -1)
        K = k_parts.transpose(0, 1)
        v_parts = v.reshape(len(x), HEADS, -1)
        V = v_parts.transpose(0, 1)
        K_T = K.transpose(-2, -1)
        S = Q @ K_T
        scaled = S / math.sqrt(Q.shape[-1])
        seen = torch.where(mask, scaled, -math.inf)
        A = F.softmax(seen, dim=-1)
        read = A @ V
        by_word = read.transpose(0, 1)
        joined = by_word.flatten(1)
        a = self.out(joined)
        a_on = self.attention * a
        x_a = x + a_on
        # the second branch: the feed-forward net
        g = self.ln_2(x_a)
        wide = self.up(g)
        bent = F.gelu(wide)
        m = self.down(bent)
        m_on = self.ffn * m
        y = x_a + m_on
        return y


def train_step(net, optimizer, words, places, mask, t):
    optimizer.zero_grad()
    words = words.detach().requires_grad_()  # ask about the input too
    x = words + places
    y = net(x, mask.bool())
    e = y - t
    squares = e**2
    loss = squares.mean()
    loss.backward()
    optimizer.step()
    return loss, y, words


class Count(nn.Module):
    """The parameters of a GPT-2, from the shapes of one block."""

    def __init__(self, tied):
        super().__init__()
        self.untied = 0 if tied else 1

    def forward(self, rows, columns, parts, model):
        sizes = rows * columns
        by_part = parts @ sizes
        block = by_part.sum()
        layers = model[0]
        d = model[1]
        vocabulary = model[2]
        context = model[3]
        blocks = layers * block
        words = vocabulary * d
        places = context * d
        last_norm = 2 * d
        head = self.untied * words
        tables = words + places
        body = tables + blocks
        normed = body + last_norm
        total = normed + head
        return by_part, total


def block(dials, start, batches):
    on = {"on": 1, "off": 0}
    width = len(start["gain_1"])
    net = Block(
        width, on[dials["attention"]], on[dials["ffn"]]
    ).double()
    net.load_state_dict({k: start[name] for k, name in NAMES.items()})
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss, y, words = train_step(net, optimizer, **batch)
        told = {"loss": loss, "y": y, "words.grad": words.grad}
        for path, parameter in net.named_parameters():
            told[f"{NAMES[path]}.grad"] = parameter.grad
            told[f"{NAMES[path]}'"] = parameter
        yield told


def parameters(dials, start, batches):
    net = Count(dials["tied"] == "yes")
    for batch in batches:
        by_part, total = net(**batch)
        yield {"by_part": by_part, "total": total}
