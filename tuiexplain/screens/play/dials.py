"""The dials of the playground: those of the design, and of the layer that the cursor is in."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import Field, fields
from typing import Any, NamedTuple

from tuiexplain.course.schema import Dial, Setting
from tuiexplain.play.design import GENERATED, Design, Layer
from tuiexplain.play.sources import SHIPPED, fitted
from tuiexplain.screens.play.standing import Standing

STOPS: dict[str, tuple[float, ...]] = {
    "noise": tuple(range(0, 55, 5)),
    "examples": (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000),
    "train_share": tuple(range(10, 100, 10)),
    "batch": (1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500, 1000, 10_000),
    "lr": (0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100),
    "momentum": (0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.9999),
    "beta2": (0, 0.9, 0.99, 0.999, 0.9999),
    "schedule_steps": (1, 10, 100, 300, 1000, 3000, 10_000, 100_000, 10_000_000),
    "clip": (0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 1e6),
    "penalty_rate": (0, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    "dropout": tuple(i / 10 for i in range(10)),
}
"""Where dials stop as they are turned; what is typed may lie between."""
SYMBOLS = {"lr": "η", "penalty_rate": "λ"}
SWITCH = ("off", "on")

_WITH_MOMENTUM = ("momentum", "nesterov", "adam", "adamw")
_WITH_SQUARES = ("rmsprop", "adam", "adamw")


class Turn(NamedTuple):
    """A dial, what it is set to, and the heading that it stands under."""

    dial: Dial
    setting: Setting
    group: str


def turns(standing: Standing) -> list[Turn]:
    """The dials that do something now."""
    design = standing.play.design
    found = []
    for group, names in _groups(design, bool(standing.play.dataset.classes)).items():
        found += [_of_design(design, name, group) for name in names]
        if group == "network" and standing.layer is not None:
            layer = design.layers[standing.layer]
            found += [_of_layer(layer, spot) for spot in fields(Layer)]
    return found


def turned_to(standing: Standing, turn: Turn, setting: Setting) -> Design:
    """The design with one dial at another setting."""
    design, name = standing.play.design, turn.dial.id
    value: Any = setting
    if turn.group == "layer":
        assert standing.layer is not None
        value = setting == "on" if name == "residual" else setting
        return design.with_layer(standing.layer, **{name: value})
    if name == "data" and design.data != setting:
        return fitted(design.changed(data=setting, target="", left_out=()))
    return design.changed(**{name: value})


def around(turn: Turn, most: int) -> list[Setting]:
    """The setting of a dial and those nearest to it, ``most`` in all: to be compared."""
    dial = turn.dial
    if dial.choices:
        others = [c for c in dial.choices if c != turn.setting]
        kept = {turn.setting, *others[: most - 1]}
        return [c for c in dial.choices if c in kept]
    number = float(turn.setting)
    # Where there are no stops: halves and doubles.
    stops = dial.stops or tuple(number * 2.0**i for i in range(-3, 4))
    settings = {float(stop) for stop in stops if dial.minimum <= stop <= dial.maximum} | {number}
    if dial.scale == "int":
        settings = {float(round(setting)) for setting in settings if round(setting) >= dial.minimum}
    near = sorted(settings, key=lambda s: abs(math.log(s + 1e-6) - math.log(number + 1e-6)))
    return [int(s) if dial.scale == "int" else s for s in sorted(near[:most])]


def _groups(design: Design, classes: bool) -> dict[str, list[str]]:
    data = ["data", *(["noise", "examples"] if design.generated else []), "train_share"]
    network = ["init", *(["loss"] if classes else [])]
    training = ["batch", "optimizer", "lr"]
    training += ["momentum"] if design.optimizer in _WITH_MOMENTUM else []
    training += ["beta2"] if design.optimizer in _WITH_SQUARES else []
    training += ["schedule"] + (["schedule_steps"] if design.schedule != "constant" else [])
    training += ["clip", "penalty"] + (["penalty_rate"] if design.penalty != "none" else [])
    return {"data": data, "network": network, "training": [*training, "seed"]}


def _of_design(design: Design, name: str, group: str) -> Turn:
    setting = getattr(design, name)
    if name == "data":
        choices = tuple(dict.fromkeys((*GENERATED, *SHIPPED, setting)))
        return Turn(Dial(name, choices[0], scale="choice", choices=choices), setting, group)
    spot = next(spot for spot in fields(Design) if spot.name == name)
    return Turn(_dial(spot), setting, group)


def _of_layer(layer: Layer, spot: Field[Any]) -> Turn:
    setting = getattr(layer, spot.name)
    if spot.name == "residual":
        dial = Dial(spot.name, SWITCH[0], scale="choice", choices=SWITCH)
        return Turn(dial, SWITCH[setting], "layer")
    return Turn(_dial(spot), setting, "layer")


def _dial(spot: Field[Any]) -> Dial:
    """A field of a record as a dial: its choices, or its bounds."""
    about = spot.metadata
    default = spot.default
    assert default is not dataclasses.MISSING
    if "choices" in about:
        return Dial(spot.name, default, scale="choice", choices=about["choices"])
    whole = str(spot.type) == "int"
    return Dial(
        spot.name,
        default,
        about["least"],
        about["most"],
        "int" if whole else "linear",
        SYMBOLS.get(spot.name, ""),
        stops=STOPS.get(spot.name, ()),
    )
