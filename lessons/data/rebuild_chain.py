"""Write ``chain.csv``: the first weights of the chain of layers in lesson 12, drawn by PyTorch.

``python lessons/data/rebuild_chain.py``. The network is that of S. Raschka, *Build a Large Language
Model (From Scratch)*, chapter 4: layers 3-3-3-3-3-1 after ``torch.manual_seed(123)``, in float32.
"""

from itertools import pairwise
from pathlib import Path

import torch

SIZES = (3, 3, 3, 3, 3, 1)


def main() -> None:
    """One line for each unit: its layer, its weights, its bias."""
    torch.manual_seed(123)
    lines = ["layer,w1,w2,w3,b"]
    for number, (ins, outs) in enumerate(pairwise(SIZES), start=1):
        layer = torch.nn.Linear(ins, outs)
        for weights, bias in zip(
            layer.weight.tolist(), layer.bias.tolist(), strict=True
        ):
            lines.append(",".join(map(str, (number, *weights, bias))))
    Path(__file__).with_name("chain.csv").write_text(
        "\n".join(lines) + "\n", encoding="ascii"
    )


if __name__ == "__main__":
    main()
