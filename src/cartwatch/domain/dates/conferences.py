"""Conferences and their dates, from the table beside this file; read on first use."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GENERIC", "Meeting", "meetings", "named", "of_days"]

GENERIC = frozenset(
    {
        *("annual", "meeting", "meetings", "congress", "conference", "exposition", "convergence", "scientific"),
        *("sessions", "healthcare", "hybrid"),
    }
)
"""Words around a meeting's name that do not tell which meeting it is."""


class Meeting:
    """One meeting series: its names, usual months and the dates that are known."""

    __slots__ = ("_dates", "_usual", "name", "names")

    def __init__(self, names: Sequence[str], months: Sequence[int], dates: dict[int, tuple[date, date]]) -> None:
        self.name = names[0]
        self.names = tuple(tuple(name.casefold().split()) for name in names)
        self._usual = (months[0], months[-1])
        self._dates = dates

    def months(self, year: int | None) -> tuple[int, int]:
        """The months of its first and last day in that year; the usual ones where no year is given."""
        if year in self._dates:
            return self._dates[year][0].month, self._dates[year][1].month
        return self._usual

    def days(self, year: int) -> tuple[date, date, bool]:
        """First and last day in that year, and whether they are only those of the usual month."""
        if year in self._dates:
            return (*self._dates[year], False)
        first, last = self._usual
        return date(year, first, 1), date(year + last // 12, last % 12 + 1, 1) - timedelta(days=1), True


@cache
def meetings() -> tuple[Meeting, ...]:
    """Read the table, once.

    Raises ValueError where the file that ships with the package has been edited into something else.
    """
    from pkgutil import get_data
    from tomllib import loads

    text = get_data("cartwatch.domain.dates", "conferences.toml")
    if text is None:
        raise ValueError("conferences.toml is missing from the package")
    return tuple(
        Meeting(
            entry["names"],
            entry["months"],
            {int(year): (days[0], days[1]) for year, days in entry.get("dates", {}).items()},
        )
        for entry in loads(text.decode())["meeting"]
    )


@cache
def _by_name() -> dict[tuple[str, ...], Meeting]:
    return {name: meeting for meeting in meetings() for name in meeting.names}


@cache
def _longest_name() -> int:
    return max(map(len, _by_name()))


def named(words: Sequence[str]) -> tuple[Meeting, int] | None:
    """Find the meeting that these words begin with, and how many words its name takes; the longest name wins."""
    for count in range(min(len(words), _longest_name()), 0, -1):
        meeting = _by_name().get(tuple(words[:count]))
        if meeting is not None:
            return meeting, count
    return None


def of_days(start: date | None, end: date | None, text: str) -> str | None:
    """Name the meeting that starts and ends on these days: `ASH 2026`. None for a day matches any.

    Of two that share their days (EHA and EULAR in an unknown June) it is the one that the text names.
    """
    days = start or end
    if days is None:
        return None
    found = []
    for meeting in meetings():
        first, last, _ = meeting.days(days.year)
        if start in (None, first) and end in (None, last):
            found.append(meeting)
    folded = text.casefold()
    found.sort(key=lambda meeting: not any(" ".join(name) in folded for name in meeting.names))
    return f"{found[0].name} {days.year}" if found else None
