"""Facts of a program that need a source, and how a fact is written on a line."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import split
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.description import inside
from cartwatch.domain.difference import below, described, record_names
from cartwatch.domain.fields import facts
from cartwatch.domain.provenance import provenance

from .lines import Line, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartwatch.domain.program import Program

    from .look import Look

__all__ = [
    "Stated",
    "absent",
    "cited",
    "fact_name",
    "line",
    "not_reported",
    "stated",
    "unread_runs",
    "unread_words",
    "unverified",
]


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the file states: its path, and the record whose own `cite` may apply to it."""

    path: str
    record: Any = None


def stated(program: Program) -> Iterator[Stated]:
    """List every fact that needs a source; a record of a list counts as one.

    A catalyst counts once for its guidance, its outcome and each earlier guidance. Names, tags, notes and what
    a registry refresh wrote need none.
    """
    yield from _stated(program, "")


def _stated(record: Any, path: str) -> Iterator[Stated]:
    declared: type = type(record)
    for key, fact in facts(declared).items():
        value = getattr(record, fact.attribute)
        if not value or not fact.sourced or fact.registry or fact.kind in ("map", "cites"):
            continue
        place = f"{path}{key}"
        if fact.kind == "record":
            yield from _stated(value, f"{place}.")
        elif fact.kind == "records" and hasattr(fact.record, "cite"):
            for each, name in zip(value, record_names(value), strict=True):
                here = below(place, name)
                yield from _catalyst(each, here) if isinstance(each, Catalyst) else (Stated(here, each),)
        else:
            yield Stated(place)


def _catalyst(catalyst: Catalyst, path: str) -> Iterator[Stated]:
    if catalyst.when is not None:
        yield Stated(f"{path}.when", catalyst)
    if catalyst.outcome:
        yield Stated(f"{path}.outcome", catalyst)
    for place, move in enumerate(catalyst.moves):
        yield Stated(f"{path}.move.{place + 1}", move)


def fact_name(program: Program, path: str) -> str:
    """Name a fact by the record it is in and its field: `First interim analysis: when`; the path as it is if that is gone."""
    said: list[str] = []
    record: Any = program
    steps = list(split(path))
    while steps:
        declared: type = type(record)
        fact = facts(declared).get(steps.pop(0)) if is_dataclass(record) else None
        value = getattr(record, fact.attribute) if fact is not None else None
        if fact is None or value is None:
            return path
        record = value
        if fact.kind == "records" and steps:
            record = dict(zip(record_names(value), value, strict=True)).get(steps.pop(0))
            said.append(described(record) if record is not None else fact.label)
        elif fact.kind != "record" or not steps:
            said.append(inside(fact))
    return ": ".join(said)


def unverified(program: Program) -> tuple[str, ...]:
    """List the paths of facts that cite no source, or one that is not checked."""
    return tuple(each.path for each in stated(program) if not provenance(program, each.path, each.record).verified)


def cited(program: Program, look: Look, path: str, text: str, role: str = "", record: object = None) -> tuple[Run, ...]:
    """Build the runs of a fact, with the sign for an unchecked source where needed."""
    verified = provenance(program, path, record).verified
    return (Run(text, role),) if verified else (Run(text, role), look.unverified)


def absent(look: Look, program: Program | None = None, path: str = "") -> tuple[Run, ...]:
    """Build the cell of a fact without a value: a dash, or the text of an unreadable value."""
    words = unread_words(program, path) if program is not None else None
    return (Run(words, "unread"),) if words else (Run(look.glyphs.absent, "quiet"),)


def unread_words(program: Program, path: str) -> str | None:
    """Return the text of an unreadable value at this path or below it."""
    found = [words for at, words in program.unread if at == path or at.startswith(f"{path}.")]
    return ", ".join(found) or None


def unread_runs(program: Program, path: str) -> tuple[Run, ...] | None:
    """Build the runs of an unreadable value; None if there is none."""
    words = unread_words(program, path)
    return (Run(words, "unread"), Run(" (not readable)", "unread")) if words else None


def not_reported(path: str, label: str, indent: int = 0, program: Program | None = None) -> Line:
    """Build the line of a fact without a value: "not reported", or the text of an unreadable value."""
    runs = unread_runs(program, path) if program is not None else None
    return Line(runs or (Run("not reported", "quiet"),), label, path, indent)


def line(
    program: Program, look: Look, path: str, label: str, text: str | None, *, record: object = None, indent: int = 0
) -> Line:
    """Build the labelled line of a fact, or "not reported"."""
    if not text:
        return not_reported(path, label, indent, program)
    return Line(cited(program, look, path, text, record=record), label, path, indent)
