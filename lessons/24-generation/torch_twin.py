"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class Sampler(nn.Module):
    """From scores to words: temperature, top-k, top-p, a draw."""

    def __init__(self, T, k, top_p, u):
        super().__init__()
        self.T, self.k, self.top_p = T, k, top_p
        self.register_buffer("u", u)

    def forward(self, logits):
        z = logits / self.T
        p = F.softmax(z, dim=0)
        # top-k: the k likeliest stay
        p_column = p.unsqueeze(1)
        likelier = p > p_column
        rank = likelier.sum(dim=1)
        keep_k = rank < self.k
        p_k = p * keep_k
        left_k = p_k.sum()
        q = p_k / left_k
        # top-p: the likeliest stay, until they make up top_p
        q_likelier = likelier * q
        before = q_likelier.sum(dim=1)
        keep_p = before < self.top_p
        q_p = q * keep_p
        left_p = q_p.sum()
        odds = q_p / left_p
        # a draw: where does u fall on the line of odds?
        line = torch.cumsum(odds, dim=0)
        u_column = self.u.unsqueeze(1)
        passed = line <= u_column
        drawn = passed.sum(dim=1)
        return p, left_k, q, left_p, odds, drawn


def odds(dials, start, batches):
    net = Sampler(dials["T"], dials["k"], dials["top_p"], start["u"])
    names = ("p", "left_k", "q", "left_p", "odds", "drawn")
    for batch in batches:
        yield dict(zip(names, net(**batch), strict=True))
