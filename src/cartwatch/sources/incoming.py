"""A foreign file as programs: a TOML watchlist, a saved registry record or a table with a header; or one line why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.problems import ERROR
from cartwatch.document.reader import read_watchlist
from cartwatch.document.text import FOREIGN, breach_in_values, line_and_column
from cartwatch.domain.text import clean
from cartwatch.session.session import SCHEMA, located

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cartwatch.document.problems import Problem
    from cartwatch.document.reader import Read

    from .registry.record import Trial
    from .registry.refresh import Answers

__all__ = ["Incoming", "Refused", "drafted", "read_incoming"]

_LONGEST = 240  # characters of a reason
_LONG = 100_000  # characters, from which a syntax tree of the whole text takes too long
_TOP = ("schema", "title", "program")
_AT_FIRST = replace(FOREIGN, finite=False)  # of a file that is no watchlist, that is what there is to say


class Refused(Exception):
    """A source from which nothing can be imported; the message is one line that names it and says why."""

    def __init__(self, name: str, reason: str, line: int = 0, column: int = 0, status: int = 2) -> None:
        shown = clean(name, limit=400)
        place = f"{shown}:{line}:{column}" if line else shown
        super().__init__(f"{place}: {clean(reason, limit=_LONGEST)}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a source holds.

    `form` is "watchlist", "registry" or "table"; `name` is what the person called the source. `problems` of the level "error"
    speak against their program; `placed` says where they stand. `notes` say how the source was understood, as the columns of a
    table. `answers` are the registry records themselves, for the trials that the watchlist links already.
    """

    name: str
    form: str
    document: Document
    read: Read
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    answers: Answers | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which an import refuses, unless told to leave those programs out."""
        return tuple(each for each in self.problems if each.level == ERROR)

    def placed(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Some of the problems with their line and column. It takes a millisecond each."""
        if self.form == "watchlist":
            return located(self.document, tuple(problems))
        return tuple(each if each.line else replace(each, line=1, column=1) for each in problems)


def read_incoming(name: str, data: bytes, now: datetime) -> Incoming:
    """Read what a source gave. `now` is the importer's clock; `name` tells a table (.csv, .tsv) from a TOML file.

    Raises Refused.
    """
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<" and not start.startswith(b"<<<<<<<"):
        raise Refused(name, "a web page, not a watchlist: where it shows one, give the address of the raw file", 1, 1)
    if start[:1] == b"{" or re.match(rb"\[\s*\{", start):
        return _registry(name, data, now)
    if name.lower().endswith((".csv", ".tsv")):
        return _table(name, data, now)
    try:
        document = Document.parse(data, limits=_AT_FIRST)
    except SyntaxProblem as problem:
        from cartwatch.formats.csv_import import looks_tabular

        if name == "-" and looks_tabular(data):
            return _table(name, data, now)
        raise Refused(name, problem.message, problem.line, problem.column) from None
    return _watchlist(name, document, now)


def _watchlist(name: str, document: Document, now: datetime) -> Incoming:
    if not document.programs:
        raise _no_watchlist(name, document)
    schema = document.head.get("schema", 1)
    if isinstance(schema, int) and schema > SCHEMA:
        place = document.position(("schema",))
        raise Refused(name, f"schema {schema} was written by a newer cartwatch", place.line, place.column)
    if breach := breach_in_values(document.data, b"", FOREIGN):
        place = document.position(breach.path)
        raise Refused(name, breach.message, place.line, place.column)
    return _read(name, "watchlist", document, now)


def _no_watchlist(name: str, document: Document) -> Refused:
    """What to say of valid TOML that holds no program."""
    if "program" in document.head:
        place = document.key_position(("program",))
        return Refused(name, "program: expected a list of tables: write [[program]]", place.line, place.column)
    unknown = next((key for key in document.head if key not in _TOP), None)
    if unknown is None:
        return Refused(name, "no [[program]] tables found: a watchlist has one for each program", 1, 1)
    line, column = _place_of_key(document, unknown)
    shown = clean(unknown, limit=60)
    return Refused(name, f'no [[program]] tables found, so no watchlist; first unknown key "{shown}"', line, column)


def _place_of_key(document: Document, key: str) -> tuple[int, int]:
    """Line and column of a top-level key; in a very long text those of the first line that seems to hold it."""
    text = document.text
    if len(text) <= _LONG:
        place = document.key_position((key,))
        return place.line, place.column
    found = re.search(rf"""^[ \t]*\[*[ \t]*["']?(?={re.escape(key)})""", text, re.MULTILINE)
    return line_and_column(text, found.end()) if found else (1, 1)


def _read(name: str, form: str, document: Document, now: datetime, notes: tuple[str, ...] = ()) -> Incoming:
    read = read_watchlist(document.head, document.programs, now.date())
    return Incoming(name, form, document, read, read.problems, notes)


def _registry(name: str, data: bytes, now: datetime) -> Incoming:
    from .registry.saved import SavedError, read_saved

    try:
        saved = read_saved(data, name)
    except SavedError as wrong:
        reason = str(wrong).removeprefix(f"{name}: ")
        found = re.search(r"\(line (\d+), column (\d+)", reason)
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        raise Refused(name, reason, line, column) from None
    return drafted(name, saved.trials, now, tuple(each.removeprefix(f"{name}: ") for each in saved.problems))


def drafted(name: str, trials: Sequence[Trial], now: datetime, notes: tuple[str, ...] = ()) -> Incoming:
    """Programs drafted from registry records; those of one product are one program. Raises Refused."""
    from .registry.draft import draft, joined
    from .registry.refresh import Answers

    records: dict[str, dict[str, Any]] = {}
    for trial in trials:
        made: dict[str, Any] = draft(trial, now)
        known = records.get(made["id"])
        records[made["id"]] = made if known is None else joined(known, made)
    by_number = {alias: trial for trial in trials for alias in trial.aliases} | {trial.nct: trial for trial in trials}
    answers = Answers(tuple(each.nct for each in trials), by_number, now)
    return replace(_made(name, "registry", list(records.values()), now, notes), answers=answers)


def _table(name: str, data: bytes, now: datetime) -> Incoming:
    from cartwatch.formats.csv_import import TableError, read_table

    try:
        table = read_table(data, tabs=name.lower().endswith(".tsv"), now=now)
    except TableError as wrong:
        raise Refused(name, str(wrong), wrong.line, wrong.column) from None
    incoming = _made(name, "table", table.programs, now, table.notes)
    lines = table.lines
    placed = [replace(each, line=lines[each.path[1]], column=1) if len(each.path) > 1 else each for each in incoming.problems]  # type: ignore[index]  # the second step of a program's path is its number
    return replace(incoming, problems=(*placed, *table.problems))


def _made(name: str, form: str, records: list[dict[str, Any]], now: datetime, notes: tuple[str, ...]) -> Incoming:
    """An incoming document that no file holds in this form."""
    from cartwatch.document.edits import EditError
    from cartwatch.document.writing import table_text

    text = "\n".join(table_text(("program", 0), each) for each in records)
    try:
        document = Document.parse(text.encode(), limits=FOREIGN)
    except (SyntaxProblem, EditError, UnicodeEncodeError) as wrong:
        raise Refused(name, f"holds what a watchlist can't: {wrong}", 1, 1) from None
    return _read(name, form, document, now, notes)
