"""The forms and single fields that there are: of a record, of a new one, of a fact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartwatch.app.editing.form import Form, Surroundings
from cartwatch.app.editing.rows import one_row, rows_of
from cartwatch.app.editing.targets import LISTS, Target, record_at, record_title, value_at
from cartwatch.document.paths import PathError, joined, split
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Program
from cartwatch.session.changes import Amendment, AmendmentError, list_title

from .to_changes import adding_program, adding_record, changing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.domain.fields import Fact
    from cartwatch.session.session import Session
    from cartwatch.views.look import Look

__all__ = ["field_form", "list_title_form", "named", "new_program_form", "new_record_form", "raw_program", "record_form"]


def raw_program(session: Session, key: str) -> Mapping[str, Any]:
    """The data of a program. Raises AmendmentError where it is gone."""
    place = session.watchlist.place(key)
    if place is None:
        raise AmendmentError(f'there is no program "{key}" any more')
    return session.document.programs[place]


def _around(session: Session, look: Look, key: str, base: str, record: Any) -> Surroundings:
    steps = split(base) if base else ()
    held = record if isinstance(record, dict) else {}
    return Surroundings(look, session.watchlist, session.watchlist.get(key), held, steps)


def _record(session: Session, key: str, base: str) -> Any:
    try:
        return record_at(raw_program(session, key), base)
    except PathError as wrong:
        raise AmendmentError(str(wrong)) from None


def record_form(session: Session, look: Look, key: str, target: Target) -> Form:
    """The form of a record that is there. Raises AmendmentError."""
    raw = _record(session, key, target.base)
    if raw is not None and not isinstance(raw, dict):
        raise AmendmentError(f"{target.base} is not a table in the file: “Edit as text” changes it")
    program = session.watchlist.get(key)
    label = program.label if program is not None else key

    def build(form: Form) -> Amendment:
        return changing(session, key, target.base, form)

    rows = rows_of(target.record, raw)
    for row in rows:
        row.fact = _explained(row.fact, raw) if row.item is None else row.fact
    title = record_title(label, target.base, raw)
    return Form(title, rows, _around(session, look, key, target.base, raw), build, f"{key}/{target.base}")


def _explained(fact: Fact, raw: Any) -> Fact:
    """A field with help that fits what the file says: guidance that stands is put right here, not moved."""
    waiting = fact.kind == "guidance" and isinstance(raw, dict) and raw.get("when") is not None and not raw.get("outcome")
    if not waiting:
        return fact
    return replace(fact, help="Puts these words right. New guidance is another command: it keeps the old in the ledger.")


def field_form(session: Session, look: Look, key: str, target: Target) -> Form:
    """A form of one field. Raises AmendmentError."""
    raw = _record(session, key, target.base)
    assert target.fact is not None
    program = session.watchlist.get(key)
    row = one_row(_explained(target.fact, raw), target.steps, value_at(raw, target.steps), label=_label(target))

    def build(form: Form) -> Amendment:
        return changing(session, key, target.base, form)

    title = record_title(program.label if program is not None else key, target.base, raw)
    path = joined((*(split(target.base) if target.base else ()), *target.steps))
    return Form(title, [row], _around(session, look, key, target.base, raw), build, f"{key}/{path}")


def named(session: Session, key: str, target: Target) -> str:
    """A record or a fact in words: `lasme-cel · catalyst · First interim analysis · When`."""
    program = session.watchlist.get(key)
    title = record_title(program.label if program is not None else key, target.base, _record(session, key, target.base))
    return title if target.fact is None and not target.steps else f"{title} · {_label(target)}"


def _label(target: Target) -> str:
    """The name of a field with what stands above it in its record: `CRS, grade ≥3`."""
    names: list[str] = []
    record: type | None = target.record
    for step in target.steps:
        fact = facts(record).get(step) if record is not None else None
        if fact is not None:
            names.append(fact.label)
            record = fact.record
    return ", ".join(names)


def new_program_form(session: Session, look: Look) -> Form:
    """A form of the name alone: a program needs no more to be there."""

    def build(form: Form) -> Amendment:
        return adding_program(session, form)

    rows = [one_row(facts(Program)["name"], ("name",), None)]
    return Form("New program", rows, Surroundings(look, session.watchlist), build, "new")


def list_title_form(session: Session, look: Look) -> Form:
    """A form of what the list is called. Raises AmendmentError."""
    fact = replace(facts(Program)["short"], key="title", label="Name", help="What reports and exports call the list.")

    def build(form: Form) -> Amendment:
        return list_title(session.document, form.value("title"))

    row = one_row(fact, ("title",), session.document.head.get("title"))
    return Form("The list", [row], Surroundings(look, session.watchlist), build, "/title")


def new_record_form(session: Session, look: Look, key: str, path: str, filled: Mapping[str, str] | None = None) -> Form:
    """The form of a new record of a list; `filled` says what is likely, by field. Raises AmendmentError."""
    program = session.watchlist.get(key)
    if program is None:
        raise AmendmentError(f'there is no program "{key}" any more')
    record: type | None = Program
    for step in split(path):
        record = facts(record)[step].record if record is not None else None
    assert record is not None

    def build(form: Form) -> Amendment:
        return adding_record(session, key, path, form)

    rows = [each for each in rows_of(record, {}) if not each.fact.registry]
    for each in rows:
        each.text = (filled or {}).get(each.name, each.text)
    around = Surroundings(look, session.watchlist, program, {}, (*split(path), "+"))
    return Form(f"{program.label} · new {LISTS[path]}", rows, around, build, f"{key}/+{path}")
