"""The same in PyTorch."""

import math

import torch
import torch.nn.functional as F
from torch import nn

MASK, UNSEEN = 0, -100  # the token [MASK]; "no answer here"
TOKENS, PLACES, WIDTH, HEADS = 12, 8, 16, 2
NAMES = {
    "table.weight": "E",
    "places.weight": "P",
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
    "ln_f.weight": "gain_f",
    "ln_f.bias": "shift_f",
}


class Exercise(nn.Module):
    """One line of text, made into BERT's exercise and into GPT's."""

    def __init__(self, most, start):
        super().__init__()
        self.most = most
        for name in ("u", "v", "other"):
            self.register_buffer(name, start[name])

    def forward(self, line):
        # BERT: 15 % of the places, drawn by u
        column = self.u.unsqueeze(1)
        smaller = self.u < column
        rank = smaller.sum(dim=1)
        chosen = rank < self.most
        # of those 80 % are hidden, 10 % replaced, 10 % left, by v
        hide = self.v < 0.8
        replace = self.v >= 0.9
        hidden = torch.where(hide, MASK, line)
        spoilt = torch.where(replace, self.other, hidden)
        bert_reads = torch.where(chosen, spoilt, line)
        blank = bert_reads == MASK
        blanks = blank.sum()
        changed = bert_reads != line
        changes = changed.sum()
        bert_says = torch.where(chosen, line, UNSEEN)
        bert_counts = bert_says != UNSEEN
        bert_losses = bert_counts.sum()
        # GPT: everything, moved by one
        gpt_reads = line[:-1]
        gpt_says = line[1:]
        gpt_counts = gpt_says != UNSEEN
        gpt_losses = gpt_counts.sum()
        difference = gpt_losses - bert_losses
        return (
            bert_reads,
            bert_says,
            bert_losses,
            gpt_losses,
            difference,
        )


def prepare(net, optimizer, line):
    """Nobody learns here."""
    return net(line.long())


class Model(nn.Module):
    """A table, one block, and the table again: BERT or GPT."""

    def __init__(self, mask, d=WIDTH):
        super().__init__()
        self.register_buffer("mask", mask)
        self.table = nn.Embedding(TOKENS, d)
        self.places = nn.Embedding(PLACES, d)
        self.ln_1 = nn.LayerNorm(d)
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
        self.out = nn.Linear(d, d)
        self.ln_2 = nn.LayerNorm(d)
        self.up = nn.Linear(d, 4 * d)
        self.down = nn.Linear(4 * d, d)
        self.ln_f = nn.LayerNorm(d)

    def forward(self, line):
        length = len(line)
        word = self.table(line)
        place = self.places.weight[:length]
        x = word + place
        # the block of lesson 21
        h = self.ln_1(x)
        q = self.query(h)
        k = self.key(h)
        v = self.value(h)
        q_parts = q.reshape(length, HEADS, -1)
        Q = q_parts.transpose(0, 1)
        k_parts = k.reshape(length, HEADS, -1)
        K = k_parts.transpose(0, 1)
        v_parts = v.reshape(length, HEADS, -1)
        V = v_parts.transpose(0, 1)
        K_T = K.transpose(-2, -1)
        S = Q @ K_T
        scaled = S / math.sqrt(Q.shape[-1])
        looks = self.mask[:length, :length]
        seen = torch.where(looks, scaled, -math.inf)
        A = F.softmax(seen, dim=-1)
        read = A @ V
        by_word = read.transpose(0, 1)
        joined = by_word.flatten(1)
        a = self.out(joined)
        x_a = x + a
        g = self.ln_2(x_a)
        wide = self.up(g)
        bent = F.gelu(wide)
        m = self.down(bent)
        y = x_a + m
        # a score for every word of the vocabulary
        f = self.ln_f(y)
        scores = F.linear(f, self.table.weight)
        return scores


def train_step(net, optimizer, reads, says):
    optimizer.zero_grad()
    line = reads[0]
    answers = says[0]
    scores = net(line)
    losses = F.cross_entropy(scores, answers, reduction="none")
    counts = answers != UNSEEN
    number = counts.sum()
    total = losses.sum()
    loss = total / number
    loss.backward()
    optimizer.step()
    return loss, scores, losses


class Head(nn.Module):
    """One head of a real BERT, and what a place's vector is like."""

    def forward(self, Q, K, V, context, table):
        K_T = K.T
        S = Q @ K_T
        scaled = S / math.sqrt(Q.shape[-1])
        A = F.softmax(scaled, dim=-1)
        Y = A @ V
        # the cosine of the angle between two vectors
        dots = table @ context
        squares = table**2
        sums = squares.sum(dim=1)
        lengths = sums.sqrt()
        own_squares = context**2
        own_sum = own_squares.sum()
        own_length = own_sum.sqrt()
        products = lengths * own_length
        similarity = dots / products
        nearest = similarity.max()
        return {
            "A": A,
            "Y": Y,
            "similarity": similarity,
            "nearest": nearest,
        }


def exercise(dials, start, batches):
    net = Exercise(round(dials["share"] / 100 * len(start["u"])), start)
    names = (
        "bert_reads",
        "bert_says",
        "bert_losses",
        "gpt_losses",
        "difference",
    )
    for batch in batches:
        yield dict(zip(names, prepare(net, None, **batch), strict=True))


def training(dials, start, batches):
    net = Model(start["mask"].bool()).double()
    own = {path: start[name] for path, name in NAMES.items()}
    net.load_state_dict({**own, "mask": net.mask})
    optimizer = torch.optim.Adam(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss, scores, losses = train_step(net, optimizer, **batch)
        told = {"loss": loss, "scores": scores, "losses": losses}
        for path, parameter in net.named_parameters():
            told[f"{NAMES[path]}.grad"] = parameter.grad
            told[f"{NAMES[path]}'"] = parameter
        yield told


def real(dials, start, batches):
    net = Head()
    for batch in batches:
        yield net(**batch)
