"""The panes: every fact of the sample has its line, its place in the file and its doubt."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import tomli

from cartwatch.document.paths import raw_path
from cartwatch.document.reader import read_watchlist
from cartwatch.views.lines import ROLES, Line, plain
from cartwatch.views.look import Look
from cartwatch.views.panes import PANES, pane, panes

LOOK = Look(datetime(2026, 11, 22))
RAW = tomli.loads((Path(__file__).parents[2] / "sample_watchlist.toml").read_text(encoding="utf-8"))["program"]


def programs(records):
    return read_watchlist({}, records, LOOK.today).watchlist.programs


def words(line: Line) -> str:
    return f"{line.label} {plain(line.runs)} {' '.join(plain(each) for each in line.cells)}".strip()


def lines(records, key: str) -> list[str]:
    (program,) = programs(tomli.loads(records)["program"])
    return [words(each) for each in pane(key, program, LOOK).lines]


def test_every_path_leads_to_a_place_that_an_edit_can_take():
    for record, program in zip(RAW, programs(RAW), strict=True):
        for shown in panes(program, LOOK):
            for line in shown.lines:
                if line.path is not None:
                    raw_path(record, line.path)


def test_every_program_has_every_pane_with_something_to_say():
    for program in programs([*RAW, {"name": "two lines"}]):
        found = panes(program, LOOK)
        assert [(each.key, each.title) for each in found] == list(PANES)
        for each in found:
            assert each.lines
            roles = {run.role for line in each.lines for run in (*line.runs, *(r for cell in line.cells for r in cell))}
            assert roles <= set(ROLES)


def test_all_that_the_file_says_is_shown_somewhere():
    for record, program in zip(RAW, programs(RAW), strict=True):
        text = "\n".join(words(line) for each in panes(program, LOOK) for line in each.lines)
        for catalyst in record.get("catalyst", []):
            assert catalyst["event"] in text
            assert str(catalyst["when"]) in text
        for source in record.get("source", []):
            assert source["title"] in text
            assert source.get("url", "") in text
        for knockout in record.get("mechanism", {}).get("knockouts", []):
            assert (knockout if isinstance(knockout, str) else knockout["gene"]) in text
        for value in record.get("safety", {}).values():
            if isinstance(value, str):
                assert value in text


def test_an_edit_has_its_purpose():
    found = lines('[[program]]\nname = "x"\n[program.mechanism]\nknockouts = ["TRAC", "XYZ"]\n', "mechanism")
    assert any("TRAC" in each and "against GVHD" in each for each in found)
    assert any("XYZ" in each and "purpose not stated" in each for each in found)


def test_a_blank_is_not_reported_and_never_zero():
    text = "\n".join(lines('[[program]]\nname = "x"\n', "safety"))
    assert "CRS" in text
    assert text.count("not reported") >= 5
    assert "0" not in text


TWICE = """[[program]]
name = "x"
trial = [{ nct = "NCT02348216", name = "ZUMA-1" }]
[[program.safety.report]]
trial = "ZUMA-1"
population = "R/R LBCL, pivotal"
n = 108
cutoff = 2018-08-11
scale = "Lee 2014"
crs = { any = "101/108", severe = "14/108" }
cite = "label"
[[program.safety.report]]
trial = "NCT02348216"
population = "r/r LBCL (pivotal)"
n = 108
cutoff = 2018-08-11
crs = { any = "101/108", severe = "12/108" }
icans = { any = "67/108" }
other = [{ event = "HLH", any = "1/108" }]
cite = "paper"
[[program.safety.report]]
trial = "NCT02348216"
population = "follicular"
crs = { any = "8%" }
"""


def test_two_reports_on_one_trial_population_and_cutoff_are_one_block():
    found = lines(TWICE, "safety")
    assert [each for each in found if "n = 108" in each] == ["R/R LBCL, pivotal · ZUMA-1 · n = 108"]
    assert sum("also reported by paper" in each for each in found) == 1
    assert [each for each in found if each.startswith("CRS any")] == [
        "CRS any 101/108 94% 87–97% Lee 2014",
        "CRS any no n 8% –",
    ]
    severe = [each for each in found if each.startswith("≥3 1")]
    assert severe == ["≥3 14/108 13% 8–21% Lee 2014, label", "≥3 12/108 11% 6–18% scale not stated, paper"]
    assert "ICANS any 67/108 62% 53–71% scale not stated" in found
    assert any(each.startswith("HLH any 1/108") for each in found)
    assert len([each for each in found if each.startswith("grade")]) == 2


def test_a_data_set_twice_is_no_second_data_set_in_the_overview():
    one = TWICE.split('[[program.safety.report]]\ntrial = "NCT02348216"\npopulation = "follicular"')[0]
    assert any("CRS ≥3 14/108°" in each and "data set" not in each and "(" not in each for each in lines(one, "overview"))
    assert any("14/108° (R/R LBCL, pivotal)" in each for each in lines(TWICE, "overview"))


REPORT = """[[program]]
name = "x"
[[program.safety.report]]
population = "adults"
n = 70
crs = { any = "66/70", severe = "11%" }
neurotox = { any = "40%" }
"""


def test_rates_have_counts_interval_and_scale_and_neurotoxicity_stays_apart():
    found = lines(REPORT, "safety")
    assert any(each.startswith("CRS any 66/70 94%") for each in found)
    assert "≥3 of 70 11% 6–21%" in found
    assert "ICANS  not reported" in found
    assert "Neurotox any of 70 40% 29–52%" in found
    assert any("scale not stated" in each for each in found)
    assert any("unverified" in each for each in found)


def test_a_percentage_without_patients_has_no_interval():
    found = lines(REPORT.replace("n = 70\n", ""), "safety")
    assert "Neurotox any no n 40% –" in found


MOVED = """[[program]]
name = "x"
[[program.catalyst]]
id = "r"
event = "Readout"
when = "Q4 2026"
said = 2026-05-01
cite = "s"
move = [{ when = "Q2 2026", said = 2025-06-01 }, { when = "Q3 2026", said = 2026-01-05 }]
[[program.source]]
id = "s"
title = "Release"
checked = 2026-11-01
"""


def test_a_catalyst_tells_its_window_its_source_and_its_moves():
    found = lines(MOVED, "catalysts")
    assert "OPEN · ≤39d left" in found
    assert "When Q4 2026 · 2026-10-01 – 2026-12-31 · quarter" in found
    assert "Said 2026-05-01" in found
    assert "Source Release · checked 2026-11-01" in found
    assert any(each.startswith("Moved Q3 2026 (said 2026-01-05) → Q4 2026  slipped: end +92 days") for each in found)


def test_the_ledger_is_the_newest_first():
    found = lines(MOVED, "history")
    assert [each[:10] for each in found] == ["2026-05-01", "2026-01-05"]
    assert "moved Q3 2026 → Q4 2026, end +92 days" in found[0]


TRIAL = """[[program]]
name = "x"
[[program.trial]]
nct = "NCT01234567"
name = "T"
"""


def test_a_trial_never_refreshed_says_so():
    assert "Registry never refreshed" in lines(TRIAL, "trials")


def test_registry_dates_are_estimates_and_no_readouts():
    facts = 'enrollment = 1200\nenrollment_type = "ESTIMATED"\nprimary_completion = "2027-03"\n'
    facts += 'primary_completion_type = "ESTIMATED"\nstatus = "ACTIVE_NOT_RECRUITING"\nfetched = 2026-11-22T09:00:00Z\n'
    found = lines(TRIAL + facts, "trials")
    assert "Enrolment 1,200 (estimated)" in found
    assert "Primary completion 2027-03 (estimated)  a registry date, no readout" in found
    assert "Status Active, not recruiting" in found
    assert "Completion not reported" in found


@pytest.mark.parametrize(("checked", "said"), [("checked = 2026-11-01\n", "checked 2026-11-01"), ("", "not checked °")])
def test_a_source_says_whether_it_was_checked(checked, said):
    found = lines(f'[[program]]\nname = "x"\n[program.cite]\nphase = "s"\n[[program.source]]\nid = "s"\n{checked}', "sources")
    assert any(said in each and "no fact cites it" in each for each in found)


def test_names_with_dots_make_paths_that_lead_back():
    record = tomli.loads('[[program]]\nname="x"\n[[program.catalyst]]\nid="v1.2 [x]"\nwhen="2027"\n')["program"][0]
    (program,) = programs([record])
    for line in pane("catalysts", program, LOOK).lines:
        if line.path is not None:
            assert raw_path(record, line.path)[:2] == ("catalyst", 0)
