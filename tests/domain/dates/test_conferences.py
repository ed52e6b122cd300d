"""The table of meetings: dates where they are known, else the usual month."""

import subprocess
import sys
from datetime import date

import pytest

from cartwatch.domain.dates.conferences import meetings, named, of_days


@pytest.mark.parametrize(
    ("name", "year", "first", "last"),
    [
        ("ASH", 2026, date(2026, 12, 12), date(2026, 12, 15)),
        ("ESMO", 2026, date(2026, 10, 23), date(2026, 10, 27)),
        ("SITC", 2026, date(2026, 11, 4), date(2026, 11, 8)),
        ("JPM", 2027, date(2027, 1, 11), date(2027, 1, 14)),
        ("AACR", 2027, date(2027, 4, 2), date(2027, 4, 7)),
        ("ASCO", 2027, date(2027, 6, 4), date(2027, 6, 8)),
    ],
)
def test_known_dates(name: str, year: int, first: date, last: date) -> None:
    found = named((name.lower(),))
    assert found is not None
    assert found[0].days(year) == (first, last, False)


def test_a_year_without_dates_is_its_usual_months() -> None:
    usual = {meeting.name: meeting.days(2031) for meeting in meetings()}
    assert usual["ASH"] == (date(2031, 12, 1), date(2031, 12, 31), True)
    assert usual["Tandem"] == (date(2031, 2, 1), date(2031, 2, 28), True)
    assert usual["ACR"] == (date(2031, 10, 1), date(2031, 11, 30), True)


def test_the_longest_name_wins_and_an_unknown_one_is_none() -> None:
    full = named(("acr", "convergence", "in", "chicago"))
    assert full is not None
    assert (full[0].name, full[1]) == ("ACR", 2)
    assert named(("esmoasia",)) is None
    assert named(()) is None


def test_days_find_their_meeting_and_the_text_decides_between_two() -> None:
    assert of_days(date(2026, 12, 12), date(2026, 12, 15), "") == "ASH 2026"
    assert of_days(None, date(2026, 12, 15), "") == "ASH 2026"
    assert of_days(date(2027, 6, 1), date(2027, 6, 30), "at EULAR 2027") == "EULAR 2027"
    assert of_days(date(2026, 12, 12), date(2026, 12, 14), "") is None
    assert of_days(None, None, "") is None


def test_names_are_unique_and_dates_in_order() -> None:
    names = [name for meeting in meetings() for name in meeting.names]
    assert len(names) == len(set(names))
    for meeting in meetings():
        for year in range(2024, 2032):
            first, last, usual = meeting.days(year)
            assert first <= last
            assert first.year == last.year == year
            assert usual or (last - first).days < 10


def test_the_table_is_not_read_for_a_phrase_without_a_name() -> None:
    code = (
        "import sys; from datetime import date; from cartwatch.domain.dates.parser import read_window;"
        "read_window('Q4 2026'); read_window('by the end of the year', date(2026, 1, 1)); print('tomllib' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
