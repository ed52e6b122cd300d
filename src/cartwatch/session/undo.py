"""Changes taken back: those of earlier runs by way of the journal, and never over what another program has written since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import Delete, EditError, Set, apply
from cartwatch.document.merging import merge_documents
from cartwatch.document.paths import PathError, raw_path
from cartwatch.domain.equality import same

from .conflicts import settled, value_at
from .keeper import MOST
from .state import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.document.edits import Edit
    from cartwatch.domain.merge import Conflict
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.storage.journal import Journal
    from cartwatch.storage.journal_entry import JournalEntry

__all__ = ["earlier_step", "taken_back"]

_TYPED = ("app", "cli")  # origins whose changes the journal tells value by value


def earlier_step(journal: Journal, now: Document, watchlist: Watchlist) -> Step | None:
    """The last change of an earlier run that has not been taken back; None where there is none.

    Raises EditError where what it changed has been changed again since, outside cartwatch.
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
            raise EditError(f"“{change.words}” can't be taken back: before it the file was not TOML ({wrong})") from None
        if after.raw == now.raw:
            after = now
    edit: Mapping[str, Any] = change.edits[0] if change.edits else {}
    return Step(change.words, before, after, edit.get("program"), edit.get("path") or None, entry=change.id)


def _by_values(document: Document, watchlist: Watchlist, change: JournalEntry) -> Document:
    """The document without a change, by the values that the journal has of it: the file was changed while nobody noted it.

    Raises EditError where a value is not the one that the change left, or where the change was of more than values.
    """
    refusal = EditError(f"“{change.words}” can't be taken back: the file has been changed in other ways since; see the backups")
    if change.undoes or change.origin not in _TYPED or not 0 < len(change.edits) < MOST:  # else they may not be all of it
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


def taken_back(here: Document, there: Document, now: Document) -> tuple[Document, tuple[Conflict, ...]]:
    """The document that stands now, with the step from `here` to `there` made in it.

    What another program has changed since `here` stays as that program left it, and is told as a conflict in which "ours" is
    what the step would have brought. Raises EditError where the data can't be written.
    """
    applied, conflicts = merge_documents(here, there, now)
    amendment, _ = settled(applied.document, conflicts, [True] * len(conflicts))
    document = applied.document if amendment is None else apply(applied.document, amendment.edits).document
    return document, conflicts
