"""Edits inside one array or inline table, as splices of the text: only the line of the touched item changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.document.blocks import top_of_comments

if TYPE_CHECKING:
    from cartwatch.document.syntax import ArrayItem, Pair, Value

__all__ = ["Splice", "drop_item", "drop_pair", "insert_item", "insert_pair", "line_end", "line_start", "move_item", "spliced"]

Splice = tuple[int, int, str]


def spliced(text: str, splices: list[Splice]) -> str:
    """Return the text with each range (start, end) replaced; the ranges do not overlap."""
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Return the offset after the next line end, or the end of the text."""
    return text.find("\n", offset) + 1 or len(text)


def insert_item(text: str, array: Value, index: int, new: str, newline: str) -> list[Splice]:
    """Insert a literal before item `index` of an array (after the last if there are as many)."""
    if not array.items:
        return _first_item(text, array, new, newline)
    if index == 0:
        first = array.items[0].value.start
        if not _leads(text, first):
            return [(first, first, f"{new}, ")]
        start = line_start(text, first)
        top = top_of_comments(text, start, line_end(text, array.start))
        return [(top, top, text[start:first] + new + "," + newline)]
    before = array.items[index - 1]
    last = index == len(array.items)
    end = line_end(text, max(before.value.end, before.comma))
    lines = _leads(text, before.value.start) and (last or _leads(text, array.items[index].value.start))
    if not lines or end >= array.end:
        if last:
            return [(before.value.end, before.value.end, f", {new}")]
        start = array.items[index].value.start
        return [(start, start, f"{new}, ")]
    indent = text[line_start(text, before.value.start) : before.value.start]
    out = [(end, end, indent + new + ("" if last and before.comma < 0 else ",") + newline)]
    if before.comma < 0:
        out.append((before.value.end, before.value.end, ","))
    return out


def drop_item(text: str, array: Value, index: int) -> list[Splice]:
    """Remove item `index` of an array, with its line if it has its own."""
    item, items = array.items[index], array.items
    start, end = item.value.start, max(item.value.end, item.comma)
    after = line_end(text, end)
    if _leads(text, start) and after < array.end and (index + 1 == len(items) or items[index + 1].value.start >= after):
        return [(line_start(text, start), after, "")]
    if index + 1 < len(items):
        follower = items[index + 1].value.start
        return [(start, end if _comment_between(array, start, follower) else follower, "")]
    if index:
        before = items[index - 1].value.end
        if not _comment_between(array, before, start):
            return [(before, item.value.end, "")]
        return [(start, end, "")]
    if array.comments or "\n" in text[array.start : array.end]:
        return [(start, end, "")]
    return [(array.start + 1, array.end - 1, "")]


def move_item(text: str, array: Value, index: int, to: int) -> list[Splice]:
    """Move item `index` of an array to index `to`; an item on its own line takes its comments along."""
    order = list(range(len(array.items)))
    order.insert(to, order.pop(index))
    slots = _own_lines(text, array)
    if slots:
        pieces = [_with_comma(text, item, *slot) for item, slot in zip(array.items, slots, strict=True)]
    else:
        slots = [(item.value.start, item.value.end) for item in array.items]
        pieces = [text[start:end] for start, end in slots]
    return [(*slots[place], pieces[source]) for place, source in enumerate(order) if place != source]


def insert_pair(table: Value, new: str, after: Pair | None = None) -> list[Splice]:
    """Insert `key = value` into an inline table, after a pair or at the end."""
    if not table.pairs:
        return [(table.start + 1, table.end - 1, f" {new} ")]
    at = (after or table.pairs[-1]).end
    return [(at, at, f", {new}")]


def drop_pair(table: Value, pair: Pair) -> list[Splice]:
    """Remove a pair from an inline table."""
    index = next(place for place, other in enumerate(table.pairs) if other is pair)
    if index + 1 < len(table.pairs):
        return [(pair.start, table.pairs[index + 1].start, "")]
    if index:
        return [(table.pairs[index - 1].end, pair.end, "")]
    return [(table.start + 1, table.end - 1, "")]


def _first_item(text: str, array: Value, new: str, newline: str) -> list[Splice]:
    close = array.end - 1
    if "\n" not in text[array.start : array.end]:
        return [(array.start + 1, close, new)]
    start = line_start(text, close)
    indent = text[start:close] + "  "
    if array.comments and _leads(text, array.comments[-1][0]):
        indent = text[line_start(text, array.comments[-1][0]) : array.comments[-1][0]]
    if not _leads(text, close):
        return [(close, close, f"{newline}{indent}{new},{newline}")]
    return [(start, start, indent + new + "," + newline)]


def _leads(text: str, offset: int) -> bool:
    """Whether only indentation precedes an offset on its line."""
    return not text[line_start(text, offset) : offset].strip(" \t")


def _comment_between(array: Value, start: int, end: int) -> bool:
    return any(start <= comment[0] < end for comment in array.comments)


def _own_lines(text: str, array: Value) -> list[tuple[int, int]]:
    """Return the lines of each item with the comments directly above; empty if items share lines."""
    out: list[tuple[int, int]] = []
    floor = line_end(text, array.start)
    for item in array.items:
        start = line_start(text, item.value.start)
        end = line_end(text, max(item.value.end, item.comma))
        if not _leads(text, item.value.start) or start < floor or end >= array.end:
            return []
        out.append((top_of_comments(text, start, floor), end))
        floor = end
    return out


def _with_comma(text: str, item: ArrayItem, start: int, end: int) -> str:
    if item.comma < 0:
        return text[start : item.value.end] + "," + text[item.value.end : end]
    return text[start:end]
