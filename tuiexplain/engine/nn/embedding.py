"""The look-up table."""

from __future__ import annotations

import tuiexplain.engine.functional as F
from tuiexplain.engine.nn import init
from tuiexplain.engine.nn.module import Module
from tuiexplain.engine.tensors import Tensor


class Embedding(Module):
    """A row of numbers for each entry: indices (…) → (…, embedding_dim). Normal at first."""

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.weight = init.empty_parameter(num_embeddings, embedding_dim, axes=("entry", "feature"))
        init.normal_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight)

    def extra_repr(self) -> str:
        return f"{self.num_embeddings}, {self.embedding_dim}"
