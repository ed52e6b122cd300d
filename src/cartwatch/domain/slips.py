"""How guidance has moved: the slip ledger counted by program, sponsor or kind of event, and no forecast made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .moves import classify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .catalyst import Catalyst, Guidance
    from .dates.window import Window
    from .moves import Move
    from .program import Program
    from .watchlist import Watchlist

__all__ = ["ENOUGH", "GROUPINGS", "Slip", "Spread", "Tally", "slips", "tallies"]

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
