"""Three documents merged into one: the text of theirs, with our changes made in it as edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.merge import Conflict, merge
from cartwatch.domain.transition import edits_between, head_edits_between

from .edits import Add, Applied, Delete, Edit, Move, Set, apply

if TYPE_CHECKING:
    from cartwatch.domain.transition import Step

    from .document import Document

__all__ = ["Conflict", "edits_to", "merge_documents"]


def merge_documents(base: Document, ours: Document, theirs: Document) -> tuple[Applied, tuple[Conflict, ...]]:
    """Merge two documents that both came from `base`, by program and field.

    Their text stays byte for byte but for what we changed. What both changed differently stays ours and is among the
    conflicts. Raises EditError where the merged data can't be written.
    """
    merged = merge((base.head, base.programs), (ours.head, ours.programs), (theirs.head, theirs.programs))
    steps = [*head_edits_between(theirs.head, merged.head), *edits_between(theirs.programs, merged.programs)]
    return apply(theirs, [_edit(each) for each in steps]), merged.conflicts


def edits_to(old: Document, new: Document) -> tuple[Edit, ...]:
    """The edits that make the data of one document that of another."""
    steps = [*head_edits_between(old.head, new.head), *edits_between(old.programs, new.programs)]
    return tuple(_edit(each) for each in steps)


def _edit(step: Step) -> Edit:
    kind, path, *more = step
    if kind == "set":
        return Set(path, more[0])
    if kind == "delete":
        return Delete(path)
    if kind == "add":
        return Add(path, more[0], more[1])
    return Move(path, more[0])
