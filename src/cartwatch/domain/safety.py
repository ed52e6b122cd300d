"""Safety: the three risks with their mitigation, and the data sets with their rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact, listed
from .rates import NamedRate, Rate
from .vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .cites import Cite
    from .dates.window import Window

__all__ = ["RISKS", "Frequency", "LeadingRate", "OtherEvent", "Report", "Risk", "Safety", "data_sets", "leading_rate"]

RISKS = ("crs", "icans", "gvhd")


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk in words, and its mitigation."""

    note: str | None = fact("text", "Note", "The risk in words.")
    mitigation: tuple[str, ...] = fact("words", "Mitigation", "Mitigation measures, one an item.", default=())


@dataclass(frozen=True, slots=True)
class Frequency:
    """Frequency of one event at any grade and at grade 3 or higher."""

    any: Rate | None = fact("rate", "Any grade", 'Patients with the event at any grade: "n/N", or a percentage.')
    severe: Rate | None = fact("rate", "Grade ≥3", 'Patients with the event at grade 3 or higher: "n/N", or a percentage.')


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """Frequency of an event other than CRS, ICANS, neurotoxicity and GVHD."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="other",
        heading="Other events",
        help="Other events of interest.",
        label="event",
        plural="events",
        identity=(("event",),),
        titles=("event",),
        inline=True,
    )

    event: str | None = fact("text", "Event", "The event, as in HLH or infection.")
    any: Rate | None = fact("rate", "Any grade", 'Patients with the event at any grade: "n/N", or a percentage.')
    severe: Rate | None = fact("rate", "Grade ≥3", 'Patients with the event at grade 3 or higher: "n/N", or a percentage.')


@dataclass(frozen=True, slots=True)
class Report:
    """One data set: a trial, a population, a cut-off. Rates of two data sets are never pooled."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="report",
        heading="Data sets",
        help="Rates, by data set.",
        label="data set",
        plural="data sets",
        identity=(
            ("trial", "population", "cutoff", "cite"),
            ("trial", "population", "cutoff"),
            ("trial", "population"),
            ("trial",),
        ),
        titles=("population", "trial"),
        pane="safety",
    )

    trial: str | None = fact("text", "Trial", "The trial: an NCT number or a name.")
    population: str | None = fact("text", "Population", "The evaluated patients.")
    n: int | None = fact("count", "n", "Patients evaluable for safety.")
    cutoff: Window | None = fact("date", "Cut-off", "The data cut-off.")
    scale: str | None = fact("term", "Scale", "The grading scale; part of the number.", vocabulary="scale")
    crs: Frequency | None = fact("record", "CRS", "Cytokine release syndrome.", record=Frequency)
    icans: Frequency | None = fact(
        "record", "ICANS", "Immune effector cell-associated neurotoxicity syndrome.", record=Frequency
    )
    neurotox: Frequency | None = fact(
        "record", "Neurotoxicity", "The wider category of older labels; never mixed with ICANS.", record=Frequency
    )
    gvhd: Frequency | None = fact("record", "GVHD", "Graft-versus-host disease.", record=Frequency)
    fatal: Rate | None = fact("rate", "Fatal", "Patients with a fatal event (grade 5) related to treatment.")
    other: tuple[OtherEvent, ...] = listed(OtherEvent)
    used: tuple[NamedRate, ...] = fact("rates", "Treatments used", "Patients who needed each treatment.", default=())
    note: str | None = fact("text", "Note", "Remarks on the figures.")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the figures.", default=())


@dataclass(frozen=True, slots=True)
class Safety:
    """The safety of a program."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="safety", heading="Safety", help="Risks, mitigation and rates.", label="safety", pane="safety"
    )

    summary: str | None = fact("prose", "Summary", "Safety in a sentence or two.")
    boxed_warning: str | None = fact("text", "Boxed warning", "The label's boxed warning.")
    rems: str | None = fact("text", "REMS", "Whether the label carries or carried a REMS.")
    crs: Risk | None = fact("record", "CRS", "Cytokine release syndrome.", record=Risk)
    icans: Risk | None = fact("record", "ICANS", "Immune effector cell-associated neurotoxicity syndrome.", record=Risk)
    gvhd: Risk | None = fact("record", "GVHD", "Graft-versus-host disease.", record=Risk)
    reports: tuple[Report, ...] = listed(Report)


@dataclass(frozen=True, slots=True)
class LeadingRate:
    """The rate shown where there is room for one, its data set, and the other rates: of other sets, of other reports on it."""

    report: Report
    place: int
    rate: Rate
    others: tuple[Rate, ...] = ()

    @property
    def disputed(self) -> bool:
        """Whether another rate lies outside the 95 % interval of this one, or differs if there is no interval."""
        low, high = self.rate.interval or self.rate.limits
        return any(not low <= each.percent <= high for each in self.others)


def data_sets(reports: Sequence[Report], names: Mapping[str, str]) -> list[list[int]]:
    """Group the places of the reports on one data set: of one trial, population and cut-off.

    `names` has the number of each trial by its name, folded. A report without a population, or without a trial, is alone.
    """
    found: dict[object, list[int]] = {}
    for place, each in enumerate(reports):
        trial, population = fold(each.trial or ""), _words(each.population or "").strip()
        cutoff = (each.cutoff.start, each.cutoff.end) if each.cutoff is not None else None
        named = (fold(names.get(trial, trial)), population, cutoff)
        found.setdefault(named if trial and population else place, []).append(place)
    return list(found.values())


def leading_rate(reports: Sequence[Report], risk: str, grade: str, indication: str) -> LeadingRate | None:
    """Choose the rate to show where there is room for one; data sets are never pooled.

    Of the sets that report it, those whose population names the program's first indication come first, then the newest
    cut-off, then the most patients, then the order of the file.
    """
    named = _core(indication)
    found = []
    for place, report in enumerate(reports):
        frequency = getattr(report, risk)
        rate = getattr(frequency, grade) if frequency else None
        if rate is not None:
            about = bool(named) and named in _words(report.population or "")
            cutoff = report.cutoff.end if report.cutoff is not None and report.cutoff.end is not None else date.min
            found.append(((about, cutoff, rate.n or 0, -place), LeadingRate(report, place, rate)))
    if not found:
        return None
    first = max(found, key=lambda each: each[0])[1]
    return replace(first, others=tuple(each.rate for _, each in found if each.place != first.place))


_BESIDE = frozenset(
    {
        *("r", "relapsed", "refractory", "or", "and", "to", "in", "of", "the", "line", "age", "adult", "adults"),
        *("paediatric", "pediatric", "first", "second", "third"),
    }
)


def _words(text: str) -> str:
    """Return the words of a text between single spaces, without punctuation."""
    return f" {' '.join(fold(text.replace(',', ' ').replace(';', ' ').replace(':', ' ')).split())} "


def _core(indication: str) -> str:
    """Return the disease in an indication, between spaces: `b all` of "R/R B-ALL to age 25"; may be empty."""
    words: list[str] = []
    for word in _words(indication).split():
        if word in _BESIDE or word[0].isdigit():
            if words:
                break
            continue
        words.append(word)
    return f" {' '.join(words)} " if words else ""
