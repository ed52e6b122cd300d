"""The window: an inclusive pair of calendar days in which a catalyst is expected, with its precision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

__all__ = ["PRECISIONS", "Window"]

PRECISIONS = (
    "instant",
    "day",
    "event",  # the days of a meeting, or its usual month
    "week",
    "half-month",
    "month",  # also the end of a longer unit: its last month
    "third",  # early, mid or late in a month, quarter, half or year; also a four-month group of EDTF
    "quarter",
    "season",
    "half",
    "year",
    "range",  # two units joined, or a stretch counted from the day of the guidance
    "undated",  # the words say that there is no date
    "unreadable",  # the words are not understood
)
"""Every precision a window can have, from exact to vague."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window of time. `start` and `end` are inclusive days; None is open or unknown."""

    text: str
    """The words, verbatim; ISO 8601 text for a date that was no phrase."""
    start: date | None = None
    end: date | None = None
    precision: str = "unreadable"
    approximate: bool = False
    open_left: bool = False
    """A deadline ("by P", "before P"): it begins where the guidance was given."""
    instant: datetime | None = None
    """The moment, where a time of day was given; naive is the viewer's own zone."""
    relative: bool = False
    """Counted from the day of the guidance: with no such day on record the window changes from day to day."""

    @classmethod
    def of_date(cls, value: date | datetime) -> Window:
        """Build the window of a day or an instant; a naive instant is in the viewer's zone, a naive midnight is a day."""
        if isinstance(value, datetime):
            day = value.date()
            if value.tzinfo is None and value.time() == time.min:
                return cls(value.isoformat(), day, day, "day")
            return cls(value.isoformat(), day, day, "instant", instant=value)
        return cls(value.isoformat(), value, value, "day")

    @property
    def readable(self) -> bool:
        """Whether the words were understood; "no date" counts as understood."""
        return self.precision != "unreadable"

    @property
    def dated(self) -> bool:
        """Whether the start or the end is known."""
        return self.start is not None or self.end is not None

    @property
    def is_day(self) -> bool:
        """Whether the window is a single day and no deadline."""
        return self.start is not None and self.start == self.end and not self.open_left

    @property
    def width_days(self) -> int | None:
        """How many days the window holds, both ends counted; None where an end is open or unknown."""
        if self.start is None or self.end is None:
            return None
        return (self.end - self.start).days + 1

    @property
    def midpoint(self) -> date | None:
        """The middle day, the earlier of two; None where an end is open or unknown."""
        if self.start is None or self.end is None:
            return None
        return self.start + timedelta(days=(self.end - self.start).days // 2)

    def earliest(self) -> date:
        """The sort key by first day; the undated come last."""
        return self.start or date.max

    def middle(self) -> date:
        """The sort key by midpoint; windows without one come last."""
        return self.midpoint or date.max

    def latest(self) -> date:
        """The sort key by last day; open and undated ones come last."""
        return self.end or date.max
