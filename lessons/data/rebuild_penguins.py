"""Write ``penguins.csv`` from the wheel of palmerpenguins.

``python -m pip download --no-deps palmerpenguins``, then
``python lessons/data/rebuild_penguins.py palmerpenguins-*.whl``.
"""

import csv
import io
import sys
import zipfile
from pathlib import Path

COLUMNS = (
    "bill_length_mm",
    "bill_depth_mm",
    "flipper_length_mm",
    "sex",
    "body_mass_g",
)
COMPLETE = 333


def main(wheel: str) -> None:
    """The birds of which all five are known; sex as 0 (female) and 1 (male)."""
    with zipfile.ZipFile(wheel) as package:
        text = package.read("palmerpenguins/data/penguins.csv").decode(
            "ascii"
        )
    birds = [
        [bird[c] for c in COLUMNS]
        for bird in csv.DictReader(io.StringIO(text))
    ]
    sexes = {"female": "0", "male": "1"}
    lines = ["bill_length,bill_depth,flipper,male,mass"]
    for *measured, sex, mass in birds:
        if sex in sexes and "NA" not in measured:
            lines.append(",".join((*measured, sexes[sex], mass)))
    if len(lines) != COMPLETE + 1:
        sys.exit(
            f"{wheel}: {len(lines) - 1} complete birds, not {COMPLETE}: another version?"
        )
    Path(__file__).with_name("penguins.csv").write_text(
        "\n".join(lines) + "\n", encoding="ascii"
    )


if __name__ == "__main__":
    main(sys.argv[1])
