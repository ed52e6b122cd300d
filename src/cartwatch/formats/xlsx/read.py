"""Reads workbooks: the sheet that holds programs, its cells as they are, through the columns of every table."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, Any

from cartwatch.domain.text import clean
from cartwatch.formats.csv import IGNORED, Header, TableError, column_of, header_in, incoming_of, table_of
from cartwatch.proposals.incoming import Incoming, Refused

from .parts import XLSX, parts_of, repacked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .parts import Parts

__all__ = ["EVERY", "HeldCell", "Sheet", "read_workbook"]

EVERY = "all"
_SHOWN = 8
_FILLED = 200_000  # cells that merged ranges may fill
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class HeldCell(str):
    """The text of a cell with the number, date or truth value that the workbook holds."""

    __slots__ = ("held",)
    held: Any


class Sheet:
    """A sheet: its name, and its rows that are not empty, each with its number."""

    def __init__(self, name: str, rows: Sequence[tuple[int, list[str]]], notes: Sequence[str]) -> None:
        self.name = name
        self.rows = rows
        self.notes = notes
        self.header, self.known = header_in(rows)


def read_workbook(name: str, data: bytes, now: datetime, sheet: str | None = None) -> Incoming:
    """Read the programs of a workbook; `sheet` is the name or number of one, or EVERY. Raises Refused."""
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise Refused(
            name, "reading a workbook needs the extra: pip install 'cartwatch[excel]'; or save it as CSV UTF-8"
        ) from None
    try:
        kind, parts = parts_of(data)
        workbook = _caught(lambda: CalamineWorkbook.from_filelike(repacked(parts)))
        visible = [each.name for each in workbook.sheets_metadata if str(each.typ).endswith("WorkSheet")]
        hidden = {each.name for each in workbook.sheets_metadata if not str(each.visible).endswith(".Visible")}
        wanted = _wanted(name, visible, sheet) or [each for each in visible if each not in hidden] or visible
        marks = _Formats(parts) if kind == XLSX else None
        sheets = [_sheet(_caught(partial(workbook.get_sheet_by_name, each)), marks) for each in wanted]
        chosen = _chosen(sheets, sheet)
        incoming = _incoming(name, chosen, now)
    except TableError as wrong:
        raise Refused(name, str(wrong), wrong.line, wrong.column) from None
    others = [each.name for each in sheets if each not in chosen and each.rows]
    return _with_others(incoming, others)


def _caught(read: Callable[[], Any]) -> Any:
    """Call the library, which tells a damaged workbook in many ways, a panic among them. Raises TableError."""
    from python_calamine import PasswordError

    try:
        return read()
    except PasswordError:
        raise TableError("the workbook is locked with a password: save it without one") from None
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as wrong:  # a panic of the library is no Exception
        if not isinstance(wrong, Exception) and type(wrong).__name__ != "PanicException":
            raise
        raise TableError(f"a damaged workbook ({clean(str(wrong), limit=80)}): open it and save it again") from None


def _wanted(name: str, names: Sequence[str], sheet: str | None) -> list[str]:
    """Return the sheet that was asked for; none where all are to be looked at. Raises Refused."""
    if sheet is None or (sheet.casefold() == EVERY and EVERY not in map(str.casefold, names)):
        return []
    found = [each for each in names if each == sheet] or [each for each in names if each.casefold() == sheet.casefold()]
    if not found and sheet.isdigit() and 0 < int(sheet) <= len(names):
        found = [names[int(sheet) - 1]]
    if not found:
        raise Refused(name, f"there is no sheet “{clean(sheet, limit=40)}”; the sheets are {_names(names)}")
    return found


def _names(sheets: Sequence[str]) -> str:
    more = f" and {len(sheets) - _SHOWN} more" if len(sheets) > _SHOWN else ""
    return ", ".join(f"“{clean(each, limit=40)}”" for each in sheets[:_SHOWN]) + more


def _chosen(sheets: Sequence[Sheet], sheet: str | None) -> list[Sheet]:
    """Return the sheets to read: the only one with programs, or those that were asked for. Raises TableError."""
    known = [each for each in sheets if each.known]
    if len(known) > 1 and sheet is None:
        shown = _names([each.name for each in known])
        raise TableError(
            f"sheets {shown} hold programs: choose with --sheet NAME or FILE#NAME; --sheet {EVERY} takes them together"
        )
    found = known or [each for each in sheets if each.rows][:1]
    if not found:
        raise TableError("every sheet is empty" if len(sheets) > 1 else "the sheet is empty: its first row names the columns")
    return found


def _incoming(name: str, sheets: Sequence[Sheet], now: datetime) -> Incoming:
    """Read one or several sheets as one table: columns of the same field are one column."""
    first = sheets[0]
    assert first.header is not None
    if len(sheets) == 1:
        listed = [(line, cells) for line, cells in first.rows if line > first.header.line]
        return incoming_of(name, table_of(first.header, listed, now, first.notes), now)
    places: dict[str, int] = {}
    titles: list[str] = []
    listed = []
    for each in sheets:
        assert each.header is not None
        at = [_place(title, places, titles) for title in each.header.cells]
        for line, cells in each.rows:
            if line > each.header.line:
                row = [""] * len(titles)
                for place, cell in zip(at, cells, strict=False):
                    row[place] = cell
                listed.append((line, row))
    header = Header(
        first.header.line, titles, "", tuple(above for each in sheets if each.header for above in each.header.above)
    )
    notes = [note for each in sheets for note in each.notes]
    return incoming_of(name, table_of(header, listed, now, notes), now)


def _place(title: str, places: dict[str, int], titles: list[str]) -> int:
    computed = title.casefold().startswith(IGNORED)
    key = title if computed else column_of(title) or title
    if key not in places:
        places[key] = len(titles)
        titles.append(title)
    return places[key]


def _with_others(incoming: Incoming, others: Sequence[str]) -> Incoming:
    """Name the sheets that were not read."""
    if not others:
        return incoming
    words = f"sheet {_names(others)} is not read" if len(others) == 1 else f"sheets {_names(others)} are not read"
    return replace(incoming, notes=(f"{words}: --sheet NAME chooses one", *incoming.notes))


def _sheet(found: Any, marks: _Formats | None) -> Sheet:
    """Return the rows of a sheet as texts; merged cells are filled, and what cannot be read is noted."""
    cells: list[list[Any]] = found.to_python(skip_empty_area=False)
    shown = marks.of_sheet(found.name) if marks is not None else _Shown()
    _fill(cells, found.merged_cell_ranges or [])
    rows = []
    for at, row in enumerate(cells):
        texts = [
            _text(each, shown.formats.get((at, column), "")) if not isinstance(each, str) else each
            for column, each in enumerate(row)
        ]
        if any(each.strip() for each in texts):
            rows.append((at + 1, texts))
    return Sheet(found.name, rows, shown.notes)


def _fill(cells: list[list[Any]], merged: Sequence[Any]) -> None:
    """Give the value of a merged range to each of its rows, as it is shown."""
    left = _FILLED
    for (top, column), (bottom, _) in merged:
        if column >= (len(cells[0]) if cells else 0) or top >= len(cells):
            continue
        for row in cells[top + 1 : min(bottom + 1, top + 1 + left)]:
            left -= 1
            if row[column] == "":
                row[column] = cells[top][column]


def _text(value: Any, form: str) -> str:
    """Return the text of a value that is no text, with the value; a month or a percentage as the cell shows it."""
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if form == "month" and isinstance(value, date):
        return f"{_MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, bool):
        shown = "yes" if value else "no"
    elif isinstance(value, int | float):
        shown = f"{value * 100:.10g}%" if form == "percent" else str(value)
    elif isinstance(value, datetime):
        shown = value.isoformat(timespec="minutes" if not value.second else "seconds")
    else:
        shown = value.isoformat() if isinstance(value, date | time) else str(value)
    cell = HeldCell(shown)
    cell.held = value
    return cell


class _Shown:
    """What the library does not tell of a sheet: the form of its cells, by row and column, and remarks."""

    def __init__(self) -> None:
        self.formats: dict[tuple[int, int], str] = {}
        self.notes: list[str] = []


class _Formats:
    """The number formats of a workbook, and the cells that show only a month or a percentage."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._styles = _styles(parts.get("xl/styles.xml", b""))
        self._paths = _sheet_paths(parts)

    def of_sheet(self, name: str) -> _Shown:
        """Return what the cells of a sheet show; cells that hold an error, or no result of their formula, are noted."""
        shown = _Shown()
        part = self._parts.get(self._paths.get(name, ""), b"")
        for place, style in _STYLED.findall(part) if self._styles else ():
            if (form := self._styles.get(int(style))) is not None:
                shown.formats[_row_column(place)] = form
        months = sum(each == "month" for each in shown.formats.values())
        if months:
            cells = "1 cell shows" if months == 1 else f"{months} cells show"
            shown.notes.append(f"{cells} a month and no day (as Dec-26): read as the month")
        for words, found in (("an error", _ERROR), ("a formula without its result", _NO_RESULT)):
            places = [each.decode() for each in found.findall(part)]
            if places:
                more = " …" if len(places) > _SHOWN else ""
                cells = "cell" if len(places) == 1 else "cells"
                shown.notes.append(f"{cells} {', '.join(places[:_SHOWN])}{more} with {words}: not imported")
        return shown


