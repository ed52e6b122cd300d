"""Row order and nearest catalyst, computed over all programs and updated for the changed ones only."""

from __future__ import annotations

from bisect import bisect_left
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from cartwatch.domain.agenda import nearest
from cartwatch.domain.watchlist import Watchlist
from cartwatch.views.columns import compared, ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.filters.parser import Filter
    from cartwatch.domain.program import Program
    from cartwatch.views.look import Look

__all__ = ["RowOrder"]

_FEW = 100  # changed programs up to which each is moved, instead of sorting all again


class RowOrder:
    """Keeps the order of the rows; an edit filters, sorts and searches only the changed programs again.

    If anything counts down to an instant, any row may move with the clock, and the whole order is computed again.
    """

    def __init__(self) -> None:
        self.nearest: Item | None = None
        self.instants: frozenset[str] = frozenset()
        """The keys of the programs with a catalyst at an instant that has no outcome yet."""
        self._of = Watchlist()
        self._day: tuple[Any, ...] = ()
        self._keys: list[str] = []
        self._rows_of = Watchlist()
        self._asked: tuple[Any, ...] = ()
        self._sorted: Sequence[Program] = ()
        self._sorted_of = Watchlist()
        self._sorted_as: tuple[Any, ...] = ()

    def take(self, watchlist: Watchlist, now: datetime) -> None:
        """Take a list as of a moment."""
        before, self._of = self._of, watchlist
        day, self._day = self._day, (now.date(), now.utcoffset())
        changed = changed_places(before, watchlist) if day == self._day and not self.instants else None
        if changed is not None:
            new = [watchlist.programs[place] for place in changed]
            self.instants = _with_instants(new)
            if not self.instants:
                first = nearest(Watchlist(tuple(new)), now)
                gone = self.nearest is not None and any(before.programs[place] is self.nearest.program for place in changed)
                if not gone:
                    self.nearest = min((each for each in (self.nearest, first) if each is not None), key=_order, default=None)
                    return
                if first is not None and self.nearest is not None and first.order <= self.nearest.order:
                    self.nearest = first
                    return
        self.instants = _with_instants(watchlist.programs)
        self.nearest = nearest(watchlist, now)

    def tick(self, now: datetime) -> None:
        """Find the nearest catalyst again if the current one counts down to an instant."""
        if self.nearest is not None and self.nearest.window.instant is not None:
            self.nearest = nearest(self._of, now)

    def keys(self, watchlist: Watchlist, wanted: Filter | None, order: Sequence[tuple[str, bool]], look: Look) -> list[str]:
        """Return the keys of the programs that match a filter, sorted by some columns."""
        asked = (wanted, tuple(order), look.today, look.now.utcoffset(), look.marked, look.ascii)
        before, self._rows_of = self._rows_of, watchlist
        former, self._asked = self._asked, asked
        changed = changed_places(before, watchlist) if former == asked and not self.instants else None
        if changed is None:
            found = self._in_order(watchlist, order, look, asked[1:])
            if wanted is not None:
                from cartwatch.domain.filters.parser import matching

                found = matching(found, wanted, look.now)
            self._keys = [each.key for each in found]
        elif changed:
            self._keys = self._placed(before, watchlist, changed, wanted, order, look)
        return self._keys

    def _in_order(
        self, watchlist: Watchlist, order: Sequence[tuple[str, bool]], look: Look, asked: tuple[Any, ...]
    ) -> Sequence[Program]:
        """Return all programs in order; cached, as each letter of a filter needs them again."""
        if self.instants or asked != self._sorted_as or watchlist.programs is not self._sorted_of.programs:
            self._sorted, self._sorted_of, self._sorted_as = ordered(watchlist.programs, order, look), watchlist, asked
        return self._sorted

    def _placed(
        self,
        before: Watchlist,
        watchlist: Watchlist,
        changed: Sequence[int],
        wanted: Filter | None,
        order: Sequence[tuple[str, bool]],
        look: Look,
    ) -> list[str]:
        gone = {before.programs[place].key for place in changed}
        keys = [each for each in self._keys if each not in gone]
        compare = compared(order, look)

        def by_columns(one: int, other: int) -> int:
            return compare(watchlist.programs[one], watchlist.programs[other]) or one - other

        row_order = cmp_to_key(by_columns)
        for place in changed:
            program = watchlist.programs[place]
            if wanted is None or wanted.matches(program, look.now):
                at = bisect_left(keys, row_order(place), key=lambda key: row_order(watchlist.place(key) or 0))
                keys.insert(at, program.key)
        return keys


def changed_places(before: Watchlist, after: Watchlist) -> list[int] | None:
    """Return the places where two lists of the same length differ; None if there are more than a few."""
    if len(before) != len(after):
        return None
    if before.programs is after.programs:
        return []
    pairs = enumerate(zip(before.programs, after.programs, strict=True))
    changed = [place for place, (one, other) in pairs if one is not other]
    return changed if len(changed) <= _FEW else None


def _with_instants(programs: Iterable[Program]) -> frozenset[str]:
    return frozenset(
        program.key
        for program in programs
        for each in program.catalysts
        if each.when is not None and each.when.instant is not None and not each.closed
    )


def _order(item: Item) -> tuple[int | str, ...]:
    return item.order
