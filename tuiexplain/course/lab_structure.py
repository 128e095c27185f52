"""Reading ``[part.lab]`` of a ``lesson.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuiexplain.course import schema
from tuiexplain.lab.errors import LabError
from tuiexplain.lab.presets import PRESETS, preset
from tuiexplain.lab.settings import MODELS
from tuiexplain.trace.errors import did_you_mean

if TYPE_CHECKING:
    from tuiexplain.course.toml_table import TomlTable


def read_lab(t: TomlTable) -> schema.LabSpec:
    """The table; what is wrong with it is noted in its source."""
    settings, bases = t.table("settings"), t.table("bases")
    lab = schema.LabSpec(
        model=t.one_of("model", MODELS),
        preset=t.one_of("preset", PRESETS, "tiny"),
        settings=dict(settings.content) if settings else {},
        pictures=t.texts("pictures", schema.LAB_PICTURES),
        prompt=t.text("prompt", "\n"),
        keeps=t.text("keeps", ""),
        takes=t.text("takes", ""),
        bases={} if bases is None else {name: bases.text(name) for name in bases.content},
    )
    for name in lab.pictures:
        if name not in schema.LAB_PICTURES:
            remedy = did_you_mean(name, schema.LAB_PICTURES)
            t.fault("pictures", f"there is no picture '{name}' of a run", remedy)
    try:
        preset(lab.model, lab.preset).changed(**lab.settings)
    except (LabError, TypeError) as error:
        t.fault("settings", str(error).rstrip("."), "mend the setting")
    t.finish()
    return lab
