"""What tensors are called before anything is computed: parameters, buffers, state, variables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from tuiexplain.trace.value import GIVEN, Kind, Origin

Labels = tuple[tuple[str, ...] | None, ...]

STATES = {"exp_avg": "m", "exp_avg_sq": "v", "momentum_buffer": "v", "square_avg": "v"}
"""What the course calls an optimiser's state, by torch's names."""

AXES: tuple[tuple[type[nn.Module], dict[str, tuple[str, ...]]], ...] = (
    (nn.Linear, {"weight": ("out", "in"), "bias": ("out",)}),
    (nn.Embedding, {"weight": ("entry", "feature")}),
    (nn.Conv1d, {"weight": ("out", "in", "column"), "bias": ("out",)}),
    (nn.Conv2d, {"weight": ("out", "in", "row", "column"), "bias": ("out",)}),
    (nn.LayerNorm, {"weight": ("feature",), "bias": ("feature",)}),
)
"""The axes of the parameters of torch's own layers."""


@dataclass(frozen=True)
class Known:
    """The name and nature of a tensor; ``owner`` is the parameter that a state belongs to."""

    tensor: Tensor
    name: str
    kind: Kind
    axes: tuple[str, ...] = ()
    labels: Labels = ()
    origin: Origin = GIVEN
    owner: str = ""


class Modules:
    """Where modules are within the outermost one: ``blocks.0/attn`` is within ``blocks.0``.

    Containers that do not run themselves (a list of modules) are joined by a dot.
    """

    def __init__(self, roots: Mapping[str, nn.Module]) -> None:
        self.roots = roots
        self._paths: dict[int, str] = {}
        for name, root in roots.items():
            runs = {"": True}
            for path, module in root.named_modules():
                within, _, last = path.rpartition(".")
                joint = "/" if runs.get(within) else "."
                before = self._paths.get(id(root.get_submodule(within)), "") if path else ""
                full = f"{before}{joint}{last}".lstrip("/.") if path else name
                self._paths.setdefault(id(module), full)
                runs[path] = type(module).forward is not nn.Module.forward

    def path(self, module: Any) -> str:
        """The path of a module; empty for the outermost one and for what is none."""
        return self._paths.get(id(module), "")


def outermost(candidates: Iterable[tuple[str, nn.Module]]) -> dict[str, nn.Module]:
    """Of some modules those that are in no other; a single one needs no name."""
    found = {id(module): (name, module) for name, module in candidates}
    inner = {
        id(part) for _, module in found.values() for part in module.modules() if part is not module
    }
    roots = [(name, module) for key, (name, module) in found.items() if key not in inner]
    if len(roots) == 1:
        return {"": roots[0][1]}
    named: dict[str, nn.Module] = {}
    for variable, module in roots:
        name = type(module).__name__.lower() if variable in ("", "self") else variable
        named[_free(name, named)] = module
    return named


def parameters_of(
    modules: Modules, names: Mapping[str, str], origin: Origin
) -> Iterator[tuple[Known, str]]:
    """Parameters and buffers by the paths of their attributes, or as ``names`` calls them.

    With each comes the path of the module that holds it.
    """
    for prefix, root in modules.roots.items():
        for path, module in root.named_modules(prefix=prefix):
            axes = next((a for kind, a in AXES if isinstance(module, kind)), {})
            where = modules.path(module)
            for kind, held in (
                (Kind.PARAMETER, module.named_parameters(recurse=False)),
                (Kind.BUFFER, module.named_buffers(recurse=False)),
            ):
                for name, tensor in held:
                    full = f"{path}.{name}".lstrip(".")
                    known = Known(
                        tensor, names.get(full, full), kind, axes.get(name, ()), origin=origin
                    )
                    yield known, where
                    if tensor.grad is not None:
                        before = f"{known.name}.grad.before"
                        yield Known(tensor.grad, before, Kind.GRADIENT, known.axes), where


def states_of(
    optimizers: Iterable[Optimizer], parameters: Mapping[int, Known], origin: Origin
) -> Iterator[Known]:
    """What optimisers remember, by the names of the parameters that it is for."""
    for optimizer in optimizers:
        for parameter, state in optimizer.state.items():
            owner = parameters.get(id(parameter))
            name = owner.name if owner else "parameter"
            axes = owner.axes if owner else ()
            for key, tensor in state.items():
                if isinstance(tensor, Tensor):
                    full = f"{name}.{STATES.get(key, key)}"
                    shaped = axes if tensor.shape == parameter.shape else ()
                    yield Known(tensor, full, Kind.STATE, shaped, origin=origin, owner=name)


def _free(name: str, taken: Collection[str]) -> str:
    """``name``, or the next like it that is not taken."""
    return name if name not in taken else _free(f"{name}_", taken)
