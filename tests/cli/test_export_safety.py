"""An export never takes the place of a watchlist, is read by its owner alone, and carries nothing that its reader obeys."""

from __future__ import annotations

import csv
import io
import os
import stat
from pathlib import Path

import pytest
from conftest import Runner

LIST = """schema = 1
[[program]]
id = "a"
name = "A"
notes = "\\n=HYPERLINK(\\"http://evil.example\\")"
[[program.catalyst]]
id = "c"
event = " \\u0001=cmd|' /C calc'!A0"
when = 2027-01-10
cite = "s"
[[program.source]]
id = "s"
title = "T"
url = "URL"
[[program]]
id = "b"
name = "B"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.toml"
    path.write_text(LIST.replace("URL", "https://example.org/x"), encoding="utf-8")
    return path


@pytest.mark.parametrize("how", ["itself", "relative", "symbolic link", "hard link"])
def test_the_list_itself_is_never_the_target(
    run: Runner, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    target = {"itself": file, "relative": Path("x/../list.toml")}.get(how, tmp_path / "other.toml")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    if how == "symbolic link":
        target.symlink_to(file)
    if how == "hard link":
        os.link(file, target)
    before = file.read_bytes()
    answer = run("export", "-o", str(target), "--force", "-f", str(file), "A")
    assert answer.status == 2
    assert "it is the watchlist itself" in answer.err
    merged = run("merge", str(file), str(file), str(file), "-o", str(target), "-f", str(file))
    assert merged.status == 2
    assert file.read_bytes() == before


def test_a_vanished_list_is_not_made_anew_by_an_export(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    target = tmp_path / "data" / "cartwatch" / "watchlist.toml"
    target.parent.mkdir(parents=True)
    assert run("export", "-o", str(target)).status == 2
    assert not target.exists()


def test_another_watchlist_that_is_replaced_is_among_its_backups(run: Runner, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[[program]]\nid = "z"\nname = "Z"\n', encoding="utf-8")
    assert run("set", "z", "notes=ours", "-f", str(other)).status == 0
    assert run("export", "-o", str(other), "--force", "-f", str(file)).status == 0
    assert "export" in run("backups", "-f", str(other)).out
    assert run("restore", "latest", "-f", str(other)).status == 0
    assert 'notes = "ours"' in other.read_text(encoding="utf-8")


def test_an_export_is_for_its_owner_alone(run: Runner, file: Path, tmp_path: Path) -> None:
    previous = os.umask(0o022)
    try:
        run("export", "-o", str(tmp_path / "new.csv"), "-f", str(file))
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "new.csv").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "ftp://x.org", "data:text/html,x", "https://",
     "https://u:p@x.org/", "//x.org", "x.org",
     "https://x.org/\\nATTACH:file:///etc/passwd", "vbscript:x", "https://x.org/\\u202egpj"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["ics", "html", "md"])
def test_only_web_addresses_are_links(run: Runner, file: Path, form: str, url: str) -> None:
    file.write_text(LIST.replace("URL", url), encoding="utf-8")
    out = run("export", "--format", form, "-f", str(file)).out
    assert "\nURL" not in out
    assert "href=" not in out.replace('href="#', "")  # the page leads to its own sections
    assert f"<{url}>" not in out


@pytest.mark.parametrize("form", ["ics", "html", "md"])
def test_a_web_address_is_a_link(run: Runner, file: Path, form: str) -> None:
    out = run("export", "--format", form, "-f", str(file)).out
    assert {"ics": "\nURL", "html": 'href="https://example.org/x"', "md": "<https://example.org/x>"}[form] in out


@pytest.mark.parametrize("rows", ["programs", "catalysts"])
def test_no_cell_of_a_table_is_a_formula_or_holds_control_bytes(run: Runner, file: Path, rows: str) -> None:
    out = run("export", "--format", "csv", "--rows", rows, "-f", str(file)).out
    assert out.startswith("\ufeff")  # the one mark by which spreadsheets tell UTF-8
    out = out.removeprefix("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(out, newline="")) for cell in row]
    assert any("HYPERLINK" in cell or "calc" in cell for cell in cells)
    for cell in cells:
        assert cell.lstrip("\n\ufffd ")[:1] not in ("=", "+", "-", "@") or cell.startswith("'"), cell
        assert all(each.isprintable() or each == "\n" for each in cell), cell


NAME = "a\nb: =\x1b[31m.toml"


@pytest.mark.parametrize(
    "argv",
    [["list", "-f", NAME], ["check", NAME], ["import", NAME], ["diff", NAME], ["export", "-o", NAME], ["doctor", "-f", NAME],
     ["merge", NAME, NAME, NAME], [NAME], ["set", "a", "phase=1", "-f", NAME], ["undo", "-f", NAME], ["read", NAME]],
)  # fmt: skip
@pytest.mark.parametrize("there", [False, True])
def test_a_message_about_any_file_is_one_line(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], there: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if there:
        (tmp_path / NAME).write_text("x = [\n", encoding="utf-8")
    answer = run(*argv)
    assert "\x1b" not in answer.err + answer.out
    for line in answer.err.splitlines():
        assert line.startswith(("cartwatch: ", "a b")), answer.err
    assert answer.err == "" or "b: =" not in [line[:4] for line in answer.err.splitlines()]
