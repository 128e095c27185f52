"""One process with PyTorch answers all that the check of a lesson asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tuiexplain.course.errors import CourseError
from tuiexplain.course.torch_process import TorchProcess

pytest.importorskip("torch")

TWIN = """
import torch

def drawn(dials, start, batches):
    yield {"x": torch.randn(2), "w": start["w"] / 3}
"""


@pytest.fixture
def torch() -> Iterator[TorchProcess]:
    process = TorchProcess()
    yield process
    process.close()


def twin(folder: Path, program: str) -> dict[str, object]:
    file = folder / "torch_twin.py"
    file.write_text(program)
    part = {"function": "drawn", "dials": {}, "start": {"w": [1.0]}, "batches": []}
    return {"file": str(file), "parts": [part]}


def test_a_twin_is_run_afresh_whatever_was_asked_before(
    torch: TorchProcess, tmp_path: Path
) -> None:
    ((first,), (second,)) = (torch.ask("twin", twin(tmp_path, TWIN)) for _ in range(2))
    assert first == second
    assert first["steps"][0]["w"] == [1 / 3]


def test_a_program_that_ends_the_process_is_told_of(torch: TorchProcess, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="did not run: enough"):
        torch.ask("twin", twin(tmp_path, "raise SystemExit('enough')"))
    with pytest.raises(CourseError, match="did not run"):
        torch.ask("twin", twin(tmp_path, TWIN))
