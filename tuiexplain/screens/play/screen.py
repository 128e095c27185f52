"""The playground's screen: the cursor, what is shown, the ways out, and the mouse."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tuiexplain.commands import Place, bindings
from tuiexplain.screens.lesson.asking import ARROWS
from tuiexplain.screens.play.standing import TURNS, Focus, Side
from tuiexplain.screens.play.sweeping import Sweeping
from tuiexplain.trace.numbers import format_number
from tuiexplain.widgets.pane import Pane


class PlayScreen(Sweeping):
    """A network of one's own, live."""

    PLACE: ClassVar[Place] = Place.PLAY
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.PLAY)

    # -- the cursor ------------------------------------------------------------------------------

    def action_next_picture(self) -> None:
        self._focus(+1)

    def action_previous_picture(self) -> None:
        self._focus(-1)

    def _focus(self, direction: int) -> None:
        standing = self.standing
        turn = list(Focus)
        standing.focus = turn[(turn.index(standing.focus) + direction) % len(turn)]
        if standing.focus is Focus.EXAMPLES and standing.example is None:
            standing.example = int(self.play.dataset.train[0])
        if standing.focus is Focus.WEIGHTS and not standing.unit[0]:
            standing.unit = (1, 0)
        if standing.focus is not Focus.EXAMPLES:
            standing.example = None
        standing.settle()
        self.tell(f"focus_{standing.focus}")

    def action_move(self, key: str) -> None:
        down, across = ARROWS[key]
        standing = self.standing
        if self.turning is not None:
            self.move_dial(down, across)
            return
        self.hush()
        if standing.focus is Focus.RUN:
            (self.action_step_on if across + down > 0 else self.action_step_off)()
            return
        if standing.focus is Focus.EXAMPLES:
            self._next_example(down + across)
        else:
            standing.move(down, across)
            self._say_number()
        self.glance()

    def _next_example(self, direction: int) -> None:
        standing, data = self.standing, self.play.dataset
        rows = [*data.train.tolist(), *(data.test.tolist() if standing.tests else [])]
        example = standing.example
        at = rows.index(example) if example in rows else -1
        standing.example = rows[(at + direction) % len(rows)]
        self._say_example()

    def _say_example(self) -> None:
        data, example = self.play.dataset, self.standing.example
        assert example is not None
        target = data.targets[example]
        told = data.classes[int(target)] if data.classes else format_number(float(target))
        numbers = ", ".join(format_number(float(n), 3) for n in data.inputs[example][:6])
        self.say("example", example=example, numbers=numbers, target=told)

    def _say_number(self) -> None:
        cell = self.standing.selected
        if cell is None:
            return
        numbers, gradients = self.seen.numbers, self.seen.gradients
        self.say(
            "number",
            cell=cell,
            number=format_number(float(numbers[cell.name][cell.at])),
            gradient=format_number(float(gradients[cell.name][cell.at])),
        )

    def action_back(self) -> None:
        standing = self.standing
        if self.turning is not None:
            self.leave_dials()
            return
        if self.leave_sweep():
            return
        if standing.focus is not Focus.UNITS:
            standing.focus, standing.example = Focus.UNITS, None
        elif standing.side is not Side.OUTPUT:
            standing.side = Side.OUTPUT
            self.lay_out()
        self.hush()
        self.show()

    # -- what is shown ---------------------------------------------------------------------------

    def action_picture(self) -> None:
        """The next picture beside the network."""
        self.turning = None
        side = self.standing.side
        at = TURNS.index(side) if side in TURNS else -1
        self.standing.side = TURNS[(at + 1) % len(TURNS)]
        self.hush()
        self.lay_out()
        self.show()

    def action_backward_pass(self) -> None:
        self._toggle("backward")

    def action_discrete(self) -> None:
        self._toggle("discrete")

    def action_test_points(self) -> None:
        self._toggle("tests")

    def _toggle(self, name: str) -> None:
        on = not getattr(self.standing, name)
        setattr(self.standing, name, on)
        self.tell(f"{name}_{'on' if on else 'off'}")

    def action_axes(self) -> None:
        """The feature under the cursor along the axis across, what was there along the other."""
        standing, columns = self.standing, self.play.dataset.columns
        column, unit = standing.unit
        name = standing.features[unit] if column == 0 else ""
        if name not in columns:
            self.tell("no_axis_here")
            return
        across = columns.index(name)
        before = standing.axes[0] if standing.axes[0] != across else standing.axes[1]
        standing.axes = (across, before)
        self._seen = None
        self.tell("axes", across=name, up=columns[before])

    # -- out -------------------------------------------------------------------------------------

    def action_copy(self) -> None:
        cell = self.standing.selected
        if cell is None:
            self.tell("no_weight_here")
            return
        text = f"{cell} = {float(self.seen.numbers[cell.name][cell.at])!r}"
        self.app.copy_to_clipboard(text)
        self.tell("copied", text=text)

    def action_export(self) -> None:
        self.hush()
        self.show()
        self.message = self.app.save_screen("playground")
        self.show()

    def action_course_map(self) -> None:
        self.pause()
        self.app.open_map()

    # -- mouse -----------------------------------------------------------------------------------

    async def on_pane_hit(self, hit: Pane.Hit) -> None:
        """Do what the thing that was pressed means."""
        if self.prompt is not None:
            self.prompt.close()
        standing = self.standing
        match hit.target:
            case int(step):
                standing.focus = Focus.RUN
                self._go(step)
            case ("unit", int(column), int(unit)):
                self._press_unit(column, unit)
            case ("weight", int(column), int(unit), int(source)):
                standing.focus, standing.unit, standing.source = (
                    Focus.WEIGHTS,
                    (column, unit),
                    source,
                )
                self._say_number()
                self.glance()
            case ("example", int(example)):
                standing.focus, standing.example = Focus.EXAMPLES, example
                self._say_example()
                self.glance()
            case ("dial", int(dial)):
                self._press_dial(dial)
            case ("turn", int(direction)):
                self.move_dial(0, direction)
            case ("column", int(column)):
                self._press_unit(column, 0)
            case ("command", str(name)):
                await self.app.run_command(name)

    def _press_unit(self, column: int, unit: int) -> None:
        """Select it; pressed again, a feature is switched, another is shown large."""
        standing = self.standing
        again = standing.unit == (column, unit) and standing.focus is Focus.UNITS
        standing.focus, standing.unit = Focus.UNITS, (column, unit)
        if again and column == 0:
            self.action_feature()
            return
        if again:
            standing.side = Side.UNIT
            self.lay_out()
        self._say_number()
        self.glance()

    def _press_dial(self, dial: int) -> None:
        """Choose it; pressed again, it is typed."""
        again = self.turning == dial
        self.turning = dial
        if again:
            self.action_edit()
        else:
            self.standing.side = Side.DIALS
            self.lay_out()
            self.hush()
            self.glance()

    async def on_pane_drag(self, drag: Pane.Drag) -> None:
        """Along the run with the mouse held down."""
        if drag.pane.id == "time" and isinstance(drag.target, int):
            self._go(drag.target)
