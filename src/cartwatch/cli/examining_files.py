"""What `cartwatch doctor` finds of the watchlist, and of what is kept about it: lock, backups, journal, what was left over."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cartwatch.session.session import Session
from cartwatch.storage.backups import Backups
from cartwatch.storage.cleanup import strays
from cartwatch.storage.errors import Busy, StorageError
from cartwatch.storage.journal import Journal
from cartwatch.storage.reading import read_file
from cartwatch.storage.watching import conflict_siblings

from .examining import Finding
from .restoring import counted, local, size_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cartwatch.session.session import Opened
    from cartwatch.storage.changes import Change
    from cartwatch.storage.places import Places

    from .call import Call

__all__ = ["examine_files"]

_WAIT = 0.5  # seconds that the lock is tried for: a save takes some thousandths
_SHOWN = 3  # names of what was left over


def examine_files(call: Call) -> Iterator[Finding]:
    """Look at the watchlist and what is kept about it; nothing is changed, but that the lock is taken and given back."""
    where = call.places()
    session = Session(where.watchlist, call.today, where, origin="cli")
    try:
        opened = session.open()
    except StorageError as error:
        yield Finding("do", "file", str(error))
        opened = None
    if opened is not None:
        yield from _file(session, opened)
    yield from _siblings(where)
    yield _lock(where)
    yield from _backups(where)
    yield from _journal(where, opened)
    yield from _left_over(where)
    yield from _settings(where)


def _file(session: Session, opened: Opened) -> Iterator[Finding]:
    if opened.state == "missing":
        assert session.places is not None
        if session.places.named:
            words = f"{session.path}: there is no such file; `cartwatch backups` lists its backups"
            yield Finding("do", "file", words)
        else:
            yield Finding("ok", "file", f"{session.path} is not there yet: `cartwatch add NAME` makes it")
        return
    if opened.trouble is not None:
        advice = "fix it in an editor, or see `cartwatch backups`"
        if "git merge conflict" in opened.trouble.message:
            advice = "`cartwatch merge FILE` merges both sides by program and field"
        trouble = opened.trouble
        yield Finding("do", "file", f"{session.path}:{trouble.line}:{trouble.column}: {trouble.message}; {advice}")
        return
    assert opened.file is not None
    programs = f"{counted(len(session.watchlist), 'program')}, {size_words(len(opened.file.data))}"
    yield Finding("ok", "file", f"{session.path}: {programs}")
    schema = session.watchlist.schema
    if opened.state == "newer":
        yield Finding("do", "schema", f"{opened.readonly}: update cartwatch to change anything")
    else:
        yield Finding("ok", "schema", str(schema))
    if opened.readonly is not None and opened.state != "newer":
        yield Finding("do", "permissions", f"read-only: {opened.readonly}; chmod u+w, or save a copy elsewhere")
    else:
        yield Finding("ok", "permissions", f"{opened.file.mode:04o}, can be written")
    errors = sum(each.level == "error" for each in session.problems)
    if errors:
        yield Finding("do", "values", f"{errors} could not be read: `cartwatch check` says which")


def _siblings(where: Places) -> Iterator[Finding]:
    for path in conflict_siblings(where.watchlist):
        words = f"{path}: another version, left by a sync tool: `cartwatch diff` shows it, `cartwatch import` brings it in"
        yield Finding("do", "sync", words)


def _lock(where: Places) -> Finding:
    from cartwatch.storage.lock import locked

    try:
        with locked(where.lock, where.watchlist, _WAIT) as warning:
            if warning is None:
                return Finding("ok", "lock", "free")
            return Finding("do", "lock", f"{warning}: two programs that save at once are told apart by content alone")
    except Busy:
        words = "held by another cartwatch for longer than a save takes: is one stopped (Ctrl-Z), or hanging?"
        return Finding("do", "lock", f"{words} ({where.lock})")


def _backups(where: Places) -> Iterator[Finding]:
    store = Backups(where.backups_dir)
    found = list(store.newest_first(_now()))
    if not found:
        yield Finding("ok", "backups", "none yet: the first is made when the watchlist is first changed")
        return
    damaged = 0
    for each in found:
        try:
            store.read(each)
        except FileNotFoundError:
            continue  # pruned this moment
        except StorageError:
            damaged += 1
    size = size_words(sum(each.size for each in found))
    yield Finding("ok", "backups", f"{len(found)}, the newest of {local(found[0].at)}, {size}")
    if damaged:
        yield Finding("do", "backups", f"{damaged} damaged in {where.backups_dir}: check the disk")


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _journal(where: Places, opened: Opened | None) -> Iterator[Finding]:
    journal = Journal(where.journal)
    if not os.path.lexists(journal.path):
        yield Finding("ok", "journal", "empty: nothing has been changed by cartwatch yet")
        return
    try:
        size = len(read_file(journal.path).data)
    except (FileNotFoundError, StorageError) as error:
        yield Finding("do", "journal", f"{error}: changes can't be recorded, nor undone later")
        return
    changes = list(journal.newest_first())
    yield Finding("ok", "journal", f"{counted(len(changes), 'change')}, {size_words(size)}")
    if damaged := journal.damaged():
        words = f"{counted(damaged, 'damaged block')} in {journal.path} skipped: what changed then is unknown"
        yield Finding("look", "journal", words)
    if changes:
        yield _last_save(journal, changes[0], opened)


def _last_save(journal: Journal, last: Change, opened: Opened | None) -> Finding:
    words = f"{local(last.at)}: {last.words}"
    if opened is not None and opened.file is not None and next(journal.trail(opened.file.sha256), None) is None:
        more = "the file has been changed in other ways since: undo can only bring back values"
        return Finding("look", "last save", f"{words}; {more}")
    return Finding("ok", "last save", words)


def _left_over(where: Places) -> Iterator[Finding]:
    """Temporary files of saves that were killed, texts of late writers, reports of errors."""
    if left := strays(where):
        yield Finding("look", "strays", f"{_listed(left)}: left by a save that was killed; the next start or change removes it")
    else:
        yield Finding("ok", "strays", "none")
    late = [path for start in ("late-", "pending-") for path in _named(where.keep_dir, f"{start}{where.key}", ".toml")]
    late += _named(os.path.dirname(os.path.realpath(where.watchlist)), "cartwatch-displaced-", ".toml")
    if late:
        words = "written by another program during a save: `cartwatch diff` shows it, then delete it"
        yield Finding("do", "displaced", f"{_listed(late)}: {words}")
    reports = _named(where.reports_dir, "error-", ".txt")
    if reports:
        yield Finding("look", "reports", f"{_listed(reports)}: of unexpected errors; worth a bug report, may be deleted")


def _named(directory: str, start: str, end: str) -> list[str]:
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return [os.path.join(directory, name) for name in sorted(names) if name.startswith(start) and name.endswith(end)]


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{', '.join(paths[:_SHOWN])}{more}"


def _settings(where: Places) -> Iterator[Finding]:
    import tomli

    try:
        tomli.loads(read_file(where.config).data.decode())
    except FileNotFoundError:
        return
    except StorageError as error:
        yield Finding("do", "settings", str(error))
    except ValueError as error:
        yield Finding("do", "settings", f"{where.config} is not TOML: {error}")
