"""Slips: how guidance has moved, counted from the slip ledger; no forecast is made of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from .catalyst import Catalyst, Guidance
    from .cites import Cite
    from .dates.window import Window
    from .program import Program
    from .watchlist import Watchlist

__all__ = [
    "FEWEST",
    "KINDS",
    "Ledger",
    "Slip",
    "SlipTally",
    "Timing",
    "WindowMove",
    "classify",
    "ledgers",
    "shift_words",
    "slips",
    "tallies",
    "tally",
    "timing",
    "timing_words",
    "words",
]

KINDS = ("slipped", "pulled in", "refined", "widened", "unchanged", "unknown")

FEWEST = 5
"""A median is given of so many slips at least; of fewer it says little, and looks exact."""

_NEVER_CAME = ("extended", "terminated", "withdrawn")  # outcomes that close a catalyst whose event did not come
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


def shift_words(move: WindowMove) -> str:
    """Describe both ends and the width of a move: `start +92 days, end +181 days, 89 days wider`."""
    if move.kind in ("unknown", "unchanged"):
        return words(move)
    ends = (("start", move.start_shift), ("end", move.end_shift))
    said = [f"{end} {_signed(days) if days else 'same'}" for end, days in ends if days is not None]
    if move.width_change is not None:
        wide = f"{_count(abs(move.width_change))} {'wider' if move.width_change > 0 else 'narrower'}"
        said.append(wide if move.width_change else "same width")
    return ", ".join(said) or "an end is open"


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
    """One step of one catalyst from old to new guidance; `cite` is the source of the new, `place` the index of the old."""

    program: Program
    catalyst: Catalyst
    old: Window
    new: Window
    said: Window | None
    cite: tuple[Cite, ...]
    move: WindowMove
    place: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """The day of an outcome set against a window: `within` it, `early` or `late` by so many days at least, or `unknown`."""

    kind: str
    days: int | None = None


def timing(window: Window, came: Window | None) -> Timing:
    """Set the day of an outcome against guidance; `unknown` where either has no dates or the day is too vague to tell."""
    if came is None or came.start is None or came.end is None or not came.dated or not window.dated:
        return Timing("unknown")
    start = _start(window)
    if window.end is not None and came.start > window.end:
        return Timing("late", (came.start - window.end).days)
    if start is not None and came.end < start:
        return Timing("early", (start - came.end).days)
    inside = (start is None or came.start >= start) and (window.end is None or came.end <= window.end)
    return Timing("within" if inside else "unknown")


def timing_words(found: Timing) -> str:
    """Describe a timing: `within`, `8 days after`, `9 days before`, `cannot be compared`."""
    if found.days is None:
        return "within" if found.kind == "within" else "cannot be compared"
    return f"{_count(found.days)} {'after' if found.kind == 'late' else 'before'}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The guidance of one catalyst: the first and the last given, the steps between them, and the outcome against both.

    Steps include guidance that only repeats the window, which is no move. The timings are None unless an outcome is recorded
    whose event came: an extended or withdrawn one did not.
    """

    program: Program
    catalyst: Catalyst
    first: Window
    first_said: Window | None
    last: Window
    steps: tuple[Slip, ...]
    against_first: Timing | None = None
    against_last: Timing | None = None

    @property
    def moves(self) -> tuple[Slip, ...]:
        """The steps that changed the window."""
        return tuple(each for each in self.steps if each.move.kind != "unchanged")


def ledgers(programs: Iterable[Program]) -> list[Ledger]:
    """Return the ledger of every catalyst with guidance, in file order, moved or not."""
    found = ((program, catalyst) for program in programs for catalyst in program.catalysts)
    return [ledger for each in found if (ledger := _ledger(*each)) is not None]


def _ledger(program: Program, catalyst: Catalyst) -> Ledger | None:
    chain: list[Guidance | Catalyst] = [*catalyst.moves, catalyst]
    given = [(each.when, each.said) for each in chain if each.when is not None]
    if not given:
        return None
    (first, said), last = given[0], given[-1][0]
    came = catalyst.known_outcome is not None and catalyst.known_outcome not in _NEVER_CAME
    timings = [timing(each, catalyst.outcome_on) if came else None for each in (first, last)]
    return Ledger(program, catalyst, first, said, last, tuple(_steps(program, catalyst)), *timings)


@dataclass(frozen=True, slots=True)
class SlipTally:
    """Counts over some ledgers: catalysts with guidance, those that moved, moves by kind, outcomes by timing.

    `shifts` are the days by which the end of each slipped window moved, sorted; `first` and `last` count outcomes within the
    first and the last guidance among the `timed` ones: those given before the event came, on a day that both windows allow to
    compare.
    """

    name: str
    catalysts: int
    moved: int
    kinds: Mapping[str, int]
    shifts: tuple[int, ...]
    timed: int
    first: int
    last: int

    @property
    def moves(self) -> int:
        """The number of moves of any kind."""
        return sum(self.kinds.values())

    @property
    def median(self) -> float | None:
        """The median slip in days; None of fewer than FEWEST."""
        count = len(self.shifts)
        return (self.shifts[(count - 1) // 2] + self.shifts[count // 2]) / 2 if count >= FEWEST else None


def tally(name: str, found: Iterable[Ledger]) -> SlipTally:
    """Count some ledgers."""
    every = list(found)
    moves = [each.move for ledger in every for each in ledger.moves]
    kinds = Counter(each.kind for each in moves)
    shifts = sorted(each.end_shift for each in moves if each.kind == "slipped" and each.end_shift)
    pairs = [
        (each.against_first, each.against_last) for each in every if each.against_first and each.against_last and _before(each)
    ]
    timed = [(first.kind, last.kind) for first, last in pairs if "unknown" not in (first.kind, last.kind)]
    within = [sum(pair[at] == "within" for pair in timed) for at in (0, 1)]
    ordered = {kind: kinds[kind] for kind in KINDS if kinds[kind]}
    return SlipTally(name, len(every), sum(bool(each.moves) for each in every), ordered, tuple(shifts), len(timed), *within)


def _before(ledger: Ledger) -> bool:
    """Whether the first guidance was given before the event came: the day of an event, noted afterwards, is none."""
    said, came = ledger.first_said, ledger.catalyst.outcome_on
    return said is not None and said.end is not None and came is not None and came.start is not None and said.end < came.start


def tallies(found: Iterable[Ledger]) -> list[SlipTally]:
    """Count ledgers by sponsor, most moves first, then by name; one name in other letters is the same sponsor."""
    groups: dict[str, list[Ledger]] = {}
    for each in found:
        groups.setdefault(fold(each.program.sponsor or ""), []).append(each)
    counted = [tally(group[0].program.sponsor or "", group) for group in groups.values()]
    return sorted(counted, key=lambda each: (-each.moves, fold(each.name)))


def slips(watchlist: Watchlist) -> list[Slip]:
    """Return every move in the ledgers, in file order; guidance that only repeats the window is no move."""
    return [each for ledger in ledgers(watchlist.programs) for each in ledger.moves]


def _steps(program: Program, catalyst: Catalyst) -> list[Slip]:
    chain: list[Guidance | Catalyst] = [*catalyst.moves, catalyst]
    found = []
    old: Window | None = None
    before = 0
    for place, each in enumerate(chain):
        if each.when is None:
            continue
        if old is not None:
            found.append(Slip(program, catalyst, old, each.when, each.said, each.cite, classify(old, each.when), before))
        old, before = each.when, place
    return found
