"""From the calls that were recorded to values and events with names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tuiexplain.trace import source
from tuiexplain.trace.event import Event, Phase, Site
from tuiexplain.trace.rulebook import Axes, Rulebook
from tuiexplain.trace.trace import Content, Declaration
from tuiexplain.trace.value import GIVEN, Kind, Value

if TYPE_CHECKING:
    from tuiexplain.trace.recorder import Call, Recorder

Labels = tuple[tuple[str, ...] | None, ...]


def build(recorder: Recorder, rulebook: Rulebook) -> Content:
    """Values and events of a recording, named as its source names them."""
    builder = _Builder(recorder, rulebook)
    for call in recorder.calls:
        builder.add(call)
    builder.number_moments()
    builder.finish_gradients()
    return Content(tuple(builder.values), tuple(builder.events), tuple(builder.arrays))


class _Builder:
    def __init__(self, recorder: Recorder, rulebook: Rulebook) -> None:
        self.recorder = recorder
        self.rulebook = rulebook
        self.declared = {**_in_scope(recorder.scope), **recorder.declared}
        for phase, *_, output, _, _, _, _, _, _, about in reversed(recorder.calls):
            if phase is Phase.UPDATE and about is not None and id(output) in self.declared:
                self.declared.setdefault(id(about), self.declared[id(output)])
        self.values: list[Value] = []
        self.events: list[Event] = []
        self.arrays: list[np.ndarray] = []
        self.ids: dict[int, int] = {}
        self.taken: dict[str, int] = {}
        self.assigned: dict[tuple[str, str, Site], list[int]] = {}
        """For a variable, the module and the place that assign it: the ids of its values."""
        self.parts: dict[int, list[int]] = {}
        """For each value id: the ids of its gradient's parts and of their sum, as they came."""

    def add(self, call: Call) -> None:
        phase, op, inputs, output, attrs, module, code, instruction, answers, wrt, about = call
        place = source.site(code, instruction) if code else None
        input_ids = tuple(self.leaf(array) for array in inputs)
        about_id = None if about is None else self.leaf(about)
        event = Event(
            index=len(self.events),
            phase=phase,
            op=op,
            module=module,
            inputs=input_ids,
            output=len(self.values),
            site=place,
            answers=self.producer(answers),
            wrt=wrt,
            attrs=attrs or {},
        )
        self.events.append(event)
        if phase is Phase.FORWARD or about_id is None:
            self.computed(event, output, place)
        elif phase is Phase.BACKWARD:
            self.gradient(event, output, about_id)
        else:
            self.updated(event, output, about_id)

    def producer(self, array: np.ndarray | None) -> int | None:
        """The event that made ``array``, if it was recorded."""
        known = self.ids.get(id(array))
        return None if known is None else self.values[known].producer

    # -- values ----------------------------------------------------------------------------------

    def put(self, array: np.ndarray, **fields: Any) -> int:
        value = Value(id=len(self.values), shape=tuple(np.shape(array)), **fields)
        self.ids[id(array)] = value.id
        self.values.append(value)
        self.arrays.append(self.recorder.kept(array))
        return value.id

    def leaf(self, array: np.ndarray) -> int:
        """The id of an array; one that no event made becomes a value here."""
        known = self.ids.get(id(array))
        if known is not None:
            return known
        told = self.declared.get(id(array))
        if told is None:
            told = Declaration(array, "in", Kind.INPUT, (), (), GIVEN)
        return self.put(
            array,
            name=self.unique(told.name),
            kind=told.kind,
            axes=told.axes or ("",) * np.ndim(array),
            labels=self.recorder.labelled.get(id(array), told.labels),
            origin=told.origin,
        )

    def computed(self, event: Event, output: np.ndarray, place: Site | None) -> None:
        """What a forward operation made, named after the variable that it was assigned to."""
        told = self.recorder.titled.get(id(output))
        name = source.assigned_name(place) if place and told is None else None
        shape = tuple(np.shape(output))
        inputs = [self.values[i] for i in event.inputs]
        axes = self.rulebook.axes(event, [v.axes for v in inputs], shape)
        if name is not None and name in self.taken:
            self.give_way(name, place)
        if name is not None and place is not None:
            variable = name, event.module, place
            self.assigned.setdefault(variable, []).append(len(self.values))
        inner = told.name if told else event.module.replace("/", ".") or event.op
        self.put(
            output,
            name=self.unique(name or inner),
            kind=told.kind if told else Kind.ACTIVATION,
            axes=axes,
            labels=self.recorder.labelled.get(id(output)) or _labels(axes, shape, inputs),
            producer=event.index,
        )

    def give_way(self, name: str, place: Site | None) -> None:
        """Of several operations behind one assignment, the last one has its name.

        The same operation again is a loop that goes round: a value with a name of its own.
        """
        for value in reversed(self.values):
            if value.name == name and value.producer is not None:
                event, last = self.events[value.producer], self.events[-1]
                again = event.op == last.op and not event.module
                if event.site == place is not None and event.index == last.index - 1 and not again:
                    del self.taken[name]
                    self.assigned[name, event.module, place].remove(value.id)
                    inner = self.unique(event.module.replace("/", ".") or event.op)
                    self.rename(value.id, inner)
                return

    def gradient(self, event: Event, output: np.ndarray, about: int) -> None:
        of = self.values[about]
        value = self.put(
            output,
            name="",
            kind=Kind.GRADIENT,
            axes=of.axes,
            labels=of.labels,
            of=about,
            producer=event.index,
        )
        self.parts.setdefault(about, []).append(value)
        if event.op == "seed" and of.producer is not None:
            self.replace(about, kind=Kind.LOSS)

    def updated(self, event: Event, output: np.ndarray, about: int) -> None:
        before = self.values[about]
        told = self.recorder.titled.get(id(output))
        lengths = zip(before.labels, before.shape, np.shape(output), strict=False)
        as_before = tuple(names if was == now else None for names, was, now in lengths)
        self.put(
            output,
            name=self.unique(told.name if told else before.name + "'"),
            kind=before.kind,
            axes=before.axes,
            labels=self.recorder.labelled.get(id(output), as_before),
            producer=event.index,
        )

    # -- names -----------------------------------------------------------------------------------

    def number_moments(self) -> None:
        """Name what one line assigned again and again, as in a loop over time: h1, h2, h3.

        It keeps ``h``, ``h#2``, where one of these names has another meaning.
        """
        for (name, _, _), moments in self.assigned.items():
            names = [f"{name}{number}" for number in range(1, len(moments) + 1)]
            if len(moments) > 1 and not any(new in self.taken for new in names):
                for value, new in zip(moments, names, strict=True):
                    self.rename(value, self.unique(new))

    def finish_gradients(self) -> None:
        """Name gradients: the whole is ``W.grad``; where it was summed, its parts ``W.grad#1`` …"""
        for of, parts in self.parts.items():
            *earlier, last = parts
            for number, part in enumerate(earlier, start=1):
                self.rename(part, f"{self.values[of].name}.grad#{number}")
            self.rename(last, f"{self.values[of].name}.grad")

    def unique(self, name: str) -> str:
        count = self.taken.get(name, 0) + 1
        self.taken[name] = count
        return name if count == 1 else f"{name}#{count}"

    def rename(self, value: int, name: str) -> None:
        self.replace(value, name=name)

    def replace(self, value: int, **changes: Any) -> None:
        fields = {**vars(self.values[value]), **changes}
        self.values[value] = Value(**fields)


