"""Splits a TOML text into units: one for each `[[program]]`, and one for each text that belongs to no program."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import tomli

from cartwatch.domain.identity import same

from .syntax import UnreadableSyntax, read_syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LIST", "Unit", "cut", "top_of_comments"]

LIST = "program"


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A part of a file's text. `record` is the program in it, None if there is none."""

    text: str
    record: dict[str, Any] | None = None
    _raw: bytes | None = field(default=None, init=False, repr=False)

    @property
    def raw(self) -> bytes:
        """The text in UTF-8; cached, as most units do not change between saves."""
        if self._raw is None:
            object.__setattr__(self, "_raw", self.text.encode())
        assert self._raw is not None
        return self._raw


def cut(text: str, data: dict[str, Any]) -> tuple[Unit, ...] | None:
    """Split a valid text whose data is `data` into units; the first holds no program and may be empty.

    None if the programs are not in separate blocks: one inline array, a part of a program after a
    foreign table, and the like. Such a file is one unit.
    """
    records = data.get(LIST)
    if records is None:
        return (Unit(text),)
    if not _is_list_of_tables(records):
        return None
    starts = _counted(text, data, records)
    if starts is not None:
        ends = [*starts[1:], len(text)]
        units = [Unit(text[start:end], record) for start, end, record in zip(starts, ends, records, strict=True)]
        return (Unit(text[: starts[0]]), *units)
    return _from_syntax(text, data, records)


def top_of_comments(text: str, line_start: int, stop: int = 0) -> int:
    """Return the start of the comment lines directly above a line, none of them before `stop`."""
    top = line_start
    while top > stop:
        above = text.rfind("\n", 0, top - 1) + 1
        line = text[above:top]
        # with triple quotes the line may be the end of a string
        if above < stop or not line.lstrip(" \t").startswith("#") or '"""' in line or "'''" in line:
            break
        top = above
    return top


def _is_list_of_tables(value: Any) -> bool:
    return type(value) is list and bool(value) and all(type(item) is dict for item in value)


@lru_cache(maxsize=1)
def _header() -> re.Pattern[str]:
    return re.compile(rf"""\[\[[ \t]*(?:{LIST}|"[^"\n]*"|'[^'\n]*')[ \t]*\]\]""")


def _candidates(text: str) -> Iterator[int]:
    """Return the starts of lines that look like a program's header: every real one, and perhaps lines inside strings."""
    for match in _header().finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        if not text[line : match.start()].strip(" \t"):
            yield line


def _counted(text: str, data: dict[str, Any], records: list[Any]) -> list[int] | None:
    """Return the starts of the blocks if counting proves them; None otherwise.

    The candidates are a superset of the headers; if there are as many as records, they are the headers and nothing
    else. The text before the first, parsed alone, gives every other top-level key: no foreign table follows.
    """
    found: list[int] = []
    for line in _candidates(text):
        found.append(line)
        if len(found) > len(records):
            return None
    if len(found) != len(records):
        return None
    starts = [top_of_comments(text, line) for line in found]
    try:
        head = tomli.loads(text[: starts[0]])
    except tomli.TOMLDecodeError:
        return None
    return starts if same(head, {key: value for key, value in data.items() if key != LIST}) else None


def _from_syntax(text: str, data: dict[str, Any], records: list[Any]) -> tuple[Unit, ...] | None:
    """Split exactly by the syntax tree; each unit is proved by parsing it alone."""
    try:
        sections = read_syntax(text).sections
    except UnreadableSyntax:
        return None
    starts: list[tuple[int, bool]] = [(0, False)]
    floor = sections[0].core_end
    for section in sections[1:]:
        mine = section.path[0] == LIST
        opens = mine and len(section.path) == 2
        if opens or mine != starts[-1][1]:
            line = text.rfind("\n", 0, section.start) + 1
            starts.append((top_of_comments(text, line, text.find("\n", floor) + 1 if floor else 0), mine))
            if mine and not opens:
                return None
        floor = section.core_end
    units: list[Unit] = []
    head: dict[str, Any] = {}
    left = iter(records)
    for (start, mine), (end, _) in zip(starts, [*starts[1:], (len(text), False)], strict=True):
        unit = Unit(text[start:end], next(left, None) if mine else None)
        units.append(unit)
        if not _stands_alone(unit, head):
            return None
    return tuple(units) if head.keys() == data.keys() - {LIST} and next(left, None) is None else None


def _stands_alone(unit: Unit, head: dict[str, Any]) -> bool:
    try:
        data = tomli.loads(unit.text)
    except tomli.TOMLDecodeError:
        return False
    if unit.record is not None:
        return same(data, {LIST: [unit.record]})
    head.update(data)
    return LIST not in data
