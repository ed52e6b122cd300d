"""What changed between two watchlists, fact by fact, in the words of the field and in the order of its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .catalyst import Catalyst
from .dates.window import Window
from .declare import Fact, facts
from .difference_words import (
    below,
    catalyst_name,
    inside,
    record_added,
    record_label,
    record_names,
    record_removed,
    sourced,
    value_words,
    weight_of,
)
from .identity import pair_records
from .moves import classify
from .moves import words as move_words
from .program import Program, Source

if TYPE_CHECKING:
    from .watchlist import Watchlist

__all__ = ["Change", "difference", "difference_of"]

_MOVED = {"slipped": 90, "pulled in": 88, "widened": 70, "refined": 60, "unknown": 65, "unchanged": 20}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a fact.

    `program` is the program's key ("" for the watchlist's own title), `label` the name it is shown under, `path` the place of
    the fact in it, as in `catalyst.balli-01-interim.when`. `old` and `new` are values of the domain, None where there is none.
    `kind` is added, removed, changed, moved (guidance), resolved (an outcome), program added or program removed. `words` say
    it in a line; the greater the `weight`, the more it matters, 0 being a stamp that nobody needs to read. `parts` are the
    paths of what was changed in the same act, as the day and source of new guidance.
    """

    program: str
    label: str
    path: str
    old: Any
    new: Any
    kind: str
    words: str
    weight: int
    parts: tuple[str, ...] = ()


def difference(old: Watchlist, new: Watchlist) -> tuple[Change, ...]:
    """Every change between two watchlists, the weightiest first; programs are matched by key."""
    found: list[Change] = []
    if old.title != new.title:
        words = f'the watchlist is now called "{new.title}"' if new.title else f'the title "{old.title}" was removed'
        found.append(Change("", "", "title", old.title, new.title, _kind(old.title, new.title), words, 5))
    for program in new.programs:
        before = old.get(program.key)
        if before is None:
            about = ", ".join(each for each in (program.sponsor, program.phase) if each)
            words = f"{program.label}: new program" + (f" ({about})" if about else "")
            found.append(Change(program.key, program.label, "", None, program, "program added", words, 100))
        elif before is not program:
            found.extend(_program(before, program))
    for program in old.programs:
        if new.get(program.key) is None:
            words = f"{program.label}: program removed"
            found.append(Change(program.key, program.label, "", program, None, "program removed", words, 99))
    return _ordered(found)


def difference_of(old: Program, new: Program) -> tuple[Change, ...]:
    """Every change between two versions of one program, the weightiest first."""
    return _ordered(_program(old, new))


def _ordered(found: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda each: -each.weight))


def _kind(old: Any, new: Any) -> str:
    return "added" if old in (None, ()) else "removed" if new in (None, ()) else "changed"


def _program(old: Program, new: Program) -> list[Change]:
    comparison = _Comparison(new)
    comparison.record(old, new, Program, "", "", None)
    return comparison.found


