"""Pickers for editing: every record and field of a program, and the source of a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.app.editing.targets import raw_program, value_at
from cartwatch.app.screens.picker import Choice, Picker, found
from cartwatch.document.typed import as_typed
from cartwatch.domain.description import apart_from, inside, title_of
from cartwatch.domain.difference import below, record_names
from cartwatch.domain.fields import facts, kind_of
from cartwatch.domain.program import Program, root
from cartwatch.domain.record_lists import lists, records_at
from cartwatch.domain.text import clean
from cartwatch.session.changes import is_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from cartwatch.domain.fields import Fact
    from cartwatch.session.session import Session

__all__ = ["NONE", "field_picker", "picked", "source_picker"]

NONE = ""  # the result for "no source"; an address is returned as typed

_FIELD, _NEW = ".", "+"  # before the path of a field, and of a list that gets a new record


def field_picker(session: Session, program: Program) -> Picker:
    """Build the picker of every record and field of a program with its value; `picked` turns its result into a path."""
    raw = raw_program(session, program.key)
    choices = [*_records(program), *_fields(root(), raw, (), "")]
    for path, fact in _groups():
        choices += _fields(fact.record, raw, (path,), "") if fact.record is not None else []
    choices += [Choice(f"{_NEW}{path}", f"New {kind.label}") for path, kind in lists().items()]
    return Picker(f"Edit {program.label}", choices, hint="type to search", wide=True)


def picked(choice: str) -> str | None:
    """Return the path of a picked entry; None for the program as a whole."""
    return choice.removeprefix(_FIELD).removeprefix(_NEW) or None


def _records(program: Program) -> Iterator[Choice]:
    """Return the choices for records with a form of their own."""
    yield Choice("", program.label, "all its main fields")
    for path, fact in _groups():
        yield Choice(path, fact.label, "all its fields")
    for path, kind in sorted(lists().items(), key=lambda each: not each[1].named_by):  # catalysts first: they change most
        records = records_at(program, path)
        for record, name in zip(records, record_names(records), strict=True):
            title = clean(title_of(record) or name, limit=60)
            note = " · ".join((kind.label, *(clean(each, limit=40) for each in apart_from(record))))
            yield Choice(below(path, name), title, note)


def _groups() -> Iterator[tuple[str, Fact]]:
    """Return the choices for records that a program has once, such as its mechanism."""
    return ((key, fact) for key, fact in facts(root()).items() if fact.kind == "record")


def _fields(record: type, raw: Mapping[str, Any], steps: tuple[str, ...], above: str) -> Iterator[Choice]:
    """Return the choices for the fields of a record and its nested records; items of lists have forms instead."""
    for key, fact in facts(record).items():
        place = (*steps, key)
        title = f"{above} {inside(fact)}" if above else fact.label
        if fact.record is None and fact.kind != "map":
            yield Choice(f"{_FIELD}{'.'.join(place)}", title, _note(fact, value_at(raw, place), steps))
        elif steps and fact.kind == "record" and fact.record is not None:
            yield from _fields(fact.record, raw, place, fact.label)
        elif (kind := kind_of(fact.record)) is not None and kind.plain:
            held = value_at(raw, place)
            said = [each.get(kind.plain) if isinstance(each, dict) else each for each in held] if isinstance(held, list) else []
            yield Choice(".".join(place), title, f"{steps[0]} · {clean(', '.join(map(str, said)), limit=80) or fact.help}")


def _note(fact: Fact, value: Any, steps: tuple[str, ...]) -> str:
    """Return the value of a field, or its help where it is empty."""
    text = clean(" ".join(as_typed(value).split()), limit=80)
    said = text or (f"– {fact.help}" if value is None else "")
    return " · ".join(each for each in (*steps[:1], said) if each)


def source_picker(title: str, program: Program, current: Sequence[str], last: str | None) -> Picker:
    """Build the picker of a program's sources, last used first; it returns a source id, a pasted address, or NONE."""
    choices = []
    for each in sorted(program.sources, key=lambda one: one.id != last):
        if each.id:
            used = "last used" if each.id == last else "stands behind it now" if each.id in current else ""
            read = f"checked {each.checked.text}" if each.checked and each.checked.dated else "not checked"
            note = " · ".join(part for part in (used, each.id, read) if part)
            choices.append(Choice(each.id, clean(each.title or each.url or each.id, limit=60), note))
    if current:
        choices.append(Choice(NONE, "No source", "it shows as unverified"))
    at = last if any(each.key == last for each in choices) else (current[0] if current else None)

    def offer(typed: str) -> list[Choice]:
        address = typed.strip()
        return [Choice(address, "A new source", clean(address, limit=200))] if is_address(address) else found(choices, address)

    return Picker(title, choices, current=at, hint="type to search, or paste a web address", wide=True, offer=offer)
