"""Builds the edits for a change requested by the user: of a fact, a record, a source, a program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, Delete, Edit, Set
from cartwatch.document.paths import (
    PathError,
    declaration,
    item_names,
    joined,
    named_place,
    others_of,
    pins,
    raw_path,
    split,
    unknown_field,
)
from cartwatch.document.typed import as_typed
from cartwatch.domain.cites import is_cite, typed, with_ids
from cartwatch.domain.description import counted
from cartwatch.domain.fields import facts
from cartwatch.domain.program import slug

from .citations import at, cite_edits, cited_unit, keep_edits, uncite_edits, unlent
from .sponsors import leads_to_sponsor, sponsor_edits

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

__all__ = [
    "ChangeError",
    "NothingToDo",
    "PlannedChange",
    "add_program",
    "add_record",
    "cite_fact",
    "delete",
    "id_edits",
    "is_address",
    "list_title",
    "new_source",
    "place_of",
    "set_fact",
    "set_facts",
    "set_many",
    "shown_value",
    "source_ids",
    "together",
    "unique_id",
    "with_sources",
]


class ChangeError(ValueError):
    """The requested change cannot be made; the message gives the reason and a remedy."""


class NothingToDo(ChangeError):
    """The requested state already exists."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change: its edits, their description for undo and the journal, and the cursor position afterwards.

    `program` is the key of the program and `path` the fact that the cursor goes to afterwards. `origin` says by which way the
    change came, if that is not the session's own; `told` are its tables for the journal, if the edits do
    not describe it well.
    """

    edits: tuple[Edit, ...]
    words: str
    program: str | None = None
    path: str | None = None
    origin: str = ""
    told: tuple[Mapping[str, Any], ...] = ()


def place_of(watchlist: Watchlist, key: str) -> int:
    """Return the position of a program in the file. Raises ChangeError."""
    place = watchlist.place(key)
    if place is None:
        raise ChangeError(f'there is no program "{key}" any more')
    return place


def id_edits(
    document: Document, watchlist: Watchlist, place: int, where: Sequence[str | int] = (), *, gone: bool = False
) -> tuple[Edit, ...]:
    """Build the edits that write the missing ids of a program and of the records that an edit at a place touches."""
    record = document.programs[place]
    own = () if "id" in record else (Set(("program", place, "id"), watchlist.programs[place].key),)
    return (*own, *pins(record, place, where, gone=gone))


def set_fact(
    document: Document,
    watchlist: Watchlist,
    key: str,
    path: str,
    value: Any,
    *,
    cite: Any = None,
    keep: bool = False,
    own: bool = False,
) -> PlannedChange:
    """Set one fact of a program to a TOML value; None deletes it. `cite` names the source of the new value.

    Without `cite` the old source is removed; naming it again, or `keep`, confirms it.
    `own` allows a key that cartwatch does not know. Raises ChangeError.
    """
    if leads_to_sponsor(path):
        return _set_sponsor(document, watchlist, key, {path: value})
    place = place_of(watchlist, key)
    record = document.programs[place]
    label = watchlist.programs[place].label
    try:
        declared = declaration(path)
        if declared is None and not own and not _known(record, path):
            raise PathError(unknown_field(path))
        where = raw_path(record, path, own=own)
    except PathError as wrong:
        raise ChangeError(f"{label}: {wrong}") from None
    if declared is not None and declared.registry:
        raise ChangeError(f"{label}: {declared.label} is written by a registry refresh, not by hand")
    raw = ("program", place, *where)
    old = at(record, where)
    named = named_place(record, where)
    if value is None:
        if old is None:
            raise ChangeError(f"{label}: {named} is not there")
        if path == "name":
            raise ChangeError(f"{label}: a program needs a name")
        before = id_edits(document, watchlist, place, where, gone=True)
        return PlannedChange((*before, Delete(raw)), f"{label}: removed {named}", key, path)
    edits: tuple[Edit, ...] = (Set(raw, value),) if old != value or type(old) is not type(value) else ()
    if edits and declared is not None and declared.kind == "id":
        _refuse_taken(watchlist, place, record, where, value)
    if cite is not None:
        edits += cite_edits(record, place, path, where, cite)
    elif edits:
        edits += keep_edits(record, place, path, where) if keep else tuple(uncite_edits(record, place, path, where))
    if not edits:
        raise NothingToDo(f"{label}: {named} is already {shown_value(value)}")
    words = (
        f"{label}: {named} {shown_value(old)} → {shown_value(value)}"
        if old is not None
        else f"{label}: {named} {shown_value(value)}"
    )
    if where[0] == "catalyst" and where[2:] == ("when",) and old is not None:
        words = f"window of {label} {named.removesuffix(' when')} {shown_value(old)} → {shown_value(value)}"
    if declared is not None and declared.kind == "prose":
        words = f"{label}: {named} {'changed' if old is not None else 'written'}"
    return PlannedChange((*id_edits(document, watchlist, place, where), *edits), words, key, path)


def set_facts(
    document: Document,
    watchlist: Watchlist,
    key: str,
    values: Mapping[str, Any],
    added: Sequence[tuple[str, Any]] = (),
    *,
    cite: Any = None,
    cites: Mapping[str, Any] | None = None,
    kept: Collection[str] = (),
    own: bool = False,
) -> PlannedChange:
    """Set several facts of one program in one step: `values` gives each path its new value, or None to delete it.

    `added` are new items of lists, each with the path of its list. `cite` names the source of the new values, `cites` that of
    single paths; `kept` are the paths that keep their old source, as `cited_unit` names them. `own` allows keys that
    cartwatch does not know. A table that becomes empty is deleted, and if the id of a
    source changes, its cites follow. Raises ChangeError.
    """
    if led := {path: value for path, value in values.items() if leads_to_sponsor(path)}:
        if cite is not None:
            raise ChangeError("a sponsor's record cites no source: set its runway.url and runway.quote")
        if len(led) < len(values) or added:
            raise ChangeError("the sponsor's own record is shared by its programs: change it in a step of its own")
        return _set_sponsor(document, watchlist, key, led)
    place = place_of(watchlist, key)
    record = document.programs[place]
    edits: list[Edit] = list(id_edits(document, watchlist, place))
    said: list[PlannedChange] = []
    gone: list[tuple[str | int, ...]] = []
    cites_last = sorted(values.items(), key=lambda each: split(each[0])[-1] == "cite")  # a source set in the same step stays
    for path, value in cites_last:
        if value is None:
            said.append(delete(document, watchlist, key, path))
            gone.append(("program", place, *raw_path(record, path)))
            edits += [each for each in said[-1].edits if isinstance(each, Set) and each not in edits]
            continue
        try:
            source, keep = (cites or {}).get(path, cite), cited_unit(path) in kept
            anyhow = own or split(path)[0] == "cite"
            said.append(set_fact(document, watchlist, key, path, value, cite=source, keep=keep, own=anyhow))
        except NothingToDo:
            if len(values) + len(added) == 1:
                raise
            continue
        edits += [each for each in said[-1].edits if each not in edits]
        where = raw_path(record, path, own=True)
        if where[0] == "source" and where[-1] == "id":
            edits += _cited_anew(record, ("program", place), at(record, where), value)
    for path, value in added:
        where = raw_path(record, path)
        edits.append(Add(("program", place, *where), value))
        if cited_unit(path) not in (*kept, None):
            edits += [each for each in uncite_edits(record, place, path, where) if each not in edits]
    edits += [Delete(where) for where in sorted(_whole_tables(record, gone), key=_descending, reverse=True)]
    if not edits or not (said or added):
        raise NothingToDo(
            "nothing was changed" if not values else f"{watchlist.programs[place].label}: all of it is so already"
        )
    label = watchlist.programs[place].label
    names = [split(path)[-1] for path in (*values, *(path for path, _ in added))]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    words = said[0].words if len(names) == 1 and said else f"{label}: changed {_record_of(record, values)}{shown}"
    return PlannedChange(tuple(edits), words, key, next(iter((*values, *(path for path, _ in added))), None))


def _set_sponsor(document: Document, watchlist: Watchlist, key: str, values: Mapping[str, Any]) -> PlannedChange:
    """Set fields of the record of a program's sponsor, at the top of the file. Raises ChangeError."""
    program = watchlist.programs[place_of(watchlist, key)]
    if not program.sponsor:
        raise ChangeError(f"{program.label}: it names no sponsor yet: set sponsor first")
    for path in values:
        if declaration(path) is None:
            raise ChangeError(f"{program.label}: {unknown_field(path)}")
    try:
        edits = sponsor_edits(document, program.sponsor, values)
    except PathError as wrong:
        raise ChangeError(f"{program.label}: {wrong}") from None
    if not edits:
        raise NothingToDo(f"{program.sponsor}: all of it is so already")
    told = ", ".join(
        f"{' '.join(split(path)[1:])} {shown_value(value)}" if value is not None else f"removed {' '.join(split(path)[1:])}"
        for path, value in values.items()
    )
    return PlannedChange(edits, f"sponsor {program.sponsor}: {told}", key, next(iter(values)))


