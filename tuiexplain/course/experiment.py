"""What a lesson's network is made of, and how it trains: step by step, each one replayable."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tuiexplain.course.errors import CourseError
from tuiexplain.course.table import Table
from tuiexplain.engine import nn
from tuiexplain.engine.optim import Optimizer
from tuiexplain.engine.optim.lr_scheduler import LRScheduler
from tuiexplain.engine.random import manual_seed
from tuiexplain.engine.state import no_grad, quiet
from tuiexplain.engine.tensors import Tensor
from tuiexplain.trace.cells import parse
from tuiexplain.trace.recorder import Recorder, active
from tuiexplain.trace.run import State
from tuiexplain.trace.value import Kind, Origin, Source

TrainStep = Callable[..., Any]
"""``step(net, optimizer, **batch)`` returns the loss."""

Measure = Callable[[Any], Any]
"""``fn(net)`` returns a number: how the network does on examples that it does not learn from."""

FROM_ZERO = "zero"
"""The detail of the origin of an optimiser's memory before its first step."""


LEFT = ".left"
"""What follows a parameter's name in that of the gradient that the step before left."""


@dataclass(frozen=True)
class Sketch:
    """What a network of one number has learnt, to be drawn: ``fn(net)`` is its height at each ``x``.

    ``points`` are the examples that it learns from, ``others`` examples that it does not, each as
    the pair of their coordinates.
    """

    x: Any
    fn: Measure
    points: tuple[Any, Any]
    others: tuple[Any, Any] | None = None


@dataclass(frozen=True)
class Gallery:
    """Images that the network does not learn from, to be read as they stand.

    ``images`` (N, C, H, W), their ``classes`` (N,), and ``fn(net)`` gives the scores (N, classes).
    """

    images: Any
    classes: Any
    fn: Measure


@dataclass
class Experiment:
    """A network, its data and its training step.

    ``step(net, optimizer, **batch)`` takes the tensors of the batch by the keys of ``data`` and
    returns the loss; ``optimizer`` is ``None`` where nothing is learnt. ``targets`` are the keys of
    the answers (``t``, where there is one). ``batch_size`` ``None`` uses every row at every step.
    ``names`` gives parameters the names that are shown: ``{"fc1.weight": "W1"}``.

    ``measures`` are computed when somebody looks, with the parameters of the step that they look
    at; no trace knows of them, and training does not wait for them: ``{"val_loss": fn}``, where
    ``fn(net)`` has the held-out examples in its own scope. What ``fn`` does to the network's mode
    (``net.eval()``) is undone. Prose cites ``val_loss@9``; the curve draws them beside the loss.
    ``sketch`` and ``gallery`` are what the pictures of these names draw.
    ``schedule`` sets the learning rate before each step.
    """

    net: nn.Module
    step: TrainStep
    data: Mapping[str, Table] = field(default_factory=dict)
    optimizer: Optimizer | None = None
    targets: tuple[str, ...] | None = None
    batch_size: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    sketch: Sketch | None = None
    gallery: Gallery | None = None
    keeps_gradients: bool = False
    """Whether gradients stay from one step to the next, as in torch, until the step clears them."""
    schedule: LRScheduler | None = None
    tokens: Sequence[str] = ()
    """What the numbers of tokens stand for: pictures of text write it."""
    speech: Measure | None = None
    """``fn(net)``: the tokens that the network says by itself, for the picture ``speech``."""
    order: Callable[[int], np.ndarray] | None = None
    """In which order an epoch takes the rows, where the seed alone does not say it."""
    drop_last: bool = False
    """Whether an epoch leaves out the rows that do not fill a batch, as torch's data loader may."""

    def __post_init__(self) -> None:
        parameters = dict(self.net.named_parameters())
        for path, name in self.names.items():
            if path not in parameters:
                known = ", ".join(parameters)
                raise CourseError(f"names: the network has no parameter '{path}', only {known}.")
            parameters[path].name = name
        if self.targets is None:
            self.targets = ("t",) if "t" in self.data else ()
        for key in self.targets:
            if key not in self.data:
                raise CourseError(f"targets: there is no data called '{key}'.")
        for name in self.measures:
            if not name.isidentifier():
                raise CourseError(f"measures: '{name}' is no name: use letters, digits and _.")
            if name in self.data or any(name == p.name for p in parameters.values()):
                raise CourseError(
                    f"measures: '{name}' is a parameter's or the data's name already."
                )
        if self.batch_size is not None:
            if self.batch_size < 1:
                raise CourseError(f"batch_size: {self.batch_size} is less than one row.")
            lengths = {len(table.values) for table in self.data.values()}
            if len(lengths) > 1:
                raise CourseError("data: the tables have different numbers of rows.")

    @property
    def examples(self) -> int:
        """The number of rows."""
        return max((len(t.values) for t in self.data.values() if t.values.ndim), default=1)


