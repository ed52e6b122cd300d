"""A workbook comes in as its cells are; what is hostile in it is refused before any reader makes room for it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest

pytest.importorskip("python_calamine")
xlsxwriter = pytest.importorskip("xlsxwriter")

from cartwatch.formats.xlsx import parts as packed_parts  # noqa: E402
from cartwatch.formats.xlsx.read import read_workbook  # noqa: E402
from cartwatch.proposals.incoming import Incoming, Refused  # noqa: E402

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def book(*sheets: tuple[str, list[list[Any]]], formats: dict[int, str] | None = None) -> bytes:
    """A workbook of some sheets; `formats` are the number formats of columns."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    forms = {at: made.add_format({"num_format": form}) for at, form in (formats or {}).items()}
    for name, rows in sheets:
        sheet = made.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value, *([forms[column]] if at and column in forms else []))
    made.close()
    return out.getvalue()


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """The same workbook with something else in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for each in before.infolist():
            content = before.read(each)
            if each.filename == part:
                assert old.encode() in content, content
                content = content.replace(old.encode(), new.encode())
            after.writestr(each.filename, content)
    return out.getvalue()


def read(data: bytes, sheet: str | None = None) -> Incoming:
    return read_workbook("list.xlsx", data, NOW, sheet)


def records(found: Incoming) -> list[dict[str, Any]]:
    return [dict(each) for each in found.document.programs]


def why(data: bytes, sheet: str | None = None) -> str:
    with pytest.raises(Refused) as told:
        read(data, sheet)
    assert "\n" not in str(told.value)
    return str(told.value)


HEADS = ["Drug", "Company", "Catalyst", "Date"]
ROW = ["a-cel", "Alpha", "Readout", "Q4 2026"]
SHEET = "xl/worksheets/sheet1.xml"


def test_a_sheet_is_read_as_a_table_is() -> None:
    found = read(book(("Sheet1", [["Our tracker"], [], HEADS, ROW, ["b-cel", "Beta", "PDUFA", date(2026, 12, 23)]])))
    first, second = records(found)
    assert first == {"name": "a-cel", "sponsor": "Alpha", "catalyst": [{"event": "Readout", "when": "Q4 2026"}]}
    assert second["catalyst"] == [{"event": "PDUFA", "when": date(2026, 12, 23)}]
    assert "“Our tracker” stands above the header and is not imported" in found.notes


def test_dates_and_numbers_are_those_of_the_cells() -> None:
    heads = ["Drug", "Ticker", "Date", "Notes", "Pinned", "Checked"]
    row = ["a-cel", 4502, datetime(2026, 12, 23, 14, 30), 0.1, True, date(2026, 11, 2)]
    (record,) = records(read(book(("s", [heads, row]))))
    assert record["ticker"] == "4502"
    assert record["notes"] == "0.1"
    assert record["pinned"] is True
    assert record["checked"] == date(2026, 11, 2)
    assert record["catalyst"][0]["when"] == datetime(2026, 12, 23, 14, 30)


def test_a_cell_that_shows_a_month_is_a_month() -> None:
    found = read(book(("s", [HEADS, ["a-cel", "A", "Readout", date(2026, 12, 1)]]), formats={3: "mmm-yy"}))
    assert records(found)[0]["catalyst"][0]["when"] == "Dec 2026"
    assert any("1 cell shows a month and no day" in each for each in found.notes)


def test_merged_cells_stand_in_each_row() -> None:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    sheet.merge_range(1, 0, 2, 0, "a-cel")
    sheet.write_row(1, 1, ["Alpha", "Readout", "Q4 2026"])
    sheet.write_row(2, 1, ["Alpha", "Filing", "2027"])
    made.close()
    (record,) = records(read(out.getvalue()))
    assert [each["event"] for each in record["catalyst"]] == ["Readout", "Filing"]


def test_the_sheet_with_programs_is_found_and_the_others_are_named() -> None:
    data = book(("Cover", [["Read me"]]), ("Tracker", [HEADS, ROW]), ("Prices", [["x", "y"], [1, 2]]))
    found = read(data)
    assert len(records(found)) == 1
    assert any("sheets “Cover”, “Prices” are not read" in each for each in found.notes)


def test_several_sheets_with_programs_are_asked_about() -> None:
    data = book(
        ("Heme", [HEADS, ROW]), ("Solid", [["Drug", "Phase", "Company"], ["b-cel", "Phase 2", "Beta"], ["a-cel", "2", "Alpha"]])
    )
    assert "sheets “Heme”, “Solid” hold programs: choose with --sheet NAME" in why(data)
    assert [each["name"] for each in records(read(data, "solid"))] == ["b-cel", "a-cel"]
    assert [each["name"] for each in records(read(data, "1"))] == ["a-cel"]
    both = {each["name"]: each for each in records(read(data, "all"))}
    assert both["a-cel"] == {
        "name": "a-cel",
        "sponsor": "Alpha",
        "phase": "Phase 2",
        "catalyst": [{"event": "Readout", "when": "Q4 2026"}],
    }
    assert set(both) == {"a-cel", "b-cel"}
    assert "there is no sheet “Nine”; the sheets are “Heme”, “Solid”" in why(data, "Nine")


def test_a_formula_gives_its_result_and_one_without_is_named() -> None:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    sheet.write_row(1, 0, ["a-cel"])
    sheet.write_formula(1, 1, '=UPPER("alpha")', None, "ALPHA")
    sheet.write_formula(1, 2, "=WEBSERVICE(A1)", None, "")
    sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    made.close()
    found = read(out.getvalue())
    assert records(found) == [{"name": "a-cel", "sponsor": "ALPHA"}]
    assert "cell D2 with an error: not imported" in found.notes
    bare = re.sub(rb"<v>ALPHA</v>", b"", zipfile.ZipFile(out).read(SHEET))
    without = changed(out.getvalue(), SHEET, "<v>ALPHA</v>", "")
    assert b"ALPHA" not in bare
    assert any("B2" in each and "a formula without its result" in each for each in read(without).notes)


ODS = """<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 office:version="1.2"><office:body><office:spreadsheet><table:table table:name="T">ROWS</table:table>
 </office:spreadsheet></office:body></office:document-content>"""
ODS_ROWS = """<table:table-row><table:table-cell office:value-type="string"><text:p>Drug</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Date</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>a-cel</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-12-23"><text:p>23/12/26</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="16382"/></table:table-row>
<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>"""


def ods(rows: str = ODS_ROWS) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr("content.xml", ODS.replace("ROWS", rows).replace("\n", ""))
    return out.getvalue()


def test_an_opendocument_sheet_is_read() -> None:
    assert records(read(ods())) == [{"name": "a-cel", "catalyst": [{"when": date(2026, 12, 23)}]}]


def bomb() -> bytes:
    """A part that unpacks to a hundred million zeros, and states so."""
    return changed(book(("s", [HEADS, ROW])), SHEET, "<sheetData>", " " * 101_000_000 + "<sheetData>")


def lying() -> bytes:
    """A directory that states another size than is packed."""
    data = book(("s", [HEADS, ROW]))
    size = zipfile.ZipFile(io.BytesIO(data)).getinfo(SHEET).file_size
    return data.replace(size.to_bytes(4, "little"), (20).to_bytes(4, "little"))


def simple(old: str = "", new: str = "") -> bytes:
    data = book(("s", [HEADS, ROW]))
    return changed(data, SHEET, old, new) if old else data


def long_texts() -> bytes:
    return book(("s", [HEADS, *([f"a{at}", "x" * 30_000] for at in range(10)), *([["x" * 30_000] * 700] * 10)]))


def repeated(what: str) -> bytes:
    """A sheet whose first row, or whose date cell, is repeated."""
    if what == "rows":
        return ods(ODS_ROWS.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="9999999">'))
    date_cell = '<table:table-cell office:value-type="date"'
    return ods(ODS_ROWS.replace(date_cell, date_cell + ' table:number-columns-repeated="99999999"'))


HOSTILE: dict[str, tuple[Any, str]] = {
    "zip bomb": (bomb, "more than 100,000,000 bytes when unpacked"),
    "lying directory": (lying, "damaged"),
    "far corner": (lambda: simple('r="D2"', 'r="XFD1048576"'), "reaches over more than"),
    "hidden place": (lambda: simple('r="D2"', "r='XFD1048576'"), "cannot be read"),
    "entities": (lambda: simple("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "declares entities"),
    "one text many times": (long_texts, "repeats long texts"),
    "repeated rows": (lambda: repeated("rows"), "reaches over"),
    "repeated cells": (lambda: repeated("cells"), "reaches over"),
    "hidden repeats": (lambda: ods(ODS_ROWS.replace('repeated="16382"', "repeated='99999999'")), "cannot be read"),
    "cut off": (lambda: simple()[:-200], "damaged"),
    "a document": (lambda: simple().replace(b"xl/workbook.xml", b"word/documt.xml"), "not a workbook"),
    "no sheet data": (lambda: simple("<sheetData>", "<"), ""),
    "empty": (lambda: book(("s", [])), "the sheet is empty"),
    "no programs": (lambda: book(("s", [["x", "y"], [1, 2]])), "no column is called name"),
}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_a_hostile_or_damaged_workbook_is_refused_in_one_line(kind: str) -> None:
    made, words = HOSTILE[kind]
    assert words in why(made())


def test_macros_links_and_pictures_are_not_handed_on() -> None:
    out = io.BytesIO(book(("s", [HEADS, ROW])))
    with zipfile.ZipFile(out, "a") as packed:
        for name in ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/media/image1.png", "../../etc/passwd"):
            packed.writestr(name, b"x" * 100)
    _, parts = packed_parts.parts_of(out.getvalue())
    assert not [each for each in parts if re.search("vba|external|media|passwd", each)]
    assert len(records(read(out.getvalue()))) == 1
