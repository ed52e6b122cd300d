"""Edits of tables, records and keys on lines of their own, as splices of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.arrays import Splice, line_end, line_start
from cartwatch.document.blocks import top_of_comments
from cartwatch.document.writing import key_text, pair_text, rank_of, table_text

if TYPE_CHECKING:
    from cartwatch.document.syntax import Pair, Section, Syntax
    from cartwatch.domain.fields import RawPath


__all__ = [
    "Apart",
    "drop_line",
    "drop_sections",
    "element_extent",
    "insert_block",
    "insert_element",
    "insert_header",
    "insert_key",
    "insert_table",
]


class Apart(Exception):
    """The text of one element is split, with other elements in between."""


def core_end(syntax: Syntax, place: int) -> int:
    """Return the end of the last line that belongs to section number `place` itself."""
    section = syntax.sections[place]
    if not place and not section.pairs:
        return 0
    return line_end(syntax.text, section.core_end)


def top_of(syntax: Syntax, place: int) -> int:
    """Return the start of a section with the comment lines directly above its header."""
    start = line_start(syntax.text, syntax.sections[place].start)
    return top_of_comments(syntax.text, start, core_end(syntax, place - 1))


def bottom_of(syntax: Syntax, place: int) -> int:
    """Return the end of a section with the comment lines directly below it, if a blank line or nothing follows."""
    text, end = syntax.text, core_end(syntax, place)
    below = end
    while below < len(text) and text[below : line_end(text, below)].lstrip(" \t").startswith("#"):
        below = line_end(text, below)
    blank = below >= len(text) or not text[below : line_end(text, below)].strip()
    return below if blank else end


def groups(syntax: Syntax, path: RawPath) -> list[tuple[int, int]]:
    """Group the sections at a path or below it into runs (first, last) of neighbours."""
    runs: list[tuple[int, int]] = []
    for place in syntax.under(path):
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def element_extent(syntax: Syntax, path: RawPath) -> tuple[int, int, int]:
    """Return start (with comments), end, and end with trailing comments of the record at a path.

    Raises Apart if it is split or not a block of its own.
    """
    runs = groups(syntax, path)
    if len(runs) != 1 or path not in syntax.headers:
        raise Apart
    first, last = runs[0]
    return top_of(syntax, first), core_end(syntax, last), bottom_of(syntax, last)


def insert_block(text: str, at: int, block: str, newline: str, blank_before: bool = True) -> Splice:
    """Insert whole lines at the start of a line, separated by blank lines."""
    before, after = text[:at], text[at:]
    if before and not before.endswith("\n"):
        return at, at, newline * (1 + blank_before) + block.rstrip("\r\n")
    lead = newline if blank_before and before and not _ends_blank(before) else ""
    tail = newline if after and after[: line_end(after, 0)].strip() else ""
    return at, at, lead + block + tail


def insert_line(text: str, at: int, line: str, newline: str) -> Splice:
    """Insert one line after the line that ends at `at`."""
    if at and text[at - 1] != "\n":
        return at, at, newline + line
    return at, at, line + newline


def insert_key(syntax: Syntax, section: Section, key: str, value: Any, newline: str) -> Splice:
    """Insert a new key after the last one of its table."""
    text = syntax.text
    if section.pairs:
        last = section.pairs[-1]
        indent = text[line_start(text, last.start) : last.start]
        return insert_line(text, line_end(text, last.end), indent + _lines(key, value, newline), newline)
    if section.spans:
        return insert_line(text, line_end(text, section.end), _lines(key, value, newline), newline)
    return _insert_first_key(syntax, _lines(key, value, newline), newline)


def insert_dotted(text: str, pair: Pair, depth: int, key: str, value: Any, newline: str) -> Splice:
    """Insert a new key beside the dotted keys of its table, with the same prefix."""
    start = line_start(text, pair.start)
    source = text[start : pair.spans[depth - 1][1]] + "."
    return insert_line(text, line_end(text, pair.end), source + _lines(key, value, newline), newline)


def insert_table(syntax: Syntax, path: RawPath, value: Any, newline: str) -> Splice:
    """Insert a new table, or the first of a new list of tables, in the order of the format."""
    parent = path[:-1]
    blocks = [table_text((*path, k), item) for k, item in enumerate(value)] if type(value) is list else None
    block = "\n".join(blocks) if blocks else table_text(path, value)
    place = _place_in_order(syntax, parent, str(path[-1]))
    text = syntax.text
    return insert_block(text, bottom_of(syntax, place), block.replace("\n", newline), newline)


def insert_element(syntax: Syntax, path: RawPath, index: int, value: dict[str, Any], newline: str) -> Splice:
    """Append a new record to a list, in the style of its neighbour."""
    text = syntax.text
    siblings = syntax.lists[path]
    model = siblings[min(index, len(siblings) - 1)]
    header = text[line_start(text, model.start) : model.end]
    indent = ""
    if model.pairs:
        indent = text[line_start(text, model.pairs[0].start) : model.pairs[0].start]
    block = table_text((*path, index), value, header, indent)
    return place_element(syntax, path, index, block.replace("\n", newline), newline)


def place_element(syntax: Syntax, path: RawPath, index: int, block: str, newline: str) -> Splice:
    """Insert the text of a record before record `index` of its list, or after the last."""
    count = len(syntax.lists[path])
    if index < count:
        start = element_extent(syntax, (*path, index))[0]
        return insert_block(syntax.text, start, block, newline)
    return insert_block(syntax.text, element_extent(syntax, (*path, count - 1))[2], block, newline)


def insert_header(syntax: Syntax, path: RawPath, line: str, newline: str) -> Splice:
    """Insert the header of a table, implied so far by the tables below it, before the first of those."""
    place = syntax.under(path)[0]
    keys = ".".join(key_text(step) for step in path if isinstance(step, str))
    block = f"[{keys}]{newline}" + (line + newline if line else "")
    return insert_block(syntax.text, top_of(syntax, place), block, newline)


def drop_sections(syntax: Syntax, path: RawPath, *, after_blank: bool = True) -> list[Splice]:
    """Delete every section at a path or below, each with the comments directly above it.

    `after_blank` says that the text before ends in a blank line, or is empty.
    """
    out: list[Splice] = []
    text = syntax.text
    for first, last in groups(syntax, path):
        start, end = top_of(syntax, first), core_end(syntax, last)
        separated = _ends_blank(text[:start]) if start else after_blank
        if separated:
            end = _past_blank(text, end)
        if end >= len(text) and start and not _ends_blank(text):
            start = _before_blank(text, start)
        out.append((start, end, ""))
    return out


def drop_line(text: str, pair: Pair) -> Splice:
    """Delete a key with its line or lines, and its trailing comment."""
    return line_start(text, pair.start), line_end(text, pair.end), ""


def _lines(key: str, value: Any, newline: str) -> str:
    return pair_text(key_text(key), key, value).replace("\n", newline)


def _insert_first_key(syntax: Syntax, line: str, newline: str) -> Splice:
    """Insert the first key before any header: below the opening comments, above the first header."""
    text = syntax.text
    if len(syntax.sections) > 1:
        at = top_of(syntax, 1)
        return at, at, line + newline * 2
    at = len(text.rstrip()) and line_end(text, len(text.rstrip()))
    return insert_line(text, at, line, newline)


def _place_in_order(syntax: Syntax, parent: RawPath, key: str) -> int:
    """Return the section after which a new table of `parent` goes, by the order of the format."""
    below = syntax.under(parent)
    own = [place for place in below if syntax.sections[place].path == parent]
    rank = rank_of(key)
    before = [p for p in below if p not in own and rank_of(str(syntax.sections[p].path[len(parent)])) <= rank]
    if before or own:
        return max(before or own)
    return 0 if parent == () else max(below, default=0)


def _ends_blank(text: str) -> bool:
    """Whether a text ends in a blank line (or is empty)."""
    return not text or not text[line_start(text, len(text) - 1) :].strip()


def _past_blank(text: str, offset: int) -> int:
    while offset < len(text) and not text[offset : line_end(text, offset)].strip():
        offset = line_end(text, offset)
    return offset


def _before_blank(text: str, offset: int) -> int:
    while offset and not text[line_start(text, offset - 1) : offset].strip():
        offset = line_start(text, offset - 1)
    return offset