def _labels(axes: Axes, shape: tuple[int, ...], inputs: Sequence[Value]) -> Labels:
    """Labels travel along axes of the same name and length."""
    found: list[tuple[str, ...] | None] = []
    for axis, length in zip(axes, shape, strict=True):
        known = None
        for value in inputs:
            for name, labels in zip(value.axes, value.labels, strict=False):
                if axis and name == axis and labels is not None and len(labels) == length:
                    known = labels
        found.append(known)
    return tuple(found) if any(found) else ()


def _in_scope(scope: dict[str, Any]) -> dict[int, Declaration]:
    """The arrays that variables hold, by the names of the variables."""
    declared = {}
    for variable, thing in scope.items():
        for name, holder, kind in _holders(variable, thing):
            array = getattr(holder, "data", None)
            if isinstance(array, np.ndarray | np.generic):
                axes = tuple(getattr(holder, "axes", ()) or ())
                declared[id(array)] = Declaration(array, name, kind, axes, (), GIVEN)  # type: ignore[arg-type]
    return declared


def _holders(variable: str, thing: Any) -> Iterator[tuple[str, Any, Kind]]:
    if isinstance(thing, type):
        return  # a class has the methods that its instances are known by
    if hasattr(thing, "named_parameters"):
        for name, parameter in thing.named_parameters():
            yield getattr(parameter, "name", None) or name, parameter, Kind.PARAMETER
    elif hasattr(thing, "requires_grad"):
        name = getattr(thing, "name", None) or variable
        yield name, thing, Kind.PARAMETER if thing.requires_grad else Kind.INPUT
