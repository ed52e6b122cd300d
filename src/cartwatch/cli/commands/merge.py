"""`cartwatch merge`: merges two edited copies of a watchlist by program and field; also as git merge driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.output import Failure
from cartwatch.domain.description import counted

from .diff import read_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.cli.context import Call
    from cartwatch.document.document import Document
    from cartwatch.document.edits import Applied
    from cartwatch.domain.merge import Conflict
    from cartwatch.storage.places import Places

__all__ = ["run"]


def run(call: Call) -> int:
    """Merge MINE and THEIRS, both edited from BASE, to stdout or a file; return 1 if conflicts remain, one line each.

    With MINE alone, merge the two sides of the git conflict in it, in place unless another file is named.
    """
    from cartwatch.document.edits import EditError
    from cartwatch.document.merging import merge_documents

    words = call.parsed.words
    if len(words) == 2:
        raise UsageError("merge needs BASE, MINE and THEIRS, or one file with a git conflict in it")
    try:
        if len(words) == 1:
            data = _read(words[0])
            applied, conflicts = _sides(words[0], data)
            merged = _told_in(applied, conflicts)
            if call.parsed.get("output") is None:
                _in_place(call, words[0], data, merged.raw)
                return _conclude(call, applied, conflicts)
        else:
            base, mine, theirs = map(read_document, words)
            applied, conflicts = merge_documents(base, mine, theirs)
            merged = _told_in(applied, conflicts)
    except EditError as wrong:
        raise Failure(f"these can't be merged: {wrong}") from None
    _write(call, merged.raw)
    return _conclude(call, applied, conflicts)


def _told_in(applied: Applied, conflicts: Sequence[Conflict]) -> Document:
    from cartwatch.session.conflicts import with_conflicts

    return with_conflicts(applied.document, conflicts) if conflicts else applied.document


def _read(name: str) -> bytes:
    from cartwatch.storage.errors import StorageError
    from cartwatch.storage.reading import read_file

    try:
        return read_file(name).data
    except FileNotFoundError:
        raise Failure(f"{name}: there is no such file") from None
    except StorageError as wrong:
        raise Failure(str(wrong)) from None


def _sides(name: str, data: bytes) -> tuple[Applied, tuple[Conflict, ...]]:
    """Merge both sides of a text with git's conflict markers. Raises Failure."""
    from cartwatch.document.document import SyntaxProblem
    from cartwatch.document.merging import merge_sides

    try:
        return merge_sides(data)
    except SyntaxProblem as problem:
        raise Failure(f"{name}: {problem.message}; nothing was changed") from None


def _in_place(call: Call, name: str, before: bytes, merged: bytes) -> None:
    """Replace the file by the merged text; the old text stays among the backups. Raises Failure."""
    import os

    from cartwatch.cli.commit import not_saved
    from cartwatch.session.session import Session
    from cartwatch.storage.errors import StorageError
    from cartwatch.storage.places import places

    try:
        session = Session(name, call.today, places(name, os.environ), origin="cli")
        session.open()
        if session.opened.file is None or session.opened.file.data != before:
            raise Failure(f"{name}: another application has just changed it; nothing was done")
        if session.opened.readonly is not None:
            raise Failure(f"{name}: nothing can be changed: {session.opened.readonly}")
        if not session.recover(merged, "merged both sides of a git conflict"):
            raise not_saved(session)
    except StorageError as wrong:
        raise Failure(str(wrong)) from None
    call.output.tell(f"{name}: both sides merged; the file as it was is among its backups")


def _conclude(call: Call, applied: Applied, conflicts: Sequence[Conflict]) -> int:
    from cartwatch.session.conflicts import conflict_words

    for note in applied.notes:
        call.output.tell(note)
    for each in conflicts:
        call.output.tell(f"conflict: {conflict_words(applied.document, each)}")
    if conflicts:
        count = counted(len(conflicts), "conflict")
        call.output.tell(f"{count}: a comment above the line of each says what theirs is; yours stands")
    return 1 if conflicts else 0


def _write(call: Call, data: bytes) -> None:
    target = call.parsed.get("output")
    if target is None or target == "-":
        call.output.document((data,))
        return
    from cartwatch.formats.formats import ExportError, write_export

    try:
        write_export(target, (data,), force=True, own=_own(call))
    except ExportError as wrong:
        raise Failure(str(wrong)) from None


def _own(call: Call) -> Places | None:
    """Return the places of the watchlist, which must not be overwritten; None if there are none, as in a git merge driver."""
    try:
        return call.places()
    except Failure:
        return None
