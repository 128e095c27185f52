"""Everything that a run of the playground follows from, in one frozen record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tuiexplain.lab.options import check, choice, number, read
from tuiexplain.play.errors import PlayError
from tuiexplain.trace.errors import near_words

MOST_LAYERS, MOST_UNITS = 8, 32

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear", "leaky_relu", "gelu")
NORMS = ("none", "batch", "layer")
INITS = ("uniform", "xavier", "kaiming", "normal", "zeros")
LOSSES = ("square", "log")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")
SCHEDULES = ("constant", "step", "exponential", "cosine", "warmup")
PENALTIES = ("none", "l1", "l2")
PLANE_FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")
"""What may be made of the two numbers of a point; of other data, the features are its columns."""
GENERATED = (
    "circle", "xor", "gauss", "spiral",  # two classes
    "arms", "blobs",  # more of them
    "plane", "hills",  # numbers
)  # fmt: skip


_KINDS: dict[str, tuple[str, Any]] = {
    "int": ("dial_whole", int),
    "float": ("dial_number", (int, float)),
    "bool": ("dial_switch", bool),
    "str": ("dial_word", str),
}
"""For each annotation, the text that says what is wanted, and what is."""


def _check(dials: Any) -> None:
    """Refuse what a dial cannot be, in words that the interface has in its language."""
    for spot in dataclasses.fields(dials):
        if spot.metadata:
            value = getattr(dials, spot.name)
            try:
                check(spot, value, PlayError)
            except PlayError as error:
                raise _told(error, spot, value) from None


def _told(error: PlayError, spot: Any, value: Any) -> PlayError:
    """The refusal of a value, with the text that says it."""
    key, kind = _KINDS[str(spot.type)]
    if isinstance(value, kind):
        key = "dial_choices" if "choices" in spot.metadata else "dial_bounds"
    known = ", ".join(spot.metadata.get("choices", ()))
    return PlayError(
        str(error), key, **{**spot.metadata, "dial": spot.name, "value": str(value), "known": known}
    )


@dataclass(frozen=True)
class Layer:
    """One hidden layer."""

    units: int = number(4, "units of the layer", 1, MOST_UNITS)
    activation: str = choice("tanh", ACTIVATIONS, "what follows its weighted sums")
    norm: str = choice("none", NORMS, "normalisation of its weighted sums")
    dropout: float = number(0.0, "share of its outputs dropped while training", 0, 0.9)
    residual: bool = field(
        default=False, metadata={"about": "its input added, where that is as wide", "fixed": True}
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class Design:
    """A setting of every dial. Two runs of equal designs have the same bits."""

    # The data
    data: str = field(
        default="circle", metadata={"about": "which data: a name, or a file of one's own"}
    )
    target: str = field(default="", metadata={"about": "the column to predict; the last one"})
    noise: int = number(0, "noise of generated data, in percent", 0, 50)
    examples: int = number(500, "examples of generated data", 10, 10_000)
    train_share: int = number(50, "percent of the examples that are learnt from", 10, 90)
    left_out: tuple[int, ...] = ()
    """Rows that are not learnt from."""
    # The network
    features: tuple[str, ...] = ("x1", "x2")
    layers: tuple[Layer, ...] = (Layer(4), Layer(2))
    init: str = choice("uniform", INITS, "what the weights are before the first step")
    loss: str = choice("square", LOSSES, "of classification: squared error, or −log p")
    # Training
    batch: int = number(10, "examples a step", 1, 10_000)
    optimizer: str = choice("sgd", OPTIMIZERS, "what makes a step of the gradient")
    lr: float = number(0.03, "learning rate", 0, 100)
    momentum: float = number(0.9, "of momentum and nesterov; β1 of adam", 0, 0.9999)
    beta2: float = number(0.999, "memory of squared gradients: β2 of adam, α of rmsprop", 0, 0.9999)
    schedule: str = choice("constant", SCHEDULES, "how the learning rate goes on")
    schedule_steps: int = number(1000, "steps of the schedule", 1, 10_000_000)
    clip: float = number(0.0, "largest norm of the gradient; 0: not clipped", 0, 1e6)
    penalty: str = choice("none", PENALTIES, "what is added to the loss for large weights")
    penalty_rate: float = number(0.0, "how much of it", 0, 10)
    seed: int = number(0, "of everything that is random", 0, 2**31 - 1)

    def __post_init__(self) -> None:
        _check(self)
        if not self.features:
            raise PlayError("features: a network needs one at least.", "no_features")
        if len(self.layers) > MOST_LAYERS:
            raise PlayError(
                f"layers: {len(self.layers)} hidden layers are more than {MOST_LAYERS}.",
                "too_many_layers",
                most=MOST_LAYERS,
            )

    @property
    def generated(self) -> bool:
        """Whether its data are made here, from the seed."""
        return self.data in GENERATED

    def changed(self, **changes: Any) -> Design:
        """A copy with some dials turned."""
        return dataclasses.replace(self, **changes)

    def with_layer(self, at: int, **changes: Any) -> Design:
        """A copy with one hidden layer changed."""
        layers = list(self.layers)
        layers[at] = dataclasses.replace(layers[at], **changes)
        return self.changed(layers=tuple(layers))

    def with_words(self, words: Mapping[str, str]) -> Design:
        """A copy with dials as they come from a command line: ``{"lr": "0.1", "layers": "8,8"}``."""
        found: dict[str, Any] = {}
        left = dict(words)
        if (word := left.pop("layers", None)) is not None:
            found["layers"] = tuple(Layer(_units(units)) for units in _parts(word))
        if (word := left.pop("features", None)) is not None:
            found["features"] = _parts(word)
        return self.changed(**found, **{name: _read(name, word) for name, word in left.items()})


class Spot(NamedTuple):
    """Where a design can differ from another: one of its dials, or of those of a hidden layer."""

    dial: str
    layer: int | None = None

    def of(self, design: Design) -> Any:
        """What is set there."""
        return getattr(design if self.layer is None else design.layers[self.layer], self.dial)


def differences(one: Design, other: Design) -> list[Spot]:
    """Where two designs differ; networks of unlike depth differ in their layers as a whole."""
    found = [Spot(field.name) for field in dataclasses.fields(Design)]
    if len(one.layers) == len(other.layers):
        at = found.index(Spot("layers"))
        names = [field.name for field in dataclasses.fields(Layer)]
        found[at : at + 1] = [Spot(n, layer) for layer in range(len(one.layers)) for n in names]
    return [spot for spot in found if spot.of(one) != spot.of(other)]


def _read(name: str, word: str) -> Any:
    """What a word means for the dial of that name."""
    spots = {spot.name: spot for spot in dataclasses.fields(Design) if spot.metadata}
    if name not in spots:
        near, some = near_words(name, [*spots, "layers", "features"])
        known = ", ".join(near or some)
        raise PlayError(
            f"there is no dial {name}, only {known}.", "no_dial", name=name, known=known
        )
    try:
        return read(spots[name], word, PlayError)
    except PlayError as error:
        key, _ = _KINDS[str(spots[name].type)]
        raise PlayError(str(error), key, dial=name, value=word) from None


def _parts(word: str) -> tuple[str, ...]:
    """The words of a list that is separated by commas."""
    return tuple(part.strip() for part in word.split(",") if part.strip())


def _units(word: str) -> int:
    """The units of a layer, as they are typed."""
    if not word.isdecimal():
        raise PlayError(f"layers: '{word}' is no number of units; write 8,8.", "units", word=word)
    return int(word)
