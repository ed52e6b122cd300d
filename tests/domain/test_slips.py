"""The slip ledger counted: every move listed, and no median of a handful."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.slips import Spread, slips, tallies
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
    assert found[-1].cite == ("s",)
    assert found[0].said is not None
    assert found[0].said.text == "2025-02-01"


def test_the_same_window_in_other_words_is_no_move() -> None:
    assert slips(watchlist({"name": "A", "catalyst": [moved("Q4 2026", "4Q26"), moved("2027")]})) == []


def test_what_only_widens_has_not_slipped() -> None:
    (tally,) = tallies(slips(watchlist({"name": "A", "catalyst": [moved("2026-12-31", "December 2026")]})), "program")
    assert tally.kinds == {"widened": 1}
    assert (tally.start.days, tally.end.days, tally.width.days) == ((-30,), (0,), (30,))


def test_a_move_to_no_date_counts_but_shifts_nothing() -> None:
    (tally,) = tallies(slips(watchlist({"name": "A", "catalyst": [moved("Q4 2026", "TBD")]})), "program")
    assert (tally.n, tally.kinds, tally.end.n, tally.end.median) == (1, {"unknown": 1}, 0, None)


def test_moves_are_grouped_by_sponsor_program_and_kind() -> None:
    found = slips(
        watchlist(
            {"name": "A", "sponsor": "S", "catalyst": [moved("Q1 2026", "Q2 2026", kind="readout")]},
            {"name": "B", "sponsor": "S", "catalyst": [moved("2026", "2027", "2028", kind="filing")]},
            {"name": "C", "catalyst": [moved("2027", "2026")]},
        )
    )
    assert [(each.name, each.n) for each in tallies(found, "program")] == [("B", 2), ("A", 1), ("C", 1)]
    assert [(each.name, each.n) for each in tallies(found, "sponsor")] == [("S", 3), ("", 1)]
    assert [(each.name, each.n) for each in tallies(found, "kind")] == [("filing", 2), ("", 1), ("readout", 1)]
    with pytest.raises(ValueError, match="no grouping: program, sponsor, kind"):
        tallies(found, "phase")


@pytest.mark.parametrize(
    ("days", "median", "span"),
    [
        ((), None, None),
        ((92, 92, 184, 30), None, None),
        ((92, 91, 184, -30, 0), 91.0, (-30, 184)),
        ((6, 1, 5, 2, 4, 3), 3.5, (1, 6)),
    ],
)
def test_median_and_range_only_from_five_moves_on(days: tuple[int, ...], median: float | None, span: object) -> None:
    assert (Spread(days).n, Spread(days).median, Spread(days).range) == (len(days), median, span)
