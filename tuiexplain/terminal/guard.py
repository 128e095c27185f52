"""Rough weather: whatever ends the application, the terminal and the progress are safe.

Textual restores the terminal when its loop ends by itself. This adds the other
ends: SIGTERM, SIGHUP and SIGINT, a terminal that vanished (with SIGHUP ignored,
Textual would read end-of-input for ever), a fault in a widget (a sentence in
place of a page of traceback), and a loop that no longer answers.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from textual.driver import Driver

from tuiexplain.terminal.driver import GuardedDriver
from tuiexplain.terminal.look import TerminalLook

GRACE = 3.0
"""Seconds that the application has for an orderly end before it is ended."""

_STREAMS = (0, 1, 2)
_ENDING: tuple[int, ...] = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class TerminalGuard(TerminalLook):
    """An application that `run_guarded` can end in any weather."""

    fault: BaseException | None = None
    """What went wrong in the application itself, if anything did."""

    def save_progress(self) -> None:
        """Save what would be lost; called once, before the end, whatever the end is.

        It may be called from another thread while the loop hangs.
        """

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice of driver, made restorable."""
        chosen = super().get_driver_class()
        return GuardedDriver if issubclass(GuardedDriver, chosen) else chosen

    def _handle_exception(self, error: Exception) -> None:
        """End with exit code 1, without Textual's traceback: `run_guarded` tells of it."""
        self._return_code = 1
        if self.fault is None:
            self.fault = error
        if self._exception is None:
            self._exception = error  # for run_test, which raises it again
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """The input thread has failed; a vanished terminal is no fault of ours."""
        if not _hung_up(_STREAMS[0]):
            self._return_code = 1
            super().panic(*renderables)


def run_guarded(app: TerminalGuard, *, mouse: bool = True, reports: Path | None = None) -> int:
    """Run the application and return its exit code: 0, 1 (a fault), or 128 + a signal's number.

    A fault is told in one sentence; its traceback goes to a file in `reports`.
    """
    guard = _Guard(app)
    with guard.standing():
        try:
            app.run(mouse=mouse)
        except OSError:
            if not guard.gone:
                raise
        except Exception as error:
            app.fault = app.fault or error
    if app.fault is not None and not guard.gone:
        _tell(app.fault, reports)
        return guard.code or 1
    return guard.code or app.return_code or 0


class _Guard:
    """What stands around a running application."""

    def __init__(self, app: TerminalGuard) -> None:
        self.app = app
        self.code = 0
        self.gone = False
        """Whether the terminal has vanished."""
        self._over = threading.Event()
        self._saving = threading.Lock()
        self._saved = False
        # Asked now: a terminal that hung up no longer says that it is one.
        self._terminals = [stream for stream in _STREAMS if os.isatty(stream)]

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        """Handle signals and hang-ups for as long as the application runs."""
        before: dict[int, Any] = {}
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                before[number] = signal.signal(number, self._on_signal)
        wake, woken = os.pipe()
        watcher = threading.Thread(
            target=self._watch_terminal, args=(wake,), name="terminal-watch", daemon=True
        )
        watcher.start()
        try:
            yield
        finally:
            self.save()
            self._restore()
            self._over.set()
            os.write(woken, b"x")
            watcher.join()
            os.close(wake)
            os.close(woken)
            for number, handler in before.items():
                signal.signal(number, handler)

    def save(self) -> None:
        """Call the application's `save_progress`, once."""
        with self._saving:
            if self._saved:
                return
            self._saved = True
        try:
            self.app.save_progress()
        except Exception as error:
            self.app.fault = self.app.fault or error

    def _restore(self) -> None:
        driver = self.app._driver
        if isinstance(driver, GuardedDriver):
            driver.restore_now()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self.app._loop is None:  # not started, or over: nothing to end in order
            raise SystemExit(128 + number)
        if not self.code:
            self._end(128 + number)
        elif number != signal.SIGHUP:  # a hang-up may come twice by itself, the others by hand
            self._end_now()

    def _end(self, code: int) -> None:
        """Ask for an orderly end, and see to it that there is one."""
        self.code = code
        threading.Thread(target=self._see_to_it, name="terminal-end", daemon=True).start()
        loop = self.app._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it is closed: we are ending already
                loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self.save()
        self.app.exit(return_code=self.code)

    def _see_to_it(self) -> None:
        if not self._over.wait(GRACE):
            self._end_now()

    def _end_now(self) -> None:
        """Save (for a second at most), restore the terminal, and be gone."""
        saving = threading.Thread(target=self.save, daemon=True)
        saving.start()
        saving.join(1.0)
        self._restore()
        os._exit(self.code)

    def _watch_terminal(self, wake: int) -> None:
        """Sleep until the terminal hangs up (which poll reports unasked) or all is over."""
        poll = select.poll()
        poll.register(wake, select.POLLIN)
        for stream in self._terminals[:1]:
            poll.register(stream, 0)
        if any(stream == wake for stream, _ in poll.poll()):
            return
        self.gone = True
        # Reads now end and writes go nowhere, at once and without an error:
        # no thread of Textual's spins, fails or blocks on the way out.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in self._terminals:
            os.dup2(nowhere, stream)
        os.close(nowhere)
        if not self.code:
            self._end(128 + signal.SIGHUP)


def _hung_up(stream: int) -> bool:
    poll = select.poll()
    poll.register(stream, 0)
    return bool(poll.poll(0))


def _tell(fault: BaseException, reports: Path | None) -> None:
    """Say what happened in one sentence, and where the traceback is."""
    if os.environ.get("TUIEXPLAIN_DEBUG"):
        traceback.print_exception(fault)
    words = " ".join(f"{type(fault).__name__}: {fault}".split())
    where = ""
    if reports is not None:
        file = reports / time.strftime("fault-%Y%m%d-%H%M%S.txt")
        with contextlib.suppress(OSError):
            reports.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(traceback.format_exception(fault)), encoding="utf-8")
            where = f" The details are in {file}."
    print(
        f"tuiexplain: a fault of its own ended it ({words}); your progress is saved.{where}",
        file=sys.stderr,
    )
