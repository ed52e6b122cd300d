"""Mechanism: what the product is made of and how the cells were changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .fields import RecordKind, fact, listed
from .vocabulary import purpose_of

__all__ = ["Knockout", "Mechanism"]


@dataclass(frozen=True, slots=True)
class Knockout:
    """A knocked-out gene and its purpose; in the file a name alone, or a name with its purpose."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="knockouts",
        heading="Knock-outs",
        help="Genes knocked out, each with its purpose.",
        label="knock-out",
        plural="knock-outs",
        identity=(("gene",),),
        titles=("gene",),
        apart=("purpose",),
        inline=True,
        plain="gene",
    )

    gene: str = fact("text", "Gene", "The gene or receptor, as in TRAC or CD52.", default="")
    purpose: str | None = fact("text", "Purpose", "Purpose of the knock-out.")

    @property
    def why(self) -> str | None:
        """The purpose in the file, else that of a well-known edit."""
        return self.purpose or purpose_of(self.gene)


@dataclass(frozen=True, slots=True)
class Mechanism:
    """The mechanism of a product."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="mechanism", heading="Mechanism", help="Mechanism of the product.", label="mechanism", pane="mechanism"
    )

    modality: str | None = fact("term", "Modality", "The kind of product.", vocabulary="modality")
    source: str | None = fact("term", "Cell source", "Source of the cells.", vocabulary="source")
    cell: str | None = fact("term", "Cell", "The kind of cell.", vocabulary="cell")
    targets: tuple[str, ...] = fact("words", "Targets", "The antigens that the receptor binds, as in CD19.", default=())
    binder: str | None = fact("text", "Binder", "The binding domain, as in scFv.")
    costimulation: str | None = fact("term", "Costimulation", "The costimulatory domain.", vocabulary="costimulation")
    vector: str | None = fact("text", "Vector", "Vector or method that delivers the receptor.")
    editing: str | None = fact("text", "Editing", "The nuclease or method, as in TALEN.")
    knockouts: tuple[Knockout, ...] | None = listed(Knockout, default=None)
    switch: str | None = fact("text", "Safety switch", "Mechanism to turn the cells off, or none.")
    lymphodepletion: str | None = fact("text", "Lymphodepletion", "The conditioning regimen.")
    summary: str | None = fact("prose", "Summary", "The mechanism in a sentence or two.")
