"""Write ``weights.csv``: the three projections of lesson 19, drawn by PyTorch.

``python lessons/19-attention/data/rebuild.py``. As in S. Raschka, *Build a Large Language Model
(From Scratch)*, chapter 3: three matrices of 3 × 2 after ``torch.manual_seed(123)``, in float32.
"""

from pathlib import Path

import torch


def main() -> None:
    """One line for each row of each matrix."""
    torch.manual_seed(123)
    lines = ["matrix,w1,w2"]
    for name in ("Wq", "Wk", "Wv"):
        for row in torch.rand(3, 2).tolist():
            lines.append(",".join(map(str, (name, *row))))
    Path(__file__).with_name("weights.csv").write_text(
        "\n".join(lines) + "\n", encoding="ascii"
    )


if __name__ == "__main__":
    main()
