"""Backups of a watchlist: list them, read them, and compare them with the current list."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.difference import difference
from cartwatch.storage.backups import LAST
from cartwatch.storage.errors import StorageError
from cartwatch.storage.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from cartwatch.domain.difference import Change
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.storage.backups import Backup

    from .session import Session

__all__ = ["backups_of", "keep_last", "left_out", "lost_list", "meaning_of", "newest_good", "since", "why_made"]

_WHY = {
    "": "before a save",
    LAST: "as saved last",
    "import": "before an import",
    "migration": "before the change to a newer schema",
    "restore": "before a backup was restored",
    "anew": "before a list was begun anew",
    "delete": "before programs were deleted",
    "unsaved": "what could not be saved at the end",
    "unreadable": "the file that could not be read",
}


def why_made(backup: Backup) -> str:
    """Describe why a backup was made."""
    return _WHY.get(backup.label, f"before {backup.label}")


def backups_of(session: Session) -> Sequence[Backup]:
    """Return the backups of a watchlist, newest first; the last saved text counts if the file holds another."""
    file = session.opened.file
    found = session.keeper.newest_first() if session.keeper is not None else ()
    return [each for each in found if each.label != LAST or file is None or not file.sha256.startswith(each.sha)]


def meaning_of(data: bytes, today: date) -> Watchlist:
    """Read a text into a watchlist. Raises SyntaxProblem."""
    document = Document.parse(data)
    return read_watchlist(document.head, document.programs, today).watchlist


def since(session: Session, backup: Backup, now: Watchlist | None = None) -> tuple[Change, ...]:
    """Compare a backup with `now`, by default the list in memory. Raises StorageError, SyntaxProblem."""
    assert session.keeper is not None
    then = meaning_of(session.keeper.backups.read(backup), session.today)
    return difference(then, session.watchlist if now is None else now)


def newest_good(session: Session) -> tuple[Backup, bytes] | None:
    """Return the newest readable backup that has programs, with its text."""
    return next(_good(session), None)


def _good(session: Session) -> Iterator[tuple[Backup, bytes]]:
    for backup in backups_of(session):
        assert session.keeper is not None
        try:
            data = session.keeper.backups.read(backup)
            if Document.parse(data).programs:
                yield backup, data
        except (StorageError, FileNotFoundError, SyntaxProblem):
            continue


def lost_list(session: Session) -> tuple[Backup, int] | None:
    """Return the newest known text of a list whose file is missing or has no programs, and its number of programs.

    None if nothing is lost: the list never had a program, or its last one was deleted in cartwatch.
    """
    opened = session.opened
    if opened.state not in ("ok", "missing") or opened.document.programs:
        return None
    known = session.keeper.newest_first() if session.keeper is not None else ()
    last = next((each for each in known if each.label == LAST), None)
    if last is None:  # an earlier cartwatch kept none: only a file without a word is taken for a loss then
        if opened.state == "ok" and opened.document.raw.strip(b"\0 \r\n\t"):
            return None
    elif _programs_of(session, last) == 0:
        return None
    good = newest_good(session)
    return (good[0], len(Document.parse(good[1]).programs)) if good is not None else None


def keep_last(session: Session, label: str) -> None:
    """Copy the last saved text to the backups if the file holds another, before a third replaces both."""
    last = next((each for each in backups_of(session) if each.label == LAST), None)
    if last is None or session.keeper is None:
        return
    with suppress(StorageError, FileNotFoundError):
        session.keeper.back_up(session.keeper.backups.read(last), label)


def _programs_of(session: Session, backup: Backup) -> int | None:
    assert session.keeper is not None
    try:
        return len(Document.parse(session.keeper.backups.read(backup)).programs)
    except (StorageError, FileNotFoundError, SyntaxProblem):
        return None


def left_out(session: Session, backup: Backup) -> int:
    """Count the changes in the journal that are newer than a backup."""
    if session.places is None or backup.label == LAST:
        return 0
    count = 0
    for entry in Journal(session.places.journal).newest_first():
        if entry.new.startswith(backup.sha) or entry.at < backup.at:
            break
        count += 1
    return count
