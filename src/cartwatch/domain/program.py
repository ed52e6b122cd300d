"""Program: one therapy of the watchlist, with every fact known of it and its sources."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .catalyst import Catalyst
from .efficacy import Efficacy
from .fields import RecordKind, fact, listed
from .mechanism import Mechanism
from .regulatory import Designation, Hold, Status
from .safety import LeadingRate, Safety, data_sets, leading_rate
from .sponsor import Partner, Sponsor
from .vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .cites import Cite
    from .dates.window import Window

__all__ = ["Program", "Source", "Trial", "root", "rooted_in", "slug"]


@dataclass(frozen=True, slots=True)
class Trial:
    """A linked trial; all fields below the name are written by a registry refresh."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="trial",
        heading="Trials",
        help="Linked trials.",
        label="trial",
        plural="trials",
        identity=(("nct",), ("registry", "id"), ("name",)),
        names=("id", "nct"),
        titles=("name", "nct", "id"),
        apart=("number",),
        pane="trials",
    )

    nct: str | None = fact("text", "NCT number", "The ClinicalTrials.gov number.")
    registry: str | None = fact("text", "Registry", "Another registry, as in ChiCTR.")
    id: str | None = fact("text", "Registry id", "The trial's id in that registry.")
    name: str | None = fact("text", "Name", "The trial's name.")
    status: str | None = fact("term", "Status", "Overall status.", vocabulary="status", registry=True)
    phase: tuple[str, ...] = fact("words", "Phase", "Phases as the registry has them.", registry=True, default=())
    enrollment: int | None = fact("count", "Enrolment", "Participants.", registry=True)
    enrollment_type: str | None = fact("text", "Enrolment type", "ESTIMATED or ACTUAL.", registry=True)
    start: Window | None = fact("date", "Start", "Study start.", registry=True)
    start_type: str | None = fact("text", "Start type", "ESTIMATED or ACTUAL.", registry=True)
    primary_completion: Window | None = fact(
        "date", "Primary completion", "Last collection of the primary outcome; no readout date.", registry=True
    )
    primary_completion_type: str | None = fact("text", "Primary completion type", "ESTIMATED or ACTUAL.", registry=True)
    completion: Window | None = fact("date", "Completion", "Study completion.", registry=True)
    completion_type: str | None = fact("text", "Completion type", "ESTIMATED or ACTUAL.", registry=True)
    why_stopped: str | None = fact("text", "Why stopped", "The reason given in the registry.", registry=True)
    results_submitted: Window | None = fact("date", "Results submitted", "Results first submitted.", registry=True)
    results_posted: Window | None = fact("date", "Results posted", "Results first posted.", registry=True)
    updated: Window | None = fact("date", "Updated", "The registry's own last-update date.", registry=True)
    fetched: Window | None = fact("date", "Fetched", "Day on which these data were fetched.", registry=True)
    cite: tuple[Cite, ...] = fact("cites", "Source", "The source of the link.", default=())

    @property
    def number(self) -> str | None:
        """The trial's number in its registry."""
        return self.nct or (f"{self.registry} {self.id}" if self.registry and self.id else self.id)


