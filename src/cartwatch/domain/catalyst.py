"""Catalyst: an upcoming event, the guidance on when, and its earlier guidance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact, listed
from .vocabulary import OUTCOME

if TYPE_CHECKING:
    from .cites import Cite
    from .dates.window import Window

__all__ = ["Catalyst", "Guidance"]


@dataclass(frozen=True, slots=True)
class Guidance:
    """An earlier guidance on when: an entry of the slip ledger."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="move",
        heading="Earlier guidance",
        help="The slip ledger, oldest first.",
        label="earlier guidance",
        plural="earlier guidance",
        identity=(("when", "said"),),
        pane="history",
        inline=True,
        one_a_line=True,
    )

    when: Window | None = fact("guidance", "When", "The guidance as given then.")
    said: Window | None = fact("date", "Said", "Day on which it was given.")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the earlier guidance.", default=())
    note: str | None = fact("text", "Note", "Remarks.")


@dataclass(frozen=True, slots=True)
class Catalyst:
    """An upcoming event, or one with an outcome.

    `key` is unique in its program: its id, or a slug of the event if it has none.
    """

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="catalyst",
        heading="Catalysts",
        help="Upcoming events, and when.",
        label="catalyst",
        plural="catalysts",
        identity=(("key",), ("event",)),
        names=("id",),
        named_by="event",
        titles=("event",),
        apart=("when",),
        pane="catalysts",
    )

    key: str
    id: str | None = fact("id", "Id", "A stable key; absent: a slug of the event.")
    event: str | None = fact("text", "Event", "The event, as in First interim analysis.")
    kind: str | None = fact("term", "Kind", "The kind of event.", vocabulary="kind")
    when: Window | None = fact("guidance", "When", "The sponsor's own words, or a date.")
    said: Window | None = fact("date", "Said", "Day on which that guidance was given.")
    trial: str | None = fact("text", "Trial", "The trial it belongs to.")
    indication: str | None = fact("text", "Indication", "The indication it is about.")
    agency: str | None = fact("term", "Agency", "The agency that decides.", vocabulary="agency")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the guidance.", default=())
    note: str | None = fact("text", "Note", "Remarks.")
    outcome: str | None = fact("term", "Outcome", "The result, once known.", vocabulary="outcome")
    outcome_on: Window | None = fact("date", "Outcome on", "Day on which it happened.")
    moves: tuple[Guidance, ...] = listed(Guidance)

    @property
    def closed(self) -> bool:
        """Whether a known outcome is recorded; "pending", "delayed" or an unknown word does not close it."""
        return self.outcome is not None and OUTCOME.canonical(self.outcome) is not None

    @property
    def known_outcome(self) -> str | None:
        """The outcome if it closes the catalyst, else None."""
        return self.outcome if self.closed else None
