"""Windows as text: their calendar days and their precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.domain.dates.window import Window

__all__ = ["days", "iso", "precision_words"]


def iso(day: date | None) -> str:
    """Format a calendar day as `2026-12-31`; empty for None."""
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}" if day is not None else ""


def days(window: Window, dash: str = "–") -> str:
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
