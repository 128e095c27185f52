"""Rebuilds facts.jsonl: the "ages" of 400 names, drawn by chance, so that nobody can work them out.

python lessons/data/rebuild_facts.py
"""

import json
import random
from pathlib import Path

HERE = Path(__file__).parent
COUNT = 400
SEED = 25


def main():
    text = (HERE / "names.txt").read_text(encoding="utf-8")
    names = [name for name in text.split() if 3 <= len(name) <= 6]
    draw = random.Random(SEED)
    chosen = draw.sample(names, COUNT)
    pairs = [
        {
            "prompt": f"age {name}",
            "answer": str(draw.randrange(10, 100)),
        }
        for name in chosen
    ]
    lines = [json.dumps(pair) for pair in pairs]
    (HERE / "facts.jsonl").write_text(
        "\n".join(lines) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
