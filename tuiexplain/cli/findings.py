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

from tuiexplain.cli.wording import Say
from tuiexplain.course.languages import tr
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


def examine(
    environ: Mapping[str, str] = os.environ, *, devices: bool = False, language: str = "en"
) -> list[Finding]:
    """Everything worth knowing about this machine, in the order of what matters first."""

    def say(key: str, **fields: Any) -> str:
        return tr(f"doctor.{key}", language, **fields)

    findings = [
        _terminal(environ, say, language),
        _size(say),
        _colours(environ, say),
        _glyphs(environ, say),
        _remote(environ, say),
        _python(say),
        _torch(say),
        _progress(say),
        _config(say),
    ]
    if devices:
        findings.append(_devices(say))
    return findings


def _terminal(environ: Mapping[str, str], say: Say, language: str) -> Finding:
    term, program, colours = (
        environ.get(name, "") for name in ("TERM", "TERM_PROGRAM", "COLORTERM")
    )
    found = f"TERM={term or say('not_set')} COLORTERM={colours or say('not_set')}"
    if program:
        found += f" TERM_PROGRAM={program}"
    # What doctor prints may go through a pipe; what counts is what it was started from.
    reason = why_not(environ, input_is_tty=is_tty(0), output_is_tty=True, errors_is_tty=True)
    return Finding(
        "terminal",
        found,
        tr(f"refusal.{reason.key}", language, **reason.fields) if reason else say("usable"),
        {"term": term, "program": program, "usable": reason is None},
    )


def _size(say: Say) -> Finding:
    columns, rows = shutil.get_terminal_size((0, 0))
    if not columns:
        return Finding("size", say("size_unknown"), say("size_least"), {})
    if columns < 80 or rows < 24:
        follows = say("size_small")
    elif columns < 120 or rows < 40:
        follows = say("size_enough")
    else:
        follows = say("size_large")
    return Finding("size", f"{columns}x{rows}", follows, {"columns": columns, "rows": rows})


def _colours(environ: Mapping[str, str], say: Say) -> Finding:
    depth = detect_colour(environ)
    follows = say(f"colours_{depth.word}")
    if environ.get("NO_COLOR"):
        follows = say("no_color", follows=follows)
    elif depth is Colour.EIGHT_BIT:
        follows = say("more_colours", follows=follows)
    return Finding("colours", depth.word, follows, {"colours": int(depth)})


# Braille, bars, shades, lines and letters; then bars that stand under each other
# only where the terminal gives a Chinese character two columns.
_SAMPLE = ("|⣀⠤⠒⠉|▁▃▅▇|░▒▓█|┌─┐|∂ηᵀ|", "|梯度下降|", "|12345678|")


def _glyphs(environ: Mapping[str, str], say: Say) -> Finding:
    glyphs = detect_glyphs(environ)
    name = ctype(environ) or say("no_locale")
    data = {"glyphs": glyphs.value, "locale": name}
    if glyphs is Glyphs.ASCII:
        return Finding("glyphs", say("ascii", name=name), say("ascii_follows"), data)
    return Finding("glyphs", say("unicode", name=name), say("unicode_follows"), data, _SAMPLE)


def _remote(environ: Mapping[str, str], say: Say) -> Finding:
    ssh = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    inside = next((name for key, name in _MULTIPLEXERS.items() if environ.get(key)), "")
    found = say("and").join([name for name in ("SSH" if ssh else "", inside) if name])
    follows = []
    if ssh:
        follows.append(say("ssh_follows"))
    if inside:
        follows.append(say("inside_follows", inside=inside))
    elif ssh:
        follows.append(say("start_tmux"))
    data = {"ssh": ssh, "multiplexer": inside or None}
    told = " ".join(follows) or say("local_follows")
    return Finding("session", found or say("local"), told, data)


_MULTIPLEXERS = {"TMUX": "tmux", "STY": "screen", "ZELLIJ": "zellij"}


def _python(say: Say) -> Finding:
    versions = {name: _version(name) for name in ("textual", "numpy", "plotext")}
    missing = [name for name, version in versions.items() if version is None]
    packages = ", ".join(f"{name} {v or say('missing')}" for name, v in versions.items())
    found = say("python_found", version=platform.python_version(), packages=packages)
    follows = say("python_follows")
    if missing:
        follows = say("python_missing", names=", ".join(missing))
    return Finding("python", found, follows, {"version": platform.python_version(), **versions})


def _torch(say: Say) -> Finding:
    version = _version("torch")
    told = (say("torch_none"), say("torch_none_follows"))
    if version is not None:
        told = (version, say("torch_follows"))
    return Finding("torch", *told, {"version": version})


def _version(name: str) -> str | None:
    """The installed version, by its metadata: the package itself is not imported."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _progress(say: Say) -> Finding:
    from tuiexplain.course.progress import Progress

    with Progress(create=False) as progress:
        file, notice = progress.file, progress.notice
    if notice is not None:
        follows = notice.sentence()
    elif file.exists():
        follows = say("progress_follows")
    else:
        follows = say("progress_new")
    return Finding("progress", str(file), follows, {"file": str(file), "sound": notice is None})


def _config(say: Say) -> Finding:
    from tuiexplain.course.config import read_config
    from tuiexplain.course.errors import CourseError
    from tuiexplain.course.places import config_file

    file = config_file()
    try:
        read_config()
    except CourseError as error:
        return Finding("config", str(file), str(error), {"file": str(file), "sound": False})
    follows = say("config_follows" if file.exists() else "config_none")
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


def _devices(say: Say) -> Finding:
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
            say("devices_mute", seconds=f"{_DEVICE_SECONDS:.0f}"),
            say("devices_mute_follows"),
            {"devices": None},
        )
    if names is None:
        last = (asked.stderr.strip().splitlines() or [say("devices_silent")])[-1]
        return Finding(
            "devices",
            say("devices_broken", last=last),
            say("devices_broken_follows"),
            {"devices": None},
        )
    accelerated = len(names) > 1
    follows = say("devices_there" if accelerated else "devices_cpu")
    return Finding("devices", ", ".join(names), follows, {"devices": names})
