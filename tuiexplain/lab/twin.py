"""Run a lesson's ``torch_twin.py``: what to run and from which numbers in, its numbers out.

A task is ``{"file", "parts": [{"function", "dials", "start", "batches"}]}``; its answer, for each
part, ``{"line", "steps": [{name: numbers}]}`` or ``{"line", "error"}``.
"""

from __future__ import annotations

import runpy
import traceback
from typing import Any

import torch

FRESH = torch.initial_seed()
"""The seed of a process in which nothing has been drawn yet."""


def answer(task: dict[str, Any]) -> list[dict[str, Any]]:
    """What the twin gives, in float64, as its own program would from the start."""
    former = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(FRESH)
    try:
        functions = runpy.run_path(task["file"], run_name="torch_twin")
        return [_run(task["file"], functions, part) for part in task["parts"]]
    except Exception as error:
        told = _fault(task["file"], error)
        return [told for _ in task["parts"]]
    finally:
        torch.set_default_dtype(former)


def _run(file: str, functions: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    function = functions.get(part["function"])
    if not callable(function):
        return {"line": 1, "error": f"there is no function '{part['function']}'"}
    start = {name: torch.tensor(numbers) for name, numbers in part["start"].items()}
    batches = [{k: torch.tensor(n) for k, n in batch.items()} for batch in part["batches"]]
    try:
        steps = [
            {name: _plain(numbers) for name, numbers in step.items()}
            for step in function(part["dials"], start, batches)
        ]
    except Exception as error:
        return _fault(file, error)
    return {"line": function.__code__.co_firstlineno, "steps": steps}


def _plain(numbers: Any) -> Any:
    # A parameter that is yielded is changed in place by the next step: copied here, at once.
    return numbers.detach().tolist() if isinstance(numbers, torch.Tensor) else numbers


def _fault(file: str, error: Exception) -> dict[str, Any]:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return {"line": (lines or [1])[-1] or 1, "error": f"{type(error).__name__}: {error}"}
