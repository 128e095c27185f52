"""What `doctor` looks at: each finding says what is so and what follows from it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tuiexplain.terminal.colour import Colour, detect_colour
from tuiexplain.terminal.locale import Glyphs, ctype, detect_glyphs
from tuiexplain.terminal.refusal import is_tty, why_not

_DEVICE_SECONDS = 60.0  # a first `import torch` on a cold network disk can take most of it


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    found: str
    follows: str
    data: Mapping[str, Any] = field(default_factory=dict)
    sample: tuple[str, ...] = ()
    """Lines to be looked at, as they are."""


def examine(environ: Mapping[str, str] = os.environ, *, devices: bool = False) -> list[Finding]:
    """Everything worth knowing about this machine, in the order of what matters first."""
    findings = [
        _terminal(environ),
        _size(),
        _colours(environ),
        _glyphs(environ),
        _remote(environ),
        _python(),
        _torch(),
        _progress(),
        _config(),
    ]
    if devices:
        findings.append(_devices())
    return findings


def _terminal(environ: Mapping[str, str]) -> Finding:
    term = environ.get("TERM", "")
    program = environ.get("TERM_PROGRAM", "")
    found = f"TERM={term or '(not set)'} COLORTERM={environ.get('COLORTERM') or '(not set)'}"
    if program:
        found += f" TERM_PROGRAM={program}"
    # What doctor prints may go through a pipe; what counts is what it was started from.
    reason = why_not(environ, input_is_tty=is_tty(0), output_is_tty=True, errors_is_tty=True)
    return Finding(
        "terminal",
        found,
        reason or "the application can start here.",
        {"term": term, "program": program, "usable": reason is None},
    )


def _size() -> Finding:
    columns, rows = shutil.get_terminal_size((0, 0))
    if not columns:
        return Finding("size", "not known", "80x24 is the least that a lesson needs.", {})
    if columns < 80 or rows < 24:
        follows = "too small for a lesson: make it 80x24 or larger."
    elif columns < 120 or rows < 40:
        follows = "enough; from 120x40 on curves, code and prose are seen together."
    else:
        follows = "room for curves, code and prose together."
    return Finding("size", f"{columns}x{rows}", follows, {"columns": columns, "rows": rows})


def _colours(environ: Mapping[str, str]) -> Finding:
    depth = detect_colour(environ)
    follows = {
        Colour.NONE: "shades become characters and marks; nothing is told by colour alone.",
        Colour.SIXTEEN: "your terminal's own 16 colours are used.",
        Colour.EIGHT_BIT: "heat maps are drawn in 256 colours, as most SSH sessions have.",
        Colour.TRUE: "heat maps are drawn in 24-bit colour.",
    }[depth]
    if environ.get("NO_COLOR"):
        follows = "NO_COLOR is set: not one colour is sent. " + follows
    elif depth is Colour.EIGHT_BIT:
        follows += " More: --colour true, or set COLORTERM=truecolor."
    return Finding("colours", depth.word, follows, {"colours": int(depth)})


# Braille, bars, shades, lines and letters; then bars that stand under each other
# only where the terminal gives a Chinese character two columns.
_SAMPLE = ("|⣀⠤⠒⠉|▁▃▅▇|░▒▓█|┌─┐|∂ηᵀ|", "|梯度下降|", "|12345678|")


def _glyphs(environ: Mapping[str, str]) -> Finding:
    glyphs = detect_glyphs(environ)
    name = ctype(environ) or "(none set)"
    data = {"glyphs": glyphs.value, "locale": name}
    if glyphs is Glyphs.ASCII:
        follows = "pictures use ASCII; for finer ones set LC_ALL=C.UTF-8 or another UTF-8 locale."
        return Finding("glyphs", f"ASCII, by the locale {name}", follows, data)
    follows = (
        "between the bars no place may be empty, and the last two lines must be as long as "
        "each other; if not: --ascii, or another font."
    )
    return Finding("glyphs", f"Unicode, by the locale {name}", follows, data, _SAMPLE)


def _remote(environ: Mapping[str, str]) -> Finding:
    ssh = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    inside = next((name for key, name in _MULTIPLEXERS.items() if environ.get(key)), "")
    found = " and ".join([name for name in ("SSH" if ssh else "", inside) if name])
    follows = []
    if ssh:
        follows.append("COLORTERM does not come through SSH; live training sends little.")
    if inside:
        follows.append(f"a lesson goes on in {inside} when the connection drops.")
    elif ssh:
        follows.append("start tmux first, and a dropped connection costs nothing.")
    data = {"ssh": ssh, "multiplexer": inside or None}
    return Finding("session", found or "local", " ".join(follows) or "nothing in between.", data)


_MULTIPLEXERS = {"TMUX": "tmux", "STY": "screen", "ZELLIJ": "zellij"}


def _python() -> Finding:
    versions = {name: _version(name) for name in ("textual", "numpy", "plotext")}
    missing = [name for name, version in versions.items() if version is None]
    found = f"{platform.python_version()} with " + ", ".join(
        f"{name} {version or '(missing)'}" for name, version in versions.items()
    )
    follows = (
        f"missing: {', '.join(missing)}; install tuiexplain again." if missing else "as needed."
    )
    return Finding("python", found, follows, {"version": platform.python_version(), **versions})


def _torch() -> Finding:
    version = _version("torch")
    if version is None:
        return Finding(
            "torch",
            "not installed",
            "lessons on the NumPy engine work; install torch for the lab's models.",
            {"version": None},
        )
    return Finding(
        "torch",
        version,
        "loaded only when a lab model needs it; `--devices` asks it for its devices.",
        {"version": version},
    )


def _version(name: str) -> str | None:
    """The installed version, by its metadata: the package itself is not imported."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _progress() -> Finding:
    from tuiexplain.course.progress import Progress

    with Progress(create=False) as progress:
        file, notice = progress.file, progress.notice
    if notice is not None:
        follows = notice.sentence()
    elif file.exists():
        follows = "in order; you go on where you were."
    else:
        follows = "made at your first lesson."
    return Finding("progress", str(file), follows, {"file": str(file), "sound": notice is None})


