"""Builds the edits that set the source of a fact, and those that remove an outdated source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Delete, Edit, Set
from cartwatch.document.paths import joined, split
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.domain.fields import Fact

__all__ = ["at", "cite_edits", "forget_outcome", "uncite_edits"]

_OUTCOME = ("outcome", "outcome_on")


def cite_edits(record: Mapping[str, Any], place: int, path: str, where: Sequence[str | int], cite: str) -> tuple[Edit, ...]:
    """Return the edits that cite a source: in the record's own `cite`, else in the program's table of sources."""
    base = ("program", place)
    holder = _holder(record, where)
    named = _named(record)
    if holder is not None:
        said = at(record, (*holder, "cite"))
        if said is None or where[-1] in ("when", "event") or len(where) == len(holder) or said == cite:
            taken_away = (Delete((*base, "cite", path)),) if named.get(path) == [] else ()
            return (*taken_away, *(() if said == cite else (Set((*base, *holder, "cite"), cite),)))
    return () if named.get(path) == cite else (Set((*base, "cite", path), cite),)


def uncite_edits(
    record: Mapping[str, Any], place: int, path: str, where: Sequence[str | int], declared: Fact | None
) -> list[Edit]:
    """Remove the old source of a fact that gets another value: it is not known to support the new one.

    A data set, a designation or a trial counts as one fact; of a catalyst the guidance and the outcome count. A fact covered
    by the source of something above it gets an empty list of sources of its own.
    """
    if declared is None or not declared.sourced or declared.kind in ("cites", "map", "id") or where[0] in ("source", "cite"):
        return []
    base, named, holder, steps = ("program", place), _named(record), _holder(record, where), split(path)
    if holder is None:
        return _without(base, named, path, covered=any(joined(steps[:depth]) in named for depth in range(1, len(steps))))
    own = at(record, (*holder, "cite"))
    drop: list[Edit] = [Delete((*base, *holder, "cite"))] if own is not None else []
    if where[0] == "catalyst" and len(where) == 3:
        outcome = joined((*steps[:2], "outcome"))
        if where[2] in _OUTCOME:
            return _without(base, named, outcome, covered=own is not None)
        if where[2] != "when":
            return []
        if drop and at(record, (*holder, "outcome")) is not None and outcome not in named:
            drop.append(Set((*base, "cite", outcome), own))  # the outcome has not changed
        return [*_without(base, named, path, covered=False), *drop]
    unit = joined(steps[: len(holder)])
    above = any(joined(steps[:depth]) in named for depth in range(1, len(holder)))
    return [*_without(base, named, unit, covered=above), *drop]


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
    nested = len(steps) > 1 and isinstance(at(named, steps), str | list)  # written without quotes, as tables
    return [Delete((*base, "cite", *steps))] if nested else []


def _named(record: Mapping[str, Any]) -> Mapping[str, Any]:
    named = record.get("cite")
    return named if isinstance(named, dict) else {}


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
