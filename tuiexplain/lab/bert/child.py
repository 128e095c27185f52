"""The process that reads with BERT: a line of JSON in, a line and arrays out. Owns torch."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tuiexplain.lab.errors import LabError
from tuiexplain.lab.lifeline import die_with


def main() -> None:
    """Serve until the other end closes: ``{"text": …, "most": …}`` a line."""
    die_with(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get among the answers
    encoder = None
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        content = b""
        fault: dict[str, Any] = {}
        try:
            if encoder is None:
                from tuiexplain.lab.bert.encoder import Encoder

                encoder = Encoder(Path(asked["folder"]))
            buffer = io.BytesIO()
            np.savez(buffer, **encoder.read(asked["text"], asked["most"]))  # type: ignore[arg-type]
            content = buffer.getvalue()
        except LabError as error:
            fault = error.told()
        except ImportError as error:
            sentence = f"PyTorch does not start ({error}): `pip install torch safetensors`."
            fault = LabError(sentence).told()
        told = {"bytes": len(content), "fault": fault}
        answers.write(json.dumps(told).encode() + b"\n" + content)
        answers.flush()
