"""Companies behind a program: its sponsor with its cash runway, and its partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fields import RecordKind, fact

if TYPE_CHECKING:
    from .cites import Cite
    from .dates.window import Window

__all__ = ["Partner", "Runway", "Sponsor"]


@dataclass(frozen=True, slots=True)
class Runway:
    """Until when a sponsor says that its cash lasts, and where it says so."""

    when: Window | None = fact("until", "Cash lasts", 'The sponsor\'s words: "into 2H 2027", "through 2027".', sourced=False)
    said: Window | None = fact("date", "Said", "Day on which it was said.", sourced=False)
    url: str | None = fact("link", "Link", "Web address of the statement.", sourced=False)
    quote: str | None = fact("prose", "Quote", "The relevant words, verbatim.", sourced=False)
    checked: Window | None = fact(
        "date", "Checked", "Day on which a person last read it; absent: source not checked.", sourced=False
    )

    @property
    def verified(self) -> bool:
        """Whether a person has read the statement on a known day."""
        return self.checked is not None and self.checked.dated


@dataclass(frozen=True, slots=True)
class Sponsor:
    """A company that develops programs; it belongs to the programs that name it."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="sponsor",
        heading="Sponsors",
        help="Companies, each with what holds of all its programs.",
        label="sponsor",
        plural="sponsors",
        identity=(("name",),),
        titles=("name",),
        pane="overview",
    )

    name: str | None = fact("text", "Name", "The company, as programs name it.", sourced=False)
    tickers: tuple[str, ...] = fact("words", "Tickers", "Its stock tickers.", default=(), sourced=False)
    cik: str | None = fact("text", "CIK", "Its number at the SEC.", sourced=False)
    runway: Runway | None = fact("record", "Runway", "How long its cash lasts.", record=Runway, sourced=False)


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
