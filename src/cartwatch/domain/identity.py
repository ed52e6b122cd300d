"""Matches the records of two lists by the same rules, for domain values and plain data, and compares plain data."""

from __future__ import annotations

import re
from datetime import date, time
from functools import cache
from typing import TYPE_CHECKING, Any

from .cites import Cite, cite_ids
from .fields import facts, kind_of, plain_key
from .program import slug
from .vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

__all__ = ["UniqueNames", "inner_record", "is_id", "pair_records", "same"]


_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def is_id(text: str) -> bool:
    """Whether a text is a valid id: small letters, digits and dashes, at most 64 characters."""
    return _ID.fullmatch(text) is not None


class UniqueNames:
    """Makes names unique: a taken one gets the next free number, as in `program-2`.

    `reserved` are the ids in the file: a name made from other text never takes one of those.
    """

    def __init__(self, reserved: Iterable[Any] = ()) -> None:
        self._reserved = frozenset(each for each in reserved if isinstance(each, str))
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def free(self, name: str, *, given: bool) -> bool:
        """Whether `take` would return this very name."""
        return name not in self._taken and (given or name not in self._reserved)

    def take(self, wanted: str, *, given: bool) -> str:
        """Take a name; `given` means that the file has it as an id."""
        name = wanted
        if not self.free(wanted, given=given):
            count = self._last.get(wanted, 1) + 1
            while (name := f"{wanted}-{count}") in self._taken or name in self._reserved:
                count += 1
            self._last[wanted] = count
        self._taken.add(name)
        return name


def pair_records(record: type | None, olds: Sequence[Any], news: Sequence[Any]) -> list[tuple[int, int]]:
    """Return the places of the same record in both lists, in the order of the old.

    Records are values of the domain, or tables of plain data (anything else is only ever paired with its equal); `record`
    is their dataclass, None for the user's own records, which go by `id`, `key` or `name`. The strictest part of
    an identity pairs records that share it, in their order; the looser ones only where they are unambiguous.
    """
    kind = kind_of(record)
    stages = (("id",), ("key",), ("name",)) if record is None else kind.identity if kind is not None else ()
    pairs: list[tuple[int, int]] = []
    left, right = list(range(len(olds))), list(range(len(news)))
    for strictness, names in enumerate((stages[0], None, *stages[1:]) if stages else (None,)):
        by_old, by_new = _grouped(olds, left, names, record), _grouped(news, right, names, record)
        for key, places in by_old.items():
            others = by_new.get(key, [])
            if len(places) == 1 == len(others):
                pairs.append((places[0], others[0]))
            elif strictness < 2:
                pairs.extend(_in_order(olds, places, news, others))
        left = _without(left, {old for old, _ in pairs})
        right = _without(right, {new for _, new in pairs})
        if not left or not right:
            break
    return sorted(pairs)


def _in_order(olds: Sequence[Any], places: list[int], news: Sequence[Any], others: list[int]) -> list[tuple[int, int]]:
    """Pair records that share an identity: equal ones first, then the rest in their order."""
    pairs: list[tuple[int, int]] = []
    waiting: dict[Hashable, list[int]] = {}
    for each in others:
        waiting.setdefault(_frozen(news[each]), []).append(each)
    for each in places:
        if found := waiting.get(_frozen(olds[each])):
            pairs.append((each, found.pop(0)))
    left, right = _without(places, {old for old, _ in pairs}), _without(others, {new for _, new in pairs})
    return pairs + list(zip(left, right, strict=False))


def _without(places: list[int], taken: set[int]) -> list[int]:
    return [each for each in places if each not in taken]


def _grouped(
    records: Sequence[Any], places: list[int], names: tuple[str, ...] | None, record: type | None
) -> dict[Hashable, list[int]]:
    """Group places by identity; `names` None: by the whole record. Records without an identity are left out."""
    found: dict[Hashable, list[int]] = {}
    for place in places:
        key = _frozen(records[place]) if names is None else _identity(records[place], names, record)
        if key is not None:
            found.setdefault(key, []).append(place)
    return found


def _identity(value: Any, names: tuple[str, ...], record: type | None) -> Hashable:
    kind = kind_of(record)
    if isinstance(value, str) and (plain := plain_key(record)):
        value = {plain: value}
    if isinstance(value, dict):
        read: Callable[[str], Any] = value.get
    elif type(value) is record:
        read = lambda name: getattr(value, name)  # noqa: E731
    else:
        return None
    if names == ("key",) and kind is not None and isinstance(value, dict):
        name = value.get(kind.named_by)
        given = value.get("id") or (slug(name) if isinstance(name, str) and name.strip() else None)
        return given if isinstance(given, str) else None
    parts = tuple(_comparable(read(name), name) for name in names)
    return None if all(each is None for each in parts) else parts


def _comparable(value: Any, name: str) -> Hashable:
    """Convert a value for identity comparison: absent, empty and non-text values are equal."""
    if value is None or value == () or value == []:
        return None
    if name == "cite":
        return tuple(each.id for each in value) if isinstance(value, tuple) else cite_ids(value) or None
    if isinstance(value, tuple | list):
        return tuple(_comparable(each, name) for each in value)
    text = value.isoformat() if isinstance(value, date) else getattr(value, "text", value)
    if not isinstance(text, str):
        return None
    return text if name in ("id", "key") else fold(text)


def _frozen(value: Any) -> Hashable:
    """Convert plain data to a hashable value; equal if the data is the `same`."""
    if isinstance(value, dict):
        return ("table", frozenset((key, _frozen(each)) for key, each in value.items()))
    if isinstance(value, list):
        return ("list", tuple(map(_frozen, value)))
    if isinstance(value, float) and value != value:
        return ("nan",)
    if isinstance(value, date | time):
        return (type(value).__name__, value.isoformat())
    return (type(value).__name__, value if isinstance(value, str | int | float | bool) else id(value))


@cache
def inner_record(record: type | None, key: str) -> type | None:
    """Return the dataclass of the tables below a key of a record, Cite for whatever cites; None for the user's own."""
    if record is None:
        return None
    found = facts(record).get(key)
    if record is Cite or (found is not None and found.kind in ("cites", "map")):
        return Cite
    return found.record if found is not None else None


def same(one: Any, other: Any) -> bool:
    """Whether plain data is equal with equal types (1 is neither 1.0 nor true), and nan equal to nan."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is float:
        return bool(one == other or (one != one and other != other))
    return bool(one == other) and getattr(one, "tzinfo", None) == getattr(other, "tzinfo", None)
