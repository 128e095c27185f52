"""The same in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn

IGNORED = -100  # the target of a place that is not to be learnt
END, BACK = 0, 3  # the end of a line; how far a place looks back


class Scores(nn.Module):
    """Nothing but scores: what a network would say at 3 places."""

    def __init__(self, scores):
        super().__init__()
        self.z = nn.Parameter(scores)

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


class Completer(nn.Module):
    """A place sees its own token and the one three places back."""

    def __init__(self, learns_prompt, E, W):
        super().__init__()
        self.table = nn.Embedding.from_pretrained(E, freeze=False)
        self.head = nn.Linear(W.shape[1], W.shape[0], bias=False)
        self.head.weight.data = W
        self.register_buffer("end", torch.tensor([END]))
        self.register_buffer("nothing", torch.zeros(BACK, E.shape[1]))
        self.register_buffer("place", torch.arange(2 * BACK + 1))
        self.ignored = 0 if learns_prompt else BACK

    def lay_out(self, prompt, answer):
        # the template: prompt ⏎ answer ⏎
        text = torch.cat([prompt, self.end, answer, self.end])
        # each token's target is the token after it
        line = text[:-1]
        following = text[1:]
        # targets inside the prompt are not learnt
        inside = self.place < self.ignored
        answers = torch.where(inside, IGNORED, following)
        return line, answers

    def forward(self, line):
        vectors = self.table(line)
        kept = vectors[:-BACK]
        earlier = torch.cat([self.nothing, kept])
        both = torch.cat([vectors, earlier], dim=1)
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
    # in one call, as it is written in practice
    short = F.cross_entropy(scores, answers, ignore_index=IGNORED)
    assert torch.isclose(loss, short)
    return loss, scores, losses, answers


def ignore(dials, start, batches):
    net = Scores(start["z"])
    sgd = torch.optim.SGD(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss = count(net, sgd, **batch)
        yield {"loss": loss, "z.grad": net.z.grad, "z'": net.z}


def masked(dials, start, batches):
    net = Completer(dials["prompt"] == "learnt", start["E"], start["W"])
    adam = torch.optim.Adam(net.parameters(), lr=dials["lr"])
    for batch in batches:
        loss, scores, losses, answers = train_step(net, adam, **batch)
        yield {
            "loss": loss,
            "scores": scores,
            "losses": losses,
            "answers": answers,
            "E.grad": net.table.weight.grad,
            "W.grad": net.head.weight.grad,
            "E'": net.table.weight,
            "W'": net.head.weight,
        }
