"""Formats a window: its canonical phrase, which parses back to the same window, its calendar days and its precision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from .conferences import of_days
from .units import month_end

if TYPE_CHECKING:
    from .window import Window

__all__ = ["days_of", "iso", "precision_words", "shown"]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SEASONS = ("spring", "summer", "fall", "winter")
_PARTS = ("early", "mid", "late")


def shown(window: Window) -> str:
    """The canonical phrase of a window: `Q4 2026`, `by ~mid 2027`, `from 2026-12-15`.

    Read back with the same day of guidance it gives the same days, precision and flags; only `relative` may differ,
    for `next quarter` has become `Q1 2027`. Unreadable words are given back as they are.
    """
    if not window.dated:
        return "TBD" if window.readable else window.text
    if window.instant is not None:
        unit = window.instant.isoformat()
    elif window.open_left and window.end is not None:
        unit = _ending(window.end, window)
    elif window.end is None and window.start is not None:
        unit = _starting(window.start, window)
    else:
        assert window.start is not None
        assert window.end is not None
        unit = _whole(window.start, window.end, window)
    approximate = "~" if window.approximate and not _says_so(unit) else ""
    side = "by " if window.open_left else "from " if window.end is None else ""
    return f"{side}{approximate}{unit}"


def _says_so(unit: str) -> bool:
    return unit.startswith((*_PARTS, *_SEASONS, "end of"))


def _ending(end: date, window: Window) -> str:
    """The unit of the window's precision that ends on a day."""
    precision = window.precision
    if precision == "third":
        if not window.approximate:
            return f"{end.year}-{36 + end.month // 4}"
        if end.month % 4 == 0 and end == month_end(end.year, end.month):
            return f"{_PARTS[end.month // 4 - 1]} {end.year}"
        return _third(end.replace(day=1 if end.day == 10 else 11 if end.day == 20 else 21), end)
    if precision == "event":
        return of_days(None, end, window.text) or end.isoformat()
    if precision in ("week", "half-month", "day"):
        days = {"week": 6, "half-month": 14 if end.day == 15 else end.day - 16, "day": 0}[precision]
        return _whole(end - timedelta(days=days), end, window)
    year = end.year - 1 if precision == "season" and end.month == 2 else end.year
    first = {"month": end.month, "quarter": end.month - 2, "half": end.month - 5, "season": (end.month - 3) % 12 + 1}
    return _whole(date(year, first.get(precision, 1), 1), end, window)


def _starting(start: date, window: Window) -> str:
    """The unit of the window's precision that starts on a day."""
    if window.precision == "third":
        if not window.approximate:
            return f"{start.year}-{37 + start.month // 4}"
        if start.month % 4 == 1 and start.day == 1:
            return f"{_PARTS[start.month // 4]} {start.year}"
        return _third(start, start.replace(day=start.day + 9) if start.day < 21 else month_end(start.year, start.month))
    if window.precision == "event":
        return of_days(start, None, window.text) or start.isoformat()
    return _whole(start, start, window)


def _whole(start: date, end: date, window: Window) -> str:
    month = f"{_MONTHS[start.month - 1]} {start.year}"
    precision = window.precision
    if precision == "third":
        return _third(start, end) if window.approximate else f"{start.year}-{37 + start.month // 4}"
    if precision == "event":
        return of_days(start, end, window.text) or f"{start.isoformat()} to {end.isoformat()}"
    if precision == "month" and start.day == 21:
        return f"end of {month}"
    return {
        "day": start.isoformat(),
        "week": f"week of {start.isoformat()}",
        "half-month": f"{1 if start.day == 1 else 2}H {month}",
        "month": month,
        "quarter": f"Q{(start.month + 2) // 3} {start.year}",
        "season": f"{_SEASONS[start.month // 3 - 1]} {start.year}",
        "half": f"H{1 if start.month == 1 else 2} {start.year}",
        "year": str(start.year),
        "range": f"{start.isoformat()} to {end.isoformat()}",
    }[precision]


def _third(start: date, end: date) -> str:
    """Early, mid or late in the month, quarter, half or year of which these days are a third."""
    if (start.year, start.month) == (end.year, end.month) and (start.day, end) != (1, month_end(end.year, end.month)):
        return f"{_PARTS[(start.day - 1) // 10]} {_MONTHS[start.month - 1]} {start.year}"
    months = end.month - start.month + 1
    part = _PARTS[(start.month - 1) // months % 3]
    number = (start.month - 1) // (3 * months) + 1
    return f"{part} {({1: f'Q{number} ', 2: f'H{number} '}).get(months, '')}{start.year}"


def iso(day: date | None) -> str:
    """Format a calendar day as `2026-12-31`; empty for None."""
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}" if day is not None else ""


def days_of(window: Window, dash: str = "–") -> str:
    """Format the days of a window: `2026-10-01 – 2026-12-31`, `by 2026-12-31`, `from 2027-01-01`, or one day.

    Empty for a window without days. An instant is followed by its time.
    """
    if window.start is None and window.end is None:
        return ""
    if window.instant is not None:
        moment = window.instant
        zone = moment.strftime("%z")
        return f"{iso(moment.date())} {moment:%H:%M}" + (f" {zone[:3]}:{zone[3:]}" if zone else "")
    if window.end is None:
        return f"from {iso(window.start)}"
    if window.open_left or window.start is None:
        return f"by {iso(window.end)}"
    if window.start == window.end:
        return iso(window.end)
    return f"{iso(window.start)} {dash} {iso(window.end)}"


def precision_words(window: Window) -> str:
    """Describe the precision of a window: `quarter`, `month, approximate`, `open end`."""
    parts = [window.precision]
    if window.approximate:
        parts.append("approximate")
    if window.open_left and window.precision not in ("undated", "unreadable"):
        parts.append("open start")
    if window.start is not None and window.end is None:
        parts.append("open end")
    return ", ".join(parts)
