"""Statuses, holds, partners, efficacy and rates of use: read, set, filtered, merged, shown and exported."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cartwatch.app.editing.form import rows_of
from cartwatch.app.editing.targets import behind, lists_of_pane
from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import Read, read_watchlist
from cartwatch.domain.difference import difference_of
from cartwatch.domain.filters.parser import matching, parse
from cartwatch.domain.merge import merge
from cartwatch.domain.record_lists import lists
from cartwatch.domain.safety import Report
from cartwatch.formats import csv, html, markdown
from cartwatch.session.changes import add_record, set_fact
from cartwatch.views.columns import column
from cartwatch.views.documents import program_document
from cartwatch.views.lines import plain
from cartwatch.views.look import Look
from cartwatch.views.panes import pane, panes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)

TEXT = """[[program]]
id = "a"
name = "Alpha [CD19]"
phase = "Filed"

[[program.status]]
indication = "EBV+ PTLD"
region = "EU"
phase = "Approved"
since = 2022-12-16
cite = "s"

[[program.hold]]
kind = "partial hold"
agency = "FDA"
placed = 2026-06-16
reason = "a death"

[[program.partner]]
name = "Pierre Fabre"
role = "licensee"
territory = "ex-US"
ticker = "PF [/b]"

[[program.safety.report]]
trial = "NCT01"
n = 40
crs = { any = "38/40" }
fatal = "1/40"
used = { tocilizumab = "12/40", steroids = "12%" }

[[program.efficacy]]
population = "all treated"
n = 40
results = [{ endpoint = "ORR", value = "28/40" }, { endpoint = "median DOR", value = "11.2 months" }]

[[program.designation]]
kind = "RMAT"
agency = "FDA"
ended = 2027-02-01

[[program.catalyst]]
id = "bla"
event = "BLA decision"
kind = "pdufa"
when = "Q1 2027"
agency = "FDA"
indication = "EBV+ PTLD"

