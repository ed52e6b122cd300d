"""A table of programs is read by what its columns are called, and what was written is read back."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.formats.csv import CATALYST, TableError, column_of, fields, guarded, looks_tabular, read_table, table, unguarded
from cartwatch.sources.incoming import propose_incoming, read_incoming

NOW = datetime(2026, 11, 22).astimezone()
SAMPLE = Document.parse((Path(__file__).parents[2] / "sample_watchlist.toml").read_bytes())


def read(text: str) -> list[dict[str, Any]]:
    return read_table(text.encode(), tabs=False, now=NOW).programs


def exported(document: Document, rows: str) -> str:
    programs = read_watchlist(document.head, document.programs, NOW.date()).watchlist.programs
    return table(list(zip(programs, document.programs, strict=True)), NOW, rows=rows)


@pytest.mark.parametrize("rows", ["programs", "catalysts"])
def test_what_is_exported_comes_back_without_a_change(rows: str) -> None:
    incoming = read_incoming("x.csv", exported(SAMPLE, rows).encode(), NOW)
    assert incoming.errors == ()
    mine = read_watchlist(SAMPLE.head, SAMPLE.programs, NOW.date()).watchlist
    proposal = propose_incoming(SAMPLE, mine, [incoming])
    assert {each.state for each in proposal.entries} == {"same"}, [each for each in proposal.entries if each.state != "same"][
        :1
    ]
    assert len(proposal.entries) == (len(mine) if rows == "programs" else sum(bool(each.catalysts) for each in mine.programs))


def test_every_field_that_was_written_is_read_into_an_empty_list() -> None:
    incoming = read_incoming("x.csv", exported(SAMPLE, "programs").encode(), NOW)
    for mine, theirs in zip(SAMPLE.programs, incoming.document.programs, strict=True):
        for path in fields():
            if not path.startswith(CATALYST) and path not in ("notes", "trial.nct", "mechanism.knockouts"):
                assert at(theirs, path) == (at(mine, path) or None), path


def at(record: Any, path: str) -> Any:
    for step in path.split("."):
        record = record.get(step) if isinstance(record, dict) else None
    return record.strip() if isinstance(record, str) else record


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("Program", "name"),
        ("PRODUCT NAME", "name"),
        ("Company", "sponsor"),
        ("Antigen(s)", "mechanism.targets"),
        ("target", "mechanism.targets"),
        ("mechanism.targets", "mechanism.targets"),
        ("Auto/Allo", "mechanism.source"),
        ("NCT Number", "trial"),
        ("Next catalyst", "catalyst.event"),
        ("Expected date", "catalyst.when"),
        ("safety crs note", "safety.crs.note"),
        ("Boxed warning", "safety.boxed_warning"),
        ("price", None),
    ],
)
def test_a_column_is_told_by_its_name(header: str, path: str | None) -> None:
    assert column_of(header) == path


def test_another_tables_columns_separators_and_rows() -> None:
    text = (
        "Product;Company;Targets;NCT;Milestone;Timing;Price\nA;Acme;CD19, CD22;NCT00000001;BLA;Q4 2026;5\nA;;;;Approval;2027;\n"
    )
    found = read_table(text.encode("utf-8-sig"), tabs=False, now=NOW)
    assert found.programs == [
        {
            "name": "A",
            "sponsor": "Acme",
            "mechanism": {"targets": ["CD19", "CD22"]},
            "trial": [{"nct": "NCT00000001"}],
            "catalyst": [{"event": "BLA", "when": "Q4 2026"}, {"event": "Approval", "when": "2027"}],
            "Price": 5,
        }
    ]
    assert "column “Milestone” is read as catalyst.event" in found.notes
    assert "column “Price” is kept as your own key “Price”" in found.notes


def test_tabs_and_quoted_lines() -> None:
    found = read_table(b'name\tnotes\nA\t"one\ntwo"\nB\tx\n', tabs=True, now=NOW)
    assert [each["notes"] for each in found.programs] == ["one\ntwo\n", "x"]
    assert found.lines == [2, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "no column is called name"),
        ("name,phase\n", "no rows"),
        ("name,program\nA,B\n", "two columns are name"),
        ("name\nA\0\n", "zero byte"),
    ],
)
def test_what_is_no_table_of_programs_is_refused(text: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read(text)


def test_a_cell_that_cannot_be_read_is_a_problem_on_its_line() -> None:
    found = read_table(b"name,pinned\n,no\nA,yes\nB,perhaps\n", tabs=False, now=NOW)
    assert found.programs == [{"name": "A", "pinned": True}, {"name": "B"}]
    assert [(each.line, each.level) for each in found.problems] == [(2, "error"), (4, "error")]


def test_a_row_without_a_name_is_more_of_the_program_above() -> None:
    data = "Company,Drug,Indication,Catalyst,Date\nAcme,A-1,LBCL,Topline,Q4 2026\n,,CLL,Filing,2027\nBeta,B-2,MM,,\n"
    found = read_table(data.encode(), tabs=False, now=NOW)
    first, second = found.programs
    assert (first["sponsor"], first["indications"], second["sponsor"]) == ("Acme", ["LBCL", "CLL"], "Beta")
    assert [(each["event"], each["when"]) for each in first["catalyst"]] == [("Topline", "Q4 2026"), ("Filing", "2027")]
    assert "no name on line 3: read as more of the program above" in found.notes


@pytest.mark.parametrize(
    ("header", "cell", "kind"),
    [
        ("Data readout", "1H27", "readout"),
        ("BLA submission", "Q1 2027", "filing"),
        ("Expected launch", "2028", "launch"),
        ("Last updated", "2026-11-01", None),
        ("Data readout", "positive", None),
        ("Interim analysis", "-", None),
    ],
)
def test_a_column_of_dates_named_for_an_event_gives_catalysts(header: str, cell: str, kind: str | None) -> None:
    found = read_table(f"Drug,{header}\nA,{cell}\n".encode(), tabs=False, now=NOW)
    catalysts = found.programs[0].get("catalyst", [])
    assert [(each["kind"], each["event"]) for each in catalysts] == ([(kind, header)] if kind else [])


def test_a_column_of_dates_has_no_event_where_a_cell_says_so() -> None:
    found = read_table("Drug,PDUFA date\nA,N/A\nB,–\nC,TBD\n".encode(), tabs=False, now=NOW)
    assert [len(each.get("catalyst", [])) for each in found.programs] == [0, 0, 1]
    assert [(each.line, each.message) for each in found.left] == [(2, "PDUFA date: “N/A” is no date: no catalyst")]


def test_no_cell_is_a_formula() -> None:
    hostile = '=HYPERLINK("http://x","y")'
    document = Document.parse(f"[[program]]\nname = '{hostile}'\nsponsor = '@SUM(A1)'\nnotes = '-1+1'\n".encode())
    rows = list(csv.reader(io.StringIO(exported(document, "programs"))))
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "-")]
    (back,) = read(exported(document, "programs"))
    assert (back["name"], back["sponsor"], back["notes"]) == (hostile, "@SUM(A1)", "-1+1")


@given(st.text(alphabet="'=+-@\t\r1a ", max_size=6))
def test_a_guarded_cell_is_what_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_a_table_on_standard_input_is_told_by_its_header() -> None:
    assert looks_tabular(b"Program,Phase\nA,1\n")
    assert not looks_tabular(b"a = 1\n")
    assert not looks_tabular(b"[[program]]\nname = 'x, phase'\n")
    assert not looks_tabular(b"one,two\n")


def test_a_knock_out_keeps_its_purpose_and_brackets_in_its_name() -> None:
    text = (
        "[[program]]\nname = 'A'\n[program.mechanism]\nknockouts = ['R (Z)', { gene = 'CD52', purpose = 'survives, long' }]\n"
    )
    document = Document.parse(text.encode())
    assert read(exported(document, "programs"))[0]["mechanism"] == document.programs[0]["mechanism"]


def test_a_short_name_in_a_table_does_not_take_the_place_of_the_full_one() -> None:
    document = Document.parse(b'[[program]]\nid = "foo"\nname = "Foolimab"\n')
    mine = read_watchlist(document.head, document.programs, NOW.date()).watchlist
    (entry,) = propose_incoming(document, mine, [read_incoming("x.csv", b"name,sponsor\nFoo,S\n", NOW)]).entries
    assert [each.path for each in entry.offers] == ["sponsor"]


def test_records_in_words_of_our_own_export_are_named_where_there_are_some() -> None:
    found = read_table(b"name,list.catalyst,list.source,next.when\nA,Readout Q4 2026,,Q4 2026\n", tabs=False, now=NOW)
    assert found.notes == ("list.catalyst: records in words, not imported; an export to TOML or JSON brings them",)
