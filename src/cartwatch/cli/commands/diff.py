"""`cartwatch diff`: prints the changes from one watchlist file to another, in the words of the field."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from cartwatch.cli.output import Failure
from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.description import counted
from cartwatch.domain.difference import difference
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.cli.context import Call
    from cartwatch.domain.difference import Change
    from cartwatch.domain.watchlist import Watchlist

__all__ = ["change_document", "compare_files", "grouped", "print_changes", "read_document", "run"]


def run(call: Call) -> int:
    """Print the changes from A to B by program, highest weight first; with A alone, those from A to the watchlist."""
    words = call.parsed.words
    compare_files(call, words[0], words[1] if len(words) > 1 else None)
    return 0


def compare_files(call: Call, before: str, after: str | None) -> None:
    """Print the changes between two files, or up to the watchlist. Raises Failure for a file that can't be read."""
    old = _watchlist(call, before)
    new = _watchlist(call, after) if after is not None else call.open().watchlist
    changes = [each for each in difference(old, new) if each.weight]
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), "changes": [change_document(each, call) for each in changes]})
    elif changes:
        print_changes(call, changes)
    else:
        call.output.tell("there are no differences")


def read_document(name: str) -> Document:
    """Read a watchlist file, or standard input for `-`. Raises Failure."""
    from cartwatch.storage.errors import StorageError
    from cartwatch.storage.reading import LIMIT, read_file

    try:
        if name == os.devnull:  # how git names the side of a file that is not there
            data = b""
        elif name == "-":
            data = sys.stdin.buffer.read(LIMIT + 1) if sys.stdin is not None else b""
        else:
            data = read_file(name).data
        return Document.parse(data)
    except FileNotFoundError:
        raise Failure(f"{name}: there is no such file") from None
    except SyntaxProblem as problem:
        raise Failure(f"{name}:{problem.line}:{problem.column}: {problem.message}") from None
    except (StorageError, ValueError) as wrong:
        raise Failure(str(wrong)) from None


def _watchlist(call: Call, name: str) -> Watchlist:
    document = read_document(name)
    read = read_watchlist(document.head, document.programs, call.today)
    errors = sum(each.level == "error" for each in read.problems)
    if errors:
        call.output.tell(f"{name}: {counted(errors, 'value')} could not be read: `cartwatch check` says where")
    return read.watchlist


def grouped(changes: Sequence[Change]) -> dict[str, list[Change]]:
    """Group the changes by program label, in the order of each group's highest weight."""
    groups: dict[str, list[Change]] = {}
    for each in changes:
        groups.setdefault(each.label, []).append(each)
    return groups


def print_changes(call: Call, changes: Sequence[Change]) -> None:
    """Print changes under the names of their programs."""
    for label, group in grouped(changes).items():
        call.output.section(Run(label or "the list itself", "strong"))
        for each in group:
            words = each.words.removeprefix(f"{label}: ") if label else each.words
            call.output.runs([Run(call.look.plainly(words), _role(each))], "  ")


def _role(change: Change) -> str:
    return {"resolved": "good", "program removed": "bad", "removed": "quiet"}.get(change.kind, "")


def change_document(change: Change, call: Call) -> dict[str, Any]:
    """Convert a change to JSON: `old` and `new` are values as in the file, null where there is none."""
    from cartwatch.views.documents import value_document

    return {
        "at": None,
        "program": change.program,
        "path": change.path,
        "old": value_document(change.old, call.now),
        "new": value_document(change.new, call.now),
        "kind": change.kind,
        "words": change.words,
        "weight": change.weight,
        "origin": None,
    }
