"""The processes of a run: who they are, what they do next, and what each tells the others.

Process 0 leads: it obeys the interface, evaluates, and writes. Before each thing that all do it says
which; the others follow. Numbers of the network travel by DistributedDataParallel or, where a model
does not fit into one device, by FSDP (https://docs.pytorch.org/docs/stable/distributed.html).
"""

from __future__ import annotations

import contextlib
import datetime
from enum import IntEnum
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from tuiexplain.lab.errors import LabError, RunStopped
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.together.place import Place, here

PATIENCE = datetime.timedelta(days=30)
"""How long one waits for the others: a run may be paused for long. A lost process is noticed."""


class Order(IntEnum):
    """What all processes do next."""

    STEP = 0
    EVALUATE = 1
    SAVE = 2
    SAVE_WEIGHTS = 3
    LOAD = 4
    STOP = 5


class Share(NamedTuple):
    """What a process did of a step."""

    loss: float
    """Its share of the loss of the whole batch, times the number of processes."""
    grad_norm: float
    """Of its own gradient, before it was averaged; nan under FSDP, which never has all of it."""
    tokens_per_s: float


class Group:
    """The processes of a run. Every method is called by all of them, in the same order."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.sharded = False
        """Whether each process holds a part of the weights only."""
        self._squares: list[torch.Tensor] = []
        gpu = torch.cuda.is_available()
        try:
            dist.init_process_group("cpu:gloo,cuda:nccl" if gpu else "gloo", timeout=PATIENCE)
        except (RuntimeError, ValueError) as error:
            raise LabError(
                f"the processes of the run do not find each other ({error}): start them with "
                "torchrun.",
            ) from None

    def agree(self, settings: Settings, out: str, *, resume: bool) -> tuple[Settings, str, bool]:
        """Settings, folder and whether it goes on, as the process that leads has them."""
        told: list[Any] = [(settings.as_json(), out, resume)]
        dist.broadcast_object_list(told, src=0)
        content, out, resume = told[0]
        agreed = Settings.from_json(content)
        if agreed.batch % self.place.size:
            raise LabError(
                f"batch={agreed.batch} cannot be shared by {self.place.size} processes: choose a "
                "multiple of them."
            )
        return self._on_own_device(agreed), out, resume

    def _on_own_device(self, settings: Settings) -> Settings:
        """On a machine with GPUs, each process has its own; on a CPU, its share of the cores."""
        if settings.device in ("auto", "cuda") and torch.cuda.is_available():
            return settings.changed(device=f"cuda:{self.place.local_rank}")
        if not settings.threads:
            threads = max(1, torch.get_num_threads() // self.place.local_size)
            return settings.changed(threads=threads)
        return settings

    # -- what is done next -----------------------------------------------------------------------

    def lead(self, order: Order, settings: Settings) -> None:
        """Tell the others what all do now, with the learning rate of now."""
        dist.broadcast(self._order(order, settings), src=0)

    def follow(self, settings: Settings) -> tuple[Order, Settings]:
        """Wait for what all do now; the settings with the learning rate of now."""
        told = self._order(Order.STEP, settings)
        dist.broadcast(told, src=0)
        order, lr, min_lr = told.tolist()
        if (lr, min_lr) != (settings.lr, settings.min_lr):
            settings = settings.changed(lr=lr, min_lr=min_lr)
        return Order(int(order)), settings

    @staticmethod
    def _order(order: Order, settings: Settings) -> torch.Tensor:
        return torch.tensor([order, settings.lr, settings.min_lr], dtype=torch.float64)

    # -- a step ----------------------------------------------------------------------------------

    def joined(self, model: nn.Module, settings: Settings) -> nn.Module:
        """The network to be called: its gradients become the mean over all processes."""
        if settings.parallel == "fsdp":
            if settings.method == "lora":
                raise LabError("adapters are small enough for every process: take parallel=ddp.")
            from tuiexplain.lab.together.sharding import shard

            self.sharded = True
            return shard(model)
        parallel = DistributedDataParallel(model, broadcast_buffers=False)
        # A lambda, for PyTorch looks at a function's annotations, and these are text here.
        parallel.register_comm_hook(None, lambda _, bucket: self._average(bucket))
        return parallel

    def _average(self, bucket: Any) -> torch.futures.Future[torch.Tensor]:
        """Note how long the own gradient is, then average it."""
        from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook

        self._squares.append(bucket.buffer().square().sum())
        return allreduce_hook(dist.distributed_c10d._get_default_group(), bucket)

    def held_back(self, network: nn.Module) -> contextlib.AbstractContextManager[None]:
        """A context in which gradients are added up without being averaged yet."""
        if self.sharded:
            return contextlib.nullcontext()
        assert isinstance(network, DistributedDataParallel)
        return network.no_sync()

    def own_norm(self) -> float:
        """The length of the own gradient of the last backward pass; nan where it is not known."""
        squares, self._squares = self._squares, []
        return float(torch.stack(squares).sum().sqrt()) if squares else float("nan")

    def gather(self, share: Share) -> list[Share]:
        """What every process did, by rank."""
        rows = [torch.empty(len(share), dtype=torch.float64) for _ in range(self.place.size)]
        dist.all_gather(rows, torch.tensor(share, dtype=torch.float64))
        return [Share(*row.tolist()) for row in rows]

    def rows(self, count: int) -> slice:
        """Which of a batch's rows are this process'."""
        each = count // self.place.size
        return slice(self.place.rank * each, (self.place.rank + 1) * each)

    def leave(self) -> None:
        """Take leave of the others."""
        dist.destroy_process_group()


def join() -> Group | None:
    """The group that this process is started in; None for a run of one process."""
    place = here()
    return None if place is None else Group(place)


_LOST = (
    "closed by peer",
    "reset by peer",
    "broken pipe",
    "connection refused",
    "socket",
    "timed out",
)


def lost(error: BaseException) -> RunStopped | None:
    """What to say where an error means that another process has gone; None where it does not."""
    words = str(error).lower()
    if not isinstance(error, dist.DistError) and not any(sign in words for sign in _LOST):
        return None
    return RunStopped(
        "another process of the run has ended: all stop. The last checkpoint "
        "is kept; start the same command again with --resume.",
        "lost_process",
    )
