"""`cartwatch import NCT…`: a draft of a program that is not there, a refresh of the trial of one that is."""

from __future__ import annotations

import json

import pytest
import tomli
from playing_registry import PlayingRegistry, Reply
from registry_records import CAR_T, changed

CAR, OTHER = "NCT00000077", "NCT00000011"


@pytest.fixture
def take(run, registry: PlayingRegistry, tmp_path):
    registry.studies = {CAR: CAR_T, OTHER: changed(CAR_T, "identificationModule.nctId", OTHER)}
    path = tmp_path / "w.toml"
    path.write_text('[[program]]\nname = "Mine"\n', encoding="utf-8")

    def taken(*argv: str):
        return run("import", *argv, "-f", str(path), "--today", "2026-11-22")

    taken.path = path
    return taken


def programs(take) -> list[dict]:
    return tomli.loads(take.path.read_text())["program"]


@pytest.mark.parametrize(
    "source",
    [
        CAR,
        "nct00000077",
        f"https://clinicaltrials.gov/study/{CAR}",
        f"https://www.clinicaltrials.gov/study/{CAR}?tab=table",
        f"https://clinicaltrials.gov/ct2/show/{CAR}",
    ],
)
def test_a_number_or_its_page_drafts_a_program(take, registry, source):
    answer = take(source)
    assert answer.status == 0
    assert registry.paths == [f"/studies/{CAR}"]
    mine, drafted = programs(take)
    assert mine == {"name": "Mine"}
    assert (drafted["name"], drafted["sponsor"], drafted["phase"]) == ("TEST-19", "Sponsor Inc.", "Phase 1/2")
    assert drafted["mechanism"] == {"modality": "CAR-T", "targets": ["CD19"]}
    assert drafted["trial"][0]["nct"] == CAR
    assert drafted["trial"][0]["fetched"].microsecond == 0
    assert "checked" not in drafted["source"][0]


def test_several_numbers_of_one_product_are_one_program_a_call_each(take, registry):
    assert take(CAR, OTHER, CAR.lower()).status == 0
    assert sorted(registry.paths) == [f"/studies/{OTHER}", f"/studies/{CAR}"]
    assert [each["nct"] for each in programs(take)[1]["trial"]] == [CAR, OTHER]


def test_a_linked_trial_is_refreshed_instead_with_the_rules_told(take, run):
    take.path.write_text(
        f'[[program]]\nname = "Mine"\nphase = "Pivotal" # no\n\n[[program.trial]]\nnct = "{CAR}"\nstatus = "RECRUITING"\n'
        "fetched = 2026-01-02T00:00:00Z\n"
    )
    answer = take(CAR)
    assert answer.status == 0
    assert "notable   status recruiting → unknown, last known recruiting  (any other change of status)" in answer.out
    (mine,) = programs(take)
    assert (mine["name"], mine["phase"], mine["trial"][0]["status"]) == ("Mine", "Pivotal", "UNKNOWN")
    assert "source" not in mine
    (first, *_) = json.loads(run("changes", "--json", "-f", str(take.path)).out)["changes"]
    assert (first["origin"], first["level"]) == ("registry", "critical")


def test_what_is_linked_and_what_is_not_come_together(take):
    take.path.write_text(f'[[program]]\nname = "Mine"\n[[program.trial]]\nnct = "{OTHER}"\n')
    answer = take(OTHER, CAR, "--json")
    found = json.loads(answer.out)
    assert [each["program"] for each in found["changed"]] == ["mine", "mine"]
    suggested = [each for one in found["changed"] for each in one["fields"] if not each["accepted"]]
    assert [each["path"] for each in suggested] == [f"trial.{CAR}", f"source.ctg-{CAR.lower()}"]
    assert answer.status == 1


def test_an_unknown_number_is_said_and_nothing_is_imported(take):
    before = take.path.read_bytes()
    answer = take(CAR, "NCT99999999")
    assert (answer.status, take.path.read_bytes()) == (2, before)
    assert answer.err == "cartwatch: NCT99999999: the registry does not know this number: check it\n"


def test_without_an_answer_it_is_the_networks_status(take, registry):
    registry.always = lambda path: Reply(200, b"<html>", "text/html")
    answer = take(CAR)
    assert answer.status == 3
    assert "a web page instead of data" in answer.err


def test_a_file_of_that_name_goes_by_its_path(take, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / CAR).write_text('[[program]]\nname = "Of a file"\n')
    assert take(f"./{CAR}").status == 0
    assert programs(take)[1]["name"] == "Of a file"


def test_a_trial_that_may_be_a_programs_by_its_name_is_linked_by_the_person(take, run):
    take.path.write_text('[[program]]\nname = "TEST-19"\n')
    answer = take(CAR)
    assert (answer.status, programs(take)) == (1, [{"name": "TEST-19"}])
    assert "everything is in the watchlist already" not in answer.err
    command = f"cartwatch add test-19 trial nct={CAR}"
    assert f"{CAR}: by its name one of TEST-19; where it is, link it: `{command}`" in answer.err
    assert run(*command.split()[1:], "-f", str(take.path)).status == 0
    assert programs(take)[0]["trial"] == [{"nct": CAR}]
