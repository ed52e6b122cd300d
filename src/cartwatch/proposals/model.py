"""Data model of proposals: one entry for each program, one offer for each fact, with both values and the evidence."""

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
guidance older than my own, and suggestions that are never accepted by default."""

STATES = ("new", "changed", "conflict", "same", "unclear", "refused")
"""What an incoming program is: unclear, where it can't be told which of mine it is; refused, where it has errors."""

FIRST = "first data"
WEIGHTS = ("critical", "notable", "minor", FIRST, "")
"""How much an offer matters, the weightiest first; "" for new time stamps, and for sources that do not say."""

SIDES = ("mine", "theirs")
WHOLE = -1
OUTSIDE = -1

Choice = tuple[int, int]
"""What can be accepted: the place of an entry, and of one of its offers; WHOLE for a new program, below it the joining of a
further draft, OUTSIDE for the head."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of an offered value.

    It is the id of a source in the incoming program, the day it was published as written, and, if the source is text, its
    verbatim words; `span` is the part of the quote that the value was read from.
    """

    source: str
    date: date | str | None = None
    quote: str = ""
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One change of a record that a source keeps, as a registry does.

    `field` is the file format's name where it has one. `old` and `new` are as shown, None for absent. `rule` says why the
    change has its level. `words` describes the change of the record, never an event at the sponsor.
    """

    field: str
    old: str | None
    new: str | None
    level: str
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class News:
    """The changes of a record that a source keeps, offered as a whole.

    `nct` is its registry number, `about` the trial in words. `changes` come the weightiest first; if
    there are none, `otherwise` describes the update. `seen` has the days between which the change was first seen.
    """

    nct: str
    about: str
    changes: tuple[RecordChange, ...]
    otherwise: str
    seen: str

    def lines(self) -> list[tuple[str, str, str]]:
        """Return level, words and rule of each change; the level of `otherwise` is ""."""
        return [(each.level, each.words, each.rule) for each in self.changes] or [("", self.otherwise, "")]


@dataclass(frozen=True, slots=True)
class Offer:
    """One fact that a proposal would change.

    `path` is the fact's place in my program, as in `catalyst.balli-01-interim.when`. `mine`, `theirs` and `base`, the last
    common value, are raw values of the file, None if absent or unknown; `my_cites` are the source ids of mine.
    `edits` are those of the program alone: `rebased` prefixes their paths with its place. `news` has the changes of a registry
    record, if the offer is one, and `weight`, one of WEIGHTS, their importance. What was read from text has the name of the
    `rule` that read it; it is not `certain`, hence not accepted by default, where `why` says so.
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
    rule: str = ""
    certain: bool = True
    why: str = ""

    @property
    def their_cites(self) -> tuple[str, ...]:
        """The source ids of theirs."""
        return tuple(each.source for each in self.evidence)

    @property
    def default(self) -> bool:
        """Whether it is accepted by default: not a conflict, older guidance, a suggestion or an uncertain reading."""
        return self.certain and self.kind in ("added", "changed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One incoming program.

    `program` and `record` are as in the source, `key` and `label` those of my program if there is one, whose place is
    `place`. `by` is the rule that matched the two, `reason` why an entry is unclear or refused. `source` is the name of the
    file. `of_registry`: it links a trial that mine does not have. An unclear entry that was read from text has the keys of
    its `candidates`, and in `asks` the number of the statement whose program has to be chosen; its one offer shows the
    evidence. A new program that is not `certain` is not accepted by default. `parts` are the drafts that a new program is
    joined from: each but the first can be taken as a program of its own.
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
    candidates: tuple[str, ...] = ()
    asks: int | None = None
    certain: bool = True
    parts: tuple[Mapping[str, Any], ...] = ()

    @property
    def choices(self) -> range:
        """The numbers of its parts that can be accepted; below WHOLE are the joinings of its further drafts."""
        if self.state == "new":
            return range(WHOLE - len(self.parts[1:]), 0)
        return range(len(self.offers) if self.place is not None else 0)

    @property
    def weight(self) -> str:
        """The weight of its weightiest offer."""
        return min((each.weight for each in self.offers), key=WEIGHTS.index, default="")


@dataclass(frozen=True, slots=True)
class Proposal:
    """All offers of some sources: programs, the user's own keys outside them, and the sources.

    `cleaned` counts the invisible characters that were replaced. `act` is the name of accepting it, `origin` the
    its origin for the journal; `notes` are further remarks for the choice.
    """

    entries: tuple[Entry, ...]
    head: tuple[Offer, ...] = ()
    sources: tuple[Incoming, ...] = ()
    cleaned: int = 0
    act: str = "imported"
    origin: str = ""
    notes: tuple[str, ...] = ()

    def of(self, state: str) -> list[Entry]:
        """Return the entries in a state."""
        return [each for each in self.entries if each.state == state]

    def choices(self, side: str | None = None) -> set[Choice]:
        """Return the choices accepted by default: everything but conflicts and guidance older than mine.

        "theirs" accepts those too; "mine" accepts only what mine lacks.
        """
        wanted = {"theirs": ("added", "changed", "conflict", "older"), "mine": ("added",)}
        kinds = wanted[side] if side is not None else None
        listed = [(at, number) for at, entry in enumerate(self.entries) for number in entry.choices]
        listed += [(OUTSIDE, number) for number in range(len(self.head))]
        return {each for each in listed if self._default(each, kinds)}

    def _default(self, choice: Choice, kinds: tuple[str, ...] | None) -> bool:
        offer = self.offer(choice)
        if offer is None:
            return self.entries[choice[0]].certain
        return offer.default if kinds is None else offer.kind in kinds

    def offer(self, choice: Choice) -> Offer | None:
        """Return the offer of a choice; None for a new program."""
        at, number = choice
        offers = self.head if at == OUTSIDE else self.entries[at].offers
        return offers[number] if number > WHOLE else None
