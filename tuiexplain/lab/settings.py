"""Everything that a run depends on, in one frozen record: checked, and settable as words.

Imports no torch: the command line and the interface read and check settings themselves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.options import check, choice, number, read_all

MODELS = ("gpt", "lstm", "gru", "cnn")
UNITS = ("characters", "bytes", "bpe", "gpt2")
METHODS = ("full", "head", "lora")
SWITCH = ("auto", "on", "off")
PARALLEL = ("ddp", "fsdp")


@dataclass(frozen=True)
class Settings:
    """One run. What is `fixed` makes the run what it is: resuming it cannot change that."""

    model: str = choice("gpt", MODELS, "which network")
    data: str = field(
        default="",
        metadata={"about": "the file (of a cnn: the folder) to learn from", "fixed": True},
    )
    # The network
    layers: int = number(4, "blocks of a gpt, layers of an lstm or gru", 1, 200)
    heads: int = number(4, "attention heads of each block", 1, 256)
    width: int = number(128, "numbers per token; channels of a cnn's first layer", 1, 65536)
    context: int = number(64, "tokens that are read at once", 1, 1 << 20)
    dropout: float = number(0.0, "share of activations dropped while training", 0, 0.99)
    bias: bool = field(default=False, metadata={"about": "biases in a gpt's layers", "fixed": True})
    gelu: str = choice("exact", ("exact", "tanh"), "a gpt's activation; GPT-2's is tanh")
    weights: str = field(
        default="", metadata={"about": "a folder with a GPT-2 to start from", "fixed": True}
    )
    base: str = field(
        default="",
        metadata={
            "about": "a run to start from: its folder or file, course or tuned",
            "fixed": True,
        },
    )
    method: str = choice("full", METHODS, "what is trained of it: all, the head, or adapters")
    rank: int = number(8, "of the adapters of method=lora", 1, 65536)
    alpha: float = number(16.0, "their strength: what they add counts alpha / rank times", 0)
    targets: str = field(
        default="c_attn,c_fc,c_proj",
        metadata={"about": "the layers that get adapters: c_attn,mlp.c_proj", "fixed": True},
    )
    adapter: str = field(
        default="",
        metadata={"about": "a folder with an adapter to start from, as of PEFT", "fixed": True},
    )
    arithmetic: str = choice(
        "fused",
        ("fused", "explicit"),
        "attention and gates in one fast operation, or written out",
        fixed=False,
    )
    side: int = number(
        0, "pixels of an image's side, a multiple of 4; 0: 8 for digits, 32 for a folder", 0, 1024
    )
    # The text
    unit: str = choice("characters", UNITS, "what a token is")
    vocabulary: int = number(512, "tokens of unit=bpe and of a GPT-2", 257, 65536)
    held_out: float = number(0.1, "share of a text, or of examples, that is not learnt", 0, 0.9)
    # Training
    batch: int = number(12, "examples a step", 1, 1 << 20)
    batches: int = number(0, "different batches, over and over; 0: always new ones", 0, 1 << 40)
    accumulate: int = number(1, "batches whose gradients are summed for one step", 1, 1 << 20)
    steps: int = number(2000, "updates in all", 0, 1 << 40, fixed=False)
    lr: float = number(1e-3, "peak learning rate", 0, fixed=False)
    min_lr: float = number(1e-4, "learning rate at the end", 0, fixed=False)
    warmup: int = number(100, "steps until the peak", 0, 1 << 40)
    decay_steps: int = number(0, "steps until min_lr; 0: the steps of the run", 0, 1 << 40)
    beta1: float = number(0.9, "AdamW's memory of the gradient", 0, 0.999999)
    beta2: float = number(0.99, "AdamW's memory of its square", 0, 0.999999)
    weight_decay: float = number(0.1, "decay of matrices, not of biases and norms", 0)
    beta: float = number(0.1, "of DPO: what it costs to leave the model that was started from", 0)
    clip: float = number(1.0, "largest norm of the gradient; 0: not clipped", 0)
    seed: int = number(1337, "of everything that is random", 0, (1 << 63) - 1)
    # Evaluation
    eval_every: int = number(250, "steps between evaluations", 1, 1 << 40, fixed=False)
    eval_batches: int = number(20, "batches an evaluation looks at", 1, 1 << 20, fixed=False)
    # The machine
    device: str = field(
        default="auto", metadata={"about": "auto, cpu, cuda, cuda:1, mps", "fixed": False}
    )
    precision: str = choice(
        "auto", ("auto", "float32", "bfloat16"), "of the multiplications", fixed=False
    )
    compile: str = choice("auto", SWITCH, "torch.compile", fixed=False)
    exact: bool = field(
        default=False,
        metadata={"about": "only GPU kernels that give the same bits each time", "fixed": False},
    )
    parallel: str = choice(
        "ddp",
        PARALLEL,
        "under torchrun: a whole model in each process (ddp), or a part of it (fsdp)",
        fixed=False,
    )
    threads: int = number(0, "CPU threads; 0: as many as help", 0, 4096, fixed=False)

    def __post_init__(self) -> None:
        for spot in dataclasses.fields(self):
            check(spot, getattr(self, spot.name), LabError)
        if self.model == "gpt" and self.width % self.heads:
            raise LabError(
                f"width={self.width} cannot be shared by heads={self.heads}: "
                "choose a width that is a multiple of the heads."
            )
        if self.model == "cnn" and (self.side % 4 or (self.side and not self.data)):
            wanted = "a multiple of 4" if self.data else "8 for the digits: leave it out"
            raise LabError(f"side={self.side}: the side of an image is {wanted}.")
        if self.method != "full" and (self.model != "gpt" or not (self.base or self.weights)):
            raise LabError(
                f"method={self.method} changes a gpt that has learnt before: say which with base="
            )
        if self.adapter and self.method != "lora":
            raise LabError(f"adapter={self.adapter} is one of method=lora, not of {self.method}.")
        if self.min_lr > self.lr:
            raise LabError(f"min_lr={self.min_lr:g} is above lr={self.lr:g}: lower it as well.")

    @property
    def pixels(self) -> int:
        """The side of the images that a cnn reads."""
        return self.side or (32 if self.data else 8)

    def changed(self, **changes: Any) -> Settings:
        """A copy with some settings changed."""
        return dataclasses.replace(self, **changes)

    def with_words(self, words: Mapping[str, str]) -> Settings:
        """A copy with settings as they come from a command line: ``{"lr": "3e-4"}``."""
        changes = read_all(type(self), words, LabError)
        if "lr" in changes and "min_lr" not in changes:
            # A tenth at the end, as is usual, or as it was if that was lower.
            changes["min_lr"] = min(self.min_lr, changes["lr"] / 10)
        return self.changed(**changes)

    def as_json(self) -> dict[str, Any]:
        """Plain values by name."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, content: Any) -> Settings:
        """The reverse of `as_json`; LabError where it is something else."""
        try:
            return cls(**content)
        except TypeError as error:
            raise LabError(f"these are not the settings of a run: {error}.") from None

    def fixed_difference(self, other: Settings) -> str | None:
        """The first setting that makes these two runs different ones, or None."""
        for spot in dataclasses.fields(self):
            if spot.metadata["fixed"] and getattr(self, spot.name) != getattr(other, spot.name):
                return spot.name
        return None
