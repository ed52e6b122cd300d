"""Reads tables into programs: rows of one program are joined, and a cell left out is named with its line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.problems import ERROR, WARNING, Problem
from cartwatch.document.text import FOREIGN
from cartwatch.document.typed import TypedError, as_typed
from cartwatch.domain.cites import read_cites, written
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root, slug
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold
from cartwatch.proposals.equivalence import same_meaning
from cartwatch.proposals.incoming import Incoming, Refused, from_records

from .cells import TableRow, read_cell
from .columns import CITED, DATED, FIGURE, IGNORED, OWN, TRIAL, TableColumn, by_cells, fields
from .decode import Header, TableError, decoded, header_of, is_header, rows
from .figures import OwnValue, finish_figures, held, own_columns, own_places, read_figure
from .write import unguarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

__all__ = ["Table", "TableError", "incoming_of", "looks_tabular", "read_csv", "read_table", "table_of", "table_rows"]

_ROWS = 50_000
_SHOWN = 40  # characters of a cell in a message
_JOINED = ("notes", TRIAL, "trial.nct", CITED)  # besides the lists: fields that several columns, or rows, add to


@dataclass(frozen=True, slots=True)
class Table:
    """The programs of a table as raw records, the first line of each, and how the columns were understood.

    `left` are the cells that were left out, each with its line.
    """

    programs: list[dict[str, Any]]
    lines: list[int]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    left: tuple[Problem, ...]


def looks_tabular(data: bytes) -> bool:
    """Whether the beginning looks like the header of a table of programs."""
    try:
        text, _ = decoded(data[:20_000] if len(data) > 20_000 else data)
        found = header_of(text.rpartition("\n")[0] or text if len(data) > 20_000 else text)
    except TableError:
        return False
    if any(each.lstrip().startswith(("[", "#", "{", "<")) or " = " in each for each in (*found.above, found.cells[0])):
        return False
    return is_header(found.cells)


def table_rows(data: bytes, *, tabs: bool = False) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header of any table and its rows, each with its line. Raises TableError."""
    text, _ = decoded(data)
    found = header_of(text, "\t" if tabs else "")
    return found.cells, [each for each in rows(text, found.delimiter) if each[0] > found.line]


def read_table(data: bytes, *, tabs: bool, now: datetime) -> Table:
    """Read the programs of a table. Unreadable cells are problems. Raises TableError."""
    text, guessed = decoded(data)
    header = header_of(text, "\t" if tabs else "")
    listed = [(line, [_plain(each) for each in cells]) for line, cells in rows(text, header.delimiter) if line > header.line]
    return table_of(header, listed, now, (guessed,) if guessed else ())


def table_of(header: Header, listed: Sequence[tuple[int, Sequence[str]]], now: datetime, notes: Sequence[str] = ()) -> Table:
    """Read the programs of some rows below a header, each with its line. Raises TableError."""
    columns = [
        by_cells(each, [cells[at] for _, cells in listed if at < len(cells)], now.date())
        for at, each in enumerate(header.cells)
    ]
    filled = [any(at < len(cells) and cells[at].strip() for _, cells in listed) for at in range(len(columns))]
    columns = own_columns(columns, filled)
    _refuse_columns(columns, header.line)
    reading = _Table(columns, now.date())
    for count, (line, cells) in enumerate(listed, 1):
        if count > _ROWS or len(reading.programs) > FOREIGN.programs:
            raise TableError(f"more than {FOREIGN.programs:,} programs or {_ROWS:,} rows", line)
        reading.row(line, cells)
    reading.settle()
    if not reading.programs and not reading.problems:
        raise TableError("the table has a header and no rows", header.line)
    above = [f"“{each}” stands above the header and is not imported" for each in header.above]
    programs = [_ordered(root(), each) for each in reading.programs]
    told = (*notes, *above, *_mapping(columns), *_merged(reading.nameless))
    return Table(programs, reading.lines, told, tuple(reading.problems), tuple(reading.left))


def _merged(lines: Sequence[int]) -> Iterator[str]:
    """Describe the rows without a name, which are read as further rows of the program above."""
    if lines:
        shown = ", ".join(map(str, lines[:5])) + (f" and {len(lines) - 5} more" if len(lines) > 5 else "")
        yield f"no name on line{'' if len(lines) == 1 else 's'} {shown}: read as more of the program above"


def _plain(cell: str) -> str:
    return unguarded(cell.replace("\r\n", "\n").replace("\r", "\n"))


