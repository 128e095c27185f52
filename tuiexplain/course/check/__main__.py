"""``python -m tuiexplain.course.check [--fix] [PATH …]``: for those who write lessons.

``--fix`` first writes into each ``zh.md`` the fingerprints of the English blocks as they are now:
do so when the translation has been read again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tuiexplain.course.check import run_check
from tuiexplain.course.check.translations import refresh

if __name__ == "__main__":
    paths = [Path(word) for word in sys.argv[1:] if word != "--fix"]
    if "--fix" in sys.argv[1:]:
        for path in paths:
            refresh(path)
    report = run_check(paths)
    for fault in report.faults:
        print(fault)
    for note in report.notes:
        print(note, file=sys.stderr)
    sys.exit(1 if report.faults else 0)
