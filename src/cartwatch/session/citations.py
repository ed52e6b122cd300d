"""Builds the edits that set the source of a fact, and those that remove an outdated source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Delete, Edit, Set
from cartwatch.document.paths import declaration, joined, split
from cartwatch.domain.cites import is_cite
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root
from cartwatch.domain.record_lists import inline_lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["at", "cite_edits", "cited_unit", "forget_outcome", "keep_edits", "uncite_edits", "unlent"]

_OUTCOME = ("outcome", "outcome_on")


def cited_unit(path: str) -> str | None:
    """Return the path of what is sourced as one with a fact: itself, its list, or its record; None for a fact without source.

    A data set, a designation or a trial counts as one fact; of a catalyst the guidance and the outcome count.
    """
    declared, steps = declaration(path), split(path)
    if declared is None and len(steps) > 1 and steps[-2] in inline_lists():
        declared = declaration(joined(steps[:-1]))
    if declared is None or not declared.sourced or declared.kind in ("cites", "map", "id") or steps[0] in ("source", "cite"):
        return None
    depth = _holding(steps)
    if depth and steps[0] == "catalyst" and len(steps) == 3:
        return joined((*steps[:2], "outcome")) if steps[2] in _OUTCOME else path if steps[2] == "when" else None
    listed = next((place for place, step in enumerate(steps, 1) if step in inline_lists()), len(steps))
    return joined(steps[: depth or listed])


def cite_edits(record: Mapping[str, Any], place: int, path: str, where: Sequence[str | int], cite: Any) -> tuple[Edit, ...]:
    """Return the edits that cite a source: in the record's own `cite`, else in the program's table of sources.

    The own `cite` of a catalyst is of its guidance only.
    """
    base = ("program", place)
    holder = _holder(record, where)
    named = _named(record)
    if holder is not None:
        said = at(record, (*holder, "cite"))
        guidance = where[-1] in ("when", "event") or len(where) == len(holder)
        if guidance or (said in (None, cite) and holder[0] != "catalyst"):
            if guidance and path.endswith(".when") and _earlier(record, holder) == cite:
                return () if named.get(path) == cite else (Set((*base, "cite", path), cite),)
            taken_away = (Delete((*base, "cite", path)),) if path in named else ()
            return (*taken_away, *(() if said == cite else (Set((*base, *holder, "cite"), cite),)))
    return () if named.get(path) == cite else (Set((*base, "cite", path), cite),)


def keep_edits(record: Mapping[str, Any], place: int, path: str, where: Sequence[str | int]) -> tuple[Edit, ...]:
    """Return the edits by which the old source of a fact stands behind its new value too.

    Only guidance whose source is that of the earlier guidance needs one.
    """
    holder = _holder(record, where)
    own = at(record, (*holder, "cite")) if holder is not None else None
    known = own is None or path in _named(record) or not path.endswith(".when")
    return () if known else cite_edits(record, place, path, where, own)


def _earlier(record: Mapping[str, Any], holder: tuple[str | int, ...]) -> Any:
    """Return the source of the last guidance in a catalyst's ledger."""
    moves = at(record, (*holder, "move"))
    last = moves[-1] if isinstance(moves, list) and moves else None
    return last.get("cite") if isinstance(last, dict) else None


def uncite_edits(record: Mapping[str, Any], place: int, path: str, where: Sequence[str | int]) -> list[Edit]:
    """Remove the old source of a fact that gets another value: it is not known to support the new one.

    What is covered by the source of something above it gets an empty list of sources of its own.
    """
    unit = cited_unit(path)
    if unit is None:
        return []
    base, named, holder, steps = ("program", place), _named(record), _holder(record, where), split(unit)
    above = any(joined(steps[:depth]) in named for depth in range(1, len(steps)))
    if holder is None:
        return _without(base, named, unit, covered=above)
    own = at(record, (*holder, "cite"))
    drop: list[Edit] = [Delete((*base, *holder, "cite"))] if own is not None else []
    outcome = joined((*steps[:2], "outcome"))
    if unit == outcome:
        return _without(base, named, unit, covered=own is not None or above)
    if drop and unit == joined((*steps[:2], "when")) and at(record, (*holder, "outcome")) is not None and outcome not in named:
        drop.append(Set((*base, "cite", outcome), own))  # the outcome has not changed
    return [*_without(base, named, unit, covered=above), *drop]


def unlent(record: Mapping[str, Any], place: int, path: str, written: Mapping[str, Any]) -> list[Edit]:
    """Keep a new record without a source of its own from showing the source of the list that it joins."""
    steps, named = split(path), _named(record)
    above = any(joined(steps[:depth]) in named for depth in range(1, len(steps)))
    return _without(("program", place), named, path, covered=True) if above and "cite" not in written else []


def forget_outcome(record: Mapping[str, Any], place: int, catalyst: str) -> list[Edit]:
    """Remove the source of an outcome that is removed."""
    return _without(("program", place), _named(record), joined(("catalyst", catalyst, "outcome")), covered=False)


def _without(base: tuple[str | int, ...], named: Mapping[str, Any], path: str, *, covered: bool) -> list[Edit]:
    """Return the edits of the table of sources after which a path has no source."""
    steps = split(path)
    if covered:
        return [] if named.get(path) == [] else [Set((*base, "cite", path), [])]
    if path in named:
        return [Delete((*base, "cite") if len(named) == 1 else (*base, "cite", path))]
    held = at(named, steps) if len(steps) > 1 else None  # a path without quotes makes tables
    return [Delete((*base, "cite", *steps))] if isinstance(held, str | list) or is_cite(held) else []


def _named(record: Mapping[str, Any]) -> Mapping[str, Any]:
    named = record.get("cite")
    return named if isinstance(named, dict) else {}


def _holding(steps: Sequence[str]) -> int:
    """Return how many steps lead to the record around a path that has its own `cite`; 0 if there is none."""
    kind: type | None = root()
    found, depth = 0, 0
    while depth < len(steps):
        declared = facts(kind).get(steps[depth]) if kind is not None else None
        kind, depth = (declared.record if declared is not None else None), depth + 1
        if declared is not None and declared.kind == "records" and depth < len(steps):
            depth += 1
            found = depth if kind is not None and "cite" in facts(kind) else found
    return found


def _holder(record: Mapping[str, Any], where: Sequence[str | int]) -> tuple[str | int, ...] | None:
    """Return the record around a place that has its own `cite`: a catalyst, a report, a designation, a trial."""
    kind: type | None = root()
    found = None
    for depth, step in enumerate(where):
        if isinstance(step, int):
            if kind is not None and "cite" in facts(kind):
                found = tuple(where[: depth + 1])
        else:
            declared = facts(kind).get(step) if kind is not None else None
            kind = declared.record if declared is not None else None
    return found


def at(record: Any, where: Sequence[str | int]) -> Any:
    """Return the value at a raw path of plain data; None if there is none."""
    here = record
    for step in where:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return here
