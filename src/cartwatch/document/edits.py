"""Applies edits to a document with the smallest change of its text; each new text is proved before it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import tomli

from cartwatch.document.blocks import LIST, Unit
from cartwatch.document.document import Document
from cartwatch.document.records import (
    add_blocks,
    add_program,
    delete_program,
    extent,
    holds,
    move_program,
    replace_program,
    typed_lines,
)
from cartwatch.document.rewriting import Unwritable, rewrite
from cartwatch.document.syntax import UnreadableSyntax
from cartwatch.document.tables import Apart
from cartwatch.document.writing import document_text, table_text
from cartwatch.domain.identity import same

from .edit_types import (
    Add,
    AddBlocks,
    Delete,
    Edit,
    EditError,
    Move,
    ReplaceBlock,
    Set,
    apply_data,
    get,
    plain,
    record_of,
    shown,
)
from .rewriting import on_its_line

__all__ = [
    "Add",
    "AddBlocks",
    "Applied",
    "Delete",
    "Edit",
    "EditError",
    "Move",
    "ReplaceBlock",
    "Set",
    "apply",
    "apply_data",
    "get",
    "shown",
]


@dataclass(frozen=True, slots=True)
class Applied:
    """A document after its edits; `notes` say where comments and layout could not be kept."""

    document: Document
    notes: tuple[str, ...] = ()


def apply(document: Document, edits: Sequence[Edit]) -> Applied:
    """Apply edits in order; each sees the paths that the one before left.

    Raises EditError if one of them cannot be made; the given document never changes.
    """
    notes: list[str] = []
    for index, run in _runs(edits):
        together = _together(document, run, index) if index is not None and len(run) > 1 else None
        if together is not None:
            document = together
            continue
        for edit in run:
            document = _applied(document, edit, notes)
    return Applied(document, tuple(dict.fromkeys(notes)))


def _runs(edits: Sequence[Edit]) -> Iterator[tuple[int | None, list[Edit]]]:
    """Group the edits in order: consecutive edits of one program with its index."""
    for index, run in groupby(edits, _program_of):
        yield index, list(run)


def _program_of(edit: Edit) -> int | None:
    """Return the index of the program that an edit stays inside."""
    if isinstance(edit, ReplaceBlock | AddBlocks) or len(edit.path) < 3 or edit.path[0] != LIST:
        return None
    return edit.path[1] if isinstance(edit.path[1], int) else None


def _together(document: Document, edits: list[Edit], index: int) -> Document | None:
    """Apply several edits of one program and prove only the last text; None if they must be applied one by one."""
    if document.whole or not 0 <= index < len(document.programs):
        return None
    place = document.place_of_program(index)
    unit = document.units[place]
    text, data = unit.text, {LIST: [unit.record]}
    try:
        for each in edits:
            assert not isinstance(each, ReplaceBlock | AddBlocks)
            edit = replace(each, path=(LIST, 0, *each.path[2:]))
            old, data = data, apply_data(data, edit)
            if not same(old, data):
                text = _on_its_line(text, old, edit) or rewrite(text, old, edit, document.newline)
    except (EditError, Unwritable, Apart, UnreadableSyntax, LookupError):
        return None
    if not holds(text, data):
        return None
    return document.with_unit(place, _closed(document, place, Unit(text, data[LIST][0])))


def _on_its_line(text: str, data: dict[str, Any], edit: Edit) -> str | None:
    """Replace a plain value on its line; None if that is not possible."""
    if not isinstance(edit, Set):
        return None
    try:
        old = get(data, edit.path)
    except EditError:
        return None
    return None if isinstance(old, dict | list) else on_its_line(text, edit.path, plain(edit.value, edit.path))


def _applied(document: Document, edit: Edit, notes: list[str]) -> Document:
    if isinstance(edit, AddBlocks):
        added = add_blocks(document, edit.text)
        if added is not None:
            return added
        return _in_the_file(document, Set((LIST,), apply_data(document.data, edit)[LIST]), notes)
    path = (LIST, edit.index) if isinstance(edit, ReplaceBlock) else edit.path
    if not path:
        raise EditError("an edit needs a path")
    if document.whole or (path[0] == LIST and not document.programs):
        return _in_the_file(document, edit, notes)
    if path[0] != LIST:
        return _outside_programs(document, edit, str(path[0]), notes)
    if len(path) == 1:
        if isinstance(edit, Add):
            programs = apply_data({LIST: list(document.programs)}, edit)[LIST]
            place = len(document.programs) if edit.index is None else edit.index
            return add_program(document, programs[place], place)
        return _in_the_file(document, edit, notes)
    index = path[1]
    if not isinstance(index, int) or not 0 <= index < len(document.programs):
        raise EditError(f"there is no {shown(path[:2])}")
    if len(path) == 2:
        if isinstance(edit, Delete):
            return delete_program(document, index)
        if isinstance(edit, Move):
            return move_program(document, index, edit.to)
        if isinstance(edit, ReplaceBlock):
            return replace_program(document, index, edit.text)
    assert not isinstance(edit, ReplaceBlock | AddBlocks)
    return _in_a_program(document, replace(edit, path=(LIST, 0, *path[2:])), index, notes)


def _in_a_program(document: Document, edit: Edit, index: int, notes: list[str]) -> Document:
    place = document.place_of_program(index)
    unit = document.units[place]
    old = {LIST: [unit.record]}
    new = apply_data(old, edit)
    if same(old, new):
        return document
    record = new[LIST][0]
    text = _smallest(unit.text, old, new, edit, document.newline)
    if text is None:
        text = _anew(unit.text, record, document.newline)
        if not holds(text, new):
            raise EditError(f"{_name(record, index)} cannot be written as TOML without loss")
        notes.append(f"{_name(record, index)} was rewritten: the comments inside it could not be kept")
    return document.with_unit(place, _closed(document, place, Unit(text, record)))


def _outside_programs(document: Document, edit: Edit, key: str, notes: list[str]) -> Document:
    head = apply_data(document.head, edit)
    if same(head, document.head):
        return document
    places = document.places_of_key(key) or [0]
    if len(places) > 1:
        return _in_the_file(document, edit, notes)
    old_text = document.units[places[0]].text
    old = tomli.loads(old_text)
    new = apply_data(old, edit)
    text = _smallest(old_text, old, new, edit, document.newline)
    if text is None:
        text = document_text(new).replace("\n", document.newline)
        if not holds(text, new):
            raise EditError(f'"{key}" cannot be written as TOML without loss')
        notes.append(f'the part of the file with "{key}" was rewritten: its comments could not be kept')
    last = places[0] + 1 == len(document.units)
    if text and not last and (not old_text or not text.strip()):
        text += document.newline
    return _with_text(document, places[0], Unit(text), head)


def _in_the_file(document: Document, edit: Edit, notes: list[str]) -> Document:
    """Apply an edit to a file of one unit, or an edit that spans units."""
    old, old_text = document.data, document.text
    new = apply_data(old, edit)
    if same(old, new) and not isinstance(edit, ReplaceBlock):
        return document
    if isinstance(edit, ReplaceBlock):
        text = _block_replaced(old_text, edit, new, document.newline)
        if text is None:
            edit = Set((LIST, edit.index), record_of(edit.text))
            notes.append("the program is not in a block of its own: the comments and layout typed could not be kept")
    else:
        text = None
    if text is None:
        text = _smallest(old_text, old, new, edit, document.newline)
    if text is None:
        text = document_text(new).replace("\n", document.newline)
        if not holds(text, new):
            raise EditError("the file cannot be written as TOML without loss")
        notes.append("the whole file was rewritten: its comments could not be kept")
    return Document.of(text, new, bom=document.bom, newline=document.newline)


def _smallest(text: str, old: dict[str, Any], new: dict[str, Any], edit: Edit, newline: str) -> str | None:
    """Change only the touched lines, and prove the result; None if the layout does not allow it."""
    line = _on_its_line(text, old, edit)
    if line is not None and holds(line, new):
        return line
    try:
        out = rewrite(text, old, edit, newline)
    except (Unwritable, Apart, UnreadableSyntax):
        return None
    return out if holds(out, new) else None


def _with_text(document: Document, place: int, unit: Unit, head: dict[str, Any]) -> Document:
    units = list(document.units)
    units[place] = _closed(document, place, unit)
    return document.with_units(units, head)


def _closed(document: Document, place: int, unit: Unit) -> Unit:
    """Return the unit with its last line ended if another unit follows."""
    if place + 1 < len(document.units) and unit.text and not unit.text.endswith("\n"):
        return Unit(unit.text + document.newline, unit.record)
    return unit


def _anew(text: str, record: dict[str, Any], newline: str) -> str:
    """Rewrite a program's record in the format's own style; the text around the record stays."""
    start, _, below = extent(text)
    header = text[start:].lstrip()
    comments = ""
    while header.startswith("#"):
        line, _, rest = header.partition("\n")
        comments += line + "\n"
        header = rest.lstrip()
    block = table_text((LIST, 0), record).replace("\n", newline)
    if not text.endswith("\n") and below == len(text):
        block = block.rstrip("\r\n")
    return text[:start] + comments + block + text[below:]


def _block_replaced(text: str, edit: ReplaceBlock, new: dict[str, Any], newline: str) -> str | None:
    try:
        start, _, below = extent(text, edit.index)
    except Apart:
        return None
    out = text[:start] + typed_lines(edit.text, text[start:below], newline) + text[below:]
    return out if holds(out, new) else None


def _name(record: dict[str, Any], index: int) -> str:
    name = record.get("id") or record.get("name")
    return f'program "{" ".join(name.split())}"' if isinstance(name, str) else f"program {index + 1}"
