"""Builds changes from the app: from form rows, for several programs, and for the source of a fact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import PathError, joined, split
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Program, slug
from cartwatch.domain.provenance import Provenance
from cartwatch.domain.record_lists import counted_records, inline_lists
from cartwatch.session.changes import (
    ChangeError,
    PlannedChange,
    add_program,
    add_record,
    cite_fact,
    delete,
    new_source,
    set_fact,
    set_facts,
    set_many,
    source_ids,
    together,
    unique_id,
    with_sources,
)

from .form import NEW
from .targets import behind, cited_place, raw_program, record_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cartwatch.session.session import Session

    from .form import Form, FormRow

__all__ = [
    "adding_program",
    "adding_record",
    "changing",
    "checking",
    "deleting",
    "goes",
    "name_source",
    "no_source",
    "pinning",
    "programs_of",
    "read_today",
    "set_on",
]


def changing(session: Session, key: str, base: str, form: Form) -> PlannedChange:
    """Build the change of an existing record from its changed rows. Raises ChangeError."""
    values: dict[str, Any] = {}
    added: list[tuple[str, Any]] = []
    cites: dict[str, Any] = {}
    for row in form.rows:
        if row.source and form.can_name(row):
            cites[_below(base, row.steps)], new = source_ids(session.watchlist, key, row.source)
            added += [("source", each) for each in new]
        if row.changed and row.item is None:
            value = form.value(*row.steps)
            if row.fact.kind == "cites":
                value, new = source_ids(session.watchlist, key, value)
                added += [("source", each) for each in new]
            if row.fact.kind == "flag" and value is False:
                value = None
            values[_below(base, row.steps)] = value
    for item, rows in _items(form).items():
        if not any(each.changed for each in rows):
            continue
        held = {each.steps[-1]: form.value(*each.steps) for each in rows if each.text}
        if "cite" in held:
            held["cite"], new = source_ids(session.watchlist, key, held["cite"])
            added += [("source", each) for each in new]
        if item[-1].startswith(NEW):
            added += [(_below(base, item[:-1]), _plain(rows, held))] if held else []
        elif not held and _complete(rows):
            values[_below(base, item)] = None
        elif _is_text(form, item):
            values[_below(base, item)] = _plain(rows, held)
        else:
            values.update({_below(base, each.steps): held.get(each.steps[-1]) for each in rows if each.changed})
    return set_facts(session.document, session.watchlist, key, values, added, cites=cites, kept=form.kept)


def _below(base: str, steps: tuple[str, ...]) -> str:
    return joined((*(split(base) if base else ()), *steps))


def _items(form: Form) -> dict[tuple[str, ...], list[FormRow]]:
    found: dict[tuple[str, ...], list[FormRow]] = {}
    for each in form.rows:
        if each.item is not None:
            found.setdefault(each.item, []).append(each)
    return found


def _complete(rows: list[FormRow]) -> bool:
    """Whether the rows hold all of their item, so that empty rows delete it."""
    return not any(each.fixed for each in rows) and len(rows) > 1


def _is_text(form: Form, item: tuple[str, ...]) -> bool:
    """Whether an existing item is a bare text in the file, as a knock-out without a purpose may be."""
    listed = form.around.record.get(item[0])
    at = int(item[1]) - 1 if item[1].isdigit() else -1
    return isinstance(listed, list) and 0 <= at < len(listed) and isinstance(listed[at], str)


def _plain(rows: list[FormRow], held: Mapping[str, Any]) -> Any:
    """Return an item in file form: a bare text if the record allows that and has no other value."""
    item = rows[0].item
    kind = inline_lists().get(item[-2]) if item is not None else None
    return held[kind.plain] if kind is not None and list(held) == [kind.plain] else dict(held)


def adding_program(session: Session, form: Form) -> PlannedChange:
    """Build the addition of a program, with its first catalyst, from the filled-in rows. Raises ChangeError."""
    values: dict[str, Any] = {}
    for row in form.rows:
        if row.text and row.changed and (value := form.value(*row.steps)) not in (None, False):
            here = values
            for step in row.steps[:-1]:
                here = here.setdefault(step, {})
            here[row.steps[-1]] = value
    name = values.pop("name", None)
    if not name:
        raise ChangeError("Name: a program needs a name")
    catalyst = values.pop("catalyst", None)
    if catalyst is not None:
        if not catalyst.get("event"):
            raise ChangeError("Event: the first catalyst needs one")
        if "when" in catalyst:
            catalyst.setdefault("said", form.value("catalyst", "said"))
        order = {key: catalyst[key] for key in facts(Catalyst) if catalyst.get(key) is not None}
        values["catalyst"] = [{"id": slug(order["event"])[:40].strip("-"), **order}]
    return add_program(session.document, session.watchlist, name, values)


def adding_record(session: Session, key: str, path: str, form: Form) -> PlannedChange:
    """Build the addition of a record from the filled-in rows. Raises ChangeError."""
    values: dict[str, Any] = {}
    new: list[dict[str, Any]] = []
    for row in form.rows:
        if row.item is None and row.text and not (row.fact.kind == "flag" and not row.changed):
            here = values
            for step in row.steps[:-1]:
                here = here.setdefault(step, {})
            here[row.steps[-1]] = form.value(*row.steps)
    for item, rows in _items(form).items():
        held = {each.steps[-1]: form.value(*each.steps) for each in rows if each.text}
        if held:
            values.setdefault(item[0], []).append(_plain(rows, held))
    if "cite" in values:
        values["cite"], new = source_ids(session.watchlist, key, values["cite"])
    if "said" in values and not next(each for each in form.rows if each.name == "said").changed and "when" not in values:
        del values["said"]  # the day was only suggested
    if path == "source" and "id" not in values:
        values["id"] = _source_id(session, key, values)
    planned = add_record(session.document, session.watchlist, key, path, values)
    return with_sources(session.document, session.watchlist, key, planned, new)


def _source_id(session: Session, key: str, values: Mapping[str, Any]) -> str:
    """Make an id for a source without one: facts cite sources by id."""
    if values.get("url"):
        return str(new_source(session.watchlist, key, values["url"])["id"])
    if not values.get("title"):
        raise ChangeError("a source needs a title or a link")
    program = session.watchlist.get(key)
    taken = {each.id for each in program.sources if each.id} if program is not None else set()
    return unique_id(slug(values["title"])[:40].strip("-"), taken)


# ---- several programs


def programs_of(session: Session, keys: Sequence[str]) -> list[Program]:
    return [each for key in keys if (each := session.watchlist.get(key)) is not None]


def set_on(
    session: Session, keys: Sequence[str], path: str, change: dict[str, Any], words: str, *, keep: bool = False
) -> PlannedChange:
    """Set a field of one or several programs. Raises ChangeError."""
    if len(keys) == 1:
        return set_fact(session.document, session.watchlist, keys[0], path, change[keys[0]], keep=keep)
    return set_many(session.document, session.watchlist, keys, path, change, words, keep=keep)


def pinning(session: Session, keys: Sequence[str]) -> PlannedChange:
    """Pin programs, or unpin them if all are pinned. Raises ChangeError."""
    programs = programs_of(session, keys)
    pin = not all(each.pinned for each in programs)
    wanted = [each.key for each in programs if each.pinned != pin]
    named = programs[0].label if len(programs) == 1 else f"{len(wanted)} programs"
    made = set_on(session, wanted, "pinned", dict.fromkeys(wanted, True if pin else None), "")
    return replace(made, words=f"{'pinned' if pin else 'no longer pinned'}: {named}", path=None)


def checking(session: Session, keys: Sequence[str], today: date) -> PlannedChange:
    """Record that the user checked whole records today. Raises ChangeError."""
    return set_on(session, keys, "checked", dict.fromkeys(keys, today), f"{len(keys)} programs: checked {today.isoformat()}")


def deleting(session: Session, keys: Sequence[str]) -> PlannedChange:
    """Delete whole programs. Raises ChangeError."""
    places = sorted(keys, key=lambda each: session.watchlist.place(each) or 0, reverse=True)
    made = [delete(session.document, session.watchlist, each) for each in places]
    if len(made) == 1:
        return made[0]
    names = ", ".join(each.label for each in programs_of(session, keys)[:3])
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return replace(together(made, f"deleted {names}{more}"), program=None, path=None)


def goes(program: Program) -> str:
    """Describe the data lost with a program."""
    told = [*counted_records(program), *(["notes"] if program.notes else [])]
    return f"{program.label}" + (f" with {', '.join(told)}" if told else "")


# ---- the source behind a fact


def name_source(session: Session, key: str, path: str, id: str, title: str | None = None) -> PlannedChange:
    """Cite a source for a fact; an address is added as a source first. Raises ChangeError."""
    ids, new = source_ids(session.watchlist, key, id)
    for source in new if title else ():
        source["title"] = title
    made = cite_fact(session.document, session.watchlist, key, path, ids)
    return with_sources(session.document, session.watchlist, key, made, new)


def no_source(session: Session, key: str, path: str) -> PlannedChange:
    """Remove the source of a fact. Raises ChangeError where it has none of its own."""
    program = session.watchlist.get(key)
    raw = raw_program(session, key)
    named = raw.get("cite")
    if isinstance(named, dict) and path in named:
        return delete(session.document, session.watchlist, key, joined(("cite", path)))
    steps = split(path)
    for depth in range(len(steps), 0, -1):
        above = joined(steps[:depth])
        try:
            held = record_at(raw, above)
        except PathError:
            continue
        if isinstance(held, dict) and "cite" in held and above != "":
            return delete(session.document, session.watchlist, key, joined((*steps[:depth], "cite")))
    found = behind(program, path) if program is not None else None
    if found is not None and found.cited:
        raise ChangeError(f"its source, {found.cited[0]}, stands behind more than this: name another one for it")
    raise ChangeError("it has no source")


def read_today(session: Session, key: str, path: str, today: date) -> PlannedChange:
    """Record that the user checked the sources of a fact, or the source under the cursor, today. Raises ChangeError."""
    program = session.watchlist.get(key)
    if program is None:
        raise ChangeError(f'there is no program "{key}" any more')
    steps = split(path)
    if steps[0] == "source" and len(steps) > 1:
        wanted = [joined(("source", steps[1]))]
    else:
        place = cited_place(path)
        found = behind(program, place) if place is not None else Provenance((), ())
        if not found.sources:
            raise ChangeError("it has no source that could have been read: name one first")
        wanted = [joined(("source", each.id)) for each in found.sources if each.id]
    raw = raw_program(session, key)
    held = {each: record_at(raw, each) for each in wanted}
    values = {f"{each}.checked": today for each, one in held.items() if isinstance(one, dict) and one.get("checked") != today}
    if not values:
        raise ChangeError("it is marked as read today already")
    made = set_facts(session.document, session.watchlist, key, values)
    names = ", ".join(split(each)[1] for each in wanted)
    return PlannedChange(made.edits, f"{program.label}: read today: {names}", key, path)
