"""Reads a document into a watchlist, with every problem at once; migrates an older schema and salvages a damaged text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cartwatch.domain.fields import facts
from cartwatch.domain.identity import UniqueNames
from cartwatch.domain.program import Program, root, slug
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold
from cartwatch.domain.watchlist import Watchlist

from .blocks import LIST, top_of_comments
from .document import Document, SyntaxProblem
from .paths import human_path
from .problems import ERROR, WARNING, Problem
from .record_reader import KEY, LINE, Reading, misspelt, quoted, read_record, type_name
from .typed import short_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from cartwatch.domain.fields import RawPath
    from cartwatch.domain.sponsor import Sponsor

    from .edits import Edit

    Step = Callable[[Document], Sequence[Edit]]


__all__ = ["STEPS", "Read", "Salvage", "migrated", "read_program", "read_watchlist", "salvage", "schema_of"]


@dataclass(frozen=True, slots=True)
class Read:
    """The result of reading a document on a day: watchlist, problems in file order, and the state for the next reading."""

    watchlist: Watchlist
    problems: tuple[Problem, ...] = ()
    kept: Mapping[int, Kept] = field(default_factory=dict, repr=False)
    head: Mapping[str, Any] | None = field(default=None, repr=False)
    records: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    of_head: int = 0  # number of problems in the head


@dataclass(frozen=True, slots=True)
class Kept:
    """A program as read, for the next reading; `settled` means that its key does not depend on other programs."""

    record: Mapping[str, Any] = field(repr=False)  # held, so that its id() is not reused
    place: int
    program: Program
    problems: tuple[Problem, ...]
    settled: bool


def read_watchlist(
    head: Mapping[str, Any], programs: Sequence[Mapping[str, Any]], today: date, before: Read | None = None
) -> Read:
    """Read a document's data into a watchlist, with every problem at once.

    `head` is the top level without the programs. A bad value never hides the rest: it is left out of the values and
    reported as a problem. Programs whose data object was read `before`, on the same day, are not read again.
    """
    few = _read_few(head, programs, today, before) if before is not None and before.head is head else None
    if few is not None:
        return few
    reading = Reading(today)
    schema = head.get("schema", 1)
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        reading.problem(ERROR, f"{quoted(schema)} is not a schema number: write schema = 1", "schema")
        schema = 1
    title = head.get("title")
    if title is not None and not isinstance(title, str):
        reading.problem(ERROR, f"expected text, found {type_name(title)}", "title")
        title = None
    if "program" in head:
        reading.problem(ERROR, "expected a list of tables: write [[program]]", "program")
    misspelt(reading, head, ["schema", "title", "program", *facts(Watchlist)])
    sponsors = _sponsors(reading, head)
    of_head = len(reading.problems)
    known = before.kept if before is not None else {}
    kept: dict[int, Kept] = {}
    read: list[Program] = []
    taken = UniqueNames(each.get("id") for each in programs if isinstance(each, dict))
    for place, record in enumerate(programs):
        one = known.get(id(record))
        if one is None or not one.settled or not taken.free(one.program.key, given=one.program.id is not None):
            one = _kept(record, place, today, taken)
        else:
            taken.take(one.program.key, given=True)
            if one.place != place:
                problems = tuple(replace(each, path=("program", place, *each.path[2:])) for each in one.problems)
                one = replace(one, place=place, problems=problems)
        one = kept[id(record)] = _attached(one, sponsors)
        read.append(one.program)
        reading.problems.extend(one.problems)
    shown = clean(title, limit=LINE) if title else None
    return Read(
        Watchlist(tuple(read), shown, schema, tuple(sponsors.values())), tuple(reading.problems), kept, head, programs, of_head
    )


_FEW = 100  # changed programs up to which the previous reading is updated instead


def _read_few(head: Mapping[str, Any], programs: Sequence[Mapping[str, Any]], today: date, before: Read) -> Read | None:
    """Update the previous reading with a few programs; None if more than those programs depends on them."""
    old = before.records
    if len(old) != len(programs):
        return None
    changed = [place for place, pair in enumerate(zip(programs, old, strict=True)) if pair[0] is not pair[1]]
    if len(changed) > _FEW:
        return None
    kept, problems = dict(before.kept), before.problems
    others, same = {}, True
    for place in changed:
        former = kept.pop(id(old[place]), None)
        one = _kept(programs[place], place, today, UniqueNames())
        if former is None or not (former.settled and one.settled) or former.program.key != one.program.key:
            return None
        one = kept[id(programs[place])] = _attached(one, {fold(each.name or ""): each for each in before.watchlist.sponsors})
        others[place] = one.program
        same = same and former.problems == one.problems
    if not same:
        problems = (*problems[: before.of_head], *(each for record in programs for each in kept[id(record)].problems))
    return Read(before.watchlist.with_others(others), problems, kept, head, programs, before.of_head)


def _sponsors(reading: Reading, head: Mapping[str, Any]) -> dict[str, Sponsor]:
    """Read the sponsors at the top of the file, by their folded names; a second one of a name is a problem."""
    found: dict[str, Sponsor] = {}
    top = read_record(reading, Watchlist, {key: head[key] for key in facts(Watchlist) if key in head})
    for place, each in enumerate(top.sponsors):
        known = fold(each.name or "")
        if not known:
            reading.problem(WARNING, "has no name: programs find their sponsor by its name", "sponsor", place)
        elif known in found:
            reading.problem(
                WARNING, f"another sponsor is called {quoted(each.name)}: the first one counts", "sponsor", place, "name"
            )
            continue
        found[known or f"\0{place}"] = each
    return found


def _attached(one: Kept, sponsors: Mapping[str, Sponsor]) -> Kept:
    """Give a program as read the record of its sponsor."""
    company = sponsors.get(fold(one.program.sponsor)) if one.program.sponsor and sponsors else None
    return one if one.program.company is company else replace(one, program=replace(one.program, company=company))


def _kept(record: Mapping[str, Any], place: int, today: date, taken: UniqueNames) -> Kept:
    program, problems = read_program(record, place, today, taken)
    numbered = program.key == f"program-{place + 1}"
    return Kept(record, place, program, problems, settled=not numbered and program.key == _wanted_key(record, place))


def read_program(record: Mapping[str, Any], place: int, today: date, taken: UniqueNames) -> tuple[Program, tuple[Problem, ...]]:
    """Read program number `place` of the file; `taken` holds the keys of earlier programs and is extended."""
    reading = Reading(today, ("program", place))
    if not isinstance(record, dict):
        reading.problem(ERROR, f"expected a table, found {type_name(record)}")
        record = {}
    name = record.get("name")
    called = (each for each in (record.get("short"), name, record.get("id")) if isinstance(each, str) and each.strip())
    reading.program = clean(next(called, f"number {place + 1}"), limit=LINE).strip()
    wanted = _wanted_key(record, place)
    key = taken.take(wanted, given=_has_id(record))
    if key != wanted and "id" in record:
        reading.problem(WARNING, f'another program has the id "{wanted}": give this one its own', "id")
    reading.key = key
    if not isinstance(name, str) or not name.strip():
        reading.problem(ERROR, 'has no name: add name = "…"')
    read: Program = read_record(reading, root(), record, key=key)
    program = replace(read, own=_as_texts(record, reading.own)) if reading.own else read
    if reading.unread:
        program = replace(program, unread=_as_texts(record, reading.unread))
    return program, tuple(reading.problems)


def _as_texts(record: Mapping[str, Any], found: Sequence[tuple[RawPath, Any]]) -> tuple[tuple[str, str], ...]:
    """Format values of any shape as short texts, by path."""
    return tuple((clean(human_path(record, path[2:]), limit=LINE), short_text(value)) for path, value in found)


def _has_id(record: Mapping[str, Any]) -> bool:
    given = record.get("id")
    return isinstance(given, str) and bool(given.strip())


def _wanted_key(record: Mapping[str, Any], place: int) -> str:
    """Return the key of a program if no other has it: its id, else a slug of its name, else its number."""
    given, name = (record.get("id"), record.get("name")) if isinstance(record, dict) else (None, None)
    if isinstance(given, str) and given.strip():
        return clean(given, limit=KEY).strip()
    return slug(name) if isinstance(name, str) and name.strip() else f"program-{place + 1}"


@dataclass(frozen=True, slots=True)
class Salvage:
    """Result of a salvage.

    `document` holds the programs that parse, and the text before the first if that parses; `lost` has the first lines
    (from 1) of the other blocks.
    """

    document: Document
    lost: tuple[int, ...]


def salvage(data: bytes) -> Salvage:
    """Split a text at its `[[program]]` headers and keep each piece that parses alone. Never raises; may be empty.

    A header inside a multi-line string counts as one: losing that program is better than losing all.
    """
    text = data.decode("utf-8-sig", "replace").replace("\0", "")
    good: list[str] = []
    lost: list[int] = []
    line = 1
    for piece in _pieces(text):
        if (document := _parsed(piece)) is None:
            lost.append(line)
        elif document.programs or not good:
            good.append(piece if piece.endswith("\n") else f"{piece}\n")
        line += piece.count("\n")
    whole = _parsed("".join(good)) or _parsed("".join(good[1:]))  # the text before the programs may clash with one of them
    return Salvage(whole or Document.empty(), tuple(lost))


def _pieces(text: str) -> Iterator[str]:
    starts = [top_of_comments(text, each.start()) for each in re.finditer(rf"(?m)^[ \t]*\[\[\s*{LIST}\s*\]\]", text)]
    edges = sorted({0, *starts, len(text)})
    for start, end in pairwise(edges):
        yield text[start:end]


def _parsed(text: str) -> Document | None:
    try:
        return Document.parse(text.encode())
    except SyntaxProblem:
        return None


STEPS: Mapping[int, Step] = MappingProxyType({})
"""Migration steps by the schema that they start from. Schema 1 is the first."""


def schema_of(document: Document) -> int:
    """Return the schema number of a text; 1 if it has none or an invalid one."""
    value = document.head.get("schema", 1)
    return value if type(value) is int and value >= 1 else 1


def migrated(document: Document, to: int, steps: Mapping[int, Step] = STEPS) -> Document:
    """Return the document in schema `to`; the same document if its schema is that or newer.

    Comments, unknown keys and their order stay, as every step consists of edits. Raises EditError if an edit cannot be made.
    """
    if schema_of(document) >= to:
        return document
    from cartwatch.document.edits import Set, apply

    for at in range(schema_of(document), to):
        document = apply(document, [*steps[at](document), Set(("schema",), at + 1)]).document
    return document
