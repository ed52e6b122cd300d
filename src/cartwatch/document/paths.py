"""Converts paths as people write them (`catalyst.balli-01-interim.when`) to raw paths (`("catalyst", 0, "when")`)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cartwatch.domain.description import inside
from cartwatch.domain.fields import facts, kind_of, rate_in
from cartwatch.domain.identity import UniqueNames
from cartwatch.domain.program import root, slug
from cartwatch.domain.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.domain.fields import Fact, RawPath

    from .edit_types import Edit

__all__ = [
    "PathError",
    "declaration",
    "human_path",
    "item_names",
    "joined",
    "named_place",
    "others_of",
    "pins",
    "raw_path",
    "split",
    "unknown_field",
]

_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."\[\]]+)|\[(\d+)\]', re.DOTALL)
_BARE = re.compile(r"[^.\"\[\]\s](?:[^.\"\[\]]*[^.\"\[\]\s])?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class PathError(ValueError):
    """The path leads to nothing; the message says what is there instead."""


def split(path: str) -> tuple[str, ...]:
    """Split a dotted path; a step that contains dots is in double quotes, `report[2]` is `report.2`.

    Raises PathError for an invalid path.
    """
    steps: list[str] = []
    at = 0
    while at < len(path):
        found = _PART.match(path, at)
        if found is None:
            raise PathError(f'"{path}" is not a field path: write it as in mechanism.targets')
        quoted, bare, number = found.groups()
        steps.append(_ESCAPED.sub(r"\1", quoted) if quoted is not None else (bare or number).strip())
        at = found.end()
        if path[at : at + 1] == "." and at + 1 < len(path):
            at += 1
        elif at < len(path) and path[at] != "[":
            raise PathError(f'"{path}" is not a field path: write it as in mechanism.targets')
    if not steps or not all(steps):
        raise PathError("the field path is empty: write it as in mechanism.targets")
    return tuple(steps)


def joined(steps: Sequence[str]) -> str:
    """Join steps to a dotted path."""
    return ".".join(each if _BARE.fullmatch(each) else _quoted(each) for each in steps)


def _quoted(step: str) -> str:
    escaped = step.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def declaration(path: str) -> Fact | None:
    """Return the declaration of the field at a path; None for a user's own key, or an item of a list."""
    return _declaration(root(), path)


@lru_cache(maxsize=2048)
def _declaration(record: type | None, path: str) -> Fact | None:
    found: Fact | None = None
    steps = list(split(path))
    while steps:
        step = steps.pop(0)
        found = facts(record).get(step) if record is not None else None
        if found is None:
            return None
        record = found.record or found.names
        if found.kind == "rates" and len(steps) == 1:
            return rate_in(found, steps[0])
        if found.kind in ("records", "words") and steps:
            steps.pop(0)
            found = None if not steps or found.kind == "words" else found
    return found


def item_names(record: type | None, items: Sequence[Any]) -> list[str]:
    """Return the path name of each item of a list of records: its id, else its number from 1."""
    own = [_own_name(record, item, place) for place, item in enumerate(items)]
    names = UniqueNames(name for name, given in own if given)
    return [names.take(name, given=given) for name, given in own]


def _own_name(record: type | None, item: Any, place: int) -> tuple[str, bool]:
    """Return the name of an item before it is made unique, and whether the file has it as it is."""
    number = str(place + 1)
    if not isinstance(item, dict):
        return number, False
    kind = kind_of(record)
    if kind is None:
        return number, False
    for key in kind.names:
        value = item.get(key)
        if isinstance(value, str) and value.strip():
            return value, True
    if not kind.named_by:
        return number, False
    named = item.get(kind.named_by)
    return slug(named) if isinstance(named, str) and named.strip() else f"{kind.key}-{number}", False


def raw_path(data: Mapping[str, Any], path: str, *, own: bool = False, record: type | None = None) -> RawPath:
    """Resolve a dotted path to keys and list positions in a program's data.

    The last step may be new; every earlier step must exist, except declared tables that are not yet written, and with
    `own` the user's own tables. Raises PathError, with the nearest name if one is close.
    """
    steps = list(split(path))
    here: Any = data
    kind: type | None = record or root()
    out: list[str | int] = []
    while steps:
        step = steps.pop(0)
        declared = facts(kind).get(step) if kind is not None else None
        if isinstance(here, list):
            raise PathError(f"{joined([str(each) for each in out])} is a list: name an item of it")
        if declared is None and isinstance(here, dict) and step not in here and kind is not None and steps and not own:
            raise PathError(_unknown(step, kind))
        out.append(step)
        here = here.get(step) if isinstance(here, dict) else None
        kind = declared.record if declared is not None else None
        if isinstance(here, list) and steps:
            step = steps.pop(0)
            place = _place(kind, here, step)
            if place is None:
                known = ", ".join(item_names(kind, here)[:8]) or "it is empty"
                raise PathError(f'{out[-1]} has no item "{step}": {known}')
            out.append(place)
            here = here[place]
        elif declared is not None and declared.kind == "records" and steps:
            raise PathError(f'there is no {declared.key} "{steps[0]}" yet: add one first')
    return tuple(out)


def _place(kind: type | None, items: Sequence[Any], step: str) -> int | None:
    names = item_names(kind, items)
    if step in names:
        return names.index(step)
    if step.isdigit() and 1 <= int(step) <= len(items):
        return int(step) - 1
    prefixed = [place for place, name in enumerate(names) if name.startswith(step)]
    return prefixed[0] if len(prefixed) == 1 else None