@dataclass(frozen=True, slots=True)
class Source:
    """A source of facts; `checked` is the day a person last read it."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="source",
        heading="Sources",
        help="Sources of the facts.",
        label="source",
        plural="sources",
        identity=(("id",), ("url",), ("title",)),
        names=("id",),
        titles=("title", "id"),
        apart=("id",),
        pane="sources",
    )

    id: str | None = fact("id", "Id", "The key that facts cite.")
    title: str | None = fact("text", "Title", "Title of the document.")
    url: str | None = fact("link", "Link", "Web address.")
    published: Window | None = fact("date", "Published", "Day of publication.")
    checked: Window | None = fact("date", "Checked", "Day on which a person last read it; absent: source not checked.")
    quote: str | None = fact("prose", "Quote", "The relevant words, verbatim.")


@dataclass(frozen=True, slots=True)
class Program:
    """One program of the watchlist.

    `key` is unique in its watchlist: its id, or a slug of its name if it has none. `company` is the record of its sponsor,
    from the top of the file. `own` holds
    the values under the user's own keys, each by its path as a text, `unread` the unreadable values,
    as they are written.
    """

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="program",
        heading="Programs",
        help="The therapies followed.",
        label="program",
        plural="programs",
        identity=(("key",),),
        names=("id",),
        named_by="name",
        titles=("short", "name", "id"),
        pane="overview",
    )

    key: str
    name: str = fact("text", "Name", "The program's full name.", default="", sourced=False)
    id: str | None = fact("id", "Id", "A stable key, [a-z0-9-]; absent: a slug of the name.", sourced=False)
    short: str | None = fact("text", "Short name", "Name in the table; absent: the name.", sourced=False)
    aliases: tuple[str, ...] = fact("words", "Aliases", "Other names, as in UCART22.", default=(), sourced=False)
    sponsor: str | None = fact("text", "Sponsor", "The company or institution that develops it.", names=Sponsor)
    ticker: str | None = fact("text", "Ticker", "The sponsor's stock ticker.", sourced=False)
    indications: tuple[str, ...] = fact("words", "Indications", "The diseases it is meant to treat.", default=())
    phase: str | None = fact("term", "Phase", "Phase of development.", vocabulary="phase", bulk=True)
    tags: tuple[str, ...] = fact("words", "Tags", "Your labels.", default=(), sourced=False, bulk=True)
    pinned: bool = fact("flag", "Pinned", "Kept at the top of the table.", default=False, sourced=False, bulk=True)
    notes: str | None = fact("prose", "Notes", "Markdown.", sourced=False, pane="notes")
    checked: Window | None = fact(
        "date", "Checked", "Day on which a person last verified the whole record.", sourced=False, bulk=True
    )
    cite: Mapping[str, tuple[Cite, ...]] | None = fact("map", "Sources of facts", "The source of each fact, by field path.")
    statuses: tuple[Status, ...] = listed(Status)
    holds: tuple[Hold, ...] = listed(Hold)
    partners: tuple[Partner, ...] = listed(Partner)
    mechanism: Mechanism | None = fact("record", "Mechanism", "Mechanism of the product.", record=Mechanism)
    safety: Safety | None = fact("record", "Safety", "Risks, mitigation and rates.", record=Safety)
    efficacy: tuple[Efficacy, ...] = listed(Efficacy)
    designations: tuple[Designation, ...] = listed(Designation)
    catalysts: tuple[Catalyst, ...] = listed(Catalyst)
    trials: tuple[Trial, ...] = listed(Trial)
    sources: tuple[Source, ...] = listed(Source, sourced=False)
    company: Sponsor | None = None
    own: tuple[tuple[str, str], ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The name in the table: the short name, else the name."""
        return self.short or self.name or self.key

    def source(self, id: str) -> Source | None:
        """Return the source with this id."""
        return next((each for each in self.sources if each.id == id), None)

    def catalyst(self, key: str) -> Catalyst | None:
        """Return the catalyst with this key."""
        return next((each for each in self.catalysts if each.key == key), None)

    def data_sets(self) -> list[list[int]]:
        """Return the places of the safety reports, those on one data set together; see `domain.safety.data_sets`."""
        names = {fold(each.name): each.number for each in self.trials if each.name and each.number}
        return data_sets(self.safety.reports if self.safety else (), names)

    def leading_rate(self, risk: str, grade: str = "severe") -> LeadingRate | None:
        """Return the rate that the table shows for a risk; see `domain.safety.leading_rate`."""
        reports = self.safety.reports if self.safety else ()
        return leading_rate(reports, risk, grade, self.indications[0] if self.indications else "")


_root: type = Program


def root() -> type:
    """Return the class from whose declarations everything derives: a program and, below it, every kind of record."""
    return _root


@contextmanager
def rooted_in(program: type) -> Iterator[None]:
    """Derive everything from another class for a while; tests use it with more fields than Program declares."""
    global _root
    before, _root = _root, program
    try:
        yield
    finally:
        _root = before


def slug(text: str) -> str:
    """Make a key from a name: `[a-z0-9-]`, at most 64 characters; "program" if nothing is left."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    return "-".join(words)[:64].strip("-") or "program"
