"""The pickers of editing: every record and field of a program, and the source behind a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.app.editing.targets import LISTS, raw_program, value_at
from cartwatch.app.screens.picker import Choice, Picker, found
from cartwatch.document.typed import as_typed
from cartwatch.domain.description import inside
from cartwatch.domain.difference import below, record_names
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Program
from cartwatch.domain.text import clean
from cartwatch.session.changes import is_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from cartwatch.domain.fields import Fact
    from cartwatch.session.session import Session

__all__ = ["NONE", "field_picker", "picked", "source_picker"]

NONE = ""  # what is given for "no source"; an address is given as it is

_FIELD, _NEW = ".", "+"  # before the path of a field, and of a list that gets a new record


def field_picker(session: Session, program: Program) -> Picker:
    """Every record and field of a program, with what it says now; gives what `picked` makes the path of."""
    raw = raw_program(session, program.key)
    choices = [*_records(program), *_fields(Program, raw, (), "")]
    for path in ("mechanism", "safety"):
        record = facts(Program)[path].record
        assert record is not None
        choices += _fields(record, raw, (path,), "")
    choices += [Choice(f"{_NEW}{path}", f"New {name}") for path, name in LISTS.items()]
    return Picker(f"Edit {program.label}", choices, hint="type to search", wide=True)


def picked(choice: str) -> str | None:
    """The path of what was picked, None for the program as a whole."""
    return choice.removeprefix(_FIELD).removeprefix(_NEW) or None


def _records(program: Program) -> Iterator[Choice]:
    """What has a form of its own."""
    yield Choice("", program.label, "all its main fields")
    for path in ("mechanism", "safety"):
        yield Choice(path, facts(Program)[path].label, "all its fields")
    for each in program.catalysts:
        when = f" · {each.when.text}" if each.when is not None else ""
        yield Choice(below("catalyst", each.key), clean(each.event or each.key, limit=60), clean(f"catalyst{when}", limit=60))
    reports = program.safety.reports if program.safety is not None else ()
    lists: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("safety.report", reports),
        ("designation", program.designations),
        ("trial", program.trials),
        ("source", program.sources),
    )
    for path, records in lists:
        for record, name in zip(records, record_names(records), strict=True):
            told = (getattr(record, each, None) for each in ("population", "title", "kind", "name", "number"))
            title = next((each for each in told if each), name)
            yield Choice(below(path, name), clean(title, limit=60), f"{LISTS[path]}{_more(path, record)}")


def _more(path: str, record: Any) -> str:
    """What tells a record from others of the same title."""
    if path == "designation":
        told = [record.agency, record.indication]
    elif path == "trial":
        told = [record.number]
    else:
        told = [record.id] if path == "source" else []
    return "".join(f" · {clean(each, limit=40)}" for each in told if each)


def _fields(record: type, raw: Mapping[str, Any], steps: tuple[str, ...], above: str) -> Iterator[Choice]:
    """The fields of a record and of the records in it, but for those of lists, which have forms."""
    for key, fact in facts(record).items():
        place = (*steps, key)
        title = f"{above} {inside(fact)}" if above else fact.label
        if fact.record is None and fact.kind != "map":
            yield Choice(f"{_FIELD}{'.'.join(place)}", title, _note(fact, value_at(raw, place), steps))
        elif steps and fact.kind == "record" and fact.record is not None:
            yield from _fields(fact.record, raw, place, fact.label)
        elif key == "knockouts":
            held = value_at(raw, place)
            genes = [each.get("gene") if isinstance(each, dict) else each for each in held] if isinstance(held, list) else []
            yield Choice(".".join(place), title, f"{steps[0]} · {clean(', '.join(map(str, genes)), limit=80) or fact.help}")


def _note(fact: Fact, value: Any, steps: tuple[str, ...]) -> str:
    """What a field says now, or what it is for."""
    text = clean(" ".join(as_typed(value).split()), limit=80)
    said = text or (f"– {fact.help}" if value is None else "")
    return " · ".join(each for each in (*steps[:1], said) if each)


def source_picker(title: str, program: Program, current: Sequence[str], last: str | None) -> Picker:
    """The sources of a program, the last used first; gives the id of one, a pasted address, or NONE."""
    choices = []
    for each in sorted(program.sources, key=lambda one: one.id != last):
        if each.id:
            used = "last used" if each.id == last else "stands behind it now" if each.id in current else ""
            read = f"checked {each.checked.text}" if each.checked and each.checked.dated else "not read"
            note = " · ".join(part for part in (used, each.id, read) if part)
            choices.append(Choice(each.id, clean(each.title or each.url or each.id, limit=60), note))
    if current:
        choices.append(Choice(NONE, "No source", "it shows as unverified"))
    at = last if any(each.key == last for each in choices) else (current[0] if current else None)

    def offer(typed: str) -> list[Choice]:
        address = typed.strip()
        return [Choice(address, "A new source", clean(address, limit=200))] if is_address(address) else found(choices, address)

    return Picker(title, choices, current=at, hint="type to search, or paste a web address", wide=True, offer=offer)
