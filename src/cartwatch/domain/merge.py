"""Three-way merge of plain watchlist data, by program and field, and the edits from one version to another.

No addition or edit is dropped; programs and records are identified the same way in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .cites import Cite, is_cite
from .fields import RawPath, plain_key
from .identity import inner_record, pair_records, same
from .program import root

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["ABSENT", "Conflict", "Merged", "Step", "edits_between", "head_edits_between", "merge", "three_way"]

Step = tuple[Any, ...]
"""("set", path, value), ("delete", path), ("add", path of the list, value, index) or ("move", path, to index)."""


class _Absent:
    """Marks an absent value; TOML has no null."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both sides changed in different ways.

    `path` is its place in the merged data, as in ("program", 3, "phase"); `program` the name of the program it is in. None
    among `base`, `ours` and `theirs` means absent. Ours stays; if one side deleted and the other edited, the edit stays.
    """

    program: str | None
    path: RawPath
    base: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a merge; without conflicts it does not depend on the side, except the order of additions."""

    head: dict[str, Any]
    programs: list[dict[str, Any]]
    conflicts: tuple[Conflict, ...] = ()


_Found = tuple[RawPath, Any, Any, Any]  # a conflict: place below the value, base, ours, theirs
_Side = tuple["Mapping[str, Any]", "Sequence[Mapping[str, Any]]"]


def merge(base: _Side, ours: _Side, theirs: _Side) -> Merged:
    """Merge two changed versions of a watchlist; each is its head and its programs, as plain TOML data.

    A change of one side is taken; lists of plain values are merged as sets; deleted on one side and unchanged on the other is
    deleted; deleted on one side and edited on the other stays and is reported; changed differently on both stays ours and is
    reported. Programs go by id (or the slug of the name), records by their identity. Order: theirs, then our additions.
    The given data is shared, never mutated.
    """
    found: list[_Found] = []
    head = _values(dict(base[0]), dict(ours[0]), dict(theirs[0]), None, found)
    conflicts = [Conflict(None, path, *map(_shown, sides)) for path, *sides in found]
    found = []
    programs = _values(list(base[1]), list(ours[1]), list(theirs[1]), root(), found)
    for path, *sides in found:
        place = path[0]
        assert isinstance(place, int)
        conflicts.append(Conflict(_name(programs[place]), ("program", *path), *map(_shown, sides)))
    return Merged(head, programs, tuple(conflicts))


def _name(program: Any) -> str | None:
    if not isinstance(program, dict):
        return None
    names = (program.get(each) for each in ("short", "name", "id"))
    return next((each for each in names if isinstance(each, str) and each), None)


def _shown(value: Any) -> Any:
    return None if value is ABSENT else value


def three_way(base: Any, ours: Any, theirs: Any, equal: Callable[[Any, Any], bool] = same) -> str:
    """Return whose value wins: "ours" or "theirs" if only that side changed it, or "both" if they differ."""
    if equal(ours, theirs) or equal(base, theirs):
        return "ours"
    return "theirs" if equal(base, ours) else "both"


def _values(base: Any, ours: Any, theirs: Any, record: type | None, found: list[_Found]) -> Any:
    if (stands := three_way(base, ours, theirs)) != "both":
        return ours if stands == "ours" else theirs
    if ours is ABSENT or theirs is ABSENT:
        found.append(((), base, ours, theirs))
        return theirs if ours is ABSENT else ours
    if type(ours) is dict and type(theirs) is dict and not (record is Cite and (is_cite(ours) or is_cite(theirs))):
        return _tables(base if type(base) is dict else {}, ours, theirs, record, found)
    if type(ours) is list and type(theirs) is list:
        return _records(base if type(base) is list else [], ours, theirs, record, found)
    found.append(((), base, ours, theirs))
    return ours


def _tables(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], record: type | None, found: list[_Found]
) -> dict[str, Any]:
    out = {}
    for key in (*theirs, *(each for each in ours if each not in theirs)):
        inside: list[_Found] = []
        before, here, there = (side.get(key, ABSENT) for side in (base, ours, theirs))
        value = _values(before, here, there, inner_record(record, key), inside)
        if value is not ABSENT:
            out[key] = value
        found.extend(((key, *path), *rest) for path, *rest in inside)
    return out


