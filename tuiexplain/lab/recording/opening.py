"""Opening a recording: from what was written down to values and events with names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from tuiexplain.lab.recording.assembly import Assembly
from tuiexplain.lab.recording.known import Known, Modules, outermost, parameters_of, states_of
from tuiexplain.lab.recording.listener import Listener
from tuiexplain.lab.recording.made import Made
from tuiexplain.lab.recording.naming import Names
from tuiexplain.lab.recording.passes import assembled
from tuiexplain.lab.recording.stored import Memory, Stored
from tuiexplain.lab.recording.trace import Arrays
from tuiexplain.trace.build import build
from tuiexplain.trace.event import Phase
from tuiexplain.trace.recorder import Recorder
from tuiexplain.trace.rulebook import rulebook
from tuiexplain.trace.trace import Content, Declaration
from tuiexplain.trace.value import GIVEN, Kind, Origin


@dataclass
class Recording:
    """All that a recording leaves behind, until the trace is first looked at."""

    listener: Listener
    versions: Mapping[int, int]
    model: nn.Module | None
    optimizers: Sequence[Optimizer]
    names: Mapping[str, str]
    origin: Origin
    declared: Sequence[Known]
    scope: Mapping[str, Any]
    """The tensors and modules that variables held where the ``with`` block ended."""

    def content(self) -> Content:
        """Values and events, named as the source names them."""
        memory = Memory(self.listener.copies, self.listener.turned, self.versions)
        modules = Modules(self._roots())
        places: dict[str, str] = {}
        known: dict[int, Known] = {}
        for found, where in parameters_of(modules, self.names, self.origin):
            if id(found.tensor) not in known:  # shared weights go by their first name
                known[id(found.tensor)] = found
                places[found.name] = where
        for state in states_of(self.optimizers, dict(known), self.origin):
            known[id(state.tensor)] = state
        for tensor, stand_in in self.listener.stand_ins:
            if id(tensor) in known:
                known[id(stand_in)] = replace(known[id(tensor)], tensor=stand_in)
        lasting = set(known)
        for told in self.declared:
            known[id(told.tensor)] = told
        for name, tensor in self._variables():
            known.setdefault(id(tensor), Known(tensor, name, Kind.INPUT))
        assembly = assembled(self.listener, memory, lasting)
        recorder = _Writer(assembly, modules, _by_value(assembly, known), places).write()
        content = build(recorder, rulebook("aten"))
        return Content(content.values, content.events, Arrays(recorder.stored))

    def _roots(self) -> dict[str, nn.Module]:
        if self.model is not None:
            return {"": self.model}
        return outermost(
            (name, thing)
            for scope in self._scopes()
            for name, thing in scope.items()
            if isinstance(thing, nn.Module)
        )

    def _variables(self) -> Iterator[tuple[str, Tensor]]:
        for scope in self._scopes():
            for name, thing in scope.items():
                if isinstance(thing, Tensor):
                    yield name, thing

    def _scopes(self) -> Iterable[Mapping[str, Any]]:
        return (self.scope, *self.listener.local_names)


def _by_value(assembly: Assembly, known: Mapping[int, Known]) -> dict[int, Known]:
    """What is known of values that were there at the start, or that outlast the step."""
    values: dict[int, Known] = {}
    targets = {
        id(stored)
        for made in assembly.made
        for slot, stored in zip(made.attrs["slots"], made.inputs, strict=True)
        if slot == "target"
    }
    for stored, tensor in assembly.ledger.leaves:
        found = known.get(id(tensor))
        if id(stored) in targets and (found is None or found.kind is Kind.INPUT):
            found = found or Known(tensor, "target", Kind.TARGET)
            found = Known(tensor, found.name, Kind.TARGET, found.axes, found.labels, found.origin)
        if found is not None:
            values[id(stored)] = found
    for found in known.values():
        if found.kind is Kind.STATE:
            made = assembly.first.get(id(found.tensor)) or assembly.ledger.known(found.tensor)
            if made is not None:
                values.setdefault(id(made), found)
    return values


class _Calls(Recorder):
    """The calls of a recording, ready to be built; its arrays stay tensors."""

    __slots__ = ("stored",)

    def __init__(self) -> None:
        super().__init__()
        self.stored: list[Stored] = []

    def kept(self, array: Any) -> Any:
        self.stored.append(array)
        return array


@dataclass
class _Writer:
    """Writes the events down as the calls that :func:`tuiexplain.trace.build.build` takes."""

    assembly: Assembly
    modules: Modules
    known: dict[int, Known]
    places: Mapping[str, str]
    """Where the module of each parameter is."""
    names: Names = field(init=False)

    def __post_init__(self) -> None:
        self.names = Names(self.assembly, self.modules, self.known)
        self.names.give()

    def write(self) -> _Calls:
        """All calls, with the names of everything in them."""
        calls = _Calls()
        for stored, _ in self.assembly.ledger.leaves:
            calls.declared[id(stored)] = self._declaration(stored, self.known.get(id(stored)))
        for made in self.assembly.made:
            calls.titled[id(made.output)] = self._declaration(made.output, None)
            raw = self._answered(made) or made.raw
            call: Any = (  # arrays are tensors here, which the builder only hands on
                made.phase,
                made.op,
                made.inputs,
                made.output,
                made.attrs,
                self._module(made),
                raw[6],
                raw[7],
                made.answers,
                made.wrt,
                made.about,
            )
            calls.calls.append(call)
        return calls

    def _declaration(self, stored: Any, known: Known | None) -> Declaration:
        name = self.names.names[id(stored)]
        if known is None:
            leaf = self.assembly.ledger.is_leaf(stored)
            kind = self.names.kinds.get(id(stored), Kind.INPUT if leaf else Kind.ACTIVATION)
            return Declaration(stored, name, kind, (), (), GIVEN)
        return Declaration(stored, name, known.kind, known.axes, known.labels, known.origin)

    def _answered(self, made: Made) -> Any:
        """The forward call that a backward event answers: there its source line is."""
        if made.phase is not Phase.BACKWARD or made.op == "seed":
            return None
        of = self.assembly.by_output.get(id(made.answers or made.about))
        while of is not None and of.phase is Phase.BACKWARD and of.answers is not None:
            of = self.assembly.by_output.get(id(of.answers))  # a gradient of a gradient
        return of.raw if of is not None else None

    def _module(self, made: Made) -> str:
        raw = self._answered(made)
        if raw is not None:
            return self.modules.path(raw[8])
        owner = self.names.owners.get(id(made.output), "")
        return self.places.get(owner, "") if owner else self.modules.path(made.raw[8])
