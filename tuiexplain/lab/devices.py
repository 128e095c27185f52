"""Where to compute: CUDA, MPS or the CPU, found, named, chosen."""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy.typing as npt
import torch

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.settings import Settings

SMALL = 200_000  # parameters below which one CPU thread is faster than several

P = ParamSpec("P")
T = TypeVar("T")

_AT_START = torch.get_num_threads()


@dataclass(frozen=True)
class Device:
    """One device and how it is used."""

    place: torch.device
    name: str
    """As its maker calls it: `NVIDIA H200`."""
    bfloat16: bool
    """Whether multiplications run in bfloat16, under autocast."""

    @property
    def kind(self) -> str:
        """cuda, mps or cpu."""
        return self.place.type

    def autocast(self) -> contextlib.AbstractContextManager[object]:
        """A context in which multiplications are done in the device's precision."""
        if not self.bfloat16:
            return contextlib.nullcontext()
        return torch.autocast(self.kind, dtype=torch.bfloat16)

    def tensor(self, array: npt.NDArray[Any]) -> torch.Tensor:
        """An array as a tensor here; the copy to a GPU waits for nothing."""
        tensor = torch.from_numpy(array)
        if self.kind == "cuda":
            tensor = tensor.pin_memory()
        return tensor.to(self.place, non_blocking=True)

    def memory(self) -> int:
        """Bytes at the peak: of the GPU's memory, or of the process on a CPU."""
        if self.kind == "cuda":
            return torch.cuda.max_memory_allocated(self.place)
        if self.kind == "mps":
            return torch.mps.driver_allocated_memory()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def found() -> list[str]:
    """The devices of this machine, the fastest kind first."""
    names = []
    if torch.cuda.is_available():
        names += [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        names.append("mps")
    return [*names, "cpu"]


def choose(settings: Settings) -> Device:
    """The device that a run asks for; LabError if this machine lacks it."""
    asked, here = settings.device, found()
    name = here[0] if asked == "auto" else "cuda:0" if asked == "cuda" else asked
    if name not in here:
        raise LabError(f"{_missing(asked)}; here: {', '.join(here)}. Say `--device auto`.")
    place = torch.device(name)
    return Device(place, _maker_name(place), _bfloat16(place, settings.precision))


def prepare(device: Device, settings: Settings, parameters: int) -> None:
    """Set what PyTorch keeps for the whole process."""
    if device.kind == "cpu":
        # One core is left to the interface: threads that wait for one another at every operation
        # are slower than one thread as soon as anything else wants a core.
        cores = _cores()
        torch.set_num_threads(settings.threads or (1 if parameters < SMALL else max(1, cores - 1)))
    if device.kind == "cuda":
        torch.set_float32_matmul_precision("high")
        torch.cuda.reset_peak_memory_stats(device.place)
        if settings.exact:
            # A CPU's sums have a fixed order; a GPU's only if asked for, at some cost.
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
            torch.use_deterministic_algorithms(True)


def compiles(device: Device, settings: Settings) -> bool:
    """Whether torch.compile is used: where asked for, else where it earns back its first minute."""
    if settings.compile != "auto":
        return settings.compile == "on"
    worth = settings.model == "gpt" and settings.steps >= 1000 and settings.width >= 192
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    return device.kind == "cuda" and worth and compiler is not None


def compiled(function: Callable[P, T], settings: Settings) -> Callable[P, T]:
    """The function under torch.compile; unless that was asked for, as it is if that fails."""
    import torch._dynamo

    torch._dynamo.config.suppress_errors = settings.compile == "auto"
    return torch.compile(function)


def _cores() -> int:
    """Cores that this process may use, of those that PyTorch would."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(_AT_START, allowed or 1)


def _bfloat16(place: torch.device, precision: str) -> bool:
    if precision == "float32":
        return False
    able = place.type == "cpu" or (place.type == "cuda" and torch.cuda.is_bf16_supported())
    if precision == "bfloat16" and not able:
        raise LabError(f"{place} has no bfloat16: leave precision=auto.")
    # On a CPU it is slower than float32 unless the CPU is a recent one with matrix units.
    return precision == "bfloat16" or (able and place.type == "cuda")


def _missing(asked: str) -> str:
    try:
        kind = torch.device(asked).type
    except RuntimeError:
        return f"`{asked}` is not the name of a device"
    if kind == "cuda" and not torch.backends.cuda.is_built():
        return f"{asked} was asked for, and this PyTorch is built without CUDA"
    if kind == "cuda" and not torch.cuda.is_available():
        return f"{asked} was asked for, and PyTorch finds no CUDA device"
    return f"{asked} was asked for, and it is not here"


def _maker_name(place: torch.device) -> str:
    if place.type == "cuda":
        return torch.cuda.get_device_name(place)
    if place.type == "mps":
        return "Apple GPU"
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
