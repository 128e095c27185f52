"""A run is paused at any step and entered: the step is the run's own, and the run goes on."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.opened import small  # noqa: E402
from tests.lab.small import trainer, weights  # noqa: E402
from tests.lab.test_worker import evaluations, heard  # noqa: E402
from tuiexplain.lab import protocol as say  # noqa: E402
from tuiexplain.lab.entering import MOST_CAUSES, OpenStep, first_spoilt, recorded  # noqa: E402
from tuiexplain.lab.errors import LabError  # noqa: E402
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402
from tuiexplain.lab.remote import MOST_WHYS, RemoteTrace, StepLost  # noqa: E402
from tuiexplain.lab.worker import Worker  # noqa: E402
from tuiexplain.trace.errors import NoRule, TraceError  # noqa: E402
from tuiexplain.trace.event import Phase  # noqa: E402
from tuiexplain.trace.recent import Recent  # noqa: E402
from tuiexplain.trace.tile import Reduce, matrix_shape  # noqa: E402
from tuiexplain.trace.value import Kind  # noqa: E402
from tuiexplain.trace.why import why  # noqa: E402

RUNS = {
    "gpt": {"dropout": 0.1},
    "gpt-explicit": {"arithmetic": "explicit", "accumulate": 2, "clip": 0.0},
    "cnn": {},
    "lstm": {},
    "gru": {"dropout": 0.1},
}


def run(name, **changes):
    return trainer(name.split("-")[0], **RUNS[name], **changes)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("step", [0, 3])
def test_the_gradients_of_the_open_step_are_those_of_the_run(name, step):
    entered = run(name)
    for _ in range(step):
        entered.advance()
    trace, finite = recorded(entered)
    assert finite
    grads = {}
    entered.optimizer.register_step_pre_hook(
        lambda *_: grads.update(
            {n: p.grad.clone() for n, p in entered.model.named_parameters() if p.grad is not None}
        )
    )
    entered.advance()
    assert grads
    by_name = {value.name: value for value in trace.values}
    for parameter, grad in grads.items():
        clipped = by_name.get(f"{parameter}.grad'", by_name[f"{parameter}.grad"])
        assert torch.equal(trace.tensor(clipped), grad), parameter


@pytest.mark.parametrize("name", RUNS)
def test_the_update_of_the_open_step_is_that_of_the_run_to_its_last_bits(name):
    entered = run(name)
    entered.advance()
    trace, finite = recorded(entered)
    assert finite
    entered.advance()
    by_name = {value.name: value for value in trace.values}
    for parameter, now in entered.model.named_parameters():
        updated = by_name[f"{parameter}'"]
        assert trace.events[updated.producer].phase is Phase.UPDATE
        torch.testing.assert_close(trace.tensor(updated), now.detach(), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_was_entered_goes_on_as_one_that_was_not(name):
    looked_at, left_alone = run(name), run(name)
    for step in range(6):
        if step in (0, 1, 4):
            opened = OpenStep(looked_at)
            opened.entered()
            opened.answer(say.Ask(1, "data", {"value": len(opened.trace.values) - 1}))
        assert looked_at.advance().loss == left_alone.advance().loss
    for parameter, now in weights(looked_at).items():
        assert torch.equal(now, weights(left_alone)[parameter]), parameter


def test_a_worker_that_was_asked_goes_on_to_the_same_losses(tmp_path):
    asked = small(steps=40, eval_every=10, dropout=0.1)
    for name, at in (("whole", ()), ("entered", (3, 4, 20))):
        with Worker(asked, tmp_path / name, paused=True) as worker:
            here = heard(worker, say.Paused).step
            for step in at:
                worker.send(say.StepOnce(step - here))
                here = heard(worker, say.Paused).step
                worker.send(say.EnterStep())
                entered = heard(worker, say.Entered)
                assert entered.step == step
                trace = RemoteTrace(worker, entered)
                loss = next(v for v in trace.values if v.kind is Kind.LOSS)
                assert math.isfinite(trace.cell(loss, ()))
            worker.send(say.Resume())
            while not heard(worker, say.Paused).done:
                pass
            worker.stop()
    assert evaluations(tmp_path / "entered") == evaluations(tmp_path / "whole")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A small GPT's step, in this process and in another."""
    folder = tmp_path_factory.mktemp("run")
    asked = small(arithmetic="explicit", batch=2, context=6)
    with Worker(asked, folder, paused=True) as worker:
        heard(worker, say.Paused)
        worker.send(say.EnterStep())
        there = RemoteTrace(worker, heard(worker, say.Entered))
        here, _ = recorded(trainer(arithmetic="explicit", batch=2, context=6))
        yield here, there


