"""Provenance: the sources of a fact, and whether a person has checked them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from .cites import Cite
    from .program import Program, Source

__all__ = ["Provenance", "last_checked", "provenance"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """The sources of a fact.

    `cites` are as written, each with its quote if it has one, `sources` those that the program lists. A fact is `verified` only
    if it cites at least one source and a person has read every one it cites. `outdated` says that the source is the one already
    given for earlier guidance: it must be confirmed, by a cite of the guidance itself, before
    it counts for the new one.
    """

    cites: tuple[Cite, ...]
    sources: tuple[Source, ...]
    outdated: bool = False

    @property
    def cited(self) -> tuple[str, ...]:
        """The ids that are cited."""
        return tuple(each.id for each in self.cites)

    @property
    def verified(self) -> bool:
        """Whether a person has checked every cited source."""
        known = bool(self.cites) and len(self.sources) == len(self.cites)
        return known and not self.outdated and all(_read(each) for each in self.sources)

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids that are cited but not listed."""
        known = {each.id for each in self.sources}
        return tuple(each for each in self.cited if each not in known)


def provenance(program: Program, path: str, record: object = None) -> Provenance:
    """Return the sources of the fact at a dotted field path, as in `mechanism.targets`.

    `[program.cite]` for the field itself counts first, then the own `cite` of the `record` that holds it, then
    `[program.cite]` for anything above it.
    """
    named = program.cite or {}
    guidance = path.endswith(".when") and path not in named
    cites = named.get(path)
    if cites is None and record is not None:
        cites = getattr(record, "cite", None) or None
    while cites is None and "." in path:
        path = path.rpartition(".")[0]
        cites = named.get(path)
    cites = cites or ()
    sources = tuple(found for each in cites if (found := program.source(each.id)) is not None)
    moves = getattr(record, "moves", ()) if guidance else ()
    return Provenance(tuple(cites), sources, outdated=bool(moves and cites and moves[-1].cite == cites))


def last_checked(program: Program) -> date | None:
    """Return the day a program was last checked: the whole record, else the newest check of one of its sources."""
    if program.checked is not None and program.checked.end is not None:
        return program.checked.end
    days = (each.checked.end for each in program.sources if each.checked is not None)
    return max((each for each in days if each is not None), default=None)


def _read(source: Source) -> bool:
    """Whether a source was checked on a known day; "pending" and "no" are no check."""
    return source.checked is not None and source.checked.dated
