"""Which source stands behind a fact: naming one, taking it away, and having read it today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.app.editing.forms import raw_program
from cartwatch.app.editing.guiding import with_sources
from cartwatch.app.editing.targets import record_at, target
from cartwatch.document.paths import PathError, joined, split
from cartwatch.domain.fields import facts
from cartwatch.domain.provenance import Provenance, provenance
from cartwatch.session.changes import Amendment, AmendmentError, cite_fact, delete, set_facts

from .to_changes import cited

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session

__all__ = ["behind", "cited_place", "name_source", "no_source", "read_today"]


def cited_place(path: str) -> str | None:
    """The fact that a source can stand behind, of the path of a line; None where none can."""
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
    """What stands behind a fact now."""
    return provenance(program, path, _holder(program, path))


def _holder(program: Program, path: str) -> Any:
    """The record around a fact that may have a source of its own."""
    steps = split(path)
    place = int(steps[-1]) - 1 if steps[-1].isdigit() else None
    if steps[0] == "catalyst" and len(steps) > 1:
        catalyst = program.catalyst(steps[1])
        if catalyst is not None and "move" in steps and steps[3:4] and steps[3].isdigit():
            at = int(steps[3]) - 1
            return catalyst.moves[at] if at < len(catalyst.moves) else catalyst
        return catalyst
    if steps[:2] == ("safety", "report") and steps[2:3] and program.safety is not None and steps[2].isdigit():
        at = int(steps[2]) - 1
        return program.safety.reports[at] if at < len(program.safety.reports) else None
    if steps[0] == "designation" and place is not None and place < len(program.designations):
        return program.designations[place]
    if steps[0] == "trial" and len(steps) > 1:
        return next((each for each in program.trials if steps[1] in (each.nct, each.id, each.number)), None)
    return None


def name_source(session: Session, key: str, path: str, id: str, title: str | None = None) -> Amendment:
    """Say that a source stands behind a fact; an address becomes a source first. Raises AmendmentError."""
    ids, new = cited(session, key, id)
    for _, source in new:
        if title:
            source["title"] = title
    made = cite_fact(session.document, session.watchlist, key, path, ids)
    return with_sources(session, key, made, new)


def no_source(session: Session, key: str, path: str) -> Amendment:
    """Take away the source of a fact. Raises AmendmentError where it has none of its own."""
    program = session.watchlist.get(key)
    raw = raw_program(session, key)
    named = raw.get("cite")
    if isinstance(named, dict) and path in named:
        return delete(session.document, session.watchlist, key, joined(("cite", path)))
    steps = split(path)
    for depth in range(len(steps), 0, -1):
        above = joined(steps[:depth])
        try:
            held = record_at(raw, above)
        except PathError:
            continue
        if isinstance(held, dict) and "cite" in held and above != "":
            return delete(session.document, session.watchlist, key, joined((*steps[:depth], "cite")))
    found = behind(program, path) if program is not None else None
    if found is not None and found.cited:
        raise AmendmentError(f"its source, {found.cited[0]}, stands behind more than this: name another one for it")
    raise AmendmentError("it has no source")


def read_today(session: Session, key: str, path: str, today: date) -> Amendment:
    """A person has read the sources behind a fact today, or the source under the cursor. Raises AmendmentError."""
    program = session.watchlist.get(key)
    if program is None:
        raise AmendmentError(f'there is no program "{key}" any more')
    steps = split(path)
    if steps[0] == "source" and len(steps) > 1:
        wanted = [joined(("source", steps[1]))]
    else:
        place = cited_place(path)
        found = behind(program, place) if place is not None else Provenance((), ())
        if not found.sources:
            raise AmendmentError("it has no source that could have been read: name one first")
        wanted = [joined(("source", each.id)) for each in found.sources if each.id]
    raw = raw_program(session, key)
    held = {each: record_at(raw, each) for each in wanted}
    values = {f"{each}.checked": today for each, one in held.items() if isinstance(one, dict) and one.get("checked") != today}
    if not values:
        raise AmendmentError("it is marked as read today already")
    made = set_facts(session.document, session.watchlist, key, values)
    names = ", ".join(split(each)[1] for each in wanted)
    return Amendment(made.edits, f"{program.label}: read today: {names}", key, path)
