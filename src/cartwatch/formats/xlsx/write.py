"""Writes a workbook: one sheet a kind of record, with words as they are, and dates and numbers only where they are exact."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from cartwatch.domain.addresses import is_web_address
from cartwatch.domain.agenda import items
from cartwatch.domain.dates.format import iso
from cartwatch.domain.dates.window import Window
from cartwatch.domain.description import inside, value_text
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root
from cartwatch.domain.rates import Rate
from cartwatch.domain.record_lists import lists, records_at
from cartwatch.domain.sponsor import Sponsor
from cartwatch.domain.text import clean
from cartwatch.formats.csv import CATALYST, NONE, cell_text, column_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartwatch.domain.fields import Fact
    from cartwatch.domain.program import Program

__all__ = ["WorkbookMissing", "workbook"]

Row = Mapping[str, Any]
_Naming = Callable[[str, "Fact", tuple[str, ...]], str]
_LONGEST = 32_000  # characters of a cell; Excel takes 32,767
_LINKS = 60_000  # of a sheet; Excel takes 65,530
_LONGEST_LINK = 2_000
_FIRST_YEAR = 1904  # before, spreadsheets disagree about the days
_WIDTHS = (8, 48)
_OTHER = ("Of program", "Program key", "Field", "Value")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


class WorkbookMissing(Exception):
    """The library that writes workbooks is not installed; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A column: its title, and its value in a record and in the same record of the file."""

    title: str
    value: Callable[[Any, Row], Any]


class _Link(str):
    """A web address that is written as a link."""

    __slots__ = ()


@dataclass(slots=True)
class _Made:
    """A sheet as it is filled: columns without a value in any row are left out."""

    name: str
    titles: list[str]
    rows: list[list[Any]]


def workbook(programs: Sequence[tuple[Program, Row]], now: datetime, title: str, sponsors: Sequence[Sponsor] = ()) -> bytes:
    """Write some programs, each as read and as in the file, and their sponsors. Raises WorkbookMissing."""
    try:
        import xlsxwriter
    except ImportError:
        raise WorkbookMissing(
            "writing a workbook needs the extra: pip install 'cartwatch[excel]'; or take --format csv"
        ) from None
    others: list[list[Any]] = []
    sheets = [_programs(programs, now, others), *(_records(programs, path) for path in lists())]
    sheets.append(_sponsors(sponsors))
    sheets.append(_Made("Other fields", list(_OTHER), others))
    sheets.append(_about(title, now, len(programs)))
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    made = datetime(*now.timetuple()[:6])
    book.set_properties({"title": clean(title), "created": made})
    forms = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "link": book.add_format({"font_color": "#0b57a4", "underline": 1}),
    }
    taken: set[str] = set()
    for each in sheets:
        if each.rows:
            _write(book.add_worksheet(_sheet_name(each.name, taken)), each, forms, others)
    book.close()
    return out.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    plain = _FORBIDDEN.sub(" ", name)[:28]
    found = next(each for at in range(1, 100) if (each := plain if at == 1 else f"{plain} {at}").casefold() not in taken)
    taken.add(found.casefold())
    return found


# ---- what stands in the sheets


def _programs(programs: Sequence[tuple[Program, Row]], now: datetime, others: list[list[Any]]) -> _Made:
    """One row for each program: its fields, the reader's own keys under their names, and its next catalyst."""
    known = facts(root())
    columns = [each for each in _fields(root(), lambda path, fact, _: _known(path, fact.label)) if each.title != "Id"]
    own = list(
        dict.fromkeys(key for _, record in programs for key, value in record.items() if key not in known and _plain(value))
    )
    titles = ["Id", *(each.title for each in columns), *own, *(f"next.{each}" for each in _NEXT)]
    rows = []
    for program, record in programs:
        row = [program.key, *(each.value(program, record) for each in columns)]
        rows.append([*row, *(_held(record.get(each)) for each in own), *_coming(program, now)])
        told = {key for key in own if _plain(record.get(key))}
        untold = ((path, text) for path, text in program.own if path not in told and path.strip('"') not in told)
        others += [[program.label, program.key, path, text] for path, text in (*untold, *program.unread)]
    return _Made("Programs", titles, rows)


_NEXT = ("event", "when", "start", "end")


def _coming(program: Program, now: datetime) -> list[Any]:
    coming = next((each for each in items(program, now) if each.waiting), None)
    if coming is None:
        return [None] * len(_NEXT)
    window = coming.window
    return [coming.catalyst.event or coming.catalyst.key, window.text, window.start, window.end]


