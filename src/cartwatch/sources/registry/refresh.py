"""Refreshes the trials linked in a watchlist: fetches their records and proposes the changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Edit, Set
from cartwatch.document.paths import item_names, joined
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Trial as Link
from cartwatch.domain.text import clean
from cartwatch.proposals.equivalence import ABSENT, same_meaning
from cartwatch.proposals.incoming import Incoming
from cartwatch.proposals.model import FIRST, WEIGHTS, Entry, News, Offer, Proposal
from cartwatch.storage.sightings import LastChange

from .compare import compare, first_seen, in_brief
from .record import SOURCE, read_date, trial_facts, valid_nct, with_known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.proposals.model import Choice
    from cartwatch.session.session import Session
    from cartwatch.storage.sightings import Sightings

    from .clinicaltrials import Access, Progress, RegistryError
    from .memory import Memory, Records
    from .record import StudyRecord

__all__ = [
    "Answers",
    "DraftedPrograms",
    "Linked",
    "ask",
    "linked",
    "numbers",
    "propose_refresh",
    "remember_refresh",
    "remember_registry",
    "summary",
    "unfit",
]

_KEYS = tuple(key for key, fact in facts(Link).items() if fact.registry)


@dataclass(frozen=True, slots=True)
class Linked:
    """A trial linked in a program: the program's place and key, the trial's place in it, its number and its name."""

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
    """The answers of the registry.

    `trials` are by requested number, which may be an alias. `missing` numbers are unknown to the registry, for
    `unanswered` ones the last good data stay. `data` is the date of the registry's data, `at` the moment of the answer.
    `seen_before` are the records, by their own numbers, that are unchanged since an earlier refresh. `error` is
    the reason if not all were answered.
    """

    asked: tuple[str, ...]
    trials: Mapping[str, StudyRecord]
    at: datetime
    missing: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    data: str | None = None
    error: RegistryError | None = None
    seen_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DraftedPrograms(Incoming):
    """Programs drafted from registry records, and the `answers` themselves, for the trials that are already linked."""

    answers: Answers | None = None


def linked(document: Document, watchlist: Watchlist, keys: Collection[str] | None = None) -> Iterator[Linked]:
    """Return every link to a trial of ClinicalTrials.gov, in file order; with `keys`, only those of some programs."""
    for place, at, given, name in _links(document, watchlist, keys):
        nct = valid_nct(given)
        if nct is not None:
            yield Linked(place, watchlist.programs[place].key, at, nct, name)


def unfit(document: Document, watchlist: Watchlist, keys: Collection[str] | None = None) -> list[str]:
    """Describe each invalid NCT number, in whole lines."""
    return [
        f"{watchlist.programs[place].label}: “{clean(given, limit=40)}” is not an NCT number (NCT and eight digits): skipped"
        for place, _, given, _ in _links(document, watchlist, keys)
        if valid_nct(given) is None
    ]


def numbers(links: Sequence[Linked]) -> tuple[str, ...]:
    """Return the numbers of some links, each once."""
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
    """Fetch the records of some numbers, or confirm that those last fetched are current; and remember them.

    Raises RegistryError if nothing was answered.
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


def propose_refresh(
    document: Document,
    watchlist: Watchlist,
    answers: Answers,
    memory: Memory | None = None,
    keys: Collection[str] | None = None,
) -> Proposal:
    """Compare the answers of the registry with the watchlist as it is now; trials deleted meanwhile are skipped.

    With `memory` of earlier refreshes, sponsors and outcomes, which the watchlist does not hold, are compared too.
    Each trial is one offer, accepted whole or not at all; those with the weightiest changes come first. A program whose trials
    equal the registry's is the same.
    """
    by_place: dict[int, list[Linked]] = {}
    for each in linked(document, watchlist, keys):
        if each.nct in answers.trials:
            by_place.setdefault(each.place, []).append(each)
    entries = []
    for place, links in by_place.items():
        record, program = document.programs[place], watchlist.programs[place]
        names = item_names(Link, record["trial"])
        offers = tuple(offer for each in links if (offer := _offer(record, each, names[each.at], answers, memory)) is not None)
        state = "changed" if offers else "same"
        offers = tuple(sorted(offers, key=lambda each: WEIGHTS.index(each.weight)))
        entries.append(Entry(state, program.key, program.label, SOURCE, program, record, place, "", "", offers))
    entries.sort(key=lambda each: WEIGHTS.index(each.weight))
    return Proposal(tuple(entries), act="refreshed from", origin="registry")


