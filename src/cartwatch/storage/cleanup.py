"""Removes temporary files left by killed processes, at the next start."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from typing import TYPE_CHECKING

from .writing import PREFIX, SUFFIX

if TYPE_CHECKING:
    from .places import Places

__all__ = ["running", "strays", "sweep", "sweep_places"]

_OF_PROCESS = re.compile(rf"{re.escape(PREFIX)}(\d+)-[0-9a-f]+{re.escape(SUFFIX)}")
_STRAY_AGE = 600.0  # seconds; no save takes that long


def running(process: int) -> bool:
    """Whether a process with that number exists; on Windows always True, as asking (signal 0) would end it."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def sweep(directory: str, now: float) -> int:
    """Remove the temporary files of killed processes in a directory, and count them. `now`: seconds since the epoch.

    Only files with our name and our user, whose process has ended or which are older than ten minutes by the file system's
    clock. If the process runs on another machine that shares the directory, its save fails and is retried.
    """
    removed = 0
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if not (entry.name.startswith(PREFIX) and entry.name.endswith(SUFFIX)):
                continue
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                ours = not hasattr(os, "getuid") or found.st_uid == os.getuid()
                # ctime, not mtime: a hard link made beside a watchlist carries the watchlist's old mtime.
                over = now - found.st_ctime > _STRAY_AGE or _of_the_dead(entry.name)
                if ours and stat.S_ISREG(found.st_mode) and over:
                    os.unlink(entry.path)
                    removed += 1
    return removed


def _of_the_dead(name: str) -> bool:
    match = _OF_PROCESS.fullmatch(name)
    return match is not None and not running(int(match[1]))


def _directories(places: Places) -> list[str]:
    """Return the directories in which temporary files of a watchlist are written."""
    own = [path for path, _, _ in os.walk(places.state_dir)]
    return [os.path.dirname(os.path.realpath(places.watchlist)), *own, places.cache_dir]


def strays(places: Places) -> list[str]:
    """Return the existing temporary files, including those of running saves."""
    found = []
    for directory in _directories(places):
        with contextlib.suppress(OSError):
            names = (name for name in os.listdir(directory) if name.startswith(PREFIX) and name.endswith(SUFFIX))
            found += [os.path.join(directory, name) for name in sorted(names)]
    return found


def sweep_places(places: Places, now: float) -> int:
    """Sweep every directory of a watchlist; return the number of files removed. `now` as for `sweep`."""
    return sum(sweep(directory, now) for directory in _directories(places))
