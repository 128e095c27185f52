"""How is a small GPT pretrained? First one window, by hand."""

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, optim

TEXT = "to be or not to be"
WINDOW = 12
LETTERS = tuple(sorted(set(TEXT)))
CODES = [LETTERS.index(letter) for letter in TEXT]


class NextLetter(nn.Module):
    """A vector for each letter, and from it scores for the next."""

    def __init__(self, letters, width):
        super().__init__()
        self.table = nn.Embedding(letters, width)
        self.head = nn.Linear(width, letters, bias=False)
        nn.init.zeros_(self.head.weight)

    def forward(self, x):
        vectors = self.table(x)
        scores = self.head(vectors)
        return scores


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    scores = net(x)
    losses = F.cross_entropy(scores, t, reduction="none")
    loss = losses.mean()
    loss.backward()
    optimizer.step()
    return loss


def window(dials):
    net = NextLetter(len(LETTERS), 4)
    adamw = optim.AdamW(
        net.parameters(),
        lr=dials["lr"],
        betas=(0.9, 0.99),
        weight_decay=dials["weight_decay"],
    )
    # the same letters, moved by one
    x, t = CODES[:WINDOW], CODES[1 : WINDOW + 1]
    places = tuple(_shown(letter) for letter in TEXT[:WINDOW])
    answers = tuple(_shown(letter) for letter in TEXT[1 : WINDOW + 1])
    return Experiment(
        net=net,
        optimizer=adamw,
        step=train_step,
        names={"table.weight": "E", "head.weight": "W"},
        data={
            "x": Table(x, ("place",), (places,), "verse", dtype=int),
            "t": Table(t, ("place",), (answers,), "verse", dtype=int),
        },
    )


def _shown(letter):
    return "␣" if letter == " " else letter
