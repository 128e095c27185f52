"""Rebuild the data files of the lessons from the packages that they come from.

    python -m pip download --no-deps --only-binary=:all: scikit-learn
    python lessons/data/rebuild.py scikit_learn-*.whl

Only the standard library is needed: the wheel is read as the zip file that it is. The same wheel
gives the same bytes, and ``tests/lessons`` holds the file to the checksum below.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import zipfile
from pathlib import Path

FOLDER = "sklearn/datasets/data/"
FEATURES = (
    "age",
    "sex",
    "bmi",
    "bp",
    "s1",
    "s2",
    "s3",
    "s4",
    "s5",
    "s6",
)
SHA256 = (
    "7dae9500120945f10f310cb7834fa7a4545e1aae0a4888012cd65f9102a828af"
)


def diabetes(wheel: Path) -> str:
    """The diabetes table as CSV text: a header, then 442 rows of 10 features and the target."""
    with zipfile.ZipFile(wheel) as archive:
        features = _lines(archive, "diabetes_data_raw.csv.gz")
        targets = _lines(archive, "diabetes_target.csv.gz")
    rows = [",".join((*FEATURES, "target"))]
    for row, target in zip(features, targets, strict=True):
        rows.append(",".join((*row.split(), f"{float(target):g}")))
    return "\n".join(rows) + "\n"


def _lines(archive: zipfile.ZipFile, name: str) -> list[str]:
    return (
        gzip.decompress(archive.read(FOLDER + name))
        .decode("ascii")
        .splitlines()
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print(
            "usage: python lessons/data/rebuild.py SCIKIT_LEARN.whl",
            file=sys.stderr,
        )
        return 2
    text = diabetes(Path(arguments[0]))
    found = hashlib.sha256(text.encode()).hexdigest()
    if found != SHA256:
        print(
            f"diabetes.csv: this wheel holds other numbers ({found}).",
            file=sys.stderr,
        )
        return 1
    (Path(__file__).parent / "diabetes.csv").write_text(
        text, encoding="ascii", newline="\n"
    )
    print("diabetes.csv written")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