_STYLED = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3}\d{1,7})"\s+s="(\d{1,6})"[^>]*(?<!/)>')
_ERROR = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="e"')
_NO_RESULT = re.compile(
    rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FORMAT = re.compile(rb'<(?:\w+:)?numFmt\s[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_XFS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_XF = re.compile(rb'<(?:\w+:)?xf\s[^>]*?numFmtId="(\d+)"')
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_BUILT_IN = {"9": "percent", "10": "percent", "17": "month"}  # ECMA-376, part 1, 18.8.30


def _styles(part: bytes) -> Mapping[int, str]:
    """Return the styles that show a percentage, or a month without a day, by their number."""
    forms = dict(_BUILT_IN)
    for number, code in _FORMAT.findall(part):
        forms[number.decode()] = _form(unescape(code.decode("utf-8", "replace")))
    found = _XFS.search(part)
    listed = _XF.findall(found[0]) if found is not None else []
    return {at: form for at, each in enumerate(listed) if (form := forms.get(each.decode(), ""))}


def _form(code: str) -> str:
    plain = _QUOTED.sub("", code.split(";")[0]).casefold()
    if "%" in plain:
        return "percent"
    return "month" if "m" in plain and "y" in plain and not set(plain) & set("dhs") else ""


def _sheet_paths(parts: Parts) -> dict[str, str]:
    """Return the part of each sheet by its name."""
    targets = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", parts.get("xl/_rels/workbook.xml.rels", b"")):
        given = _attributes(tag)
        target = given.get("Target", "").removeprefix("/")
        targets[given.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    sheets = (_attributes(tag) for tag in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", parts.get("xl/workbook.xml", b"")))
    return {each.get("name", ""): targets.get(each.get("r:id", ""), "") for each in sheets}


def _attributes(tag: bytes) -> dict[str, str]:
    return {key.decode(): unescape(value.decode("utf-8", "replace")) for key, value in re.findall(rb'([\w:]+)="([^"]*)"', tag)}


def _row_column(place: bytes) -> tuple[int, int]:
    letters = place.rstrip(b"0123456789")
    column = 0
    for each in letters:
        column = column * 26 + each - 64
    return int(place[len(letters) :]) - 1, column - 1
