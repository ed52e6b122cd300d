"""Commits a change of a command: opens the watchlist, saves it, and prints the change and its conflicts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import EditError
from cartwatch.document.paths import human_path
from cartwatch.document.reader import read_watchlist
from cartwatch.document.typed import as_typed
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.difference import difference
from cartwatch.session.backups import keep_last, lost_list
from cartwatch.session.conflicts import theirs_stands, value_at
from cartwatch.session.session import Session
from cartwatch.storage.errors import StorageError

from .output import Failure

if TYPE_CHECKING:
    from cartwatch.domain.difference import Change
    from cartwatch.domain.merge import Conflict
    from cartwatch.session.changes import PlannedChange
    from cartwatch.session.session import Step
    from cartwatch.storage.backups import Backup

    from .context import Call

__all__ = ["carry_out", "conclude", "not_saved", "open_for_change", "settle"]

_STAMPS = 9  # a change up to this weight is not printed if it only follows from another


def open_for_change(call: Call, *, making: bool = False) -> Session:
    """Open the watchlist for a change. With `making` the default one may be missing: the first save makes it.

    Raises Failure where it can't be changed.
    """
    where = call.places()
    if making and not where.named and not os.path.lexists(where.watchlist):
        session = Session(where.watchlist, call.today, where, origin="cli")
        try:
            session.open()
        except StorageError as error:
            raise Failure(str(error)) from None
        settle(call, session)
        return session
    session = call.open()
    session.origin = "cli"
    if session.opened.state == "missing":
        if (lost := lost_list(session)) is not None:
            raise _lost(call, session, *lost)
        raise Failure(f"no watchlist yet at {session.path}: `cartwatch add NAME` makes one")
    settle(call, session)
    if session.why_readonly is not None:
        raise Failure(f"{session.path}: nothing can be changed: {session.why_readonly}")
    return session


def settle(call: Call, session: Session) -> None:
    """Compare the file with the last save before it is changed, and report outside changes.

    Raises Failure where it is gone or empty although a backup has programs, unless --anew was given.
    """
    anew = call.parsed.has("anew")
    if anew:
        keep_last(session, "anew")
    elif (lost := lost_list(session)) is not None:
        raise _lost(call, session, *lost)
    session.settle(believe=anew)
    _tell(call, session)


def _lost(call: Call, session: Session, backup: Backup, count: int) -> Failure:
    what = "is gone" if session.opened.state == "missing" else "has been emptied"
    known = f"a backup of {in_zone(backup.at):%Y-%m-%d %H:%M} has {count} program{'s' if count > 1 else ''}"
    takes = call.parsed.command is not None and any(each.long == "anew" for each in call.parsed.command.options)
    anew = "; --anew begins a new list" if takes else ""
    return Failure(f"{session.path} {what}, but {known}: `cartwatch restore latest` restores it{anew}")


def _tell(call: Call, session: Session) -> None:
    for note in session.warnings:
        call.output.tell(note)
    for conflict in session.conflicts:
        call.output.tell(_conflict(session, conflict))
    session.warnings.clear()
    session.conflicts.clear()


def carry_out(call: Call, session: Session, planned: PlannedChange, *, label: str = "") -> int:
    """Make a change, save it, and print it. Raises Failure where it can't be made or saved."""
    try:
        step = session.change(planned, label=label)
    except EditError as wrong:
        raise Failure(f"{session.path}: {wrong}") from None
    return conclude(call, session, step, _said(session, step))


def conclude(call: Call, session: Session, step: Step, lines: list[str]) -> int:
    """Print the change and its warnings; return 1 if it conflicts with a change by another application.

    Raises Failure where it is not on the disk.
    """
    if session.unsaved is not None:
        raise not_saved(session)
    for each in lines:
        call.output.line(call.look.plainly(each))
    keeper = session.keeper
    for note in (*step.notes, *(keeper.warnings if keeper is not None else ())):
        call.output.tell(note)
    found = bool(session.conflicts)
    _tell(call, session)
    return 1 if found else 0


def not_saved(session: Session) -> Failure:
    """Build the failure for a change that is not on disk."""
    return Failure(f"NOT SAVED: {session.unsaved}")


def _said(session: Session, step: Step) -> list[str]:
    """Describe the change in the words of `diff`; in its own words if only unread text changed."""
    known = session.opened.read
    old, new = (read_watchlist(each.head, each.programs, session.today, known).watchlist for each in (step.before, step.after))
    found = difference(old, new)
    if len(found) > 1:
        found = tuple(each for each in found if not _goes_without_saying(each)) or found[:1]
    return [each.words for each in found] or [step.words]


def _goes_without_saying(change: Change) -> bool:
    """Whether a change only follows from another: a first id, or the sources of changed facts."""
    return (change.path == "id" and change.old is None) or (change.path.startswith("cite.") and change.weight <= _STAMPS)


def _conflict(session: Session, conflict: Conflict) -> str:
    path = conflict.path
    programs = session.document.programs
    at = path[1] if path[:1] == ("program",) and len(path) > 1 else None
    if isinstance(at, int):
        place = human_path(programs[at] if at < len(programs) else {}, path[2:])
    else:
        place = human_path({}, path)
    where = ": ".join(each for each in (conflict.program, place) if each)
    if theirs_stands(session.document, conflict) and conflict.ours is not None:  # an undo
        stands = "it is gone" if conflict.theirs is None else f"{_value(conflict.theirs)} stands"
        return f"conflict: {where}: another application changed it since, {stands}; undo would make it {_value(conflict.ours)}"
    if conflict.ours is None and value_at(session.document, path) is None:
        return f"conflict: {where}: you removed it, and it stays out; an older text that another application wrote had it still"
    if conflict.ours is None:
        return f"conflict: {where}: you removed it, another application set it to {_value(conflict.theirs)}, which stands"
    if conflict.theirs is None:
        return f"conflict: {where}: another application removed it; your {_value(conflict.ours)} stands"
    return f"conflict: {where}: your {_value(conflict.ours)} stands; another application set it to {_value(conflict.theirs)}"


def _value(value: Any) -> str:
    return f"“{as_typed(value)}”" if as_typed(value) else "record"
