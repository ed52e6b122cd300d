"""`cartwatch merge`: two edited copies of a watchlist made one, by program and field; git can call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .comparing import read_document
from .output import Failure

if TYPE_CHECKING:
    from .call import Call

__all__ = ["run"]


def run(call: Call) -> int:
    """Merge MINE and THEIRS, which both came from BASE, to stdout or a file; 1 where conflicts remain, each told in a line."""
    from cartwatch.document.edits import EditError
    from cartwatch.document.merging import merge_documents
    from cartwatch.exchange.conflicts import conflict_words, with_conflicts

    base, mine, theirs = map(read_document, call.parsed.words)
    try:
        applied, conflicts = merge_documents(base, mine, theirs)
        merged = with_conflicts(applied.document, conflicts) if conflicts else applied.document
    except EditError as wrong:
        raise Failure(f"these can't be merged: {wrong}") from None
    _write(call, merged.raw)
    for note in applied.notes:
        call.output.tell(note)
    for each in conflicts:
        call.output.tell(f"conflict: {conflict_words(applied.document, each)}")
    if conflicts:
        count = f"{len(conflicts)} conflict{'s' if len(conflicts) > 1 else ''}"
        call.output.tell(f"{count}: a comment above the line of each says what theirs is; yours stands")
    return 1 if conflicts else 0


def _write(call: Call, data: bytes) -> None:
    target = call.parsed.get("output")
    if target is None or target == "-":
        call.output.document(data)
        return
    from cartwatch.exchange.files import ExportError, write_export

    try:
        write_export(target, data, force=True)
    except ExportError as wrong:
        raise Failure(str(wrong)) from None
