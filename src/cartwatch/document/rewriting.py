"""Applies one edit to one text: the smallest change of its lines that gives the intended data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cartwatch.document.arrays import (
    drop_item,
    drop_pair,
    insert_item,
    insert_pair,
    move_item,
    spliced,
)
from cartwatch.document.syntax import Section, Syntax, Value, read_syntax
from cartwatch.document.tables import (
    drop_line,
    drop_sections,
    element_extent,
    insert_dotted,
    insert_element,
    insert_header,
    insert_key,
    insert_table,
    place_element,
)
from cartwatch.document.writing import array_text, key_text, literal, pair_text, wants_header
from cartwatch.domain.identity import same

from .blocks import LIST
from .edit_types import Add, Delete, Edit, Move, Set, get, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartwatch.document.arrays import Splice
    from cartwatch.domain.fields import RawPath


__all__ = ["Unwritable", "on_its_line", "rewrite"]


_PAIRS = 10_000  # pairs of items that are compared to detect moves


class Unwritable(Exception):
    """No small change of the text makes this edit; its container must be rewritten."""


@dataclass(frozen=True, slots=True)
class _Replace:
    path: RawPath
    value: Any


@dataclass(frozen=True, slots=True)
class _Put:
    path: RawPath
    value: Any


@dataclass(frozen=True, slots=True)
class _Drop:
    path: RawPath


@dataclass(frozen=True, slots=True)
class _Insert:
    path: RawPath
    index: int
    value: Any


@dataclass(frozen=True, slots=True)
class _Shift:
    path: RawPath
    index: int
    to: int


_Step = _Replace | _Put | _Drop | _Insert | _Shift


def rewrite(text: str, data: dict[str, Any], edit: Edit, newline: str) -> str:
    """Rewrite the text of `data` for an edit that `apply_data` accepts; the result still needs proof.

    Raises Unwritable, Apart or UnreadableSyntax if the layout of the text does not allow it.
    """
    for parent, group in groupby(list(_steps(data, edit)), key=lambda each: each.path[:-1] if isinstance(each, _Put) else None):
        steps = list(group)
        text = _one_by_one(text, steps, newline) if parent is None else _put_together(text, parent, steps, newline)
    return text


def _one_by_one(text: str, steps: list[_Step], newline: str) -> str:
    for step in steps:
        text = _perform(text, step, newline)
    return text


def _put_together(text: str, parent: RawPath, steps: list[Any], newline: str) -> str:
    """Insert several new keys of one table on lines of their own, reading the syntax once."""
    if len(steps) == 1:
        return _perform(text, steps[0], newline)
    syntax = read_syntax(text)
    section = syntax.headers.get(parent)
    plain_lines = all(isinstance(each.path[-1], str) and not wants_header(each.path, each.value) for each in steps)
    if parent in syntax.tables or section is None or not section.pairs or not plain_lines:
        return _one_by_one(text, steps, newline)
    splices = [insert_key(syntax, section, each.path[-1], each.value, newline) for each in steps]
    start, end, _ = splices[0]
    return spliced(text, [(start, end, "".join(new for _, _, new in splices))])


def _steps(data: dict[str, Any], edit: Edit) -> Iterator[_Step]:
    if isinstance(edit, Set):
        yield from _setting(data, edit.path, plain(edit.value, edit.path))
    elif isinstance(edit, Delete):
        parent, last = edit.path[:-1], edit.path[-1]
        lone = isinstance(last, int) and type(get(data, edit.path)) is dict and len(get(data, parent)) == 1
        yield _Drop(parent if lone and isinstance(parent[-1], str) else edit.path)
    elif isinstance(edit, Add):
        known = _known(data, edit.path)
        value = plain(edit.value, edit.path)
        if known < len(edit.path):
            yield from _setting(data, edit.path, [value])
        else:
            items = get(data, edit.path)
            yield _Insert(edit.path, len(items) if edit.index is None else edit.index, value)
    elif isinstance(edit, Move):
        index = edit.path[-1]
        if isinstance(index, int) and index != edit.to:
            yield _Shift(edit.path[:-1], index, edit.to)
    else:
        raise Unwritable


def _known(data: dict[str, Any], path: RawPath) -> int:
    """Count the steps of a path that exist in the data."""
    value: Any = data
    for depth, step in enumerate(path):
        if type(value) is dict and step not in value:
            return depth
        value = value[step]
    return len(path)


def _setting(data: dict[str, Any], path: RawPath, value: Any) -> Iterator[_Step]:
    known = _known(data, path)
    if known == len(path):
        yield from _difference(path, get(data, path), value)
        return
    for key in reversed(path[known + 1 :]):
        value = {key: value}
    yield _Put(path[: known + 1], value)


def _difference(path: RawPath, old: Any, new: Any) -> Iterator[_Step]:
    if same(old, new):
        return
    if type(old) is dict and type(new) is dict:
        for key in old:
            if key in new:
                yield from _difference((*path, key), old[key], new[key])
        for key in new:
            if key not in old:
                yield _Put((*path, key), new[key])
        for key in old:
            if key not in new:
                yield _Drop((*path, key))
    elif type(old) is list and type(new) is list and old and new:
        yield from _list_difference(path, old, new)
    else:
        yield _Replace(path, new)


def _list_difference(path: RawPath, old: list[Any], new: list[Any]) -> Iterator[_Step]:
    head = 0
    while head < min(len(old), len(new)) and same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    before, after = len(old) - tail, len(new) - tail
    middle, wanted = old[head:before], new[head:after]
    if len(middle) * len(wanted) <= _PAIRS and any(same(one, other) for one in middle for other in wanted):
        yield from _rearranged(path, head, middle, wanted)
        return
    for index in range(head, min(before, after)):
        yield from _difference((*path, index), old[index], new[index])
    for index in range(before, after):
        yield _Insert(path, index, new[index])
    for index in reversed(range(after, before)):
        yield _Drop((*path, index))


def _rearranged(path: RawPath, start: int, old: list[Any], new: list[Any]) -> Iterator[_Step]:
    """Move kept items, so that their comments go along; drop and insert the others."""
    left = list(range(len(old)))
    source: list[int | None] = []
    for item in new:
        found = next((at for at in left if same(old[at], item)), None)
        source.append(found)
        if found is not None:
            left.remove(found)
    for place, item in enumerate(new):  # a changed record is still the same record
        changed = next((at for at in left if type(old[at]) is dict), None)
        if source[place] is None and type(item) is dict and changed is not None:
            source[place] = changed
            left.remove(changed)
    for at in reversed(left):
        yield _Drop((*path, start + at))
    now = [at for at in range(len(old)) if at not in left]
    for place, found in enumerate(source):
        if found is None:
            yield _Insert(path, start + place, new[place])
            now.insert(place, -1)
            continue
        if now[place] != found:
            yield _Shift(path, start + now.index(found), start + place)
            now.remove(found)
            now.insert(place, found)
        yield from _difference((*path, start + place), old[found], new[place])


def _perform(text: str, step: _Step, newline: str) -> str:
    syntax = read_syntax(text)
    if isinstance(step, _Put):
        return spliced(text, [_put(syntax, step.path, step.value, newline)])
    if isinstance(step, _Replace):
        return _replaced(syntax, step.path, step.value, newline)
    if isinstance(step, _Drop):
        return _dropped(syntax, step.path, newline)
    if isinstance(step, _Insert):
        return spliced(text, _inserted(syntax, step, newline))
    return _shifted(syntax, step, newline)


def _put(syntax: Syntax, path: RawPath, value: Any, newline: str) -> Splice:
    """Insert a key that its table does not have yet."""
    parent, key = path[:-1], path[-1]
    if not isinstance(key, str):
        raise Unwritable
    if parent in syntax.tables:
        return insert_pair(syntax.tables[parent], f"{key_text(key)} = {literal(value)}")[0]
    dotted = syntax.dotted.get(parent)
    section = syntax.headers.get(parent)
    if section is not None and (section.pairs or not dotted):
        if wants_header(path, value):
            return insert_table(syntax, path, value, newline)
        return insert_key(syntax, section, key, value, newline)
    if dotted:
        return _put_dotted(syntax, parent, key, value, newline)
    if syntax.under(parent):
        if wants_header(path, value):
            return insert_table(syntax, path, value, newline)
        return insert_header(syntax, parent, pair_text(key_text(key), key, value).replace("\n", newline), newline)
    raise Unwritable


def _put_dotted(syntax: Syntax, parent: RawPath, key: str, value: Any, newline: str) -> Splice:
    pair, holder = syntax.dotted[parent][-1]
    depth = len(parent) - _depth_of(syntax, pair, holder)
    if isinstance(holder, Section):
        return insert_dotted(syntax.text, pair, depth, key, value, newline)
    words = syntax.text[pair.start : pair.spans[depth - 1][1]]
    return insert_pair(holder, f"{words}.{key_text(key)} = {literal(value)}", pair)[0]


def _depth_of(syntax: Syntax, pair: Any, holder: Section | Value) -> int:
    """Return the path length of the container of a pair."""
    if isinstance(holder, Section):
        return len(holder.path)
    return next(len(path) for path, table in syntax.tables.items() if table is holder)


def _replaced(syntax: Syntax, path: RawPath, value: Any, newline: str) -> str:
    """Replace a value, in the same style where the new value allows it."""
    span = syntax.spans.get(path)
    array = syntax.values[path][0].value if path in syntax.values else None
    if array is not None and array.kind == "array" and array.comments and type(value) is list:
        return _refilled(syntax, path, value, newline)
    if span and (path in syntax.values or path in syntax.items):
        old = syntax.text[slice(*span)]
        if path in syntax.items:
            new = literal(value, old)
        else:
            holder = syntax.values[path][1]
            own_line = isinstance(holder, Section)
            new = literal(value, old, block=own_line)
            if own_line and type(value) is list:
                new = array_text(str(path[-1]), value)
        return spliced(syntax.text, [(*span, new.replace("\n", newline))])
    if isinstance(path[-1], int):
        raise Unwritable
    text = _dropped(syntax, path, newline)
    return spliced(text, [_put(read_syntax(text), path, value, newline)])


def _refilled(syntax: Syntax, path: RawPath, items: list[Any], newline: str) -> str:
    """Write an array with other items and the comments inside it."""
    text = syntax.text
    for index in reversed(range(len(syntax.values[path][0].value.items))):
        text = spliced(text, drop_item(text, read_syntax(text).values[path][0].value, index))
    for index, item in enumerate(items):
        text = spliced(text, insert_item(text, read_syntax(text).values[path][0].value, index, literal(item), newline))
    return text


def _dropped(syntax: Syntax, path: RawPath, newline: str) -> str:
    text = syntax.text
    if path in syntax.items:
        return spliced(text, drop_item(text, *syntax.items[path]))
    emptied = _emptied(syntax, path)
    if emptied is not None:
        return spliced(text, [emptied])
    splices = drop_sections(syntax, path)
    pairs = [syntax.values[path]] if path in syntax.values else syntax.dotted.get(path, [])
    if pairs and isinstance(pairs[0][1], Value):
        if len(pairs) > 1:
            raise Unwritable
        splices += drop_pair(pairs[0][1], pairs[0][0])
    else:
        splices += [drop_line(text, pair) for pair, _ in pairs]
    if not splices:
        raise Unwritable
    out = spliced(text, splices)
    parent = path[:-1]
    if parent and not read_syntax(out).present(parent):
        return _with_empty_table(syntax, splices, parent, newline)
    return out


def _emptied(syntax: Syntax, path: RawPath) -> Splice | None:
    """Keep a table whose last dotted key is dropped: `a.b = 1` becomes `a = {}`."""
    parent = path[:-1]
    above = syntax.dotted.get(parent, [])
    if parent in syntax.headers or not above or syntax.under(parent):
        return None
    below = [syntax.values[path]] if path in syntax.values else syntax.dotted.get(path, [])
    if len(below) != len(above) or len(above) != 1:
        return None
    pair, holder = above[0]
    depth = len(parent) - _depth_of(syntax, pair, holder)
    return pair.spans[depth - 1][1], pair.end, " = {}"


def _with_empty_table(syntax: Syntax, splices: list[Splice], parent: RawPath, newline: str) -> str:
    """Return the text after a drop, with a header for the table that would vanish."""
    if any(isinstance(step, int) for step in parent[-1:]) or not syntax.under(parent):
        raise Unwritable
    first, *others = sorted(splices)
    keys = ".".join(key_text(step) for step in parent if isinstance(step, str))
    gone = syntax.text[first[0] : first[1]]
    tail = gone[len(gone.rstrip()) :] or newline
    return spliced(syntax.text, [(first[0], first[1], f"[{keys}]{tail}"), *others])


def _inserted(syntax: Syntax, step: _Insert, newline: str) -> list[Splice]:
    text = syntax.text
    span = syntax.spans.get(step.path)
    if span and step.path not in syntax.lists:
        array = syntax.items[step.path][0].items[syntax.items[step.path][1]].value if step.path in syntax.items else None
        if array is None:
            array = syntax.values[step.path][0].value
        if array.kind != "array":
            raise Unwritable
        return insert_item(text, array, step.index, literal(step.value), newline)
    if step.path in syntax.lists and type(step.value) is dict:
        return [insert_element(syntax, step.path, step.index, step.value, newline)]
    raise Unwritable


def _shifted(syntax: Syntax, step: _Shift, newline: str) -> str:
    text = syntax.text
    here = (*step.path, step.index)
    if here in syntax.items:
        return spliced(text, move_item(text, syntax.items[here][0], step.index, step.to))
    if step.path not in syntax.lists:
        raise Unwritable
    start, end, _ = element_extent(syntax, here)
    block = text[start:end]
    if not block.endswith("\n"):
        block += newline
    target = step.to if step.to < step.index else step.to + 1
    placed = place_element(syntax, step.path, target, block, newline)
    gone = drop_sections(syntax, here)[0]
    if gone[0] < placed[0] < gone[1]:
        placed = (gone[1], gone[1], placed[2])
    return spliced(text, [gone, placed])


_HEADER = re.compile(r"(?m)^[ \t]*\[")
_VALUE = r"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"'#\[\]{},]+(?: [0-9:.Zz+-]+)?)(?=[ \t]*(?:#[^\n]*)?\r?$)"""
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def on_its_line(text: str, path: RawPath, value: Any) -> str | None:
    """Replace a plain value at a path of one program's text; None if it is not alone on its line."""
    above, key = path[2:-1], path[-1]
    if path[:2] != (LIST, 0) or not isinstance(key, str) or isinstance(value, dict | list):
        return None
    names = [each for each in (*above, key) if isinstance(each, str)]
    if len(above) > 2 or len(names) < len(above) or not all(map(_PLAIN.fullmatch, names)):
        return None
    place = above[1] if len(above) == 2 and isinstance(above[1], int) else 0
    listed = not above or isinstance(above[-1], int)
    start = _end_of_header(text, [LIST, *names[:-1]], place, listed)
    if start is None:
        return None
    following = _HEADER.search(text, start)
    lines = re.compile(rf"(?m)^[ \t]*{key}[ \t]*=[ \t]*{_VALUE}")
    found = list(lines.finditer(text, start, following.start() if following else len(text)))
    if len(found) != 1:
        return None
    new = literal(value, found[0][1], block=True)
    return None if "\n" in new else text[: found[0].start(1)] + new + text[found[0].end(1) :]


def _end_of_header(text: str, names: list[str], place: int, listed: bool) -> int | None:
    """Return the end of the header of a table, or of item `place` of a list of tables."""
    words = r"[ \t]*\.[ \t]*".join(names)
    opens, closes = (r"\[\[", r"\]\]") if listed else (r"\[", r"\]")
    for number, found in enumerate(re.finditer(rf"(?m)^[ \t]*{opens}[ \t]*{words}[ \t]*{closes}", text)):
        if number == place:
            return found.end()
    return None
