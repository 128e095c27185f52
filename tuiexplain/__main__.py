"""`python -m tuiexplain`."""

import sys

from tuiexplain.cli import main

if __name__ == "__main__":
    sys.exit(main())
