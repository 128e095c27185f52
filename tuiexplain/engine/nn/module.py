"""What layers and networks have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from tuiexplain.engine.nn.parameter import Parameter
from tuiexplain.engine.state import quiet, state
from tuiexplain.engine.tensors import Tensor
from tuiexplain.trace import recorder as recording


class Module:
    """A layer or a network: assign parameters and other modules to attributes, define ``forward``.

    ``path`` is where the outermost module holds this one (``block/attn``); it is empty for the
    outermost. Events and parameters carry it.
    """

    training: bool = True
    path: str = ""

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define forward.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        outside, state.module = state.module, self.path
        try:
            if state.quiet or recording._active is not None:
                return self.forward(*args, **kwargs)
            with quiet():
                return self.forward(*args, **kwargs)
        finally:
            state.module = outside

    def __setattr__(self, name: str, value: Any) -> None:
        held = vars(self).get(name) if name in vars(self).get("_buffer_names", ()) else None
        if isinstance(held, Tensor) and isinstance(value, Tensor):
            held.data = value.data  # who holds the buffer, holds it still
            return
        object.__setattr__(self, name, value)
        if isinstance(value, Module | Parameter):
            self._tell_paths()

    def _tell_paths(self) -> None:
        """Tell everything inside where it is, seen from here."""
        for name, module in self.named_modules():
            if name:
                inner = name.replace(".", "/")
                object.__setattr__(module, "path", f"{self.path}/{inner}".lstrip("/"))
        here = self.path.replace("/", ".")
        for name, parameter in self.named_parameters():
            parameter.path = f"{here}.{name}".lstrip(".")

    # -- what is inside ----------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def children(self) -> Iterator[Module]:
        return (module for _, module in self.named_children())

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """The module itself and all within it, each once."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            name, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            dot = f"{name}." if name else ""
            inner = [(dot + child_name, child) for child_name, child in module.named_children()]
            stack.extend(reversed(inner))

    def modules(self) -> Iterator[Module]:
        return (module for _, module in self.named_modules())

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """All parameters within, each once, by the paths of their attributes: ``fc1.weight``."""
        seen: set[int] = set()
        for path, module in self.named_modules(prefix):
            for name, value in vars(module).items():
                if isinstance(value, Parameter) and id(value) not in seen:
                    seen.add(id(value))
                    yield (f"{path}.{name}" if path else name), value

    def parameters(self) -> Iterator[Parameter]:
        return (parameter for _, parameter in self.named_parameters())

    def register_buffer(self, name: str, tensor: Tensor | None) -> None:
        """Hold a tensor that is part of the state but is not learnt."""
        vars(self).setdefault("_buffer_names", []).append(name)
        setattr(self, name, tensor)

    def named_buffers(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        for path, module in self.named_modules(prefix):
            for name in vars(module).get("_buffer_names", ()):
                value = getattr(module, name)
                if value is not None:
                    yield (f"{path}.{name}" if path else name), value

    # -- state -------------------------------------------------------------------------------------

    def _state_tensors(self) -> dict[str, Tensor]:
        return {**dict(self.named_parameters()), **dict(self.named_buffers())}

    def state_dict(self) -> dict[str, np.ndarray]:
        """Parameters and buffers. The arrays themselves: nothing changes them in place."""
        return {name: tensor.data for name, tensor in self._state_tensors().items()}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over the numbers of a :meth:`state_dict`, or of any mapping from names to arrays."""
        own = self._state_tensors()
        if missing := own.keys() - state_dict.keys():
            raise KeyError(f"load_state_dict: nothing given for {', '.join(sorted(missing))}.")
        if unknown := state_dict.keys() - own.keys():
            raise KeyError(f"load_state_dict: no such parameter: {', '.join(sorted(unknown))}.")
        for name, tensor in own.items():
            array = np.asarray(state_dict[name], dtype=tensor.data.dtype)
            if array.shape != tensor.shape:
                raise ValueError(
                    f"load_state_dict: {name} has shape {tensor.shape}, given {array.shape}."
                )
            tensor.data = array
            if isinstance(tensor, Parameter):
                tensor.initialised_by = None  # given now, not drawn

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters():
            parameter.grad = None

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (``False``) or free all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def train(self, mode: bool = True) -> Self:
        """Tell all modules that training goes on (dropout drops)."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Tell all modules that the network is only used."""
        return self.train(False)

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call ``fn`` on every module within, the innermost first."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # -- how it looks ------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What ``repr`` says between the brackets."""
        return ""

    def __repr__(self) -> str:
        lines = [
            f"  ({name}): " + repr(child).replace("\n", "\n  ")
            for name, child in self.named_children()
        ]
        head = f"{type(self).__name__}("
        if not lines:
            return f"{head}{self.extra_repr()})"
        return "\n".join([head, *lines, ")"])
