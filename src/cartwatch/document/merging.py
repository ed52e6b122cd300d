"""Merges three documents into one: their text, with our changes applied as edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.merge import Conflict, edits_between, head_edits_between, merge
from cartwatch.domain.text import clean

from .document import Document, SyntaxProblem
from .edits import Add, Applied, Delete, Edit, Move, Set, apply

if TYPE_CHECKING:
    from cartwatch.domain.merge import Step

    from .document import Document
    from .edits import Applied

__all__ = ["Conflict", "edits_to", "has_markers", "merge_documents", "merge_sides", "sides"]


def merge_documents(base: Document, ours: Document, theirs: Document) -> tuple[Applied, tuple[Conflict, ...]]:
    """Merge two documents derived from `base`, by program and field.

    Their text stays byte for byte except our changes. Where both changed a value differently, ours stays and is among the
    conflicts. Raises EditError if the merged data cannot be written.
    """
    merged = merge((base.head, base.programs), (ours.head, ours.programs), (theirs.head, theirs.programs))
    steps = [*head_edits_between(theirs.head, merged.head), *edits_between(theirs.programs, merged.programs)]
    return apply(theirs, [_edit(each) for each in steps]), merged.conflicts


def edits_to(old: Document, new: Document) -> tuple[Edit, ...]:
    """Return the edits that turn the data of one document into that of another."""
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


_OURS, _BASE, _THEIRS, _END = b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"
_FOLLOWS = {_OURS: (_END,), _BASE: (_OURS,), _THEIRS: (_OURS, _BASE), _END: (_THEIRS,)}


def _marker(line: bytes) -> bytes | None:
    """Return the git conflict marker of a line, whatever name git wrote after it."""
    start, rest = line[:7], line[7:].rstrip(b"\r\n")
    return start if start in _FOLLOWS and (not rest or (rest.startswith(b" ") and start != _THEIRS)) else None


def has_markers(data: bytes) -> bool:
    """Whether a text holds a complete git conflict."""
    return sides(data) is not None


def sides(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Return base, ours and theirs of a git conflict; None if there are no markers or they are out of order.

    If git did not write the base (conflict style `merge`), the base is the text outside the conflicts.
    """
    base, ours, theirs = bytearray(), bytearray(), bytearray()
    taking = {_OURS: [ours], _BASE: [base], _THEIRS: [theirs], _END: [base, ours, theirs]}
    now, found = _END, False
    for line in data.splitlines(keepends=True):
        marker = _marker(line)
        if marker is None or (marker == _THEIRS and now == _END):  # a line of equals signs may belong to the text
            for each in taking[now]:
                each += line
            continue
        if now not in _FOLLOWS[marker]:
            return None
        now, found = marker, True
    return (bytes(base), bytes(ours), bytes(theirs)) if found and now == _END else None


def merge_sides(data: bytes) -> tuple[Applied, tuple[Conflict, ...]]:
    """Merge both sides of a text with a git conflict; where they differ, ours stays and is among the conflicts.

    Raises SyntaxProblem if there is no conflict or a side is not TOML, EditError if the merged data cannot be written.
    """
    found = sides(data)
    if found is None:
        raise SyntaxProblem("no complete git conflict in the file", 1, 1, "")
    base, ours, theirs = found
    try:
        before = Document.parse(base)
    except SyntaxProblem:  # a conflict can split a value
        before = Document.empty()
    return merge_documents(before, _side("ours", ours), _side("theirs", theirs))


def _side(name: str, data: bytes) -> Document:
    try:
        return Document.parse(data)
    except SyntaxProblem as wrong:
        message = f"{name} alone is not TOML, at “{clean(wrong.source_line, limit=60)}”: {wrong.message}"
        raise SyntaxProblem(message, source_line=wrong.source_line) from None  # its line number is not one of the file
