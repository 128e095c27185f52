"""Numbers of a run of the lab that prose and proofs cite: known before it trains, or from training.

Prose is drawn while the learner waits, so it may cite only what is known without training: the
settings, and how many parameters and tokens there are. Truths and proofs may also cite `loss` (of
the batch of a step), `val_loss` and `accuracy` (after so many steps), of a run that learns answers
`solved` and `base_loss`, and of one that learns preferences `margin`, `kl`, `chosen` and `rejected`,
for which the check trains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from tuiexplain.course.errors import CourseError
from tuiexplain.course.expressions import Reference, unknown_name
from tuiexplain.course.lab_settings import lab_settings
from tuiexplain.course.lesson import Part
from tuiexplain.course.torch_process import TorchProcess
from tuiexplain.lab.adapting.layout import lora_of
from tuiexplain.lab.adapting.start import codec_of
from tuiexplain.lab.data import open_source
from tuiexplain.lab.settings import Settings

FROM_TRAINING = (
    *("loss", "val_loss", "solved", "base_loss"),
    *("accuracy", "margin", "kl", "chosen", "rejected"),
)

Find = Callable[[Reference], Any]


def known(part: Part, run: str | None = None) -> Find:
    """Where an expression finds what is known before training; CourseError for the rest."""

    def find(reference: Reference) -> Any:
        if reference.part is not None:
            return part.lesson.part(reference.part).lookup()(replace(reference, part=None))
        settings = settings_of(part, reference.run or run)
        if reference.name in FROM_TRAINING:
            raise CourseError(
                f"'{reference.name}' of part '{part.id}' is known only when it has trained: "
                "cite what the settings say, or let the learner look."
            )
        return number(settings, reference.name)

    return find


def settings_of(part: Part, run: str | None) -> Settings:
    """The settings of a named run of the part, or of its own."""
    told = part.named_run(run)
    seed = part.spec.seed if told is None or told.seed is None else told.seed
    return lab_settings(part, part.settings(told.dials if told else None), seed)


def number(settings: Settings, name: str) -> float:
    """A setting, the size of the vocabulary, or how many parameters there are and are trained."""
    if name == "trained":
        return trained(settings, vocabulary(settings))
    if name == "vocabulary":
        return vocabulary(settings)
    if name == "parameters":
        return parameters(settings, vocabulary(settings))
    found = settings.as_json().get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        numbers = [k for k, v in settings.as_json().items() if isinstance(v, int | float)]
        raise unknown_name(
            "number", name, [*numbers, "vocabulary", "parameters", "trained", *FROM_TRAINING]
        )
    return found


@lru_cache(8)
def _vocabulary(data: str, unit: str, size: int, base: str) -> int:
    if base and (codec := codec_of(Settings(base=base))) is not None:
        return codec.size
    settings = Settings(data=data, unit=unit, vocabulary=size, context=1)
    return open_source(settings).classes


def vocabulary(settings: Settings) -> int:
    """How many tokens there are in the run's text."""
    return _vocabulary(settings.data, settings.unit, settings.vocabulary, settings.base)


def parameters(settings: Settings, tokens: int) -> int:
    """The weights of a gpt, counted, adapters too: the matrix of the tokens is used at both ends.

    A test compares it with PyTorch's own count.
    """
    if settings.model != "gpt":
        raise CourseError(f"the parameters of a {settings.model} are not counted here.")
    width, norms = settings.width, 2 if settings.bias else 1
    linear = 12 * width * width + (9 * width if settings.bias else 0)
    block = 2 * norms * width + linear
    base = (tokens + settings.context) * width + settings.layers * block + norms * width
    return base + (trained(settings, tokens) if settings.method == "lora" else 0)


def trained(settings: Settings, tokens: int) -> int:
    """How many numbers of a gpt learn: all, or those of the adapters beside its matrices."""
    if settings.method == "full":
        return parameters(settings, tokens)
    if settings.method != "lora":
        raise CourseError(f"what method={settings.method} trains is not counted here.")
    width, lora = settings.width, lora_of(settings)
    matrices = {
        "transformer.h.0.attn.c_attn": 4 * width,
        "transformer.h.0.attn.c_proj": 2 * width,
        "transformer.h.0.mlp.c_fc": 5 * width,
        "transformer.h.0.mlp.c_proj": 5 * width,
        "transformer.wte": tokens + width,
        "transformer.wpe": settings.context + width,
        "lm_head": tokens + width,
    }  # numbers in a row and in a column, together
    found = 0
    for path, size in matrices.items():
        if lora.wants(path):
            found += lora.rank * size * (settings.layers if ".h." in path else 1)
    return found


class Trained:
    """What the runs of some parts give when they are trained, here and now, by PyTorch.

    All of them at once, when the first number is asked for.
    """

    def __init__(self, parts: Sequence[Part], torch: TorchProcess) -> None:
        self.parts, self.torch = parts, torch
        self._told: dict[tuple[str, str | None], Mapping[str, Any]] | None = None

    def lookup(self, part: Part, run: str | None = None, step: int | str = 0) -> Find:
        """Where a truth or a proof of ``part`` finds its numbers."""

        def find(reference: Reference) -> Any:
            name = reference.name
            if reference.part is not None or name not in FROM_TRAINING:
                return known(part, run)(reference)
            losses: Mapping[str, float] = self.told(part, reference.run or run)[name]
            at = step if reference.step is None else reference.step
            key = max(losses, key=int, default="") if at == "last" else str(at)
            if key not in losses:
                raise CourseError(f"there is no {name}@{at} in this run, only @0 to its steps.")
            return losses[key]

        return find

    def told(self, part: Part, run: str | None = None) -> Mapping[str, Any]:
        """What a named run of a part gave; of its own start (None) the first step, recorded."""
        if self._told is None:
            runs = [(p, name) for p in self.parts for name in (None, *_trained_runs(p))]
            answers = self.torch.ask("runs", [_task(p, name) for p, name in runs])
            keys = [(p.id, name) for p, name in runs]
            self._told = dict(zip(keys, answers, strict=True))
        if (part.id, run) not in self._told:
            raise CourseError(f"run '{run}' of part '{part.id}' is not trained by the check.")
        return self._told[part.id, run]


def _task(part: Part, run: str | None) -> dict[str, Any]:
    """What PyTorch is asked of a run."""
    settings = settings_of(part, run).changed(device="cpu")
    wanted = [] if run is None else _asked_of(part, run)
    return {"settings": settings.as_json(), "steps": _steps(part, run), "wanted": wanted}


def _trained_runs(part: Part) -> list[str]:
    """The named runs whose losses a truth or a proof asks for."""
    return [run.id for run in part.spec.runs if _asked_of(part, run.id)]


def _asked_of(part: Part, run: str) -> list[str]:
    """What truths and proofs ask of a named run that only training gives."""
    asked = [(truth.run, truth.of) for truth in part.spec.truths]
    for prediction in part.spec.predictions:
        proof = prediction.proof
        texts = [proof.expect, proof.value, *(wrong.expect for wrong in prediction.wrong)]
        asked += [(proof.run, text) for text in texts if text]
    said = [text for of, text in asked if of == run or f"{run}." in text]
    return [name for name in FROM_TRAINING if any(name in text for text in said)]


def _steps(part: Part, run: str | None) -> int:
    told = part.named_run(run)
    return 0 if told is None else told.steps
