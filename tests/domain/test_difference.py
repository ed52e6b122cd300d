"""What changed between two watchlists: each change once, in words, the weightiest first."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.difference import Change, difference, difference_of
from cartwatch.domain.watchlist import Watchlist

TODAY = date(2026, 11, 22)
BASE: dict[str, Any] = {
    "id": "lasme-cel",
    "name": "lasme",
    "short": "lasme-cel",
    "ticker": "CLLS",
    "phase": "Phase 2",
    "tags": ["heme", "allo"],
    "notes": "a",
    "cite": {"phase": "pr-rmat"},
    "mechanism": {"targets": ["CD22"], "knockouts": ["TRAC"]},
    "safety": {
        "crs": {"mitigation": ["tocilizumab"]},
        "report": [{"population": "R/R B-ALL", "n": 40, "crs": {"severe": "1/40"}, "cite": "ash"}],
    },
    "designation": [{"kind": "RMAT", "agency": "FDA", "indication": "ALL"}],
    "catalyst": [
        {"id": "i", "event": "BALLI-01 interim", "when": "Q3 2026", "said": "2025-11-05", "cite": "pr-q2"},
        {"event": "BLA", "when": "2028"},
    ],
    "trial": [{"nct": "NCT04150497", "status": "RECRUITING", "updated": "2026-10-30"}],
    "source": [{"id": "ash", "title": "ASH"}],
}


def read(*programs: dict[str, Any], title: str | None = None) -> Watchlist:
    return read_watchlist({"title": title} if title else {}, programs, TODAY).watchlist


def edited(steps: dict[str, Any]) -> dict[str, Any]:
    out = deepcopy(BASE)
    for dotted, value in steps.items():
        *way, last = [int(each) if each.isdigit() else each for each in dotted.split(".")]
        inner: Any = out
        for step in way:
            inner = inner[step] if isinstance(step, int) else inner.setdefault(step, {})
        if value is None:
            del inner[last]
        elif isinstance(last, int) and last == len(inner):
            inner.append(value)
        else:
            inner[last] = value
    return out


def changes(steps: dict[str, Any]) -> tuple[Change, ...]:
    return difference(read(BASE), read(edited(steps)))


@pytest.mark.parametrize(
    ("steps", "path", "kind", "words"),
    [
        ({"phase": "Pivotal"}, "phase", "changed", "phase Phase 2 → Pivotal, source pr-rmat"),
        ({"sponsor": "Cellectis"}, "sponsor", "added", "sponsor Cellectis"),
        ({"ticker": None}, "ticker", "removed", "ticker removed (was CLLS)"),
        ({"tags": ["allo", "mine"]}, "tags", "changed", "tags + mine, − heme"),
        ({"tags": ["allo", "heme"]}, "tags", "changed", "tags in another order"),
        ({"notes": "b"}, "notes", "changed", "notes changed"),
        ({"pinned": True}, "pinned", "changed", "pinned yes"),
        ({"mechanism.targets": ["CD22", "CD19"]}, "mechanism.targets", "changed", "targets + CD19"),
        ({"mechanism.vector": "AAV"}, "mechanism.vector", "added", "vector AAV"),
        ({"mechanism.knockouts": ["TRAC", "B2M"]}, "mechanism.knockouts.2", "added", "new knock-out B2M"),
        ({"safety.crs.mitigation": []}, "safety.crs.mitigation", "removed", "CRS mitigation − tocilizumab"),
        ({"safety.report.0.crs.severe": "2/60"}, "safety.report.1.crs.severe", "changed",
         "CRS (R/R B-ALL) grade ≥3 1/40 → 2/60, source ash"),
        ({"safety.report.0.icans": {"any": "0/40"}}, "safety.report.1.icans.any", "added",
         "ICANS (R/R B-ALL) any grade 0/40, source ash"),
        ({"safety.report.1": {"population": "MM", "n": 4, "crs": {"any": "1/4", "severe": "0/4"}}}, "safety.report.2", "added",
         "new data set: MM: n 4, CRS 1/4, CRS ≥3 0/4"),
        ({"designation.0.granted": "2026-01-15"}, "designation.1.granted", "added", "RMAT (FDA) for ALL granted 2026-01-15"),
        ({"designation": []}, "designation.1", "removed", "RMAT (FDA) for ALL removed"),
        ({"catalyst.2": {"event": "PDUFA", "when": "2029"}}, "catalyst.pdufa", "added", "new catalyst: PDUFA, 2029"),
        ({"catalyst.1": None}, "catalyst.bla", "removed", "catalyst BLA removed"),
        ({"catalyst.1.id": "bla"}, "catalyst.bla.id", "added", "BLA id bla"),
        ({"trial.0.status": "COMPLETED"}, "trial.NCT04150497.status", "changed",
         "trial NCT04150497 status RECRUITING → COMPLETED"),
        ({"source.0.checked": "2026-11-22"}, "source.ash.checked", "added", "source ash checked 2026-11-22"),
        ({"source.1": {"id": "x.y", "title": "X"}}, 'source."x.y"', "added", "new source x.y: X"),
        ({"cite.phase": ["pr-rmat", "ash"]}, "cite.phase", "changed", "source of phase + ash"),
        # guidance
        ({"catalyst.0.when": "Q4 2026"}, "catalyst.i.when", "moved",
         "BALLI-01 interim moved Q3 2026 → Q4 2026, end +92 days, source pr-q2"),
        ({"catalyst.0.when": "September 2026"}, "catalyst.i.when", "moved",
         "BALLI-01 interim refined Q3 2026 → September 2026, 62 days narrower, source pr-q2"),
        ({"catalyst.0.when": "Q2 2026"}, "catalyst.i.when", "moved",
         "BALLI-01 interim moved Q3 2026 → Q2 2026, end −92 days, start −91 days, source pr-q2"),
        ({"catalyst.0.when": "3Q26"}, "catalyst.i.when", "moved", "BALLI-01 interim reworded Q3 2026 → 3Q26, source pr-q2"),
        ({"catalyst.0.when": "TBD"}, "catalyst.i.when", "moved", "BALLI-01 interim moved Q3 2026 → TBD, source pr-q2"),
        ({"catalyst.0.when": None}, "catalyst.i.when", "removed", "BALLI-01 interim: guidance Q3 2026 removed"),
        ({"catalyst.1.outcome": "met", "catalyst.1.outcome_on": "2026-11-20"}, "catalyst.bla.outcome", "resolved",
         "BLA: met on 2026-11-20"),
    ],
)  # fmt: skip
def test_a_change_is_said_once_in_the_words_of_the_field(steps: dict[str, Any], path: str, kind: str, words: str) -> None:
    (found,) = changes(steps)
    assert (found.path, found.kind, found.words) == (path, kind, f"lasme-cel: {words}")
    assert (found.program, found.label) == ("lasme-cel", "lasme-cel")


def test_new_guidance_takes_its_day_its_source_and_the_ledger_with_it() -> None:
    (found,) = changes(
        {
            "catalyst.0.when": "Q4 2026",
            "catalyst.0.said": "2026-03-12",
            "catalyst.0.cite": "pr-q3",
            "catalyst.0.move": [{"when": "Q3 2026", "said": "2025-11-05"}],
        }
    )
    assert found.words == "lasme-cel: BALLI-01 interim moved Q3 2026 → Q4 2026, end +92 days, source pr-q3"
    assert found.parts == ("catalyst.i.said", "catalyst.i.cite", "catalyst.i.move")
    assert (found.old.text, found.new.text) == ("Q3 2026", "Q4 2026")


def test_the_weightiest_comes_first_and_a_stamp_weighs_nothing() -> None:
    found = changes(
        {
            "trial.0.updated": "2026-11-20",
            "tags": [],
            "catalyst.0.when": "Q4 2026",
            "phase": "Pivotal",
            "safety.report.0.crs.severe": "2/60",
            "sponsor": "S",
            "catalyst.1.outcome": "met",
        }
    )
    assert [each.path for each in found] == [
        "catalyst.bla.outcome",
        "catalyst.i.when",
        "safety.report.1.crs.severe",
        "phase",
        "sponsor",
        "tags",
        "trial.NCT04150497.updated",
    ]
    assert found[-1].weight == 0


def test_programs_come_and_go() -> None:
    new = {"name": "New one", "sponsor": "S", "phase": "Phase 1"}
    found = difference(read(BASE, title="A"), read(new, title="B"))
    assert [(each.kind, each.words) for each in found] == [
        ("program added", "New one: new program (S, Phase 1)"),
        ("program removed", "lasme-cel: program removed"),
        ("changed", 'the watchlist is now called "B"'),
    ]


@pytest.mark.parametrize(
    "same",
    [
        {"phase": "ph2"},  # another spelling of the same word
        {"catalyst.0.said": date(2025, 11, 5)},  # a date for its text
        {"mechanism.knockouts": [{"gene": "TRAC"}]},
    ],
)
def test_what_means_the_same_is_no_change(same: dict[str, Any]) -> None:
    assert changes(same) == ()


def test_the_day_from_which_a_phrase_is_read_is_no_change() -> None:
    later = deepcopy(BASE)
    later["catalyst"][1]["when"] = "next year"
    before = read_watchlist({}, [later], TODAY).watchlist
    assert difference(before, read_watchlist({}, [later], date(2027, 2, 1)).watchlist) == ()


def test_records_are_matched_by_what_they_are_not_by_where_they_stand() -> None:
    swapped = deepcopy(BASE)
    swapped["catalyst"].reverse()
    swapped["designation"].insert(0, {"kind": "Orphan", "agency": "EC"})
    assert [each.words for each in difference(read(BASE), read(swapped))] == ["lasme-cel: Orphan (EC)"]


@settings(max_examples=60)
@given(st.lists(st.sampled_from([
    ("phase", "Pivotal"), ("sponsor", "S"), ("tags", ["x"]), ("mechanism.vector", "v"), ("catalyst.0.when", "2030"),
    ("catalyst.1.note", "n"), ("trial.0.name", "T"), ("safety.report.0.n", 41), ("source.0.quote", "q"),
]), unique_by=lambda step: step[0]))  # fmt: skip
def test_every_changed_fact_is_told_and_no_other(steps: list[tuple[str, Any]]) -> None:
    found = changes(dict(steps))
    assert len(found) == len(steps)
    back = difference(read(edited(dict(steps))), read(BASE))
    assert sorted(each.path for each in back) == sorted(each.path for each in found)
    old, new = read(BASE).programs[0], read(edited(dict(steps))).programs[0]
    assert difference_of(old, new) == found
    assert difference_of(new, new) == ()
