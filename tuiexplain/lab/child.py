"""The training process: ``python -m`` of this is what `Worker` starts. Owns torch and the run."""

from __future__ import annotations

import os
import signal
import sys
import traceback

from tuiexplain.lab.channel import Channel
from tuiexplain.lab.errors import LabError, RunStopped
from tuiexplain.lab.lifeline import die_with
from tuiexplain.lab.observing.window import Window
from tuiexplain.lab.protocol import Failed, Start, Talk


def main() -> None:
    """Serve one run: commands on standard input, messages on what was standard output."""
    die_with(int(sys.argv[1]))
    os.nice(int(sys.argv[2]))
    # ctrl+c at a terminal reaches this process too; the interface decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get among the messages
    channel = Channel(sys.stdin.buffer, messages)
    try:
        try:
            from tuiexplain.lab.session import Session
            from tuiexplain.lab.talking import Talking
        except ModuleNotFoundError as error:
            raise _missing(error) from None
        except (ImportError, OSError) as error:
            raise LabError(
                f"PyTorch does not start ({_first_line(error)}): install it again, "
                "`pip install --force-reinstall torch`.",
                "torch_broken",
                error=_first_line(error),
            ) from None
        first = channel.heard(wait=True)
        if isinstance(first, Talk):
            Talking(channel, first).run()
        else:
            assert isinstance(first, Start)
            Session(channel, Window(int(sys.argv[3]))).run(first)
    except BrokenPipeError:
        os._exit(0)
    except LabError as error:
        channel.tell(Failed(**error.told(), bad_input=not isinstance(error, RunStopped)))
    except BaseException as error:
        detail = "".join(traceback.format_exception(error))
        sys.stderr.write(detail)
        broke = f"{type(error).__name__}: {_first_line(error)}"
        told = LabError(
            f"the training process broke: {broke}; the last checkpoint is kept, go on from it "
            "with --resume.",
            "broke",
            error=broke,
        )
        channel.tell(Failed(**told.told(), detail=detail))
    os._exit(0)  # not through destructors: a GPU's driver may take long, or hang


def _missing(error: ModuleNotFoundError) -> LabError:
    package = (error.name or "torch").split(".")[0]
    known = {"torch": "PyTorch", "safetensors": "safetensors"}.get(package, package)
    return LabError(
        f"{known} is not installed, and the lab needs it: `pip install {package}`.",
        "not_installed",
        name=known,
        package=package,
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no more is known"])[0].rstrip(".")


if __name__ == "__main__":
    main()
