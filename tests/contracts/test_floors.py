"""The floors of the building: a floor imports only what is below it."""

import subprocess
import sys
import tomllib

from grimp import build_graph

from tests.terminal.pty_session import ROOT


def test_the_floors_hold() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_every_dependency_is_declared() -> None:
    """What the package imports from outside is what pyproject.toml asks for."""
    graph = build_graph("tuiexplain", include_external_packages=True)
    outside = {
        name
        for name in graph.modules
        if not name.startswith("tuiexplain") and name not in sys.stdlib_module_names
    }
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = content["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["images"]]
    modules = {"pillow": "PIL"}
    declared = {modules.get(name, name) for name in (line.split(">")[0] for line in asked)}
    assert outside <= declared, outside - declared
