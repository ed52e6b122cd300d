"""State of a watchlist as read from its file, and the steps that change it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.problems import ERROR, Problem

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.document.document import Document, SyntaxProblem
    from cartwatch.document.reader import Read
    from cartwatch.storage.reading import FileState

__all__ = ["SCHEMA", "Foreseen", "Opened", "Pending", "Step", "conflict_marks", "located"]

_MARK = re.compile(r"[ \t]*(# CONFLICT [^\n]*: yours [^\n]* stands below)[ \t\r]*")
SCHEMA = 1  # the newest schema that this version writes


@dataclass(frozen=True, slots=True)
class Opened:
    """The result of reading the file once.

    `state` is "ok", "missing" (no file yet), "unreadable" (`trouble` has place and reason) or "newer" (a schema of a later
    cartwatch: read-only). `readonly` is the reason why nothing can be written, if so.
    """

    state: str
    document: Document
    read: Read
    file: FileState | None = None
    trouble: SyntaxProblem | None = None
    readonly: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change that can be undone: the document before and after, its name, and where the cursor goes."""

    words: str
    before: Document
    after: Document
    program: str | None = None
    path: str | None = None
    notes: tuple[str, ...] = ()
    entry: str = ""  # its id in the journal


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The result of a planned change for a document on a day, computed without changing anything.

    `told` is its entry for the journal.
    """

    before: Document
    today: date
    after: Document
    read: Read
    notes: tuple[str, ...] = ()
    told: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """The journal entry of a change, to be written once it is saved."""

    words: str
    origin: str
    tables: tuple[dict[str, Any], ...] = ()
    undoes: str = ""


def located(document: Document, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Add line and column to problems, in the order of the file."""
    placed = []
    for each in problems:
        position = document.position(each.path) if not each.line else each
        placed.append(replace(each, line=position.line, column=position.column))
    return tuple(sorted(placed, key=lambda each: (each.line, each.column)))


def conflict_marks(document: Document) -> tuple[Problem, ...]:
    """Find the comments that a merge left above what both sides had changed: somebody has to choose."""
    if not any("# CONFLICT " in unit.text for unit in document.units):
        return ()
    message = "a conflict of `cartwatch merge` is left: choose one of the two, then delete this comment"
    lines = enumerate(document.text.split("\n"), 1)
    return tuple(Problem(ERROR, (), message, line=at, column=1) for at, line in lines if _MARK.fullmatch(line))
