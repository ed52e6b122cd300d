"""Compares an incoming version of a program with one's own, fact by fact: offers, and the edits that accept them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, Delete, Edit, Set
from cartwatch.document.paths import item_names, joined
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.cites import is_cite, read_cites
from cartwatch.domain.fields import Fact, facts, plain_key
from cartwatch.domain.identity import same
from cartwatch.domain.program import Trial, root, slug
from cartwatch.domain.vocabulary import fold
from cartwatch.session.citations import uncite_edits

from .equivalence import ABSENT, UNKNOWN, inner, paired, reworded, same_meaning, says_more, telling, verdict
from .guidance import guidance, later, registry_facts
from .matching import name_parts, plain_name
from .model import Evidence, Offer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.domain.cites import Cite
    from cartwatch.domain.fields import RawPath

__all__ = ["offers_of"]

_UNITED = ("tags", "aliases")  # lists of which both sides' items are kept


def offers_of(
    mine: Mapping[str, Any], theirs: Mapping[str, Any], base: Mapping[str, Any] | None = None, *, renamed: bool = True
) -> tuple[Offer, ...]:
    """Return the offers of `theirs`, in the order of their file. Deletions are never offered.

    `base` is the last common version, None if unknown. Without `renamed` the two are the same program under different
    names: theirs becomes an alias.
    """
    if not renamed:
        theirs = _with_names_as_aliases(mine, theirs)
    comparison = _Comparison(mine, theirs, renamed)
    comparison.table(mine, theirs, UNKNOWN if base is None else base, root(), (), ())
    comparison.sources_of_facts(UNKNOWN if base is None else base)
    return tuple(comparison.found)


def _with_names_as_aliases(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return their program with those of its names that mine lacks as further aliases."""
    names = _texts([mine.get(key) for key in ("id", "name", "short")]) + _texts(mine.get("aliases"))
    known = {each for name in names for part in (name, *name_parts(name)) for each in _compared(part)}
    parts = [part for each in _texts([theirs.get("name"), theirs.get("short")]) for part in name_parts(each) or [each]]
    more = [each for each in parts if not _compared(each) & known]
    return {**theirs, "aliases": list(dict.fromkeys([*_texts(theirs.get("aliases")), *more]))} if more else theirs


def _compared(name: str) -> set[str]:
    return {plain_name(name), slug(name)} if name.isascii() else {plain_name(name)}


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