def _records(programs: Sequence[tuple[Program, Row]], path: str) -> _Made:
    """One row for each record of a kind; only the sheet of catalysts has names that an import knows."""
    kind, record_type = lists()[path], _type_at(path)
    named = f"{kind.label[:1].upper()}{kind.label[1:]}"
    if path == "catalyst":
        heads, key_first = ["Id", "Program"], True
        columns = list(_fields(record_type, lambda here, fact, _: _known(CATALYST + here, fact.label)))
    else:
        heads, key_first = ["Of program", "Program key"], False
        columns = list(_fields(record_type, lambda _, fact, above: _apart(named, " ".join([*above, inside(fact)]))))
    rows = []
    for program, record in programs:
        found = records_at(program, path)
        listed = _listed_at(record, path)
        aligned = listed if len(listed) == len(found) else [{}] * len(found)
        start = [program.key, program.name or program.label] if key_first else [program.label, program.key]
        for each, raw in zip(found, aligned, strict=True):
            rows.append([*start, *(column.value(each, raw) for column in columns)])
    return _Made(kind.heading, [*heads, *(each.title for each in columns)], rows)


def _sponsors(sponsors: Sequence[Sponsor]) -> _Made:
    columns = list(_fields(Sponsor, lambda _, fact, above: _apart("Sponsor", " ".join([*above, inside(fact)]))))
    rows = [[column.value(each, {}) for column in columns] for each in sponsors]
    return _Made("Sponsors", [each.title for each in columns], rows)


def _apart(named: str, words: str) -> str:
    """Return the title of a column of records, apart from the name and the id of a program."""
    title = words[:1].upper() + words[1:]
    return f"{named} {words}" if column_of(title) in ("name", "id") else title


def _type_at(path: str) -> type:
    record: type = root()
    for step in path.split("."):
        found = facts(record)[step].record
        assert found is not None
        record = found
    return record


def _listed_at(record: Row, path: str) -> list[Row]:
    here: Any = record
    for step in path.split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return [each for each in here if isinstance(each, Mapping)] if isinstance(here, list) else []


def _known(path: str, label: str) -> str:
    """Return the label of a column if an import knows it by that, else its path; `list.` marks what none reads back."""
    return label if column_of(label) == path else path if column_of(path) == path else f"list.{path}"


def _fields(record: type, name: _Naming, path: str = "", above: tuple[str, ...] = ()) -> Iterator[_Field]:
    """Yield the columns of a record: of guidance its words and both its days, of a rate its words and both its numbers."""
    for key, fact in facts(record).items():
        here = f"{path}{key}"
        title, at = name(here, fact, above), fact.attribute
        if fact.kind == "record" and fact.record is not None:
            inner = _fields(fact.record, name, f"{here}.", (*above, inside(fact)))
            yield from (_Field(each.title, _inside(at, key, each.value)) for each in inner)
        elif fact.kind == "records" and here in lists():
            continue
        elif fact.kind in ("date", "guidance"):
            yield _Field(title, _window_of(at))
            if fact.kind == "guidance":
                about = "window" if key == "when" else f"window.{key}"  # worked out, and so never read back
                yield _Field(f"{about}.start", _day_of(at, "start"))
                yield _Field(f"{about}.end", _day_of(at, "end"))
        else:
            yield _Field(title, _text_of(fact, key))
            if fact.kind == "rate":
                yield _Field(f"{title}: patients", _count_of(at, "affected"))
                yield _Field(f"{title}: of", _count_of(at, "n"))


def _inside(attribute: str, key: str, value: Callable[[Any, Row], Any]) -> Callable[[Any, Row], Any]:
    def found(record: Any, raw: Row) -> Any:
        inner = getattr(record, attribute)
        below = raw.get(key)
        return None if inner is None else value(inner, below if isinstance(below, Mapping) else {})

    return found


def _text_of(fact: Fact, key: str) -> Callable[[Any, Row], Any]:
    def found(record: Any, raw: Row) -> Any:
        value, written = getattr(record, fact.attribute), raw.get(key)
        if key == "knockouts" and value == ():
            return NONE
        if value is None or value is False or value == ():
            return written if isinstance(written, str) else None  # a value that cannot be read, as it is written
        if fact.kind == "count" and isinstance(value, int):
            return value
        if fact.kind == "link":
            return _Link(value)
        if fact.kind in ("words", "cites") or (key == "knockouts" and written is not None):
            return cell_text(f"mechanism.{key}" if key == "knockouts" else key, written) or value_text(fact, value)
        if isinstance(written, str) and fact.kind not in ("map", "records", "record"):
            return written
        return value_text(fact, value)

    return found


