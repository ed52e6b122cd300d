"""Runway: the window in which the cash ends, and how a catalyst's window lies to it."""

from __future__ import annotations

from datetime import date

import pytest

from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.runway import cash_until, read_runway, runway_against

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("into 2H 2027", date(2027, 7, 1), date(2027, 12, 31)),
        ("into H2 2027", date(2027, 7, 1), date(2027, 12, 31)),
        ("to 2028", date(2028, 1, 1), date(2028, 12, 31)),
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
        ("into the second half of 2027", date(2027, 7, 1), date(2027, 12, 31)),
        ("through 2027", date(2027, 12, 31), date(2027, 12, 31)),
        ("through the end of 2027", date(2027, 12, 31), date(2027, 12, 31)),
        ("Through Q2 2027", date(2027, 6, 30), date(2027, 6, 30)),
        ("at least into 2028", date(2028, 1, 1), None),
        ("into at least 2028", date(2028, 1, 1), None),
        ("at least through Q1 2027", date(2027, 3, 31), None),
        ("into early 2027", date(2027, 1, 1), date(2027, 4, 30)),
        ("through 2027-03-31", date(2027, 3, 31), date(2027, 3, 31)),
        ("into profitability", None, None),
        ("into", None, None),
        ("TBD", None, None),
        ("2H 2027 if the deal closes", None, None),
    ],
)
def test_a_phrase_is_the_window_in_which_the_cash_ends(text: str, start: date | None, end: date | None) -> None:
    found = read_runway(text, date(2025, 11, 7), TODAY)
    assert (found.start, found.end, found.text) == (start, end, text)


def test_a_phrase_without_a_year_counts_from_the_day_it_was_said() -> None:
    assert read_runway("into the fourth quarter", date(2026, 3, 1), TODAY).end == date(2026, 12, 31)
    year = read_runway("for the next 12 months", date(2026, 3, 1), TODAY)
    assert (year.start, year.end) == (date(2027, 3, 1), date(2027, 3, 1))


@pytest.mark.parametrize(
    ("runway", "window", "verdict"),
    [
        ("into 2H 2027", "Q4 2027", "may outlast the cash"),
        ("into 2H 2027", "2027-06-30", "within the cash"),
        ("into 2H 2027", "2027-07-01", "may outlast the cash"),
        ("into 2H 2027", "2027-12-31", "may outlast the cash"),
        ("into 2H 2027", "2028-01-01", "after the cash ends"),
        ("into 2H 2027", "2028", "after the cash ends"),
        ("into 2H 2027", "2027", "may outlast the cash"),
        ("into 2H 2027", "2028 or later", "after the cash ends"),
        ("into 2H 2027", "2027 or later", "may outlast the cash"),
        ("into 2H 2027", "by Q1 2027", "within the cash"),
        ("through 2027", "2027-12-30", "within the cash"),
        ("through 2027", "2027-12-31", "may outlast the cash"),
        ("at least into 2028", "2029", "may outlast the cash"),
        ("at least into 2028", "2027", "within the cash"),
        ("into 2H 2027", "Q3 2026", ""),  # overdue: it can come any day
        ("into Q3 2026", "Q2 2026", "after the cash ends"),  # overdue, and the cash has ended
        ("into 2H 2027", "TBD", ""),
        ("into 2H 2027", "six weeks after the last event", ""),
        ("into profitability", "Q4 2027", ""),
    ],
)
def test_a_window_lies_before_about_or_after_the_end_of_the_cash(runway: str, window: str, verdict: str) -> None:
    assert runway_against(read_runway(runway, TODAY, TODAY), read_window(window, TODAY, TODAY), TODAY) == verdict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("into 2H 2027", "cash into 2H 2027"),
        ("2H 2027", "cash into 2H 2027"),
        ("2027-12-31", "cash to 2027-12-31"),
        ("at least into 2028", "cash at least into 2028"),
        ("through 2027", "cash through 2027"),
    ],
)
def test_a_runway_is_worded_as_the_sponsor_says_it(text: str, words: str) -> None:
    assert cash_until(read_runway(text, TODAY, TODAY)) == words
