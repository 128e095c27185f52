"""A talk with a trained model: what it reads, what it says, where it looked, how it ends."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tests.lab.small import trainer  # noqa: E402
from tuiexplain.lab import checkpoint  # noqa: E402
from tuiexplain.lab import protocol as say  # noqa: E402
from tuiexplain.lab.models.gpt import CausalSelfAttention  # noqa: E402
from tuiexplain.lab.record import LATEST, Record  # noqa: E402
from tuiexplain.lab.talker import Talker  # noqa: E402


def kept(folder: Path, model: str = "gpt", **changes: object) -> Path:
    """The checkpoint of a run that has done some steps."""
    run = trainer(model, **changes)
    for _ in range(3):
        run.advance()
    told = Record(run.settings, run.step, run.source.codec.as_json(), "", None)
    checkpoint.save(folder / LATEST, run, told)
    return folder / LATEST


def answer(
    talker: Talker, number: int, text: str
) -> tuple[say.Asked, list[say.Uttered], say.Message]:
    """Everything that is said to a question, and what ended it."""
    talker.put(number, text)
    asked, said = None, []
    until = time.monotonic() + 60
    while time.monotonic() < until:
        message = talker.receive(timeout=60)
        if isinstance(message, say.Asked) and message.number == number:
            asked = message
        elif isinstance(message, say.Uttered) and message.number == number:
            said.append(message)
        elif isinstance(message, say.Silent) and message.number == number:
            assert asked is not None
            return asked, said, message
        assert not isinstance(message, say.Failed), message
    raise AssertionError("no answer")


def test_each_token_comes_with_its_odds_and_with_where_the_heads_looked(tmp_path: Path) -> None:
    file = kept(tmp_path, unit="bytes", context=24, layers=2)
    run = trainer(unit="bytes", context=24, layers=2)
    checkpoint.load(file, run)
    model = run.model.eval()
    with Talker(file) as talker:
        asked, said, end = answer(talker, 1, "To be")
    assert "".join(asked.tokens[:-1]) == "To be"
    assert asked.cut == 0
    tokens = [*b"To be\n"]
    for uttered in said:
        inputs: list[torch.Tensor] = []
        hooks = [
            m.register_forward_pre_hook(lambda _, x, kept=inputs: kept.append(x[0]))
            for m in model.modules()
            if isinstance(m, CausalSelfAttention)
        ]
        with torch.no_grad():
            odds = torch.softmax(model(torch.tensor([tokens]))[0, -1], -1)
        for hook in hooks:
            hook.remove()
        modules = [m for m in model.modules() if isinstance(m, CausalSelfAttention)]
        want = [m.weights(x)[0, :, -1].detach() for m, x in zip(modules, inputs, strict=True)]
        seen = np.frombuffer(uttered.content, "<f4").reshape(uttered.shape)
        assert seen.shape == (2, 2, len(tokens))
        np.testing.assert_allclose(seen, torch.stack(want).numpy(), atol=1e-6)
        tokens.append(int(odds.argmax()))
        assert uttered.rivals[0][1] == pytest.approx(float(odds.max()), abs=1e-6)
        chances = [chance for _, chance in uttered.rivals]
        assert chances == sorted(chances, reverse=True)
    assert isinstance(end, say.Silent)
    assert end.full == (len(tokens) > 24 and said[-1].token != "\n")


def test_chinese_what_is_too_long_and_what_it_does_not_know(tmp_path: Path) -> None:
    with Talker(kept(tmp_path / "bytes", unit="bytes", context=24)) as talker:
        present = talker.receive(timeout=60)
        assert isinstance(present, say.Present)
        assert (present.context, present.answers) == (24, False)
        asked, said, _ = answer(talker, 1, "你好")
        assert len(asked.tokens) == 7
        assert said
        asked, said, _ = answer(talker, 2, "好" * 5000)
        assert asked.cut == 5000 - 5  # of 18 bytes, five characters and the line's end
        assert said
    with Talker(kept(tmp_path / "characters")) as talker:
        talker.put(1, "你")
        message = talker.wait_for(say.Note)
        assert isinstance(message, say.Note)
        assert (message.key, message.fields) == ("stranger", {"character": "你"})
        assert isinstance(talker.wait_for(say.Silent), say.Silent)


def test_a_network_without_attention_talks_too(tmp_path: Path) -> None:
    with Talker(kept(tmp_path, "lstm")) as talker:
        _, said, _ = answer(talker, 1, "To")
    assert said
    assert said[0].shape == [0, 0, 0]


def test_a_new_question_breaks_the_old_answer_off(tmp_path: Path) -> None:
    with Talker(kept(tmp_path, unit="bytes", context=24)) as talker:
        talker.put(1, "one")
        _, said, _ = answer(talker, 2, "two")
        assert said


def test_its_death_is_one_sentence(tmp_path: Path) -> None:
    with Talker(kept(tmp_path)) as talker:
        talker.receive(timeout=60)
        os.kill(talker.process.pid, signal.SIGKILL)
        message = talker.wait_for(say.Failed)
        assert isinstance(message, say.Failed)
        assert message.key == "mute"


def test_what_is_no_checkpoint_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"PK")
    with Talker(tmp_path / "file") as talker:
        message = talker.wait_for(say.Failed)
        assert isinstance(message, say.Failed)
        assert "pickled" in message.sentence
