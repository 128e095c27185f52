"""What a run that learns tasks is asked, and what it forgets of the text that it came from."""

from __future__ import annotations

from pathlib import Path

from tests.lab.adapting.test_instructions import tuned
from tests.lab.small import settings, trainer
from tuiexplain.lab import facts
from tuiexplain.lab import protocol as say
from tuiexplain.lab.adapting.quiz import quiz
from tuiexplain.lab.adapting.start import codec_of, former_text, settings_from
from tuiexplain.lab.evaluation import evaluate
from tuiexplain.lab.record import LATEST
from tuiexplain.lab.worker import Worker


def test_what_it_says_to_held_out_tasks(base: Path, file: Path) -> None:
    run = tuned(base, file, lr=1e-2, batch=8)
    for _ in range(150):
        run.advance()
    run.source.splits["val"] = run.source.splits["train"]  # which it has learnt by heart
    assert evaluate(run, "train").solved == 1.0
    asked = quiz(run, 3)
    assert [task[0] for task in asked] == [p.prompt for p in run.source.splits["train"][:3]]
    assert all(said == wanted for _, wanted, said in asked)


def test_an_answer_without_an_end_is_cut(base: Path, file: Path) -> None:
    for _, _, said in quiz(tuned(base, file), 6):
        assert len(said) <= 24
    assert quiz(trainer(), 6) == []


def test_the_text_that_the_base_had_learnt(base: Path, file: Path) -> None:
    run = tuned(base, file, lr=1e-2, batch=8)
    text = former_text(run.settings, run.source)
    assert text is not None
    before = evaluate(run, "val", text).loss
    untouched = trainer(unit="bytes", context=24)
    untouched.advance()
    assert abs(before - evaluate(untouched, "val").loss) < 0.1  # the same text, other batches
    for _ in range(60):
        run.advance()
    assert evaluate(run, "val", text).loss > before + 0.5
    assert former_text(settings(), untouched.source) is None
    (base / LATEST).unlink()
    assert former_text(run.settings, run.source) is None


def test_the_worker_asks_before_anything_is_learnt(base: Path, file: Path, tmp_path: Path) -> None:
    asked = settings_from(str(base), settings(data=str(file), steps=5, eval_every=5))
    evaluated, quizzed = [], []
    with Worker(asked, tmp_path / "run", quiz=4) as worker:
        while not (quizzed and quizzed[-1].step == 5):
            message = worker.receive(timeout=60)
            assert message is not None
            assert not isinstance(message, say.Failed), message
            if isinstance(message, say.Evaluated):
                evaluated.append(message)
            elif isinstance(message, say.Quizzed):
                quizzed.append(message)
    assert [q.step for q in quizzed] == [e.step for e in evaluated] == [0, 5]
    assert all(e.base_loss is not None for e in evaluated)
    assert evaluated[0].base_loss != evaluated[1].base_loss
    prompt, wanted, _ = quizzed[0].tasks[0]
    assert prompt == f"upper {wanted.lower()}"


def test_the_check_is_told_of_tasks_too(base: Path, file: Path) -> None:
    asked = settings_from(str(base), settings(data=str(file)))
    task = {"settings": asked.as_json(), "steps": 2}
    both, one = facts.answer(
        [{**task, "wanted": ["solved", "base_loss"]}, {**task, "wanted": ["base_loss"]}]
    )
    assert set(both["solved"]) == set(both["base_loss"]) == {"0", "2"}
    assert both["vocabulary"] == codec_of(asked).size == 256
    assert one["base_loss"] == both["base_loss"]
    assert one["loss"] == both["loss"]
    assert one["solved"] == one["val_loss"] == {}
