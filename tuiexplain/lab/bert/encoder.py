"""The encoder of BERT, forward only, with everything that a lesson wants to see."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from tuiexplain.lab.bert.package import SHAPE, broken
from tuiexplain.lab.bert.wordpiece import BLANK, pieces

LAYERS, HEADS = SHAPE["num_hidden_layers"], SHAPE["num_attention_heads"]
WIDTH = SHAPE["hidden_size"]
EPS = 1e-12
WEIGHTS = "model.safetensors"
NEIGHBOURS = 12


class Encoder:
    """MiniLM; `read` gives queries, keys and values of all heads and the neighbours of a place."""

    def __init__(self, folder: Path) -> None:
        known = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        self.vocabulary = {piece: number for number, piece in enumerate(known)}
        self.known = known
        try:
            self.weights = load_file(folder / WEIGHTS)
            self.table = self.weights["embeddings.word_embeddings.weight"]
        except (OSError, SafetensorError, KeyError) as error:
            raise broken(WEIGHTS, str(error)) from None
        if self.table.shape != (len(known), WIDTH):
            raise broken("vocab.txt", "it does not fit the table")

    @torch.inference_mode()
    def read(self, text: str, most: int) -> dict[str, np.ndarray]:
        """``tokens`` (T), ``q``, ``k``, ``v`` (layers, heads, T, 32); of the first blank, or of the
        last piece, ``place``, its vector ``context`` (384) and its nearest tokens: ``near``
        (12) and their rows of the table, ``rows`` (12, 384).
        """
        tokens = pieces(text, self.vocabulary, most)
        codes = torch.tensor([self.vocabulary[token] for token in tokens])
        try:
            x, heads = self._run(codes)
        except (KeyError, RuntimeError) as error:
            raise broken(WEIGHTS, str(error)) from None
        place = tokens.index(BLANK) if BLANK in tokens else max(1, len(tokens) - 2)
        likeness = F.cosine_similarity(x[place][None], self.table)
        whole = torch.tensor([piece.isalpha() for piece in self.known])
        likeness = likeness.masked_fill(~whole, -math.inf)
        if tokens[place] != BLANK:
            likeness[codes[place]] = -math.inf
        near = likeness.topk(NEIGHBOURS).indices
        found = {name: torch.stack(parts).numpy() for name, parts in heads.items()}
        return {
            **found,
            "tokens": np.array(tokens),
            "place": np.array(place),
            "context": x[place].numpy(),
            "near": np.array([self.known[i] for i in near.tolist()]),
            "rows": self.table[near].numpy(),
            "sentence": x.mean(0).numpy(),
        }

    def _run(self, codes: Tensor) -> tuple[Tensor, dict[str, list[Tensor]]]:
        e = "embeddings."
        places = self.weights[f"{e}position_embeddings.weight"][: len(codes)]
        x = self.table[codes] + places + self.weights[f"{e}token_type_embeddings.weight"][0]
        x = self._norm(x, f"{e}LayerNorm")
        heads: dict[str, list[Tensor]] = {"q": [], "k": [], "v": []}
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}."
            q, k, v = (
                self._linear(x, f"{at}attention.self.{name}")
                .reshape(len(codes), HEADS, -1)
                .transpose(0, 1)
                for name in ("query", "key", "value")
            )
            for name, part in zip("qkv", (q, k, v), strict=True):
                heads[name].append(part)
            weights = F.softmax(q @ k.transpose(1, 2) / math.sqrt(q.shape[-1]), dim=-1)
            a = (weights @ v).transpose(0, 1).flatten(1)
            a = self._linear(a, f"{at}attention.output.dense")
            x = self._norm(x + a, f"{at}attention.output.LayerNorm")
            wide = F.gelu(self._linear(x, f"{at}intermediate.dense"))
            x = self._norm(x + self._linear(wide, f"{at}output.dense"), f"{at}output.LayerNorm")
        return x, heads

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return F.layer_norm(x, (WIDTH,), weight, bias, EPS)
