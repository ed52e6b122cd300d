"""What a proposal is made of: entries, one a program, with offers, one a fact, each with both values and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cartwatch.document.edits import Edit
    from cartwatch.domain.program import Program

    from .incoming import Incoming

__all__ = [
    "FIRST",
    "OUTSIDE",
    "SIDES",
    "SIGNS",
    "STATES",
    "WEIGHTS",
    "WHOLE",
    "Choice",
    "Entry",
    "Evidence",
    "News",
    "Offer",
    "Proposal",
    "RecordChange",
]

SIGNS = {"added": "+", "changed": "~", "conflict": "!", "older": "·", "suggested": "?"}
"""The kinds of offers, each with its sign: a fact that mine lacks, another value, another value where both were edited,
guidance given before my own, and what is never taken before a person has said so."""

STATES = ("new", "changed", "conflict", "same", "unclear", "refused")
"""What an incoming program is: unclear, where it can't be told which of mine it is; refused, where it has errors."""

FIRST = "first data"
WEIGHTS = ("critical", "notable", "minor", FIRST, "")
"""How much an offer matters, the weightiest first; "" for new time stamps, and for sources that do not say."""

SIDES = ("mine", "theirs")
WHOLE = -1
OUTSIDE = -1

Choice = tuple[int, int]
"""What can be accepted: the place of an entry, and of one of its offers; WHOLE for a new program, OUTSIDE for the head."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an offered value comes from: the id of a source in the incoming program, the day it was published as written,
    and, where the source is text, its verbatim words; `span` is the part of the quote that the value was read from."""

    source: str
    date: date | str | None = None
    quote: str = ""
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One change of a record that a source keeps, as a registry does.

    `field` is the file format's name where it has one. `old` and `new` are as shown, None for absent. `rule` says why the
    change has its level. `words` is the change in words: what the record says, never what happened at the sponsor.
    """

    field: str
    old: str | None
    new: str | None
    level: str
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a record that a source keeps, and that is offered whole.

    `nct` is the number that the registry gives it, `about` the trial in words. `changes` come the weightiest first; where
    there are none, `otherwise` says what the record brings instead. `seen` says between which days the change was first seen.
    """

    nct: str
    about: str
    changes: tuple[RecordChange, ...]
    otherwise: str
    seen: str

    def lines(self) -> list[tuple[str, str, str]]:
        """Level, words and rule of each change; the level of what is none is ""."""
        return [(each.level, each.words, each.rule) for each in self.changes] or [("", self.otherwise, "")]


@dataclass(frozen=True, slots=True)
class Offer:
    """One fact that a proposal would change.

    `path` is the fact's place in my program, as in `catalyst.balli-01-interim.when`. `mine`, `theirs` and `base`, what both
    once had, are raw values of the file, None where there is none or nobody knows; `my_cites` are the source ids behind mine.
    `edits` are those of the program alone: `rebased` puts its place before their paths. `news` is what is new in a registry
    record, where the offer is one, and `weight`, one of WEIGHTS, how much that matters.
    """

    path: str
    kind: str
    mine: Any
    theirs: Any
    edits: tuple[Edit, ...]
    my_cites: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    base: Any = None
    news: News | None = None
    weight: str = ""

    @property
    def their_cites(self) -> tuple[str, ...]:
        """The source ids behind theirs."""
        return tuple(each.source for each in self.evidence)

    @property
    def default(self) -> bool:
        """Whether it is accepted before a person has looked: not a conflict, older guidance or a suggestion."""
        return self.kind in ("added", "changed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One incoming program.

    `program` and `record` are as the source has it, `key` and `label` those of my program where there is one, whose place is
    `place`. `by` says how the two were told to be one, `reason` why an entry is unclear or refused. `source` is the name of the
    file. `of_registry`: it is the link to a trial that mine has not.
    """

    state: str
    key: str
    label: str
    source: str
    program: Program
    record: Mapping[str, Any]
    place: int | None = None
    by: str = ""
    reason: str = ""
    offers: tuple[Offer, ...] = ()
    text: str | None = None
    of_registry: bool = False

    @property
    def choices(self) -> range:
        """The numbers that can be accepted of it."""
        return range(WHOLE, 0) if self.state == "new" else range(len(self.offers))

    @property
    def weight(self) -> str:
        """The weight of its weightiest offer."""
        return min((each.weight for each in self.offers), key=WEIGHTS.index, default="")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything that sources offer: programs, the reader's own keys outside them, and the sources it all comes from.

    `cleaned` counts the characters that can't be seen and so were replaced. `act` is what accepting it is called, `origin` the
    way it came by, for the journal; `notes` are what else there is to know before one chooses.
    """

    entries: tuple[Entry, ...]
    head: tuple[Offer, ...] = ()
    sources: tuple[Incoming, ...] = ()
    cleaned: int = 0
    act: str = "imported"
    origin: str = ""
    notes: tuple[str, ...] = ()

    def of(self, state: str) -> list[Entry]:
        """The entries in a state."""
        return [each for each in self.entries if each.state == state]

    def choices(self, side: str | None = None) -> set[Choice]:
        """What is accepted before a person has looked: everything but conflicts and guidance older than mine.

        "theirs" accepts those too; "mine" accepts only what mine lacks.
        """
        wanted = {"theirs": ("added", "changed", "conflict", "older"), "mine": ("added",)}
        kinds = wanted[side] if side is not None else None
        listed = [(at, number) for at, entry in enumerate(self.entries) for number in entry.choices]
        listed += [(OUTSIDE, number) for number in range(len(self.head))]
        return {each for each in listed if (offer := self.offer(each)) is None or _wanted(offer, kinds)}

    def offer(self, choice: Choice) -> Offer | None:
        """The offer that a choice is; None for a new program."""
        at, number = choice
        offers = self.head if at == OUTSIDE else self.entries[at].offers
        return offers[number] if number != WHOLE else None


def _wanted(offer: Offer, kinds: tuple[str, ...] | None) -> bool:
    return offer.default if kinds is None else offer.kind in kinds
