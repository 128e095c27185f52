"""A step of a small GPT on the screen: the same keys and pictures as a lesson in NumPy."""

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.opened import at_a_step, paused, small
from tests.screens.learner import LARGE, MEDIUM, SMALL
from tuiexplain.course.languages import tr
from tuiexplain.lab import protocol as say
from tuiexplain.lab.worker import Worker
from tuiexplain.narrate.words import describe
from tuiexplain.trace.event import Phase
from tuiexplain.views.text import width_of


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")
    for variable in ("NO_COLOR", "COLORTERM", "LC_ALL"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def worker(home):
    with Worker(small(arithmetic="explicit"), home / "run", paused=True) as started:
        paused(started)
        yield started


async def test_a_whole_backward_pass_is_stepped_both_ways(home, worker):
    async with at_a_step(home / "lesson", worker, SMALL) as learner:
        events = learner.bench.trace.events
        first = next(e.index for e in events if e.phase is Phase.BACKWARD)
        last = max(e.index for e in events if e.phase is Phase.BACKWARD)
        learner.bench.player.go_to(first)
        learner.screen.moved()
        await learner.settle()
        forward = [learner.text]
        for _ in range(first, last + 1):
            await learner.press("n")
            forward.append(learner.text)
        assert learner.bench.player.event.index == last
        back = [learner.text]
        for _ in range(first, last + 1):
            await learner.press("p")
            back.append(learner.text)
        assert back[::-1] == forward
        assert len(set(forward)) == len(forward), "every operation has a picture of its own"


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_operation_fits_and_is_told_of(home, worker, size, language):
    async with at_a_step(home / "lesson", worker, size, language) as learner:
        trace = learner.bench.trace
        for event in trace.events[::5]:
            await learner.go_to("gpt", 0, event.index + 1)
            assert all(width_of(line) <= size[0] for line in learner.lines)
            assert len(learner.lines) <= size[1]
            told = describe(trace, event, lambda key: tr(key, language))
            assert "".join(told.split())[:12] in "".join(learner.words.split())
            if event.phase is Phase.FORWARD:
                assert told != tr("op.generic.forward", language, output=trace.symbol(event.output))


async def test_why_is_followed_to_the_data(home, worker):
    async with at_a_step(home / "lesson", worker, MEDIUM) as learner:
        await learner.press("end")
        for _ in range(40):
            await learner.press("enter")
            if not learner.desk.causes():
                break
        assert learner.desk.selected.producer is None
        why = learner.desk.why()
        assert why.origin is not None
        while learner.desk.asking:
            await learner.press("escape")
        assert learner.desk.trace.values[learner.desk.value].producer is not None


async def test_the_code_of_the_module_runs_beside_it(home, worker):
    async with at_a_step(home / "lesson", worker, MEDIUM) as learner:
        await learner.press(*"nnnnnnnnnnnnn")
        event = learner.bench.player.event
        code = learner.pane("code")
        assert "PyTorch" in code
        line = learner.bench.trace.source(event.site.file).splitlines()[event.line - 1]
        assert line.strip()[:30] in code


async def test_what_cannot_be_done_is_said(home, worker):
    async with at_a_step(home / "lesson", worker, SMALL) as learner:
        await learner.press("n")
        for key in "edfrR":
            await learner.press(key)
            assert learner.message == tr("screen.lab_fixed", "en"), key
        await learner.press("t")
        assert learner.message == tr("screen.lab_train", "en")
        await learner.press("home", "p")
        assert learner.message == tr("screen.begin_lesson", "en")


async def test_past_the_end_the_run_takes_the_step_and_the_next_opens(home, worker):
    async with at_a_step(home / "lesson", worker, SMALL) as learner:
        await learner.press("end", "n")
        assert learner.bench.place == (1, 0)
        assert "training step 1" in learner.text
        await learner.press("p")
        assert learner.message == tr("screen.lab_other_step", "en", step=1)
        assert learner.bench.place == (1, 0)


async def test_the_outline_finds_an_operation_among_all(home, worker):
    async with at_a_step(home / "lesson", worker, SMALL) as learner:
        await learner.press("g")
        await learner.type("softmax_backward")
        event = learner.bench.player.event
        assert event is not None
        assert event.phase is Phase.BACKWARD
        assert "softmax" in event.op


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_worker_that_is_killed_is_one_sentence(home, worker, size):
    async with at_a_step(home / "lesson", worker, size) as learner:
        await learner.press("n", "n")
        worker.process.kill()
        worker.process.wait()
        for key in ("n", "enter", "down", "enter", "escape", "tab", "c", "v", "end", "y", "]"):
            await learner.press(key)
        await learner.press("n")
        assert "was killed" in " ".join(learner.text.split())
        assert "Traceback" not in learner.text
    assert isinstance(list(worker.messages())[-1], say.Failed)


async def test_a_step_that_is_not_finite(home):
    spoilt = {"lr": 1e30, "min_lr": 1e30, "warmup": 5, "clip": 0, "eval_every": 1, "steps": 100}
    with Worker(small("cnn", **spoilt), home / "run") as worker:
        assert worker.wait_for(say.Stuck, seconds=60) is not None
        async with at_a_step(home / "lesson", worker, SMALL) as learner:
            found = learner.bench.open_spoilt()
            learner.screen.moved()
            await learner.settle()
            assert learner.desk.selected is found or found.producer is None
            await learner.press("end", "n")
            assert "is not finite" in learner.message
