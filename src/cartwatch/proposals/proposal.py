"""What an import would do, program by program and fact by fact; accepted or refused item by item, carried out in one step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, AddBlocks, Edit, Set
from cartwatch.domain.equality import same
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold
from cartwatch.session.changes import Amendment
from cartwatch.sources.registry.news import registry_tables
from cartwatch.sources.registry.refresh import linked

from .cleaning import cleaned
from .compare import Offer, offers_of, rebased
from .matching import match
from .source_ids import with_my_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.domain.program import Program
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.sources.incoming import Incoming
    from cartwatch.sources.registry.memory import Memory
    from cartwatch.sources.registry.refresh import Answers

    from .baseline import Agreed

__all__ = ["OUTSIDE", "SIDES", "STATES", "WHOLE", "Choice", "Entry", "Proposal", "propose"]

STATES = ("new", "changed", "conflict", "same", "unclear", "refused")
"""What an incoming program is: unclear, where it can't be told which of mine it is; refused, where it has errors."""

SIDES = ("mine", "theirs")
WHOLE = -1
OUTSIDE = -1

Choice = tuple[int, int]
"""What can be accepted: the place of an entry, and of one of its offers; WHOLE for a new program, OUTSIDE for the head."""


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


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything an import offers: programs, the reader's own keys outside them, and the sources it all comes from.

    `cleaned` counts the characters that can't be seen and so were replaced. `act` is what accepting it is called, `origin` the
    way it came by, for the journal.
    """

    entries: tuple[Entry, ...]
    head: tuple[Offer, ...] = ()
    sources: tuple[Incoming, ...] = ()
    cleaned: int = 0
    act: str = "imported"
    origin: str = ""

    def of(self, state: str) -> list[Entry]:
        """The entries in a state."""
        return [each for each in self.entries if each.state == state]

    def choices(self, side: str | None = None) -> set[Choice]:
        """What is accepted before a person has looked: everything but conflicts and guidance older than mine.

        "theirs" accepts those too; "mine" accepts only what mine lacks.
        """
        wanted = {"theirs": ("added", "changed", "conflict", "older"), "mine": ("added",)}.get(side or "", ("added", "changed"))
        return {(OUTSIDE, number) for number in range(len(self.head))} | {
            (at, number)
            for at, entry in enumerate(self.entries)
            for number in entry.choices
            if number == WHOLE or entry.offers[number].kind in wanted
        }

    def amendment(self, document: Document, watchlist: Watchlist, accepted: Collection[Choice]) -> Amendment | None:
        """What was accepted, as one step of the document that the proposal was made for; None where that is nothing."""
        edits: list[Edit] = []
        changed: list[str] = []
        new: list[Entry] = []
        told: list[Mapping[str, Any]] = []
        for at, entry in enumerate(self.entries):
            numbers = [each for each in entry.choices if (at, each) in accepted]
            if not numbers:
                continue
            if entry.state == "new":
                new.append(entry)
                continue
            assert entry.place is not None
            changed.append(entry.label)
            if "id" not in document.programs[entry.place]:
                edits.append(Set(("program", entry.place, "id"), watchlist.programs[entry.place].key))
            taken = _with_sources(entry.offers, numbers)
            for offer in taken:
                more = rebased(offer.edits, entry.place)
                edits += [each for each in more if each not in edits] if offer.kind == "suggested" else more
            if self.origin == "registry":
                told += registry_tables(entry.key, taken)
        outside = [offer for number, offer in enumerate(self.head) if (OUTSIDE, number) in accepted]
        edits += [edit for offer in outside for edit in offer.edits]
        edits += _added(new)
        if not edits:
            return None
        first = next((each.key for each in self.entries if each in new or each.label in changed), None)
        return Amendment(tuple(edits), self._words(new, changed, outside), first, None, True, self.origin, tuple(told))

    def _words(self, new: list[Entry], changed: list[str], outside: list[Offer]) -> str:
        sources = list(dict.fromkeys(each.source for each in self.entries))
        where = sources[0] if len(sources) == 1 else f"{len(sources)} files"
        parts = [f"{len(new)} new"] if new else []
        parts += [f"{len(changed)} changed"] if changed else []
        parts = parts or [", ".join(clean(each.path, limit=40) for each in outside)]
        return f"{self.act} {where}: {', '.join(parts)}"


def _with_sources(offers: Sequence[Offer], numbers: list[int]) -> list[Offer]:
    """The accepted offers, and the sources that they cite even where those were not accepted for themselves."""
    wanted = {f"source.{each}" for number in numbers for each in offers[number].new_cites}
    return [each for at, each in enumerate(offers) if at in numbers or (each.kind == "added" and each.path in wanted)]


def _added(new: Sequence[Entry]) -> list[Edit]:
    """New programs, those that stand in blocks of their own with their text."""
    edits: list[Edit] = []
    texts: list[str] = []
    for entry in [*new, None]:
        if entry is not None and entry.text is not None:
            texts.append(entry.text)
            continue
        if texts:
            edits.append(AddBlocks("\n".join(texts)))
            texts = []
        if entry is not None:
            edits.append(Add(("program",), dict(entry.record)))
    return edits


def propose(
    document: Document,
    watchlist: Watchlist,
    incoming: Sequence[Incoming],
    agreed: Callable[[], Agreed] | None = None,
    memory: Memory | None = None,
) -> Proposal:
    """Compare what comes in with the watchlist.

    `agreed` gives what both sides once had; it is asked only where a program differs. A program with errors is refused, the
    others are not; whether that stops the import is the caller's to say. Registry records of trials that are linked already
    refresh those trials, as `sync` does, with `memory` of earlier refreshes; the others are drafts of programs.
    """
    entries: list[Entry] = []
    bases: Agreed | None = None
    count = 0
    linking = {each.nct for each in linked(document, watchlist)} if any(each.answers for each in incoming) else set()
    for entry in _told_apart(watchlist, incoming, linking):
        record, replaced = cleaned(entry.record)
        count += replaced
        if replaced:
            entry = replace(entry, record=record, text=None)
        if entry.place is None:
            entries.append(entry)
            continue
        mine = document.programs[entry.place]
        if same(mine, record):
            entries.append(replace(entry, state="same"))
            continue
        if bases is None and agreed is not None:
            bases = agreed()
        entries.append(_compared(entry, mine, bases.get(entry.key, mine) if bases is not None else None))
    refreshing = [each for each in incoming if each.answers is not None]
    drafts = len(refreshing) < len(incoming) or bool(entries)
    if refreshing:
        from cartwatch.sources.registry.proposal import propose_refresh  # it makes proposals too

        for each in refreshing:
            assert each.answers is not None
            entries += propose_refresh(document, watchlist, each.answers, memory).entries
    by_way = ("imported", "import") if drafts else ("refreshed from", "registry")
    return Proposal(tuple(entries), _head(document, incoming), tuple(incoming), count, *by_way)


def _compared(entry: Entry, mine: Mapping[str, Any], base: Mapping[str, Any] | None) -> Entry:
    theirs = with_my_ids(entry.record, mine)
    once = with_my_ids(base, mine) if base is not None else None
    offers = offers_of(mine, theirs, once, renamed=entry.by in ("id", ""))
    kinds = {each.kind for each in offers}
    if entry.of_registry:  # a trial is linked by its number alone: that it is one of this program's, a person has to say
        offers = tuple(replace(each, kind="suggested") for each in offers)
    state = "conflict" if "conflict" in kinds else "changed" if kinds - {"older"} else "same"
    return replace(entry, state=state, offers=offers, record=theirs)


def _told_apart(watchlist: Watchlist, incoming: Sequence[Incoming], linking: Collection[str]) -> list[Entry]:
    """An entry for each incoming program, matched to mine; what two files both have is taken from the first.

    Of a program drafted from registry records only the trials count that are not in `linking`.
    """
    entries: list[Entry] = []
    known: dict[str, Entry] = {}
    for each in incoming:
        programs = each.read.watchlist.programs
        errors = _errors(each)
        for at, (program, found) in enumerate(zip(programs, match(watchlist.programs, programs), strict=True)):
            record = each.document.programs[at]
            if each.answers is not None and linking:
                record = _unlinked(record, each.answers, linking)
                if not record["trial"]:
                    continue
            entry = Entry("new", program.key, program.label, each.name, program, record)
            if at in errors:
                entry = replace(entry, state="refused", reason=errors[at])
            elif found.unclear is not None:
                entry = replace(entry, state="unclear", reason=found.unclear)
            elif found.place is not None and not (
                each.answers is not None and _namesake(program, watchlist.programs[found.place])
            ):
                mine = watchlist.programs[found.place]
                entry = replace(entry, state="changed", place=found.place, by=found.by, key=mine.key, label=mine.label)
                if each.form == "registry":
                    links: dict[str, Any] = {key: record[key] for key in ("trial", "source") if key in record}
                    entry = replace(entry, record=links, of_registry=True)
            elif record is each.document.programs[at]:
                entry = replace(entry, text=_block(each, at))
            twin = known.setdefault(entry.key, entry)
            if twin is not entry and twin.state != "refused" and entry.state != "refused":
                if same(twin.record, record):
                    continue
                entry = replace(entry, state="unclear", reason=f"is in {twin.source} too, and differs there", place=None)
            entries.append(entry)
    return entries


def _namesake(drafted: Program, mine: Program) -> bool:
    """Whether a drafted program has only its name in common with mine, a name that many sponsors use: "CD19 CAR-T cells"."""
    from cartwatch.sources.registry.product_name import is_description

    linked = {each.nct for each in drafted.trials} & {each.nct for each in mine.trials}
    one_sponsor = drafted.sponsor is not None and mine.sponsor is not None and fold(drafted.sponsor) == fold(mine.sponsor)
    return is_description(drafted.name) and not linked and not one_sponsor


def _unlinked(record: Mapping[str, Any], answers: Answers, linking: Collection[str]) -> dict[str, Any]:
    """A drafted program without the trials that are linked already, and without their sources."""
    known = {answers.trials[each].nct for each in linking if each in answers.trials}
    pairs = [pair for pair in zip(record["trial"], record["source"], strict=True) if pair[0]["nct"] not in known]
    return {**record, "trial": [trial for trial, _ in pairs], "source": [source for _, source in pairs]}


def _errors(incoming: Incoming) -> dict[int, str]:
    """Why programs are refused, by their place: the first error of each."""
    found: dict[int, str] = {}
    for each in incoming.errors:
        if len(each.path) > 1 and isinstance(each.path[1], int):
            found.setdefault(each.path[1], f"{each.field}: {each.message}" if each.field else each.message)
    return found


def _block(incoming: Incoming, at: int) -> str | None:
    """The text of a program with the comments above it; None where it has no block of its own, or hides what can't be seen."""
    document = incoming.document
    if document.whole:
        return None
    text = document.units[document.place_of_program(at)].text.strip("\r\n") + "\n"
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    return text if clean(plain, lines=True) == plain else None


def _head(document: Document, incoming: Sequence[Incoming]) -> tuple[Offer, ...]:
    """The reader's own keys outside the programs, where mine has none of that name; the title for an empty list only."""
    known = {*document.head, "schema", "program"} | ({"title"} if document.programs else set())
    found: dict[str, Offer] = {}
    for each in incoming:
        for key, value in each.document.head.items():
            if key not in known and key not in found and each.form == "watchlist":
                found[key] = Offer(key, "added", None, value, (Set((key,), cleaned(value)[0]),))
    return tuple(found.values())
