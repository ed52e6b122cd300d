"""What was known on an earlier day, by the days that facts carry."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.as_of import as_of

TODAY = date(2026, 11, 22)


def program(**values: Any) -> Any:
    (found,) = read_watchlist({}, [{"name": "A", **values}], TODAY).watchlist.programs
    return found


MOVED = {
    "event": "E",
    "when": "Q3 2027",
    "said": "2026-08-01",
    "cite": "newest",
    "move": [{"when": "Q4 2026", "said": "2025-03-01", "cite": "first"}, {"when": "H1 2027", "said": "2026-02"}],
}


@pytest.mark.parametrize(
    ("day", "when"),
    [
        (date(2025, 2, 28), None),
        (date(2025, 3, 1), "Q4 2026"),
        (date(2026, 2, 27), "Q4 2026"),
        (date(2026, 2, 28), "H1 2027"),
        (date(2026, 7, 31), "H1 2027"),
        (date(2026, 8, 1), "Q3 2027"),
    ],
)
def test_the_guidance_is_the_last_one_said_by_then(day: date, when: str | None) -> None:
    known, gaps = as_of(program(catalyst=[MOVED]), day)
    assert [each.when.text for each in known.catalysts] == ([when] if when else [])
    assert not gaps


def test_the_ledger_and_the_source_are_those_of_that_day() -> None:
    known, _ = as_of(program(catalyst=[MOVED]), date(2026, 1, 1))
    (found,) = known.catalysts
    assert (found.moves, [each.id for each in found.cite], found.said.text) == ((), ["first"], "2025-03-01")


def test_guidance_without_a_day_is_dated_by_its_source_and_else_left_out() -> None:
    source = [{"id": "pr", "published": "2025-05-01"}]
    cited = program(source=source, catalyst=[{"event": "E", "when": "2027", "cite": "pr"}, {"event": "F", "when": "2027"}])
    for day, shown in ((date(2025, 4, 30), []), (date(2025, 5, 1), ["E"])):
        known, gaps = as_of(cited, day)
        assert [each.event for each in known.catalysts] == shown
        assert gaps["guidance"] == 1


@pytest.mark.parametrize(
    ("values", "day", "outcome", "missing"),
    [
        ({"outcome_on": "2026-03-01"}, date(2026, 2, 28), None, 0),
        ({"outcome_on": "2026-03-01"}, date(2026, 3, 1), "met", 0),
        ({}, date(2026, 3, 1), None, 1),
        ({}, date(2026, 6, 30), "met", 0),
    ],
)
def test_an_outcome_is_known_from_its_day_or_from_the_end_of_the_window(
    values: dict[str, Any], day: date, outcome: str | None, missing: int
) -> None:
    made = {"event": "E", "when": "H1 2026", "said": "2025-01-01", "outcome": "met", **values}
    known, gaps = as_of(program(catalyst=[made]), day)
    assert known.catalysts[0].outcome == outcome
    assert gaps["outcome"] == missing


def test_records_are_known_from_their_own_day_and_their_source() -> None:
    found = program(
        source=[{"id": "late", "published": "2026-06-01"}],
        designation=[{"kind": "RMAT", "granted": "2025-06-01", "ended": "2026-06-01"}, {"kind": "Orphan"}],
        hold=[{"kind": "clinical hold", "placed": "2025-01-10", "lifted": "2025-12-01"}],
        status=[{"region": "US", "phase": "Phase 2", "since": "2026-01-01"}],
        safety={"report": [{"population": "P", "cutoff": "2025-01-01", "cite": "late"}]},
    )
    known, gaps = as_of(found, date(2025, 6, 1))
    assert [(each.kind, each.ended) for each in known.designations] == [("RMAT", None)]
    assert [each.lifted for each in known.holds] == [None]
    assert (known.statuses, known.safety.reports) == ((), ())
    assert gaps == {"record": 1}
    known, _ = as_of(found, date(2026, 6, 1))
    assert known.designations[0].ended is not None
    assert known.holds[0].lifted is not None
    assert len(known.statuses) == len(known.safety.reports) == 1


def test_the_text_of_that_day_gives_what_has_no_day() -> None:
    now = program(phase="Approved", catalyst=[{"id": "e", "event": "E", "when": "2028", "move": [{"when": "2027"}]}])
    then = program(phase="Pivotal", catalyst=[{"id": "e", "event": "E", "when": "2027"}])
    known, gaps = as_of(now, date(2025, 1, 1), then)
    assert known.phase == "Pivotal"
    assert known.catalysts[0].when.text == "2027"
    assert not gaps
