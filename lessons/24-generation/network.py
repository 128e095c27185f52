"""How does it speak, and why is it fast? Odds, a draw, and a cache."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, zeros

WORDS = ("mat", "sofa", "roof", "moon", "idea")
SCORES = [4, 3, 2, 1, 0]


class Sampler(nn.Module):
    """From scores to words: temperature, top-k, top-p, a draw."""

    def __init__(self, T, k, top_p, draws):
        super().__init__()
        self.T, self.k, self.top_p = T, k, top_p
        self.register_buffer("u", nn.init.uniform_(zeros(draws)))

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
        line = F.cumsum(odds, dim=0)
        u_column = self.u.unsqueeze(1)
        passed = line <= u_column
        drawn = passed.sum(dim=1)
        return drawn, left_p


def choose(net, optimizer, logits):
    """Use the odds; nobody learns here."""
    return net(logits)[1]


def odds(dials):
    net = Sampler(dials["T"], dials["k"], dials["top_p"], draws=12)
    words = Table(
        SCORES, ("word",), (WORDS,), name="five words and their scores"
    )
    return Experiment(net, choose, {"logits": words})
