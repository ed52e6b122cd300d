"""Every move of the slip ledger, in the order of the file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.slips import classify, ledgers, shift_words, slips, tallies, timing, timing_words
from cartwatch.domain.watchlist import Watchlist

TODAY = date(2026, 11, 22)


def watchlist(*programs: dict[str, Any]) -> Watchlist:
    return read_watchlist({}, programs, TODAY).watchlist


def moved(*whens: str, **values: Any) -> dict[str, Any]:
    *earlier, last = whens
    ledger = [{"when": each, "said": f"2025-0{place + 1}-01"} for place, each in enumerate(earlier)]
    return {"event": "E", "when": last, "said": "2026-01-01", "move": ledger, **values}


def test_each_step_of_the_ledger_is_a_move() -> None:
    found = slips(watchlist({"name": "A", "catalyst": [moved("Q1 2026", "Q2 2026", "June 2026", "2026-06", "2027", cite="s")]}))
    assert [(each.old.text, each.new.text, each.move.kind) for each in found] == [
        ("Q1 2026", "Q2 2026", "slipped"),
        ("Q2 2026", "June 2026", "refined"),
        ("2026-06", "2027", "slipped"),
    ]
    assert [each.id for each in found[-1].cite] == ["s"]
    assert found[0].said is not None
    assert found[0].said.text == "2025-02-01"


def test_the_same_window_in_other_words_is_no_move() -> None:
    assert slips(watchlist({"name": "A", "catalyst": [moved("Q4 2026", "4Q26"), moved("2027")]})) == []


def test_a_window_that_only_widens_has_not_slipped() -> None:
    (slip,) = slips(watchlist({"name": "A", "catalyst": [moved("2026-12-31", "December 2026")]}))
    assert (slip.move.kind, slip.move.start_shift, slip.move.end_shift, slip.move.width_change) == ("widened", -30, 0, 30)


def test_a_move_to_no_date_counts_but_shifts_nothing() -> None:
    (slip,) = slips(watchlist({"name": "A", "catalyst": [moved("Q4 2026", "TBD")]}))
    assert (slip.move.kind, slip.move.end_shift) == ("unknown", None)


def ledger(*whens: str, **values: Any) -> Any:
    (found,) = ledgers(watchlist({"name": "A", "catalyst": [moved(*whens, **values)]}).programs)
    return found


def test_a_ledger_keeps_the_first_guidance_the_last_and_each_move() -> None:
    found = ledger("Q4 2020", "in 2021", "Q1 2023", outcome="happened", outcome_on="2023-03-24")
    assert (found.first.text, found.last.text, found.first_said.text) == ("Q4 2020", "Q1 2023", "2025-01-01")
    assert [each.move.kind for each in found.moves] == ["slipped", "slipped"]
    assert (found.against_first.kind, found.against_first.days) == ("late", 813)
    assert (found.against_last.kind, found.against_last.days) == ("within", None)


def test_a_catalyst_that_never_moved_has_a_ledger_and_one_without_guidance_has_none() -> None:
    assert ledger("Q4 2026").moves == ()
    assert ledgers(watchlist({"name": "A", "catalyst": [{"event": "E"}]}).programs) == []


def test_an_event_that_did_not_come_is_set_against_no_guidance() -> None:
    for outcome in ("extended", "withdrawn", "terminated", "pending"):
        found = ledger("Q4 2026", outcome=outcome, outcome_on="2026-12-01")
        assert (found.against_first, found.against_last) == (None, None), outcome
    assert ledger("Q4 2026", outcome="met").against_first.kind == "unknown"  # no day


@pytest.mark.parametrize(
    ("window", "came", "words"),
    [
        ("Q4 2026", "2026-10-01", "within"),
        ("Q4 2026", "2026-12-31", "within"),
        ("Q4 2026", "2027-01-01", "1 day after"),
        ("Q4 2026", "2026-09-22", "9 days before"),
        ("by end of 2026", "2020-01-01", "within"),  # a deadline cannot be met too early
        ("by end of 2026", "2027-01-08", "8 days after"),
        ("Q4 2026", "December 2026", "within"),
        ("Q4 2026", "2026", "cannot be compared"),  # the year holds days within and days before
        ("November 2026", "Q4 2026", "cannot be compared"),
        ("TBD", "2026-12-01", "cannot be compared"),
    ],
)
def test_an_outcome_is_set_against_a_window(window: str, came: str, words: str) -> None:
    read = [read_window(each, date(2026, 1, 5), TODAY) for each in (window, came)]
    assert timing_words(timing(*read)) == words


def test_both_ends_and_the_width_of_a_move_are_told() -> None:
    def told(old: str, new: str) -> str:
        return shift_words(classify(*(read_window(each, date(2026, 1, 5), TODAY) for each in (old, new))))

    assert told("Q4 2026", "Q1 2027") == "start +92 days, end +90 days, 2 days narrower"
    assert told("2026", "Q4 2026") == "start +273 days, end same, 273 days narrower"
    assert told("2026-11-25", "2027-02-24") == "start +91 days, end +91 days, same width"
    assert told("by end of 2026", "by mid-2027") == "end +243 days"
    assert told("Q4 2026", "TBD") == "cannot be compared"


def test_a_tally_keeps_slips_pulls_and_refinements_apart() -> None:
    (found,) = tallies(
        ledgers(
            watchlist(
                {"name": "A", "sponsor": "Acme", "catalyst": [moved("Q1 2026", "Q2 2026", "June 2026")]},
                {"name": "B", "sponsor": "ACME", "catalyst": [moved("Q4 2027", "Q1 2026"), {"event": "F", "when": "2027"}]},
            ).programs
        )
    )
    assert (found.name, found.catalysts, found.moved, found.moves) == ("Acme", 3, 2, 3)
    assert dict(found.kinds) == {"slipped": 1, "pulled in": 1, "refined": 1}
    assert found.shifts == (91,)


@pytest.mark.parametrize(("count", "median"), [(4, None), (5, 3 * 30.0), (6, 3.5 * 30)])
def test_a_median_needs_five_slips(count: int, median: float | None) -> None:
    days = [(date(2026, 1, 1) + timedelta(30 * place)).isoformat() for place in range(count + 1)]
    catalysts = [{"event": f"E{place}", "when": days[place], "move": [{"when": days[0]}]} for place in range(1, count + 1)]
    (found,) = tallies(ledgers(watchlist({"name": "A", "catalyst": catalysts}).programs))
    assert len(found.shifts) == count
    assert found.median == median


def test_outcomes_are_counted_only_where_their_day_can_be_set_against_both_guidances() -> None:
    done = {"outcome": "happened", "outcome_on": "2026-05-01"}  # each was said in January, or earlier
    catalysts = [
        moved("Q1 2026", "Q2 2026", **done),
        moved("Q2 2026", "Q2 2026", **done),
        moved("TBD", "Q2 2026", **done),
        moved("Q1 2026", "Q2 2026"),
    ]
    (found,) = tallies(
        ledgers(watchlist({"name": "A", "catalyst": [{**each, "id": f"c{at}"} for at, each in enumerate(catalysts)]}).programs)
    )
    assert (found.timed, found.first, found.last) == (2, 1, 2)


def test_the_day_of_an_event_that_was_noted_afterwards_is_no_guidance_that_was_met() -> None:
    noted = {"event": "E", "when": "2026-05-01", "outcome": "approved", "outcome_on": "2026-05-01"}
    (found,) = tallies(
        ledgers(watchlist({"name": "A", "catalyst": [noted, {**noted, "id": "b", "said": "2026-05-01"}]}).programs)
    )
    assert (found.catalysts, found.timed) == (2, 0)
