"""The program with networks so slow that training can be interrupted.

python -m tests.e2e.slow open 2
"""

import sys
import time

from tuiexplain.cli import main
from tuiexplain.trace.run import Run


def train_for(run: Run, seconds: float, most: int | None = None) -> int:
    time.sleep(0.004)
    run.advance()
    return 1


if __name__ == "__main__":
    Run.train_for = train_for  # type: ignore[method-assign]
    sys.exit(main())
