"""What the check of a lesson asks of PyTorch: ``python -m tuiexplain.lab.checking``.

Reads lines of JSON, ``{"what": "twin" or "runs", "task"}``, and answers each with a line: see
`tuiexplain.lab.twin.answer` and `tuiexplain.lab.facts.answer`. What is printed goes to standard error.
"""

from __future__ import annotations

import json
import sys

from tuiexplain.lab import twin


def main() -> None:
    """One task after another, from standard input to standard output, until there are no more."""
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        told = json.loads(line)
        if told["what"] == "twin":
            answer = twin.answer(told["task"])
        else:
            from tuiexplain.lab import facts  # only a lesson with runs needs it

            answer = facts.answer(told["task"])
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