def _config() -> Finding:
    from tuiexplain.course.config import read_config
    from tuiexplain.course.errors import CourseError
    from tuiexplain.course.places import config_file

    file = config_file()
    try:
        read_config()
    except CourseError as error:
        return Finding("config", str(file), str(error), {"file": str(file), "sound": False})
    follows = "read at each start." if file.exists() else "not there, and not needed."
    return Finding("config", str(file), follows, {"file": str(file), "sound": True})


_ASK_TORCH = """
import json, torch
names = ["cpu"]
if torch.cuda.is_available():
    names += [f"cuda:{i} {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count())]
if getattr(torch.backends, "mps", None) and torch.backends.mps.is_available():
    names.append("mps")
print(json.dumps(names))
"""


def _devices() -> Finding:
    """PyTorch's devices, asked of a process of its own: a driver may hang or crash."""
    try:
        asked = subprocess.run(
            [sys.executable, "-c", _ASK_TORCH],
            capture_output=True,
            text=True,
            timeout=_DEVICE_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        names = json.loads(asked.stdout) if asked.returncode == 0 else None
    except subprocess.TimeoutExpired:
        return Finding(
            "devices",
            f"no answer in {_DEVICE_SECONDS:.0f} s",
            "a driver may hang; `nvidia-smi` tells more. Lessons do not need a device.",
            {"devices": None},
        )
    if names is None:
        last = (asked.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Finding(
            "devices",
            f"torch did not start: {last}",
            "lessons on the NumPy engine work; install torch again for the lab.",
            {"devices": None},
        )
    accelerated = len(names) > 1
    follows = "lab models run there." if accelerated else "lab models run on the CPU."
    return Finding("devices", ", ".join(names), follows, {"devices": names})