[[program.source]]
id = "s"
title = "A source"
checked = 2026-11-01
"""
SET = (
    ("status.1.phase", "Withdrawn", 'phase = "Withdrawn"'),
    ("status.1.region", "UK", 'region = "UK"'),
    ("hold.1.lifted", date(2026, 11, 1), "lifted = 2026-11-01"),
    ("partner.1.role", "co-development", 'role = "co-development"'),
    ("safety.report.1.fatal", "0/40", 'fatal = "0/40"'),
    ("safety.report.1.used.tocilizumab", "13/40", 'used = { tocilizumab = "13/40", steroids = "12%" }'),
    ("efficacy.1.n", 41, "n = 41"),
    ("efficacy.1.results.1.value", "29/40", "29/40"),
    ("designation.1.ended", date(2027, 3, 1), "ended = 2027-03-01"),
    ("catalyst.bla.agency", "EMA", 'agency = "EMA"'),
    ("catalyst.bla.indication", "PTLD", 'indication = "PTLD"'),
)


def read(text: str = TEXT) -> tuple[Document, Read]:
    document = Document.parse(text.encode())
    return document, read_watchlist(document.head, document.programs, TODAY)


def test_all_of_it_is_read_without_a_problem() -> None:
    _, found = read()
    assert found.problems == ()
    program = found.watchlist.programs[0]
    assert program.own == ()
    assert program.statuses[0].region == "EU"
    assert program.holds[0].open
    assert [each.counts for each in program.safety.reports[0].used] == ["tocilizumab 12/40", "steroids 12% of 40"]


@pytest.mark.parametrize(("path", "value", "line"), SET)
def test_a_change_of_one_value_changes_one_line(path: str, value: Any, line: str) -> None:
    document, found = read()
    made = set_fact(document, found.watchlist, "a", path, value)
    edits = [each for each in made.edits if "cite" not in getattr(each, "path", ())]
    before, after = TEXT.splitlines(), apply(document, edits).document.text.splitlines()
    new = [each for each in after if each not in before]
    assert len(new) == 1
    assert line in new[0]


@pytest.mark.parametrize("path", ["status", "hold", "partner", "efficacy"])
def test_a_record_can_be_added_and_has_a_form(path: str) -> None:
    document, found = read()
    records: dict[str, dict[str, Any]] = {
        "status": {"region": "JP"},
        "hold": {"agency": "EMA"},
        "partner": {"name": "B"},
        "efficacy": {"n": 3},
    }
    text = apply(document, list(add_record(document, found.watchlist, "a", path, records[path]).edits)).document.text
    assert text.count(f"[[program.{path}]]") == 2
    assert lists()[path].pane in ("overview", "safety")
    assert lists_of_pane(lists()[path].pane, f"{path}.1") == (path,)


def test_the_form_of_a_report_takes_rates_of_use_in_one_line() -> None:
    document, _ = read()
    raw = document.programs[0]["safety"]["report"][0]
    used = next(each for each in rows_of(Report, raw) if each.name == "used")
    assert (used.text, used.fixed) == ("tocilizumab 12/40, steroids 12%", "")
    odd = next(each for each in rows_of(Report, {"used": {"a": {"b": 1}}}) if each.name == "used")
    assert odd.fixed


@pytest.mark.parametrize(
    ("wrong", "right", "field"),
    [
        ('region = "EU"', "region = 7", "status[1].region"),
        ('phase = "Approved"', 'phase = "Aproved"', "status[1].phase"),
        ('kind = "partial hold"', 'kind = "partial hld"', "hold[1].kind"),
        ('role = "licensee"', 'role = "licencee"', "partner[1].role"),
        ('tocilizumab = "12/40"', 'tocilizumab = "45/40"', "safety.report[1].used.tocilizumab"),
        ('value = "28/40"', "value = 28", "efficacy[1].results[1].value"),
    ],
)
def test_a_value_that_does_not_fit_is_a_located_problem_and_is_kept(wrong: str, right: str, field: str) -> None:
    document, found = read(TEXT.replace(wrong, right, 1))
    assert [each.field for each in found.problems] == [field]
    assert right in document.text


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("region:EU", True),
        ("region:JP", False),
        ("region:europe", True),
        ("partner:fabre", True),
        ("partner:allogene", False),
        ("hold:", True),
        ("hold:partial", True),
        ("hold:death", True),
        ("hold:EMA", False),
        ("hold:no", False),
        ("fatal:>2%", True),
        ("fatal:<2%", False),
        ("used:tocilizumab", True),
        ("used:siltuximab", False),
        ("endpoint:ORR", True),
        ("catalyst.agency:FDA", True),
        ("status.phase:approved", True),
    ],
)
def test_filters_reach_it(text: str, *, fits: bool) -> None:
    _, found = read()
    assert bool(matching(found.watchlist.programs, parse(text), NOW)) is fits


def test_a_lifted_hold_is_not_open_and_words_do_not_lift_one() -> None:
    for lifted, fits in (("2026-07-01", False), ('"August 2026"', False), ('"pending"', True), ('"soon"', True)):
        _, found = read(TEXT.replace('reason = "a death"', f"lifted = {lifted}"))
        assert bool(matching(found.watchlist.programs, parse("hold:"), NOW)) is fits, lifted


def test_panes_and_exports_have_all_of_it() -> None:
    document, found = read()
    program, look = found.watchlist.programs[0], Look(NOW)
    lines = [each for one in panes(program, look) for each in one.lines]
    shown = "\n".join(f"{each.label} {plain(each.runs)} {' '.join(map(plain, each.cells))}" for each in lines)
    texts = (
        shown,
        csv.table([(program, document.programs[0])], NOW),
        "".join(html.report([program], look, "List")),
        markdown.report([program], look, "List").replace("\\", ""),
    )
    told = "EBV+ PTLD, partial hold, a death, Pierre Fabre, ex-US, tocilizumab, 12/40, median DOR, 11.2 months"
    for text in texts:
        assert [each for each in told.split(", ") if each not in text] == []
    data = program_document(program, NOW)
    assert data["status"][0]["region"] == "EU"
    assert data["safety"]["report"][0]["used"] == {"tocilizumab": "12/40", "steroids": "12%"}
    assert data["efficacy"][0]["results"][1] == {"endpoint": "median DOR", "value": "11.2 months"}


def test_the_source_of_a_record_stands_behind_its_line_and_its_fields() -> None:
    _, found = read()
    program = found.watchlist.programs[0]
    assert [behind(program, each).cited for each in ("status.1", "status.1.phase", "hold.1")] == [("s",), ("s",), ()]
    assert behind(program, "status.9").cited == ()


def test_an_open_hold_is_a_badge_before_the_name_and_a_lifted_one_is_none() -> None:
    for text, shown in (
        (TEXT, "HOLD Alpha [CD19]"),
        (TEXT.replace('reason = "a death"', "lifted = 2026-08-01"), "Alpha [CD19]"),
    ):
        _, found = read(text)
        assert plain(column("program").cell(found.watchlist.programs[0], Look(NOW))) == shown


def test_efficacy_stands_under_its_population_with_counts_apart_from_words() -> None:
    _, found = read()
    lines = pane("safety", found.watchlist.programs[0], Look(NOW)).lines
    at = next(place for place, each in enumerate(lines) if plain(each.runs) == "Efficacy")
    assert plain(lines[at + 1].runs) == "all treated · n = 40"
    rows = [tuple(map(plain, each.cells)) for each in lines[at:] if each.cells]
    assert rows == [("ORR", "28/40", "70%", "55–82%"), ("median DOR", "11.2 months")]


ADDED = {
    "status": '\n[[program.status]]\nregion = "JP"\nphase = "Phase 2"\n',
    "hold": '\n[[program.hold]]\nkind = "voluntary pause"\nplaced = 2026-10-01\n',
    "partner": '\n[[program.partner]]\nname = "Allogene"\n',
    "efficacy": '\n[[program.efficacy]]\npopulation = "cohort 2"\nresults = [{ endpoint = "CR", value = "3/9" }]\n',
}


@pytest.mark.parametrize("one", ADDED)
@pytest.mark.parametrize("other", ADDED)
def test_branches_that_add_different_records_merge_clean(one: str, other: str) -> None:
    if one == other:
        return
    sides: list[Any] = [({}, Document.parse(text.encode()).programs) for text in (TEXT, TEXT + ADDED[one], TEXT + ADDED[other])]
    merged = merge(*sides)
    assert merged.conflicts == ()
    assert len(merged.programs[0][one]) == len(merged.programs[0][other]) == 2


def test_branches_that_change_different_rates_of_use_merge_clean() -> None:
    changed = (TEXT, TEXT.replace("12%", "13%"), TEXT.replace('tocilizumab = "12/40"', 'tocilizumab = "13/40"'))
    merged = merge(*[({}, Document.parse(text.encode()).programs) for text in changed])
    assert merged.conflicts == ()
    assert merged.programs[0]["safety"]["report"][0]["used"] == {"tocilizumab": "13/40", "steroids": "13%"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('phase = "Approved"', 'phase = "Withdrawn"', "phase Approved → Withdrawn"),
        ('reason = "a death"', "lifted = 2026-08-01", "lifted 2026-08-01"),
        ('"ex-US"', '"worldwide"', "territory ex-US → worldwide"),
        ("28/40", "29/40", "28/40 → 29/40"),
        ('tocilizumab = "12/40"', 'tocilizumab = "13/40"', "tocilizumab 13/40"),
        ("ended = 2027-02-01", "ended = 2027-03-01", "ended 2027-02-01 → 2027-03-01"),
    ],
)
def test_a_difference_is_told_in_words(old: str, new: str, words: str) -> None:
    before, after = (read(text)[1].watchlist.programs[0] for text in (TEXT, TEXT.replace(old, new, 1)))
    assert any(words in each.words for each in difference_of(before, after))
