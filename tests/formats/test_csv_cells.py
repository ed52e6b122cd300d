"""An import of a table takes every cell or names the one that it left: what the cells hold decides what a column is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.vocabulary import kind_word
from cartwatch.formats.csv import Table, looks_tabular, read_table
from cartwatch.formats.csv.columns import cut, figure_of, joined_items, phase_word, trials_in

NOW = datetime(2026, 11, 22).astimezone()


def read(*lines: str) -> Table:
    return read_table("\n".join(lines).encode(), tabs=False, now=NOW)


def only(*lines: str) -> dict[str, Any]:
    table = read(*lines)
    assert (table.left, table.problems) == ((), ())
    (program,) = table.programs
    return program


def test_rows_of_one_program_join_their_lists_and_name_what_differs() -> None:
    table = read(
        "Drug,Company,Indications,Phase,Target,Notes",
        'ze-cel,Alpha,"lupus, myositis",Phase 2,CD19,one',
        "ze-cel,Alpha,Lupus; scleroderma,Ph2,BCMA,two",
        "ZE-CEL,Beta,,Phase 1,CD19,one",
    )
    (program,) = table.programs
    assert program == {
        "name": "ze-cel",
        "sponsor": "Alpha",
        "indications": ["lupus", "myositis", "scleroderma"],
        "phase": "Phase 2",
        "mechanism": {"targets": ["CD19", "BCMA"]},
        "notes": "one\n\ntwo\n",
    }
    assert [(each.line, each.message) for each in table.left] == [
        (4, "conflict: sponsor is “Beta” here and “Alpha” on line 2, which is kept"),
        (4, "conflict: phase is “Phase 1” here and “Phase 2” on line 2, which is kept"),
    ]


@pytest.mark.parametrize(
    ("header", "row", "catalyst"),
    [
        ("Drug,Expected", "A,Q4 2026", {"when": "Q4 2026"}),
        ("Drug,Type,When", "A,PDUFA,Q4 2026", {"kind": "pdufa", "event": "PDUFA", "when": "Q4 2026"}),
        ("Drug,Type,When", "A,Topline data,2027", {"kind": "readout", "event": "Topline data", "when": "2027"}),
        ("Drug,Kind,Event", "A,BLA filing,x", {"kind": "filing", "event": "x", "note": "BLA filing"}),
        ("Drug,PDUFA_date", "A,2026-12-23", {"event": "PDUFA date", "kind": "pdufa", "when": date(2026, 12, 23)}),
        ("Drug,pdufa", "A,1H 2027", {"event": "PDUFA date", "kind": "pdufa", "when": "1H 2027"}),
        ("Drug,decision_date", "A,1H 2027", {"event": "Decision", "kind": "approval", "when": "1H 2027"}),
        ("Drug,BLA filing date", "A,1H 2027", {"event": "BLA filing", "kind": "filing", "when": "1H 2027"}),
        ("Drug,Event,Decision Date", "A,EU,2027", {"event": "EU", "kind": "approval", "when": "2027"}),
        ("Drug,Catalyst", "A,Q4 2026", {"when": "Q4 2026"}),
        ("Drug,Event,Note", "A,x,y", {"event": "x"}),
        ("Drug,Outcome", "A,missed", {"outcome": "missed"}),
    ],
)
def test_a_catalyst_needs_no_event_column(header: str, row: str, catalyst: dict[str, Any]) -> None:
    assert only(header, row)["catalyst"] == [catalyst]


def test_two_dated_columns_are_two_catalysts() -> None:
    found = only("Drug,AdCom date,PDUFA date", "A,Q1 2027,Q2 2027")["catalyst"]
    assert [(each["kind"], each["when"]) for each in found] == [("adcom", "Q1 2027"), ("pdufa", "Q2 2027")]


def test_the_same_catalyst_in_two_rows_is_one() -> None:
    assert len(only("Drug,Trials,Event,When", "A,ONE,x,2027", "A,TWO,x,2027")["catalyst"]) == 1


@pytest.mark.parametrize(
    ("header", "cells", "key", "value"),
    [
        ("Type", ["CAR-T"], "mechanism", {"modality": "CAR-T"}),
        ("Type", ["Phase 2"], "phase", "Phase 2"),
        ("Status", ["Pivotal"], "phase", "Pivotal"),
        ("Phases", ["PHASE1|PHASE2"], "phase", "Phase 1/2"),
        ("Phases", ["Phase 2, Phase 3"], "phase", "Phase 2/3"),
        ("Source", ["allo"], "mechanism", {"source": "allogeneic donor"}),
        ("Target", ["CD19 | CD22"], "mechanism", {"targets": ["CD19", "CD22"]}),
        ("Target", ["CD19, CD22"], "mechanism", {"targets": ["CD19, CD22"]}),
        ("Targets", ["CD19, CD22"], "mechanism", {"targets": ["CD19", "CD22"]}),
        ("Indication(s)", ["ALL (adult, child), CLL"], "indications", ["ALL (adult, child)", "CLL"]),
        ("Condition", ["DLBCL, 3L|FL"], "indications", ["DLBCL, 3L", "FL"]),
        ("aka", ["B, C"], "aliases", ["B", "C"]),
        ("Trial", ["KarMMa 4"], "trial", [{"name": "KarMMa 4"}]),
        ("Trial", ["nct01234567"], "trial", [{"nct": "NCT01234567"}]),
        ("Trials", ["ZUMA-9 (NCT01234567); OTHER"], "trial", [{"nct": "NCT01234567", "name": "ZUMA-9"}, {"name": "OTHER"}]),
        ("NCT Number", ["NCT01234567, NCT01234568"], "trial", [{"nct": "NCT01234567"}, {"nct": "NCT01234568"}]),
        ("Study", ["ChiCTR2200012345"], "trial", [{"registry": "ChiCTR", "id": "ChiCTR2200012345"}]),
    ],
)
def test_the_cells_say_what_a_column_is(header: str, cells: list[str], key: str, value: Any) -> None:
    rows = ['"' + each.replace('"', '""') + '"' for each in cells]
    assert only(f"Drug,{header}", *(f"A,{each}" for each in rows))[key] == value


def test_the_name_and_the_number_of_a_trial_in_two_columns_are_one_trial() -> None:
    assert only("Drug,Trial,NCT", "A,ONE,NCT01234567")["trial"] == [{"nct": "NCT01234567", "name": "ONE"}]


def test_a_link_is_a_source_behind_what_its_row_says() -> None:
    links = "https://example.org/a.html https://example.org/b"
    table = read("Drug,Sponsor,Phase,Sources", f"A,S,Phase 1,{links}", "A,T,,https://example.org/c")
    (program,) = table.programs
    assert [each["url"] for each in program["source"]] == [*links.split(), "https://example.org/c"]
    assert program["cite"] == {"sponsor": ["example-a", "example-b"], "phase": ["example-a", "example-b"]}
    found = only("Drug,Event,Source", "A,x,https://example.org/a")
    assert found["catalyst"] == [{"event": "x", "cite": "example-a"}]
    assert "cite" not in found


def test_a_source_that_is_no_link_and_no_kind_of_donor_is_the_title_of_one() -> None:
    found = only("Drug,Phase,Source", "A,Phase 1,10-K of May")
    assert (found["source"], found["cite"]) == ([{"id": "10-k-of-may", "title": "10-K of May"}], {"phase": "10-k-of-may"})


def test_what_a_column_holds_and_no_field_takes_is_named() -> None:
    table = read("Drug,Status,Type", "A,Recruiting,x", "B,Completed,y")
    assert table.programs == [
        {"name": "A", "Status (column)": "Recruiting", "Type": "x"},
        {"name": "B", "Status (column)": "Completed", "Type": "y"},
    ]
    assert [each for each in table.notes if "Drug" not in each] == [
        "column “Status” holds the status of trials, which comes with a refresh from the registry: "
        "kept as your own key “Status (column)”",
        "column “Type” holds neither modalities nor kinds of catalysts: kept as your own key “Type”",
    ]


def test_cells_without_a_column_and_statuses_between_phases_are_named_with_their_line() -> None:
    table = read("Drug,Status", "A,Phase 1", "B,Recruiting,more,[/b]")
    assert [(each.line, each.program, each.message) for each in table.left] == [
        (3, "B", "more cells than the header has columns: “more”, “[/b]” not imported; quote a cell with a comma"),
        (3, "B", "“Recruiting” is the status of a trial and no phase: not imported"),
    ]


def test_windows_line_ends_in_a_cell_are_line_ends() -> None:
    (program,) = read_table(
        b'Drug,Notes,Sponsor,Target\r\nA,"one\r\ntwo\rthree","S\r\nInc","CD19\r\nCD20"\r\n', tabs=False, now=NOW
    ).programs
    assert program == {
        "name": "A",
        "notes": "one\ntwo\nthree\n",
        "sponsor": "S Inc",
        "mechanism": {"targets": ["CD19", "CD20"]},
    }


TABLE = "Drug,Company\nä-cel,Ünïon\n"


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.encode("cp1252"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        f"sep=;\r\n{TABLE.replace(',', ';')}".encode(),
        f"sep=,\n{TABLE}".encode(),
        f"Cell therapy pipeline (draft, May)\n,\n\n{TABLE}".encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", " | ").encode(),
        TABLE.replace("\n", "\r\n").encode("utf-16"),
    ],
)
def test_a_table_is_read_in_any_usual_dress(data: bytes) -> None:
    assert looks_tabular(data)
    assert read_table(data, tabs=False, now=NOW).programs == [{"name": "ä-cel", "sponsor": "Ünïon"}]


def test_what_stands_above_the_header_and_a_guessed_encoding_are_told_and_lines_count_on() -> None:
    table = read_table("sep=;\n\nListe für alle\nDrug;Pinned\nA;perhaps\n".encode("cp1252"), tabs=False, now=NOW)
    assert table.notes[:2] == (
        "not UTF-8, read as Windows text (cp1252): see whether the letters on line 3 are right",
        "“Liste für alle” stands above the header and is not imported",
    )
    assert [each.line for each in table.problems] == [5]


@given(
    st.lists(
        st.text(alphabet='a ,;|"()[\n', min_size=1, max_size=6).filter(str.strip).filter(lambda each: each != '""'), max_size=4
    )
)
def test_items_of_a_cell_come_back(items: list[str]) -> None:
    assert cut(joined_items(items), commas=True) == items


@pytest.mark.parametrize(
    ("text", "kind"),
    [("PDUFA goal date", "pdufa"), ("Phase 3 readout", "readout"), ("CD19", None), ("decision or meeting", None)],
)
def test_a_kind_is_told_by_the_words_in_a_cell(text: str, kind: str | None) -> None:
    assert kind_word(text) == kind


def test_phases_that_are_none_of_ours_are_not_guessed() -> None:
    assert [phase_word(each) for each in ("PHASE2 | PHASE3", "Phase 1; Phase 3", "NA", "I/II")] == [
        "Phase 2/3",
        None,
        None,
        "Phase 1/2",
    ]


def test_a_number_inside_words_leaves_both() -> None:
    assert trials_in("see NCT01234567 and NCT01234568") == [
        {"nct": "NCT01234567"},
        {"nct": "NCT01234568"},
        {"name": "see and"},
    ]


def test_a_program_is_written_in_the_order_of_the_format_whatever_the_columns() -> None:
    found = only("Type,Date,Event,Company,Drug", "PDUFA,2027,x,S,A")
    assert list(found) == ["name", "sponsor", "catalyst"]
    assert list(found["catalyst"][0]) == ["event", "kind", "when"]


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("CRS", "crs.any"), ("CRS any", "crs.any"), ("All-grade CRS", "crs.any"), ("CRS (any grade, %)", "crs.any"),
        ("CRS Gr3+", "crs.severe"), ("Gr ≥3 ICANS", "icans.severe"), ("ICANS ≥ 3", "icans.severe"), ("CRS G3+", "crs.severe"),
        ("Grade 3 or higher neurotoxicity", "neurotox.severe"), ("Severe CRS rate", "crs.severe"), ("aGVHD", "gvhd.any"),
        ("N", "n"), ("Data cut-off", "cutoff"), ("ORR", "endpoint"), ("mPFS", "endpoint"), ("Partner(s)", "partner"),
        ("CRS comment", None), ("CRS onset day", None), ("Price", None), ("GVHD prophylaxis", None), ("CRS grade 2", None),
    ],
)  # fmt: skip
def test_a_column_of_figures_is_known_by_its_name(header: str, path: str | None) -> None:
    assert figure_of(header) == (f"figure.{path}" if path else None)


def test_rates_partners_and_results_become_records() -> None:
    program = only("Drug,Partner,N,CRS,CRS Gr3+ (%),ORR,Data cut-off", "A,Acme; Beta,40,38/40,2.5,67%,2026-06-30")
    assert program["partner"] == [{"name": "Acme"}, {"name": "Beta"}]
    data_set = {"n": 40, "cutoff": date(2026, 6, 30), "crs": {"any": "38/40", "severe": "2.5%"}}
    assert program["safety"] == {"report": [data_set]}
    assert program["efficacy"] == [{"results": [{"endpoint": "ORR", "value": "67%"}]}]


def test_what_is_no_rate_stays_under_the_name_of_its_column() -> None:
    assert only("Drug,CRS,Patients", "A,NR,12") == {"name": "A", "CRS": "NR", "n": 12}


def test_a_column_that_differs_within_a_program_belongs_to_its_catalysts() -> None:
    program = only("Drug,Event,Odds,Rating,,Rating", "A,x,60%,buy,k,1", "A,y,30%,buy,k,1")
    assert program == {
        "name": "A",
        "catalyst": [{"event": "x", "Odds": "60%"}, {"event": "y", "Odds": "30%"}],
        "Rating": "buy",
        "column E": "k",
        "Rating (2)": 1,
    }
    table = read("Drug,Phase,Rating", "A,Phase 1,buy", "A,Phase 1,sell")
    assert [each.message for each in table.left] == ["conflict: Rating is “sell” here and “buy” above, which is kept"]


def test_a_column_named_as_a_field_that_no_table_has_takes_no_place_of_a_record() -> None:
    assert only("Drug,Phase,hold,Moves", "A,Phase 1,yes,2") == {
        "name": "A", "phase": "Phase 1", "hold (column)": "yes", "Moves (column)": 2}  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "value"),
    [("85", 85), ("-3", -3), ("410.5", 410.5), ("007", "007"), ("1.50", "1.50"), ("85%", "85%"), ("1,200", "1,200"),
     ("2026-12-23", date(2026, 12, 23)), ("2026-02-30", "2026-02-30"), ("12/23/2026", "12/23/2026"), ("true", "true")],
)  # fmt: skip
def test_a_number_or_a_day_written_just_so_is_what_a_workbook_would_hold(cell: str, value: Any) -> None:
    assert only("Drug;Mcap", f"A;{cell}")["Mcap"] == value
