"""Display state: sort, columns, pane and cursor of a watchlist, kept between runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cartwatch.views.columns import DEFAULT
from cartwatch.views.columns import columns as every_column
from cartwatch.views.panes import PANES

__all__ = ["AGENDA", "FIXED", "Display", "SortOrder", "also", "only"]

SortOrder = tuple[tuple[str, bool], ...]  # (column key, descending), the most important first
AGENDA: SortOrder = (("countdown", False),)
FIXED = ("mark", "program")  # columns that are always shown, and first


def only(order: SortOrder, key: str) -> SortOrder:
    """Sort by one column; if that is the order already, reverse it."""
    return ((key, not order[0][1]),) if len(order) == 1 and order[0][0] == key else ((key, False),)


def also(order: SortOrder, key: str) -> SortOrder:
    """Cycle a column as last sort key: added, reversed, removed."""
    for at, (each, descending) in enumerate(order):
        if each == key:
            if not descending:
                return (*order[:at], (key, True), *order[at + 1 :])
            return (*order[:at], *order[at + 1 :]) or AGENDA
    return (*order, (key, False))


@dataclass(slots=True)
class Display:
    """The display state of one watchlist. `program` is the key under the cursor; `query` the active filter."""

    sort: SortOrder = AGENDA
    columns: tuple[str, ...] = DEFAULT
    group: str = ""  # the column that the rows are grouped by
    pane: str = PANES[0][0]
    program: str | None = None
    query: str = ""
    last_query: str = ""
    visited: datetime | None = None  # changes since then are unread
    recent: tuple[str, ...] = ()  # sources of imports, the last one first
    edited: tuple[str, ...] = ()  # paths of edited fields, the last one first
    marked: frozenset[str] = field(default_factory=frozenset)  # not kept

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Display:
        """Load the stored display state; invalid values are left out."""
        known = {each.key for each in every_column()}
        sort = tuple(
            (each[1:], True) if each.startswith("-") else (each, False)
            for each in _texts(kept.get("sort"))
            if each.removeprefix("-") in known
        )
        columns = tuple(dict.fromkeys(each for each in _texts(kept.get("columns")) if each in known))
        pane, visited = kept.get("pane"), kept.get("visited")
        program, query, group = kept.get("program"), kept.get("query"), kept.get("group")
        return cls(
            sort=sort or AGENDA,
            columns=(*FIXED, *(each for each in columns if each not in FIXED)) if columns else DEFAULT,
            group=group if isinstance(group, str) and group in known else "",
            pane=pane if isinstance(pane, str) and pane in dict(PANES) else PANES[0][0],
            program=program if isinstance(program, str) else None,
            query=query if isinstance(query, str) else "",
            last_query=query if isinstance(query, str) else "",
            visited=visited if isinstance(visited, datetime) and visited.tzinfo is not None else None,
            recent=tuple(_texts(kept.get("recent"))),
            edited=tuple(_texts(kept.get("edited"))),
        )

    def kept(self, now: datetime) -> dict[str, Any]:
        """Return the plain values to store. A first visit, ending `now`, leaves nothing unread."""
        found: dict[str, Any] = {
            "sort": [f"-{key}" if descending else key for key, descending in self.sort],
            "columns": list(self.columns),
            "pane": self.pane,
            "visited": self.visited or now,
        }
        if self.program is not None:
            found["program"] = self.program
        if self.group:
            found["group"] = self.group
        if self.query:
            found["query"] = self.query
        if self.recent:
            found["recent"] = list(self.recent)
        if self.edited:
            found["edited"] = list(self.edited)
        return found


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
