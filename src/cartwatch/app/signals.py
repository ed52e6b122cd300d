"""Signals that end, stop or continue the app; each leaves the list saved and the terminal restored."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from threading import Timer
from typing import TYPE_CHECKING, Any, Protocol

if sys.platform != "win32":
    import termios

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["HUNG_UP", "Signals", "terminal_gone"]

HUNG_UP = 129  # 128 + SIGHUP, as shells report it for a closed terminal
_PATIENCE = 3.0  # seconds until an app whose terminal does not read is ended by force
_SLOW = 60.0  # seconds that a slow disk may take for the last save before that
_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT")
# Paste, mouse, focus, size and keyboard reports off, lines wrapped, the other screen left, the cursor shown.
_RESTORE = (
    b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2048l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
)


class Guarded(Protocol):
    """The app as the signal handlers see it."""

    @property
    def lent(self) -> bool:
        """Whether another application, an editor, has the terminal."""

    def exit(self, result: int | None = None, return_code: int = 0) -> None: ...

    def emergency_save(self) -> None:
        """Write pending changes now. Called between any two steps of the code."""

    def resumed(self, *, redraw: bool) -> None:
        """Handle that the process goes on after a stop."""


def terminal_gone() -> bool:
    """Whether the terminal of this process has been closed."""
    try:
        return not os.isatty(0)
    except OSError:
        return True


class Signals:
    """Signal handlers for one run of an app. Create it before the run: it remembers the terminal's settings.

    Python's own handlers, not those of the event loop: they run even while the loop waits for a terminal that does not read.
    """

    def __init__(self, app: Guarded) -> None:
        self._app = app
        self._before = _settings()
        self._within: list[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = False
        self._stop_wanted = False
        self._stopped_by_us = False
        self._drivers: dict[int, Any] = {}
        for name in _ENDING:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # as set by nohup
                signal.signal(number, self._told_to_end)

    def running(self) -> None:
        """Install the handlers once the app runs. Call it from within the loop."""
        self._loop = asyncio.get_running_loop()
        self._within = _settings()
        for name, handler in (("SIGTSTP", self._told_to_stop), ("SIGCONT", self._told_to_go_on)):
            number = getattr(signal, name, None)
            if number is not None:
                self._drivers[number] = signal.getsignal(number)
                signal.signal(number, handler)
        number = getattr(signal, "SIGINT", None)
        if number is not None:  # the loop has installed its own handler
            signal.signal(number, self._told_to_end)

    # ---- the end

    def _told_to_end(self, number: int, frame: FrameType | None) -> None:
        self.end(128 + number)

    def end(self, status: int) -> None:
        """Save and exit with this status; by force if that takes too long."""
        if self._ending:
            return
        self._ending = True
        self.force_after(status, _SLOW)
        try:
            self._app.emergency_save()
        finally:
            self.force_after(status)  # counts from here: a slow disk is no terminal that does not read
            if self._loop is None or self._app.lent:  # the loop waits for the editor
                self._by_force(status)
            else:
                with contextlib.suppress(RuntimeError):  # the loop has ended, and so has the app
                    self._loop.call_soon_threadsafe(self._app.exit, None, status)

    def force_after(self, status: int, seconds: float = _PATIENCE) -> None:
        """Exit by force unless the process has ended by then."""
        timer = Timer(seconds, self._by_force, (status,))
        timer.daemon = True
        timer.start()

    def _by_force(self, status: int) -> None:
        """Restore the terminal directly, without waiting, and exit."""
        if sys.platform != "win32" and self._before is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSANOW, self._before)
        with contextlib.suppress(OSError):
            os.set_blocking(2, False)  # the terminal may not read
            try:
                os.write(2, _RESTORE)
            finally:
                os.set_blocking(2, True)  # the shell shares it
        os._exit(status)

    # ---- stop and go on

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Leave the screen and stop, in the loop: the driver writes to a queue whose lock the interrupted code may hold.

        While an editor has the terminal the loop waits for it, and there is nothing to write."""
        self._stop_wanted = True
        if self._app.lent or self._loop is None:
            self._stop(number)
        else:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop, number)

    def _stop(self, number: int) -> None:
        if self._stop_wanted:
            self._stop_wanted = False
            self._stopped_by_us = True
            self._drivers[number](number, None)  # the process stops in here

    def _told_to_go_on(self, number: int, frame: FrameType | None) -> None:
        """Continue without a second start of the driver after a stop that could not be caught.

        The app still has the screen then, and the driver would remember its own terminal settings as those to restore."""
        caught, self._stopped_by_us = self._stopped_by_us, False
        self._stop_wanted = False
        if caught:
            self._drivers[number](number, frame)
        elif not self._app.lent and sys.platform != "win32" and self._within is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSANOW, self._within)
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(lambda: self._app.resumed(redraw=not caught))


def _settings() -> list[Any] | None:
    if sys.platform == "win32":
        return None
    with contextlib.suppress(termios.error, OSError):
        return termios.tcgetattr(0)
    return None
