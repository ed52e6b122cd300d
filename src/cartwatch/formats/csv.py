"""Tables with a program or a catalyst a row: written in columns that are read back, and read from anywhere."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from cartwatch.document.problems import ERROR, Problem
from cartwatch.document.text import FOREIGN
from cartwatch.document.typed import TypedError, as_typed, read_typed
from cartwatch.domain.agenda import items
from cartwatch.domain.description import record_line
from cartwatch.domain.fields import Fact, facts
from cartwatch.domain.program import root, slug
from cartwatch.domain.record_lists import lists, records_at
from cartwatch.domain.safety import RISKS
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold
from cartwatch.proposals.incoming import Incoming, Refused, from_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program

__all__ = [
    "CATALYST",
    "ROWS",
    "TableError",
    "column_of",
    "fields",
    "guarded",
    "looks_tabular",
    "read_csv",
    "read_table",
    "table",
    "unguarded",
]

CATALYST = "catalyst."
IGNORED = ("next.", "rate.", "window.", "list.")
"""Beginnings of the columns that are worked out from others, and so never read back."""

# What a spreadsheet may pass over in front of a formula: spaces, controls, invisible signs.
_BEGINS = r"(?:[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffd]*[=+\-@＝＋－＠]|[\t\r])"
_FORMULA = re.compile(rf"'*{_BEGINS}")
_NUMBER = re.compile(r"-\d+")
_GUARDED = re.compile(rf"'+{_BEGINS}")
_PURPOSE = " = "  # between a gene and what its knock-out is for

# What other tables call a field. Names are compared folded: case, dashes and underscores do not matter.
_SYNONYMS = {
    "name": "program, program name, product, product name, drug, therapy, asset, candidate, generic name",
    "short": "short name, code, code name",
    "aliases": "alias, aka, also known as, other names, synonyms",
    "sponsor": "company, developer, manufacturer, owner",
    "ticker": "symbol, stock",
    "indications": "indication, disease, condition, conditions, tumor type, cancer type",
    "phase": "stage, development stage, development phase, clinical phase, status",
    "tags": "tag, labels, label, keywords",
    "notes": "note, comment, comments, remarks, memo",
    "checked": "last checked, verified, last verified",
    "mechanism.modality": "type, product type, cell therapy type, platform",
    "mechanism.source": "source, cell source, donor, auto/allo, autologous/allogeneic",
    "mechanism.cell": "cell type",
    "mechanism.targets": "target, antigen, antigens, target antigen",
    "mechanism.knockouts": "knock-out, knockout, knock-outs, gene edits, edits",
    "mechanism.costimulation": "costim, costimulatory domain, co-stimulation",
    "mechanism.summary": "mechanism, mechanism of action, moa",
    "safety.summary": "safety",
    "trial.nct": "nct, nct number, nct id, nctid, trial, trials, trial id, clinicaltrials.gov",
    "catalyst.event": "catalyst, event, milestone, next catalyst, next event, upcoming catalyst",
    "catalyst.when": "when, date, timing, expected, expected date, guidance, window, timeline, next date, catalyst date",
    "catalyst.kind": "kind, event type, catalyst type",
    "catalyst.said": "said, guidance date, guided on",
    "catalyst.outcome": "outcome, result",
    "catalyst.outcome_on": "outcome on, outcome date, result date",
}


def fields() -> dict[str, Fact]:
    """Every field that a column can hold, by its path: those of the program, its knock-outs and trials, and of a catalyst."""
    return _fields(root())


@cache
def _fields(program: type) -> dict[str, Fact]:
    found = dict(_flat(program, ""))
    found["mechanism.knockouts"] = facts(_record(program, "mechanism"))["knockouts"]
    found["trial.nct"] = facts(_record(program, "trial"))["nct"]
    catalyst = facts(_record(program, "catalyst"))
    found |= {CATALYST + key: fact for key, fact in catalyst.items() if fact.kind not in ("records", "map")}
    return found


def _flat(record: type, path: str) -> Iterator[tuple[str, Fact]]:
    for key, fact in facts(record).items():
        if fact.kind == "record" and fact.record is not None:
            yield from _flat(fact.record, f"{path}{key}.")
        elif fact.kind not in ("records", "map"):
            yield path + key, fact


def _record(record: type, key: str) -> type:
    found = facts(record)[key].record
    assert found is not None
    return found


@cache
def _names(program: type) -> dict[str, str]:
    known: dict[str, str] = {}
    for path, words in _SYNONYMS.items():
        known |= dict.fromkeys(map(_plain, words.split(", ")), path)
    for path, fact in _fields(program).items():
        known.setdefault(_plain(fact.label), path)
        known.setdefault(_plain(path.rpartition(".")[2]), path)
    return known | {_plain(path): path for path in _fields(program)}


def _plain(header: str) -> str:
    return fold(header.replace(".", " ").replace("?", "").replace(":", ""))


def column_of(header: str) -> str | None:
    """The path of the field that a column's header names, None where it names none."""
    return _names(root()).get(_plain(header))


def cell_text(path: str, value: Any) -> str:
    """A raw value of the file as a cell."""
    if path == "mechanism.knockouts":
        value = [_gene(each) for each in value] if isinstance(value, list) else value
    return as_typed(value)


