"""Polls for changes of the watchlist by other applications, as notifications do not work on network and container mounts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from cartwatch.storage import displaced
from cartwatch.storage.displaced import LateConflict
from cartwatch.storage.errors import NotAFile, StorageError
from cartwatch.storage.places import watchlist_key
from cartwatch.storage.reading import FileState, Stamp, read_file, stamp_of

__all__ = ["FileChange", "Watcher", "conflict_siblings"]

# Syncthing: NAME.sync-conflict-YYYYMMDD-HHMMSS-DEVICE.EXT; Dropbox: NAME (USER's conflicted copy DATE).EXT; Nextcloud: the
# same without the user.
_SIBLING = r"(?:\.sync-conflict-\d{8}-\d{6}-[A-Z0-9]+| \(.*\bconflicted copy\b.*\))"


@dataclass(frozen=True, slots=True)
class FileChange:
    """The result of a poll.

    `kind`: "changed" (`state` is the new content, which may not parse), "emptied" (no bytes, or white
    space), "nul" (it holds NUL bytes, as after a power cut), "vanished", "not-a-file" and "unreadable" (`words` says why),
    "conflict-sibling" (`path` is the other version that a sync tool made), "late" (`late` is a text that was written to what
    the last save displaced).
    """

    kind: str
    path: str
    state: FileState | None = field(default=None, repr=False)
    words: str = ""
    late: LateConflict | None = None


_Look = tuple[Stamp | None, str | None]  # of the real file, and the target of the path if it is a link


class Watcher:
    """Watches one path. `state` is the last one loaded or saved, None if there is no file.

    A change is reported once, until the file changes again.
    """

    def __init__(self, path: str, state: FileState | None, keep_dir: str) -> None:
        self._path = path
        self._keep_dir = keep_dir
        self._siblings = frozenset[str]()
        self._directory: int | None = None
        self._displaced: list[Stamp] = []
        self._sha = ""
        self._look: _Look | None = None
        self.loaded(state)

    def loaded(self, state: FileState | None) -> None:
        """Continue from this state, which was just read or saved."""
        self._sha = state.sha256 if state is not None else ""
        self._look = (state.stamp if state is not None else None, _link(self._path))

    def poll(self) -> FileChange | None:
        """Return the next change since the last poll, or None. Reads nothing if the stamps of files are unchanged."""
        real = os.path.realpath(self._path)
        return self._poll_file() or self._poll_late(real) or self._poll_siblings(os.path.dirname(real))

    def _poll_file(self) -> FileChange | None:
        try:
            look: _Look = (stamp_of(os.stat(self._path)), _link(self._path))
        except FileNotFoundError:
            look = (None, _link(self._path))
        except OSError as error:
            look = (None, f"{error.errno}")
        if look == self._look:
            return None
        self._look = look
        try:
            state = read_file(self._path)
        except FileNotFoundError:
            self._sha, before = "", self._sha
            return FileChange("vanished", self._path) if before else None
        except NotAFile as error:
            self._sha = "not a file"
            return FileChange("not-a-file", self._path, words=str(error))
        except StorageError as error:
            self._sha = "unreadable"
            return FileChange("unreadable", self._path, words=str(error))
        if state.sha256 == self._sha:
            return None
        self._sha = state.sha256
        return FileChange(_kind(state.data), self._path, state)

    def _poll_late(self, real: str) -> FileChange | None:
        key = watchlist_key(real)
        stamps = displaced.stamps(self._keep_dir, key)
        if stamps == self._displaced:
            return None
        self._displaced = stamps
        late = displaced.check(self._keep_dir, key, self._path, real)
        return None if late is None else FileChange("late", late.kept, words=str(late), late=late)

    def _poll_siblings(self, directory: str) -> FileChange | None:
        try:
            stamp = os.stat(directory).st_mtime_ns
        except OSError:
            return None
        if stamp == self._directory:
            return None
        found = conflict_siblings(self._path)
        for sibling in found:
            if sibling not in self._siblings:
                self._siblings |= {sibling}
                return FileChange("conflict-sibling", sibling)
        self._siblings = frozenset(found)
        self._directory = stamp
        return None


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:  # no link, or nothing there
        return None


def _kind(data: bytes) -> str:
    if b"\0" in data:
        return "nul"
    return "changed" if data.strip() else "emptied"


def conflict_siblings(path: str) -> list[str]:
    """Return the other versions of a file that Syncthing, Dropbox or Nextcloud put beside it, sorted by name."""
    directory, name = os.path.split(os.path.realpath(path))
    stem, ending = os.path.splitext(name)
    shape = re.compile(re.escape(stem) + _SIBLING + re.escape(ending))
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return [os.path.join(directory, other) for other in sorted(names) if shape.fullmatch(other)]