def _offer(record: Mapping[str, Any], link: Linked, name: str, answers: Answers, memory: Memory | None) -> Offer | None:
    """Offer the differences of a trial's record; None if there are none, or mine is newer."""
    mine = record["trial"][link.at]
    old = {key: mine[key] for key in _KEYS if key in mine}
    trial = with_known(answers.trials[link.nct], old)
    fetched = in_zone(answers.at, UTC).replace(microsecond=0)
    new = trial_facts(trial, fetched)
    known = facts(Link)
    same = all(same_meaning(known[key], old.get(key, ABSENT), new.get(key, ABSENT)) for key in _KEYS if key != "fetched")
    renamed = _renamed(record, link, trial)
    if (same and old.get("fetched") and not renamed) or _older(trial, old):
        return None
    where = ("trial", link.at)
    kept = {key: value for key, value in mine.items() if key not in old or key in new}
    edits: list[Edit] = [Set(where, {**kept, **new})]  # one edit for each trial, not one for each field
    first = not old.get("status")
    changes = () if first else tuple(compare(memory.records.state_of(trial.nct, old) if memory else old, trial))
    otherwise = f"first data: {in_brief(trial)}" if first else "record updated, nothing that matters has changed"
    before = old.get("fetched")
    confirmed = memory.sightings.confirmed(link.nct) if memory else None
    if isinstance(before, datetime) and before.tzinfo is not None and confirmed is not None:
        before = max(before, confirmed)
    if isinstance(before, datetime) and before.tzinfo is not None:
        before = in_zone(before, answers.at.tzinfo)
    seen = first_seen(before if isinstance(before, date) else None, answers.at)
    if changes and _differs_by_hand(old, trial, answers):
        seen = f"the record is still that of {_version(trial)}: the watchlist had something else"
    about = link.about if trial.nct == link.nct else f"{link.about}, now {trial.nct}"
    return Offer(
        joined(("trial", name)),
        "added" if first else "changed",
        old.get("status"),
        new.get("status"),
        (*edits, *renamed),
        news=News(trial.nct, about, changes, otherwise, seen),
        weight=changes[0].level if changes else FIRST if first else "",
    )


def _differs_by_hand(old: Mapping[str, Any], trial: StudyRecord, answers: Answers) -> bool:
    """Whether the file differs from the very version of the record that it names, as after a manual edit.

    True if cartwatch has seen the record before exactly as it is now.
    """
    mine = read_date(old.get("updated"))
    return trial.nct in answers.seen_before and mine is not None and mine.text == _version(trial)


def _version(trial: StudyRecord) -> str | None:
    return trial.updated.text if trial.updated is not None else None


def _older(trial: StudyRecord, old: Mapping[str, Any]) -> bool:
    """Whether the watchlist has a later version of the record, as when a mirror lags behind."""
    mine = read_date(old.get("updated"))
    return mine is not None and trial.updated is not None and trial.updated.first < mine.first


def _renamed(record: Mapping[str, Any], link: Linked, trial: StudyRecord) -> list[Edit]:
    """Replace an alias by the registry's current number everywhere in the program; not if it has both."""
    if trial.nct == link.nct or any(each.get("nct") == trial.nct for each in record["trial"] if isinstance(each, dict)):
        return []
    edits: list[Edit] = [Set(("trial", link.at, "nct"), trial.nct)]
    given = record["trial"][link.at]["nct"]
    safety = record.get("safety")
    reports = safety.get("report") if isinstance(safety, dict) else None
    for steps, listed in ((("catalyst",), record.get("catalyst")), (("safety", "report"), reports)):
        for at, each in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(each, dict) and each.get("trial") == given:
                edits.append(Set((*steps, at, "trial"), trial.nct))
    return edits


def remember_refresh(
    proposal: Proposal, accepted: Collection[Choice], answers: Answers, sightings: Sightings, *, links: Sequence[Linked]
) -> str | None:
    """Remember the accepted and the unchanged records. Returns a warning if that failed, else None."""
    now = in_zone(answers.at, UTC).replace(microsecond=0)
    refused = set()
    for at, entry in enumerate(proposal.entries):
        for number, offer in enumerate(entry.offers):
            news = offer.news
            if news is None:
                continue
            if (at, number) not in accepted:
                refused.add((entry.key, news.nct))
                continue
            made = [LastChange(each.words, each.level, each.rule, news.seen) for each in news.changes]
            sightings.note(news.nct, now, made)
    for each in links:
        trial = answers.trials.get(each.nct)
        if trial is not None and (each.key, trial.nct) not in refused:
            sightings.confirm(trial.nct, now)
    return sightings.save()


def remember_registry(proposal: Proposal, accepted: Collection[Choice], memory: Memory, session: Session) -> None:
    """Do the same after an import that included registry records."""
    for each in proposal.sources:
        if isinstance(each, DraftedPrograms) and each.answers is not None:
            links = list(linked(session.document, session.watchlist))
            remember_refresh(proposal, accepted, each.answers, memory.sightings, links=links)


def summary(proposal: Proposal, answers: Answers) -> str:
    """Summarize a refresh in one line: `24 trials looked up, 2 changed; data of 2026-11-20`."""
    offers = [offer for entry in proposal.entries for offer in entry.offers]
    changed = sum(offer.news is not None and bool(offer.news.changes) for offer in offers)
    quiet = sum(offer.kind == "changed" and offer.news is not None and not offer.news.changes for offer in offers)
    count = len(answers.trials)
    parts = [f"{count} trial{'' if count == 1 else 's'} looked up", f"{changed} changed" if changed else "nothing changed"]
    if first := sum(offer.kind == "added" for offer in offers):
        parts.append(f"{first} with first data")
    if quiet:
        parts.append(f"{quiet} with only new time stamps")
    return ", ".join(parts) + (f"; data of {answers.data[:10]}" if answers.data else "")
