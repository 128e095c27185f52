"""Rebuild the lessons' data from the packages that it comes from.

    python -m pip download --no-deps --only-binary=:all: scikit-learn
    python lessons/data/rebuild.py scikit_learn-*.whl

Only the standard library is needed: a wheel is read as the zip file
that it is. The same numbers give the same bytes, held to a checksum.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import zipfile
from pathlib import Path

FOLDER = "sklearn/datasets/data/"
HEADER = "age,sex,bmi,bp,s1,s2,s3,s4,s5,s6,target"
SHA256 = (
    "7dae9500120945f10f310cb7834fa7a4"
    "545e1aae0a4888012cd65f9102a828af"
)  # fmt: skip


def diabetes(wheel: Path) -> str:
    """CSV text: a header, 442 rows of ten features and a target."""
    with zipfile.ZipFile(wheel) as archive:
        features = _lines(archive, "diabetes_data_raw.csv.gz")
        targets = _lines(archive, "diabetes_target.csv.gz")
    rows = [HEADER]
    for row, target in zip(features, targets, strict=True):
        rows.append(",".join((*row.split(), f"{float(target):g}")))
    return "\n".join(rows) + "\n"


def _lines(archive: zipfile.ZipFile, name: str) -> list[str]:
    packed = archive.read(FOLDER + name)
    return gzip.decompress(packed).decode("ascii").splitlines()


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        usage = "usage: python lessons/data/rebuild.py SCIKIT_LEARN.whl"
        print(usage, file=sys.stderr)
        return 2
    content = diabetes(Path(arguments[0])).encode("ascii")
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        message = f"this wheel holds other numbers: {found}"
        print(message, file=sys.stderr)
        return 1
    (Path(__file__).parent / "diabetes.csv").write_bytes(content)
    print("diabetes.csv written")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
