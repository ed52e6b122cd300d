"""What the reading of a watchlist found, and the steps in which it is changed."""

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

SCHEMA = 1  # the newest schema that this program writes


@dataclass(frozen=True, slots=True)
class Opened:
    """What one reading of the file found.

    `state` is "ok", "missing" (no file yet), "unreadable" (`trouble` says where and why) or "newer" (a schema of a later
    cartwatch: to be looked at, not written). `readonly` says why nothing can be written, where that is so.
    """

    state: str
    document: Document
    read: Read
    file: FileState | None = None
    trouble: SyntaxProblem | None = None
    readonly: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change that can be undone: the document before and after, what to call it, and where the cursor goes."""

    words: str
    before: Document
    after: Document
    program: str | None = None
    path: str | None = None
    notes: tuple[str, ...] = ()
    entry: str = ""  # its id in the journal


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an amendment makes of a document on a day, and what that means; nothing has been changed yet.

    `told` is what the journal will say of it.
    """

    before: Document
    today: date
    after: Document
    read: Read
    notes: tuple[str, ...] = ()
    told: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """What the journal is to say of a change once it is saved."""

    words: str
    origin: str
    tables: tuple[dict[str, Any], ...] = ()
    undoes: str = ""


def located(document: Document, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The same problems with the line and column of each, in the order of the file."""
    placed = []
    for each in problems:
        position = document.position(each.path)
        placed.append(replace(each, line=position.line, column=position.column))
    return tuple(sorted(placed, key=lambda each: (each.line, each.column)))
