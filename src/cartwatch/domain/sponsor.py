"""Companies behind a program: its partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact

if TYPE_CHECKING:
    from .cites import Cite

__all__ = ["Partner"]


@dataclass(frozen=True, slots=True)
class Partner:
    """Another company with rights in a program."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="partner",
        heading="Partners",
        help="Licensees, licensors and other companies with rights in it.",
        label="partner",
        plural="partners",
        identity=(("name", "role", "territory"), ("name", "role"), ("name",)),
        titles=("name",),
        apart=("role", "territory"),
        pane="overview",
    )

    name: str | None = fact("text", "Partner", "The company.")
    role: str | None = fact("term", "Role", "Its part.", vocabulary="role")
    territory: str | None = fact("text", "Territory", "Where, as in ex-US.")
    ticker: str | None = fact("text", "Ticker", "Its stock ticker.", sourced=False)
    note: str | None = fact("text", "Note", "Remarks.")
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the agreement.", default=())
