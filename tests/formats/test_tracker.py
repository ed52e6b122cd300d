"""A tracker as analysts keep it, sixty rows of it, goes in as CSV and as a workbook and out again with no cell lost."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.formats.csv import read_csv, table
from cartwatch.proposals.incoming import Incoming

TRACKER = Path(__file__).with_name("tracker.csv")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS = list(csv.reader(io.StringIO(TRACKER.read_text(encoding="utf-8"), newline="")))
HEADS, CELLS = ROWS[2], ROWS[3:]
OTHER_WORDS = {"Ph2": "Phase 2"}  # what a vocabulary spells otherwise

WHERE = {
    "Ticker": "ticker",
    "Company": "sponsor",
    "Drug": "name",
    "Indication(s)": "indications",
    "Phase": "phase",
    "Next catalyst": "catalyst.event",
    "Date": "catalyst.when",
    "Partner": "partner.name",
    "Type": "mechanism.modality",
    "Target": "mechanism.targets",
    "N": "safety.report.n",
    "CRS any": "safety.report.crs.any",
    "CRS Gr3+": "safety.report.crs.severe",
    "ORR": "efficacy.results.value",
    "Mkt cap ($M)": "Mkt cap ($M)",
    "Odds": "catalyst.Odds",
    "Last checked": "checked",
    "Notes": "notes",
}
"""Where each column goes, as docs/tables.md says."""
KEPT_AS_OWN = {"CRS Gr3+": "NR"}  # no rate: kept under the name of the column


def as_csv() -> Incoming:
    return read_csv("tracker.csv", TRACKER.read_bytes(), NOW)


def as_workbook() -> Incoming:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    from cartwatch.formats.xlsx.read import read_workbook

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Tracker")
    for at, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            if cell:
                sheet.write(at, column, typed(cell) if at > 2 else cell)
    book.close()
    return read_workbook("tracker.xlsx", out.getvalue(), NOW)


def typed(cell: str) -> Any:
    """The cell as a spreadsheet holds it."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return float(cell) if cell.replace(".", "").isdigit() else cell


def at(value: Any, path: str) -> Iterator[Any]:
    """Every value at a path of a record, in each item of its lists."""
    if isinstance(value, list):
        for each in value:
            yield from at(each, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        for key in (path, path.partition(".")[0]):
            if key in value:
                yield from at(value[key], path.removeprefix(key).removeprefix("."))
                return


def items(cell: str, column: str) -> list[str]:
    """The values in a cell, as lists are written in it."""
    parts = [each.strip() for each in cell.split(";")] if column in ("Indication(s)", "Partner", "Target") else [cell]
    return [OTHER_WORDS.get(each, each) for each in parts]


@pytest.mark.parametrize("read", [as_csv, as_workbook])
def test_every_cell_comes_in_at_its_place(read: Any) -> None:
    found = read()
    assert (len(CELLS), found.problems, found.left) == (60, (), ())
    programs = {each["name"]: each for each in found.document.programs}
    assert list(programs) == list(dict.fromkeys(row[2] for row in CELLS))
    for row in CELLS:
        program = programs[row[2]]
        for column, cell in zip(HEADS, row, strict=True):
            path = column if KEPT_AS_OWN.get(column) == cell else WHERE[column]
            if path == "catalyst.Odds" and sum(each[2] == row[2] for each in CELLS) == 1:
                path = "catalyst.Odds" if any(at(program, "catalyst.Odds")) else "Odds"
            there = [str(each).strip() for each in at(program, path)]
            for item in items(cell, column) if cell else ():
                assert any(item == each or (column == "Notes" and item in each) for each in there), (
                    row[2],
                    column,
                    item,
                    there,
                )


@pytest.mark.parametrize("read", [as_csv, as_workbook])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_cell_goes_out_again(read: Any, form: str) -> None:
    document = Document.parse(read().document.text.encode())
    programs = read_watchlist(document.head, document.programs, NOW.date()).watchlist.programs
    pairs = list(zip(programs, document.programs, strict=True))
    texts: dict[str, list[str]] = {each.key: [] for each in programs}
    if form == "csv":
        sheets = [list(csv.reader(io.StringIO(table(pairs, NOW, rows=rows), newline=""))) for rows in ("programs", "catalysts")]

        for sheet in sheets:
            for line in sheet[1:]:
                texts[line[sheet[0].index("id")]] += line
    else:
        calamine = pytest.importorskip("python_calamine")
        from cartwatch.formats.xlsx.write import workbook

        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook(pairs, NOW, "Tracker")))

        for name in book.sheet_names:
            for line in book.get_sheet_by_name(name).to_python()[1:]:
                key = next((str(each) for each in line[:2] if str(each) in texts), None)
                if key is not None:
                    texts[key] += [f"{each:g}" if isinstance(each, float) else str(each) for each in line]
    keys = {each.name: each.key for each in programs}
    for row in CELLS:
        whole = "\n".join(texts[keys[row[2]]])
        for column, cell in zip(HEADS, row, strict=True):
            for item in items(cell, column) if cell else ():
                assert item in whole or item.replace("/", " of ") in whole, (row[2], column, item)


def test_the_guide_says_where_each_column_goes() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([^|]+) \| `([^`]+)` \|$", guide, re.M) == list(WHERE.items())