class Training:
    """An experiment as a :class:`~tuiexplain.trace.run.Program`.

    Everything random in step ``k`` follows from the seed and ``k``: the order of the rows from the
    epoch, what the network draws from the step.
    """

    def __init__(
        self,
        make: Callable[[], Experiment],
        seed: int,
        edits: Mapping[str, float] | None = None,
    ) -> None:
        manual_seed(seed)
        self.experiment = make()
        self.seed = seed
        self._named = _named_tensors(self.experiment.net)
        self._tables = dict(self.experiment.data)
        self._edited: set[str] = set()
        for address, number in (edits or {}).items():
            self._edit(address, number)
        self._initial = self.parameters()
        size = self.experiment.batch_size
        self._size = min(size, self.experiment.examples) if size else None
        self._order: tuple[int, np.ndarray] | None = None
        self._everything: dict[str, Tensor] = {}
        if self._size is None:
            self.use_everything()

    def use_everything(self) -> None:
        """Use every row in every step from now on."""
        self._size = None
        self._everything = self._tensors(self._tables)

    def _edit(self, address: str, number: float) -> None:
        name, cell = parse(address)
        try:
            if name in self._tables:
                self._tables[name] = self._tables[name].changed(cell, number)
            elif name in self._named:
                array = self._named[name].data.copy()
                array[cell] = number
                self._named[name].data = array
            else:
                known = ", ".join([*self._named, *self._tables])
                raise CourseError(f"'{address}' cannot be set; parameters and data are: {known}.")
        except IndexError:
            raise CourseError(f"'{address}' is outside the array.") from None
        self._edited.add(name)

    # -- the program -----------------------------------------------------------------------------

    @property
    def steps_per_epoch(self) -> int:
        """How many steps use every row once."""
        if self._size is None:
            return 1
        if self.experiment.drop_last:
            return self.experiment.examples // self._size
        return math.ceil(self.experiment.examples / self._size)

    def parameters(self) -> State:
        """Parameters and buffers as they are now, by the names that are shown."""
        return {name: tensor.data for name, tensor in self._named.items()}

    def state(self) -> State:
        """Parameters, buffers and the optimiser's memory, by the names that are shown."""
        state = dict(self.parameters())
        if self.experiment.keeps_gradients:
            left = {f"{n}{LEFT}": t.grad for n, t in self._named.items() if t.grad is not None}
            state.update({name: gradient.data for name, gradient in left.items()})
        if self.experiment.optimizer is not None:
            memory = self.experiment.optimizer.state_dict()
            state.update({name: np.asarray(value) for name, value in memory.items()})
        return state

    def restore(self, state: State) -> None:
        """Go back to a state that :meth:`state` gave."""
        for name, tensor in self._named.items():
            tensor.data = state[name]
            left = state.get(f"{name}{LEFT}")
            tensor.grad = None if left is None else Tensor(left)
        if self.experiment.optimizer is not None:
            own = {*self._named, *(f"{name}{LEFT}" for name in self._named)}
            memory = {name: a for name, a in state.items() if name not in own}
            self.experiment.optimizer.load_state_dict(memory)

    def step(self, index: int) -> float:
        """Training step ``index``; the numbers may outgrow a float and become inf or nan."""
        experiment = self.experiment
        if not experiment.keeps_gradients:
            for tensor in self._named.values():
                tensor.grad = None
        manual_seed(step_seed(self.seed, index))
        tables = self._tables if self._size is None else self._batch(index)
        batch = self._everything if self._size is None else self._tensors(tables)
        recorder = active()
        if recorder is not None:
            self._declare(recorder, index, tables, batch)
        if experiment.schedule is not None:
            experiment.schedule.go_to(index)
        with quiet():
            loss = experiment.step(experiment.net, experiment.optimizer, **batch)
        if recorder is not None:
            _explain_empty_memory(recorder)
        return float(loss.item()) if isinstance(loss, Tensor) else float(loss)

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of what can be measured, in the lesson's order."""
        return tuple(self.experiment.measures)

    def measure(self, name: str, state: State) -> float:
        """One measure of any state; parameters, buffers and mode stay as they are."""
        return _one_number(name, self.evaluate(state, self.experiment.measures[name]))

    def sketched(self, state: State) -> np.ndarray:
        """The heights of the sketch at any state."""
        assert self.experiment.sketch is not None
        found = self.evaluate(state, self.experiment.sketch.fn)
        return np.asarray(found.data if isinstance(found, Tensor) else found).reshape(-1)

    def evaluate(self, state: State, call: Callable[[nn.Module], Any]) -> Any:
        """What ``call(net)`` gives with other parameters, unrecorded; the network stays as it is.

        Parameters and buffers that ``state`` lacks are those of now.
        """
        net = self.experiment.net
        before = {key: tensor.data for key, tensor in self._named.items()}
        modes = [(module, module.training) for module in net.modules()]
        manual_seed(self.seed)
        try:
            for key, tensor in self._named.items():
                tensor.data = state.get(key, tensor.data)
            with no_grad(), np.errstate(all="ignore"):
                return call(net)
        finally:
            for key, tensor in self._named.items():
                tensor.data = before[key]
            for module, mode in modes:
                module.training = mode

    def said(self, state: State) -> list[int]:
        """The tokens that the network says at any state; none if it cannot speak."""
        speech = self.experiment.speech
        return [] if speech is None else [int(token) for token in self.evaluate(state, speech)]

    # -- batches ---------------------------------------------------------------------------------

    def batch(self, index: int) -> dict[str, np.ndarray]:
        """The data of training step ``index``, by key."""
        tables = self._tables if self._size is None else self._batch(index)
        return {key: table.values for key, table in tables.items()}

    def _batch(self, index: int) -> dict[str, Table]:
        assert self._size is not None
        epoch, place = divmod(index, self.steps_per_epoch)
        if self._order is None or self._order[0] != epoch:
            self._order = (epoch, self._rows_of(epoch))
        rows = self._order[1][place * self._size : (place + 1) * self._size]
        return {key: table.rows(rows) for key, table in self._tables.items()}

    def _rows_of(self, epoch: int) -> np.ndarray:
        if self.experiment.order is not None:
            return self.experiment.order(epoch)
        return np.random.default_rng([self.seed, epoch]).permutation(self.experiment.examples)

    @staticmethod
    def _tensors(tables: Mapping[str, Table]) -> dict[str, Tensor]:
        return {key: Tensor(table.values) for key, table in tables.items()}

    # -- what a trace is told --------------------------------------------------------------------

    def _declare(
        self,
        recorder: Recorder,
        index: int,
        tables: Mapping[str, Table],
        batch: Mapping[str, Tensor],
    ) -> None:
        for name, array in self.state().items():
            tensor = self._named.get(name)
            if tensor is not None:
                kind = Kind.PARAMETER if isinstance(tensor, nn.Parameter) else Kind.BUFFER
                origin = self._origin(name, tensor, index)
                recorder.declare(array, name, kind, tensor.axes, tensor.labels, origin)
        self._declare_memory(recorder, index)
        for name, tensor in self._named.items():
            if tensor.grad is not None:
                origin = Origin(Source.STEP, f"{name}.grad", step=index - 1)
                left = tensor.grad.data
                recorder.declare(left, name + LEFT, Kind.STATE, tensor.axes, tensor.labels, origin)
        for key, table in tables.items():
            kind = Kind.TARGET if key in (self.experiment.targets or ()) else Kind.INPUT
            source = Source.EDIT if key in self._edited else Source.DATA
            origin = Origin(source, table.name or key)
            recorder.declare(batch[key].data, key, kind, table.axes, table.labels, origin)

    def _declare_memory(self, recorder: Recorder, index: int) -> None:
        optimizer = self.experiment.optimizer
        if optimizer is None or not index:
            return
        for name, array in optimizer.state_dict().items():
            if isinstance(array, np.ndarray) and array.ndim:
                of = self._named[name.rpartition(".")[0]]
                origin = Origin(Source.STEP, step=index - 1)
                recorder.declare(array, name, Kind.STATE, of.axes, of.labels, origin)

    def _origin(self, name: str, tensor: Tensor, index: int) -> Origin:
        """Where the number comes from: the seed or the lesson as long as it is what it was."""
        if tensor.data is not self._initial[name]:
            return Origin(Source.STEP, step=index - 1) if index else Origin(Source.EDIT)
        if name in self._edited:
            return Origin(Source.EDIT)
        drawn = getattr(tensor, "initialised_by", None)
        if drawn:
            return Origin(Source.SEED, drawn, seed=self.seed)
        return Origin(Source.LESSON)


