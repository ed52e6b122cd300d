"""The journal of a watchlist: who changed what and when, and how to take it back; appended to, never rewritten."""

from __future__ import annotations

import os
from collections import deque
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from cartwatch.storage.errors import NotSaved, StorageError, words
from cartwatch.storage.journal_entry import CHECK, DIGITS, HEADER, JournalEntry, block, entry_of
from cartwatch.storage.lock import WAIT, locked
from cartwatch.storage.patch import reversed_text
from cartwatch.storage.reading import read_file, sha256
from cartwatch.storage.writing import own_directory, replace, sync_directory, sync_file, write_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = ["SIZE", "Journal"]

SIZE = 4_000_000  # bytes; then the journal is put aside as the older half, and the half before it goes
_TAIL = 1 << 16
_REACH = 64  # changes among which one is looked for that stands out of its order


class Journal:
    """The journal at `path`; its older half is beside it. `size` is how large the newer half may grow, in bytes."""

    def __init__(self, path: str, size: int = SIZE) -> None:
        self.path = path
        self.older = f"{path.removesuffix('.toml')}-older.toml"
        self._size = size

    def append(self, change: JournalEntry, wait: float = WAIT) -> JournalEntry:
        """Write a change down, on the disk when this returns, and give it back with its id. Raises Busy or NotSaved."""
        text, identity = block(change)
        lock = f"{self.path}.lock"
        with locked(lock, self.path, wait):
            try:
                self._append(text)
            except OSError as error:
                message = f"{self.path}: the change is not in the journal, {words(error)}"
                raise NotSaved(message, error.errno or 0) from error
        return change.named(identity)

    def _append(self, text: bytes) -> None:
        own_directory(os.path.dirname(self.path))
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        fd = os.open(self.path, flags, 0o600)
        try:
            size = _whole(fd)
            if size + len(text) > self._size and size:
                os.close(fd)
                fd = -1
                replace(self.path, self.older)
                fd = os.open(self.path, flags, 0o600)
                size = 0
            os.ftruncate(fd, size)  # a torn tail would be glued to what is appended, and take it along
            os.lseek(fd, size, os.SEEK_SET)
            try:
                write_all(fd, text)
                sync_file(fd)
            except BaseException:
                os.ftruncate(fd, size)
                raise
        finally:
            if fd >= 0:
                os.close(fd)
        if size == 0:
            sync_directory(os.path.dirname(self.path))

    def newest_first(self, since: datetime | None = None) -> Iterator[JournalEntry]:
        """The changes, the last one first; with `since`, those made at that moment or later by their own clock.

        Damaged blocks are passed over. A journal that is missing or can't be read has none.
        """
        for path in (self.path, self.older):
            try:
                data = read_file(path).data
            except (FileNotFoundError, StorageError):
                continue
            for text in _blocks_from_the_end(data):
                change = entry_of(text)
                if change is not None and (since is None or change.at >= since):
                    yield change

    def damaged(self) -> int:
        """How many blocks can't be believed: a torn tail, a slip of an editor's keys."""
        count = 0
        for path in (self.path, self.older):
            try:
                data = read_file(path).data
            except (FileNotFoundError, StorageError):
                continue
            count += sum(entry_of(text) is None for text in _blocks_from_the_end(data))
        return count

    def to_undo(self) -> JournalEntry | None:
        """The last change of ours that has not been taken back; None where there is none.

        What another program wrote ("disk") is its own to take back. A change that undoes another (`undoes` holds its id) is
        no candidate itself; one that undoes an undoing is a redo. Where it is not known what it undid, as that was saved
        together with others, it is passed over.
        """
        cancelled: set[str] = set()
        for change in self.newest_first():
            if change.id in cancelled or change.origin == "disk" or (change.origin == "undo" and not change.undoes):
                continue
            if not change.undoes:
                return change
            cancelled.add(change.undoes)
        return None

    def trail(self, sha: str) -> Iterator[JournalEntry]:
        """The changes that led to a text of this SHA-256, the last one first, each to the text that the one before it is of.

        Two programs at one file write into one journal: their changes can stand in it in another order than they were made,
        and what one saved another may have noticed as a foreign change too. Of these two the maker's own is taken.
        """
        changes = self.newest_first()
        waiting: deque[JournalEntry] = deque(maxlen=_REACH)
        while True:
            found = _own(waiting, sha)
            ahead = 0 if found is not None else max(1, _REACH - len(waiting))
            for each in islice(changes, ahead):
                waiting.append(each)
                if (found := _own((each,), sha)) is not None:
                    break
            found = found or next((each for each in waiting if each.new == sha), None)
            if found is None:
                return
            waiting.remove(found)
            yield found
            sha = found.base

    def told(self, before: str, after: str) -> bool:
        """Whether a change to the text `after` has been written down since the one to the text `before` (SHA-256)."""
        newer = takewhile(lambda each: each.new != before, islice(self.newest_first(), _REACH))
        return any(each.new == after for each in newer)

    def around(self, wanted: JournalEntry, current: bytes) -> tuple[bytes, bytes] | None:
        """The text before and after a change, byte for byte, worked back from the current text.

        None where something that is not in the journal stands between, so that the chain of hashes is broken; then the old
        values of its edits are what there is to go by.
        """
        text = current
        for change in self.trail(sha256(text)):
            before = reversed_text(change.reverse, text)
            if before is None or sha256(before) != change.base:
                return None
            if change.id == wanted.id or (change.base, change.new) == (wanted.base, wanted.new):
                return before, text
            text = before
        return None


def _own(changes: Iterable[JournalEntry], sha: str) -> JournalEntry | None:
    """The first change to a text that cartwatch itself made."""
    return next((each for each in changes if each.new == sha and each.origin != "disk"), None)


def _whole(fd: int) -> int:
    """The length of the file up to the end of its last whole block."""
    size = os.fstat(fd).st_size
    reach = _TAIL
    while size:
        start = max(0, size - reach)
        os.lseek(fd, start, os.SEEK_SET)
        tail = b""
        while chunk := os.read(fd, size - start - len(tail)):
            tail += chunk
        at = tail.rfind(CHECK)
        while at >= 0:
            end = at + len(CHECK) + DIGITS
            if tail[end : end + 1] == b"\n":
                return start + end + 1 + (tail[end + 1 : end + 2] == b"\n")
            at = tail.rfind(CHECK, 0, at)
        if start == 0:
            return 0
        reach *= 8
    return 0


def _blocks_from_the_end(data: bytes) -> Iterator[bytes]:
    end = len(data)
    while end > 0:
        at = data.rfind(b"\n" + HEADER, 0, end)
        start = at + 1 if at >= 0 else 0
        if data.startswith(HEADER, start):
            yield data[start:end]
        end = start if at >= 0 else 0
