"""Decides whether two values of a file mean the same, however each is written."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from cartwatch.domain.equality import same
from cartwatch.domain.fields import plain_key
from cartwatch.domain.merge import ABSENT, three_way
from cartwatch.domain.vocabulary import VOCABULARIES, fold

if TYPE_CHECKING:
    from cartwatch.domain.fields import Fact

__all__ = ["ABSENT", "UNKNOWN", "inner", "same_meaning", "verdict"]


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
    if isinstance(value, list):
        if fact.kind == "cites":
            return sorted(str(each) for each in value)
        return [_plain(fact, each) for each in value]
    if isinstance(value, dict):
        plain = plain_key(fact.record)
        return value[plain].strip() if plain and list(value) == [plain] and isinstance(value[plain], str) else value
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    if fact.kind == "cites":
        return [value]
    if fact.kind == "term" and fact.vocabulary is not None:
        return VOCABULARIES[fact.vocabulary].canonical(value) or fold(value)
    if fact.key == "nct":
        return value.strip().upper()
    if fact.kind == "rate":
        return re.sub(r"(?<=\d)of(?=\d)", "/", value.replace(" ", ""))
    return fold(value) if fact.kind in ("date", "guidance") else value.strip()


def verdict(fact: Fact | None, mine: Any, theirs: Any, base: Any) -> str | None:
    """Classify an incoming value: "added", "changed" or a "conflict"; None if it is no news.

    `base` is the last common value: if theirs still equals it, mine is the newer one. If it is UNKNOWN,
    the incoming value counts as newer.
    """
    if base is UNKNOWN:
        base = mine
    stands = three_way(base, mine, theirs, partial(same_meaning, fact))
    news = "added" if mine is ABSENT else "changed"
    return {"ours": None, "theirs": news, "both": "conflict"}[stands]
