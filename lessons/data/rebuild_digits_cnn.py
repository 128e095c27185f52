"""Write ``digits-cnn.csv``: the 666 numbers of lesson 14's network, trained.

``python lessons/data/rebuild_digits_cnn.py`` runs 600 updates of the lesson's own part ``digits``,
with its seed. A line for each number, in the order of the network's parameters.
"""

from pathlib import Path

import numpy as np
from tuiexplain.course.loading import open_folder

UPDATES = 600


def main() -> None:
    here = Path(__file__).parent
    part = open_folder(here.parent / "14-convolution").part("digits")
    run = part.run(part.settings({}))
    run.extend_to(UPDATES)
    state = run.state_at(UPDATES)
    names = [p.name for p in run.program.experiment.net.parameters()]
    numbers = np.concatenate(
        [state[name].reshape(-1) for name in names]
    )
    lines = ["number", *(f"{number:.6g}" for number in numbers)]
    (here / "digits-cnn.csv").write_text(
        "\n".join(lines) + "\n", encoding="ascii"
    )


if __name__ == "__main__":
    main()
