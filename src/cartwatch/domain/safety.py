"""Safety: the three risks with what is done against them, and the data sets that give their rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact, listed
from .rates import Rate

if TYPE_CHECKING:
    from .dates.window import Window

__all__ = ["RISKS", "Frequency", "OtherEvent", "Report", "Risk", "Safety"]

RISKS = ("crs", "icans", "gvhd")


@dataclass(frozen=True, slots=True)
class Risk:
    """What is said of one risk, and what is done against it."""

    note: str | None = fact("text", "Note", "What is said of this risk in words.")
    mitigation: tuple[str, ...] = fact("words", "Mitigation", "What is done against it, one measure an item.", default=())


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often one event occurred, at any grade and at grade 3 or higher."""

    any: Rate | None = fact("rate", "Any grade", 'Patients with the event at any grade: "n/N", or a percentage.')
    severe: Rate | None = fact("rate", "Grade ≥3", 'Patients with the event at grade 3 or higher: "n/N", or a percentage.')


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """How often an event other than the named ones occurred."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="other",
        heading="Other events",
        help="Other events worth watching.",
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
    """One data set: a trial, a population, a cut-off. Rates of two data sets are never added."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="report",
        heading="Data sets",
        help="Rates, one data set each.",
        label="data set",
        plural="data sets",
        identity=(
            ("trial", "population", "cutoff", "cite"),
            ("trial", "population", "cutoff"),
            ("trial", "population"),
            ("trial",),
        ),
        titles=("population", "trial"),
        apart=("cutoff",),
        pane="safety",
    )

    trial: str | None = fact("text", "Trial", "The trial: an NCT number or a name.")
    population: str | None = fact("text", "Population", "Who was evaluated.")
    n: int | None = fact("count", "n", "Patients evaluable for safety.")
    cutoff: Window | None = fact("date", "Cut-off", "The data cut-off.")
    scale: str | None = fact("term", "Scale", "The grading scale; part of the number.", vocabulary="scale")
    crs: Frequency | None = fact("record", "CRS", "Cytokine release syndrome.", record=Frequency)
    icans: Frequency | None = fact(
        "record", "ICANS", "Immune effector cell-associated neurotoxicity syndrome.", record=Frequency
    )
    neurotox: Frequency | None = fact(
        "record", "Neurotoxicity", "The wider basket of older labels; never mixed with ICANS.", record=Frequency
    )
    gvhd: Frequency | None = fact("record", "GVHD", "Graft-versus-host disease.", record=Frequency)
    other: tuple[OtherEvent, ...] = listed(OtherEvent)
    note: str | None = fact("text", "Note", "Anything to know before reading the figures.")
    cite: tuple[str, ...] = fact("cites", "Source", "The source behind the figures.", default=())


@dataclass(frozen=True, slots=True)
class Safety:
    """The safety of a program."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="safety", heading="Safety", help="How safe it looks.", label="safety", pane="safety"
    )

    summary: str | None = fact("prose", "Summary", "Safety in a sentence or two.")
    boxed_warning: str | None = fact("text", "Boxed warning", "The label's boxed warning.")
    rems: str | None = fact("text", "REMS", "Whether the label carries or carried a REMS.")
    crs: Risk | None = fact("record", "CRS", "Cytokine release syndrome.", record=Risk)
    icans: Risk | None = fact("record", "ICANS", "Immune effector cell-associated neurotoxicity syndrome.", record=Risk)
    gvhd: Risk | None = fact("record", "GVHD", "Graft-versus-host disease.", record=Risk)
    reports: tuple[Report, ...] = listed(Report)
