"""Agenda: every catalyst of a watchlist with its countdown, sorted by urgency on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .dates.countdown import agenda_key, countdown, due_within, next_change, overlaps
from .dates.moments import later_day
from .dates.parser import read_window
from .dates.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, timedelta

    from .catalyst import Catalyst
    from .dates.countdown import Countdown
    from .program import Program
    from .watchlist import Watchlist

__all__ = ["Item", "agenda", "items", "nearest", "next_catalyst", "next_tick", "slides"]

_YEAR = 366  # days
_NO_GUIDANCE = Window("", precision="undated")


@dataclass(frozen=True, slots=True)
class Item:
    """A catalyst of a program as it stands now; `order` is its place in the agenda."""

    program: Program
    catalyst: Catalyst
    window: Window
    countdown: Countdown
    order: tuple[int | str, ...]

    @property
    def waiting(self) -> bool:
        """Whether it is upcoming: no outcome is recorded."""
        return self.countdown.state != "done"

    @property
    def overdue(self) -> bool:
        """Whether its window has closed and no outcome is recorded."""
        return self.countdown.state == "overdue"


_remembered: dict[str, tuple[Program, date, timedelta | None, tuple[Item, ...]]] = {}


def items(program: Program, now: datetime) -> tuple[Item, ...]:
    """Return the catalysts of a program in agenda order.

    Cached for the day, since days are counted by the calendar; not if an instant counts in seconds.
    """
    today, zone = now.date(), now.utcoffset()
    kept = _remembered.get(program.key)
    if kept is not None and kept[0] is program and kept[1] == today and kept[2] == zone:
        return kept[3]
    found = [_item(program, each, now) for each in program.catalysts]
    found.sort(key=_order)
    ordered = tuple(found)
    if all(each.window.instant is None for each in ordered):
        _remembered[program.key] = (program, today, zone, ordered)
    return ordered


def agenda(watchlist: Watchlist, now: datetime, *, within: int | None = None, due: int | None = None) -> list[Item]:
    """Return every catalyst in agenda order: overdue, open, ahead, undated, unreadable, done.

    `within` keeps the windows that overlap today and that many days after it, `due` those that end in them and those that
    are overdue; neither keeps a catalyst with an outcome.
    """
    found = [each for program in watchlist.programs for each in items(program, now)]
    today = now.date()
    if within is not None:
        found = [each for each in found if each.waiting and overlaps(each.window, today, within)]
    if due is not None:
        found = [
            each
            for each in found
            if each.countdown.state == "overdue" or (each.waiting and due_within(each.window, today, due))
        ]
    found.sort(key=_order)
    return found


def next_catalyst(program: Program, now: datetime) -> tuple[Catalyst, Countdown] | None:
    """Return the first catalyst in agenda order without an outcome, an overdue one first."""
    first = next(iter(items(program, now)), None)
    return (first.catalyst, first.countdown) if first is not None and first.waiting else None


def nearest(watchlist: Watchlist, now: datetime) -> Item | None:
    """Return the next catalyst of the whole watchlist: open or ahead, not overdue."""
    coming = (
        each
        for program in watchlist.programs
        for each in items(program, now)
        if each.countdown.state in ("open", "today", "by", "ahead")
    )
    return min(coming, key=_order, default=None)


def next_tick(shown: Iterable[Item], now: datetime) -> datetime | None:
    """Return the next moment at which a shown countdown can change; None if there is none.

    `now` is the viewer's clock: days change at its midnight, an instant less than 48 hours away every second.
    """
    moments = (next_change(each.window, now, outcome=each.catalyst.known_outcome) for each in shown)
    return min((each for each in moments if each is not None), default=None)


def slides(catalyst: Catalyst, today: date) -> bool:
    """Whether guidance never comes nearer: it counts from today, because the day it was given is not recorded."""
    when, said = catalyst.when, catalyst.said
    if catalyst.closed or when is None or not when.relative or (said is not None and said.dated):
        return False
    now, later = (read_window(when.text, None, day) for day in (today, later_day(today, _YEAR)))
    return now.end != later.end or (now.start != later.start and not now.open_left)


def _item(program: Program, catalyst: Catalyst, now: datetime) -> Item:
    window = catalyst.when or _NO_GUIDANCE
    counted = countdown(
        window, now, kind=catalyst.kind or "other", outcome=catalyst.known_outcome, outcome_on=catalyst.outcome_on
    )
    order = (*agenda_key(window, counted, program.label), catalyst.event or "", program.key, catalyst.key)
    return Item(program, catalyst, window, counted, order)


def _order(item: Item) -> tuple[int | str, ...]:
    return item.order
