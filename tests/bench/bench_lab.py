"""What the lab reaches: published losses, digits, speed against a bare loop, kills.

    python -m tests.bench.bench_lab --corpus tinyshakespeare.txt            # a CPU: minutes
    python -m tests.bench.bench_lab --corpus tinyshakespeare.txt --gpu      # a CUDA device: minutes
    python -m tests.bench.bench_lab --only digits,bare,kills

The corpus is the tinyshakespeare of char-rnn and nanoGPT: 1,115,394 bytes, 65 characters.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F

from tuiexplain.lab.data import open_source
from tuiexplain.lab.devices import choose
from tuiexplain.lab.models import build
from tuiexplain.lab.presets import preset
from tuiexplain.lab.protocol import Evaluated, Failed, Paused, Ready, Saved, Stepped, Stop
from tuiexplain.lab.settings import Settings
from tuiexplain.lab.trainer import Trainer
from tuiexplain.lab.worker import Worker

KEPT = {"best.safetensors", "latest.safetensors", "metrics.jsonl"}
"""What a run leaves in its folder."""


def train(settings: Settings, out: Path, *, resume: bool = False) -> list[Evaluated]:
    """A run in its own process, printed as it goes; its evaluations."""
    found = []
    with Worker(settings, out, resume=resume) as worker:
        for message in worker.messages():
            match message:
                case Ready():
                    compiled = ", compiled" if message.compiled else ""
                    print(f"  {message.parameters:,} parameters, {message.device_name}, "
                          f"{message.precision}{compiled}")  # fmt: skip
                case Evaluated():
                    found.append(message)
                    print(f"  {message.step:6} train {message.loss:.4f} val {message.val_loss:.4f}"
                          f"{message.tokens_per_s or 0:12,.0f}/s"
                          f"{message.memory >> 20:8,} MiB{message.seconds:7.1f} s")  # fmt: skip
                case Paused():
                    worker.send(Stop())
                case Failed():
                    raise SystemExit(message.sentence)
    return found


def nanogpt(corpus: Path, name: str, reach: Callable[[float], bool], words: str) -> bool:
    """A published setting: the loss on what was held out."""
    print(f"nanoGPT, {name} setting")
    device = {"cpu": "cpu", "gpu": "cuda"}[name]
    settings = preset("gpt", name).changed(data=str(corpus), device=device)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        losses = train(settings, Path(folder) / "run")
    best = min(losses, key=lambda found: found.val_loss)
    last = losses[-1] if name == "cpu" else best
    print(f"  val {last.val_loss:.4f} at {last.step} ({words}), {time.monotonic() - began:.0f} s")
    return reach(last.val_loss)


def digits() -> bool:
    """The CNN on three splits: the share of held-out digits that it gets right."""
    print("CNN on the digits, held out 360 of 1,797, 20 epochs")
    fine = True
    for seed in (1337, 1, 2):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            found = train(preset("cnn").changed(seed=seed, device="cpu"), Path(folder) / "run")
            seconds = time.monotonic() - began
        print(f"  seed {seed}: {found[-1].accuracy:.2%} (reach: >= 98 %) in {seconds:.1f} s")
        fine = fine and found[-1].accuracy >= 0.98 and seconds <= 20
    return fine


def bare_loop(settings: Settings) -> Callable[[int], float]:
    """A loop as nanoGPT's and no more: no seeds, no schedule, no look at the loss."""
    source, device = open_source(settings), choose(settings)
    model = build(settings, source.classes).to(device.place)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.lr, betas=(0.9, 0.99), weight_decay=0.1, fused=True
    )
    forward = torch.compile(model) if device.kind == "cuda" and settings.width >= 192 else model
    tokens = torch.from_numpy(source.splits["train"].astype("int64"))  # type: ignore[attr-defined]

    def batch() -> tuple[torch.Tensor, torch.Tensor]:
        places = torch.randint(len(tokens) - settings.context, (settings.batch,))
        pair = [
            torch.stack([tokens[i + d : i + d + settings.context] for i in places.tolist()])
            for d in (0, 1)
        ]
        if device.kind == "cuda":
            pair = [t.pin_memory().to(device.place, non_blocking=True) for t in pair]
        return pair[0], pair[1]

    def run(steps: int) -> float:
        _wait(device.kind)
        began = time.perf_counter()
        for _ in range(steps):
            inputs, targets = batch()
            with device.autocast():
                loss = F.cross_entropy(forward(inputs).flatten(0, 1), targets.flatten())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        _wait(device.kind)
        return time.perf_counter() - began

    return run


