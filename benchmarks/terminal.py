"""A pseudo-terminal that times a program: from start to a marker on the screen, and from a key to its last byte of answer."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Terminal", "processor_time", "run_to_end"]

_ASKS_SYNC = b"\x1b[?2026$p"
_HAS_SYNC = b"\x1b[?2026;2$y"  # each frame then ends in ESC[?2026l
_FRAME_END = b"\x1b[?2026l"


class Terminal:
    """A program running in a pseudo-terminal of its own that answers as a modern terminal does."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], *, columns: int = 120, rows: int = 40) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(argv[0], list(argv), {**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, size)
        self.output = bytearray()
        self.last = self.started

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return False
        try:
            chunk = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        if not chunk:
            return False
        self.last = time.perf_counter()
        self.output += chunk
        if _ASKS_SYNC in chunk:
            os.write(self.fd, _HAS_SYNC)
        return True

    def until(self, marker: bytes, timeout: float = 60) -> float:
        """Milliseconds from the start until the frame that holds the marker was complete. Raises TimeoutError."""
        deadline = time.perf_counter() + timeout
        while True:
            found = self.output.find(marker)
            if found >= 0 and self.output.find(_FRAME_END, found) >= 0:
                return 1000 * (self.last - self.started)
            if not self._read(max(0.0, deadline - time.perf_counter())):
                tail = bytes(self.output[-400:])
                raise TimeoutError(f"{marker!r} did not come; the last that came was {tail!r}")

    def settle(self, quiet: float = 0.15, timeout: float = 30) -> None:
        """Read until nothing has come for `quiet` seconds."""
        deadline = time.perf_counter() + timeout
        while time.perf_counter() < deadline and self._read(quiet):
            pass
        self.output.clear()

    def press(self, keys: bytes, quiet: float = 0.06) -> tuple[float, int]:
        """Milliseconds from the keys to the last byte of the answer, and how many bytes it had."""
        self.output.clear()
        before = time.perf_counter()
        os.write(self.fd, keys)
        if not self._read(30):
            raise TimeoutError(f"no answer to {keys!r}")
        while self._read(quiet):
            pass
        return 1000 * (self.last - before), len(self.output)

    def frame(self, keys: bytes) -> float:
        """Milliseconds from the keys until the first frame of the answer was complete; what comes after is read, too."""
        self.output.clear()
        before = time.perf_counter()
        os.write(self.fd, keys)
        while _FRAME_END not in self.output:
            if not self._read(30):
                raise TimeoutError(f"no answer to {keys!r}")
        taken = 1000 * (self.last - before)
        self.settle(0.06)
        return taken

    def pour(self, keys: bytes, marker: bytes, timeout: float = 60) -> None:
        """Write many keys as fast as they are taken, and read until the marker comes. Raises TimeoutError."""
        self.output.clear()
        deadline = time.perf_counter() + timeout
        while keys or marker not in self.output:
            reads, writes, _ = select.select([self.fd], [self.fd] if keys else [], [], 1)
            if writes:
                keys = keys[os.write(self.fd, keys[:512]) :]
            if reads:
                self._read(0)
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{marker!r} did not come")

    def cost(self, keys: bytes, quiet: float = 0.2) -> tuple[float, float]:
        """Milliseconds from the keys to the last byte of the answer, and of processor time meanwhile."""
        before = self.processor_seconds()
        taken = self.press(keys, quiet)[0]
        return taken, 1000 * (self.processor_seconds() - before)

    def resident_megabytes(self) -> float:
        """The memory that the program holds (Linux)."""
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024

    def press_until(self, keys: bytes, marker: bytes, timeout: float = 60) -> float:
        """Milliseconds from the keys until the frame that holds the marker was complete. Raises TimeoutError."""
        self.output.clear()
        before = time.perf_counter()
        os.write(self.fd, keys)
        return self.until(marker, timeout) - 1000 * (before - self.started)

    def processor_seconds(self) -> float:
        """Seconds of processor time so far, by the scheduler's own account over all threads (Linux)."""
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{self.pid}/task/{task}/schedstat") as stat:
                total += int(stat.read().split()[0])
        return total / 1e9

    def close(self) -> None:
        """End the program."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def run_to_end(argv: Sequence[str], env: Mapping[str, str]) -> float:
    """Milliseconds that a command takes from start to exit, its output thrown away."""
    return _run(argv, env)[0]


def processor_time(argv: Sequence[str], env: Mapping[str, str]) -> float:
    """Milliseconds of processor time that a command takes: what it costs whoever else is at the machine."""
    return _run(argv, env)[1]


def _run(argv: Sequence[str], env: Mapping[str, str]) -> tuple[float, float]:
    before = time.perf_counter()
    pid = os.posix_spawn(
        argv[0],
        list(argv),
        dict(env),
        file_actions=[(os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_WRONLY, 0) for each in (1, 2)],
    )
    _, status, used = os.wait4(pid, 0)
    elapsed = 1000 * (time.perf_counter() - before)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}")
    return elapsed, 1000 * (used.ru_utime + used.ru_stime)
