"""Regulatory standing of a program: its phase by indication, line and region, clinical holds, designations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact

if TYPE_CHECKING:
    from .cites import Cite
    from .dates.window import Window

__all__ = ["Designation", "Hold", "Status"]


@dataclass(frozen=True, slots=True)
class Status:
    """The phase in one indication, line of therapy or region."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="status",
        heading="Statuses",
        help="Phases that differ by indication, line of therapy or region.",
        label="status",
        plural="statuses",
        identity=(("indication", "line", "region"), ("indication", "region")),
        titles=("indication", "region", "phase"),
        apart=("region", "line", "phase"),
        pane="overview",
    )

    indication: str | None = fact("text", "Indication", "The indication; absent: every one.")
    line: str | None = fact("text", "Line", "The line of therapy, as in 3L+.")
    region: str | None = fact("term", "Region", "The country or region; absent: everywhere.", vocabulary="region")
    phase: str | None = fact("term", "Phase", "The phase there.", vocabulary="phase")
    since: Window | None = fact("date", "Since", "Day from which it holds.")
    note: str | None = fact("text", "Note", "Remarks.")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the status.", default=())


@dataclass(frozen=True, slots=True)
class Hold:
    """A clinical hold: an event beside the phase, not a phase."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="hold",
        heading="Holds",
        help="Clinical holds, partial holds and pauses.",
        label="hold",
        plural="holds",
        identity=(("kind", "agency", "placed"), ("kind", "agency")),
        titles=("kind",),
        apart=("agency", "placed"),
        pane="overview",
    )

    kind: str | None = fact("term", "Hold", "The kind of hold.", vocabulary="hold")
    agency: str | None = fact("term", "Agency", "The agency that placed it.", vocabulary="agency")
    placed: Window | None = fact("date", "Placed", "Day on which it was placed.")
    lifted: Window | None = fact("date", "Lifted", "Day on which it was lifted; absent: still on hold.")
    reason: str | None = fact("text", "Reason", "The reason given.")
    note: str | None = fact("text", "Note", "Remarks.")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the hold.", default=())

    @property
    def open(self) -> bool:
        """Whether it is still in force: "pending", or a day that cannot be read, does not lift it."""
        return self.lifted is None or not self.lifted.dated


@dataclass(frozen=True, slots=True)
class Designation:
    """A regulatory designation."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="designation",
        heading="Designations",
        help="Regulatory designations.",
        label="designation",
        plural="designations",
        identity=(("kind", "agency", "indication"), ("kind", "agency")),
        titles=("kind",),
        apart=("agency", "indication"),
        pane="overview",
    )

    kind: str | None = fact("term", "Designation", "The designation.", vocabulary="designation")
    agency: str | None = fact("term", "Agency", "The agency that granted it.", vocabulary="agency")
    granted: Window | None = fact("date", "Granted", "Day on which it was granted.")
    indication: str | None = fact("text", "Indication", "The indication it was granted for.")
    ended: Window | None = fact("date", "Ended", "Day on which it was withdrawn or superseded.")
    note: str | None = fact("text", "Note", "Remarks.")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the designation.", default=())