def test_values_and_events_are_the_same_here_and_there(opened):
    here, there = opened
    assert list(there.values) == list(here.values)
    assert [e.index for e in there.events] == [e.index for e in here.events]
    for a, b in zip(there.events, here.events, strict=True):
        assert (a.op, a.module, a.inputs, a.output, a.site) == (
            b.op, b.module, b.inputs, b.output, b.site)  # fmt: skip
        assert there.formula(a) == here.formula(b)


def test_numbers_are_the_same_here_and_there(opened):
    here, there = opened
    for value in here.values:
        assert np.array_equal(there.data(value), here.data(value), equal_nan=True)
        rows, columns = matrix_shape(value.shape)
        for reduce in Reduce:
            region = (0, max(1, rows // 2), 0, columns)
            tiles = (t.tile(value, region, (3, 5), reduce) for t in (here, there))
            assert np.array_equal(*tiles, equal_nan=True)
        if value.size:
            last = tuple(n - 1 for n in value.shape)
            assert there.cell(value, last) == pytest.approx(here.cell(value, last), nan_ok=True)


def test_every_number_of_a_step_explains_itself(opened):
    """Cells spread over each value; the total is the cell within float32."""
    here, there = opened
    silent = set()
    for value in here.values:
        if not value.size:
            continue
        array = here.data(value)
        scale = float(np.abs(array[np.isfinite(array)]).max(initial=0.0)) if array.size else 0.0
        for flat in {0, value.size // 3, value.size - 1}:
            cell = tuple(int(i) for i in np.unravel_index(flat, value.shape))
            try:
                why = here.why(value, cell)
            except NoRule as rule:
                silent.add(str(rule))
                told = there.why(value, cell)
                assert told.expression is None
                assert [c.value.id for c in told.causes] == list(
                    dict.fromkeys(here.events[value.producer].inputs)
                )
                continue
            told = there.why(value, cell)
            assert told.total == pytest.approx(why.total, nan_ok=True)
            assert (told.with_names, told.with_numbers) == (why.with_names, why.with_numbers)
            addresses = [c.address for c in why.causes]
            assert [c.address for c in told.causes] == addresses[:MOST_CAUSES]
            assert told.left_out == len(addresses[MOST_CAUSES:])
            assert why.total == pytest.approx(
                float(array[cell]), rel=2e-5, abs=2e-6 * max(scale, 1e-3), nan_ok=True
            ), f"{value.name}{cell}"
    assert silent == set()


def test_what_a_step_starts_from_says_where_it_comes_from(opened):
    _, there = opened
    for value in there.values:
        if value.producer is None:
            why = there.why(value, (0,) * len(value.shape))
            assert why.origin is not None
            assert why.expression is None


def test_the_program_is_sent_but_no_other_file(opened):
    _, there = opened
    files = {e.site.file for e in there.events if e.site}
    assert any(file.endswith("models/gpt.py") for file in files)
    for file in files:
        text = there.source(file).splitlines()
        assert all(e.line <= len(text) for e in there.events if e.site and e.site.file == file)
    with pytest.raises(TraceError, match="No operation of this step stands in"):
        there.source("/etc/hostname")


def test_what_is_kept_at_hand_is_bounded(opened):
    _, there = opened
    there._kept = Recent(4000, lambda array: array.nbytes)
    for value in there.values:
        there.data(value)
        there.why(value, (0,) * len(value.shape))
    assert there._kept.weight <= 4000
    assert there._whys.weight <= MOST_WHYS


def test_a_step_that_was_left_is_said_to_be(tmp_path):
    with Worker(small(), tmp_path, paused=True) as worker:
        heard(worker, say.Paused)
        worker.send(say.EnterStep())
        trace = RemoteTrace(worker, heard(worker, say.Entered))
        worker.send(say.LeaveStep())
        with pytest.raises(StepLost, match=r"not open any more: enter it again\.$"):
            trace.data(0)
        worker.send(say.EnterStep())
        again = RemoteTrace(worker, heard(worker, say.Entered))
        assert again.data(0).shape == again.values[0].shape


def test_a_worker_killed_while_a_step_is_open(tmp_path):
    with Worker(small(), tmp_path, paused=True) as worker:
        heard(worker, say.Paused)
        worker.send(say.EnterStep())
        trace = RemoteTrace(worker, heard(worker, say.Entered))
        kept = trace.data(0)
        worker.process.kill()
        worker.process.wait()
        for ask in (lambda: trace.data(5), lambda: trace.why(trace.values[-1], (0,)),
                    lambda: trace.tile(trace.values[3], None, (2, 2))):  # fmt: skip
            with pytest.raises(
                LabError, match=r"was killed .*checkpoint of step 0 is kept"
            ) as told:
                ask()
            assert "\n" not in str(told.value)
        assert trace.data(0) is kept
        last = list(worker.messages())[-1]
        assert isinstance(last, say.Failed), "whoever listens is told as well"


SPOILT = {"lr": 1e30, "min_lr": 1e30, "warmup": 5, "clip": 0, "eval_every": 1, "steps": 100}


def test_a_step_that_is_not_finite_is_entered_at_the_first_number_that_is_not(tmp_path):
    with Worker(small("cnn", **SPOILT), tmp_path) as worker:
        stuck = heard(worker, say.Stuck)
        assert heard(worker, say.Paused).step == stuck.step
        worker.send(say.EnterStep())
        entered = heard(worker, say.Entered)
        assert entered.step == stuck.step
        trace = RemoteTrace(worker, entered)
        assert trace.spoilt is not None
        assert not np.isfinite(trace.data(trace.spoilt)).all()
        changed = [v for v in trace.values if v.kind is Kind.PARAMETER and v.producer is not None]
        assert not changed, "no update was made"
        if trace.spoilt.producer is not None:
            for index in trace.events[trace.spoilt.producer].inputs:
                assert np.isfinite(trace.data(index)).all()
        worker.send(say.Resume())
        assert heard(worker, say.Stuck).step == stuck.step


def test_a_mask_of_infinities_is_no_fault():
    trace, finite = recorded(trainer(arithmetic="explicit"))
    assert finite
    assert first_spoilt(trace) is None


def test_a_twin_shares_nothing_that_training_changes():
    first = trainer(dropout=0.1)
    first.advance()
    before = weights(first)
    twin = first.twin()
    twin.advance()
    assert first.step == twin.step - 1
    assert all(torch.equal(now, before[name]) for name, now in weights(first).items())
    state = next(iter(first.optimizer.state.values()))
    assert float(state["step"]) == 1.0


@pytest.mark.parametrize(
    ("what", "about"),
    [
        ("dream", {}),
        ("tile", {}),
        ("tile", {"value": 10**6}),
        ("tile", {"value": 0, "region": [0, 1]}),
        ("tile", {"value": 0, "reduce": "most"}),
        ("data", {"value": None}),
        ("data", {"value": 0, "of": 1}),
        ("why", {"value": 0, "cell": [10**6, 0]}),
        ("why", {"value": 0, "cell": 5}),
        ("source", {"file": "x" * 5000}),
    ],
)
def test_a_question_that_means_nothing_is_answered_with_a_sentence(what, about):
    opened = OpenStep(run("gpt"))
    answer = opened.answer(say.Ask(7, what, about))
    assert answer.number == 7
    assert 0 < len(answer.about["error"]) < 6000
    assert opened.answer(say.Ask(8, "data", {"value": 0})).content


def test_commands_that_mean_nothing_leave_the_run_as_it_is(tmp_path):
    with Worker(small("gpt"), tmp_path / "out", paused=True) as worker:
        heard(worker, say.Paused)
        worker._commands.write(b"nonsense\n[]\n")
        worker.send(say.Watch(["dreams"], 8, 8))
        worker.send(say.Ask(1, "dream", {}))
        worker.send(say.StepOnce())
        assert heard(worker, say.Stepped).step == 1


def test_the_causes_of_a_number_of_many_are_bounded_and_its_total_is_whole():
    model = torch.nn.Embedding(1, 5000)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with record_torch(model, optimizer) as trace:
        odds = torch.softmax(model(torch.tensor([0])), -1)
        odds.sum().backward()
    value = next(v for v in trace.values if v.name in ("softmax", "odds"))
    told = why(trace, value, (0, 7), MOST_CAUSES)
    assert len(told.causes) == MOST_CAUSES
    assert told.left_out == 5000 - MOST_CAUSES
    assert told.total == pytest.approx(odds[0, 7].item(), rel=1e-6)
    assert told.causes == trace.why(value, (0, 7)).causes[:MOST_CAUSES]
