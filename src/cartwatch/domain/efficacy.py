"""Efficacy: the results of one data set, each endpoint in the words of its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact, listed

if TYPE_CHECKING:
    from .cites import Cite
    from .dates.window import Window

__all__ = ["Efficacy", "Result"]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one endpoint."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="results",
        heading="Results",
        help="Results, one an endpoint.",
        label="result",
        plural="results",
        identity=(("endpoint",),),
        titles=("endpoint",),
        inline=True,
    )

    endpoint: str | None = fact("text", "Endpoint", "The endpoint, as in ORR or median DOR.")
    value: str | None = fact("text", "Value", 'The result as published: "28/40", or "11.2 months".')


@dataclass(frozen=True, slots=True)
class Efficacy:
    """One data set of efficacy: a trial, a population, a cut-off. Never compared without its population."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="efficacy",
        heading="Efficacy",
        help="Results of efficacy, by data set.",
        label="efficacy data set",
        plural="efficacy data sets",
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
    n: int | None = fact("count", "n", "Patients evaluable for efficacy.")
    cutoff: Window | None = fact("date", "Cut-off", "The data cut-off.")
    results: tuple[Result, ...] = listed(Result)
    note: str | None = fact("text", "Note", "Remarks on the figures.")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the figures.", default=())
