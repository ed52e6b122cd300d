"""Serious adverse events of posted results, arm by arm, as suggestions for a program's safety reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, Edit, Set
from cartwatch.document.paths import joined
from cartwatch.proposals.compare import Offer
from cartwatch.proposals.proposal import Entry, Proposal

from .adverse_events import suggestions
from .draft import source_of
from .news import SOURCE, RegistryNews
from .record import record_url
from .refresh import Answers, Linked, linked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

    from .adverse_events import Suggestion
    from .clinicaltrials import Access, Progress
    from .record import Trial

__all__ = ["CAVEAT", "ask_results", "propose_safety", "with_results"]

CAVEAT = "serious events have no grades; an event without a row is not coded, not zero; arms overlap and are never added up"


def with_results(document: Document, links: Sequence[Linked]) -> list[Linked]:
    """The links whose trials have posted results, as far as the watchlist knows."""
    return [each for each in links if document.programs[each.place]["trial"][each.at].get("results_posted")]


async def ask_results(asked: Sequence[str], access: Access, now: datetime, progress: Progress | None = None) -> Answers:
    """Fetch the whole records of some numbers, a call each. Raises RegistryError where nothing was answered."""
    from .clinicaltrials import fetch

    found = await fetch(asked, access=access, progress=progress)
    known = found.by_asked(asked)
    return Answers(
        tuple(asked), known, now, found.missing, found.unanswered, found.problems, found.data_timestamp, error=found.error
    )


def propose_safety(document: Document, watchlist: Watchlist, answers: Answers, keys: Collection[str] | None = None) -> Proposal:
    """An offer for each arm that has rows for CRS, ICANS, neurotoxicity or GVHD, unless the watchlist has just that already.

    None is ever taken before a person says so. A serious event stands under its own name, never as a grade, and arms are not
    added to each other.
    """
    by_place: dict[int, list[Offer]] = {}
    for link in linked(document, watchlist, keys):
        trial = answers.trials.get(link.nct)
        if trial is None:
            continue
        record = document.programs[link.place]
        offers = by_place.setdefault(link.place, [])
        offers += [offer for each in suggestions(trial) if (offer := _offer(record, link, trial, each)) is not None]
    entries = []
    for place, found in by_place.items():
        program, record = watchlist.programs[place], document.programs[place]
        state = "changed" if found else "same"
        entries.append(Entry(state, program.key, program.label, SOURCE, program, record, place, "", "", tuple(found)))
    return Proposal(tuple(entries), act="safety from", origin="registry")


def _offer(record: Mapping[str, Any], link: Linked, trial: Trial, suggested: Suggestion) -> Offer | None:
    edits: list[Edit] = []
    cite = _source(record, trial)
    if cite is None:
        source = source_of(trial)
        cite = str(source["id"])
        edits.append(Add(("source",), source))
    report = suggested.report(cite)
    report["trial"] = record["trial"][link.at]["nct"]
    known = _known(record, report)
    if known is None:
        edits.append(Add(("safety", "report"), report))
    else:
        at, old = known
        if all(old.get(key) == report.get(key) for key in ("n", "other")):
            return None
        edits += [Set(("safety", "report", at, key), report[key]) for key in ("n", "other", "note") if key in report]
    events = "; ".join(f"{each.words} {each.affected}/{each.at_risk}" for each in suggested.events)
    size = f" (n {suggested.n})" if suggested.n is not None else ""
    news = RegistryNews(trial.nct, f"{link.about}: {suggested.arm}{size}", (), events, f"{suggested.label}: {CAVEAT}")
    path = joined(("safety", "report", suggested.arm))
    return Offer(path, "suggested", None, events, tuple(edits), (), (cite,), news=news)


def _source(record: Mapping[str, Any], trial: Trial) -> str | None:
    """The id of the source that is the record's page already."""
    sources = record.get("source")
    for each in sources if isinstance(sources, list) else ():
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            id, url = str(each["id"]), str(each.get("url", "")).rstrip("/")
            if url == record_url(trial.nct) or id == f"ctg-{trial.nct.lower()}":
                return id
    return None


def _known(record: Mapping[str, Any], report: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]] | None:
    """The report that an earlier suggestion of this arm was accepted into."""
    safety = record.get("safety")
    reports = safety.get("report") if isinstance(safety, dict) else None
    for at, each in enumerate(reports if isinstance(reports, list) else ()):
        if (
            isinstance(each, dict)
            and (each.get("trial"), each.get("population")) == (report["trial"], report["population"])
            and str(each.get("note", "")).startswith("ClinicalTrials.gov serious adverse events")
        ):
            return at, each
    return None
