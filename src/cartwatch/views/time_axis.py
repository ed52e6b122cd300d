"""Axis of a timeline: the stretch of days that is shown, its grid of months, quarters or years, and the meetings in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.domain.dates.conferences import meetings
from cartwatch.domain.dates.moments import later_day

from .drawing import Mark, Scale, Tick

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ZOOMS", "TimeSpan", "bands", "grid", "span_of"]

ZOOMS = (3, 6, 12, 18, 24, 36, 60)
"""The spans that zooming goes through, in months."""
_PAST = 8  # the part of a span that lies before today where nothing else is asked for: one eighth
_STEPS = (1, 3, 6, 12, 60, 120)  # months between the lines of the grid
_ROOM = 5  # cells: the name of a month, or a year, and a space
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TimeSpan(NamedTuple):
    """The days that a timeline shows: `days` of them from `first`, counted as ordinals."""

    first: int
    days: int

    @property
    def scale(self) -> Scale:
        return Scale(self.first, self.first + self.days)

    @property
    def dates(self) -> tuple[date, date]:
        """The first and the last day."""
        return later_day(date.min, self.first - 1), later_day(date.min, self.first + self.days - 2)

    def moved(self, days: int) -> TimeSpan:
        """Return a span of the same length some days later, within the calendar."""
        first = min(max(self.first + days, 1), date.max.toordinal() - self.days + 1)
        return TimeSpan(max(first, 1), self.days)

    def zoomed(self, months: int, around: int) -> TimeSpan:
        """Return a span of so many months in which a day stays where it is, if it is in view."""
        days = _days(months)
        share = (around - self.first) / self.days
        return TimeSpan(around - round(share * days) if 0 <= share <= 1 else self.first, days).moved(0)


def span_of(today: date, months: int) -> TimeSpan:
    """Return the span of so many months around today: an eighth of it is past."""
    days = _days(months)
    return TimeSpan(today.toordinal() - days // _PAST, days).moved(0)


def _days(months: int) -> int:
    return round(months * 365.25 / 12)


def grid(span: TimeSpan, track: int) -> tuple[Tick, ...]:
    """Return the first days of months, quarters, half-years or years, as close as their names have room in the track."""
    cells = track * 30.4 / span.days  # of a month
    step = next((each for each in _STEPS if each * cells >= _ROOM), _STEPS[-1])
    return tuple(
        Tick(day.toordinal(), str(day.year), "strong") if day.month == 1 else Tick(day.toordinal(), _MONTHS[day.month - 1])
        for day in _starts(span, step)
    )


def _starts(span: TimeSpan, step: int) -> Iterator[date]:
    """Return the first day of each unit of so many months that begins in the span."""
    first, last = span.dates
    at = 12 * first.year + first.month - 1
    at += -at % step
    while at <= 12 * last.year + last.month - 1:
        year, month = divmod(at, 12)
        if date.min <= first and 1 <= year <= date.max.year and (day := date(year, month + 1, 1)) >= first:
            yield day
        at += step


def bands(span: TimeSpan) -> tuple[Mark, ...]:
    """Return the meetings in the span whose days are known, in the order of their first days."""
    first, last = span.dates
    found = []
    for meeting in meetings():
        for year in range(first.year - 1, min(last.year, first.year + 12) + 1):
            start, end, usual = meeting.days(year) if 1 <= year < date.max.year else (date.max, date.max, True)
            if not usual and start <= last and end >= first:
                name = f"{meeting.name} {year}"
                found.append(Mark("band", start.toordinal(), end.toordinal() + 1, "grid", title=name))
    return tuple(sorted(found, key=lambda each: (each.start, each.title)))
