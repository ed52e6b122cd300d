"""State of a watchlist as read from its file, and the steps that change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.document.document import Document, SyntaxProblem
    from cartwatch.document.problems import Problem
    from cartwatch.document.reader import Read
    from cartwatch.storage.reading import FileState

__all__ = ["SCHEMA", "Foreseen", "Opened", "Pending", "Step", "located"]

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
    """The result of an amendment for a document on a day, computed without changing anything.

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
        position = document.position(each.path)
        placed.append(replace(each, line=position.line, column=position.column))
    return tuple(sorted(placed, key=lambda each: (each.line, each.column)))
