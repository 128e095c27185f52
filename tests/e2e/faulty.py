"""The program with a pane that fails at the third operation.

python -m tests.e2e.faulty open 2
"""

import sys

from tuiexplain.cli import main
from tuiexplain.screens.lesson import pictures

drawn = pictures.title


def title(desk, width, look, language):  # type: ignore[no-untyped-def]
    if desk.session.bench.player.position == 3:
        raise ZeroDivisionError("the title's own")
    return drawn(desk, width, look, language)


if __name__ == "__main__":
    pictures.title = title
    sys.exit(main())
