"""A text in which git left a merge conflict: both sides of it, merged by program and field instead of by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.text import clean

from .document import Document, SyntaxProblem
from .merging import merge_documents

if TYPE_CHECKING:
    from .edits import Applied
    from .merging import Conflict

__all__ = ["has_markers", "merge_sides", "sides"]

_OURS, _BASE, _THEIRS, _END = b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"
_FOLLOWS = {_OURS: (_END,), _BASE: (_OURS,), _THEIRS: (_OURS, _BASE), _END: (_THEIRS,)}


def _marker(line: bytes) -> bytes | None:
    """The marker that a line is, with whatever name git wrote behind it."""
    start, rest = line[:7], line[7:].rstrip(b"\r\n")
    return start if start in _FOLLOWS and (not rest or (rest.startswith(b" ") and start != _THEIRS)) else None


def has_markers(data: bytes) -> bool:
    """Whether a text holds a git conflict, whole enough to be taken apart."""
    return sides(data) is not None


def sides(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """What both sides came from, ours and theirs; None where there are no markers, or where they do not stand in order.

    Where git did not write down what both came from (its conflict style `merge`), that is what stands outside the conflicts.
    """
    base, ours, theirs = bytearray(), bytearray(), bytearray()
    taking = {_OURS: [ours], _BASE: [base], _THEIRS: [theirs], _END: [base, ours, theirs]}
    now, found = _END, False
    for line in data.splitlines(keepends=True):
        marker = _marker(line)
        if marker is None or (marker == _THEIRS and now == _END):  # a line of equals signs may be anybody's
            for each in taking[now]:
                each += line
            continue
        if now not in _FOLLOWS[marker]:
            return None
        now, found = marker, True
    return (bytes(base), bytes(ours), bytes(theirs)) if found and now == _END else None


def merge_sides(data: bytes) -> tuple[Applied, tuple[Conflict, ...]]:
    """Both sides of a text with a git conflict, merged; what both changed differently stays ours and is among the conflicts.

    Raises SyntaxProblem where there is no conflict or a side is no TOML, EditError where the merged data can't be written.
    """
    found = sides(data)
    if found is None:
        raise SyntaxProblem("no git conflict that can be taken apart", 1, 1, "")
    base, ours, theirs = found
    try:
        before = Document.parse(base)
    except SyntaxProblem:  # a conflict can cut through a value
        before = Document.empty()
    return merge_documents(before, _side("ours", ours), _side("theirs", theirs))


def _side(name: str, data: bytes) -> Document:
    try:
        return Document.parse(data)
    except SyntaxProblem as wrong:
        message = f"{name} alone is not TOML, at “{clean(wrong.source_line, limit=60)}”: {wrong.message}"
        raise SyntaxProblem(message, source_line=wrong.source_line) from None  # its line is not one of the file
