"""Undo of changes from earlier runs by way of the journal; changes made since by another application are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import Delete, EditError, Set, apply
from cartwatch.document.merging import merge_documents
from cartwatch.document.paths import PathError, raw_path
from cartwatch.domain.identity import same

from .conflicts import settled, value_at
from .keeper import MOST
from .state import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.document.edits import Edit
    from cartwatch.domain.merge import Conflict
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.storage.journal import Journal, JournalEntry

__all__ = ["apply_step", "earlier_step"]

_TYPED = ("app", "cli")  # origins whose changes the journal lists value by value


def earlier_step(journal: Journal, now: Document, watchlist: Watchlist) -> Step | None:
    """Return the last change of an earlier run that was not undone; None if there is none.

    Raises EditError if its values have been changed again since, outside cartwatch.
    """
    change = journal.to_undo()
    if change is None:
        return None
    around = journal.around(change, now.raw)
    if around is None:
        before, after = _by_values(now, watchlist, change), now
    else:
        try:
            before, after = (Document.parse(each) for each in around)
        except SyntaxProblem as wrong:
            raise EditError(f"“{change.words}” can't be undone: before it the file was not TOML ({wrong})") from None
        if after.raw == now.raw:
            after = now
    edit: Mapping[str, Any] = change.edits[0] if change.edits else {}
    return Step(change.words, before, after, edit.get("program"), edit.get("path") or None, entry=change.id)


def _by_values(document: Document, watchlist: Watchlist, change: JournalEntry) -> Document:
    """Undo a change by its values in the journal, where the file was changed while no journal was kept.

    Raises EditError if a value is not the one that the change left, or if the change covered more than values.
    """
    refusal = EditError(f"“{change.words}” can't be undone: the file has been changed in other ways since; see the backups")
    if change.undoes or change.origin not in _TYPED or not 0 < len(change.edits) < MOST:  # else the list may be incomplete
        raise refusal
    edits: list[Edit] = []
    try:
        for table in reversed(change.edits):
            place = watchlist.place(str(table.get("program")))
            if place is None or not table.get("path") or "to" in table:
                raise refusal
            path = ("program", place, *raw_path(document.programs[place], str(table["path"])))
            if not same(value_at(document, path), table.get("new")):
                raise refusal
            old = table.get("old")
            edits.append(Delete(path) if old is None else Set(path, old))
    except PathError:
        raise refusal from None
    return apply(document, edits).document


def apply_step(here: Document, there: Document, now: Document) -> tuple[Document, tuple[Conflict, ...]]:
    """Apply the step from `here` to `there` to the current document.

    Values changed since `here` by another application stay, and are reported as conflicts in which "ours" is
    the value of the step. Raises EditError if the data cannot be written.
    """
    applied, conflicts = merge_documents(here, there, now)
    planned, _ = settled(applied.document, conflicts, [True] * len(conflicts))
    document = applied.document if planned is None else apply(applied.document, planned.edits).document
    return document, conflicts
