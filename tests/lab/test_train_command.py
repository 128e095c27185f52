"""`tuiexplain train`: lines of JSON, sentences for a slip, exit codes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tuiexplain.cli import main  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
QUICK = ["--preset", "tiny", "--device", "cpu", "--set", "eval_batches=2", "--set", "threads=1"]
KEYS = {"step", "loss", "val_loss", "tokens_per_s", "device", "memory"}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TUIEXPLAIN_HOME", str(tmp_path / "home"))


def train(*arguments):
    return main(["train", *map(str, arguments)])


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_of_json_per_evaluation_and_on_from_there(tmp_path, capsys):
    data = tmp_path / "book.txt"
    data.write_text("It was the best of times, it was the worst of times.\n" * 40)
    out = tmp_path / "run"
    asked = ["gpt", *QUICK, "--data", data, "--out", out, "--json"]
    assert train(*asked, "--steps", 20, "--set", "eval_every=10") == 0
    printed = capsys.readouterr()
    first = lines(printed.out)
    assert [line["step"] for line in first] == [0, 10, 20]
    for line in first:
        assert line.keys() >= KEYS
        assert line["device"] == "cpu"
        assert line["memory"] > 1e7
    assert first[-1]["val_loss"] < first[0]["val_loss"]
    assert first[-1]["tokens_per_s"] > 0
    assert "book.txt: 1,908 characters" in printed.err
    assert str(out) in printed.err

    assert train(*asked) == 2
    assert "holds a run already" in capsys.readouterr().err
    assert train("gpt", "--resume", "--out", out, "--steps", 30, "--json") == 0
    assert [line["step"] for line in lines(capsys.readouterr().out)] == [30]
    assert train("gpt", "--resume", "--out", out, "--set", "layers=2") == 2
    assert "layers is 1 in the run" in capsys.readouterr().err
    assert train("lstm", "--resume", "--out", out) == 2
    assert "model is gpt in the run" in capsys.readouterr().err
    data.write_text(data.read_text() + "It was the age of wisdom.\n")
    assert train("gpt", "--resume", "--out", out, "--steps", 40) == 2
    assert "it has changed" in capsys.readouterr().err
    assert [line["step"] for line in lines((out / "metrics.jsonl").read_text())] == [0, 10, 20, 30]


def test_preferences_are_learnt_and_gone_on_with_exactly(tmp_path, capsys):
    data = ROOT / "lessons" / "data" / "preferences.jsonl"
    asked = ["gpt", "--data", data, "--device", "cpu", "--json"]
    for setting in ("base=tuned", "held_out=0.5", "batch=10", "warmup=0", "eval_every=2"):
        asked += ["--set", setting]
    asked += ["--set", "threads=1", "--set", "lr=1e-4", "--set", "decay_steps=6"]
    assert train(*asked, "--out", tmp_path / "whole", "--steps", 6) == 0
    whole = lines(capsys.readouterr().out)
    assert whole[0]["val_loss"] == pytest.approx(0.693147, abs=1e-6)
    assert whole[0]["accuracy"] == 0.5
    assert whole[0]["kl"] == whole[0]["margin"] == 0.0
    assert whole[-1]["accuracy"] >= 0.85
    assert whole[-1]["chosen"] > 0 > whole[-1]["rejected"]
    assert train(*asked, "--out", tmp_path / "halves", "--steps", 4) == 0
    out = tmp_path / "halves"
    assert train("gpt", "--resume", "--out", out, "--steps", 6, "--json") == 0
    last = lines(capsys.readouterr().out)[-1]
    for name in ("loss", "val_loss", "margin", "kl", "chosen", "rejected", "solved"):
        assert last[name] == whole[-1][name]
    assert train("gpt", "--data", data) == 2
    assert "say which with base=" in capsys.readouterr().err


def test_in_words_with_a_sample_at_the_end(tmp_path, capsys):
    assert train("gru", *QUICK, "--steps", 5, "--set", "unit=bpe") == 0
    printed = capsys.readouterr()
    first, last, *sample = printed.out.splitlines()
    assert first.startswith("step      0  loss 6.2")
    assert last.startswith("step      5  loss ")
    assert len("\n".join(sample)) > 50
    assert "gru-tiny-1" in printed.err
    assert train("gru", "--resume", "--steps", 6, "--json") == 0
    assert lines(capsys.readouterr().out)[0]["step"] == 6


def test_a_run_that_blows_up_stops_at_that_step(tmp_path, capsys):
    wild = [f"--set={word}" for word in ("lr=1e30", "warmup=0", "clip=0")]
    assert train("cnn", *QUICK, *wild, "--out", tmp_path / "run", "--json") == 1
    printed = capsys.readouterr()
    assert [line["step"] for line in lines(printed.out)] == [0]
    assert len(printed.err.splitlines()) == 3
    assert "the first thing that is not finite is" in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_cuda_that_is_not_there(tmp_path, capsys):
    assert train("cnn", "--device", "cuda", "--out", tmp_path / "run") == 2
    told = capsys.readouterr().err
    assert "cuda was asked for, and" in told
    assert "here: " in told
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["gtp"], "did you mean gpt"),
        (["gpt", "--preset", "huge"], "tiny, cpu, medium, gpu"),
        (["gpt", "--set", "laers=2"], "did you mean layers"),
        (["gpt", "--resume"], "start one without --resume"),
        (["gpt", "--resume", "--out", "nowhere"], "no checkpoint has been written"),
        (["gpt", "--steps", "-1"], "not a whole number"),
        (["cnn", "--data", "a.txt"], "without --data"),
        (["gpt", "--data", sys.executable], "not text in UTF-8"),
    ],
)
def test_a_slip_is_one_sentence(arguments, told, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert train(*arguments) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1


def test_in_chinese_it_tells_and_refuses_in_chinese(tmp_path, capsys):
    run = ["--out", tmp_path / "run", "--steps", 2]
    assert main(["--lang", "zh", "train", "gpt", *QUICK, *map(str, run)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].startswith("第      2 步  损失 ")
    assert "从第 0 步到第 2 步；检查点在" in printed.err
    assert "完成；留出数据上的最低损失是" in printed.err
    missing = str(tmp_path / "none.txt")
    assert main(["--lang", "zh", "train", "gpt", "--data", missing]) == 2
    assert capsys.readouterr().err == f"tuiexplain: {missing}: 没有这个文件。\n"
    for unsaid in (["train", "gpt", "--preset", "huge"], ["train", "gtp"]):
        assert main(["--lang", "zh", *unsaid]) == 2
        assert capsys.readouterr().err.startswith("tuiexplain: there is no")


def test_no_pytorch(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert train("gpt") == 2
    assert "PyTorch is not installed" in capsys.readouterr().err


def test_ctrl_c_saves_and_the_command_imports_no_torch(tmp_path):
    script = (
        "import sys; from tuiexplain.cli import main; code = main(sys.argv[1:]); "
        "sys.exit(99 if 'torch' in sys.modules else code)"
    )
    out = tmp_path / "run"
    asked = ["train", "gpt", *QUICK, "--steps", "1000000", "--json", "--out", str(out)]
    command = subprocess.Popen(
        [sys.executable, "-c", script, *asked],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    try:
        command.stdout.readline()
        command.stdout.readline()
        os.killpg(command.pid, signal.SIGINT)  # as a terminal does: to both processes
        _, told = command.communicate(timeout=60)
    finally:
        command.kill()
    assert command.returncode == 130
    assert "go on with --resume" in told
    assert (out / "latest.safetensors").exists()
