"""From completing to answering: which tokens a loss counts."""

import numpy as np
import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import arange, nn, optim, tensor, zeros

IGNORED = -100  # the target of a place that is not to be learnt
KNOWN = ("⏎", "a", "e", "t", "A", "E", "T")
END, BACK = 0, 3  # the end of a line; how far a place looks back
LEARNT, HELD_OUT = ("eat", "tea"), ("ate", "tae", "eta", "aet")
PLACES = ("0", "1", "2")


def codes(words):
    return np.array([[KNOWN.index(c) for c in word] for word in words])


def letters(tokens):
    return tuple(KNOWN[int(token)] for token in tokens.data)


class Scores(nn.Module):
    """Nothing but scores: what a network would say at 3 places."""

    def __init__(self, scores):
        super().__init__()
        self.z = nn.Parameter(np.array(scores))

    def forward(self, answers):
        losses = F.cross_entropy(self.z, answers, reduction="none")
        counts = answers != IGNORED
        number = counts.sum()
        total = losses.sum()
        loss = total / number
        return loss


def count(net, optimizer, answers):
    optimizer.zero_grad()
    loss = net(answers)
    loss.backward()
    optimizer.step()
    return loss


def ignore(dials):
    net = Scores([[-1.0, 1.0], [-0.5, 1.5], [-0.5, 1.5]])
    net.z.axes, net.z.labels = ("place", "token"), (PLACES, None)
    answers = Table(
        [0, 1, int(dials["third"])],
        ("place",),
        (PLACES,),
        "three-targets",
        dtype=int,
    )
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=count,
        data={"answers": answers},
    )


class Completer(nn.Module):
    """A place sees its own token and the one three places back."""

    def __init__(self, learns_prompt, width=4):
        super().__init__()
        self.table = nn.Embedding(len(KNOWN), width)
        self.head = nn.Linear(2 * width, len(KNOWN), bias=False)
        nn.init.normal_(self.table.weight, std=0.5)
        nn.init.normal_(self.head.weight, std=0.5)
        self.register_buffer("end", tensor([END]))
        self.register_buffer("nothing", zeros(BACK, width))
        self.register_buffer("place", arange(2 * BACK + 1))
        self.ignored = 0 if learns_prompt else BACK

    def lay_out(self, prompt, answer):
        # the template: prompt ⏎ answer ⏎
        text = F.cat([prompt, self.end, answer, self.end])
        text.labels = (letters(text),)
        # each token's target is the token after it
        line = text[:-1]
        following = text[1:]
        line.labels = (letters(line),)
        following.labels = (letters(following),)
        # targets inside the prompt are not learnt
        inside = self.place < self.ignored
        answers = F.where(inside, IGNORED, following)
        answers.labels = line.labels
        return line, answers

    def forward(self, line):
        vectors = self.table(line)
        kept = vectors[:-BACK]
        earlier = F.cat([self.nothing, kept])
        both = F.cat([vectors, earlier], dim=1)
        scores = self.head(both)
        return scores


def train_step(net, optimizer, prompts, replies):
    optimizer.zero_grad()
    prompt = prompts[0]
    answer = replies[0]
    line, answers = net.lay_out(prompt, answer)
    scores = net(line)
    losses = F.cross_entropy(scores, answers, reduction="none")
    counts = answers != IGNORED
    number = counts.sum()
    total = losses.sum()
    loss = total / number
    loss.backward()
    optimizer.step()
    return loss


def masked(dials):
    net = Completer(dials["prompt"] == "learnt")
    net.table.weight.axes = ("token", "feature")
    net.table.weight.labels = (KNOWN, None)
    net.head.weight.axes = ("token", "feature")
    net.head.weight.labels = (KNOWN, None)
    asked = codes(LEARNT)
    wanted = codes(word.upper() for word in LEARNT)
    return Experiment(
        net=net,
        optimizer=optim.Adam(net.parameters(), lr=dials["lr"]),
        step=train_step,
        batch_size=1,
        targets=("replies",),
        names={"table.weight": "E", "head.weight": "W"},
        measures={"val_loss": val_loss, "asks": asks},
        tokens=KNOWN,
        speech=said,
        data={
            "prompts": Table(
                asked, ("task", "place"), name="tasks", dtype=int
            ),
            "replies": Table(
                wanted, ("task", "place"), name="answers", dtype=int
            ),
        },
    )


def laid_out(word):
    """A task as one line of tokens: (8,)."""
    text = codes([word, word.upper()])
    return np.concatenate([text[0], [END], text[1], [END]])


def mean_loss(net, words, first, last):
    """Over the targets of some places, whatever is ignored."""
    found = []
    for word in words:
        text = laid_out(word)
        scores = net(tensor(text[:-1]))
        losses = F.cross_entropy(
            scores, tensor(text[1:]), reduction="none"
        )
        found += losses.data[first:last].tolist()
    return float(np.mean(found))


def val_loss(net):
    """The answers to tasks that were never seen."""
    return mean_loss(net, HELD_OUT, BACK, None)


def asks(net):
    """The prompts of the tasks that are learnt from."""
    return mean_loss(net, LEARNT, 0, BACK)


def said(net):
    """A task that was never seen, and the likeliest token after it."""
    tokens = laid_out(HELD_OUT[0])[: BACK + 1].tolist()
    while len(tokens) < 2 * (BACK + 1):
        line = tensor(np.array(tokens))
        scores = net(line).data[-1]
        tokens.append(int(scores.argmax()))
        if tokens[-1] == END:
            break
    return tokens
