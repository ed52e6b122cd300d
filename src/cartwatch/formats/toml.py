"""TOML export and import of watchlists: the blocks of some programs unchanged, comments included."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.document.blocks import LIST
from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.text import FOREIGN, breach_in_values, line_and_column
from cartwatch.domain.text import clean
from cartwatch.proposals.incoming import Incoming, Refused, from_document
from cartwatch.session.session import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

__all__ = ["read_toml", "watchlist_text"]

_LONG = 100_000  # characters above which a syntax tree of the whole text takes too long
_TOP = ("schema", "title", "program")
_AT_FIRST = replace(FOREIGN, finite=False)  # the message for a file that is not a watchlist


def watchlist_text(document: Document, places: Collection[int]) -> str:
    """Return the text of a watchlist with the programs at some places, and the text outside the programs.

    All places give the file unchanged. If the programs are not in separate blocks, the part is rewritten.
    """
    wanted = set(places)
    if len(wanted) == len(document.programs):
        return document.text
    from cartwatch.document.records import holds  # the whole file needs neither a syntax tree nor a writer
    from cartwatch.document.writing import document_text

    data = {**document.head, LIST: [each for place, each in enumerate(document.programs) if place in wanted]}
    if not wanted:
        del data[LIST]
    if not document.whole:
        kept, place = [], 0
        for unit in document.units:
            if unit.record is None:
                kept.append(unit.text)
                continue
            if place in wanted:
                kept.append(unit.text if unit.text.endswith("\n") else unit.text + document.newline)
            place += 1
        text = "".join(kept).rstrip("\r\n") + document.newline
        if holds(text, data):
            return text
    return document_text(data).replace("\n", document.newline)


def read_toml(name: str, data: bytes, now: datetime) -> Incoming:
    """Read the programs of a watchlist. Raises Refused."""
    try:
        document = Document.parse(data, limits=_AT_FIRST)
    except SyntaxProblem as problem:
        raise Refused(name, problem.message, problem.line, problem.column) from None
    if not document.programs:
        raise _no_watchlist(name, document)
    schema = document.head.get("schema", 1)
    if isinstance(schema, int) and schema > SCHEMA:
        place = document.position(("schema",))
        raise Refused(name, f"schema {schema} was written by a newer cartwatch", place.line, place.column)
    if breach := breach_in_values(document.data, b"", FOREIGN):
        place = document.position(breach.path)
        raise Refused(name, breach.message, place.line, place.column)
    return from_document(name, "watchlist", document, now)


def _no_watchlist(name: str, document: Document) -> Refused:
    """Describe valid TOML that holds no program."""
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
    """Return line and column of a top-level key; in a very long text, of the first line that seems to hold it."""
    text = document.text
    if len(text) <= _LONG:
        place = document.key_position((key,))
        return place.line, place.column
    found = re.search(rf"""^[ \t]*\[*[ \t]*["']?(?={re.escape(key)})""", text, re.MULTILINE)
    return line_and_column(text, found.end()) if found else (1, 1)
