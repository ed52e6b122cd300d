"""Decides whether two values mean the same, however each is written, and which records of two lists are the same."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.cites import read_cites, says_no_more
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import facts, plain_key, rate_in
from cartwatch.domain.identity import pair_records, same
from cartwatch.domain.merge import ABSENT, three_way
from cartwatch.domain.program import Trial
from cartwatch.domain.regulatory import Designation
from cartwatch.domain.safety import Report
from cartwatch.domain.vocabulary import VOCABULARIES, fold, kind_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.fields import Fact

__all__ = ["ABSENT", "UNKNOWN", "inner", "paired", "reworded", "same_meaning", "says_more", "telling", "verdict"]


class _Unknown:
    """Marks a value of which it is unknown whether it existed."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = _Unknown()


def inner(base: Any, key: str) -> Any:
    """Return the baseline value below a key."""
    if base is UNKNOWN:
        return UNKNOWN
    return base.get(key, ABSENT) if isinstance(base, dict) else ABSENT


def same_meaning(fact: Fact | None, one: Any, other: Any) -> bool:
    """Whether two raw values of a field mean the same: `Ph2` and `Phase 2`, a date and its text, `"x"` and `["x"]`."""
    if one is other or same(one, other):
        return True
    if fact is None or one in (ABSENT, UNKNOWN) or other in (ABSENT, UNKNOWN):
        return False
    return bool(_plain(fact, one) == _plain(fact, other))


def _plain(fact: Fact, value: Any) -> Any:
    if fact.kind == "cites" and isinstance(value, str | list | dict):
        return sorted((each.id, each.quote or "") for each in read_cites(value))
    if isinstance(value, list):
        return [_plain(fact, each) for each in value]
    if isinstance(value, dict) and fact.kind == "rates":
        return {fold(key): _plain(rate_in(fact, key), each) for key, each in value.items()}
    if isinstance(value, dict):
        plain = plain_key(fact.record)
        return value[plain].strip() if plain and list(value) == [plain] and isinstance(value[plain], str) else value
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    if fact.kind == "term" and fact.vocabulary is not None:
        return fold(VOCABULARIES[fact.vocabulary].kept(value) or value)
    if fact.key == "nct":
        return value.strip().upper()
    if fact.kind == "rate":
        return re.sub(r"(?<=\d)of(?=\d)", "/", value.replace(" ", ""))
    if fact.kind in ("date", "guidance"):
        window = read_window(value.strip(), None, date.min)
        return window.start.isoformat() if window.is_day and window.start and not window.approximate else fold(value)
    return fold(value) if fact.kind == "until" else value.strip()


def verdict(fact: Fact | None, mine: Any, theirs: Any, base: Any) -> str | None:
    """Classify an incoming value: "added", "changed" or a "conflict"; None if it is no news.

    `base` is the last common value: if theirs still equals it, mine is the newer one. If it is UNKNOWN,
    the incoming value counts as newer.
    """
    if base is UNKNOWN:
        base = mine
    if fact is not None and fact.kind == "cites" and mine is not ABSENT and says_no_more(theirs, mine):
        return None  # mine may have a quote that theirs lacks
    if fact is not None and fact.vocabulary is not None and isinstance(mine, str) and isinstance(theirs, str):
        known = VOCABULARIES[fact.vocabulary]
        if known.canonical(mine) is not None and known.kept(theirs) == known.canonical(mine):
            return None  # "Phase 2" says no more than "Phase 2b"
    stands = three_way(base, mine, theirs, partial(same_meaning, fact))
    news = "added" if mine is ABSENT else "changed"
    return {"ours": None, "theirs": news, "both": "conflict"}[stands]


_TELLING: dict[type, tuple[str, ...]] = {Designation: ("indication",), Report: ("population", "cutoff"), Trial: ("nct",)}
_EMPTY = {"date", "goal", "target", "action", "the", "a", "an", "of", "for", "fda"}  # words that tell no event from another
_RATES = ("n", "crs", "icans", "neurotox", "gvhd")


def telling(record: type | None, key: str) -> bool:
    """Whether a field says which record it is, so that another value of it is never taken unasked."""
    return record is not None and key in _TELLING.get(record, ())


def paired(record: type | None, mine: Sequence[Any], theirs: Sequence[Any]) -> dict[int, int]:
    """By the place of a record of theirs, the place of mine that it is.

    A designation for another indication, a data set of another population or cut-off is another one. Two catalysts of one
    kind and one day are the same where the words of one event are among those of the other.
    """
    pairs = {new: old for old, new in pair_records(record, mine, theirs) if not _apart(record, mine[old], theirs[new])}
    if record is not None and issubclass(record, Catalyst):
        olds = [at for at in range(len(mine)) if at not in pairs.values()]
        for new in range(len(theirs)):
            found = (
                []
                if new in pairs
                else [old for old in olds if old not in pairs.values() and _one_event(mine[old], theirs[new])]
            )
            if len(found) == 1:
                pairs[new] = found[0]
    return pairs


def _apart(record: type | None, one: Any, other: Any) -> bool:
    if record is None or not isinstance(one, dict) or not isinstance(other, dict):
        return False
    differing = [key for key in _TELLING.get(record, ()) if key in one and key in other and not _alike(record, key, one, other)]
    return bool(differing) and not (differing == ["population"] and _same_rates(one, other))


def _alike(record: type, key: str, one: Any, other: Any) -> bool:
    if same_meaning(facts(record)[key], one[key], other[key]):
        return True
    texts = sorted((_text(each[key]) for each in (one, other)), key=len)
    return key == "cutoff" and bool(texts[0]) and texts[1].startswith(texts[0])  # "2026-06" and 2026-06-30


def _same_rates(one: Any, other: Any) -> bool:
    """Whether two data sets agree in all that both report: then the population is only worded otherwise."""
    shared = [key for key in _RATES if key in one and key in other]
    return "n" in shared and len(shared) > 1 and all(one[key] == other[key] for key in shared)


def _one_event(one: Any, other: Any) -> bool:
    """Whether two catalysts are of one kind, one day or window, and one of the events names no more than the other."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    when = facts(Catalyst)["when"]
    kinds = [_kind(each) for each in (one, other)]
    if kinds[0] is None or kinds[0] != kinds[1] or "when" not in one or not same_meaning(when, one["when"], other.get("when")):
        return False
    return not says_more(one, other) or not says_more(other, one)


def says_more(one: Any, other: Any) -> bool:
    """Whether the event of a catalyst has words that the other's has not."""
    words = [set(fold(_text(each.get("event"))).split()) - _EMPTY for each in (one, other)]
    return not words[0] <= words[1]


def reworded(one: Any, other: Any) -> bool:
    """Whether two catalysts that are the same under no common id are worded differently."""
    events = [_text(each.get("event")) for each in (one, other)]
    return all(events) and fold(events[0]) != fold(events[1]) and ("id" not in one or one["id"] != other.get("id"))


def _kind(catalyst: Any) -> str | None:
    return kind_word(_text(catalyst.get("kind")) or _text(catalyst.get("event")))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, str) else ""