def _records(base: list[Any], ours: list[Any], theirs: list[Any], record: type | None, found: list[_Found]) -> list[Any]:
    """Merge lists item by item. A plain value is its own identity, so such lists are merged as sets."""
    to_ours = dict(pair_records(record, base, ours))
    to_theirs = dict(pair_records(record, base, theirs))
    new_ours = [place for place in range(len(ours)) if place not in to_ours.values()]
    new_theirs = [place for place in range(len(theirs)) if place not in to_theirs.values()]
    both = pair_records(record, [ours[each] for each in new_ours], [theirs[each] for each in new_theirs])
    # by place in theirs: the item in the base and in ours
    beside = {place: (base[of], ours[to_ours[of]] if of in to_ours else ABSENT) for of, place in to_theirs.items()}
    beside.update({new_theirs[there]: (ABSENT, ours[new_ours[here]]) for here, there in both})
    out: list[Any] = []
    for place, value in enumerate(theirs):
        _item(*beside.get(place, (ABSENT, ABSENT)), value, record, out, found)
    from_base = {place: of for of, place in to_ours.items()}
    joined = {new_ours[here] for here, _ in both}
    for place, value in enumerate(ours):
        of = from_base.get(place)
        if of is None and place not in joined:
            _item(ABSENT, value, ABSENT, record, out, found)
        elif of is not None and of not in to_theirs:
            _item(base[of], value, ABSENT, record, out, found)
    return out


def _item(base: Any, ours: Any, theirs: Any, record: type | None, out: list[Any], found: list[_Found]) -> None:
    """Merge one item of a list and append it to `out` if it stays."""
    plain = plain_key(record)
    if plain and dict in (type(ours), type(theirs)) and not (same(base, ours) or same(base, theirs)):
        base, ours, theirs = ({plain: each} if isinstance(each, str) else each for each in (base, ours, theirs))
    inside: list[_Found] = []
    value = _values(base, ours, theirs, record, inside)
    if value is ABSENT:
        return
    found.extend(((len(out), *path), *rest) for path, *rest in inside)
    out.append(value)


def edits_between(olds: Sequence[Mapping[str, Any]], news: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return the edits that turn the programs of one version into those of another, to be applied in order.

    Each path starts at the root of the document as the edit before has left it. Programs and records are identified as
    in a merge, so that a changed value of a moved program is one `set`. A list of tables that becomes empty is deleted.
    """
    steps: list[Step] = []
    _list_steps(list(olds), list(news), ("program",), root(), steps)
    return steps


def head_edits_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Step]:
    """Return the same edits for everything outside the programs."""
    steps: list[Step] = []
    _table_steps(old, new, (), None, steps)
    return steps


def _steps(old: Any, new: Any, path: RawPath, record: type | None, steps: list[Step]) -> None:
    if same(old, new):
        return
    if type(old) is dict and type(new) is dict and not (record is Cite and (is_cite(old) or is_cite(new))):
        _table_steps(old, new, path, record, steps)
    elif _tabular(old) and _tabular(new) and record is not Cite:
        _list_steps(old, new, path, record, steps)
    else:
        steps.append(("set", path, new))


def _tabular(value: Any) -> bool:
    """Whether a value is a list of tables only, to be edited record by record."""
    return type(value) is list and bool(value) and all(type(each) is dict for each in value)


def _table_steps(old: Mapping[str, Any], new: Mapping[str, Any], path: RawPath, record: type | None, steps: list[Step]) -> None:
    for key in old:
        if key not in new:
            steps.append(("delete", (*path, key)))
    for key, value in new.items():
        if key in old:
            _steps(old[key], value, (*path, key), inner_record(record, key), steps)
        elif _tabular(value) and inner_record(record, key) is not Cite:
            steps.extend(("add", (*path, key), each, place) for place, each in enumerate(value))
        else:
            steps.append(("set", (*path, key), value))


def _list_steps(olds: list[Any], news: list[Any], path: RawPath, record: type | None, steps: list[Step]) -> None:
    pairs = pair_records(record, olds, news)
    for old, new in pairs:
        _steps(olds[old], news[new], (*path, old), record, steps)
    kept = dict(pairs)
    standing = [kept.get(place) for place in range(len(olds))]
    for place in reversed(range(len(olds))):
        if standing[place] is None:
            steps.append(("delete", (*path, place)))
            del standing[place]
    for place, new in enumerate(news):
        if place < len(standing) and standing[place] == place:
            continue
        if place in standing:
            at = standing.index(place)
            steps.append(("move", (*path, at), place))
            standing.insert(place, standing.pop(at))
        else:
            steps.append(("add", path, new, place))
            standing.insert(place, place)