def _gene(knockout: Any) -> Any:
    if not isinstance(knockout, dict):
        return knockout
    gene, purpose = knockout.get("gene"), knockout.get("purpose")
    return f"{gene}{_PURPOSE}{purpose}" if purpose else gene


def cell_value(path: str, text: str, today: date) -> Any:
    """The raw value that a cell stands for. Raises TypedError."""
    if path == "mechanism.knockouts":
        return [_knockout(each) for each in read_typed(facts(root())["aliases"], text, today=today).value]
    if path == "trial.nct":
        return [{"nct": each.upper()} for each in re.split(r"[,;\s]+", text.strip()) if each]
    fact = fields()[path]
    if fact.kind in ("words", "cites") and ";" in text and "," not in text:
        text = text.replace(";", ",")
    return read_typed(fact, text, today=today).value


def _knockout(text: str) -> Any:
    gene, mark, purpose = text.partition(_PURPOSE)
    return {"gene": gene, "purpose": purpose} if mark else text


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would begin one, but for a number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The cell as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


ROWS = ("programs", "catalysts")


def table(programs: Sequence[tuple[Program, Mapping[str, Any]]], now: datetime, *, rows: str = "programs") -> str:
    """The table of some programs, each given as read and as the file has it. `rows` is one of ROWS.

    Columns whose names begin with `next.`, `rate.` or `window.` are worked out as of `now`; those that begin with `list.` tell
    records in words.
    """
    lines = [_program(*each, now) for each in programs] if rows == "programs" else []
    if rows == "catalysts":
        lines = [_catalyst(program, record, item) for program, record in programs for item in items(program, now)]
    wanted = _columns(rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(wanted)
    writer.writerows([guarded(clean(line.get(each, ""), lines=True)) for each in wanted] for line in lines)
    return out.getvalue()


def _columns(rows: str) -> list[str]:
    own = [each for each in fields() if not each.startswith(CATALYST)]
    if rows == "programs":
        rates = [f"rate.{risk}.{grade}" for risk in RISKS for grade in ("any", "severe")]
        return [*own, "next.event", "next.when", "next.days_to_start", "next.days_to_end", *rates, *_told()]
    catalyst = [each for each in fields() if each.startswith(CATALYST)]
    window = [f"window.{each}" for each in ("start", "end", "precision", "state", "days_to_start", "days_to_end")]
    return ["id", "name", "short", "sponsor", *catalyst, *window]


def _program(program: Program, record: Mapping[str, Any], now: datetime) -> dict[str, str]:
    line = {path: cell_text(path, _at(record, path)) for path in fields() if not path.startswith(CATALYST)}
    line["id"] = program.key
    line["trial.nct"] = ", ".join(each.nct for each in program.trials if each.nct)
    coming = next((each for each in items(program, now) if each.waiting), None)
    if coming is not None:
        line["next.event"] = coming.catalyst.event or coming.catalyst.key
        line["next.when"] = coming.window.text
        line["next.days_to_start"] = _number(coming.countdown.days_to_start)
        line["next.days_to_end"] = _number(coming.countdown.days_to_end)
    for risk in RISKS:
        for grade in ("any", "severe"):
            leading = program.leading_rate(risk, grade)
            line[f"rate.{risk}.{grade}"] = leading.rate.counts if leading is not None else ""
    for path in lists():
        line[f"list.{path}"] = "; ".join(map(record_line, records_at(program, path)))
    line["list.own"] = "; ".join(f"{path} = {text}" for path, text in program.own)
    return line


def _told() -> list[str]:
    """The columns that tell in words what has none of its own: lists of records, and the user's own keys."""
    return [*(f"list.{path}" for path in lists()), "list.own"]


def _catalyst(program: Program, record: Mapping[str, Any], item: Item) -> dict[str, str]:
    place = next(at for at, each in enumerate(program.catalysts) if each is item.catalyst)
    listed = [each for each in record.get("catalyst", []) if isinstance(each, dict)]
    raw = listed[place]
    line = {path: cell_text(path, raw.get(path.removeprefix(CATALYST))) for path in fields() if path.startswith(CATALYST)}
    line[f"{CATALYST}id"] = item.catalyst.key
    line |= {path: cell_text(path, record.get(path)) for path in ("name", "short", "sponsor")}
    line["id"] = program.key
    count, window = item.countdown, item.window
    line["window.start"], line["window.end"] = _day(window.start), _day(window.end)
    line["window.precision"], line["window.state"] = window.precision, count.state
    line["window.days_to_start"], line["window.days_to_end"] = _number(count.days_to_start), _number(count.days_to_end)
    return line


def _at(record: Mapping[str, Any], path: str) -> Any:
    here: Any = record
    for step in path.split("."):
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


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


def read_csv(name: str, data: bytes, now: datetime) -> Incoming:
    """The programs of a table; `.tsv` is parted by tabs. Raises Refused."""
    try:
        table = read_table(data, tabs=name.lower().endswith(".tsv"), now=now)
    except TableError as wrong:
        raise Refused(name, str(wrong), wrong.line, wrong.column) from None
    incoming = from_records(name, "table", table.programs, now, table.notes)
    lines = table.lines
    placed = [replace(each, line=lines[each.path[1]], column=1) if len(each.path) > 1 else each for each in incoming.problems]  # type: ignore[index]  # the second step of a program's path is its number
    return replace(incoming, problems=(*placed, *table.problems))
