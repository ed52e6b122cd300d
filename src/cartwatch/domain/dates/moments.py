"""Days and moments: arithmetic that stops at the ends of the calendar, where Python's would raise; times of day and zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

__all__ = ["ZONES", "at_zone", "in_zone", "iso_moment", "later_day", "later_moment", "next_midnight", "time_of_day"]

_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


def later_day(day: date, days: int) -> date:
    """The day so many days later, or earlier where `days` is negative."""
    return date.fromordinal(min(max(day.toordinal() + days, _FIRST), _LAST))


def later_moment(moment: datetime, by: timedelta) -> datetime:
    """The moment so much later, in the same zone."""
    try:
        return moment + by
    except OverflowError:
        return (datetime.min if by < timedelta(0) else datetime.max).replace(tzinfo=moment.tzinfo)


def in_zone(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """The moment in a zone, that of this machine where none is given; one without a zone is this machine's."""
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError, OSError):  # the system's own calendar ends earlier still
        return moment.replace(tzinfo=zone or moment.tzinfo or UTC)


def next_midnight(moment: datetime) -> datetime:
    """The midnight that follows in the zone of a moment; on the last day of the calendar, its last instant."""
    if moment.date() == date.max:
        return datetime.max.replace(tzinfo=moment.tzinfo)
    return datetime.combine(moment.date() + timedelta(days=1), time.min, tzinfo=moment.tzinfo)


_FIXED = {
    "est": -5, "eastern standard time": -5, "edt": -4, "eastern daylight time": -4, "cdt": -5, "mdt": -6,
    "pst": -8, "pacific standard time": -8, "pdt": -7, "pacific daylight time": -7,
    "utc": 0, "gmt": 0, "z": 0, "cet": 1, "cest": 2, "jst": 9,
}  # fmt: skip
_AMERICAN = {
    "et": -5, "eastern": -5, "eastern time": -5, "ct": -6, "central time": -6, "mt": -7, "mountain time": -7,
    "pt": -8, "pacific": -8, "pacific time": -8,
}  # fmt: skip
_FIRST_YEAR = 2007  # the Energy Policy Act of 2005 has moved the clocks on these Sundays since then

ZONES = "|".join((*_FIXED, *_AMERICAN))
"""The zones that are understood. CST and BST are not: each names more than one."""


def iso_moment(text: str) -> datetime | None:
    """Parse an ISO 8601 date-time, naive where it names no zone; None where there is no such moment."""
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def time_of_day(text: str) -> time | None:
    """Parse `5:00 pm`, `17:00` or `8am`."""
    half = text[-2:] if text.endswith(("am", "pm")) else ""
    parts = [int(part) for part in text.removesuffix(half).split(":")]
    if half:
        if not 1 <= parts[0] <= 12:
            return None
        parts[0] = parts[0] % 12 + (12 if half == "pm" else 0)
    hour, minute, second = (*parts, 0, 0)[:3]
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def at_zone(local: datetime, zone: str) -> datetime | None:
    """Attach one of `ZONES` to a local moment; None for a year whose clock rule is not known here."""
    hours = _FIXED.get(zone)
    if hours is None:
        if local.year < _FIRST_YEAR:
            return None
        hours = _AMERICAN[zone] + _summer(local)
    return local.replace(tzinfo=UTC if hours == 0 else timezone(timedelta(hours=hours)))


def _summer(local: datetime) -> int:
    """Return 1 during US daylight saving time: second Sunday of March to first of November, at two o'clock."""
    begins = datetime.combine(_sunday(local.year, 3, 2), time(2))
    ends = datetime.combine(_sunday(local.year, 11, 1), time(2))
    return 1 if begins <= local < ends else 0


def _sunday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))
