"""Lists of records below a program, from the declarations: paths, kinds and panes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from .fields import facts, kind_of, walk
from .program import root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .fields import Fact, RecordKind

__all__ = ["counted_records", "inline_lists", "lists", "lists_of_pane", "pane_below", "pane_of", "records_at"]

_FIRST = "overview"  # the pane of a kind or field that names none


def lists() -> Mapping[str, RecordKind]:
    """Return the kinds whose records have a form of their own, by the path of their list, as in `safety.report`."""
    return _lists(root())


@cache
def _lists(program: type) -> Mapping[str, RecordKind]:
    return {path: kind for path, kind in _kinds(program).items() if not kind.inline}


def inline_lists() -> Mapping[str, RecordKind]:
    """Return the kinds written and edited inside the record around them, by the key of their list."""
    return _inline_lists(root())


@cache
def _inline_lists(program: type) -> Mapping[str, RecordKind]:
    return {kind.key: kind for kind in _kinds(program).values() if kind.inline}


@cache
def _kinds(program: type) -> dict[str, RecordKind]:
    found = ((".".join(path), kind_of(fact.record)) for path, fact in walk(program) if fact.kind == "records")
    return {path: kind for path, kind in found if kind is not None}


def records_at(program: Any, path: str) -> tuple[Any, ...]:
    """Return the records of one of the lists."""
    here = program
    for step in path.split("."):
        declared: type = type(here)
        here = getattr(here, facts(declared)[step].attribute) if here is not None else None
    return here or ()


def counted_records(program: Any) -> list[str]:
    """Count the records of each kind in a program: `2 data sets`, `1 catalyst`; kinds without records are left out."""
    counts = ((len(records_at(program, path)), kind) for path, kind in lists().items())
    return [f"{count} {kind.label if count == 1 else kind.plural}" for count, kind in counts if count]


def pane_of(steps: Sequence[str]) -> str:
    """Return the pane of the keys of a path: that of the innermost kind or field that names one."""
    pane, record = _FIRST, root()
    for step in steps:
        fact = facts(record).get(step)
        if fact is not None:
            pane = pane_below(fact, pane)
            record = fact.record or record
    return pane


def pane_below(fact: Fact, around: str) -> str:
    """Return the pane of a field, or of the records in it, inside a record that the pane `around` shows."""
    kind = kind_of(fact.record)
    return fact.pane or (kind.pane if kind is not None else "") or around


def lists_of_pane(pane: str, steps: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the lists that a new record of a pane may go to: the one `steps` lead into if the pane shows it, else all."""
    shown = _by_pane(root()).get(pane, ())
    inside = (each for each in shown if tuple(each.split(".")) == tuple(steps)[: each.count(".") + 1])
    return next(((each,) for each in inside), tuple(shown))


@cache
def _by_pane(program: type) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, kind in _lists(program).items():
        found.setdefault(kind.pane or _FIRST, []).append(path)
    for path, kind in _kinds(program).items():  # the pane of small records adds to the list that they are in
        around = next((each for each in _lists(program) if path.startswith(f"{each}.")), None)
        if kind.inline and kind.pane and around is not None and kind.pane not in found:
            found[kind.pane] = [around]
    return found
