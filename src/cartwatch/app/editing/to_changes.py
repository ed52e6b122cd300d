"""From the rows of a form to the amendment that they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import joined, split
from cartwatch.domain.program import slug
from cartwatch.session.changes import AmendmentError, add_program, add_record, new_source, set_facts

from .parse import is_address
from .rows import NEW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.session.changes import Amendment
    from cartwatch.session.session import Session

    from .form import Form
    from .rows import Row

__all__ = ["adding_program", "adding_record", "changing", "cited"]


def cited(session: Session, key: str, value: Any) -> tuple[Any, list[tuple[str, Any]]]:
    """Source ids in place of the addresses among them, and the new sources that this takes."""
    program = session.watchlist.get(key)
    if value is None or program is None:
        return value, []
    ids, new = [], []
    for each in [value] if isinstance(value, str) else value:
        if not is_address(each):
            ids.append(each)
            continue
        known = next((one.id for one in program.sources if one.url == each and one.id), None)
        if known is None:
            source = new_source(session.watchlist, key, each)
            new.append(("source", source))
            known = source["id"]
        ids.append(known)
    return ids[0] if len(ids) == 1 else ids, new


def changing(session: Session, key: str, base: str, form: Form) -> Amendment:
    """The changed rows of a record that is there already. Raises AmendmentError."""
    values: dict[str, Any] = {}
    added: list[tuple[str, Any]] = []
    for row in form.rows:
        if row.changed and row.item is None:
            value = form.value(*row.steps)
            if row.fact.kind == "cites":
                value, new = cited(session, key, value)
                added += new
            if row.fact.kind == "flag" and value is False:
                value = None
            values[_below(base, row.steps)] = value
    for item, rows in _items(form).items():
        if not any(each.changed for each in rows):
            continue
        held = {each.steps[-1]: form.value(*each.steps) for each in rows if each.text}
        sources: list[tuple[str, Any]] = []
        if "cite" in held:
            held["cite"], sources = cited(session, key, held["cite"])
        added += sources
        if item[-1].startswith(NEW):
            added += [(_below(base, item[:-1]), _plain(rows, held))] if held else []
        elif not held and _complete(rows):
            values[_below(base, item)] = None
        elif _is_text(form, item):
            values[_below(base, item)] = _plain(rows, held)
        else:
            values.update({_below(base, each.steps): held.get(each.steps[-1]) for each in rows if each.changed})
    return set_facts(session.document, session.watchlist, key, values, added)


def _below(base: str, steps: tuple[str, ...]) -> str:
    return joined((*(split(base) if base else ()), *steps))


def _items(form: Form) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for each in form.rows:
        if each.item is not None:
            found.setdefault(each.item, []).append(each)
    return found


def _complete(rows: list[Row]) -> bool:
    """Whether the rows are all that their item has, so that nothing is left of it where they are empty."""
    return not any(each.fixed for each in rows) and len(rows) > 1


def _is_text(form: Form, item: tuple[str, ...]) -> bool:
    """Whether an item that is there stands in the file as a bare text, as a knock-out without a purpose may."""
    listed = form.around.record.get(item[0])
    at = int(item[1]) - 1 if item[1].isdigit() else -1
    return isinstance(listed, list) and 0 <= at < len(listed) and isinstance(listed[at], str)


def _plain(rows: list[Row], held: Mapping[str, Any]) -> Any:
    """An item as the file has it: a bare text where the record may stand as one and nothing else is said."""
    plain = next((each.steps[-1] for each in rows if each.fact.key == "gene"), None)
    return held[plain] if plain is not None and list(held) == [plain] else dict(held)


def adding_program(session: Session, form: Form) -> Amendment:
    """A new program of what was filled in. Raises AmendmentError."""
    values = {each.fact.key: form.value(*each.steps) for each in form.rows if each.text and each.changed}
    name = values.pop("name", None)
    if not name:
        raise AmendmentError("Name: a program needs a name")
    return add_program(session.document, session.watchlist, name, values)


def adding_record(session: Session, key: str, path: str, form: Form) -> Amendment:
    """A new record of what was filled in. Raises AmendmentError."""
    values: dict[str, Any] = {}
    new: list[tuple[str, Any]] = []
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
        values["cite"], new = cited(session, key, values["cite"])
    if path == "source" and "id" not in values:
        values["id"] = _source_id(session, key, values)
    amendment = add_record(session.document, session.watchlist, key, path, values)
    if not new:
        return amendment
    first = set_facts(session.document, session.watchlist, key, {}, new)
    edits = (*first.edits, *(each for each in amendment.edits if each not in first.edits))
    return type(amendment)(edits, amendment.words, amendment.program, amendment.path)


def _source_id(session: Session, key: str, values: Mapping[str, Any]) -> str:
    """An id for a source that was given none: facts can only cite what has one."""
    if values.get("url"):
        return str(new_source(session.watchlist, key, values["url"])["id"])
    if not values.get("title"):
        raise AmendmentError("a source needs a title or a link")
    program = session.watchlist.get(key)
    taken = {each.id for each in program.sources} if program is not None else set()
    wanted = unique = slug(values["title"])[:40].strip("-")
    count = 2
    while unique in taken:
        unique, count = f"{wanted}-{count}", count + 1
    return unique