class _Comparison:
    """A comparison of two versions of a program in progress."""

    def __init__(self, mine: Mapping[str, Any], theirs: Mapping[str, Any], renamed: bool) -> None:
        self.mine = mine
        self.theirs = theirs
        self.renamed = renamed
        self.my_cites, self.their_cites = _cite_map(mine), _cite_map(theirs)
        self.found: list[Offer] = []

    def offer(
        self, names: tuple[str, ...], kind: str, sides: tuple[Any, Any, Any], edits: Sequence[Edit], holders: Any = ()
    ) -> None:
        """Add an offer, with the source of the fact.

        `sides` are mine, theirs and the base, `holders` the two records with a `cite` of their own.
        """
        path = joined(names)
        old_cites = read_cites(self.my_cites.get(path)) or read_cites(holders[0].get("cite") if holders else None)
        new_cites = read_cites(self.their_cites.get(path)) or read_cites(holders[1].get("cite") if holders else None)
        if path in self.their_cites:
            if not same_meaning(facts(Trial)["cite"], self.my_cites.get(path), self.their_cites[path]):
                edits = [*edits, Set(("cite", path), self.their_cites[path])]
        elif path in self.my_cites and isinstance(self.mine.get("cite"), dict) and path in self.mine["cite"]:
            edits = [*edits, Delete(("cite", path))]  # the source of the replaced value
        elif kind != "added" and edits and isinstance(edits[0], Set) and names[-1] not in ("when", "cite"):
            edits = [*edits, *self.uncited(names, edits, holders)]
        self.add(path, kind, sides, tuple(edits), old_cites, new_cites)

    def uncited(self, names: tuple[str, ...], edits: Sequence[Edit], holders: Any) -> list[Edit]:
        """Return the edits that remove my old source from their value, which has its own source or none."""
        first = edits[0]
        assert isinstance(first, Set)
        where = first.path
        cite = holders[1].get("cite") if holders else None
        depth = next((at for at in range(len(where) - 1, 0, -1) if isinstance(where[at], int)), None)
        if cite is not None and depth is not None:
            holder = where[: depth + 1]
            return [] if holders[0].get("cite") == cite else [Set((*holder, "cite"), cite)]
        found = uncite_edits(self.mine, 0, joined(names), where)
        own = [replace(each, path=each.path[2:]) for each in found if isinstance(each, Set | Delete)]
        return [Delete(("cite", joined(names))) if each == Delete(("cite",)) else each for each in own]

    def add(
        self,
        path: str,
        kind: str,
        sides: tuple[Any, Any, Any],
        edits: tuple[Edit, ...],
        my_cites: tuple[Cite, ...],
        their_cites: tuple[Cite, ...],
    ) -> None:
        """Add an offer as it is."""
        mine, theirs, base = map(_shown, sides)
        evidence = tuple(_evidence(self.theirs, each) for each in their_cites)
        self.found.append(Offer(path, kind, mine, theirs, edits, tuple(each.id for each in my_cites), evidence, base))

    def table(
        self, mine: Any, theirs: Any, base: Any, kind: type | None, where: RawPath, names: tuple[str, ...], holders: Any = ()
    ) -> None:
        """Compare two tables, key by key; `where` is the raw path of mine, `names` the same as a person writes it."""
        known = facts(kind) if kind is not None else {}
        if "cite" in known and kind is not root():
            holders = (mine, theirs)
        done: set[str] = {"id", "cite"} if not where else set()
        if "id" in mine and "id" in known and known["id"].kind == "id":
            done.add("id")  # by which my facts cite it, and my sources name it
        if kind is not None and issubclass(kind, Catalyst):
            done |= guidance(self, mine, theirs, base, where, names)
        elif kind is not None and issubclass(kind, Trial):
            done |= registry_facts(self, mine, theirs, base, where, names)
        for key, new in theirs.items():
            if key in done:
                continue
            old, before = mine.get(key, ABSENT), inner(base, key)
            self.value(old, new, before, known.get(key), (*where, key), (*names, key), holders, kind)

    def value(
        self,
        old: Any,
        new: Any,
        base: Any,
        fact: Fact | None,
        where: RawPath,
        names: tuple[str, ...],
        holders: Any,
        within: type | None,
    ) -> None:
        if old == new and same(old, new):  # the common case: equal as a whole
            return
        record = fact.record if fact is not None else None
        cites = fact is not None and fact.kind == "cites"
        if (
            not cites
            and isinstance(new, dict)
            and (isinstance(old, dict) or (old is ABSENT and fact is not None and fact.kind == "record"))
        ):
            self.table({} if old is ABSENT else old, new, base, record, where, names, holders)
        elif not cites and _tables(new) and (old is ABSENT or _tables(old)) and not plain_key(record):
            self.records([] if old is ABSENT else old, new, base, record, where, names)
        elif (special := self.special(old, new, base, names)) is not None:
            if special is not ABSENT:
                self.offer(names, "added" if old is ABSENT else "changed", (old, special, base), [Set(where, special)], holders)
        elif (kind := verdict(fact, old, new, base)) is not None:
            kind = "conflict" if kind == "changed" and telling(within, names[-1]) else kind
            self.offer(names, kind, (old, new, base), [Set(where, new)], holders)

    def special(self, old: Any, new: Any, base: Any, names: tuple[str, ...]) -> Any:
        """Return the value to offer if neither simply replaces the other; ABSENT for none, None in the usual case."""
        if names[-1] == "checked" and old is not ABSENT and later(old, new):
            return ABSENT
        if names == ("notes",) and isinstance(new, str) and isinstance(old, str):
            return _both_notes(old, new, base)
        if names == ("name",) and not self.renamed:
            return ABSENT
        if names == ("short",) and not self.renamed and old is not ABSENT:
            return ABSENT
        if len(names) == 1 and names[0] in _UNITED and isinstance(new, list) and (old is ABSENT or isinstance(old, list)):
            return self.united(names[0], old if isinstance(old, list) else [], new, base)
        return None

    def united(self, key: str, old: list[Any], new: list[Any], base: Any) -> Any:
        """Return the items of both, without those of theirs that I have removed."""
        dropped = {fold(each) for each in base if isinstance(each, str)} if isinstance(base, list) else set()
        taken = {fold(each) for each in old if isinstance(each, str)} | dropped
        if key == "aliases":
            taken |= {fold(self.mine[each]) for each in ("id", "name", "short") if isinstance(self.mine.get(each), str)}
        more = {folded: each for each in reversed(new) if isinstance(each, str) and (folded := fold(each)) not in taken}
        return [*old, *reversed(more.values())] if more else ABSENT

    def records(
        self, olds: list[Any], news: list[Any], base: Any, record: type | None, where: RawPath, names: tuple[str, ...]
    ) -> None:
        pairs = paired(record, olds, news)
        bases = base if isinstance(base, list) else []
        beside = paired(record, bases, news)
        my_names, their_names = item_names(record, olds), item_names(record, news)
        for place, new in enumerate(news):
            if base is UNKNOWN:
                before: Any = UNKNOWN
            else:
                before = bases[beside[place]] if place in beside else ABSENT
            if place in pairs:
                at = pairs[place]
                if olds[at] == new and same(olds[at], new):
                    continue
                if record is not None and issubclass(record, Catalyst) and reworded(olds[at], new):
                    new = self.without_event(olds[at], new, (*where, at), (*names, my_names[at]))
                self.table(olds[at], new, before, record, (*where, at), (*names, my_names[at]))
            elif (kind := verdict(None, ABSENT, new, before)) is not None:
                self.offer((*names, their_names[place]), kind, (ABSENT, new, before), [Add(where, new)], ({}, new))

    def without_event(self, old: Any, new: Any, where: RawPath, names: tuple[str, ...]) -> dict[str, Any]:
        """Their catalyst without its event, which is asked about where it says more than mine."""
        if says_more(new, old):
            self.offer(
                (*names, "event"), "conflict", (old["event"], new["event"], UNKNOWN), [Set((*where, "event"), new["event"])]
            )
        return {key: value for key, value in new.items() if key != "event"}

    def sources_of_facts(self, base: Any) -> None:
        """Return the sources of facts that are equal in both, or that the offers so far do not include."""
        before = _cite_map(base) if base is not UNKNOWN else {}
        cites = facts(Trial)["cite"]
        brought = {each.path for each in self.found}
        if self.renamed is False:
            brought |= {"name", "short"}
        for path, new in self.their_cites.items():
            if path in brought:
                continue
            old = self.my_cites.get(path, ABSENT)
            once = UNKNOWN if base is UNKNOWN else before.get(path, ABSENT)
            if (kind := verdict(cites, old, new, once)) is not None:
                edits = (Set(("cite", path), new),)
                self.add(f"cite.{joined((path,))}", kind, (old, new, once), edits, read_cites(old), read_cites(new))


