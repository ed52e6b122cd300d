"""A catalyst: an event that is waited for, the guidance on when, and how that guidance has moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact, listed
from .vocabulary import OUTCOME

if TYPE_CHECKING:
    from .dates.window import Window

__all__ = ["Catalyst", "Guidance"]


@dataclass(frozen=True, slots=True)
class Guidance:
    """What was said earlier of when: an entry of the slip ledger."""

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

    when: Window | None = fact("guidance", "When", "The words of that day.")
    said: Window | None = fact("date", "Said", "When it was said.")
    cite: tuple[str, ...] = fact("cites", "Source", "Who said it.", default=())
    note: str | None = fact("text", "Note", "Anything to know.")


@dataclass(frozen=True, slots=True)
class Catalyst:
    """An event that is waited for.

    `key` tells it from the other catalysts of its program: its id, or a slug of the event where it has none, made unique.
    """

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="catalyst",
        heading="Catalysts",
        help="What comes next, and when.",
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
    event: str | None = fact("text", "Event", "What is waited for.")
    kind: str | None = fact("term", "Kind", "The kind of event.", vocabulary="kind")
    when: Window | None = fact("guidance", "When", "The sponsor's own words, or a date.")
    said: Window | None = fact("date", "Said", "When that guidance was given.")
    trial: str | None = fact("text", "Trial", "The trial it belongs to.")
    cite: tuple[str, ...] = fact("cites", "Source", "The source of the guidance.", default=())
    note: str | None = fact("text", "Note", "Anything to know.")
    outcome: str | None = fact("term", "Outcome", "How it went.", vocabulary="outcome")
    outcome_on: Window | None = fact("date", "Outcome on", "When it happened.")
    moves: tuple[Guidance, ...] = listed(Guidance)

    @property
    def closed(self) -> bool:
        """Whether it is over: only a known outcome says so, not "pending", "delayed" or a word that is not understood."""
        return self.outcome is not None and OUTCOME.canonical(self.outcome) is not None

    @property
    def known_outcome(self) -> str | None:
        """The outcome where it closes the catalyst, else None."""
        return self.outcome if self.closed else None
