"""Edit target under the cursor: a fact, a record, or a list of records."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import PathError, joined, raw_path, split
from cartwatch.domain import record_lists
from cartwatch.domain.difference import record_names
from cartwatch.domain.fields import Fact, facts, kind_of
from cartwatch.domain.program import root
from cartwatch.domain.provenance import Provenance, provenance
from cartwatch.domain.record_lists import lists
from cartwatch.session.changes import ChangeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session

__all__ = [
    "Target",
    "behind",
    "cited_place",
    "lists_of_pane",
    "pane_of",
    "raw_program",
    "record_at",
    "record_title",
    "target",
    "value_at",
    "whole_record",
]


@dataclass(frozen=True, slots=True)
class Target:
    """A fact, record or list that can be edited.

    `base` is the path of the record that has a form ("" is the program itself), `record` its declaration, `steps` lead from
    it to the target; `fact` is the field, None for a record or a part of one; `listed` says that `base` is a list.
    """

    base: str
    record: type
    steps: tuple[str, ...] = ()
    fact: Fact | None = None
    listed: bool = False

    @property
    def whole(self) -> bool:
        """Whether the target is a whole record."""
        kind = kind_of(self.record)
        head = kind.titles[0] if self.base and kind is not None and kind.titles else None  # its line represents the record
        return self.fact is None or (len(self.steps) == 1 and self.fact.key == head)


def target(path: str | None) -> Target | None:
    """Find the target of a detail line's path; None if it leads to nothing declared."""
    if path is None:
        return Target("", root())
    try:
        steps = split(path)
    except PathError:
        return None
    base: tuple[str, ...] = ()
    record: type = root()
    inner: type = root()
    within: type = root()
    at = 0
    while at < len(steps):
        fact = facts(within).get(steps[at])
        if fact is None:
            return None
        at += 1
        if fact.names is not None and at < len(steps):
            base, record, inner, within = steps[:at], fact.names, fact.names, fact.names
            continue
        if fact.record is None:
            return Target(joined(base) if base else "", record, steps[len(base) : at], fact)
        within = fact.record
        own = inner is record and (fact.kind == "record" and record is root())
        is_list = fact.kind == "records" and joined(steps[:at] if not base else (*base, steps[at - 1])) in lists()
        if is_list and at == len(steps):
            return Target(joined(steps[:at]), fact.record, listed=True)
        if fact.kind == "records" and at < len(steps):
            at += 1
        if own or is_list:
            base, record, inner = steps[:at], fact.record, fact.record
        else:
            inner = within
    return Target(joined(base) if base else "", record, steps[len(base) :])


def whole_record(path: str | None) -> str:
    """Return the path of the record that a line belongs to; "" is the program itself."""
    found = target(path)
    return found.base if found is not None and not found.listed else ""


def record_at(raw: Mapping[str, Any], base: str) -> Any:
    """Return the raw table at the path of a record, or None. Raises PathError."""
    here: Any = raw
    for step in raw_path(raw, base) if base else ():
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return here


def value_at(record: Any, steps: Sequence[str]) -> Any:
    """Return the raw value some steps below a record, with list items counted from 1; None if there is none."""
    here = record
    for step in steps:
        if isinstance(here, list):
            at = int(step) - 1 if step.isdigit() else -1
            here = here[at] if 0 <= at < len(here) else None
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return here


def record_title(label: str, base: str, raw: Any) -> str:
    """Name a record for a title: `lasme-cel · catalyst · First interim analysis`."""
    if not base:
        return label
    steps = split(base)
    kind = lists().get(joined(steps[:-1])) if len(steps) > 1 else None
    held = raw if isinstance(raw, dict) else {}
    own = next((held[key] for key in (kind.titles if kind is not None else ()) if _text(held.get(key))), "")
    return " · ".join(each for each in (label, kind.label if kind is not None else steps[-1], str(own)) if each)


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def pane_of(path: str) -> str:
    """Return the pane that shows a fact."""
    return record_lists.pane_of(_steps(path))


def lists_of_pane(pane: str, path: str | None) -> tuple[str, ...]:
    """Return the lists for a new record: that of the line at a path, else all lists of the pane."""
    return record_lists.lists_of_pane(pane, _steps(path or ""))


def _steps(path: str) -> tuple[str, ...]:
    try:
        return split(path) if path else ()
    except PathError:
        return ()


def raw_program(session: Session, key: str) -> Mapping[str, Any]:
    """Return the raw data of a program. Raises ChangeError where it is gone."""
    place = session.watchlist.place(key)
    if place is None:
        raise ChangeError(f'there is no program "{key}" any more')
    return session.document.programs[place]


# ---- where a source can stand behind a fact


def cited_place(path: str) -> str | None:
    """Return the fact on a line that can cite a source; None if there is none."""
    found = target(path)
    if found is None or found.listed or found.base.startswith("source") or (found.fact is not None and found.fact.registry):
        return None
    steps = found.steps
    if "cite" not in facts(found.record):
        steps = tuple(each for at, each in enumerate(steps) if not (at and steps[at - 1] == "knockouts"))
    if found.whole and "cite" in facts(found.record):
        steps = () if not (steps and steps[0] == "move") else steps
    if (
        not found.base
        and steps
        and steps[0] in ("id", "name", "short", "aliases", "ticker", "tags", "pinned", "checked", "cite")
    ):
        return None
    if not found.base and not steps:
        return None
    return joined((*(split(found.base) if found.base else ()), *steps))


def behind(program: Program, path: str) -> Provenance:
    """Return the provenance of a fact."""
    return provenance(program, path, _holder(program, path))


def _holder(program: Program, path: str) -> Any:
    """Return the innermost record of a list around a fact, or at its path, that may cite a source of its own."""
    here: Any = program
    found = None
    for step in split(path):
        if isinstance(here, tuple):
            names = record_names(here)
            at = names.index(step) if step in names else int(step) - 1 if step.isdigit() else -1
            here = here[at] if 0 <= at < len(here) else None
            found = here if hasattr(here, "cite") else found
        else:
            declared: type = type(here)
            fact = facts(declared).get(step) if is_dataclass(here) else None
            here = getattr(here, fact.attribute) if fact is not None else None
    return found
