"""Decodes the rows of a table file: its encoding, its separator, and its header row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cartwatch.document.text import FOREIGN
from cartwatch.domain.text import clean

from .columns import column_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Header", "TableError", "decoded", "header_in", "header_of", "is_header", "rows"]

_DELIMITERS = ",;\t|"
_CELL = 200_000  # characters
_ABOVE = 10  # rows that may stand above the header
_SEPARATOR = re.compile(r"\ufeff?[\"']?sep=(.)[\"']?[ \t,;]*(?:\r\n|\r|\n|$)", re.I)
_NAMES = ("name", "id")


class TableError(ValueError):
    """The bytes are not a table of programs; the message gives the reason."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Header:
    """The header row: its line, its cells, the separator of the table, and the rows above it."""

    line: int
    cells: list[str]
    delimiter: str
    above: tuple[str, ...] = ()


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text of a table, and a note if its encoding was guessed, else "". Raises TableError."""
    if len(data) > FOREIGN.size:
        raise TableError(f"the file has {len(data):,} bytes; {FOREIGN.size:,} is the limit")
    encoding = _wide(data)
    if encoding is not None:
        try:
            return _no_zero(data.decode(encoding).removeprefix("\ufeff")), "read as UTF-16 text"
        except UnicodeDecodeError:
            raise TableError("damaged UTF-16 text; save the table as CSV UTF-8") from None
    try:
        return _no_zero(data.decode("utf-8-sig")), ""
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            place = f"byte 0x{data[wrong.start]:02X}"
            raise TableError(f"not UTF-8 text: {place}; save the table as CSV UTF-8", line) from None
        return _no_zero(text), f"not UTF-8, read as Windows text (cp1252): see whether the letters on line {line} are right"


def _wide(data: bytes) -> str | None:
    """Decode UTF-16, by its mark or by the zero bytes of plain letters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = data[:400]
    if len(start) < 4 or len(data) % 2:
        return None
    low, high = start[1::2].count(0), start[::2].count(0)
    return "utf-16-le" if low > len(start) // 3 and not high else "utf-16-be" if high > len(start) // 3 and not low else None


def _no_zero(text: str) -> str:
    if "\0" in text:
        raise TableError("a zero byte in the text", text.count("\n", 0, text.index("\0")) + 1)
    return text


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row is the header of a table of programs."""
    known = [column_of(each) for each in cells]
    return len({each for each in known if each}) > 1 and any(each in known for each in _NAMES)


def header_in(found: Iterable[tuple[int, list[str]]], delimiter: str = "") -> tuple[Header | None, bool]:
    """Return the header among the first rows, else the first row, and whether it names programs and one of their fields."""
    first: Header | None = None
    above: list[str] = []
    for line, cells in islice(found, _ABOVE):
        first = first or Header(line, cells, delimiter)
        if is_header(cells):
            return Header(line, cells, delimiter, tuple(above)), True
        above.append(clean(" ".join(" ".join(cells).split()), limit=60))
    return first, False


def header_of(text: str, delimiter: str = "") -> Header:
    """Return the header of a table: the first row that names programs and one of their fields. Raises TableError."""
    said = _SEPARATOR.match(text)
    delimiters = delimiter or (said[1] if said else _DELIMITERS)
    first: Header | None = None
    for each in sorted(delimiters, key=lambda one: -_first_line(text).count(one)):
        try:
            found, known = header_in(rows(text, each), each)
        except TableError:
            if delimiter or said:
                raise
            continue
        if found is not None and known:
            return found
        first = first or found
    if first is None:
        raise TableError("the table is empty: its first line names the columns")
    return first


def _first_line(text: str) -> str:
    return text.lstrip("\r\n").split("\n", 1)[0]


def rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Return the non-empty rows, each with its first line; a line that names the separator is skipped."""
    csv.field_size_limit(_CELL)
    said = _SEPARATOR.match(text)
    start, line = (said.end(), 2) if said else (0, 1)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter)
    first = line - 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise TableError(f"no table: {wrong}", line) from None
        if any(each.strip() for each in cells):
            yield line, cells
        line = first + reader.line_num + 1
