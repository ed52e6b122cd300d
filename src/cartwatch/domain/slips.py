"""Slips: how guidance has moved, counted from the slip ledger; no forecast is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from .catalyst import Catalyst, Guidance
    from .cites import Cite
    from .dates.window import Window
    from .program import Program
    from .watchlist import Watchlist

__all__ = ["KINDS", "Slip", "WindowMove", "classify", "slips", "words"]

KINDS = ("slipped", "pulled in", "refined", "widened", "unchanged", "unknown")

_FOREVER = 10_000_000  # days; beyond any ordinal of a date


@dataclass(frozen=True, slots=True)
class WindowMove:
    """A move of guidance in days; None if one of the two ends compared is open or unknown."""

    kind: str
    start_shift: int | None = None
    end_shift: int | None = None
    width_change: int | None = None


def classify(old: Window, new: Window) -> WindowMove:
    """Classify a new window against the old one.

    - slipped: it ends later, whatever its start does. With an earlier start it is wider as well.
    - refined: it lies inside the old bounds and is narrower.
    - widened: it ends on the same day and starts earlier (`2026-12-31` became `2026-12`).
    - pulled in: it ends earlier and is not part of the old window.
    - unchanged: the same bounds, whatever the words.
    - unknown: one of the two has no dates.

    A deadline ("by P") starts on the day the guidance was given, so only its end is compared.
    If both windows are open on the same side, the other end decides: a later one slipped, an earlier one was
    pulled in, as neither is narrower.
    """
    if not old.dated or not new.dated:
        return WindowMove("unknown")
    old_start, new_start = _start(old), _start(new)
    start_shift = _days(old_start, new_start)
    end_shift = _days(old.end, new.end)
    width_change = None if start_shift is None or end_shift is None else end_shift - start_shift
    return WindowMove(_kind(old_start, old.end, new_start, new.end), start_shift, end_shift, width_change)


def words(move: WindowMove) -> str:
    """Describe the move: `end +92 days`, `refined, 30 days narrower`."""
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


@dataclass(frozen=True, slots=True)
class Slip:
    """One move of one catalyst from old to new guidance; `cite` is the source of the new."""

    program: Program
    catalyst: Catalyst
    old: Window
    new: Window
    said: Window | None
    cite: tuple[Cite, ...]
    move: WindowMove


def slips(watchlist: Watchlist) -> list[Slip]:
    """Return every move in the ledgers, in file order; guidance that only repeats the window is no move."""
    return [each for program in watchlist.programs for catalyst in program.catalysts for each in _of(program, catalyst)]


def _of(program: Program, catalyst: Catalyst) -> list[Slip]:
    words: list[Guidance | Catalyst] = [*catalyst.moves, catalyst]
    found = []
    old: Window | None = None
    for each in words:
        if each.when is None:
            continue
        move = classify(old, each.when) if old is not None else None
        if old is not None and move is not None and move.kind != "unchanged":
            found.append(Slip(program, catalyst, old, each.when, each.said, each.cite, move))
        old = each.when
    return found
