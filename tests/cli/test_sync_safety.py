"""`cartwatch sync --safety`: serious events of posted results, suggested arm by arm, taken over only where a person says so."""

from __future__ import annotations

import json

import pytest
import tomli
from registry_records import CAR_T

CAR = "NCT00000077"
TEXT = f"""\
[[program]]
id = "a"
name = "Alpha"

[[program.trial]]
nct = "{CAR}" # mine
results_posted = 2026-01-02
"""
LABEL = "ClinicalTrials.gov serious adverse events, data of 2026-10-30"


@pytest.fixture
def safety(run, registry, tmp_path):
    registry.studies = {CAR: CAR_T}
    path = tmp_path / "w.toml"
    path.write_text(TEXT, encoding="utf-8")

    def asked(*argv: str):
        return run("sync", "--safety", *argv, "-f", str(path), "--today", "2026-11-22")

    asked.path = path
    return asked


def reports(safety) -> list[dict]:
    (program,) = tomli.loads(safety.path.read_text())["program"]
    return program["safety"]["report"]


def test_each_arm_is_a_suggestion_and_none_is_taken_unasked(safety):
    answer = safety()
    assert answer.status == 0
    assert safety.path.read_text() == TEXT
    assert answer.out == (
        "Alpha\n"
        "    1  NCT00000077: Dose 1 (n 12)\n"
        "       CRS, serious 0/12; neurotoxicity, serious 1/12\n"
        f"       {LABEL}\n"
        "    2  NCT00000077: Dose 2 (n 28)\n"
        "       CRS, serious 5/28; CRS, serious: Cytokine storm 1/28; ICANS, serious 2/28;"
        " GVHD, serious: Chronic Graft-Versus-Host Disease 1/28\n"
        f"       {LABEL}\n"
    )
    assert "never added" in answer.err


def test_a_list_that_can_not_be_read_any_more_after_the_call_stays_as_it_is(safety, registry):
    def meanwhile(path: str) -> None:
        safety.path.write_text("<<<<<<< HEAD\n" + TEXT)

    registry.always = meanwhile
    answer = safety("--accept", "all")
    assert (answer.status, answer.out) == (2, "")
    assert "was changed meanwhile and can't be read: nothing was changed" in answer.err
    assert safety.path.read_text() == "<<<<<<< HEAD\n" + TEXT


def test_what_is_accepted_is_a_report_with_its_source_and_no_grade(safety, run):
    assert safety("--accept", "2").status == 0
    (report,) = reports(safety)
    assert (report["trial"], report["population"], report["n"], report["cite"]) == (CAR, "Dose 2", 28, f"ctg-{CAR.lower()}")
    assert report["other"][0] == {"event": "CRS, serious", "any": "5/28"}
    assert not {"crs", "icans", "neurotox", "gvhd", "severe"} & set(report)
    assert all("severe" not in each for each in report["other"])
    assert report["note"].startswith(LABEL)
    (program,) = tomli.loads(safety.path.read_text())["program"]
    (source,) = program["source"]
    assert source["url"] == f"https://clinicaltrials.gov/study/{CAR}"
    assert "checked" not in source
    shown = run("show", "a", "--pane", "safety", "-f", str(safety.path)).out
    (row,) = [each for each in shown.splitlines() if each.strip().startswith("CRS, serious ") and "Cytokine" not in each]
    assert "any" not in row
    assert "≥3" not in row
    assert run("undo", "-f", str(safety.path)).status == 0
    assert safety.path.read_text() == TEXT


def test_all_at_once_bring_one_source_and_are_not_offered_again(safety):
    assert safety("--accept", "all").status == 0
    assert [each["population"] for each in reports(safety)] == ["Dose 1", "Dose 2"]
    (program,) = tomli.loads(safety.path.read_text())["program"]
    assert len(program["source"]) == 1
    again = safety("--json")
    assert json.loads(again.out)["suggestions"] == []
    assert "that your list lacks" in again.err


def test_later_counts_of_an_arm_are_suggested_in_place(safety, registry):
    assert safety("--accept", "1").status == 0
    later = json.loads(json.dumps(CAR_T))
    later["resultsSection"]["adverseEventsModule"]["seriousEvents"][4]["stats"][0]["numAffected"] = 2
    registry.studies[CAR] = later
    found = json.loads(safety("--json").out)["suggestions"]
    assert found[0]["words"] == "NCT00000077: Dose 1 (n 12): CRS, serious 0/12; neurotoxicity, serious 2/12"
    assert safety("--accept", "1").status == 0
    (report,) = reports(safety)
    assert report["other"][1]["any"] == "2/12"


def test_a_dry_run_writes_nothing(safety):
    assert safety("--accept", "all", "--dry-run").status == 0
    assert safety.path.read_text() == TEXT


@pytest.mark.parametrize("wrong", ["3", "0", "x", "1,,2", "²"])
def test_a_number_that_is_not_listed_is_refused(safety, wrong):
    answer = safety("--accept", wrong)
    assert answer.status == 2
    assert safety.path.read_text() == TEXT


def test_without_posted_results_nothing_is_asked(safety, registry, run):
    safety.path.write_text(TEXT.replace("results_posted = 2026-01-02\n", ""))
    answer = safety()
    assert (answer.status, registry.requests) == (0, [])
    assert run("sync", "--accept", "1", "-f", str(safety.path)).status == 2


def test_without_an_answer_nothing_changes(safety, registry):
    registry.refuses = lambda count, agent: True
    answer = safety("--accept", "all")
    assert answer.status == 3
    assert safety.path.read_text() == TEXT
