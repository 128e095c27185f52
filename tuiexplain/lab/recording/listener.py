"""Listening: what is written down of each operation while the step runs. The only hot path."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import torch
from torch import Tensor, is_grad_enabled
from torch.nn import Module

from tuiexplain.lab.recording.foreach import apart
from tuiexplain.lab.recording.operation import UNDECLARED_WRITES, Effect, effects, operation
from tuiexplain.lab.recording.private import (
    MAKES_SEEDS,
    RUNS_MODULE,
    DispatchMode,
    current_node,
    sequence_number,
)

Place = tuple[
    CodeType | None,  # the code outside torch that ran ...
    int,  # ... and the instruction in it
    Any,  # the innermost module that ran
    Any,  # the outermost module of torch's own that this code called, if it called one
    bool,  # whether this is where a backward pass starts
]

Raw = tuple[
    Any,  # the overload
    tuple[Any, ...],  # its arguments ...
    dict[str, Any] | None,  # ... by position and by name
    Any,  # what came out
    Any,  # the node of the graph that backward was working on, if it was
    int,  # autograd's number after the operation; 0 where nothing is tracked
    CodeType | None,  # a Place, in five parts
    int,
    Any,
    Any,
    bool,
    bool,  # whether an optimiser was at work
]

Copy = tuple[
    int,  # the call that overwrites ...
    Tensor,  # ... this tensor
    Tensor | None,  # its memory until then; None where running the update again makes it again
    int | None,  # how often it had been overwritten, as torch counts
]

_WITHIN = tuple(str(Path(f).resolve().parent) + "/" for f in (torch.__file__, __file__))


class _Inside(dict[str, bool]):
    """Whether a file belongs to torch or to the recorder, looked up once for each file."""

    def __missing__(self, file: str) -> bool:
        found = self[file] = file.startswith(_WITHIN) or file.startswith("<frozen")
        return found


inside = _Inside()
WRITES_FIRST, WRITES, MAKES_BLANK, NOT_RECORDED, HANDS_ON, TURNS, ON_LISTS = [
    int(effect) for effect in Effect if effect
]
"""As plain numbers, which compare faster."""
_ONES_LIKE = id(torch.ops.aten.ones_like.default)
_SAME = torch.ops.aten.detach.default

SMALL = 1 << 10
"""Tensors of no more cells than this are copied after they are written, too, if they last."""

LARGE = 1 << 14
"""Tensors of more cells than this are not kept where an optimiser makes them on its way."""


class Listener(DispatchMode):
    """Writes down every operation, by reference, and copies what an operation overwrites."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Raw] = []
        self.copies: list[Copy] = []
        self.uncounted: list[Tensor] = []
        """What was overwritten by operations on lists, which torch does not always count."""
        self.turned: list[tuple[int, Tensor, Tensor]] = []
        """Before which call which tensor was made to show other cells, and what it showed."""
        self.start: FrameType | None = None
        """The frame in which the recording started."""
        self.stepping: tuple[CodeType, int] | None = None
        """Where the optimiser that is at work was called."""
        self.first_number = int(sequence_number())
        self.local_names: list[dict[str, Any]] = []
        """The variables of each function that ran, as they were at its first operation."""
        self.stand_ins: list[tuple[Tensor, Tensor]] = []
        """What an update made and an optimiser remembers, with the tensor that stood in for it."""
        self._note = self.calls.append
        self._seen: dict[int, CodeType] = {}
        self._made: set[int] = set()
        """What an operation of the update made or overwrote: running it again makes it again."""
        self._standing: dict[int, Tensor] = {}
        """For each large tensor that the update made on its way: what stands in for it."""
        self._blank: Any = None
        """The memory without numbers that was made last: nothing is lost when it is filled."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        effect = effects.get(id(func))
        if effect is None:
            effect = operation(func).effect
        if effect:
            if effect == NOT_RECORDED:
                return func._op(*args, **(kwargs or {}))
            if effect <= WRITES:
                self._before(effect, func, args, kwargs)
            elif effect == TURNS:
                self.turned.append((len(self.calls), args[0], args[0].detach()))
            elif effect == ON_LISTS:
                return self._on_lists(func, args, kwargs or {})
        out = func._op(*args, **kwargs) if kwargs else func._op(*args)
        if effect == MAKES_BLANK:
            self._blank = out
        elif 0 < effect <= WRITES and self.stepping is None:
            self._keep_after(func, args)
        if self.stepping is not None:
            self._update(effect, func, args, kwargs, out)
            return out
        node = current_node()
        tracked = is_grad_enabled()
        if node is not None and not tracked:
            self._note((func, args, kwargs, out, node, 0, None, 0, None, None, False, False))
            return out
        number = sequence_number() if tracked else 0
        self._note((func, args, kwargs, out, node, number, *self._place(func), False))
        return out

    def _on_lists(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an operation on lists and write it down as one call for each member."""
        for position in operation(func).positions:
            for offset, tensor in enumerate(args[position]):
                self._keep(tensor, offset)
                self.uncounted.append(tensor)
        out = func._op(*args, **kwargs)
        place = self._place(func)
        number = sequence_number() if is_grad_enabled() else 0
        node = current_node()
        for single, own, named, result in apart(func, args, kwargs, out):
            if self.stepping is not None:
                self._update(0, single, own, named, result)
            else:
                self._note((single, own, named, result, node, number, *place, False))
        return out

    def _place(self, func: Any) -> Place:
        """Where the code outside torch is that called this operation, and in which modules."""
        frame: FrameType | None = sys._getframe(2)
        seed = id(func) == _ONES_LIKE and frame is not None and frame.f_code is MAKES_SEEDS
        module = within = None
        while frame is not None and inside[frame.f_code.co_filename]:
            if frame.f_code is RUNS_MODULE:
                within = frame.f_locals["self"]
                if module is None:
                    module = within
            frame = frame.f_back
        if frame is None:
            return None, 0, module, within, seed
        code, instruction = frame.f_code, frame.f_lasti
        if id(code) not in self._seen:
            self._seen[id(code)] = code
            held = frame.f_locals.items()
            self.local_names.append({k: v for k, v in held if isinstance(v, Tensor | Module)})
        around = frame.f_back
        while module is None and around is not None and around is not self.start:
            if around.f_code is RUNS_MODULE:
                module = around.f_locals["self"]
            around = around.f_back
        return code, instruction, module, within, seed

    def _before(self, effect: int, func: Any, args: tuple[Any, ...], kwargs: Any) -> None:
        """Copy what is about to be overwritten, unless it holds nothing or can be made again."""
        if effect == WRITES_FIRST:
            self._keep(args[0])
            return
        told = operation(func)
        for name, position in zip(told.writes, told.positions, strict=True):
            target = args[position] if position < len(args) else (kwargs or {}).get(name)
            for tensor in target if isinstance(target, Sequence) else (target,):
                if tensor is not None:
                    self._keep(tensor)

    def _keep(self, tensor: Tensor, offset: int = 0) -> None:
        """Copy a tensor that the call to come (or one ``offset`` after it) overwrites."""
        if tensor is self._blank:
            self._blank = None
            return
        version: int | None = None
        if self.stepping is None:
            copy = _copy(tensor)
            version = None if tensor.is_inference() else tensor._version
        elif id(tensor) in self._made:
            version = tensor._version
            tensor, copy = self._standing.get(id(tensor), tensor), None
        else:
            copy = _copy(tensor)
            self._made.add(id(tensor))
            version = tensor._version
        self.copies.append((len(self.calls) + offset, tensor, copy, version))

    def _keep_after(self, func: Any, args: tuple[Any, ...]) -> None:
        """Copy what was written, too, where it lasts and the next step will overwrite it.

        That is a batch norm's statistics, which torch does not count as written, and its counter.
        """
        if not self.copies or self.copies[-1][0] != len(self.calls):
            return  # it had no numbers before
        told = operation(func)
        untold = told.name in UNDECLARED_WRITES
        for position in told.positions:
            tensor = args[position] if position < len(args) else None
            if not isinstance(tensor, Tensor):
                continue
            if untold or (tensor.numel() <= SMALL and not tensor.requires_grad):
                self.copies.append((len(self.calls) + 1, tensor, _copy(tensor), None))

    # -- the update ----------------------------------------------------------------------------------
    # What an optimiser makes on its way is as large as the model, several times over. It is not
    # kept: a tensor without memory stands in for it, and the operation is run again if it is asked
    # for.

    def step_starts(self, place: tuple[CodeType, int]) -> None:
        """From here on an optimiser is at work, called at ``place``."""
        self.stepping = place
        self._made.clear()

    def step_ends(self, remembered: Iterable[Tensor]) -> None:
        """The optimiser has done its work; ``remembered`` is what it keeps for the next step."""
        if self.stepping is not None and self._standing:
            for tensor in remembered:
                stand_in = self._standing.get(id(tensor))
                if stand_in is not None:
                    self.stand_ins.append((tensor, stand_in))
                    self._standing.pop(id(tensor))
                    self._update(HANDS_ON, _SAME, (stand_in,), None, tensor)
            self._standing.clear()
        self.stepping = None

    def _update(self, effect: int, func: Any, args: tuple[Any, ...], kwargs: Any, out: Any) -> None:
        """Write down an operation of an optimiser."""
        assert self.stepping is not None
        if effect != HANDS_ON or id(args[0]) in self._made:
            self._made.add(id(out))
        large = not effect and type(out) is Tensor and out.numel() > LARGE
        if large or self._standing:
            args, kwargs = self._stood_in(args), kwargs and self._stood_in(kwargs)
            if large:
                self._standing[id(out)] = torch.empty_like(out, device="meta")
            elif not effect:
                self._standing.pop(id(out), None)
            out = self._stood_in(out)
        self._note((func, args, kwargs, out, None, 0, *self.stepping, None, None, False, True))

    def _stood_in(self, thing: Any) -> Any:
        """``thing`` with stand-ins for the tensors that are not kept."""
        if isinstance(thing, Tensor):
            return self._standing.get(id(thing), thing)
        if isinstance(thing, list | tuple):
            return type(thing)(self._stood_in(t) for t in thing)
        if isinstance(thing, dict):
            return {name: self._stood_in(t) for name, t in thing.items()}
        return thing


def _copy(tensor: Tensor) -> Tensor:
    """All of the memory that ``tensor`` lies in, laid out as it is."""
    memory = tensor.untyped_storage()
    if tensor.numel() * tensor.element_size() == memory.nbytes():
        return tensor.clone()
    whole = torch.empty(0, dtype=torch.uint8, device=tensor.device)
    return whole.set_(memory).clone()
