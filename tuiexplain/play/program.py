"""A design as a :class:`~tuiexplain.trace.run.Program`: fast steps, and the engine's for a trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tuiexplain.course.experiment import Experiment, Training
from tuiexplain.course.table import Table
from tuiexplain.engine.optim.lr_scheduler import LRScheduler
from tuiexplain.play import listing, outputs
from tuiexplain.play.code import program
from tuiexplain.play.dataset import Dataset
from tuiexplain.play.design import Design
from tuiexplain.play.errors import PlayError
from tuiexplain.play.features import matrix
from tuiexplain.play.layout import COUNT, plan
from tuiexplain.play.network import Head, network
from tuiexplain.play.swift import Examples, Swift
from tuiexplain.trace.packed import Packed
from tuiexplain.trace.recorder import active
from tuiexplain.trace.run import State

ORDERS = 32_768
"""Places of examples that are drawn at once."""


class PlayProgram:
    """The training of ``design`` on ``dataset``, which has all examples; some may be left out.

    The order of the examples is that of all of them: without one, the others come as they came.
    """

    def __init__(self, design: Design, dataset: Dataset) -> None:
        self.design, self.dataset = design, dataset
        self.shape = network(design, dataset)
        self.plan = plan(design, self.shape)
        self.inputs = matrix(self.shape.inputs, dataset, dataset.inputs)
        self.wanted = self.shape.answers(dataset.targets)
        self.train = dataset.without(design.left_out).train
        if not len(self.train):
            raise PlayError("There is no example left to learn from.", "no_examples")
        self._orders, self._block = np.empty((0, 0), dtype=np.int64), -1
        self.training = self._training()
        self._check_batches()
        schedule = self.training.experiment.schedule
        factor = schedule.factor if isinstance(schedule, LRScheduler) else None
        self.swift = Swift(design, self.shape, self.plan, self._examples(), factor)
        self._start = self.training.state()
        self.swift.restore(self._start)

    # -- the program -------------------------------------------------------------------------------

    @property
    def steps_per_epoch(self) -> int:
        """How many steps use every example once."""
        return self.swift.examples.steps_per_epoch

    def state(self) -> State:
        """The state before the next step, in one vector."""
        return self.swift.state()

    def restore(self, state: State) -> None:
        """Go to a state, which may lack what is 0."""
        self.swift.restore(state)

    def step(self, index: int) -> float:
        """Step ``index``; where a recorder is active, the engine's step of it is recorded."""
        if active() is not None:
            self.training.restore(self._for_engine(index))
            self.training.step(index)
        return self.swift.steps(index, 1)[0]

    def steps(self, index: int, count: int) -> list[float]:
        """Steps from ``index`` on; fewer, where a loss is no number."""
        return self.swift.steps(index, count)

    @property
    def measures(self) -> tuple[str, ...]:
        """What can be measured of a state, over all examples and without the penalty."""
        losses = ("train_loss", "test_loss")
        return (*losses, "accuracy", "test_accuracy") if self.dataset.classes else losses

    def measure(self, name: str, state: State) -> float:
        """One measure of any state."""
        rows = self.dataset.test if name.startswith("test") else self.train
        if not len(rows):
            return float("nan")
        sums = outputs.layers(self.shape, state, self.inputs[rows])[-1]
        if name.endswith("loss"):
            return outputs.loss(self.shape, sums, self.wanted[rows])
        return float((outputs.classes(self.shape, sums) == self.dataset.targets[rows]).mean())

    def gradients(self, index: int, state: State) -> Packed:
        """The gradient of the loss of step ``index`` by everything learnt, by its name."""
        before = self.swift.vector.copy()
        self.swift.restore(state)
        found = self.swift.gradients(index)
        self.swift.vector[:] = before
        return found

    def rows(self, index: int) -> np.ndarray:
        """The numbers of the examples of step ``index``."""
        epoch, place = divmod(index, self.steps_per_epoch)
        size = self.swift.examples.batch
        places = self._order(epoch)[place * size : (place + 1) * size]
        return np.asarray(self.train[places])

    def text(self) -> str:
        """The program that a trace shows."""
        return program(self.design, self.shape)

    # -- making it ---------------------------------------------------------------------------------

    def _training(self) -> Training:
        made = listing.run(program(self.design, self.shape))
        names = self.shape.names()

        def experiment() -> Experiment:
            net = made.Net()
            made.initialise(net)
            optimizer = made.make_optimizer(net)
            return Experiment(
                net=net,
                step=made.train_step,
                data=self._tables(),
                optimizer=optimizer,
                batch_size=self.design.batch,
                names=names,
                schedule=made.make_schedule(optimizer),
                order=self._order,
                drop_last=self._drops_last,
            )

        return Training(experiment, self.design.seed)

    def _tables(self) -> Mapping[str, Table]:
        rows = tuple(f"#{row}" for row in self.train)
        answers = self.wanted[self.train]
        told: dict[str, Any] = {"name": self.dataset.name}
        if self.shape.head is Head.CHANCES:
            t = Table(answers, ("example",), (rows,), dtype=int, **told)
        else:
            t = Table(answers, ("example", "output"), (rows,), **told)
        x = self.inputs[self.train]
        return {"x": Table(x, ("example", "feature"), (rows, self.shape.inputs), **told), "t": t}

    def _examples(self) -> Examples:
        x = np.column_stack([self.inputs[self.train], np.ones(len(self.train))])
        wanted = self.wanted[self.train]
        if self.shape.head is Head.CHANCES:
            wanted = (wanted[:, None] == np.arange(self.shape.outputs)).astype(np.float64)
        batch = min(self.design.batch, len(self.train))
        return Examples(x, np.ascontiguousarray(wanted.T), self._order, batch, self._drops_last)

    @property
    def epochs_at_once(self) -> int:
        """For how many epochs orders are drawn together."""
        return max(1, ORDERS // len(self.dataset.train))

    def _order(self, epoch: int) -> np.ndarray:
        """Which of the examples that are learnt from come when, by their places among them.

        Orders are drawn for many epochs at once: a generator takes longer to make than an order.
        """
        everyone = self.dataset.train
        many = self.epochs_at_once
        block, place = divmod(epoch, many)
        if block != self._block:
            draws = np.random.default_rng([self.design.seed, block])
            orders = np.tile(np.arange(len(everyone)), (many, 1))
            self._orders, self._block = draws.permuted(orders, axis=1), block
        order: np.ndarray = self._orders[place]
        if len(self.train) == len(everyone):
            return order
        left = np.isin(everyone, self.train)
        return np.asarray((np.cumsum(left) - 1)[order[left[order]]])

    @property
    def _drops_last(self) -> bool:
        """Whether an epoch leaves out its last example: one alone has no spread to be normed by."""
        size = min(self.design.batch, len(self.train))
        return len(self.train) % size == 1 and self._norms_batches

    @property
    def _norms_batches(self) -> bool:
        return any(layer.norm == "batch" for layer in self.design.layers)

    def _check_batches(self) -> None:
        """Refuse batch normalisation of one example."""
        if self._norms_batches and min(self.design.batch, len(self.train)) == 1:
            raise PlayError(
                "batch=1: batch normalisation needs two examples at least.", "batch_of_one"
            )

    def _for_engine(self, index: int) -> State:
        """The state of now as the engine has it: what was never changed is the very array."""
        state = self.swift.state()
        remembers = bool(self.plan.memories) and state[COUNT][0] > 0
        found: dict[str, np.ndarray] = {}
        for name in (*self.shape.shapes(), *self.shape.buffers()):
            array = np.ascontiguousarray(state[name])
            first = self._start[name]
            found[name] = first if not index and np.array_equal(array, first) else array
        if remembers:
            for name in self.shape.shapes():
                for memory in self.plan.memories:
                    found[f"{name}.{memory}"] = np.ascontiguousarray(state[f"{name}.{memory}"])
                if "m" in self.plan.memories:
                    found[f"{name}.step"] = np.asarray(int(state[COUNT][0]))
        return found
