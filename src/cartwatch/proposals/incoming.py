"""Incoming list: the programs in a source, or one line with the reason if there are none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.problems import ERROR
from cartwatch.document.reader import read_watchlist
from cartwatch.document.text import FOREIGN
from cartwatch.domain.text import clean
from cartwatch.session.session import located

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cartwatch.document.problems import Problem
    from cartwatch.document.reader import Read

__all__ = ["Incoming", "Refused", "from_document", "from_records"]

_LONGEST = 240  # characters of a reason


class Refused(Exception):
    """Nothing can be imported from the source; the message is one line with its name and the reason."""

    def __init__(self, name: str, reason: str, line: int = 0, column: int = 0, status: int = 2) -> None:
        shown = clean(name, limit=400)
        place = f"{shown}:{line}:{column}" if line else shown
        super().__init__(f"{place}: {clean(reason, limit=_LONGEST)}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Incoming:
    """The content of a source.

    `form` is "watchlist", "registry" or "table"; `name` is the source as given by the user. `problems` of the level "error"
    refuse their program; `placed` has their positions. `notes` describe how the source was understood, as the columns of a
    table; `left` names the cells of a table that were not taken over, each with its line. `vague` are the places of programs
    whose name many sponsors use, so that the name alone is no match. `parts` has the drafts of each program that was joined.
    """

    name: str
    form: str
    document: Document
    read: Read
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    vague: frozenset[int] = frozenset()
    left: tuple[Problem, ...] = ()
    parts: Mapping[int, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which an import is refused, unless those programs are to be left out."""
        return tuple(each for each in self.problems if each.level == ERROR)

    def placed(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Add line and column to some of the problems. It takes a millisecond each."""
        if self.form == "watchlist":
            return located(self.document, tuple(problems))
        return tuple(each if each.line else replace(each, line=1, column=1) for each in problems)


def from_document(name: str, form: str, document: Document, now: datetime, notes: tuple[str, ...] = ()) -> Incoming:
    """Return the programs of a document."""
    read = read_watchlist(document.head, document.programs, now.date())
    return Incoming(name, form, document, read, read.problems, notes)


def from_records(
    name: str,
    form: str,
    records: Sequence[dict[str, Any]],
    now: datetime,
    notes: tuple[str, ...],
    sponsors: Sequence[dict[str, Any]] = (),
) -> Incoming:
    """Return programs, and sponsors, that no file holds in this form. Raises Refused."""
    from cartwatch.document.edits import EditError
    from cartwatch.document.writing import table_text

    tables = [(("sponsor", 0), each) for each in sponsors] + [(("program", 0), each) for each in records]
    text = "\n".join(table_text(path, each) for path, each in tables)
    try:
        document = Document.parse(text.encode(), limits=FOREIGN)
    except (SyntaxProblem, EditError, UnicodeEncodeError) as wrong:
        raise Refused(name, f"holds what a watchlist can't: {wrong}", 1, 1) from None
    return from_document(name, form, document, now, notes)
