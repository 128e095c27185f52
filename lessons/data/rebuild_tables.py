"""Write ``iris.csv`` and ``palmer-penguins.csv`` from the wheels that carry them.

``python -m pip download --no-deps --only-binary=:all: scikit-learn palmerpenguins``, then
``python lessons/data/rebuild_tables.py scikit_learn-*.whl palmerpenguins-*.whl``.
"""

import sys
import zipfile
from pathlib import Path

IRIS_HEADER = (
    "sepal_length,sepal_width,petal_length,petal_width,species"
)
ROWS = {"iris.csv": 150, "palmer-penguins.csv": 344}


def iris(wheel: str) -> list[str]:
    """Four lengths in cm, and the species by name."""
    header, *rows = _lines(wheel, "sklearn/datasets/data/iris.csv")
    species = header.split(",")[2:]
    cells = [row.rsplit(",", 1) for row in rows]
    return [
        IRIS_HEADER,
        *(f"{row},{species[int(c)]}" for row, c in cells),
    ]


def penguins(wheel: str) -> list[str]:
    """As it is there, with the species last."""
    lines = _lines(wheel, "palmerpenguins/data/penguins.csv")
    return [
        ",".join((*cells[1:], cells[0]))
        for cells in (line.split(",") for line in lines)
    ]


def _lines(wheel: str, name: str) -> list[str]:
    with zipfile.ZipFile(wheel) as package:
        return package.read(name).decode("ascii").split()


def main(sklearn: str, palmerpenguins: str) -> None:
    """Both files, or a word about what is not as it was."""
    tables = {
        "iris.csv": iris(sklearn),
        "palmer-penguins.csv": penguins(palmerpenguins),
    }
    for name, lines in tables.items():
        if len(lines) != ROWS[name] + 1:
            sys.exit(
                f"{name}: {len(lines) - 1} rows, not {ROWS[name]}: another version?"
            )
        text = "\n".join(lines) + "\n"
        Path(__file__).with_name(name).write_text(
            text, encoding="ascii"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
