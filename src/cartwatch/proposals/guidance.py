"""Incoming guidance and registry facts: each is accepted whole, and replaced guidance goes to the slip ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Delete, Edit, Set
from cartwatch.document.paths import joined
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Trial
from cartwatch.domain.vocabulary import OUTCOME, fold

from .equivalence import ABSENT, inner, same_meaning, verdict

if TYPE_CHECKING:
    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.fields import RawPath

__all__ = ["guidance", "later", "registry_facts"]

_SAID = ("when", "said", "cite")
_NO_DAY = date(2000, 1, 1)  # day from which phrases without a day are counted, to compare them with each other


def guidance(comparison: Any, mine: Any, theirs: Any, base: Any, where: RawPath, names: tuple[str, ...]) -> set[str]:
    """Offer the other version's guidance of a catalyst as one fact; returns the keys that it has handled.

    Guidance already in my ledger is not news. My current guidance goes to the ledger when theirs replaces it.
    """
    new, old = theirs.get("when", ABSENT), mine.get("when", ABSENT)
    when = facts(Catalyst)["when"]
    ledger = _ledger(mine)
    if new is ABSENT or same_meaning(when, old, new):
        _more_moves(comparison, mine, theirs, base, where, names)
        return {"move"}
    done = {*_SAID, "move"}
    if old is not ABSENT and _stands_in(ledger, theirs):
        _more_moves(comparison, mine, {**theirs, "move": [*_ledger(theirs), _said(theirs)]}, base, where, names)
        return done
    kind = verdict(when, old, new, inner(base, "when"))
    if kind is None:
        return done
    if kind == "changed" and later(mine.get("said", ABSENT), theirs.get("said", ABSENT)):
        kind = "older"
    over, exact = _over(mine), _within(theirs, mine)
    if kind == "changed" and over and not exact:
        kind = "conflict"  # a past event has not moved
    edits: list[Set | Delete] = []
    for key in _SAID:
        if key in theirs and theirs[key] != mine.get(key, ABSENT):
            edits.append(Set((*where, key), theirs[key]))
        elif key in mine and key not in theirs:
            edits.append(Delete((*where, key)))
    if over and mine.get("cite") and any(each.path == (*where, "cite") for each in edits):
        edits.append(Set(("cite", joined((*names, "outcome"))), mine["cite"]))  # the outcome has not changed
    slipped = not over and not (_over(theirs) and exact)
    filled = _filled(ledger, theirs)
    moves = _in_order(
        filled, [each for each in _ledger(theirs) if not _stands_in(filled, each)], mine if slipped else {}, theirs
    )
    if moves != ledger:
        edits.append(Set((*where, "move"), moves))
    comparison.offer((*names, "when"), kind, (old, new, inner(base, "when")), edits, (mine, theirs))
    return done


def _over(catalyst: Any) -> bool:
    outcome = catalyst.get("outcome")
    return isinstance(outcome, str) and OUTCOME.canonical(outcome) is not None


def _within(theirs: Any, mine: Any) -> bool:
    """Whether their guidance is a more precise form of mine."""
    inside, around = _window(theirs), _window(mine)
    if inside.start is None or inside.end is None:
        return False
    return (around.start is None or around.start <= inside.start) and around.end is not None and inside.end <= around.end


def _window(catalyst: Any) -> Window:
    said = catalyst.get("said")
    day = (said.date() if isinstance(said, datetime) else said) if isinstance(said, date) else None
    return read_window(catalyst.get("when", ""), day, day or _NO_DAY)


def _more_moves(comparison: Any, mine: Any, theirs: Any, base: Any, where: RawPath, names: tuple[str, ...]) -> None:
    """Offer earlier guidance that only theirs has, and the day or source that only theirs has of mine."""
    ledger = _ledger(mine)
    filled = _filled(ledger, theirs)
    more = [each for each in _ledger(theirs) if not _stands_in([*filled, mine], each)]
    if more or filled != ledger:
        moves = _in_order(filled, more, {}, mine)
        kind, sides = "changed" if ledger else "added", (ledger or ABSENT, moves, inner(base, "move"))
        comparison.offer((*names, "move"), kind, sides, [Set((*where, "move"), moves)])


def _filled(ledger: list[Any], theirs: Any) -> list[Any]:
    """Return the ledger, each entry with the additions of theirs."""
    out = []
    for entry in ledger:
        twins = [each for each in _ledger(theirs) if _alike(each, entry)]
        out.append({**twins[0], **entry} if len(twins) == 1 and twins[0].keys() - entry.keys() else entry)
    return out


def _said(catalyst: Any) -> dict[str, Any]:
    return {key: catalyst[key] for key in _SAID if key in catalyst}


def _in_order(ledger: list[Any], more: list[Any], replaced: Any, standing: Any) -> list[Any]:
    """Add entries to the ledger, oldest first if every entry has the day it was said."""
    out = [*ledger, *more]
    if "when" in replaced and not _stands_in(out, replaced):
        out.append(_said(replaced))
    out = [each for each in out if not _alike(each, standing)]
    if all(isinstance(each.get("said"), date) for each in out):
        out.sort(key=lambda each: str(each["said"]))
    return out


def _ledger(catalyst: Any) -> list[Any]:
    moves = catalyst.get("move")
    return [each for each in moves if isinstance(each, dict)] if isinstance(moves, list) else []


def _stands_in(ledger: list[Any], entry: Any) -> bool:
    return any(_alike(each, entry) for each in ledger)


def _alike(one: Any, other: Any) -> bool:
    """Whether two entries are the same guidance: the same words, said on the same day as far as both have one."""
    if _words(one.get("when")) != _words(other.get("when")):
        return False
    said = [_words(each.get("said")) for each in (one, other)]
    return said[0] == said[1] or not all(said)


def _words(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else fold(value) if isinstance(value, str) else ""


def later(mine: Any, theirs: Any) -> bool:
    """Whether mine is of a later day than theirs; False if either is not a day."""
    days = [each.isoformat()[:10] if isinstance(each, date) else "" for each in (mine, theirs)]
    return all(days) and days[0] > days[1]


def registry_facts(comparison: Any, mine: Any, theirs: Any, base: Any, where: RawPath, names: tuple[str, ...]) -> set[str]:
    """Offer the registry facts of a trial all or none: the newer record counts, and they are not edited by hand."""
    keys = [key for key, fact in facts(Trial).items() if fact.registry]
    new = {key: theirs[key] for key in keys if key in theirs}
    old = {key: mine[key] for key in keys if key in mine}
    differing = [key for key in new if key != "fetched" and not same_meaning(facts(Trial)[key], old.get(key, ABSENT), new[key])]
    if differing and (not old or _stamp(new) >= _stamp(old)):
        edits: list[Edit] = [Set((*where, key), value) for key, value in new.items() if old.get(key, ABSENT) != value]
        edits += [Delete((*where, key)) for key in old if key not in new]
        sides = (old.get(differing[0], ABSENT), new[differing[0]], inner(base, differing[0]))
        comparison.offer((*names, differing[0]), "changed" if old else "added", sides, edits)
    return set(keys)


def _stamp(record: dict[str, Any]) -> tuple[str, str]:
    updated, fetched = record.get("updated"), record.get("fetched")
    return _words(updated), _words(fetched)
