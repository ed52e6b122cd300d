"""The facts of a program that a source can stand behind, and how one is written on a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.domain.difference import below, record_names
from cartwatch.domain.fields import facts
from cartwatch.domain.mechanism import Mechanism
from cartwatch.domain.provenance import provenance
from cartwatch.domain.safety import RISKS

from .lines import Line, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartwatch.domain.program import Program

    from .look import Look

__all__ = ["Stated", "absent", "cited", "line", "not_reported", "stated", "unverified"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the file states: its path, and the record whose own `cite` may serve it."""

    path: str
    record: Any = None


def stated(program: Program) -> Iterator[Stated]:
    """Every fact that a source should stand behind, a record of a list counting as one.

    A catalyst counts for its guidance, once more for its outcome and for each move of the ledger. Names, tags, notes and what
    a registry refresh wrote are none.
    """
    for name in ("sponsor", "indications", "phase"):
        if getattr(program, name):
            yield Stated(name)
    if program.mechanism is not None:
        for key, each in facts(Mechanism).items():
            if getattr(program.mechanism, each.attribute):
                yield Stated(f"mechanism.{key}")
    yield from _safety(program)
    for place, designation in enumerate(program.designations):
        yield Stated(f"designation.{place + 1}", designation)
    for catalyst in program.catalysts:
        base = below("catalyst", catalyst.key)
        if catalyst.when is not None:
            yield Stated(f"{base}.when", catalyst)
        if catalyst.outcome:
            yield Stated(f"{base}.outcome", catalyst)
        for place, move in enumerate(catalyst.moves):
            yield Stated(f"{base}.move.{place + 1}", move)
    for name, trial in zip(record_names(program.trials), program.trials, strict=True):
        yield Stated(below("trial", name), trial)


def _safety(program: Program) -> Iterator[Stated]:
    safety = program.safety
    if safety is None:
        return
    for name in ("summary", "boxed_warning", "rems"):
        if getattr(safety, name):
            yield Stated(f"safety.{name}")
    for risk in RISKS:
        said = getattr(safety, risk)
        for name in ("note", "mitigation"):
            if said is not None and getattr(said, name):
                yield Stated(f"safety.{risk}.{name}")
    for place, report in enumerate(safety.reports):
        yield Stated(f"safety.report.{place + 1}", report)


def unverified(program: Program) -> tuple[str, ...]:
    """The paths of the facts whose sources nobody has read, or that name none."""
    return tuple(each.path for each in stated(program) if not provenance(program, each.path, each.record).verified)


def cited(program: Program, look: Look, path: str, text: str, role: str = "", record: object = None) -> tuple[Run, ...]:
    """A fact with the sign of an unread source behind it, where that is so."""
    verified = provenance(program, path, record).verified
    return (Run(text, role),) if verified else (Run(text, role), look.unverified)


def absent(look: Look) -> tuple[Run, ...]:
    """What a table shows where nothing is reported."""
    return (Run(look.glyphs.absent, "quiet"),)


def not_reported(path: str, label: str, indent: int = 0) -> Line:
    """What a pane shows where nothing is reported."""
    return Line((Run("not reported", "quiet"),), label, path, indent)


def line(
    program: Program, look: Look, path: str, label: str, text: str | None, *, record: object = None, indent: int = 0
) -> Line:
    """A labelled fact of a pane, or "not reported"."""
    if not text:
        return not_reported(path, label, indent)
    return Line(cited(program, look, path, text, record=record), label, path, indent)
