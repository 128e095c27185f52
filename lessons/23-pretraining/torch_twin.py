"""The same in PyTorch."""

import torch.nn.functional as F
from torch import nn, optim


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


def window(dials, start, batches):
    letters, width = start["E"].shape
    net = NextLetter(letters, width)
    net.table.weight.data = start["E"]
    net.head.weight.data = start["W"]
    adamw = optim.AdamW(
        net.parameters(),
        lr=dials["lr"],
        betas=(0.9, 0.99),
        weight_decay=dials["weight_decay"],
    )
    for batch in batches:
        loss = train_step(net, adamw, **batch)
        yield {
            "loss": loss,
            "E.grad": net.table.weight.grad,
            "W.grad": net.head.weight.grad,
            "E'": net.table.weight,
            "W'": net.head.weight,
        }
