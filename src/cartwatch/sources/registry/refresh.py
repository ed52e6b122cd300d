"""Ask the registry for the trials that a watchlist links: which those are, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartwatch.domain.text import clean

from .record import valid_nct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

    from .clinicaltrials import Access, Progress, RegistryError
    from .memory import Records
    from .record import Trial

__all__ = ["Answers", "Linked", "ask", "linked", "numbers", "unfit"]


@dataclass(frozen=True, slots=True)
class Linked:
    """A trial that a program links: the program's place and key, the trial's place in it, its number and its name."""

    place: int
    key: str
    at: int
    nct: str
    name: str

    @property
    def about(self) -> str:
        """The trial in words."""
        return f"{self.nct} {self.name}" if self.name else self.nct


@dataclass(frozen=True, slots=True)
class Answers:
    """What the registry said.

    `trials` are by the number that was asked for, which may be an alias. `missing` numbers are unknown to the registry, for
    `unanswered` ones the last good data stay. `data` is the date of the registry's own data, `at` the moment of the answer.
    `seen_before` are the records, by their own numbers, that were seen in an earlier refresh just as they are now. `error` is
    why not all was answered.
    """

    asked: tuple[str, ...]
    trials: Mapping[str, Trial]
    at: datetime
    missing: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    data: str | None = None
    error: RegistryError | None = None
    seen_before: frozenset[str] = frozenset()


def linked(document: Document, watchlist: Watchlist, keys: Collection[str] | None = None) -> Iterator[Linked]:
    """Every link to a trial of ClinicalTrials.gov, in the order of the file; with `keys`, those of some programs."""
    for place, at, given, name in _links(document, watchlist, keys):
        nct = valid_nct(given)
        if nct is not None:
            yield Linked(place, watchlist.programs[place].key, at, nct, name)


def unfit(document: Document, watchlist: Watchlist, keys: Collection[str] | None = None) -> list[str]:
    """What stands in place of a number and is none, in whole lines."""
    return [
        f"{watchlist.programs[place].label}: “{clean(given, limit=40)}” is not an NCT number (NCT and eight digits): skipped"
        for place, _, given, _ in _links(document, watchlist, keys)
        if valid_nct(given) is None
    ]


def numbers(links: Sequence[Linked]) -> tuple[str, ...]:
    """The numbers of some links, each once."""
    return tuple(dict.fromkeys(each.nct for each in links))


def _links(document: Document, watchlist: Watchlist, keys: Collection[str] | None) -> Iterator[tuple[int, int, str, str]]:
    for place, record in enumerate(document.programs):
        if keys is not None and watchlist.programs[place].key not in keys:
            continue
        trials = record.get("trial")
        for at, each in enumerate(trials if isinstance(trials, list) else ()):
            if isinstance(each, dict) and isinstance(each.get("nct"), str) and each["nct"].strip():
                name = each.get("name")
                yield place, at, each["nct"], clean(name, limit=60) if isinstance(name, str) else ""


async def ask(
    asked: Sequence[str], access: Access, records: Records, now: datetime, progress: Progress | None = None
) -> Answers:
    """Fetch the records of some numbers, or only make sure that those last fetched still stand; and remember them.

    Raises RegistryError where nothing was answered.
    """
    from .clinicaltrials import refresh

    stamp = records.stamp_for(access.base_url, asked)
    found = await refresh(asked, access=access, known_timestamp=stamp, progress=progress)
    if found.unchanged:
        known = {each: record for each in asked if (record := records.latest(each)) is not None}
        missing = tuple(each for each in asked if records.is_missing(each))
        before = frozenset(each.nct for each in known.values())
    else:
        known = found.by_asked(asked)
        missing = found.missing
        before = records.take(access.base_url, found, asked)
    records.rung = found.rung
    records.save()
    problems = tuple(each for each in found.problems if found.error is None or each != str(found.error))
    return Answers(
        tuple(asked),
        known,
        now,
        missing,
        found.unanswered,
        problems,
        found.data_timestamp,
        found.error,
        before,
    )