def human_path(record: Mapping[str, Any], path: RawPath) -> str:
    """Return the dotted path of a raw path in a program's data."""
    steps: list[str] = []
    here: Any = record
    kind: type | None = root()
    for step in path:
        if isinstance(step, int):
            items = here if isinstance(here, list) else []
            names = item_names(kind, items)
            steps.append(names[step] if step < len(names) else str(step + 1))
            here = items[step] if step < len(items) else None
        else:
            declared = facts(kind).get(step) if kind is not None else None
            steps.append(step)
            here = here.get(step) if isinstance(here, dict) else None
            kind = declared.record if declared is not None else None
    return joined(steps)


def unknown_field(path: str, record: type | None = None) -> str:
    """Describe a path below a program or another record that leads to no declared field: the first wrong step, the nearest
    right one."""
    above, steps = "", list(split(path))
    record = record or root()
    while steps:
        step = steps.pop(0)
        if record is None:
            return f"{above} has no fields of its own"
        declared = facts(record).get(step)
        if declared is None:
            return _unknown(step, record)
        above, record = step, declared.record or declared.names
        if declared.kind == "records" and steps:
            steps.pop(0)
    return f"{path} is not a field"


def _unknown(step: str, kind: type) -> str:
    known = list(facts(kind))
    close = nearest(step, known)
    return f'there is no field "{step}"' + (f': did you mean "{close}"?' if close else f": choose from {', '.join(known)}")


def named_place(record: Mapping[str, Any], where: Sequence[str | int]) -> str:
    """Name a fact or record of a program, with the record that it is in; an undeclared field goes by its key."""
    said: list[str] = []
    here: Any = record
    kind: type | None = root()
    above: Fact | None = None
    for at, step in enumerate(where):
        if isinstance(step, int):
            items = here if isinstance(here, list) else []
            if above is not None and above.kind == "records" and above.record is not None:
                said[-1] = _item(above, items, step, last=at + 1 == len(where))
            else:
                said.append(str(step + 1))
            here = items[step] if step < len(items) else None
            continue
        above = facts(kind).get(step) if kind is not None else None
        here = here.get(step) if isinstance(here, dict) else None
        kind = above.record if above is not None else None
        if above is None:
            said.append(step)
        elif not (above.kind == "record" and at == 0 and where[1:] and where[1:] != ("summary",)):  # their fields name them
            said.append(inside(above))
    return " ".join(said)


def _item(above: Fact, items: Sequence[Any], place: int, *, last: bool) -> str:
    """Describe an item of a list of records; the kind of record is added if it has no name or nothing follows."""
    kind = kind_of(above.record)
    word = kind.label if kind is not None else above.key
    item = items[place] if place < len(items) else None
    own = item
    if isinstance(item, dict):
        own = item.get(kind.titles[0]) if kind is not None and kind.inline and kind.titles else None
    if isinstance(own, str) and own.strip():
        return own if not last else f"{word} {own}"
    name = item_names(above.record, items)[place] if place < len(items) else str(place + 1)
    return f"{word} {name}" if last or name.isdigit() else name


def others_of(record: Mapping[str, Any], where: Sequence[str | int]) -> set[str]:
    """Return the names of the other items of a list, given the path of a field of one item."""
    here: Any = record
    kind: type | None = root()
    found: set[str] = set()
    for step in where[:-1]:
        if isinstance(step, int) and isinstance(here, list):
            names = item_names(kind, here)
            found = {*names[:step], *names[step + 1 :]}
            here = here[step] if step < len(here) else None
        elif isinstance(step, str):
            declared = facts(kind).get(step) if kind is not None else None
            kind = declared.record if declared is not None else None
            here = here.get(step) if isinstance(here, dict) else None
    return found


def pins(record: Mapping[str, Any], place: int, where: Sequence[str | int], *, gone: bool = False) -> list[Edit]:
    """Build the edits that write the ids which an edit of a program at a place could change.

    A record whose name is made of its text, or of its place in the list, gets that name as its id at its first edit; where one
    is deleted (`gone`), those that would be named anew. They come before the edit itself.
    """
    from .edit_types import Set  # with it come the parsers, and who only shows a list needs neither

    edits: list[Edit] = []
    here: Any = record
    kind: type | None = root()
    for depth, step in enumerate(where):
        if isinstance(step, str):
            declared = facts(kind).get(step) if kind is not None else None
            kind = declared.record if declared is not None else None
            here = here.get(step) if isinstance(here, dict) else None
            continue
        if not isinstance(here, list) or step >= len(here):
            break
        leaves = gone and depth + 1 == len(where)
        if where[depth + 1 :] != ("id",):
            base = ("program", place, *where[:depth])
            edits += [Set((*base, at, "id"), name) for at, name in _unpinned(kind, here, step, leaves=leaves)]
        here = here[step]
    return edits


def _unpinned(kind: type | None, items: Sequence[Any], at: int, *, leaves: bool) -> list[tuple[int, str]]:
    """The items of a list that are to get an id, each with it."""
    declared = kind_of(kind)
    if declared is None or not declared.named_by or "id" not in declared.names:
        return []
    names = item_names(kind, items)
    touched = [at]
    if leaves:
        others = [each for each in range(len(items)) if each != at]
        after = item_names(kind, [items[each] for each in others])
        touched = [each for each, name in zip(others, after, strict=True) if name != names[each]]
    return [(each, names[each]) for each in touched if isinstance(items[each], dict) and not items[each].get("id")]