def _refuse_columns(columns: Sequence[TableColumn], line: int) -> None:
    paths = [each.path for each in columns]
    if "name" not in paths and "id" not in paths:
        shown = ", ".join(clean(each.header, limit=30) for each in columns[:8])
        raise TableError(f"no column is called name, program or product, so these are no programs: {shown}", line)
    known = fields()
    for each in columns:
        alone = each.path in known and known[each.path].kind != "words" and each.path not in _JOINED
        if each.path is not None and alone and paths.count(each.path) > 1:
            raise TableError(f"two columns are {each.path}: leave one of them out", line)


def _mapping(columns: Sequence[TableColumn]) -> Iterator[str]:
    """Describe the columns that were understood but are not obvious, and those that were not understood."""
    in_words = [each.header for each in columns if each.why and each.header.casefold().startswith(IGNORED)]
    if in_words:
        yield f"{', '.join(in_words)}: records in words, not imported; an export to TOML or JSON brings them"
    for each in columns:
        shown = clean(each.header, limit=_SHOWN)
        if each.path is not None and each.path.startswith(OWN):
            key = clean(each.path.removeprefix(OWN), limit=_SHOWN)
            yield f"column “{shown}” {each.why + ': ' if each.why else 'is '}kept as your own key “{key}”"
        elif each.path in (CITED, TRIAL) or (each.path is not None and fold(each.path) != fold(each.header)):
            yield f"column “{shown}” is read as {_told(each)}"


def _told(column: TableColumn) -> str:
    assert column.path is not None
    if column.path.startswith(DATED):
        return f"the date of a catalyst “{clean(column.event, limit=_SHOWN)}”"
    if column.path.startswith(FIGURE):
        return _FIGURES.get(column.path.removeprefix(FIGURE)) or f"safety.report.{column.path.removeprefix(FIGURE)}"
    return {CITED: "a source to cite", TRIAL: "trials"}.get(column.path, column.path)


_FIGURES = {
    "n": "the patients of the data set",
    "cutoff": "the cut-off of the data set",
    "population": "the population of the data set",
    "endpoint": "a result in efficacy",
    "partner": "partners",
}


def _ordered(kind: type | None, record: dict[str, Any]) -> dict[str, Any]:
    """Put the keys of a record, and of those inside, in the order of the format."""
    known = facts(kind) if kind is not None else {}
    order = [*(each for each in known if each in record), *(each for each in record if each not in known)]
    return {each: _ordered_value(known[each].record if each in known else None, record[each]) for each in order}


def _ordered_value(kind: type | None, value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered_value(kind, each) for each in value]
    return _ordered(kind, value) if isinstance(value, dict) else value


