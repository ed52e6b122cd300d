"""Countdown: the state of a window today, its text, and its place in the agenda."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from cartwatch.domain.dates.moments import in_zone, later_day, later_moment, next_midnight

if TYPE_CHECKING:
    from .window import Window

__all__ = ["STATES", "Countdown", "agenda_key", "countdown", "due_within", "next_change", "overlaps"]

STATES = ("overdue", "open", "today", "by", "ahead", "undated", "unreadable", "done")
"""Every state, in the order of the agenda's groups (open and today are one group, by and ahead another)."""

# A deadline is placed by its last day: "by end-2027" must not stand above a goal date of next month.
_GROUP = {"overdue": 0, "open": 1, "today": 1, "by": 2, "ahead": 2, "undated": 3, "unreadable": 4, "done": 5}
_TICKING = timedelta(hours=48)
_NARROW = 12  # cells of a short text
_LAST = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Countdown:
    """A window seen from one moment. Days are whole calendar days from today, negative for the past; None is open."""

    state: str
    text: str
    short: str
    """The text again, in at most 12 characters, for a narrow column."""
    days_to_start: int | None = None
    days_to_end: int | None = None


def countdown(
    window: Window,
    now: datetime,
    *,
    kind: str = "other",
    outcome: str | None = None,
    outcome_on: Window | None = None,
) -> Countdown:
    """Compute the state of a window and its countdown text.

    `now` is the viewer's clock, and today is its date in its own zone; a naive one is the viewer's local time. A
    PDUFA goal date (`kind` pdufa) is a deadline: it shows the days that are left at most. What an outcome is recorded
    for is done and counts down no more.
    """
    if outcome:
        when = f" {outcome_on.text}" if outcome_on is not None and outcome_on.text else ""
        return Countdown("done", f"{outcome}{when}", _cut(outcome))
    if not window.dated:
        if window.readable:
            return Countdown("undated", "—", "—")
        return Countdown("unreadable", f"? {window.text}", _cut(f"? {window.text}"))
    today = now.date()
    start, end = _bounds(window, now)
    to_start = None if start is None else (start - today).days
    to_end = None if end is None else (end - today).days
    state = _state(window, to_start, to_end)
    text, short = _texts(window, now, state, to_start, to_end, kind)
    return Countdown(state, text, short, to_start, to_end)


def next_change(window: Window, now: datetime, *, outcome: str | None = None) -> datetime | None:
    """Return the next moment at which the countdown text can change, in the zone of `now`; None if it never does.

    It is the next second for an instant that ticks, else the coming midnight, or the moment 48 hours before an instant.
    Wait until then by the difference of the two `timestamp()`s: plain subtraction ignores a change of the clocks.
    """
    if outcome or not window.dated:
        return None
    midnight = next_midnight(now)
    left = _time_left(window, now)
    if left is None or left <= timedelta(0):
        return midnight
    if left < _TICKING:
        until = left % timedelta(seconds=1) or timedelta(seconds=1)
        return min(_later(now, until), midnight, key=datetime.timestamp)
    return min(_later(now, left - _TICKING + timedelta(microseconds=1)), midnight, key=datetime.timestamp)


def agenda_key(window: Window, state: Countdown | str, name: str) -> tuple[int, int, int, int, str, str]:
    """The agenda's sort key, a total order.

    Overdue (longest first), then what is open by soonest end, then what lies ahead and deadlines, then undated, unreadable
    and done. Within a group: soonest end, then narrower, then earlier start, then name.
    """
    group = _GROUP[state if isinstance(state, str) else state.state]
    end = _LAST + 1 if window.end is None else window.end.toordinal()
    start = _LAST + 1 if window.start is None else window.start.toordinal()
    width = window.width_days
    return (group, end, _LAST if width is None else width, start, name.casefold(), name)


def overlaps(window: Window, today: date, days: int) -> bool:
    """Whether the window overlaps today or the given number of days after it."""
    if not window.dated:
        return False
    horizon = later_day(today, days)
    return (window.start is None or window.start <= horizon) and (window.end is None or window.end >= today)


def due_within(window: Window, today: date, days: int) -> bool:
    """Whether the window ends today or within the given number of days; one with an open end is never due."""
    return window.end is not None and 0 <= (window.end - today).days <= days


def _bounds(window: Window, now: datetime) -> tuple[date | None, date | None]:
    """First and last day in the viewer's calendar; the day of an instant depends on the time zone."""
    if window.instant is None or window.instant.tzinfo is None:
        return window.start, window.end
    day = in_zone(window.instant, now.tzinfo).date()
    return day, day


def _state(window: Window, to_start: int | None, to_end: int | None) -> str:
    if to_end is not None and to_end < 0:
        return "overdue"
    if window.open_left or to_start is None:
        return "by"
    if to_start > 0:
        return "ahead"
    if to_start == 0 and window.is_day:
        return "today"
    return "open"


def _texts(window: Window, now: datetime, state: str, to_start: int | None, to_end: int | None, kind: str) -> tuple[str, str]:
    if state == "overdue":
        assert to_end is not None
        late = f"OVERDUE {-to_end}d"
        return late, late if len(late) <= _NARROW else f"OVERDUE >{-to_end // 365}y"
    deadline = "≤" if kind.casefold() == "pdufa" else "in "
    if state in ("ahead", "today"):
        left = _time_left(window, now)
        if left is not None and timedelta(0) < left < _TICKING:
            ticking = deadline + _clock(left)
            return ticking, ticking
    if state == "today":
        return "today", "today"
    if state == "by":
        return f"≤{to_end}d", f"≤{to_end}d"
    assert to_start is not None
    if state == "ahead":
        if to_end is None:
            return f"opens {to_start}d", f"opens {to_start}d"
        if window.is_day or deadline == "≤":
            return f"{deadline}{to_end}d", f"{deadline}{to_end}d"
        return f"opens {to_start}d · closes {to_end}d", f"opens {to_start}d"
    if to_end is None:
        return f"OPEN · {-to_start}d so far", f"OPEN +{-to_start}d"
    if to_end == 0:
        return "OPEN · last day", "OPEN ≤0d"
    return f"OPEN · ≤{to_end}d left", f"OPEN ≤{to_end}d"


def _time_left(window: Window, now: datetime) -> timedelta | None:
    """Elapsed time from now to the instant, across clock changes; None for a window that is no instant."""
    instant = window.instant
    if instant is None:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=now.tzinfo)
    return in_zone(instant, UTC) - in_zone(now, UTC)


def _later(now: datetime, by: timedelta) -> datetime:
    later = in_zone(later_moment(in_zone(now, UTC), by), now.tzinfo)
    return later if now.tzinfo is not None else later.replace(tzinfo=None)


def _clock(left: timedelta) -> str:
    seconds = -(-left // timedelta(seconds=1))
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _cut(text: str) -> str:
    return text if len(text) <= _NARROW else f"{text[: _NARROW - 1]}…"
