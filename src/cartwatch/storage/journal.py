"""Journal of a watchlist: who changed what and when, and how to undo it; appended to, never rewritten."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field
from dataclasses import replace as with_values
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from cartwatch.domain.dates.moments import in_zone
from cartwatch.storage.errors import NotSaved, StorageError, words
from cartwatch.storage.lock import WAIT, locked
from cartwatch.storage.patch import Patch, patch_of, reversed_text
from cartwatch.storage.reading import read_file, sha256
from cartwatch.storage.writing import own_directory, replace, sync_directory, sync_file, write_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["CHECK", "DIGITS", "HEADER", "SIZE", "Journal", "JournalEntry", "block", "entry_of"]

SIZE = 4_000_000  # bytes; then the journal becomes the older half, and the previous older half is deleted
_TAIL = 1 << 16
_REACH = 64  # changes searched for one that is out of order


class Journal:
    """The journal at `path`; its older half is beside it. `size` is the largest size of the newer half, in bytes."""

    def __init__(self, path: str, size: int = SIZE) -> None:
        self.path = path
        self.older = f"{path.removesuffix('.toml')}-older.toml"
        self._size = size

    def append(self, change: JournalEntry, wait: float = WAIT) -> JournalEntry:
        """Append a change, durably, and return it with its id. Raises Busy or NotSaved."""
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
            os.ftruncate(fd, size)  # a torn tail would join the appended block and damage it
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
        """Return the changes, last first; with `since`, those made at that moment or later by their own clock.

        Damaged blocks are skipped. A missing or unreadable journal has none.
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
        """Count the damaged blocks: a torn tail, a slip in an editor."""
        count = 0
        for path in (self.path, self.older):
            try:
                data = read_file(path).data
            except (FileNotFoundError, StorageError):
                continue
            count += sum(entry_of(text) is None for text in _blocks_from_the_end(data))
        return count

    def to_undo(self) -> JournalEntry | None:
        """Return our last change that was not undone; None if there is none.

        Changes of another application ("disk") are not candidates. A change that undoes another (`undoes` holds its id) is
        not one either; one that undoes an undo is a redo. If it is not known what it undid, as that was saved
        together with others, it is skipped.
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
        """Yield the changes that led to a text of this SHA-256, last first, each to the text before the previous one.

        Two processes at one file write into one journal: their changes can be in another order than they were made,
        and a save of one may also be noticed as a foreign change by the other. Of these two the maker's own is used.
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
        """Whether a change to the text `after` has been entered since the one to the text `before` (SHA-256)."""
        newer = takewhile(lambda each: each.new != before, islice(self.newest_first(), _REACH))
        return any(each.new == after for each in newer)

    def around(self, wanted: JournalEntry, current: bytes) -> tuple[bytes, bytes] | None:
        """Return the text before and after a change, byte for byte, reconstructed from the current text.

        None if a change is missing from the journal, so that the chain of hashes is broken; then only the old
        values of its edits are known.
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
    """Return the first change to a text that cartwatch itself made."""
    return next((each for each in changes if each.new == sha and each.origin != "disk"), None)


def _whole(fd: int) -> int:
    """Return the length of the file up to the end of its last whole block."""
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


HEADER = b"[[change]]\n"
# A comment, so that it belongs to no table. As no string spans lines in a block, such a line is always its last.
CHECK = b"\n# check "
DIGITS = 16
_TEXTS = ("words", "base", "new", "who", "undoes")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One committed change.

    `origin` says how it was made (app, cli, import, registry, restore, disk, undo), `who` by whom, `words` its
    description. `edits` are tables of plain TOML values (the program, the path, old and new). `base` and
    `new` are the SHA-256 of the text before and after, `reverse` leads from the latter to the former. `undoes` is the id of
    the change that this one undoes. `id` is given by the journal.
    """

    at: datetime
    origin: str
    words: str
    base: str
    new: str
    edits: tuple[Mapping[str, Any], ...] = ()
    reverse: Patch | None = field(default=None, repr=False)
    who: str = ""
    undoes: str = ""
    id: str = ""

    def named(self, identity: str) -> JournalEntry:
        """Return the same change with its id."""
        return with_values(self, id=identity)


def block(change: JournalEntry) -> tuple[bytes, str]:
    """Format a change as a TOML block, and return its id. `at` must know its time zone."""
    import tomli
    import tomli_w

    table: dict[str, Any] = {"at": in_zone(change.at, UTC), "origin": change.origin}
    table |= {name: _clean(value) for name in _TEXTS if (value := getattr(change, name))}
    if change.reverse is not None:
        table["reverse"] = change.reverse.as_value()
    table["edit"] = [_plain(edit) for edit in change.edits]
    try:
        body = tomli_w.dumps({"change": [table]})
        tomli.loads(body)
        raw = body.encode()
    except (TypeError, ValueError):  # a value that TOML cannot hold: an offset with seconds, half a character
        table["edit"] = [{key: _clean(str(value)) for key, value in edit.items()} for edit in table["edit"]]
        raw = tomli_w.dumps({"change": [table]}).encode()
    assert raw.startswith(HEADER)  # the two hashes are too long for tomli-w's inline form
    identity = sha256(raw)[:DIGITS]
    return raw + CHECK[1:] + identity.encode() + b"\n\n", identity


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _plain(edit: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out absent values, as TOML has no null."""
    return {
        _clean(str(key)): list(value) if isinstance(value, tuple) else value for key, value in edit.items() if value is not None
    }


def entry_of(text: bytes) -> JournalEntry | None:
    """Parse the change in a block, ignoring text after its check. None if the check fails."""
    import tomli

    at = text.find(CHECK) + 1
    identity = text[at + len(CHECK) - 1 :][:DIGITS].decode("ascii", "replace")
    if not at or identity != sha256(text[:at])[:DIGITS]:
        return None
    try:
        (table,) = tomli.loads(text[:at].decode())["change"]
        reverse = patch_of(table["reverse"]) if "reverse" in table else None
        texts = {name: str(table.get(name, "")) for name in _TEXTS}
        at, edits = table["at"], table["edit"]
        known = isinstance(at, datetime) and at.tzinfo is not None and all(isinstance(each, dict) for each in edits)
        return (
            JournalEntry(at, str(table["origin"]), **texts, edits=tuple(edits), reverse=reverse, id=identity) if known else None
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):  # written by another version
        return None
