"""A terminal to run the program in: a pseudo-terminal, with pyte to see what stands on it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from typing import TYPE_CHECKING

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

PATIENCE = 30.0  # seconds; a machine under load is slow


class Terminal:
    """The program on a terminal of its own, in a home of its own."""

    _ignored: Collection[signal.Signals] = ()  # signals that it is started without

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        *,
        size: tuple[int, int] = (80, 24),
        python: str = sys.executable,
        **env: str,
    ) -> None:
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.sent = b""
        """Every byte that the program has written."""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._slave = slave  # held open, so that the settings can be looked at after the end
        self.settings_before = termios.tcgetattr(slave)
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            **env,
        }
        self._pid = self._start([python, "-m", "cartwatch", *arguments], environment)
        self.status: int | None = None

    def _start(self, command: list[str], environment: Mapping[str, str]) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:  # the child: a session of its own, on the terminal
            os.setsid()
            for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):  # what is ignored stays so in a new program
                signal.signal(each, signal.SIG_IGN if each in self._ignored else signal.SIG_DFL)
            fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self._slave, fd)
            os.execve(command[0], command, dict(environment))
        finally:
            os._exit(127)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def settings(self) -> list[object]:
        """The terminal's settings now."""
        return termios.tcgetattr(self._slave)

    def read(self, seconds: float) -> None:
        """Take what the program writes, for so long at most."""
        if select.select([self._master], [], [], seconds)[0]:
            data = os.read(self._master, 65536)
            self.sent += data
            # What pyte does not know, and would print.
            self._stream.feed(data.replace(b"\x1b[>1u", b"").replace(b"\x1b[<u", b""))

    def until(self, wanted: str | Callable[[str], bool]) -> str:
        """Wait until a text stands on the screen, or a test of the screen holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if (wanted in self.text) if isinstance(wanted, str) else wanted(self.text):
                return self.text
            self.read(0.05)
        raise AssertionError(f"waited in vain for {wanted!r}:\n{self.text}")

    def type(self, keys: str) -> None:
        """Type, all at once as a paste or a slow line brings it."""
        os.write(self._master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)
        os.kill(self._pid, signal.SIGWINCH)

    def end(self) -> int:
        """Wait for the program to end, and give its exit status."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                while select.select([self._master], [], [], 0.05)[0]:
                    self.read(0)
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
        raise AssertionError(f"the program goes on:\n{self.text}")

    def close(self) -> None:
        """Let go of the terminal; a program that still runs is ended."""
        if self.status is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._slave)
        os.close(self._master)
