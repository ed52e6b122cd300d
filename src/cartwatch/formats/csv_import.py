"""A table with a header as programs: its columns are told by their names, and rows of one program belong together."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.problems import ERROR, Problem
from cartwatch.document.text import FOREIGN
from cartwatch.document.typed import TypedError
from cartwatch.domain.program import slug
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold

from .csv_columns import CATALYST, IGNORED, cell_value, column_of, unguarded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["Table", "TableError", "looks_tabular", "read_table"]

_DELIMITERS = ",;\t|"
_CELL = 200_000  # characters
_ROWS = 50_000


class TableError(ValueError):
    """The bytes are no table of programs; the message says why."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Table:
    """The programs of a table as raw records, the line that each begins on, and how the columns were understood."""

    programs: list[dict[str, Any]]
    lines: list[int]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def looks_tabular(data: bytes) -> bool:
    """Whether the first line reads as the header of a table of programs."""
    first = data[:10_000].decode("utf-8-sig", "replace").lstrip("\r\n").split("\n", 1)[0]
    if "=" in first or first.lstrip().startswith(("[", "#")):
        return False
    known = [column_of(each) for each in _cells_of(first)]
    return len(known) > 1 and ("name" in known or "id" in known)


def read_table(data: bytes, *, tabs: bool, now: datetime) -> Table:
    """The programs of a table. Cells that can't be read are problems. Raises TableError."""
    text = _text(data)
    rows = _rows(text, "\t" if tabs else _delimiter(text))
    try:
        line, header = next(rows)
    except StopIteration:
        raise TableError("the table is empty: its first line names the columns") from None
    columns = [_column(each) for each in header]
    if "name" not in columns and "id" not in columns:
        shown = ", ".join(clean(each, limit=30) for each in header[:8])
        raise TableError(f"no column is called name, program or product, so these are no programs: {shown}", line)
    for twice in {each for each in columns if each and columns.count(each) > 1}:
        raise TableError(f"two columns are {twice}: leave one of them out", line)
    reading = _Table(columns, now)
    for count, (line, cells) in enumerate(rows, 1):
        if count > _ROWS or len(reading.programs) > FOREIGN.programs:
            raise TableError(f"more than {FOREIGN.programs:,} programs or {_ROWS:,} rows", line)
        reading.row(line, cells)
    if not reading.programs:
        raise TableError("the table has a header and no rows", line)
    return Table(reading.programs, reading.lines, tuple(_mapping(header, columns)), tuple(reading.problems))


def _text(data: bytes) -> str:
    if len(data) > FOREIGN.size:
        raise TableError(f"the file has {len(data):,} bytes; {FOREIGN.size:,} is the limit")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise TableError(f"not UTF-8 text: byte 0x{data[wrong.start]:02X}; save the table as CSV UTF-8", line) from None
    if "\0" in text:
        raise TableError("a zero byte in the text", text.count("\n", 0, text.index("\0")) + 1)
    return text


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _cells_of(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_delimiter(line)), [])


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line it begins on."""
    csv.field_size_limit(_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise TableError(f"no table: {wrong}", line) from None
        if any(each.strip() for each in cells):
            yield line, cells
        line = reader.line_num + 1


def _column(header: str) -> str | None:
    return None if header.strip().lower().startswith(IGNORED) else column_of(header)


def _mapping(header: list[str], columns: list[str | None]) -> Iterator[str]:
    """How the columns were understood, where that is not plain from their names, and which were not."""
    for name, path in zip(header, columns, strict=True):
        shown = clean(name.strip(), limit=40)
        if path is not None and fold(path) != fold(name):
            yield f"column “{shown}” is read as {path}"
        elif path is None and shown and not shown.lower().startswith(IGNORED):
            yield f"column “{shown}” is not imported"


class _Table:
    """A table being read."""

    def __init__(self, columns: list[str | None], now: datetime) -> None:
        self.columns = columns
        self.today = now.date()
        self.programs: list[dict[str, Any]] = []
        self.lines: list[int] = []
        self.problems: list[Problem] = []
        self.places: dict[str, int] = {}

    def row(self, line: int, cells: list[str]) -> None:
        values = {
            path: text
            for path, cell in zip(self.columns, cells, strict=False)
            if path is not None and (text := unguarded(cell)).strip()
        }
        label = clean(values.get("name") or values.get("id") or "", limit=60)
        if not label:
            self.problems.append(Problem(ERROR, (), "a row without the name of a program", None, None, line, 1))
            return
        place = self.place(values, line)
        program = self.programs[place]
        catalyst: dict[str, Any] = {}
        for path, text in values.items():
            try:
                value = cell_value(path, text, self.today)
            except TypedError as wrong:
                column = self.columns.index(path) + 1
                message = f"column {column}, {path}: {wrong}"
                self.problems.append(Problem(ERROR, ("program", place), message, label, slug(label), line, 1))
            else:
                self.put(program, catalyst, path, value)
        if catalyst.get("event") or catalyst.get("id"):
            program.setdefault("catalyst", []).append(catalyst)

    def place(self, values: dict[str, str], line: int) -> int:
        """The place of the row's program: rows with one id, or else one name, are of one program."""
        key = values.get("id", "").strip() or f"name {fold(values['name'])}"
        place = self.places.setdefault(key, len(self.programs))
        if place == len(self.programs):
            self.programs.append({})
            self.lines.append(line)
        return place

    def put(self, program: dict[str, Any], catalyst: dict[str, Any], path: str, value: Any) -> None:
        if path.startswith(CATALYST):
            catalyst[path.removeprefix(CATALYST)] = value
            return
        if path == "trial.nct":
            known = program.setdefault("trial", [])
            known.extend(each for each in value if each not in known)
            return
        *tables, key = path.split(".")
        for each in tables:
            program = program.setdefault(each, {})
        program.setdefault(key, value)
