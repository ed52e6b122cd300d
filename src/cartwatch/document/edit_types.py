"""Edits: the only way to change data, and the effect of each on plain data."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from cartwatch.domain.fields import RawPath

from .blocks import LIST

__all__ = [
    "Add",
    "AddBlocks",
    "Delete",
    "Edit",
    "EditError",
    "Move",
    "ReplaceBlock",
    "Set",
    "apply_data",
    "get",
    "plain",
    "record_of",
    "records_of",
    "shown",
]

_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 60


class EditError(Exception):
    """An edit that cannot be made; the message gives the reason in the user's words."""


@dataclass(frozen=True, slots=True)
class Set:
    """Set the value at a path; missing tables on the way are created."""

    path: RawPath
    value: Any


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a key, a table, an item of a list, or a whole program. A list of tables that becomes empty is deleted too."""

    path: RawPath


@dataclass(frozen=True, slots=True)
class Add:
    """Add an item to the list at a path, before item `index` or, by default, at the end. A missing list is created."""

    path: RawPath
    value: Any
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Move an item of a list to index `to`."""

    path: RawPath
    to: int


@dataclass(frozen=True, slots=True)
class ReplaceBlock:
    """Replace the text of program `index` by typed text: one `[[program]]` and everything below it."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class AddBlocks:
    """Append programs with their text from elsewhere: `[[program]]` blocks and the comments above them."""

    text: str


Edit = Set | Delete | Add | Move | ReplaceBlock | AddBlocks


def apply_data(data: dict[str, Any], edit: Edit) -> dict[str, Any]:
    """Apply an edit to plain data; unchanged parts are shared, never mutated. Raises EditError."""
    if isinstance(edit, ReplaceBlock):
        record = record_of(edit.text)
        return _table(_changed(data, (LIST, edit.index), lambda _: record))
    if isinstance(edit, AddBlocks):
        return {**data, LIST: [*data.get(LIST, []), *records_of(edit.text)]}
    if not edit.path:
        raise EditError("an edit needs a path")
    where = (*edit.path, 0) if isinstance(edit, Add) else edit.path
    if isinstance(edit, Set | Add) and where[:1] == (LIST,) and len(where) == 2 and type(edit.value) is not dict:
        raise EditError("a program must be a table")
    if isinstance(edit, Set):
        value = plain(edit.value, edit.path)
        return _table(_changed(data, edit.path, lambda _: value, make=True))
    if isinstance(edit, Delete):
        return _deleted(data, edit.path)
    if isinstance(edit, Add):
        return _added(data, edit)
    return _moved(data, edit)


def get(data: Any, path: RawPath) -> Any:
    """Return the value at a path. Raises EditError if there is none."""
    value = data
    for depth, step in enumerate(path, 1):
        if isinstance(step, int):
            if type(value) is not list or not 0 <= step < len(value):
                raise EditError(f"there is no {shown(path[:depth])}")
        elif type(value) is not dict or step not in value:
            raise EditError(f"there is no {shown(path[:depth])}")
        value = value[step]
    return value


def shown(path: RawPath) -> str:
    """Format a raw path: `catalyst[2].when`, list items counted from 1; inside a program, without the program."""
    if path[:1] == (LIST,) and len(path) > 1 and isinstance(path[1], int):
        if len(path) == 2:
            return f"program {path[1] + 1}"
        path = path[2:]
    out = ""
    for step in path:
        out += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if out else step
    return out or "the file"


def record_of(text: str) -> dict[str, Any]:
    """Parse a text that holds exactly one program. Raises EditError, with line and column, for anything else."""
    records = records_of(text)
    if len(records) != 1:
        raise EditError("the text must hold exactly one [[program]]")
    return records[0]


def records_of(text: str) -> list[dict[str, Any]]:
    """Parse the programs in a text. Raises EditError, with line and column, for no program or anything else."""
    from .text import USER, SyntaxProblem, read_values

    try:
        data, breach = read_values(text.removeprefix("\ufeff"), USER)
    except SyntaxProblem as problem:
        raise EditError(f"line {problem.line}, column {problem.column}: {problem.message}") from problem
    if breach:
        raise EditError(breach.message)
    records = data.get(LIST)
    if type(records) is not list or not records or any(type(each) is not dict for each in records):
        raise EditError("the text must hold exactly one [[program]]")
    if len(data) > 1:
        other = next(key for key in data if key != LIST)
        raise EditError(f'"{other}" stands outside the [[program]]')
    return records


def plain(value: Any, path: RawPath) -> Any:
    """Copy a plain TOML value. Raises EditError for a value that TOML 1.0 cannot hold."""
    if len(path) > _DEEPEST:
        raise EditError(f"{shown(path[:3])} is nested too deep")
    kind = type(value)
    if kind is str:
        return _text(value, path)
    if kind is bool or kind is float or kind is dt.date:
        return value
    if kind is int:
        if not -(1 << 63) <= value < 1 << 63:
            raise EditError(f"{shown(path)}: the integer does not fit 64 bits")
        return value
    if kind is list:
        return [plain(item, (*path, index)) for index, item in enumerate(value)]
    if kind is dict:
        return {_key(key, path): plain(item, (*path, key)) for key, item in value.items()}
    if kind is dt.datetime or kind is dt.time:
        return _moment(value, path)
    raise EditError(f"{shown(path)}: a {kind.__name__} cannot be written as TOML")


def _text(value: str, path: RawPath) -> str:
    found = _SURROGATE.search(value)
    if found:
        raise EditError(f"{shown(path)}: character {found.start() + 1} is half a character (U+{ord(found[0]):04X})")
    return value


def _key(key: Any, path: RawPath) -> str:
    if type(key) is not str:
        raise EditError(f"{shown(path)}: a key must be text, not {key!r}")
    return _text(key, path)


def _moment(value: dt.datetime | dt.time, path: RawPath) -> dt.datetime | dt.time:
    if value.tzinfo is None:
        return value.replace(fold=0)
    offset = value.utcoffset()
    if type(value) is dt.time or offset is None:
        raise EditError(f"{shown(path)}: a time of day has no time zone in TOML")
    if offset % dt.timedelta(minutes=1):
        raise EditError(f"{shown(path)}: a time zone with seconds ({offset}) cannot be written as TOML")
    return value.replace(tzinfo=dt.timezone(offset), fold=0)


def _changed(container: Any, path: RawPath, change: Any, *, make: bool = False, depth: int = 0) -> Any:
    """Return `container` with the value at `path[depth:]` replaced by `change(value)`; only the way to it is copied."""
    step, last = path[depth], depth + 1 == len(path)
    if isinstance(step, int):
        if type(container) is not list or not 0 <= step < len(container):
            raise EditError(f"there is no {shown(path[: depth + 1])}")
        inner = container[step]
    elif type(container) is not dict:
        raise EditError(f"{shown(path[:depth])} is not a table")
    elif step in container:
        inner = container[step]
    elif make:
        if not last and isinstance(path[depth + 1], int):
            raise EditError(f"there is no {shown(path[: depth + 1])}")
        inner = None if last else {}
        _key(step, path[:depth])
    else:
        raise EditError(f"there is no {shown(path[: depth + 1])}")
    new = change(inner) if last else _changed(inner, path, change, make=make, depth=depth + 1)
    if isinstance(step, int):
        return [*container[:step], new, *container[step + 1 :]]
    return {**container, step: new}


def _deleted(data: dict[str, Any], path: RawPath) -> dict[str, Any]:
    gone = get(data, path)
    *above, step = path
    parent = tuple(above)
    if isinstance(step, int) and type(gone) is dict and len(get(data, parent)) == 1 and isinstance(parent[-1], str):
        return _deleted_step(data, parent[:-1], parent[-1])
    return _deleted_step(data, parent, step)


def _deleted_step(data: dict[str, Any], parent: RawPath, step: str | int) -> dict[str, Any]:
    def without(container: Any) -> Any:
        if isinstance(step, int):
            return [*container[:step], *container[step + 1 :]]
        return {key: value for key, value in container.items() if key != step}

    return _table(_changed(data, parent, without) if parent else without(data))


def _added(data: dict[str, Any], edit: Add) -> dict[str, Any]:
    def extended(items: Any) -> Any:
        if items is None:
            items = []
        if type(items) is not list:
            raise EditError(f"{shown(edit.path)} is not a list")
        index = len(items) if edit.index is None else edit.index
        if not 0 <= index <= len(items):
            raise EditError(f"{shown(edit.path)} has {len(items)} items: there is no place {index + 1}")
        return [*items[:index], plain(edit.value, (*edit.path, index)), *items[index:]]

    return _table(_changed(data, edit.path, extended, make=True))


def _moved(data: dict[str, Any], edit: Move) -> dict[str, Any]:
    item = get(data, edit.path)
    *above, start = edit.path
    if not isinstance(start, int):
        raise EditError(f"{shown(edit.path)} is not an item of a list")

    def reordered(items: Any) -> Any:
        if not 0 <= edit.to < len(items):
            raise EditError(f"{shown(tuple(above))} has {len(items)} items: there is no place {edit.to + 1}")
        rest = [*items[:start], *items[start + 1 :]]
        return [*rest[: edit.to], item, *rest[edit.to :]]

    return _table(_changed(data, tuple(above), reordered))


def _table(value: Any) -> dict[str, Any]:
    assert type(value) is dict
    return value