def against_bare(settings: Settings, rounds: int, steps: int) -> bool:
    """Our tokens a second by those of a bare loop of the same network, in turns."""
    trainer = Trainer(settings, open_source(settings), choose(settings))
    bare = bare_loop(settings)

    def ours(steps: int) -> float:
        _wait(trainer.device.kind)
        began = time.perf_counter()
        for _ in range(steps):
            trainer.advance()
        _wait(trainer.device.kind)
        return time.perf_counter() - began

    ours(steps), bare(steps)
    pairs = [(ours(steps), bare(steps)) for _ in range(rounds)]
    ratio = statistics.median(theirs / mine for mine, theirs in pairs)
    speed = (trainer.tokens_per_step() or 0) * steps / statistics.median(a for a, _ in pairs)
    memory = trainer.device.memory() / 2**20
    print(f"against a bare loop, {trainer.parameters:,} parameters on {trainer.device.name}: "
          f"{ratio:.3f}x (reach: >= 0.97), {speed:,.0f} tokens/s, {memory:,.0f} MiB")  # fmt: skip
    return ratio >= 0.97


def _wait(kind: str) -> None:
    if kind == "cuda":
        torch.cuda.synchronize()


def kills(times: int = 20) -> bool:
    """Kill -9 at random moments, resume; the same losses, and no process left."""
    settings = preset("gpt", "tiny").changed(
        device="cpu", threads=1, steps=300, eval_every=20, eval_batches=2, dropout=0.1
    )
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        whole = _losses(settings, Path(folder) / "whole", chance, kills=0)
        outs = [Path(folder) / str(n) for n in range(times)]
        same = sum(_losses(settings, out, chance, kills=1) == whole for out in outs)
        clean = sum({file.name for file in out.iterdir()} == KEPT for out in outs)
    print(f"killed at random moments and resumed: {same} of {times} with the same losses, "
          f"{clean} of {times} with nothing left behind")  # fmt: skip
    return same == clean == times


def _losses(
    settings: Settings, out: Path, chance: random.Random, kills: int
) -> list[tuple[int, float, float]]:
    for _ in range(kills):
        with Worker(settings, out) as worker:
            until = chance.randrange(20, 280)
            for message in worker.messages():
                if isinstance(message, Stepped | Saved) and message.step >= until:
                    time.sleep(chance.random() * 0.05)
                    worker.process.kill()
                if isinstance(message, Paused):
                    worker.send(Stop())
        assert worker.process.poll() is not None
    with Worker(settings, out, resume=kills > 0) as worker:
        for message in worker.messages():
            if isinstance(message, Paused):
                worker.send(Stop())
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss"], line["val_loss"]) for line in lines]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--gpu", action="store_true", help="what needs a CUDA device")
    parser.add_argument("--only", default="", help="of: bare, digits, kills, nanogpt")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else ["bare", "digits", "kills", "nanogpt"]
    fine = []
    if options.gpu:
        wanted = [name for name in wanted if name in ("bare", "nanogpt")]
    if "bare" in wanted:
        where = {"device": "cuda"} if options.gpu else {"device": "cpu", "threads": 1}
        shape = preset("gpt", "gpu" if options.gpu else "cpu").changed(**where)
        fine.append(against_bare(shape, *((7, 100) if options.gpu else (9, 12))))
    if "digits" in wanted:
        fine.append(digits())
    if "kills" in wanted:
        fine.append(kills())
    if "nanogpt" in wanted and options.corpus:
        if options.gpu:
            fine.append(nanogpt(options.corpus, "gpu", lambda v: v <= 1.47, "reach: <= 1.47"))
        else:
            fine.append(nanogpt(options.corpus, "cpu", lambda v: v <= 1.916, "reach: 1.886"))
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
