"""Rebuilds instructions.jsonl: words of plays.txt to turn round and to write large, and sums.

python lessons/data/rebuild_instructions.py
"""

import json
import random
import re
from pathlib import Path

HERE = Path(__file__).parent
COUNT = 6000
SEED = 25


def main():
    text = (HERE / "plays.txt").read_text(encoding="utf-8")
    words = sorted(set(re.findall(r"\b[a-z]{3,5}\b", text)))
    draw = random.Random(SEED)
    pairs = {}
    while len(pairs) < COUNT:
        word, a, b = (
            draw.choice(words),
            draw.randrange(10, 50),
            draw.randrange(10, 50),
        )
        prompt, answer = draw.choice(
            [
                (f"reverse {word}", word[::-1]),
                (f"upper {word}", word.upper()),
                (f"add {a} {b}", str(a + b)),
            ]
        )
        pairs[prompt] = answer
    lines = [
        json.dumps({"prompt": p, "answer": a}) for p, a in pairs.items()
    ]
    (HERE / "instructions.jsonl").write_text(
        "\n".join(lines) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
