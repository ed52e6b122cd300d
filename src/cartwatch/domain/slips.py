"""How guidance has moved: the slip ledger counted by program, sponsor or kind of event, and no forecast made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from .catalyst import Catalyst, Guidance
    from .dates.window import Window
    from .program import Program
    from .watchlist import Watchlist

__all__ = ["ENOUGH", "GROUPINGS", "KINDS", "Move", "Slip", "Spread", "Tally", "classify", "slips", "tallies", "words"]

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


ENOUGH = 5  # below so many moves a median says nothing; reading/field.md §4, idea 2

GROUPINGS = ("program", "sponsor", "kind")


@dataclass(frozen=True, slots=True)
class Slip:
    """One move of one catalyst: from what was said to what was said next; `cite` is behind the later words."""

    program: Program
    catalyst: Catalyst
    old: Window
    new: Window
    said: Window | None
    cite: tuple[str, ...]
    move: Move


@dataclass(frozen=True, slots=True)
class Spread:
    """Shifts in days, all of them; median and range only where there are enough to mean anything."""

    days: tuple[int, ...]

    @property
    def n(self) -> int:
        return len(self.days)

    @property
    def median(self) -> float | None:
        """The middle shift in days, or None for fewer than ENOUGH."""
        if self.n < ENOUGH:
            return None
        ordered, half = sorted(self.days), self.n // 2
        return float(ordered[half]) if self.n % 2 else (ordered[half - 1] + ordered[half]) / 2

    @property
    def range(self) -> tuple[int, int] | None:
        """The least and the greatest shift in days, or None for fewer than ENOUGH."""
        return (min(self.days), max(self.days)) if self.n >= ENOUGH else None


@dataclass(frozen=True, slots=True)
class Tally:
    """The moves of one program, sponsor or kind of event; `kinds` counts them, in the order of `moves.KINDS`.

    Shifts of the start, of the end and of the width stand apart, since a window that only widens has not slipped.
    """

    name: str
    slips: tuple[Slip, ...]
    kinds: dict[str, int]
    start: Spread
    end: Spread
    width: Spread

    @property
    def n(self) -> int:
        return len(self.slips)


def slips(watchlist: Watchlist) -> list[Slip]:
    """Every move in the ledgers, in the order of the file; guidance that only said the same again is no move."""
    return [each for program in watchlist.programs for catalyst in program.catalysts for each in _of(program, catalyst)]


def tallies(found: Iterable[Slip], by: str) -> list[Tally]:
    """The moves grouped by program (its label), sponsor or kind; the group with the most moves first.

    What has no sponsor or kind is grouped under "". Raises ValueError for another grouping.
    """
    names: dict[str, Callable[[Slip], str]] = {
        "program": lambda each: each.program.label,
        "sponsor": lambda each: each.program.sponsor or "",
        "kind": lambda each: each.catalyst.kind or "",
    }
    if by not in names:
        raise ValueError(f"{by!r} is no grouping: {', '.join(GROUPINGS)}")
    groups: dict[str, list[Slip]] = {}
    for each in found:
        groups.setdefault(names[by](each), []).append(each)
    return sorted((_tally(name, group) for name, group in groups.items()), key=lambda each: (-each.n, each.name.casefold()))


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


def _tally(name: str, group: list[Slip]) -> Tally:
    kinds: dict[str, int] = {}
    for each in group:
        kinds[each.move.kind] = kinds.get(each.move.kind, 0) + 1
    moves = [each.move for each in group]
    return Tally(
        name,
        tuple(group),
        kinds,
        Spread(tuple(each.start_shift for each in moves if each.start_shift is not None)),
        Spread(tuple(each.end_shift for each in moves if each.end_shift is not None)),
        Spread(tuple(each.width_change for each in moves if each.width_change is not None)),
    )
