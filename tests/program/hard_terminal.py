"""A terminal on which things go wrong: signals, a closed window, a terminal that does not read."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING

from pty_terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

LIST = """schema = 1

# kept as it is
[[program]]
id = "one"
name = "one-cel"
phase = "Phase 1"

[[program]]
id = "two"
name = "two-cel"
phase = "Phase 1"
own_key = "kept"
"""


class HardTerminal(Terminal):
    """The program on a terminal; `ignored` are signals that it is started without, `code` is run in place of the module."""

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        *,
        size: tuple[int, int] = (80, 24),
        ignored: Collection[signal.Signals] = (),
        code: str = "",
        before: Sequence[str] = (),
        without: Sequence[str] = (),
        **env: str,
    ) -> None:
        self._ignored = ignored
        self._code = code
        self._before = list(before)
        self._without = without
        self._hung_up = False
        super().__init__(arguments, home, size=size, **env)

    def _start(self, command: list[str], environment: Mapping[str, str]) -> int:
        if self._code:
            command = [sys.executable, "-c", self._code, *command[3:]]
        kept = {name: value for name, value in environment.items() if name not in self._without}
        return super()._start([*self._before, *command], kept)

    @property
    def pid(self) -> int:
        return self._pid

    def tell(self, number: signal.Signals) -> None:
        os.kill(self._pid, number)

    def hang_up(self) -> None:
        """Close the window."""
        self._hung_up = True
        os.close(self._slave)
        os.close(self._master)

    def wait(self, seconds: float) -> int | None:
        """The exit status, without reading what the program writes; None where it still runs."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
            time.sleep(0.02)
        return None

    def drain(self) -> None:
        """Read what is there."""
        with contextlib.suppress(OSError):
            while select.select([self._master], [], [], 0.05)[0]:
                self.read(0)

    @property
    def state(self) -> str:
        """The state of the process, T where it is stopped."""
        with open(f"/proc/{self._pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0]

    @property
    def processor_time(self) -> float:
        """Seconds of processor time that it has used."""
        with open(f"/proc/{self._pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        if self.status is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        if not self._hung_up:
            os.close(self._slave)
            os.close(self._master)
