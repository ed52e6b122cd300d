"""Applies the accepted part of a proposal as one step of the document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, AddBlocks, Delete, Edit, Set
from cartwatch.document.paths import pins
from cartwatch.domain.text import clean
from cartwatch.session.changes import PlannedChange, unique_id

from .joining import joined
from .model import OUTSIDE, WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

    from .model import Choice, Entry, Offer, Proposal

__all__ = ["accept", "rebased"]


def accept(document: Document, watchlist: Watchlist, proposal: Proposal, accepted: Collection[Choice]) -> PlannedChange | None:
    """Builds the change that takes the accepted choices into the document of the proposal; None where that is nothing."""
    edits: list[Edit] = []
    changed: list[str] = []
    new: list[Entry] = []
    told: list[Mapping[str, Any]] = []
    for at, entry in enumerate(proposal.entries):
        numbers = [each for each in entry.choices if (at, each) in accepted]
        if not numbers:
            continue
        if entry.state == "new":
            new += (
                _new(entry, numbers, {*(each.key for each in watchlist.programs), *(each.key for each in new)})
                if WHOLE in numbers
                else []
            )
            continue
        assert entry.place is not None
        changed.append(entry.label)
        if "id" not in document.programs[entry.place]:
            edits.append(Set(("program", entry.place, "id"), watchlist.programs[entry.place].key))
        taken = _with_sources(entry.offers, numbers)
        for offer in taken:
            for where in (each.path for each in offer.edits if isinstance(each, Set | Add | Delete)):
                edits += [pin for pin in pins(document.programs[entry.place], entry.place, where) if pin not in edits]
            more = rebased(offer.edits, entry.place)
            once = offer.kind == "suggested"
            edits += [each for each in more if each not in edits or not (once or isinstance(each, Delete))]
        if proposal.origin == "registry":
            told += _journal_tables(entry.key, taken)
    outside = [offer for number, offer in enumerate(proposal.head) if (OUTSIDE, number) in accepted]
    edits += [edit for offer in outside for edit in offer.edits]
    edits += _added(new)
    if not edits:
        return None
    first = next((each.key for each in proposal.entries if each in new or each.label in changed), None)
    words = _words(proposal, new, changed, outside)
    return PlannedChange(tuple(edits), words, first, origin=proposal.origin, told=tuple(told))


def _new(entry: Entry, numbers: Collection[int], taken: set[str]) -> list[Entry]:
    """Return a new program, and those of its drafts that are not to be joined with it."""
    apart = [part for place, part in enumerate(entry.parts) if place and WHOLE - place not in numbers]
    if not apart:
        return [entry]
    together = [part for part in entry.parts if part not in apart]
    out = [replace(entry, record=joined(together), text=None)]
    for part in apart:
        key = unique_id(str(part["id"]), {*taken, *(each.key for each in out)})
        out.append(replace(entry, key=key, record={**part, "id": key}, text=None, parts=()))
    return out


def rebased(edits: Sequence[Edit], place: int) -> list[Edit]:
    """Convert the edits of a program to edits of the document that has it at a place."""
    out: list[Edit] = []
    for each in edits:
        if isinstance(each, Set):
            out.append(Set(("program", place, *each.path), each.value))
        elif isinstance(each, Add):
            out.append(Add(("program", place, *each.path), each.value))
        elif isinstance(each, Delete):
            out.append(Delete(("program", place, *each.path)))
    return out


def _words(proposal: Proposal, new: list[Entry], changed: list[str], outside: list[Offer]) -> str:
    sources = list(dict.fromkeys(each.source for each in proposal.entries))
    where = sources[0] if len(sources) == 1 else f"{len(sources)} files"
    parts = [f"{len(new)} new"] if new else []
    parts += [f"{len(changed)} changed"] if changed else []
    parts = parts or [", ".join(clean(each.path, limit=40) for each in outside)]
    return f"{proposal.act} {where}: {', '.join(parts)}"


def _with_sources(offers: Sequence[Offer], numbers: list[int]) -> list[Offer]:
    """Return the accepted offers with the sources that they cite, even if those were not accepted themselves."""
    wanted = {f"source.{each}" for number in numbers for each in offers[number].their_cites}
    return [each for at, each in enumerate(offers) if at in numbers or (each.kind == "added" and each.path in wanted)]


def _added(new: Sequence[Entry]) -> list[Edit]:
    """Add new programs; those in blocks of their own keep their text."""
    edits: list[Edit] = []
    texts: list[str] = []
    for entry in [*new, None]:
        if entry is not None and entry.text is not None:
            texts.append(entry.text)
            continue
        if texts:
            edits.append(AddBlocks("\n".join(texts)))
            texts = []
        if entry is not None:
            edits.append(Add(("program",), dict(entry.record)))
    return edits


def _journal_tables(key: str, offers: Iterable[Offer]) -> list[dict[str, Any]]:
    """Build the journal's tables for the values taken from a record, one table for each change."""
    tables: list[dict[str, Any]] = []
    for offer in offers:
        news = offer.news
        if news is None:
            tables.append({"program": key, "path": offer.path, "old": offer.mine, "new": offer.theirs})
            continue
        if not news.changes:
            words = f"{news.about}: {news.otherwise}"
            tables.append({"program": key, "path": offer.path, "words": words, "level": "", "new": offer.theirs})
        for each in news.changes:
            tables.append(
                {
                    "program": key,
                    "path": f"{offer.path}.{each.field}",
                    "old": each.old,
                    "new": each.new,
                    "words": f"{news.about}: {each.words}",
                    "level": each.level,
                    "rule": each.rule,
                    "seen": news.seen,
                }
            )
    return tables