class _Table:
    """A table being read."""

    def __init__(self, columns: list[TableColumn], today: date) -> None:
        self.columns = columns
        self.today = today
        self.programs: list[dict[str, Any]] = []
        self.lines: list[int] = []
        self.problems: list[Problem] = []
        self.left: list[Problem] = []
        self.places: dict[str, int] = {}
        self.set_on: dict[tuple[int, str], int] = {}
        self.above: dict[str, str] = {}  # the name and id of the last row that has them
        self.nameless: list[int] = []
        self.own: list[OwnValue] = []

    def row(self, line: int, cells: Sequence[str]) -> None:
        found = {
            at: (column, text)
            for at, (column, text) in enumerate(zip(self.columns, cells, strict=False))
            if column.path is not None and text.strip()
        }
        named = {str(column.path): text for column, text in found.values() if column.path in ("name", "id")}
        if named:
            self.above = named
        elif found and self.above:  # cells that were merged in a spreadsheet leave blanks
            named = self.above
            self.nameless.append(line)
        label = clean(named.get("name") or named.get("id") or "", limit=60)
        if not label:
            self.problems.append(Problem(ERROR, (), "a row without the name of a program", None, None, line, 1))
            return
        place = self.place(named, line)
        row = TableRow(self.today)
        for at, (column, text) in found.items():
            assert column.path is not None
            if column.path.startswith(OWN):
                row.own[column.path.removeprefix(OWN)] = held(text)
                continue
            if column.path.startswith(FIGURE):
                read_figure(row, column, text)
                continue
            try:
                read_cell(row, column, text)
            except TypedError as wrong:
                message = f"column {at + 1}, {column.path}: {wrong}"
                self.problems.append(Problem(ERROR, ("program", place), message, label, slug(label), line, 1))
        row.finish(self.programs[place])
        finish_figures(row)
        catalyst = next(iter(row.lists.get("catalyst", [])), None)
        self.own += [(place, key, value, dict(catalyst) if catalyst else None, line, label) for key, value in row.own.items()]
        for path, value in row.values.items():
            self.put(place, path, value, line, label)
        for path, cite in row.cites.items():
            self.cite(self.programs[place], path, row.values[path], cite)
        for key, items in row.lists.items():
            self.put_records(self.programs[place], key, items)
        if more := [each for each in cells[len(self.columns) :] if each.strip()]:
            shown = ", ".join(f"“{clean(each, limit=_SHOWN)}”" for each in more[:5])
            self.leave(
                place, f"more cells than the header has columns: {shown} not imported; quote a cell with a comma", line, label
            )
        for said in row.left:
            self.leave(place, said, line, label)

    def place(self, named: dict[str, str], line: int) -> int:
        """Return the program of a row: rows with the same id, or else the same name, are one program."""
        key = named.get("id", "").strip() or f"name {fold(named['name'])}"
        place = self.places.setdefault(key, len(self.programs))
        if place == len(self.programs):
            self.programs.append({})
            self.lines.append(line)
        return place

    def put(self, place: int, path: str, value: Any, line: int, label: str) -> None:
        """Add a value to a program: lists and notes are joined; of two values the first is kept, the other reported."""
        here = self.programs[place]
        *tables, key = path.split(".")
        for each in tables:
            here = here.setdefault(each, {})
        known = self.set_on.setdefault((place, path), line)
        if key not in here:
            here[key] = value
        elif isinstance(value, list):
            here[key] += [each for each in value if not _listed(each, here[key])]
        elif path == "notes":
            old, new = here[key].strip(), value.strip()
            here[key] = here[key] if new in old else f"{old}\n\n{new}\n"
        elif not same_meaning(fields()[path], here[key], value) and (path != "name" or fold(here[key]) != fold(value)):
            old, new = (clean(as_typed(each), limit=_SHOWN) for each in (here[key], value))
            self.leave(place, f"conflict: {path} is “{new}” here and “{old}” on line {known}, which is kept", line, label)

    @staticmethod
    def cite(program: dict[str, Any], path: str, value: Any, cite: str | list[str]) -> None:
        """Set the sources of a row for a value, if the program has accepted it."""
        here: Any = program
        for each in path.split("."):
            here = here.get(each) if isinstance(here, dict) else None
        if here != value and not isinstance(value, list):
            return
        known = program.setdefault("cite", {})
        known[path] = written(dict.fromkeys((*read_cites(known.get(path)), *read_cites(cite))))

    def settle(self) -> None:
        """Put the reader's own values where they belong, once every row is known."""
        for place, words, line, label in own_places(self.own, self.programs):
            self.leave(place, words, line, label)

    @staticmethod
    def put_records(program: dict[str, Any], path: str, items: list[dict[str, Any]]) -> None:
        *tables, key = path.split(".")
        for table in tables:
            program = program.setdefault(table, {})
        known = program.setdefault(key, [])
        for each in items:
            twin = next((one for one in known if key == "trial" and _one_trial(one, each)), None)
            if twin is not None:
                twin |= each
            elif each not in known:
                known.append(each)

    def leave(self, place: int, message: str, line: int, label: str) -> None:
        self.left.append(Problem(WARNING, ("program", place), message, label, slug(label), line, 1))


def _listed(item: Any, known: list[Any]) -> bool:
    if isinstance(item, str):
        return any(isinstance(each, str) and fold(each) == fold(item) for each in known)
    return item in known


def _one_trial(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two trials share their number, or their name if one has no number."""
    if "nct" in one and "nct" in other:
        return bool(one["nct"] == other["nct"] and one.get("name", other.get("name")) == other.get("name", one.get("name")))
    return "name" in one and "name" in other and fold(one["name"]) == fold(other["name"]) and "id" not in (one | other)


def read_csv(name: str, data: bytes, now: datetime) -> Incoming:
    """Read the programs of a table; `.tsv` is separated by tabs. Raises Refused."""
    try:
        table = read_table(data, tabs=name.lower().endswith((".tsv", ".tab")), now=now)
    except TableError as wrong:
        raise Refused(name, str(wrong), wrong.line, wrong.column) from None
    return incoming_of(name, table, now)


def incoming_of(name: str, table: Table, now: datetime) -> Incoming:
    """Return the content of a table, each problem with its line. Raises Refused."""
    incoming = from_records(name, "table", table.programs, now, table.notes)
    lines = table.lines
    placed = [replace(each, line=lines[each.path[1]], column=1) if len(each.path) > 1 else each for each in incoming.problems]  # type: ignore[index]  # the second step of a program's path is its number
    return replace(incoming, problems=(*placed, *table.problems), left=table.left)