def _evidence(theirs: Mapping[str, Any], cite: Cite) -> Evidence:
    """Return the source of a value of theirs, with its day and words as far as theirs has them: the fact's own first."""
    listed = theirs.get("source")
    sources = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    source = next((each for each in sources if each.get("id") == cite.id), {})
    published, quote = source.get("published"), cite.quote or source.get("quote")
    return Evidence(cite.id, published if isinstance(published, date | str) else None, quote if isinstance(quote, str) else "")


def _shown(value: Any) -> Any:
    return None if value is ABSENT or value is UNKNOWN else value


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _cite_map(record: Any) -> dict[str, Any]:
    """Return `[program.cite]` by dotted path; unquoted dotted keys, which make tables, mean the same."""
    found: dict[str, Any] = {}
    waiting: list[tuple[tuple[str, ...], Any]] = [((), record.get("cite") if isinstance(record, dict) else None)]
    while waiting:
        steps, value = waiting.pop()
        if isinstance(value, dict) and not (steps and is_cite(value)):
            waiting.extend(((*steps, key), inner) for key, inner in reversed(value.items()))
        elif steps:
            found[".".join(steps)] = value
    return found


def _both_notes(mine: str, theirs: str, base: Any) -> Any:
    """Return the notes of both, mine first; ABSENT if theirs add nothing."""
    old, new = mine.strip(), theirs.strip()
    if not new or new in old:
        return ABSENT
    if old in new:
        return theirs
    once = base.strip() if isinstance(base, str) else ""
    if once and once == new:
        return ABSENT
    if once and once in old:
        return f"{old.replace(once, new, 1)}\n"
    return f"{old}\n\n{new}\n"
