"""`--cite`: the source that stands behind an edit, named by its id or its address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import declaration, split
from cartwatch.domain.provenance import provenance
from cartwatch.domain.vocabulary import nearest
from cartwatch.session import changes as amendments
from cartwatch.session.changes import Amendment

from .arguments import UsageError

if TYPE_CHECKING:
    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session

    from .assignments import Assignments
    from .call import Call

__all__ = ["cited", "doubt_source", "refuse_cite", "with_sources"]


def refuse_cite(call: Call) -> None:
    """A new program has no source yet. Raises UsageError."""
    if call.parsed.has("cite"):
        raise UsageError("a new program has no sources to cite yet: add a source, then `cartwatch set … --cite ID`")


def cited(call: Call, session: Session, program: Program, given: Assignments) -> tuple[str | None, list[dict[str, Any]]]:
    """The id of the source that --cite names, and the new source where it names an address that none has."""
    cite = call.parsed.get("cite")
    if cite is None:
        return None, []
    if not cite.strip():
        raise UsageError("--cite needs the id of a source, or an address")
    if cite.startswith(("https://", "http://")):
        known = next((each.id for each in program.sources if each.url == cite and each.id), None)
        if known is not None:
            return known, []
        source = amendments.new_source(session.watchlist, program.key, cite)
        given.doubts.append(
            f"{source['id']} is a new source that nobody has read: give it a title, and set checked once you have read it"
        )
        return source["id"], [source]
    if program.source(cite) is None:
        known_ids = [each.id for each in program.sources if each.id]
        close = nearest(cite, known_ids)
        hint = f'did you mean "{close}"?' if close else "add it, or the fact stays unverified"
        given.doubts.append(f'{program.label} has no source "{cite}": {hint}')
    return cite, []


def doubt_source(program: Program, given: Assignments, path: str) -> None:
    """Say that a new value stands with the source of the old one, which need not say it."""
    steps = split(path)
    declared = declaration(path)
    if declared is None or declared.kind in ("cites", "map", "record", "records") or steps[0] == "source":
        return
    guided = steps[0] == "catalyst" and steps[-1] in ("when", "outcome")
    behind = provenance(program, path, program.catalyst(steps[1]) if guided else None).cited
    if behind:
        given.doubts.append(f"{path} cites {' and '.join(behind)}, as before; --cite names another source")


def with_sources(session: Session, program: Program, sources: list[dict[str, Any]], amendment: Amendment) -> Amendment:
    """An amendment with the new sources that it cites."""
    if not sources:
        return amendment
    first = amendments.add_record(session.document, session.watchlist, program.key, "source", sources[0])
    edits = (*first.edits, *(each for each in amendment.edits if each not in first.edits))
    return Amendment(edits, amendment.words, amendment.program, amendment.path)
