"""A workbook goes out with every value: words as words, days as dates, counts as numbers, and nothing that runs."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("xlsxwriter")
calamine = pytest.importorskip("python_calamine")

from cartwatch.document.document import Document  # noqa: E402
from cartwatch.document.reader import read_watchlist  # noqa: E402
from cartwatch.formats.xlsx.read import read_workbook  # noqa: E402
from cartwatch.formats.xlsx.write import workbook  # noqa: E402

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

TEXT = """
[[program]]
name = "=HYPERLINK(\\"http://evil.example\\")"
short = "+1+1"
sponsor = "@SUM(A1)"
checked = 2026-11-02
"Mkt cap ($M)" = 420.5
"Desk: view" = "-2+3"
since = 1899-12-31
ids = 1234567890123456789
[program.desk]
who = "Ann"
[program.safety]
crs = { note = "2.5%" }
[[program.safety.report]]
trial = "NCT04150497"
n = 40
cutoff = 2026-06-30
crs = { any = "38/40", severe = "2.5%" }
icans = { any = "<5%" }
[[program.catalyst]]
event = "interim"
when = "Q4 2026"
said = "March 2026"
[[program.catalyst]]
event = "PDUFA"
when = 2026-12-23
[[program.source]]
id = "a"
title = "\\u0001title _x000D_"
url = "https://example.org/x"
[[program.source]]
id = "b"
url = "javascript:alert(1)"
"""


def made(text: str = TEXT) -> bytes:
    document = Document.parse(text.encode())
    found = read_watchlist(document.head, document.programs, NOW.date()).watchlist
    return workbook(list(zip(found.programs, document.programs, strict=True)), NOW, "My list")


def sheets(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """The rows of every sheet by its titles, as another library reads them."""
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = {}
    for name in book.sheet_names:
        head, *rows = book.get_sheet_by_name(name).to_python()
        assert len(set(head)) == len(head), head
        found[name] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


def test_words_days_and_numbers_stand_in_cells_of_their_own() -> None:
    found = sheets(made())
    (program,) = found["Programs"]
    assert program["Checked"] == date(2026, 11, 2)
    assert program["Mkt cap ($M)"] == 420.5
    assert program["since"] == "1899-12-31"
    assert program["ids"] == "1234567890123456789"
    first, second = found["Catalysts"]
    assert (first["When"], first["window.start"], first["window.end"]) == ("Q4 2026", date(2026, 10, 1), date(2026, 12, 31))
    assert first["Said"] == "March 2026"
    assert second["When"] == date(2026, 12, 23)
    (report,) = found["Data sets"]
    assert (report["CRS any grade"], report["CRS any grade: patients"], report["CRS any grade: of"]) == ("38/40", 38, 40)
    assert (report["CRS grade ≥3"], report.get("CRS grade ≥3: patients"), report["CRS grade ≥3: of"]) == ("2.5%", None, 40)
    assert report["ICANS any grade"] == "<5%"
    assert report["Cut-off"] == date(2026, 6, 30)
    assert {each["Field"]: each["Value"] for each in found["Other fields"]} == {"desk": "who = Ann"}
    assert {"About": "As of", "": date(2026, 11, 22)} in found["About"]


def test_nothing_in_it_runs_and_only_web_addresses_are_links() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    assert not [name for name, part in parts.items() if name.startswith("xl/worksheets/sheet") and re.search(r"<f[ >]", part)]
    targets = [each for part in parts.values() for each in re.findall(r'Target="([^"]*)" TargetMode="External"', part)]
    assert targets == ["https://example.org/x"]
    assert not [name for name in parts if "vba" in name or "external" in name]
    found = sheets(made())
    assert found["Programs"][0]["Short name"] == "+1+1"
    assert found["Sources"][0]["Title"] == "\ufffdtitle _x000D_"
    assert found["Sources"][1]["Link"] == "javascript:alert(1)"


def test_a_text_longer_than_a_cell_goes_on_in_another() -> None:
    found = sheets(made(f'[[program]]\nname = "A"\nnotes = "{"x" * 70_000}"\n'))
    rest = [each["Value"] for each in found["Other fields"]]
    assert len(found["Programs"][0]["Notes"] + "".join(rest)) == 70_000


@pytest.mark.slow
def test_the_same_list_makes_the_same_file() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    assert made(text) == made(text)


@pytest.mark.slow
def test_its_programs_and_catalysts_come_back_as_they_were() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    back = read_workbook("x.xlsx", made(text), NOW, "all")
    assert back.left == ()
    before = {each["id"]: each for each in Document.parse(text.encode()).programs}
    after = {each["id"]: each for each in back.document.programs}
    assert list(after) == list(before)
    for key, program in after.items():
        for field in ("name", "sponsor", "phase", "indications", "mechanism", "notes", "tags", "checked"):
            assert _stripped(program.get(field)) == _stripped(before[key].get(field)), (key, field)
        whens = [(each.get("event"), each.get("when")) for each in before[key].get("catalyst", [])]
        assert sorted(map(str, whens)) == sorted(
            str((each.get("event"), each.get("when"))) for each in program.get("catalyst", [])
        )


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.slow
def test_libreoffice_opens_it_with_the_same_values(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(made(SAMPLE.read_text(encoding="utf-8")))
    argv = [OFFICE, f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless", "--convert-to", "ods", "--outdir"]
    subprocess.run([*map(str, argv), str(tmp_path), str(path)], capture_output=True, timeout=120, check=True)
    assert sheets((tmp_path / "list.ods").read_bytes()) == sheets(path.read_bytes())
