"""The trials pane: what the registry says, marked where it has lapsed, with the age of the data and what changed last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import tomli

from cartwatch.document.reader import read_watchlist
from cartwatch.storage.sightings import LastChange, Sightings
from cartwatch.views.lines import plain
from cartwatch.views.look import Look
from cartwatch.views.panes import pane

LOOK = Look(datetime(2026, 11, 22, 12, tzinfo=UTC))
FETCHED = datetime(2026, 11, 1, 9, tzinfo=UTC)
TRIAL = """\
[[program]]
name = "Alpha"
[[program.trial]]
nct = "NCT00000001"
status = "TERMINATED"
why_stopped = "Low accrual"
phase = ["PHASE1", "PHASE2"]
enrollment = 1200
enrollment_type = "ACTUAL"
start = 2021-05-01
start_type = "ACTUAL"
primary_completion = "2026-10"
primary_completion_type = "ESTIMATED"
completion = "2027-10"
completion_type = "ESTIMATED"
results_submitted = 2026-09-09
updated = 2026-10-30
fetched = 2026-11-01T09:00:00Z
"""


def lines(text: str, look: Look = LOOK) -> dict[str, str]:
    (program,) = read_watchlist({}, tomli.loads(text)["program"], look.today).watchlist.programs
    return {each.label or f"behind {at}": plain(each.runs) for at, each in enumerate(pane("trials", program, look).lines)}


def test_every_date_has_its_type_and_what_is_past_is_marked():
    found = lines(TRIAL)
    assert found["Status"] == "Terminated"
    assert found["Phase"] == "Phase 1, Phase 2"
    assert found["Enrolment"] == "1,200 (actual)"
    assert found["Start"] == "2021-05-01 (actual)"
    assert found["Primary completion"] == "2026-10 (estimated)  lapsed, unconfirmed"
    assert found["Completion"] == "2027-10 (estimated)"
    assert found["Results submitted"] == "2026-09-09  in review, not posted"
    assert found["Fetched"] == "2026-11-01  21 days ago"


def test_what_the_registry_means_by_unknown_is_said():
    found = lines(TRIAL.replace("TERMINATED", "UNKNOWN"))
    assert found["Status"] == "Unknown  past its completion date, not verified for two years"


def test_a_primary_completion_is_no_readout():
    assert lines(TRIAL.replace('"2026-10"', '"2031-10"'))["Primary completion"] == (
        "2031-10 (estimated)  a registry date, no readout"
    )


def test_what_changed_last_and_when_it_was_last_confirmed(tmp_path: Path):
    known = Sightings(str(tmp_path / "of.json"))
    change = LastChange("status recruiting → terminated", "critical", "terminated, suspended or withdrawn", "first seen on x")
    known.note("NCT00000001", datetime(2026, 6, 1, tzinfo=UTC), [LastChange("older", "minor", "r", "s")])
    known.note("NCT00000001", FETCHED, [change])
    known.confirm("NCT00000001", datetime(2026, 11, 21, tzinfo=UTC))
    assert known.save() is None
    look = replace(LOOK, sightings=known.path)
    found = lines(TRIAL, look)
    assert found["Fetched"] == "2026-11-01  unchanged on 2026-11-21  yesterday"
    assert found["Changed last"] == ("critical: status recruiting → terminated  (terminated, suspended or withdrawn)")
    assert "first seen on x" in found.values()
    undone = TRIAL.replace("fetched = 2026-11-01", "fetched = 2026-10-01")
    assert lines(undone, look)["Changed last"] == "minor: older  (r)"


def test_a_damaged_file_of_sightings_is_none(tmp_path: Path):
    path = tmp_path / "of.json"
    for text in ("{broken", "[]", '{"NCT00000001": 3}', '{"NCT00000001": {"confirmed": 7, "changes": [1, {"at": 2}]}}'):
        path.write_text(text)
        path.touch()
        assert "Changed last" not in lines(TRIAL, replace(LOOK, sightings=str(path)))


def test_other_registries_are_never_refreshed():
    found = lines('[[program]]\nname = "A"\n[[program.trial]]\nregistry = "ChiCTR"\nid = "ChiCTR22"\n')
    assert found["Registry"] == "not of ClinicalTrials.gov: never refreshed"
