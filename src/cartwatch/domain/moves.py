"""What became of guidance between two windows: slipped, pulled in, refined or widened, and by how many days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from .dates.window import Window

__all__ = ["KINDS", "Move", "classify", "words"]

KINDS = ("slipped", "pulled in", "refined", "widened", "unchanged", "unknown")

_FOREVER = 10_000_000  # days; beyond any ordinal of a date


@dataclass(frozen=True, slots=True)
class Move:
    """A move in days; None where one of the two ends compared is open or unknown."""

    kind: str
    start_shift: int | None = None
    end_shift: int | None = None
    width_change: int | None = None


def classify(old: Window, new: Window) -> Move:
    """How the new window stands to the old one.

    - slipped: it ends later, whatever its start does. A start that moves back with it makes it wider as well.
    - refined: it lies inside the old bounds and is narrower.
    - widened: it ends on the same day and starts earlier (`2026-12-31` became `2026-12`).
    - pulled in: it ends earlier and is no part of the old window.
    - unchanged: the same bounds, whatever the words.
    - unknown: one of the two has no dates.

    A deadline ("by P") has no start of its own: it begins where the guidance was given, so only its end is compared.
    Where both ends are open on the same side, the end that is there decides: a later one slipped, an earlier one was
    pulled in, for nothing has become narrower.
    """
    if not old.dated or not new.dated:
        return Move("unknown")
    old_start, new_start = _start(old), _start(new)
    start_shift = _days(old_start, new_start)
    end_shift = _days(old.end, new.end)
    width_change = None if start_shift is None or end_shift is None else end_shift - start_shift
    return Move(_kind(old_start, old.end, new_start, new.end), start_shift, end_shift, width_change)


def words(move: Move) -> str:
    """The move in words: `end +92 days`, `refined, 30 days narrower`."""
    if move.kind == "unknown":
        return "cannot be compared"
    if move.kind == "unchanged":
        return "unchanged"
    if move.kind in ("refined", "widened"):
        if not move.width_change:
            return move.kind
        return f"{move.kind}, {_count(abs(move.width_change))} {'wider' if move.width_change > 0 else 'narrower'}"
    said = []
    if move.end_shift:
        said.append(f"end {_signed(move.end_shift)}")
    if move.start_shift and move.start_shift != move.end_shift:
        said.append(f"start {_signed(move.start_shift)}")
    return ", ".join(said) or move.kind


def _kind(old_start: date | None, old_end: date | None, new_start: date | None, new_end: date | None) -> str:
    os, ns = _ordinal(old_start, -_FOREVER), _ordinal(new_start, -_FOREVER)
    oe, ne = _ordinal(old_end, _FOREVER), _ordinal(new_end, _FOREVER)
    if (os, oe) == (ns, ne):
        return "unchanged"
    if oe == ne == _FOREVER:
        return "slipped" if ns > os else "pulled in"
    if os == ns == -_FOREVER:
        return "slipped" if ne > oe else "pulled in"
    if ne > oe:
        return "slipped"
    if ns >= os:
        return "refined"
    return "widened" if ne == oe else "pulled in"


def _start(window: Window) -> date | None:
    return None if window.open_left else window.start


def _ordinal(day: date | None, when_open: int) -> int:
    return when_open if day is None else day.toordinal()


def _days(old: date | None, new: date | None) -> int | None:
    return None if old is None or new is None else (new - old).days


def _count(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


def _signed(days: int) -> str:
    return f"{'+' if days > 0 else '−'}{_count(abs(days))}"
