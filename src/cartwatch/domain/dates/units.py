"""Calendar units (a day, a month, a third of a quarter, a meeting) and the days each one takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conferences import Meeting

__all__ = ["MONTHS_IN", "DateUnit", "Span", "month_end", "span"]

MONTHS_IN = {"month": 1, "quarter": 3, "season": 3, "half": 6, "year": 12}
"""How many months a unit has, for the units that are made of whole months."""

_LEAP = 9  # years that surely hold a 29 February


@dataclass(slots=True)
class DateUnit:
    """A unit as it is written. Its year is given, counted from the guidance, or missing: then the next such unit."""

    kind: str  # a precision of window.PRECISIONS
    index: int = 0  # month 1-12, quarter 1-4, half 1-2, season 0-3 from spring, four-month group 0-2
    day: int = 0  # of the month; for a half-month the half, 1 or 2; for a month-week its number, 0 for the last
    year: int | None = None
    years_on: int | None = None  # 0 this year, 1 next year
    implied: bool = False  # no word says which year
    units_on: int | None = None  # 0 this month, 1 next month; the unit itself is counted from the guidance
    part: int | None = None  # 0 early, 1 mid, 2 late
    end: bool = False  # the last month of it
    approximate: bool = False
    weekday: int | None = None  # Monday is 0; must agree with the day
    meeting: Meeting | None = None

    @property
    def yearless(self) -> bool:
        """Whether the year has to come from elsewhere."""
        return self.year is None and self.years_on is None and self.units_on is None


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a unit."""

    start: date
    end: date
    precision: str
    approximate: bool
    relative: bool


def span(unit: DateUnit, as_of: date | None, said: bool) -> Span | None:
    """Compute the days of a unit; None where the calendar has none or there is no day to count from.

    `as_of` is the day the guidance was given, `said` whether that day is on record: only then does a unit without a
    year mean the first one that ends on or after it.
    """
    if unit.year is not None:
        return _in_year(unit, unit.year, False)
    if as_of is None:
        return None
    if unit.units_on is not None:
        return _part(unit, *_counted(unit.kind, as_of, unit.units_on), True)
    if unit.years_on is not None:
        return _in_year(unit, as_of.year + unit.years_on, True)
    if not said:
        return None
    for year in range(as_of.year - 1, as_of.year + _LEAP):  # a winter of last year may still go on
        found = _in_year(unit, year, True)
        if found is not None and found.end >= as_of:
            return Span(found.start, found.end, found.precision, True, True)
    return None


def month_end(year: int, month: int) -> date:
    """The last day of a month; months beyond 12 run on into the years after."""
    year, month = year + month // 12, month % 12
    return date(year, month + 1, 1) - timedelta(days=1)


def _in_year(unit: DateUnit, year: int, relative: bool) -> Span | None:
    try:
        return _part(unit, *_days(unit, year), relative)
    except (ValueError, OverflowError):
        return None


def _days(unit: DateUnit, year: int) -> tuple[date, date]:
    """First and last day of the whole unit; ValueError where the calendar has no such day."""
    kind, index = unit.kind, unit.index
    if kind in ("day", "week"):
        day = date(year, index, unit.day)
        if unit.weekday is not None and day.weekday() != unit.weekday:
            raise ValueError("the day of the week disagrees with the date")
        if kind == "day":
            return day, day
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if kind == "month-week":
        return _week_of_month(year, index, unit.day)
    if kind == "turn":
        return date(year, 12, 15), date(year + 1, 1, 15)
    if kind == "half-month":
        if unit.day == 1:
            return date(year, index, 1), date(year, index, 15)
        return date(year, index, 16), month_end(year, index)
    if kind == "event":
        assert unit.meeting is not None
        first, last, _ = unit.meeting.days(year)
        return first, last
    if kind == "third":
        first_month, months = 4 * index + 1, 4
    else:
        months = MONTHS_IN[kind]
        first_month = {"month": index, "quarter": 3 * index - 2, "half": 6 * index - 5, "season": 3 * index + 3}.get(kind, 1)
    return date(year, first_month, 1), month_end(year, first_month + months - 1)


def _week_of_month(year: int, month: int, number: int) -> tuple[date, date]:
    """Monday to Sunday of a month's week; the month that has its Thursday owns a week, as in ISO 8601."""
    if number == 0:
        last = month_end(year, month)
        thursday = last - timedelta(days=(last.weekday() - 3) % 7)
    else:
        first = date(year, month, 1)
        thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 7 * (number - 1))
        if thursday.month != month:
            raise ValueError("the month has no such week")
    return thursday - timedelta(days=3), thursday + timedelta(days=3)


def _counted(kind: str, as_of: date, units_on: int) -> tuple[date, date]:
    """The calendar unit that holds `as_of`, or the next one."""
    if kind == "week":
        monday = as_of - timedelta(days=as_of.weekday()) + timedelta(weeks=units_on)
        return monday, monday + timedelta(days=6)
    months = MONTHS_IN[kind]
    first = (as_of.year * 12 + as_of.month - 1) // months * months + units_on * months
    return date(first // 12, first % 12 + 1, 1), month_end(first // 12, first % 12 + months)


def _part(unit: DateUnit, start: date, end: date, relative: bool) -> Span | None:
    """The unit, its early, mid or late third, or its end."""
    approximate = unit.approximate
    if unit.kind == "event" and unit.meeting is not None:
        approximate |= unit.meeting.days(start.year)[2]
    if unit.kind in ("month-week", "turn"):
        return Span(start, end, "week" if unit.kind == "month-week" else "range", True, relative)
    if unit.part is None and not unit.end:
        return Span(start, end, unit.kind, approximate, relative)
    months = MONTHS_IN.get(unit.kind)
    if months is None:
        return None
    if unit.kind == "season" and not unit.end:
        number = start.month - 1 + (unit.part or 0)
        year, month = start.year + number // 12, number % 12 + 1
        return Span(date(year, month, 1), month_end(year, month), "month", True, relative)
    if unit.end:
        day = 21 if months == 1 else 1
        return Span(date(end.year, end.month, day), end, "month", True, relative)
    part = unit.part or 0
    if months == 1:
        last = (10, 20, end.day)[part]
        return Span(start.replace(day=10 * part + 1), start.replace(day=last), "third", True, relative)
    first = start.month + part * months // 3
    return Span(date(start.year, first, 1), month_end(start.year, first + months // 3 - 1), "third", True, relative)
