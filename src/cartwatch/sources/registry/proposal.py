"""What a refresh would change in the watchlist, trial by trial: the registry's own fields, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Edit, Set
from cartwatch.document.paths import item_names, joined
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Trial as Link
from cartwatch.proposals.compare import Offer
from cartwatch.proposals.equivalence import ABSENT, same_meaning
from cartwatch.proposals.proposal import Entry, Proposal
from cartwatch.storage.sightings import LastChange

from .compare import LEVELS, compare, first_seen, in_brief
from .news import FIRST, SOURCE, RegistryNews, weight
from .record import read_date, trial_facts
from .refresh import linked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.proposals.proposal import Choice
    from cartwatch.session.session import Session
    from cartwatch.storage.sightings import Sightings

    from .memory import Memory
    from .record import Trial
    from .refresh import Answers, Linked

__all__ = ["propose_refresh", "remember_refresh", "remember_registry"]

_WEIGHTS = (*LEVELS, FIRST, "")
_KEYS = tuple(key for key, fact in facts(Link).items() if fact.registry)


def propose_refresh(
    document: Document,
    watchlist: Watchlist,
    answers: Answers,
    memory: Memory | None = None,
    keys: Collection[str] | None = None,
) -> Proposal:
    """Compare what the registry answered with the watchlist as it is now; trials that are gone meanwhile are let be.

    With `memory` of earlier refreshes what the watchlist has no place for, as sponsors and outcomes, is compared too.
    Each trial is one offer, taken whole or not at all; those with the weightiest changes come first. A program whose trials are
    as the registry has them is the same.
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
        offers = tuple(sorted(offers, key=lambda each: _WEIGHTS.index(weight([each]))))
        entries.append(Entry(state, program.key, program.label, SOURCE, program, record, place, "", "", offers))
    entries.sort(key=lambda each: _WEIGHTS.index(weight(each.offers)))
    return Proposal(tuple(entries), act="refreshed from", origin="registry")


def _offer(record: Mapping[str, Any], link: Linked, name: str, answers: Answers, memory: Memory | None) -> Offer | None:
    """What the record of a trial has that the watchlist has not; None where that is nothing, or where mine is newer."""
    trial = answers.trials[link.nct]
    mine = record["trial"][link.at]
    old = {key: mine[key] for key in _KEYS if key in mine}
    fetched = answers.at.astimezone(UTC).replace(microsecond=0)
    new = trial_facts(trial, fetched)
    known = facts(Link)
    same = all(same_meaning(known[key], old.get(key, ABSENT), new.get(key, ABSENT)) for key in _KEYS if key != "fetched")
    renamed = _renamed(record, link, trial)
    if (same and old.get("fetched") and not renamed) or _older(trial, old):
        return None
    where = ("trial", link.at)
    kept = {key: value for key, value in mine.items() if key not in old or key in new}
    edits: list[Edit] = [Set(where, {**kept, **new})]  # one edit of each trial, not one of each field
    first = not old.get("status")
    changes = () if first else tuple(compare(memory.records.state_of(trial.nct, old) if memory else old, trial))
    otherwise = f"first data: {in_brief(trial)}" if first else "record updated, nothing that matters has changed"
    before = old.get("fetched")
    confirmed = memory.sightings.confirmed(link.nct) if memory else None
    if isinstance(before, datetime) and before.tzinfo is not None and confirmed is not None:
        before = max(before, confirmed)
    if isinstance(before, datetime) and before.tzinfo is not None:
        before = before.astimezone(answers.at.tzinfo)
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
        news=RegistryNews(trial.nct, about, changes, otherwise, seen),
    )


def _differs_by_hand(old: Mapping[str, Any], trial: Trial, answers: Answers) -> bool:
    """Whether the file holds something else of the very version of the record that it names, as after an edit by hand.

    So it is where this program has seen the record before just as it is now.
    """
    mine = read_date(old.get("updated"))
    return trial.nct in answers.seen_before and mine is not None and mine.text == _version(trial)


def _version(trial: Trial) -> str | None:
    return trial.updated.text if trial.updated is not None else None


def _older(trial: Trial, old: Mapping[str, Any]) -> bool:
    """Whether the watchlist has a later version of the record than this one, as from a mirror that lags behind."""
    mine = read_date(old.get("updated"))
    return mine is not None and trial.updated is not None and trial.updated.first < mine.first


def _renamed(record: Mapping[str, Any], link: Linked, trial: Trial) -> list[Edit]:
    """The number that the registry gives now in place of an alias, wherever the program has it; not where it has both."""
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
    """Keep what was taken over and what was found unchanged. The warning to show where that failed, else None."""
    now = answers.at.astimezone(UTC).replace(microsecond=0)
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
    """The same after an import that had registry records among what it read."""
    for each in proposal.sources:
        if each.answers is not None:
            links = list(linked(session.document, session.watchlist))
            remember_refresh(proposal, accepted, each.answers, memory.sightings, links=links)
