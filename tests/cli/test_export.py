"""`cartwatch export`: what is written can be read by others, holds no surprises, and is never put over another file."""

from __future__ import annotations

import json
import os
import stat
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import tomli
from icalendar import Calendar
from markdown_it import MarkdownIt

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
HOSTILE = "</title><script>alert(1)</script> | [x](javascript:1) <img src=x onerror=1> `${x}` # * _"
FORMATS = ("toml", "csv", "json", "ics", "md", "html")


@pytest.fixture
def hostile(tmp_path):
    path = tmp_path / "hostile.toml"
    quoted = json.dumps(HOSTILE)
    path.write_text(
        f"title = {quoted}\n[[program]]\nname = {quoted}\nsponsor = {quoted}\nnotes = {quoted}\n"
        f'tags = [{quoted}, "=1+1"]\n[[program.catalyst]]\nid = {quoted}\nevent = {quoted}\nwhen = "Q4 2026"\n'
        f'note = "\\u001b[31m"\n[[program.source]]\nid = "s"\ntitle = {quoted}\nurl = "javascript:alert(1)"\n'
        f'[[program.source]]\nid = "t"\nurl = "https://x.example/\\"onmouseover=1"\nquote = {quoted}\n'
    )
    return str(path)


def test_everything_as_toml_is_the_file_itself(run):
    assert run.sample("export").out == SAMPLE.read_text()


def test_a_part_is_a_watchlist_with_its_comments(run, tmp_path):
    part = tmp_path / "part.toml"
    answer = run.sample("export", "id:cema-cel|lasme-cel", "-o", str(part))
    assert (answer.status, answer.out) == (0, "")
    assert "2 programs written" in answer.err
    whole = tomli.loads(SAMPLE.read_text())
    wanted = [each for each in whole["program"] if each["id"] in ("cema-cel", "lasme-cel")]
    assert tomli.loads(part.read_text()) == {**whole, "program": wanted}
    assert "# June 2026; the day is not known" in part.read_text()
    assert part.read_text().startswith("# Sample watchlist")
    assert run("import", str(part), "-f", str(SAMPLE), "--dry-run").out == "2 the same\n"


def test_an_inline_list_can_be_exported_in_part(run, tmp_path):
    inline = tmp_path / "inline.toml"
    inline.write_text('program = [{ name = "A" }, { name = "B" }]\n')
    assert tomli.loads(run("export", "B", "-f", str(inline)).out) == {"program": [{"name": "B"}]}


@pytest.mark.slow
def test_none_is_a_list_of_none(run):
    for form in FORMATS:
        answer = run.sample("export", "no-such-word", "--format", form)
        assert answer.status == 0, form


def test_json_is_what_list_prints(run):
    told = json.loads(run.sample("export", "--format", "json").out)
    assert (told["schema"], told["title"], len(told["programs"])) == (1, "Cell-therapy programs", 28)
    assert told["programs"][0] == json.loads(run.sample("list", "id:lasme-cel", "--json").out)["programs"][0]


@pytest.mark.parametrize(("windows", "more"), [("last", 0), ("span", 0), ("edges", 1)])
def test_the_calendar_is_read_by_another_library(run, tmp_path, windows, more):
    path = tmp_path / "c.ics"
    assert run.sample("export", "lasme", "-o", str(path), "--windows", windows).status == 0
    events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert len(events) == 5 + 4 * more


def test_a_move_raises_the_sequence_of_the_same_entry(run, tmp_path):
    path = tmp_path / "w.toml"
    path.write_text('[[program]]\nid = "a"\nname = "A"\n[[program.catalyst]]\nid = "c"\nevent = "e"\nwhen = "Q4 2026"\n')
    newer = tmp_path / "newer.toml"
    newer.write_text(path.read_text().replace("Q4 2026", "Q1 2027"))
    before = Calendar.from_ical(run("export", "-f", str(path), "--format", "ics").out).walk("VEVENT")[0]
    assert run("import", str(newer), "-f", str(path)).status == 0
    after = Calendar.from_ical(run("export", "-f", str(path), "--format", "ics").out).walk("VEVENT")[0]
    assert (before["uid"], before["sequence"], after["sequence"]) == (after["uid"], 0, 1)


