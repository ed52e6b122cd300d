"""Declarations of fields and record kinds, made once on a dataclass and read everywhere."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "KINDS",
    "Fact",
    "RawPath",
    "RecordKind",
    "declared",
    "fact",
    "facts",
    "kind_of",
    "listed",
    "plain_key",
    "rate_in",
    "walk",
]

RawPath = tuple[str | int, ...]
"""A place in plain data: keys and list positions from the document's root, as in ("program", 3, "catalyst", 0, "when")."""

KINDS = (
    "id",  # a stable key, [a-z0-9-]
    "text",  # one line
    "prose",  # Markdown, may run over several lines
    "words",  # a list of short texts
    "term",  # a word of a vocabulary
    "link",  # an https address
    "flag",  # true or false
    "count",  # a whole number, zero or more
    "date",  # a TOML date, or words where only the month or quarter is known
    "guidance",  # a date phrase, read as of the day it was said
    "until",  # a date phrase, also after "into", "to" or "through"
    "rate",  # "n/N", or "2.4%"
    "rates",  # a table of rates by name
    "cites",  # a source id, one with its quote, or a list of them
    "map",  # a table of cites by dotted field path
    "record",  # a table with declared fields of its own
    "records",  # a list of such tables
)


@dataclass(frozen=True, slots=True)
class Fact:
    """The declaration of one field.

    `key` is the field's name in the file, `attribute` its name on the dataclass; `vocabulary` names the list of words that a
    `term` (or each of the `words`) is taken from; `record` is the dataclass of a `record` or of each of the `records`.
    `registry` marks a field written by a registry refresh and not edited, `bulk` one that can be set on many programs at once;
    `sourced` is False for names and the user's own words, which need no source; `pane` is the pane of a
    program's field that has one to itself; `names` is the kind of record at the top of the file whose name a text is.
    """

    attribute: str
    key: str
    kind: str
    label: str
    help: str
    vocabulary: str | None = None
    record: type | None = None
    registry: bool = False
    bulk: bool = False
    sourced: bool = True
    pane: str = ""
    names: type | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """The declaration of a kind of record, as `record_kind` on its dataclass.

    `key` is its key in the file, `heading` its title, `help` its description; `label` and `plural` name one and many inside a
    sentence. `identity` holds the attributes that identify a record in its list, the strictest set first.
    `names` are the fields that a path names it by, before its place; without them, a slug of `named_by` is its
    key. `titles` are its possible titles, the first non-empty one wins; `apart` distinguishes it from others of that title.
    `pane` shows it; without one, the pane of the record around it does. An `inline` list is written and edited inside the
    record around it, `one_a_line` if so; `plain` is the key that a bare text sets.
    """

    key: str
    heading: str
    help: str
    label: str
    plural: str = ""
    identity: tuple[tuple[str, ...], ...] = ()
    names: tuple[str, ...] = ()
    named_by: str = ""
    titles: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    pane: str = ""
    inline: bool = False
    one_a_line: bool = False
    plain: str = ""


def fact(
    kind: str,
    label: str,
    help: str,
    *,
    key: str | None = None,
    vocabulary: str | None = None,
    record: type | None = None,
    default: Any = None,
    **more: Any,
) -> Any:
    """Declare a field; `more` are the further attributes of a Fact."""
    assert kind in KINDS, kind
    declaration = {"kind": kind, "key": key, "label": label, "help": help, "vocabulary": vocabulary, "record": record, **more}
    if default is MISSING:
        return field(metadata={"fact": declaration})
    return field(default=default, metadata={"fact": declaration})


def rate_in(fact: Fact, name: str) -> Fact:
    """Return the declaration of one rate in a table of rates."""
    return replace(fact, attribute=name, key=name, kind="rate", label=f"{fact.label}: {name}")


def listed(record: type, *, default: Any = (), **more: Any) -> Any:
    """Declare the field that holds the records of a kind; everything else is declared on their class."""
    kind = kind_of(record)
    assert kind is not None, record
    return fact("records", kind.heading, kind.help, key=kind.key, record=record, default=default, **more)


def kind_of(record: type | None) -> RecordKind | None:
    """Return the kind of record declared on a dataclass, None for a mere group of fields."""
    return getattr(record, "record_kind", None)


def plain_key(record: type | None) -> str:
    """Return the key that a bare text in a list of records sets, "" if there is none."""
    kind = kind_of(record)
    return kind.plain if kind is not None else ""


@cache
def facts(record: type) -> dict[str, Fact]:
    """Return the declarations of a record by their key in the file, in writing order."""
    found = {}
    for each in fields(record):
        declaration = each.metadata.get("fact")
        if declaration is not None:
            key = declaration["key"] or each.name
            found[key] = Fact(attribute=each.name, **{**declaration, "key": key})
    return found


@cache
def declared(record: type, attribute: str) -> Fact:
    """Return the declaration of one attribute. Raises KeyError if it has none."""
    for each in facts(record).values():
        if each.attribute == attribute:
            return each
    raise KeyError(attribute)


def walk(record: type, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Fact]]:
    """Yield every declared field below a record, depth first, each with the keys that lead to it."""
    for key, each in facts(record).items():
        yield (*path, key), each
        if each.record is not None:
            yield from walk(each.record, (*path, key))
