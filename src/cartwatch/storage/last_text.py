"""Keeps the last text of a watchlist that cartwatch saved or read in, to compare a text found on disk with."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from .errors import StorageError
from .reading import read_regular, sha256
from .writing import discard, own_directory, write_all

if TYPE_CHECKING:
    from datetime import datetime

    from .places import Places

__all__ = ["LastText", "last_text"]

_DIGITS = 16  # digits of the SHA-256 in the name, which reveal a copy torn by a power cut
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def last_text(places: Places) -> LastText:
    """Return the store of the last text for these places, as in `last_text(session.places).read()`."""
    return LastText(places.keep_dir, places.key)


class LastText:
    """Keeps a copy of the last text of one watchlist in `directory`; `key` is its `watchlist_key`.

    `save` keeps what it saved, whichever process saves, so `read` is never older than what a command or the app called saved:
    it is what `restore` can offer where the file was emptied, cut or damaged since. Text that was taken in from outside and
    was good is kept too; text that is in doubt never is.
    """

    def __init__(self, directory: str, key: str) -> None:
        self._directory = directory
        self._start = f"last-{key}-"

    def keep(self, data: bytes) -> None:
        """Replace the kept text; call it with the lock held. Raises OSError.

        It is not synced: after a power cut the file itself, which is synced, replaces it.
        """
        own_directory(self._directory)
        path = os.path.join(self._directory, f"{self._start}{sha256(data)[:_DIGITS]}.toml")
        before = self._paths()
        fd = os.open(path, _NEW, 0o600)
        try:
            write_all(fd, data)
        finally:
            os.close(fd)
        for each in before:
            if each != path:
                discard(each)

    def read(self) -> bytes | None:
        """Return the last text; None if there is none, or it is damaged."""
        for path in self._paths():
            with contextlib.suppress(OSError, StorageError):
                data = read_regular(path).data
                if sha256(data).startswith(path[-len(".toml") - _DIGITS : -len(".toml")]):
                    return data
        return None

    def newest(self) -> tuple[str, str] | None:
        """Return the path of the last text, and the first digits of its SHA-256; None if there is none."""
        path = next(iter(self._paths()), None)
        return (path, path[-len(".toml") - _DIGITS : -len(".toml")]) if path is not None else None

    def saved_at(self) -> datetime | None:
        """Return when the last text was kept, by the clock of the file system."""
        from datetime import UTC, datetime

        for path in self._paths():
            with contextlib.suppress(OSError):
                return datetime.fromtimestamp(os.stat(path).st_mtime, UTC)
        return None

    def _paths(self) -> list[str]:
        """Return the copies, newest first: more than one only if a process was killed while it kept one."""
        try:
            names = [each for each in os.listdir(self._directory) if each.startswith(self._start) and each.endswith(".toml")]
            paths = [os.path.join(self._directory, each) for each in names]
            return sorted(paths, key=lambda each: os.stat(each).st_mtime_ns, reverse=True)
        except OSError:  # not there yet, or just replaced by another process
            return []
