"""Lock held for the milliseconds of a save, on a file of its own."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cartwatch.storage.errors import Busy, words
from cartwatch.storage.writing import own_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WAIT", "locked"]

WAIT = 3.0  # seconds
_PAUSE = 0.004  # seconds between two tries
# A lock file is never removed: a process that has it open would hold a lock that others do not see.
_OPEN = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def _try(fd: int) -> bool:
    """Take the lock if it is free. Raises OSError if the file system has no locks."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True
    import fcntl

    try:  # flock, not lockf: a POSIX lock is dropped when any descriptor of the file is closed
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(path: str, about: str, wait: float = WAIT) -> Iterator[str | None]:
    """Hold the lock at `path` while the body runs; `about` is the file it protects and `wait` the seconds to try.

    Yields a warning if no lock is available (an unwritable directory, a network file system without locks): the caller goes
    on, since the comparison of contents protects the file. Raises Busy if another process, or this one, holds it
    longer than `wait`.
    """
    fd = -1
    warning: str | None = None
    try:
        try:
            own_directory(os.path.dirname(path))
            fd = os.open(path, _OPEN, 0o600)
            _take(fd, about, wait)
        except OSError as error:
            warning = f"{path}: saving without a lock, {words(error)}"
        yield warning
    finally:
        if fd >= 0:
            with suppress(OSError):  # ignored: the lock is released and the save is done
                os.close(fd)


def _take(fd: int, about: str, wait: float) -> None:
    deadline = time.monotonic() + wait
    while not _try(fd):
        if time.monotonic() >= deadline:
            raise Busy(f"{about}: not saved, another cartwatch is saving it; try again in a moment")
        time.sleep(_PAUSE)