class Page(HTMLParser):
    """What a page is made of, as a browser would see it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src", "xlink:href", "action")]


def test_a_hostile_list_makes_an_inert_page(run, hostile):
    text = run("export", "-f", hostile, "--format", "html", "--today", "2026-11-22").out
    page = Page(text)
    assert not page.tags & {"script", "img", "iframe", "object", "link", "form", "base"}
    assert not [each for each in page.attributes if each.startswith("on")]
    assert all(each.startswith(("https://", "#program")) and '"' not in each for each in page.links)
    assert "\x1b" not in text
    assert "url(http" not in text
    assert "default-src 'none'" in text
    assert "<svg" in text


def test_a_hostile_list_makes_inert_markdown(run, hostile):
    for argv in (("export", "--format", "md"), ("digest",)):
        text = run(*argv, "-f", hostile, "--today", "2026-11-22").out
        assert "\x1b" not in text
        page = Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
        assert not page.tags & {"script", "img", "code", "em"}, argv
        assert page.links == []


def test_a_value_of_several_lines_stands_below_its_label_in_markdown(run):
    text = run.sample("export", "lasme", "--format", "md").out
    assert (
        "- **Designations** FDA RMAT · R/R B-ALL · day not reported\n  - EC Orphan · ALL · granted 2024-06-04\n  - FDA Orphan"
        in text
    )
    assert "**Vector** lentiviral°\n- **Editing**" in text
    assert "\n\n\n" not in text


@pytest.mark.slow
def test_an_existing_file_is_left_alone_unless_forced(run, tmp_path):
    target = tmp_path / "x.md"
    target.write_text("mine")
    target.chmod(0o640)
    answer = run.sample("export", "-o", str(target))
    assert (answer.status, answer.out, target.read_text()) == (2, "", "mine")
    assert "--force replaces it" in answer.err
    assert run.sample("export", "-o", str(target), "--force").status == 0
    assert target.read_text().startswith("# Cell-therapy programs")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []


@pytest.mark.slow
def test_a_place_that_cannot_be_written_is_said_in_a_line(run, tmp_path):
    for target in (str(tmp_path), str(tmp_path / "no" / "x.md"), os.devnull):
        answer = run.sample("export", "-o", target, "--force")
        assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1), target


@pytest.mark.parametrize(
    "argv",
    [
        ("--format", "pdf"),
        ("--format", "csv", "--rows", "sources"),
        ("--format", "ics", "--windows", "middle"),
        ("--rows", "programs"),
        ("nofield:x",),
    ],
)
def test_what_makes_no_sense_is_refused(run, argv):
    status, out, err = run.sample("export", *argv)
    assert (status, out, err.count("\n")) == (2, "", 1)


@pytest.mark.slow
def test_exports_are_the_same_twice(run):
    for form in FORMATS:
        assert run.sample("export", "--format", form).out == run.sample("export", "--format", form).out


@pytest.mark.parametrize("name", ["list.xls", "list.yaml", "my.watch.list"])
def test_a_name_with_an_ending_of_no_format_is_asked_about(run, tmp_path, name):
    target = tmp_path / name
    answer = run.sample("export", "-o", str(target))
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert f'no format goes by the ending "{target.suffix}": add --format toml|csv' in answer.err
    assert not target.exists()
    assert run.sample("export", "-o", str(target), "--format", "csv").status == 0


def test_a_name_without_an_ending_is_a_watchlist(run, tmp_path):
    assert run.sample("export", "-o", str(tmp_path / "list")).status == 0
    assert (tmp_path / "list").read_text() == SAMPLE.read_text()


def test_a_workbook_goes_to_a_file_and_says_how_to_get_its_library(run, tmp_path, monkeypatch):
    pytest.importorskip("xlsxwriter")
    target = tmp_path / "list.xlsx"
    answer = run.sample("export", "lasme", "-o", str(target))
    assert (answer.status, answer.out) == (0, "")
    assert target.read_bytes().startswith(b"PK")
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    answer = run.sample("export", "-o", str(tmp_path / "other.xlsx"))
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert "pip install 'cartwatch[excel]'" in answer.err
    assert not (tmp_path / "other.xlsx").exists()


def test_a_workbook_has_the_sponsors_of_its_programs(run, tmp_path):
    calamine = pytest.importorskip("python_calamine")
    pytest.importorskip("xlsxwriter")
    path, target = tmp_path / "w.toml", tmp_path / "w.xlsx"
    path.write_text(
        '[[program]]\nname = "A"\nsponsor = "Acme"\n[[sponsor]]\nname = "ACME"\ncik = "0001627281"\n'
        'runway = { when = "into 2H 2027", said = 2025-11-07 }\n[[sponsor]]\nname = "Other"\n'
    )
    assert run("export", "-f", str(path), "-o", str(target)).status == 0
    head, *rows = calamine.CalamineWorkbook.from_path(str(target)).get_sheet_by_name("Sponsors").to_python()
    (only,) = [dict(zip(head, row, strict=True)) for row in rows]
    assert "ACME" in only.values()
    assert "0001627281" in only.values()
    assert "into 2H 2027" in only.values()