def step_seed(seed: int, index: int) -> int:
    """What the random numbers of training step ``index`` are drawn from."""
    return (seed * 0x9E3779B1 + index + 1) & 0x7FFFFFFF


def _one_number(name: str, found: Any) -> float:
    """What a measure returned, as a number."""
    array = np.asarray(found.data if isinstance(found, Tensor) else found)
    if array.size != 1:
        shape = ", ".join(map(str, array.shape))
        raise CourseError(f"measures: '{name}' returns an array of shape ({shape}), not a number.")
    return float(array.reshape(()))


def _named_tensors(net: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers by the names that are shown."""
    named: dict[str, Tensor] = {}
    for path, parameter in net.named_parameters():
        name = parameter.name or path
        if name in named:
            raise CourseError(f"names: two parameters are called '{name}'.")
        named[name] = parameter
    for path, buffer in net.named_buffers():
        named[path] = buffer
    return named


def _explain_empty_memory(recorder: Recorder) -> None:
    """An optimiser's memory that was made in this very step began with zeros."""
    for key, told in recorder.declared.items():
        if told.kind is Kind.STATE and told.origin.source is Source.GIVEN:
            origin = Origin(Source.LESSON, FROM_ZERO)
            recorder.declared[key] = type(told)(
                told.array, told.name, told.kind, told.axes, told.labels, origin
            )