def _record_of(record: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return `bla: ` if all facts are of one item of a list of records."""
    above = {raw_path(record, path, own=True)[:-1] for path in values}
    only = above.pop() if len(above) == 1 else ()
    return f"{named_place(record, only)}: " if any(isinstance(each, int) for each in only) else ""


def _descending(where: tuple[str | int, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in where)


def _whole_tables(record: Mapping[str, Any], gone: list[tuple[str | int, ...]]) -> list[tuple[str | int, ...]]:
    """Return the deletions that leave no table empty; `gone` are the deleted keys of each."""
    out = dict.fromkeys(gone)
    for where in gone:
        parent = where[:-1]
        table = at(record, parent[2:]) if len(parent) > 2 and isinstance(parent[-1], str) else None
        if isinstance(table, dict) and all((*parent, each) in gone for each in table):
            out = dict.fromkeys(parent if each[:-1] == parent else each for each in out)
    return list(out)


def _cited_anew(value: Any, where: tuple[str | int, ...], old: Any, new: str, citing: bool = False) -> list[Edit]:
    """Return the edits that change every cite of a source from its old id to the new one."""
    if isinstance(value, str):
        return [Set(where, new)] if citing and value == old else []
    if citing and is_cite(value):
        return [Set((*where, "id"), new)] if value.get("id") == old else []
    if isinstance(value, dict):
        inner = [(each, one, citing or each == "cite") for each, one in value.items()]
        return [edit for each, one, cites in inner for edit in _cited_anew(one, (*where, each), old, new, cites)]
    if isinstance(value, list):
        inner_items = [_cited_anew(one, (*where, number), old, new, citing) for number, one in enumerate(value)]
        return [edit for edits in inner_items for edit in edits]
    return []


def is_address(text: str) -> bool:
    """Whether the text is a web address, and nothing else."""
    stripped = text.strip()
    return stripped.startswith(("https://", "http://")) and " " not in stripped and "\n" not in stripped


def unique_id(wanted: str, taken: Container[str]) -> str:
    """Return the wanted id, with a number appended if it is taken."""
    return next(each for each in chain([wanted], (f"{wanted}-{number}" for number in count(2))) if each not in taken)


def new_source(watchlist: Watchlist, key: str, url: str, title: str | None = None) -> dict[str, Any]:
    """Build a source with this address, not checked yet; its id is made from the address. Raises ChangeError."""
    program = watchlist.programs[place_of(watchlist, key)]
    host, _, rest = url.partition("://")[2].partition("/")
    tail = rest.partition("?")[0].strip("/").rpartition("/")[2].partition(".")[0]
    wanted = slug(f"{host.removeprefix('www.').rpartition('.')[0]} {tail}")[:40].strip("-")
    id = unique_id(wanted, {each.id for each in program.sources if each.id})
    return {"id": id, "title": title or url.partition("://")[2].rstrip("/"), "url": url}


def source_ids(watchlist: Watchlist, key: str, value: Any) -> tuple[Any, list[dict[str, Any]]]:
    """Replace addresses by source ids, and return the new sources needed. Raises ChangeError."""
    program = watchlist.programs[place_of(watchlist, key)]
    new: list[dict[str, Any]] = []

    def known(id: str) -> str:
        if not is_address(id):
            return id
        listed = next((one.id for one in program.sources if one.url == id and one.id), None)
        if listed is None:
            new.append(new_source(watchlist, key, id))
        return listed or str(new[-1]["id"])

    return (with_ids(value, known) or None if value is not None else None), new


def with_sources(
    document: Document, watchlist: Watchlist, key: str, planned: PlannedChange, sources: Sequence[Mapping[str, Any]]
) -> PlannedChange:
    """Put the sources that a planned change cites and that are not listed before it. Raises ChangeError."""
    if not sources:
        return planned
    first = set_facts(document, watchlist, key, {}, [("source", each) for each in sources])
    return replace(planned, edits=(*first.edits, *(each for each in planned.edits if each not in first.edits)))


def _refuse_taken(watchlist: Watchlist, place: int, record: Mapping[str, Any], where: Sequence[str | int], id: Any) -> None:
    """Refuse an id that another program, or another item of the list, already has."""
    label = watchlist.programs[place].label
    if len(where) == 1 and any(each.key == id for number, each in enumerate(watchlist.programs) if number != place):
        raise ChangeError(f'{label}: id: another program is already called "{id}"')
    if len(where) > 1 and id in others_of(record, where):
        raise ChangeError(f'{label}: {named_place(record, where)}: another {where[-3]} is already called "{id}"')


def _known(record: Mapping[str, Any], path: str) -> bool:
    """Whether a path without a declaration exists: an item of a list, or the user's own key."""
    try:
        return at(record, raw_path(record, path)) is not None
    except PathError:
        return False


def cite_fact(document: Document, watchlist: Watchlist, key: str, path: str, cite: Any) -> PlannedChange:
    """Set the source of an existing fact. Raises ChangeError."""
    place = place_of(watchlist, key)
    record = document.programs[place]
    label = watchlist.programs[place].label
    try:
        where = raw_path(record, path)
    except PathError as wrong:
        raise ChangeError(f"{label}: {wrong}") from None
    edits = cite_edits(record, place, path, where, cite)
    if not edits:
        raise ChangeError(f"{label}: {path} already cites {typed(cite)}")
    return PlannedChange(
        (*id_edits(document, watchlist, place, where), *edits), f"{label}: source of {path} is {shown_value(cite)}", key, path
    )


def add_program(document: Document, watchlist: Watchlist, name: str, values: Mapping[str, Any] | None = None) -> PlannedChange:
    """Add a program at the end, with an id made from its name. Raises ChangeError."""
    stripped = name.strip()
    if not stripped:
        raise ChangeError("a program needs a name")
    taken = {each.key for each in watchlist.programs}
    wanted = str((values or {}).get("id") or slug((values or {}).get("short") or stripped))
    if wanted in taken and "id" in (values or {}):
        raise ChangeError(f'id: another program is already called "{wanted}"')
    key = unique_id(wanted, taken)
    record = {"id": key, "name": stripped, **(values or {})}
    return PlannedChange((Add(("program",), record),), f"added {stripped}", key, "name")


def list_title(document: Document, title: str | None) -> PlannedChange:
    """Set the title of the list; None removes it. Raises ChangeError."""
    old = document.head.get("title")
    if old == title:
        raise ChangeError(f"the list is called {shown_value(old)} already" if old else "the list has no name")
    if title is None:
        return PlannedChange((Delete(("title",)),), f"the list is no longer called “{shown_value(old)}”")
    return PlannedChange((Set(("title",), title),), f"the list is now called “{shown_value(title)}”")


def add_record(
    document: Document, watchlist: Watchlist, key: str, path: str, values: Mapping[str, Any], *, cite: Any = None
) -> PlannedChange:
    """Add an item to a list of records, as in `catalyst` or `safety.report`, in the order of their declaration.

    Raises ChangeError.
    """
    place = place_of(watchlist, key)
    record = document.programs[place]
    label = watchlist.programs[place].label
    declared = declaration(path)
    if declared is None or declared.kind != "records" or declared.record is None:
        raise ChangeError(f"{label}: {path} is not a list of records")
    where = raw_path(record, path)
    kind = declared.record
    given = {**values, **({"cite": cite} if cite is not None else {})}
    order = (*facts(kind), *(each for each in given if each not in facts(kind)))
    written = {each: given[each] for each in order if given.get(each) is not None}
    items = at(record, where) or []
    if "id" in facts(kind) and facts(kind)["id"].kind == "id" and written.get("id") in item_names(kind, items):
        raise ChangeError(f'{label}: id: another {declared.key} is already called "{written["id"]}"')
    if "id" in facts(kind) and "event" in written and "id" not in written:
        unique = unique_id(slug(written["event"])[:40].strip("-"), item_names(kind, items))
        written = {"id": unique, **written}
    if not written:
        raise ChangeError(f"{label}: nothing was filled in")
    name = item_names(kind, [*items, written])[-1]
    new = joined((*split(path), name))
    added = Add(("program", place, *where), written)
    edits = (*id_edits(document, watchlist, place), added, *unlent(record, place, new, written))
    return PlannedChange(edits, f"{label}: added {declared.key} {name}", key, new)


def delete(document: Document, watchlist: Watchlist, key: str, path: str | None = None) -> PlannedChange:
    """Delete a whole program, or one record or fact of it. Raises ChangeError."""
    place = place_of(watchlist, key)
    label = watchlist.programs[place].label
    if path is None:
        after = watchlist.programs[place + 1 : place + 2] or watchlist.programs[max(0, place - 1) : place]
        return PlannedChange((Delete(("program", place)),), f"deleted {label}", after[0].key if after else None)
    if leads_to_sponsor(path):
        return _set_sponsor(document, watchlist, key, {path: None})
    record = document.programs[place]
    try:
        where = raw_path(record, path)
    except PathError as wrong:
        raise ChangeError(f"{label}: {wrong}") from None
    if at(record, where) is None:
        known = declaration(path) is not None or where[:1] == ("cite",)
        raise ChangeError(f"{label}: {path} is not there" if known else f"{label}: {unknown_field(path)}")
    if where == ("name",):
        raise ChangeError(f"{label}: a program needs a name")
    edits: list[Edit] = [*id_edits(document, watchlist, place, where, gone=True), Delete(("program", place, *where))]
    unit = cited_unit(path)
    if unit not in (path, None) and isinstance(at(record, raw_path(record, unit or "")), list):  # the list changes
        edits += uncite_edits(record, place, path, where)
    return PlannedChange(tuple(edits), f"{label}: deleted {named_place(record, where)}", key, None)


def set_many(
    document: Document,
    watchlist: Watchlist,
    keys: Iterable[str],
    path: str,
    change: Mapping[str, Any],
    words: str,
    *,
    keep: bool = False,
) -> PlannedChange:
    """Set the same field of several programs in one step; `change` has each program's value, None to delete it.

    With `keep` the old sources stand behind the new values too.
    """
    edits: list[Edit] = []
    last = None
    for key in keys:
        try:
            planned = set_fact(document, watchlist, key, path, change[key], keep=keep)
        except ChangeError:
            continue  # it already has that value
        edits.extend(planned.edits)
        last = key
    if not edits:
        raise ChangeError(f"nothing to change: {words}")
    return PlannedChange(tuple(edits), words, last, path)


def together(several: Sequence[PlannedChange], words: str) -> PlannedChange:
    """Join several planned changes of the same document to one step. Deletions of programs must come last to first."""
    edits = tuple(edit for each in several for edit in each.edits)
    last = several[-1] if several else None
    return PlannedChange(edits, words, last.program if last else None, last.path if last else None)


def shown_value(value: Any) -> str:
    """Format a value for a message, short."""
    if value is None:
        return "–"
    if isinstance(value, dict) and not is_cite(value):
        return "a record"
    if isinstance(value, list) and value and all(isinstance(each, dict) and not is_cite(each) for each in value):
        return counted(len(value), "record")
    typed = as_typed(value) or "nothing"
    first = typed.split("\n", 1)[0]
    return first if len(first) <= 40 and first == typed else f"{first[:39]}…"
