"""Panes of a program: everything known of it, as lines for the app and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.difference import below, record_names
from cartwatch.domain.mechanism import Mechanism
from cartwatch.domain.provenance import provenance

from .catalysts import catalysts
from .facts import fact_name, line, not_reported, stated
from .lines import Line, Pane, Run
from .other_fields import other_fields
from .overview import overview
from .safety import safety
from .trials import trials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.program import Program, Source

    from .journaled import Told
    from .look import Look

__all__ = ["PANES", "pane", "panes"]

PANES: tuple[tuple[str, str], ...] = (
    ("overview", "Overview"),
    ("mechanism", "Mechanism"),
    ("safety", "Safety"),
    ("catalysts", "Catalysts"),
    ("trials", "Trials"),
    ("sources", "Sources"),
    ("notes", "Notes"),
    ("history", "History"),
)
"""Key and title of every pane, in their order."""


def panes(program: Program, look: Look) -> tuple[Pane, ...]:
    """Build every pane of a program."""
    return tuple(pane(key, program, look) for key, _ in PANES)


def pane(key: str, program: Program, look: Look) -> Pane:
    """Build one pane of a program by its key. Raises KeyError for an unknown key."""
    lines = (*_WRITERS[key](program, look), *other_fields(key, program, look))
    return Pane(key, dict(PANES)[key], lines, _mark(key, program, look))


def _mark(key: str, program: Program, look: Look) -> str:
    counts = {
        "catalysts": sum(not each.closed for each in program.catalysts),
        "trials": len(program.trials),
        "sources": len(program.sources),
        "history": _count_of_history(program, look) if key == "history" else 0,
    }
    return str(counts[key]) if counts.get(key) else ""


def _mechanism(program: Program, look: Look) -> tuple[Line, ...]:
    known = program.mechanism or Mechanism()
    out = [_summary(program, look, known.summary)]
    for key, label in _PARTS:
        value = getattr(known, key)
        text = ", ".join(value) if isinstance(value, tuple) else value
        each = line(program, look, f"mechanism.{key}", label, text)
        out.append(each if key != "modality" else Line(each.runs, each.label, each.path, rule=True))
        if key == "editing":
            out += _knockouts(program, look, known)
    return tuple(out)


_PARTS = (
    ("modality", "Modality"),
    ("source", "Cell source"),
    ("cell", "Cell"),
    ("targets", "Targets"),
    ("binder", "Binder"),
    ("costimulation", "Costimulation"),
    ("vector", "Vector"),
    ("editing", "Editing"),
    ("switch", "Safety switch"),
    ("lymphodepletion", "Lymphodepletion"),
)


def _summary(program: Program, look: Look, summary: str | None) -> Line:
    if not summary:
        return not_reported("mechanism.summary", "Summary", program=program)
    verified = provenance(program, "mechanism.summary").verified
    runs = (Run(summary, "prose"),)
    return Line(runs if verified else (*runs, look.unverified), path="mechanism.summary")


def _knockouts(program: Program, look: Look, known: Mechanism) -> list[Line]:
    if known.knockouts is None:
        return [not_reported("mechanism.knockouts", "Knock-outs", program=program)]
    if not known.knockouts:
        return [line(program, look, "mechanism.knockouts", "Knock-outs", "none")]
    out = []
    for place, each in enumerate(known.knockouts):
        path = f"mechanism.knockouts.{place + 1}"
        gene = line(program, look, path, "Knock-outs" if place == 0 else "", each.gene, record=each)
        why = Run(f"  {each.why}") if each.why else Run("  purpose not stated", "quiet")
        out.append(Line((*gene.runs, why), gene.label, path))
    return out


def _sources(program: Program, look: Look) -> tuple[Line, ...]:
    if not program.sources:
        return (Line((Run("No source is listed: every fact is unverified.", "quiet"),), path="source"),)
    facts: dict[str, list[tuple[str, str]]] = {}  # by source: the path of each fact that cites it, and its quote
    for fact in stated(program):
        for cite in provenance(program, fact.path, fact.record).cites:
            facts.setdefault(cite.id, []).append((fact.path, cite.quote or ""))
    out: list[Line] = []
    for place, (each, name) in enumerate(zip(program.sources, record_names(program.sources), strict=True)):
        found = facts.get(each.id or "", [])
        out += _source(look, each, name, place, len(found))
        out += [line for path, quote in found if quote for line in _quoted(program, look, path, quote)]
    return tuple(out)


def _quoted(program: Program, look: Look, path: str, quote: str) -> list[Line]:
    """Build the lines of a fact's own quote: the words, below the name of the fact."""
    return [
        Line((Run(fact_name(program, path), "quiet"),), "", path, 1),
        Line((Run(look.quoted(quote), "prose"),), "", path, 2),
    ]


def _source(look: Look, source: Source, name: str, place: int, count: int) -> list[Line]:
    path = below("source", name)
    read = (
        Run(f"checked {source.checked.text}", "good")
        if source.checked and source.checked.dated
        else Run(f"not checked {look.glyphs.unverified}", "unverified")
    )
    facts = "no fact cites it" if not count else f"{count} fact{'' if count == 1 else 's'}"
    published = Run(f"published {source.published.text}") if source.published else Run("publication day not reported", "quiet")
    dot = Run(f" {look.glyphs.dot} ", "quiet")
    out = [
        Line((Run(source.title or source.id or "untitled", "strong"),), path=f"{path}.title", rule=place > 0),
        Line((read, dot, published, dot, Run(facts, "quiet")), "", f"{path}.checked", 1),
    ]
    if source.url:
        out.append(Line((Run(source.url, "link"),), "", f"{path}.url", 1))
    if source.quote:
        out.append(Line((Run(look.quoted(source.quote), "prose"),), "", f"{path}.quote", 1))
    return out


def _notes(program: Program, look: Look) -> tuple[Line, ...]:
    if not program.notes:
        return (Line((Run("No notes.", "quiet"),), path="notes"),)
    return (Line((Run(program.notes, "prose"),), path="notes"),)


def _count_of_history(program: Program, look: Look) -> int:
    from .journaled import history

    told = _told(program, look)
    return len(history(told, program, look.today)) if told is not None else 0


def _history(program: Program, look: Look) -> tuple[Line, ...]:
    """List what is known of the program's past, as the history of the app does."""
    lines = []
    from .journaled import history  # not at the start, for a pane that is seldom shown

    for each in history(_told(program, look) or (), program, look.today):
        runs = (Run(each.day, "quiet"), Run("  "), Run(look.plainly(each.line.removeprefix(f"{program.label}: "))))
        lines.append(Line(runs, path=each.path or None))
    return tuple(lines) or (Line((Run("No changes are known yet.", "quiet"),)),)


def _told(program: Program, look: Look) -> Sequence[Told] | None:
    return look.told(program.key) if look.told is not None else ()


_WRITERS = {
    "overview": overview,
    "mechanism": _mechanism,
    "safety": safety,
    "catalysts": catalysts,
    "trials": trials,
    "sources": _sources,
    "notes": _notes,
    "history": _history,
}
