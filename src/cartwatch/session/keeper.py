"""Keeper: for every save, a backup of the replaced text and an entry in the journal for undo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import time
from typing import TYPE_CHECKING, Any

from cartwatch.document.edit_types import records_of
from cartwatch.document.edits import Add, AddBlocks, Delete, EditError, Move, ReplaceBlock, Set, get
from cartwatch.document.paths import human_path
from cartwatch.storage.backups import backups_at
from cartwatch.storage.cleanup import sweep_places
from cartwatch.storage.conflict_log import conflict_log_path, log_conflicts_at
from cartwatch.storage.errors import StorageError
from cartwatch.storage.journal import Journal, JournalEntry
from cartwatch.storage.patch import reversal
from cartwatch.storage.reading import sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.document.edits import Edit
    from cartwatch.storage.backups import Backup
    from cartwatch.storage.places import Places
    from cartwatch.storage.reading import FileState

__all__ = ["MOST", "Keeper", "edit_tables"]

_BETWEEN_BACKUPS = timedelta(minutes=1)
MOST = 200  # edits of one change listed in the journal; the reverse patch covers the rest


class Keeper:
    """Keeps backups and the journal of one watchlist. A failure is a warning and never stops a save."""

    def __init__(self, places: Places, clock: Callable[[], datetime] | None = None, who: str = "") -> None:
        self.journal = Journal(places.journal)
        self.backups = backups_at(places)
        self._clock = clock or (lambda: datetime.now(UTC))
        self._who = who
        self._places = places
        self._swept = False
        self._backed_up: datetime | None = None
        self.warnings: list[str] = []

    def sweep(self) -> None:
        """Remove temporary files of killed processes, once a run; a command that changes nothing removes nothing."""
        if not self._swept:
            self._swept = True
            sweep_places(self._places, time())

    def back_up(self, data: bytes, label: str = "") -> None:
        """Keep the text to be replaced; with a label always, else at most once a minute."""
        now = self._clock()
        last = self._backed_up
        if not label and last is not None and timedelta(0) <= now - last < _BETWEEN_BACKUPS:
            return
        warning = self.backups.try_add(data, now, label)
        if warning is None:
            self._backed_up = now
        else:
            self._warn(warning)

    def keep(self, data: bytes, label: str) -> None:
        """Keep a text under a label, where a failure must not be ignored. Raises NotBackedUp."""
        self.backups.add(data, self._clock(), label)

    def newest_first(self) -> Sequence[Backup]:
        """Return the backups, newest first."""
        return self.backups.newest_first(self._clock())

    def write_down(
        self,
        words: str,
        before: FileState | None,
        after: FileState,
        *,
        origin: str,
        edits: Sequence[dict[str, Any]] = (),
        undoes: str = "",
    ) -> str:
        """Enter a change in the journal; return its id, "" if it could not be entered."""
        change = JournalEntry(
            self._clock(),
            origin,
            words,
            before.sha256 if before is not None else sha256(b""),
            after.sha256,
            tuple(edits[:MOST]),
            reversal(before.data if before is not None else b"", after.data),
            self._who,
            undoes,
        )
        try:
            return self.journal.append(change).id
        except StorageError as wrong:
            self._warn(str(wrong))
            return ""

    def log_conflicts(self, items: Sequence[tuple[str, str, Any, Any, Any]]) -> None:
        """Log both values of each conflict: program, path, before, ours, theirs."""
        try:
            log_conflicts_at(conflict_log_path(self._places), self._clock(), items)
        except StorageError as wrong:
            self._warn(str(wrong))

    def enter_theirs(
        self,
        before: FileState | None,
        after: FileState,
        words: str = "changed outside cartwatch",
        edits: Sequence[dict[str, Any]] = (),
    ) -> None:
        """Enter another application's change, as the way back to earlier texts leads through it.

        Another cartwatch enters its changes itself."""
        if before is None or not self.journal.told(before.sha256, after.sha256):
            self.write_down(words, before, after, origin="disk", edits=edits)

    def _warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)


def edit_tables(before: Document, edits: Sequence[Edit], after: Document) -> list[dict[str, Any]]:
    """Convert edits to journal tables: program, dotted path, old value and new value.

    Paths are those of the document before; edits whose paths an earlier edit of the same change has moved are left out.
    """
    tables: list[dict[str, Any]] = []
    whole = [each for each in edits if isinstance(each, AddBlocks) or len(getattr(each, "path", (0, 0, 0))) < 3]
    for each in edits:
        if isinstance(each, AddBlocks):
            alone = len(whole) == 1  # then the new text is already read
            records = after.programs[len(before.programs) :] if alone else records_of(each.text)
            tables += [_added(record) for record in records[:MOST]]
        elif (table := _table(before, each)) is not None:
            tables.append(table)
    return tables


def _added(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"program": str(record.get("id") or record.get("name") or ""), "path": "", "new": "added"}


def _table(before: Document, edit: Edit) -> dict[str, Any] | None:
    if isinstance(edit, ReplaceBlock):
        return {"program": _key(before, edit.index), "path": ""}
    if not isinstance(edit, Set | Delete | Add | Move):
        return None
    path = edit.path
    if path == ("program",) and isinstance(edit, Add):
        return _added(edit.value)
    if path[:1] != ("program",) or len(path) < 2 or not isinstance(path[1], int) or path[1] >= len(before.programs):
        return None
    table: dict[str, Any] = {"program": _key(before, path[1]), "path": human_path(before.programs[path[1]], path[2:])}
    try:
        old = get(before.data, path)
    except EditError:
        old = None
    if isinstance(edit, Set):
        table |= {"old": old, "new": edit.value}
    elif isinstance(edit, Add):
        table["new"] = edit.value
    elif isinstance(edit, Delete):
        table["old"] = old if len(path) > 2 else "deleted"
    elif isinstance(edit, Move):
        table["to"] = edit.to
    return table


def _key(document: Document, place: int) -> str:
    record = document.programs[place] if place < len(document.programs) else {}
    return str(record.get("id") or record.get("name") or place + 1)
