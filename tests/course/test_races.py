"""Runs side by side: a race of the lesson's, over updates and over epochs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.tiny import replace
from tuiexplain.course.bench import Refused
from tuiexplain.course.check import run_check, twins
from tuiexplain.course.lesson import Lesson
from tuiexplain.course.structure import read_structure
from tuiexplain.course.workbench import Workbench

ROWS = """\
import numpy as np

import tuiexplain.engine.functional as F
from tuiexplain.course import Experiment, Table
from tuiexplain.engine import nn, optim, tensor


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(tensor(0.0))

    def forward(self, x):
        y = self.w * x
        return y


def train_step(net, optimizer, x, t):
    optimizer.zero_grad()
    loss = F.mse_loss(net(x), t)
    loss.backward()
    optimizer.step()
    return loss


def rows(dials):
    net = Line()
    return Experiment(
        net=net,
        optimizer=optim.SGD(net.parameters(), lr=dials["lr"]),
        step=train_step,
        data={"x": Table(np.arange(8.0)), "t": Table(2 * np.arange(8.0))},
        batch_size=dials["batch"],
    )
"""

RACE = """\
id = "racing"
number = 6
status = "draft"
minutes = 3

[[part]]
id = "rows"
axis = "epochs"
train_until = 3

[[part.dial]]
id = "batch"
default = 4
min = 1
max = 8
scale = "int"
symbol = "b"

[[part.dial]]
id = "lr"
default = 0.001
min = 0.001
max = 100

[[part.step]]
id = "start"

[[part.run]]
id = "one"
dials = { batch = 1 }

[[part.run]]
id = "four"

[[part.run]]
id = "all"
dials = { batch = 8 }

[[part.run]]
id = "far"
dials = { lr = 100 }

[[part.race]]
id = "sizes"
runs = ["one", "four", "all"]
"""


@pytest.fixture
def racing(tmp_path: Path) -> Workbench:
    (tmp_path / "network.py").write_text(ROWS)
    (tmp_path / "lesson.toml").write_text(RACE)
    spec, faults = read_structure(tmp_path / "lesson.toml")
    assert spec is not None
    assert not faults
    return Workbench(Lesson(spec, tmp_path).parts[0])


def start(bench: Workbench) -> None:
    bench.start_race(bench.part.spec.races[0])


def train(bench: Workbench) -> None:
    bench.begin_training()
    while bench.train_for(1.0, 5):
        pass


def test_the_learners_own_run_is_not_raced_against_itself(racing: Workbench) -> None:
    start(racing)
    assert [lane.settings["batch"] for lane in racing.lanes] == [4, 1, 8]


def test_all_take_as_many_epochs(racing: Workbench) -> None:
    start(racing)
    train(racing)
    assert [lane.run.length for lane in racing.lanes] == [6, 24, 3]


def test_or_as_many_updates(racing: Workbench) -> None:
    racing.axis = "updates"
    start(racing)
    train(racing)
    assert [lane.run.length for lane in racing.lanes] == [6, 6, 6]


def test_nobody_waits_longer_than_the_others_need(racing: Workbench) -> None:
    start(racing)
    racing.begin_training()
    for _ in range(12):
        racing.train_for(1.0, 1)
        reached = [lane.reached("epochs") for lane in racing.lanes]
        assert max(reached) - min(reached) <= 1


def test_a_race_is_from_one_seed_and_takes_the_same_steps_again(racing: Workbench) -> None:
    start(racing)
    train(racing)
    before = [list(lane.run.losses) for lane in racing.lanes]
    racing.rewind()
    train(racing)
    assert [list(lane.run.losses) for lane in racing.lanes] == before
    alone = racing.part.run({"batch": 1})
    alone.extend_to(24)
    assert list(alone.losses) == before[1]
    racing.reseed(racing.seed + 1)
    train(racing)
    assert list(racing.lanes[1].run.losses) != before[1]


def test_a_turned_dial_keeps_the_race(racing: Workbench) -> None:
    start(racing)
    racing.turn("lr", 0.002)
    assert [lane.settings["batch"] for lane in racing.lanes] == [4, 1, 4, 8]
    racing.end_race()
    assert len(racing.lanes) == 1
    racing.turn("lr", 0.001)
    assert [lane.settings["lr"] for lane in racing.lanes] == [0.001, 0.002]


def test_one_whose_numbers_end_is_not_waited_for(racing: Workbench) -> None:
    spec = racing.part.spec
    racing.start_race(spec.races[0]._replace(runs=("four", "far")))
    racing.axis = "updates"
    racing._goal = 400
    while racing.train_for(1.0, 5):
        pass
    assert racing.run.length == 400
    assert not racing.rivals[0].finite
    assert racing.rivals[0].run.length < 400


def test_a_fork_leaves_the_race_and_undo_goes_back(racing: Workbench) -> None:
    start(racing)
    before = racing.rivals
    racing.edit(racing.trace.value("w"), (), 1.0)
    racing.fork()
    assert len(racing.lanes) == 2
    assert racing.race is None
    racing.undo()
    assert racing.rivals is before
    assert racing.race is not None
    with pytest.raises(Refused):
        racing.fork()


SOUND = '[[part.run]]\nid = "again"\n\n[[part.race]]\nid = "two"\nruns = ["far-off", "again"]\n'
AGAIN = 'id = "again"\ndials = { lr = 0.2 }\nedits = { "b" = 1.0 }\n'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["far-off", "again"]', '["far-off", "agian"]', "no run of this part has the id 'agian'"),
        ('["far-off", "again"]', '["again"]', "a race of 1 runs"),
        ('["far-off", "again"]', '["again", "again"]', "a run is named twice"),
        ('id = "again"\n', 'id = "again"\nseed = 3\n', "has a seed of its own"),
        (
            'id = "again"\n',
            'id = "again"\ndials = { lr = 0.2 }\nedits = { "b" = 1.0 }\n',
            "is the same run as another",
        ),
    ],
)
def test_a_fault_in_a_race_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    monkeypatch.setattr(twins.Twin, "start", lambda self: ())
    monkeypatch.setattr(twins.Twin, "compare", lambda self: ())
    file = folder / "lesson.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n" + SOUND, encoding="utf-8")
    assert run_check([folder]).faults == []
    replace(file, old, new)
    (fault,) = run_check([folder]).faults
    assert message in str(fault)
    assert fault.file == str(file)
