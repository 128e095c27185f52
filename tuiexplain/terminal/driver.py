"""Textual's driver for POSIX terminals, and a way to give the terminal back without it."""

import contextlib
import os
import select
import sys
import termios
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

# All that Textual may have switched on, in the order in which it lets go:
# synchronised output, mouse, paste, in-band resizes, focus, keyboard protocol;
# line wrap on, no attributes, the normal screen, the cursor.
_RESTORE = (
    "\x1b[?2026l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2004l\x1b[?2048l"
    "\x1b[?1004l\x1b[<u\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
)


class GuardedDriver(LinuxDriver):
    """The same, knowing whether the terminal is still in its hands."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.holds_terminal = False

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self.holds_terminal = True
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        super().stop_application_mode()
        self.holds_terminal = False

    def _disable_mouse_support(self) -> None:
        super()._disable_mouse_support()
        if self._mouse_pixels:
            self.write("\x1b[?1016l")  # Textual turns it on and never off

    def restore_now(self) -> None:
        """Give the terminal back at once, past the writer thread, which may be stuck or dead."""
        if not self.holds_terminal:
            return
        self.holds_terminal = False
        assert sys.__stderr__ is not None  # Textual draws there
        with contextlib.suppress(OSError, ValueError):
            output = sys.__stderr__.fileno()
            # A terminal that takes nothing (flow control, a dead link) must not hold us.
            if select.select([], [output], [], 0.2)[1]:
                os.write(output, _RESTORE.encode())
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
