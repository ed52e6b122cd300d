"""Arithmetic with days and moments that stops at the first and the last day of the calendar, where Python's would raise."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

__all__ = ["in_zone", "later_day", "later_moment", "next_midnight"]

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