class _Comparison:
    """A comparison of two versions of a program under way."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.found: list[Change] = []

    def add(
        self, path: str, old: Any, new: Any, words: str, weight: int, kind: str | None = None, parts: tuple[str, ...] = ()
    ) -> None:
        key, label = self.program.key, self.program.label
        said = f"{label}: {words}"
        self.found.append(Change(key, label, path, old, new, kind or _kind(old, new), said, weight, parts))

    def record(
        self, old: Any, new: Any, record: type, path: str, about: str, citing: Any, skip: frozenset[str] = frozenset()
    ) -> None:
        """Compare two versions of a record.

        `about` names it in words, `citing` is the record whose `cite` stands behind its facts, `skip` holds keys dealt with.
        """
        for key, fact in facts(record).items():
            if key in skip:
                continue
            before, after = getattr(old, fact.attribute), getattr(new, fact.attribute)
            if before is after or before == after:
                continue
            place = below(path, key)
            if fact.kind == "record":
                assert fact.record is not None
                named = record_label(about, fact)
                self.record(before or fact.record(), after or fact.record(), fact.record, place, named, citing)
            elif fact.kind == "records":
                self.records(before or (), after or (), fact, place, about, citing)
            elif fact.kind == "map":
                self.sources(before or {}, after or {}, fact, place)
            elif getattr(before, "text", before) != getattr(after, "text", after):
                name = " ".join(each for each in (about, inside(fact)) if each)
                source = sourced(self.program, place, citing) if after not in (None, ()) and fact.kind != "cites" else ""
                words = f"{name} {value_words(fact, before, after)}{source}"
                self.add(place, before, after, words, weight_of(place, fact))

    def sources(self, old: Any, new: Any, fact: Fact, path: str) -> None:
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key), new.get(key)
            if before != after:
                self.add(below(path, key), before, after, f"source of {key} {value_words(fact, before, after)}", 8)

    def records(self, olds: Any, news: Any, fact: Fact, path: str, about: str, citing: Any) -> None:
        assert fact.record is not None
        pairs = pair_records(fact.record, olds, news)
        names = record_names(news)
        for before, after in pairs:
            old, new = olds[before], news[after]
            if old is new or old == new:
                continue
            if isinstance(new, Catalyst):
                self.catalyst(old, new, below(path, names[after]))
            else:
                behind = new if hasattr(new, "cite") else citing
                self.record(old, new, fact.record, below(path, names[after]), record_label(about, fact, new), behind)
        kept_old, kept_new = {old for old, _ in pairs}, {new for _, new in pairs}
        for place, new in enumerate(news):
            if place not in kept_new:
                behind = new if hasattr(new, "cite") else citing
                words = record_added(new, about) + ("" if isinstance(new, Source) else sourced(self.program, path, behind))
                self.add(below(path, names[place]), None, new, words, weight_of(path, fact))
        for place, (old, name) in enumerate(zip(olds, record_names(olds), strict=True)):
            if place not in kept_old:
                self.add(below(path, name), old, None, record_removed(old, about), weight_of(path, fact))

    def catalyst(self, old: Catalyst, new: Catalyst, path: str) -> None:
        done: set[str] = set()
        name = catalyst_name(new)
        if new.outcome and not old.outcome:
            on = f" on {new.outcome_on.text}" if new.outcome_on is not None else ""
            source = sourced(self.program, f"{path}.outcome", new)
            parts = (f"{path}.outcome_on",) if old.outcome_on != new.outcome_on else ()
            self.add(path + ".outcome", None, new.outcome, f"{name}: {new.outcome}{on}{source}", 95, "resolved", parts)
            done |= {"outcome", "outcome_on"}
        if _words_of(old.when) != _words_of(new.when):
            done |= {"when", "said", "cite", "move"}
            self.guidance(old, new, path, name)
        self.record(old, new, Catalyst, path, name, new, frozenset(done))

    def guidance(self, old: Catalyst, new: Catalyst, path: str, name: str) -> None:
        before, after = old.when, new.when
        also = (("said", old.said, new.said), ("cite", old.cite, new.cite), ("move", old.moves, new.moves))
        parts = tuple(f"{path}.{key}" for key, was, now in also if was != now)
        source = sourced(self.program, f"{path}.when", new)
        if before is None or after is None:
            words = (
                f"{name} expected {after.text}{source}"
                if after is not None
                else f"{name}: guidance {_words_of(before)} removed"
            )
            self.add(f"{path}.when", before, after, words, 65, None if before is None else "removed", parts)
            return
        move = classify(before, after)
        verb = {"refined": "refined", "widened": "widened", "unchanged": "reworded"}.get(move.kind, "moved")
        shift = "" if move.kind in ("unchanged", "unknown") else f", {move_words(move).removeprefix(f'{verb}, ')}"
        words = f"{name} {verb} {before.text} → {after.text}{'' if shift == f', {verb}' else shift}{source}"
        self.add(f"{path}.when", before, after, words, _MOVED[move.kind], "moved", parts)


def _words_of(window: Window | None) -> str | None:
    return None if window is None else window.text
