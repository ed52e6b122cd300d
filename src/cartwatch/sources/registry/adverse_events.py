"""Suggestions for a program's safety from posted results: serious events, arm by arm, as the registry counts them."""

from __future__ import annotations

from dataclasses import dataclass

from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold

from .record import Trial

__all__ = ["SeriousEvent", "Suggestion", "event_kind", "suggestions"]

_EXACT = {
    "cytokine release syndrome": "CRS",
    "cytokine storm": "CRS",
    "immune effector cell associated neurotoxicity syndrome": "ICANS",
    "neurotoxicity": "neurotoxicity",
}
_KINDS = ("CRS", "ICANS", "neurotoxicity", "GVHD")


@dataclass(frozen=True, slots=True)
class SeriousEvent:
    """One coded row: how many participants of an arm had a serious event of this term.

    Serious is a legal category (death, danger to life, hospital stay, lasting harm), at any grade: it is neither "any
    grade" nor "grade 3 or higher". Two rows may count the same participant.
    """

    kind: str
    term: str
    affected: int
    at_risk: int

    @property
    def words(self) -> str:
        """`CRS, serious`; the term follows where it says more than the kind."""
        plain = self.kind != "GVHD" and "storm" not in fold(self.term)
        return f"{self.kind}, serious" if plain else f"{self.kind}, serious: {self.term}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the posted results of one arm say, for a person to accept into a `[[program.safety.report]]`."""

    nct: str
    arm: str
    n: int | None
    events: tuple[SeriousEvent, ...]
    label: str
    """`ClinicalTrials.gov serious adverse events, data of 2022-03-14`."""

    def report(self, cite: str) -> dict[str, object]:
        """The data set in the file format's shape. A serious event stands under its own name, never as a grade."""
        found: dict[str, object] = {"trial": self.nct, "population": self.arm}
        if self.n is not None:
            found["n"] = self.n
        found["other"] = [{"event": each.words, "any": f"{each.affected}/{each.at_risk}"} for each in self.events]
        found["note"] = f"{self.label}; no grades; an event without a row is not coded, not zero"
        found["cite"] = cite
        return found


def event_kind(term: str) -> str | None:
    """CRS, ICANS, neurotoxicity or GVHD for a coded term, whatever its case, dashes and brackets; else None."""
    folded = fold(term).replace(" vs. ", " versus ").replace(" vs ", " versus ")
    exact = _EXACT.get(folded.removesuffix(" icans").removesuffix(" crs"))
    if exact is not None:
        return exact
    of_graft = "graft versus host disease" in folded and not folded.startswith("prophylaxis")
    return "GVHD" if of_graft else None


def suggestions(trial: Trial) -> list[Suggestion]:
    """One suggestion for each arm that has a row for CRS, ICANS, neurotoxicity or GVHD among its serious events.

    Arms are never added to each other (they overlap), nor rows, nor serious events to other ones. No row means that the
    event was not coded. A row whose counts make no sense is left out.
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
