"""The same in PyTorch; the heads in one call."""

import torch
import torch.nn.functional as F
from torch import nn

D = 4


class MultiHead(nn.Module):
    """Attention in several heads, each with its share of d numbers."""

    def __init__(self, heads, start):
        super().__init__()
        self.attn = nn.MultiheadAttention(
            D, heads, bias=False, batch_first=True
        )
        qkv = torch.cat([start["Wq"], start["Wk"], start["Wv"]])
        self.attn.in_proj_weight = nn.Parameter(qkv)
        self.attn.out_proj.weight = nn.Parameter(start["Wo"])

    def forward(self, x):
        # Q, K and V, split, scores, softmax, merge, out: in one
        Y, A = self.attn(  # -> Q, K, V, S, scaled, A, Y_h, joined, Y
            x, x, x, average_attn_weights=False
        )
        return Y, A


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    Y, A = net(x)
    e = Y - t
    squares = e**2
    loss = squares.mean()
    loss.backward()
    optimizer.step()
    return Y, A, loss


def compare(Wq, Wk, Wv, x, P, order):
    other = x[order]
    both = torch.stack([x, other])  # (2, T, d)
    h = both + P
    Q = F.linear(h, Wq)
    K = F.linear(h, Wk)
    V = F.linear(h, Wv)
    Y = F.scaled_dot_product_attention(
        Q, K, V
    )  # -> K_T, S, scaled, A, Y
    first = Y[0]
    second = Y[1]
    back = second[order]  # the words in their first order again
    gap = back - first
    return Y, gap


def place_words(place, rate):
    angles = place * rate
    sines = torch.sin(angles)
    cosines = torch.cos(angles)
    pairs = torch.stack([sines, cosines], dim=-1)
    PE = pairs.reshape(len(place), -1)
    PE_T = PE.T
    alike = PE @ PE_T
    return PE, alike


def turn(q, k, place, theta):
    angle = place * theta
    cosine = torch.cos(angle)
    sine = torch.sin(angle)
    minus_sine = -sine
    top = torch.stack([cosine, minus_sine], dim=-1)
    bottom = torch.stack([sine, cosine], dim=-1)
    R = torch.stack([top, bottom], dim=1)  # a turn for each place
    Q = R @ q
    K = R @ k
    K_T = K.T
    S = Q @ K_T
    return Q, K, S


def heads(dials, start, batches):
    net = MultiHead(int(dials["heads"]), start)
    optimizer = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        Y, A, loss = train_step(net, optimizer, **batch)
        qkv = net.attn.in_proj_weight
        Wo = net.attn.out_proj.weight
        found = {"Y": Y, "A": A, "loss": loss}
        gradients, updated = qkv.grad.chunk(3), qkv.chunk(3)
        for i, name in enumerate(("Wq", "Wk", "Wv")):
            found[f"{name}.grad"] = gradients[i]
            found[f"{name}'"] = updated[i]
        yield {**found, "Wo.grad": Wo.grad, "Wo'": Wo}


def order(dials, start, batches):
    weights = [start[name] for name in ("Wq", "Wk", "Wv")]
    for batch in batches:
        Y, _gap = compare(*weights, **batch)
        yield {"Y": Y}  # the gap is rounding, in both


def table(dials, start, batches):
    for batch in batches:
        PE, alike = place_words(**batch)
        yield {"PE": PE, "alike": alike}


def rotary(dials, start, batches):
    for batch in batches:
        Q, K, S = turn(**batch, theta=dials["theta"])
        yield {"Q": Q, "K": K, "S": S}
