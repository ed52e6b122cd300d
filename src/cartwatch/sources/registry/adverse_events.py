"""Suggests safety reports from the serious adverse events in posted results, arm by arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, Edit, Set
from cartwatch.document.paths import joined
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold
from cartwatch.proposals.model import Entry, Evidence, News, Offer, Proposal

from .draft import source_of
from .record import SOURCE, StudyRecord, record_url
from .refresh import Answers, Linked, linked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

    from .clinicaltrials import Access, Progress

__all__ = [
    "CAVEAT",
    "SeriousEvent",
    "Suggestion",
    "ask_results",
    "event_kind",
    "propose_safety",
    "suggestions",
    "with_results",
]

CAVEAT = "serious events have no grades; an event without a row is not coded, not zero; arms overlap and are never added up"

_EXACT = {
    "cytokine release syndrome": "CRS",
    "cytokine storm": "CRS",
    "immune effector cell associated neurotoxicity syndrome": "ICANS",
    "neurotoxicity": "neurotoxicity",
}
_KINDS = ("CRS", "ICANS", "neurotoxicity", "GVHD")


@dataclass(frozen=True, slots=True)
class SeriousEvent:
    """One coded row: the number of participants of an arm with a serious event of this term.

    Serious is a legal category (death, danger to life, hospital stay, lasting harm), at any grade: it is neither "any
    grade" nor "grade 3 or higher". Two rows may count the same participant.
    """

    kind: str
    term: str
    affected: int
    at_risk: int

    @property
    def words(self) -> str:
        """The event as `CRS, serious`; the coded term is added if it says more."""
        plain = self.kind != "GVHD" and "storm" not in fold(self.term)
        return f"{self.kind}, serious" if plain else f"{self.kind}, serious: {self.term}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A safety report from the posted results of one arm, to be accepted into `[[program.safety.report]]`."""

    nct: str
    arm: str
    n: int | None
    events: tuple[SeriousEvent, ...]
    label: str
    """`ClinicalTrials.gov serious adverse events, data of 2022-03-14`."""

    def report(self, cite: str) -> dict[str, object]:
        """Return the data set in the shape of the file format. A serious event has its own name, never a grade."""
        found: dict[str, object] = {"trial": self.nct, "population": self.arm}
        if self.n is not None:
            found["n"] = self.n
        found["other"] = [{"event": each.words, "any": f"{each.affected}/{each.at_risk}"} for each in self.events]
        found["note"] = f"{self.label}; no grades; an event without a row is not coded, not zero"
        found["cite"] = cite
        return found


def event_kind(term: str) -> str | None:
    """Return CRS, ICANS, neurotoxicity or GVHD for a coded term, ignoring case, dashes and brackets; else None."""
    folded = fold(term).replace(" vs. ", " versus ").replace(" vs ", " versus ")
    exact = _EXACT.get(folded.removesuffix(" icans").removesuffix(" crs"))
    if exact is not None:
        return exact
    of_graft = "graft versus host disease" in folded and not folded.startswith("prophylaxis")
    return "GVHD" if of_graft else None


def suggestions(trial: StudyRecord) -> list[Suggestion]:
    """Return one suggestion for each arm that has a row for CRS, ICANS, neurotoxicity or GVHD among its serious events.

    Arms are never added up (they overlap), nor rows, nor serious and other events. No row means that the
    event was not coded. A row with inconsistent counts is left out.
    """
    module = trial.adverse_events if isinstance(trial.adverse_events, dict) else {}
    groups = {str(each["id"]): each for each in _dicts(module.get("eventGroups")) if isinstance(each.get("id"), str)}
    rows: dict[str, list[SeriousEvent]] = {group: [] for group in groups}
    for event in _dicts(module.get("seriousEvents")):
        term = event.get("term")
        kind = event_kind(term) if isinstance(term, str) else None
        if kind is None or not isinstance(term, str):
            continue
        for stat in _dicts(event.get("stats")):
            group = stat.get("groupId")
            if isinstance(group, str) and group in rows:
                row = _row(kind, term, stat, groups[group])
                rows[group].extend([row] if row else [])
    dated = trial.updated or trial.results_posted
    label = f"ClinicalTrials.gov serious adverse events, data of {dated.text if dated else 'unknown date'}"
    return [
        Suggestion(
            nct=trial.nct,
            arm=_name(groups[group].get("title")) or group,
            n=_count(groups[group].get("seriousNumAtRisk")),
            events=tuple(sorted(events, key=lambda each: (_KINDS.index(each.kind), fold(each.term)))),
            label=label,
        )
        for group, events in rows.items()
        if events
    ]


def _row(kind: str, term: str, stat: dict[str, object], group: dict[str, object]) -> SeriousEvent | None:
    affected = _count(stat.get("numAffected"))
    at_risk = _count(stat.get("numAtRisk"))
    at_risk = at_risk if at_risk is not None else _count(group.get("seriousNumAtRisk"))
    if affected is None or not at_risk or affected > at_risk:
        return None
    return SeriousEvent(kind, _name(term) or kind, affected, at_risk)


def _dicts(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _count(value: object) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**7
    return value if fits and isinstance(value, int) else None


def _name(value: object) -> str | None:
    return " ".join(clean(value, limit=200).split()) or None if isinstance(value, str) else None


def with_results(document: Document, links: Sequence[Linked]) -> list[Linked]:
    """Return the links whose trials have posted results, as far as the watchlist knows."""
    return [each for each in links if document.programs[each.place]["trial"][each.at].get("results_posted")]


async def ask_results(asked: Sequence[str], access: Access, now: datetime, progress: Progress | None = None) -> Answers:
    """Fetch the whole records of some numbers, one call each. Raises RegistryError if there was no answer at all."""
    from .clinicaltrials import fetch

    found = await fetch(asked, access=access, progress=progress)
    known = found.by_asked(asked)
    return Answers(
        tuple(asked), known, now, found.missing, found.unanswered, found.problems, found.data_timestamp, error=found.error
    )


def propose_safety(document: Document, watchlist: Watchlist, answers: Answers, keys: Collection[str] | None = None) -> Proposal:
    """Offer each arm that has rows for CRS, ICANS, neurotoxicity or GVHD, unless the watchlist has it already.

    None is accepted by default. A serious event has its own name, never a grade, and arms are not
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


def _offer(record: Mapping[str, Any], link: Linked, trial: StudyRecord, suggested: Suggestion) -> Offer | None:
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
    news = News(trial.nct, f"{link.about}: {suggested.arm}{size}", (), events, f"{suggested.label}: {CAVEAT}")
    path = joined(("safety", "report", suggested.arm))
    return Offer(path, "suggested", None, events, tuple(edits), (), (Evidence(cite),), news=news)


def _source(record: Mapping[str, Any], trial: StudyRecord) -> str | None:
    """Return the id of the source that is already the record's page."""
    sources = record.get("source")
    for each in sources if isinstance(sources, list) else ():
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            id, url = str(each["id"]), str(each.get("url", "")).rstrip("/")
            if url == record_url(trial.nct) or id == f"ctg-{trial.nct.lower()}":
                return id
    return None


def _known(record: Mapping[str, Any], report: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]] | None:
    """Return the report that an earlier suggestion of this arm was accepted into."""
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
