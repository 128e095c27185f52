"""Fill the blank or say the next? BERT and GPT from one block."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.course.own_text import words
from tuiexplain.engine import nn, optim, tensor, zeros
from tuiexplain.lab.bert.reader import read

DATA, MOST_PIECES = Path(__file__).parent / "data", 14

MASK, UNSEEN = 0, -100  # the token [MASK]; "no answer here"
TOKENS, PLACES, WIDTH, HEADS, LINE = 12, 8, 16, 2, 20
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

    def __init__(self, share, length, known):
        super().__init__()
        self.most = round(share / 100 * length)
        self.register_buffer("u", nn.init.uniform_(zeros(length)))
        self.register_buffer("v", nn.init.uniform_(zeros(length)))
        others = nn.init.uniform_(zeros(length), 1, 1 + known)
        self.register_buffer("other", tensor(others.data.astype(int)))

    def forward(self, line):
        # BERT: 15 % of the places, drawn by u
        column = self.u.unsqueeze(1)
        smaller = self.u < column
        rank = smaller.sum(dim=1)
        chosen = rank < self.most
        # of those 80 % are hidden, 10 % replaced, 10 % left, by v
        hide = self.v < 0.8
        replace = self.v >= 0.9
        hidden = F.where(hide, MASK, line)
        spoilt = F.where(replace, self.other, hidden)
        bert_reads = F.where(chosen, spoilt, line)
        blank = bert_reads == MASK
        blanks = blank.sum()
        changed = bert_reads != line
        changes = changed.sum()
        bert_says = F.where(chosen, line, UNSEEN)
        bert_counts = bert_says != UNSEEN
        bert_losses = bert_counts.sum()
        # GPT: everything, moved by one
        gpt_reads = line[:-1]
        gpt_says = line[1:]
        gpt_counts = gpt_says != UNSEEN
        gpt_losses = gpt_counts.sum()
        difference = gpt_losses - bert_losses
        return difference


def prepare(net, optimizer, line):
    """Nobody learns here."""
    return net(line)


class Model(nn.Module):
    """A table, one block, and the table again: BERT or GPT."""

    def __init__(self, causal, d=WIDTH):
        super().__init__()
        rows = np.ones((PLACES, PLACES))
        self.register_buffer(
            "mask", tensor(np.tril(rows) if causal else rows)
        )
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
        nn.init.normal_(self.table.weight, std=0.3)
        nn.init.normal_(self.places.weight, std=0.3)

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
        seen = F.where(looks, scaled, -math.inf)
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
    return loss


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
        return nearest


def look_inside(net, optimizer, Q, K, V, context, table):
    """Nobody learns here."""
    return net(Q, K, V, context, table)


def exercise(dials):
    text, known = tokens(dials["text"])
    line = np.resize(text, LINE)
    names = tuple(known[i] for i in line)
    data = Table(line, ("place",), (names,), "the line", dtype=int)
    net = Exercise(dials["share"], LINE, max(text))
    return Experiment(net, prepare, {"line": data}, tokens=known)


def training(dials):
    text, known = tokens(dials["text"])
    if dials["targets"] == "next word":
        reads, says = next_word(text)
    else:
        reads, says = blanks(text)
    net = Model(dials["mask"] == "causal")
    net.table.weight.axes = ("token", "feature")
    net.table.weight.labels = (known, None)

    fills = dials["targets"] == "15 %"

    def text_loss(net):
        """Its own exercise, over all rows."""
        found = [
            F.cross_entropy(net(tensor(r)), tensor(s)).item()
            for r, s in zip(reads, says, strict=True)
        ]
        return np.mean(found)

    def next_loss(net):
        """Every next word of every window, from those before it."""
        rows = windows(text)
        if fills:
            found = [
                F.cross_entropy(
                    last(net, row[:k], True), tensor(row[k])
                )
                for row in rows
                for k in range(1, PLACES)
            ]
        else:  # all places at once, with what comes later out of view
            net.mask.data = np.tril(np.ones((PLACES, PLACES)))
            found = [
                F.cross_entropy(
                    net(tensor(row[:-2])), tensor(row[1:-1])
                )
                for row in rows
            ]
        return np.mean([loss.item() for loss in found])

    def follows(net):
        """The share of its word pairs that are in the text too."""
        said = speech(net, text, fills)
        pairs = set(zip(text, np.roll(text, -1), strict=True))
        found = [pair in pairs for pair in pairwise(said)]
        return np.mean(found)

    return Experiment(
        net=net,
        optimizer=optim.Adam(net.parameters(), lr=dials["lr"]),
        step=train_step,
        batch_size=1,
        targets=("says",),
        names=NAMES,
        measures={
            "text_loss": text_loss,
            "next_loss": next_loss,
            "follows": follows,
        },
        tokens=known,
        speech=lambda net: speech(net, text, fills),
        data={
            "reads": Table(
                reads, ("row", "place"), name="what it reads", dtype=int
            ),
            "says": Table(
                says, ("row", "place"), name="the answers", dtype=int
            ),
        },
    )


def real(dials):
    """All numbers are a BERT's, on the sentence that was typed."""
    found = minilm(dials["text"])
    layer, head = int(dials["layer"]) - 1, int(dials["head"]) - 1
    names = numbered(found["tokens"].tolist())
    near = tuple(found["near"].tolist())
    data = {
        name: Table(
            found[name.lower()][layer, head],
            ("word", "feature"),
            (names, None),
            name="one head of MiniLM",
        )
        for name in ("Q", "K", "V")
    }
    data["context"] = Table(
        found["context"],
        ("feature",),
        name="one word, after six layers",
    )
    data["table"] = Table(
        found["rows"],
        ("token", "feature"),
        (near, None),
        name="rows of its table",
    )
    return Experiment(Head(), look_inside, data)


