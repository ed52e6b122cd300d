"""Adds, deletes, moves and replaces whole programs as blocks of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli

from cartwatch.document.arrays import line_end, line_start
from cartwatch.document.blocks import LIST, Unit, cut
from cartwatch.document.syntax import UnreadableSyntax, read_syntax
from cartwatch.document.tables import Apart, element_extent
from cartwatch.document.writing import table_text
from cartwatch.domain.identity import same

from .edit_types import EditError, record_of, records_of

if TYPE_CHECKING:
    from cartwatch.document.document import Document

__all__ = [
    "add_blocks",
    "add_program",
    "delete_program",
    "extent",
    "holds",
    "move_program",
    "record_text",
    "replace_program",
    "typed_lines",
]


def holds(text: str, data: dict[str, Any]) -> bool:
    """Whether a text, parsed alone, gives exactly this data: the proof that every new text must pass."""
    try:
        return same(tomli.loads(text), data)
    except (ValueError, RecursionError):
        return False


def extent(text: str, index: int = 0) -> tuple[int, int, int]:
    """Return start, end, and end with trailing comments of program `index`; the start includes the comments above.

    Raises Apart if it is not a block of its own.
    """
    try:
        return element_extent(read_syntax(text), (LIST, index))
    except UnreadableSyntax:
        if index:
            raise Apart from None
        end = line_end(text, len(text.rstrip()))
        return 0, end, end


def record_text(document: Document, index: int) -> str:
    """Return the text of program `index`: the comment lines directly above, its header, and its content.

    If it is split or in an inline table, it is written as a block.
    """
    _check(document, index)
    try:
        if document.whole:
            text = document.text
            start, _, end = extent(text, index)
        else:
            text = document.units[document.place_of_program(index)].text
            start, _, end = extent(text)
    except Apart:
        return table_text((LIST, index), document.programs[index]).replace("\n", document.newline)
    return text[start:end]


def delete_program(document: Document, index: int, *, with_comments_below: bool = False) -> Document:
    """Delete program `index`: its block and the comment lines directly above it, and no others."""
    _check(document, index)
    units = list(document.units)
    place = document.place_of_program(index)
    text = units[place].text
    start, core, below = extent(text)
    tail = text[below if with_comments_below else core :]
    before = units[place - 1].text + text[:start]
    if _ends_blank(before):
        tail = _without_leading_blank(tail)
    kept = before + tail
    if place + 1 == len(units) and not tail and not _ends_blank(text):
        kept = kept[: line_end(kept, len(kept.rstrip()))] if kept.strip() else ""
    units[place - 1 : place + 1] = [Unit(kept, units[place - 1].record)]
    return document.with_units(units, document.head)


def add_program(document: Document, record: dict[str, Any], index: int) -> Document:
    """Add a program before program `index`, or after the last."""
    block = table_text((LIST, 0), record).replace("\n", document.newline)
    if not holds(block, {LIST: [record]}):
        raise EditError("the program cannot be written as TOML without loss")
    return _inserted(document, index, block, record)


def add_blocks(document: Document, text: str) -> Document | None:
    """Append the blocks of a text after the last program; None if they cannot be used unchanged."""
    if document.whole or LIST in document.head:
        return None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip("\n").replace("\n", document.newline) + document.newline
    records = records_of(text)
    blocks = cut(text, {LIST: records})
    if blocks is None or any(each.record is None for each in blocks[1:]):
        return None
    first = Unit(blocks[0].text + blocks[1].text, blocks[1].record)
    place = len(document.units)
    if document.programs:
        place = document.place_of_program(len(document.programs) - 1) + 1
    units = list(_inserted(document, len(document.programs), text, records[0]).units)
    tail = units[place].text[len(text) :]
    last = blocks[-1] if len(blocks) > 2 else first
    middle = [first, *blocks[2:-1]] if len(blocks) > 2 else []
    units[place : place + 1] = [*middle, Unit(last.text + tail, last.record)]
    return document.with_units(units, document.head)


def move_program(document: Document, index: int, to: int) -> Document:
    """Move program `index` to place `to`, with its comments."""
    _check(document, index)
    if not 0 <= to < len(document.programs):
        raise EditError(f"there are {len(document.programs)} programs: there is no place {to + 1}")
    if to == index:
        return document
    unit = document.units[document.place_of_program(index)]
    start, _, below = extent(unit.text)
    block = unit.text[start:below]
    if not block.endswith("\n"):
        block += document.newline
    rest = delete_program(document, index, with_comments_below=True)
    return _inserted(rest, to, block, document.programs[index])


def replace_program(document: Document, index: int, text: str) -> Document:
    """Replace the text of program `index` by typed text. Raises EditError."""
    _check(document, index)
    record = record_of(text)
    units = list(document.units)
    place = document.place_of_program(index)
    old = units[place].text
    start, _, below = extent(old)
    new = old[:start] + typed_lines(text, old[start:below], document.newline) + old[below:]
    if not holds(new, {LIST: [record]}):
        raise EditError("the text cannot replace the old one: what follows in the file would change")
    units[place] = Unit(new, record)
    return document.with_units(units, document.head)


def typed_lines(text: str, old: str, newline: str) -> str:
    """Return typed text as whole lines with the line ends of the old text (`newline` if it has none)."""
    lines = text.removeprefix("\ufeff").rstrip("\r\n").split("\n")
    while len(lines) > 1 and not lines[0].strip():
        del lines[0]
    crlf, ends = old.count("\r\n"), old.count("\n")
    if 0 < crlf < ends:  # of both kinds: each line as typed, the last as the old one ended
        return "\n".join(lines) + (old[len(old.rstrip("\r\n")) :] or newline)
    end = newline if not ends else "\r\n" if crlf else "\n"
    return "".join(line.rstrip("\r") + end for line in lines)


def _check(document: Document, index: int) -> None:
    if not 0 <= index < len(document.programs):
        raise EditError(f"there is no program {index + 1}")


def _inserted(document: Document, index: int, block: str, record: dict[str, Any]) -> Document:
    units, newline = list(document.units), document.newline
    if index < len(document.programs):
        place = document.place_of_program(index)
        units.insert(place, Unit(block + newline, record))
        tail = ""
    elif document.programs:
        place = document.place_of_program(index - 1) + 1
        last = units[place - 1]
        below = extent(last.text)[2]
        tail = last.text[below:]
        units[place - 1] = Unit(last.text[:below], last.record)
        final = place == len(units)
        if final and not last.text.endswith("\n"):
            block = block.rstrip("\r\n")
        elif not final and not tail:
            tail = newline
        units.insert(place, Unit(block + tail, record))
    else:
        place = len(units)
        units.append(Unit(block, record))
    units[place - 1] = _set_off(units[place - 1], newline)
    return document.with_units(units, document.head)


def _set_off(unit: Unit, newline: str) -> Unit:
    """Return a unit that ends in a blank line, to separate the next."""
    text = unit.text
    if text and not text.endswith("\n"):
        text += newline
    if not _ends_blank(text):
        text += newline
    return Unit(text, unit.record)


def _ends_blank(text: str) -> bool:
    return not text or not text[line_start(text, len(text) - 1) :].strip()


def _without_leading_blank(text: str) -> str:
    at = 0
    while at < len(text) and not text[at : line_end(text, at)].strip():
        at = line_end(text, at)
    return text[at:]
