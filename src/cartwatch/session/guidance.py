"""Builds the edits for new guidance, with the slip ledger, and for the outcome of a catalyst."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from cartwatch.document.edits import Add, Delete, Edit, Set
from cartwatch.document.paths import PathError, item_names, joined, raw_path
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.parser import read_window

from .changes import ChangeError, NothingToDo, PlannedChange, id_edits, place_of, shown_value
from .citations import cite_edits, forget_outcome, uncite_edits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

__all__ = ["new_guidance", "resolve"]


def new_guidance(
    document: Document,
    watchlist: Watchlist,
    key: str,
    catalyst: str,
    when: str | date | datetime,
    *,
    today: date,
    said: date | str | None = None,
    cite: Any = None,
) -> PlannedChange:
    """Set new guidance; the old one goes to the slip ledger, with the day it was said and its source.

    Without `said`, today is written only if the words count from it, or if the old guidance had a day, which
    would be false of the new. Raises ChangeError.
    """
    place, at_place, record, label = _catalyst(document, watchlist, key, catalyst)
    old = record.get("when")
    if old == when and type(old) is type(when):
        raise NothingToDo(f"{label}: {record.get('event') or catalyst} is already guided for {shown_value(when)}")
    base = ("program", place, "catalyst", at_place)
    name = item_names(Catalyst, document.programs[place].get("catalyst", []))[at_place]
    path = joined(("catalyst", name, "when"))
    earlier = {name: record[name] for name in ("when", "said", "cite") if name in record}
    named = document.programs[place].get("cite")
    if isinstance(named, dict) and path in named and named[path]:
        earlier["cite"] = named[path]
    edits: list[Edit] = [*id_edits(document, watchlist, place, base[2:]), Set((*base, "when"), when)]
    if said is None and ("said" in record or (isinstance(when, str) and _counts_from_said(when, today))):
        said = today
    if said is not None and record.get("said") != said:
        edits.append(Set((*base, "said"), said))
    where = ("catalyst", at_place, "when")
    if cite is not None and cite == earlier.get("cite"):
        edits += [] if isinstance(named, dict) and named.get(path) == cite else [Set(("program", place, "cite", path), cite)]
    elif cite is not None:
        edits += cite_edits(document.programs[place], place, path, where, cite)
    else:
        edits += uncite_edits(document.programs[place], place, path, where)
    if "when" in earlier:
        edits.append(Add((*base, "move"), earlier))
    words = f"window of {label} {name} {shown_value(old)} → {shown_value(when)}"
    return PlannedChange(tuple(edits), words, key, path)


def _counts_from_said(when: str, today: date) -> bool:
    """Whether a phrase means other days when it is said on another day."""
    window, unsaid = read_window(when, today, today), read_window(when, None, today)
    return window.relative or unsaid.relative or (window.start, window.end) != (unsaid.start, unsaid.end)


def resolve(
    document: Document,
    watchlist: Watchlist,
    key: str,
    catalyst: str,
    outcome: str | None,
    *,
    on: date | str | None = None,
    cite: Any = None,
    note: str | None = None,
) -> PlannedChange:
    """Record the outcome of a catalyst; None removes it. Raises ChangeError."""
    place, at_place, record, label = _catalyst(document, watchlist, key, catalyst)
    base = ("program", place, "catalyst", at_place)
    name = item_names(Catalyst, document.programs[place].get("catalyst", []))[at_place]
    edits: list[Edit] = []
    if outcome is None:
        edits += [Delete((*base, each)) for each in ("outcome_on", "outcome") if each in record]
        edits += forget_outcome(document.programs[place], place, name)
        words = f"{label}: {name} is open again"
    else:
        edits.append(Set((*base, "outcome"), outcome))
        if on is not None:
            edits.append(Set((*base, "outcome_on"), on))
        if note is not None:
            edits.append(Set((*base, "note"), note))
        path = joined(("catalyst", name, "outcome"))
        if cite is not None:
            edits.append(Set(("program", place, "cite", path), cite))
        elif record.get("outcome") != outcome:
            where = ("catalyst", at_place, "outcome")
            edits += uncite_edits(document.programs[place], place, path, where)
        words = f"{label}: {name} {outcome}" + (f" on {shown_value(on)}" if on is not None else "")
    if not edits:
        raise ChangeError(f"{label}: {name} has no outcome to remove")
    return PlannedChange(
        (*id_edits(document, watchlist, place, base[2:]), *edits), words, key, joined(("catalyst", name, "outcome"))
    )


def _catalyst(document: Document, watchlist: Watchlist, key: str, catalyst: str) -> tuple[int, int, Mapping[str, Any], str]:
    place = place_of(watchlist, key)
    label = watchlist.programs[place].label
    items = document.programs[place].get("catalyst", [])
    if not isinstance(items, list) or not items:
        raise ChangeError(f"{label} has no catalysts yet: add one")
    try:
        found = raw_path(document.programs[place], joined(("catalyst", catalyst, "when")))[1]
    except PathError as wrong:
        raise ChangeError(f"{label}: {wrong}") from None
    assert isinstance(found, int)
    if not isinstance(items[found], dict):
        raise ChangeError(f"{label}: catalyst {catalyst} is not a table in the file; fix it there first")
    return place, found, items[found], label
