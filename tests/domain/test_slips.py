"""Every move of the slip ledger, in the order of the file."""

from __future__ import annotations

from datetime import date
from typing import Any

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.slips import slips
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
