"""Building the network while it runs: features, layers, units; what survives keeps its weights."""

from __future__ import annotations

from tuiexplain.play.design import MOST_LAYERS, MOST_UNITS, Design, Layer
from tuiexplain.play.errors import PlayError
from tuiexplain.screens.play.network import feature
from tuiexplain.screens.play.running import Running


class Building(Running):
    """The commands that add and remove."""

    def rebuilt(self, design: Design) -> bool:
        """Go on with another design; ``False``, and the reason is told, where that cannot be."""
        before = self.play.length
        self.play.go_to(before)
        try:
            self.play.change(design)
        except PlayError as error:
            self.refused(error)
            return False
        if self.play.length < before:
            self.watched.cut(self.play.length)
        self.standing.settle()
        self._seen = None
        return True

    def action_add_unit(self) -> None:
        self._units(+1)

    def action_remove_unit(self) -> None:
        self._units(-1)

    def _units(self, more: int) -> None:
        at = self.standing.layer
        if at is None:
            self.tell("no_layer_here")
            return
        design = self.play.design
        units = design.layers[at].units + more
        if not 1 <= units <= MOST_UNITS:
            self.tell("units_bounds", most=MOST_UNITS)
            return
        if self.rebuilt(design.with_layer(at, units=units)):
            self.tell("units", layer=at + 1, units=units)

    def action_add_layer(self) -> None:
        """A layer behind the one under the cursor, as wide as that."""
        design = self.play.design
        if len(design.layers) >= MOST_LAYERS:
            self.tell("layers_bounds", most=MOST_LAYERS)
            return
        at = self.standing.layer
        place = 0 if self.standing.unit[0] == 0 else len(design.layers) if at is None else at + 1
        like = design.layers[place - 1] if place else Layer()
        layers = (*design.layers[:place], like, *design.layers[place:])
        if self.rebuilt(design.changed(layers=layers)):
            self.standing.unit = (place + 1, min(self.standing.unit[1], like.units - 1))
            self.tell("layers", count=len(layers))

    def action_remove_layer(self) -> None:
        design, at = self.play.design, self.standing.layer
        if at is None:
            self.tell("no_layer_here")
            return
        layers = (*design.layers[:at], *design.layers[at + 1 :])
        if self.rebuilt(design.changed(layers=layers)):
            self.tell("layers", count=len(layers))

    def action_feature(self) -> None:
        """Switch the feature under the cursor on or off."""
        column, at = self.standing.unit
        if column:
            self.standing.unit = (0, min(at, len(self.standing.features) - 1))
            self.tell("on_features")
            return
        names = self.standing.features
        name, on = names[at], set(self.standing.shape.inputs)
        chosen = tuple(n for n in names if (n in on) != (n == name))
        if not chosen:
            self.tell("last_feature")
            return
        if self.rebuilt(self.play.design.changed(features=chosen)):
            self.tell("feature_on" if name in chosen else "feature_off", name=feature(name))

    def action_leave_out(self) -> None:
        """Learn without the example under the cursor; again: with it."""
        example, design = self.standing.example, self.play.design
        if example is None:
            self.tell("no_example")
            return
        out = set(design.left_out) ^ {example}
        if self.rebuilt(design.changed(left_out=tuple(sorted(out)))):
            self.tell("left_out" if example in out else "taken_in", example=example)
