"""A tensor that a module learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from tuiexplain.engine.tensors import Tensor


class Parameter(Tensor):
    """A leaf that requires a gradient and that modules and optimisers find.

    ``name`` is what is shown: the path of its attribute (``fc1.weight``) unless its author set one.
    ``initialised_by`` says how its first numbers came about (``uniform ±1/√4``); ``None`` if they
    were given.
    """

    __slots__ = ("path",)

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        array = data.data if isinstance(data, Tensor) else data
        super().__init__(np.array(array, dtype=np.float64), requires_grad)
        self.path = ""
        """Where the outermost module holds it: ``fc1.weight``."""
        self.initialised_by = None

    @property
    def name(self) -> str | None:
        return self._about("name", None) or self.path or None

    @name.setter
    def name(self, name: str | None) -> None:
        self._tell("name", name)

    @property
    def module(self) -> str:
        """The path of the module that holds it, as events have it: ``block/fc1``."""
        return self.path.rpartition(".")[0].replace(".", "/")