def minilm(text):
    """From the file for three sentences, else from the model."""
    with np.load(DATA / "minilm.npz") as file:
        known = file["sentences"].tolist()
        if text in known:
            number = str(known.index(text))
            names = (n for n in file if n.endswith(number))
            return {n.removesuffix(number): file[n] for n in names}
    return read(text, MOST_PIECES)


def numbered(text):
    """Labels: a token that was there before gets a number."""
    seen = [text[: i + 1].count(word) for i, word in enumerate(text)]
    return tuple(
        word if n == 1 else f"{word}.{n}"
        for word, n in zip(text, seen, strict=True)
    )


def tokens(text):
    """The text in numbers, and what they stand for: 12 at most."""
    known = ["[MASK]"]
    for word in words(text):
        if word not in known and len(known) < TOKENS:
            known.append(word)
    kept = [known.index(w) for w in words(text) if w in known]
    return np.array(kept), tuple(known) + ("-",) * (TOKENS - len(known))


def windows(text):
    """Every stretch of nine words; after the last comes the first."""
    starts = np.arange(len(text))[:, None]
    return text[(starts + np.arange(PLACES + 1)) % len(text)]


def next_word(text):
    """GPT's exercise: eight words, and the eight that follow them."""
    rows = windows(text)
    return rows[:, :-1], rows[:, 1:]


def blanks(text):
    """BERT's: each place of each window once, hidden 80/10/10."""
    luck = np.random.default_rng(0)
    reads, says = [], []
    for row in windows(text)[:, :-1]:
        for place in range(PLACES):
            kind = luck.random()
            hidden = MASK if kind < 0.8 else row[place]
            if kind >= 0.9:
                hidden = luck.integers(1, max(text) + 1)
            reads.append(
                np.where(np.arange(PLACES) == place, hidden, row)
            )
            says.append(
                np.where(np.arange(PLACES) == place, row, UNSEEN)
            )
    return np.array(reads), np.array(says)


def last(net, known, fills):
    """Scores for the word after `known`, which nobody has seen.

    BERT gets [MASK] in its place; GPT, and who cheated, what is there.
    """
    line = [*known[-PLACES + 1 :], MASK] if fills else known[-PLACES:]
    return net(tensor(np.array(line)))[-1]


def speech(net, text, fills):
    """Twenty words: each drawn by its odds, then read."""
    said, luck = [int(text[0])], np.random.default_rng(0)
    while len(said) < LINE:
        odds = F.softmax(last(net, said, fills), dim=0).data.copy()
        odds[MASK] = 0  # nobody says [MASK]
        line = np.cumsum(odds / odds.sum())
        said.append(min(int((line <= luck.random()).sum()), TOKENS - 1))
    return said
