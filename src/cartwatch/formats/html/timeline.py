"""Draws the timeline as SVG: a window is a bar over its days, and a day is a diamond."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING

from cartwatch.domain.dates.moments import later_day
from cartwatch.views.look import role_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.agenda import Item

__all__ = ["MOST", "timeline"]

MOST = 60  # catalysts drawn, at most: those that end first

_WIDTH, _LABELS, _RIGHT = 1000, 350, 12
_TOP, _ROW, _BAR = 34, 20, 9
_BACK, _AHEAD = 92, 730  # days before and after today, at most
_SHORTEST = 300
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LETTERS = 52


def timeline(items: Sequence[Item], today: date) -> str:
    """Draw the upcoming catalysts with dates, in the given order; "" if there are none."""
    shown = [each for each in items if each.waiting and each.window.dated][:MOST]
    if not shown:
        return ""
    scale = _Scale(today, shown)
    height = _TOP + _ROW * len(shown) + 8
    out = [
        f'<svg class="timeline" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Timeline of catalysts" '
        'xmlns="http://www.w3.org/2000/svg">',
        _HATCH,
        *_grid(scale, height),
    ]
    for row, item in enumerate(shown):
        out += _row(item, scale, _TOP + _ROW * row)
    x = scale.x(today)
    out.append(f'<line class="today" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 12}" y2="{height - 4}"/>')
    out.append(f'<text class="today" x="{x:.1f}" y="{_TOP - 22}" text-anchor="middle">today</text></svg>')
    return "\n".join(out)


_ROLES = ("ahead", "open", "soon", "overdue")
_HATCH = "<defs>{}</defs>".format(
    "".join(
        f'<pattern id="hatch-{role}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="2.4" height="5" class="ink {role}"/></pattern>'
        for role in _ROLES
    )
)


class _Scale:
    """Maps days to horizontal positions."""

    def __init__(self, today: date, items: Sequence[Item]) -> None:
        days = [each for item in items for each in (item.window.start, item.window.end) if each is not None]
        first = min([later_day(today, -14), *(each for each in days if each >= later_day(today, -_BACK))])
        last = max(each for each in (*days, today))
        ahead = min(max((last - today).days + 15, _SHORTEST), _AHEAD)
        self.first = max(first, later_day(today, -_BACK))
        self.last = later_day(today, ahead)

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return _LABELS + min(max(share, 0.0), 1.0) * (_WIDTH - _LABELS - _RIGHT)


def _grid(scale: _Scale, height: int) -> list[str]:
    """Draw a line at the start of each month, or each quarter if months are too close; years are labelled."""
    out = []
    step = 1 if (scale.last - scale.first).days < 400 else 3
    months = (divmod(at, 12) for at in range(_month(scale.first) + 1, _month(scale.last) + 1))
    for year, month in ((year, at + 1) for year, at in months if at % step == 0):
        x = scale.x(date(year, month, 1))
        kind = "year" if month == 1 else "month"
        name = str(year) if month == 1 else _MONTHS[month - 1]
        out.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{height - 4}"/>')
        out.append(f'<text class="{kind}" x="{x:.1f}" y="{_TOP - 8}" text-anchor="middle">{name}</text>')
    return out


def _month(day: date) -> int:
    """Count the months from the year 0."""
    return 12 * day.year + day.month - 1


def _row(item: Item, scale: _Scale, top: int) -> list[str]:
    middle = top + _ROW / 2
    role = role_of(item.countdown) or "ahead"
    event = f"{item.program.label} · {item.catalyst.event or item.catalyst.key}"
    shown = event if len(event) <= _LETTERS else event[: _LETTERS - 1] + "…"
    told = f"{event}: {item.window.text} ({item.countdown.text})"
    return [
        f'<g class="{role}"><title>{escape(told)}</title>',
        f'<text class="label" x="{_LABELS - 8}" y="{middle + 3.5:.1f}" text-anchor="end">{escape(shown)}</text>',
        *_before(item, scale, middle),
        *_bar(item, scale, middle),
        "</g>",
    ]


def _bar(item: Item, scale: _Scale, middle: float) -> list[str]:
    window = item.window
    start, end = window.start, window.end
    if window.is_day and start is not None:
        x = scale.x(start)
        return [f'<path class="day" d="M{x:.1f} {middle - 6:.1f}l6 6l-6 6l-6 -6z"/>']
    left = scale.x(start) if start is not None and not window.open_left else scale.x(scale.first)
    right = scale.x(later_day(end, 1)) if end is not None else scale.x(scale.last)
    width = max(right - left, 2.0)
    style = "bar vague" if window.approximate or window.open_left or end is None else "bar"
    y = middle - _BAR / 2
    out = [f'<rect class="{style}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BAR}" rx="2"/>']
    if start is not None and start < scale.first and not window.open_left:
        out.append(f'<path class="more" d="M{left + 5:.1f} {middle - 4:.1f}l-5 4l5 4"/>')
    if end is None or end > scale.last:
        out.append(f'<path class="more" d="M{right - 5:.1f} {middle - 4:.1f}l5 4l-5 4"/>')
    return out


def _before(item: Item, scale: _Scale, middle: float) -> list[str]:
    """Draw the window before its last move."""
    moves = [each.when for each in item.catalyst.moves if each.when is not None and each.when.end is not None]
    if not moves or moves[-1].end is None or moves[-1].end < scale.first:
        return []
    x = scale.x(moves[-1].end)
    return [f'<line class="before" x1="{x:.1f}" x2="{x:.1f}" y1="{middle - 6:.1f}" y2="{middle + 6:.1f}"/>']
