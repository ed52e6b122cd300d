"""Earlier texts of a watchlist: the backups, what each meant, and what has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.difference import difference
from cartwatch.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from cartwatch.domain.difference import Change
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.storage.backups import Backup

    from .session import Session

__all__ = ["backups_of", "meaning_of", "newest_good", "since", "why_made"]

_WHY = {
    "": "before a save",
    "import": "before an import",
    "migration": "before the change to a newer schema",
    "restore": "before a backup was restored",
    "delete": "before programs were deleted",
    "unsaved": "what could not be saved at the end",
    "unreadable": "the file that could not be read",
}


def why_made(backup: Backup) -> str:
    """When a backup was made, in words."""
    return _WHY.get(backup.label, f"before {backup.label}")


def backups_of(session: Session) -> Sequence[Backup]:
    """The backups of a watchlist, newest first."""
    return session.keeper.newest_first() if session.keeper is not None else ()


def meaning_of(data: bytes, today: date) -> Watchlist:
    """What a text says. Raises SyntaxProblem."""
    document = Document.parse(data)
    return read_watchlist(document.head, document.programs, today).watchlist


def since(session: Session, backup: Backup, now: Watchlist | None = None) -> tuple[Change, ...]:
    """What has changed from a backup to `now`, by default the list in memory. Raises StorageError, SyntaxProblem."""
    assert session.keeper is not None
    then = meaning_of(session.keeper.backups.read(backup), session.today)
    return difference(then, session.watchlist if now is None else now)


def newest_good(session: Session) -> tuple[Backup, bytes] | None:
    """The newest backup that can be read and has programs in it, with its text."""
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