def _window_of(attribute: str) -> Callable[[Any, Row], Any]:
    """Return the day of a date where there is one, else its words."""

    def found(record: Any, _: Row) -> Any:
        window = getattr(record, attribute)
        if not isinstance(window, Window):
            return None
        return window.start if window.is_day and window.instant is None and not window.approximate else window.text

    return found


def _day_of(attribute: str, end: str) -> Callable[[Any, Row], Any]:
    def found(record: Any, _: Row) -> Any:
        window = getattr(record, attribute)
        return getattr(window, end) if isinstance(window, Window) else None

    return found


def _count_of(attribute: str, what: str) -> Callable[[Any, Row], Any]:
    def found(record: Any, _: Row) -> Any:
        rate = getattr(record, attribute)
        if not isinstance(rate, Rate) or (what == "affected" and rate.derived):
            return None
        return getattr(rate, what)

    return found


def _plain(value: Any) -> bool:
    """Whether a value of the reader's own fits a cell."""
    return isinstance(value, str | int | float | bool | date | time) or (
        isinstance(value, list) and all(isinstance(each, str) for each in value)
    )


def _held(value: Any) -> Any:
    if isinstance(value, datetime | time):
        return value.isoformat()
    return cell_text("", value) if isinstance(value, list) else value


def _about(title: str, now: datetime, count: int) -> _Made:
    lines = (
        ("List", title),
        ("As of", now.date()),
        ("Programs", count),
        (
            "Windows",
            "words as the sponsor said them; window.start and window.end are the first and the last day that they allow",
        ),
        ("Rates", "as published, then the patients with the event and the patients of the data set"),
        ("Blank", "not reported, never zero"),
    )
    return _Made("About", ["About", ""], [list(each) for each in lines])


# ---- how they are written


def _write(sheet: Any, made: _Made, forms: Mapping[str, Any], others: list[list[Any]]) -> None:
    used = [at for at in range(len(made.titles)) if any(row[at] is not None and row[at] != "" for row in made.rows)]
    widths = [len(made.titles[at]) for at in used]
    links = 0
    for column, at in enumerate(used):
        sheet.write_string(0, column, clean(made.titles[at]), forms["head"])
    for number, row in enumerate(made.rows, 1):
        for column, at in enumerate(used):
            value = row[at]
            if value is None or value == "":
                continue
            if type(value) is str:
                text = value if value.isascii() and value.isprintable() else clean(value, lines=True)
                if len(text) > _LONGEST:
                    if made.rows is not others:
                        others += [[row[0], row[1], f"{made.titles[at]}, continued", each] for each in _rest(text)]
                    text = text[:_LONGEST]
                sheet.write_string(number, column, text)
                widths[column] = max(widths[column], len(text))
            elif isinstance(value, _Link):
                links += 1
                _write_link(sheet, number, column, str(value), forms, links)
            else:
                _write_value(sheet, number, column, value, forms)
    sheet.freeze_panes(1, min(2, len(used)))
    sheet.autofilter(0, 0, len(made.rows), max(len(used) - 1, 0))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width + 1, _WIDTHS[0]), _WIDTHS[1]))


def _rest(text: str) -> Iterator[str]:
    yield from islice((text[at : at + _LONGEST] for at in range(_LONGEST, len(text), _LONGEST)), 1_000)


def _write_link(sheet: Any, row: int, column: int, address: str, forms: Mapping[str, Any], count: int) -> None:
    if is_web_address(address) and len(address) <= _LONGEST_LINK and count <= _LINKS:
        sheet.write_url(row, column, address, forms["link"], address)
    else:
        sheet.write_string(row, column, clean(address)[:_LONGEST])


def _write_value(sheet: Any, row: int, column: int, value: Any, forms: Mapping[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        fits = abs(value) < 1e15 if isinstance(value, int) else value - value == 0
        sheet.write_number(row, column, value) if fits else sheet.write_string(row, column, str(value))
    elif isinstance(value, date):
        if value.year >= _FIRST_YEAR:
            sheet.write_datetime(row, column, value, forms["date"])
        else:
            sheet.write_string(row, column, iso(value))
    else:
        sheet.write_string(row, column, clean(str(value), lines=True)[:_LONGEST])
