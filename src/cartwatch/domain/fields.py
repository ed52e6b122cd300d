"""A field's declaration: its kind, words and help, written once on the dataclass and read by everything that needs it."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KINDS", "Fact", "declared", "fact", "facts", "walk"]

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
    "rate",  # "n/N", or "2.4%"
    "cites",  # a source id, or a list of them
    "map",  # a table of cites by dotted field path
    "record",  # a table with declared fields of its own
    "records",  # a list of such tables
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What is declared of one field.

    `key` is the field's name in the file, `attribute` its name on the dataclass; `vocabulary` names the list of words that a
    `term` (or each of the `words`) is taken from; `record` is the dataclass of a `record` or of each of the `records`.
    """

    attribute: str
    key: str
    kind: str
    label: str
    help: str
    vocabulary: str | None = None
    record: type | None = None
    registry: bool = False


def fact(
    kind: str,
    label: str,
    help: str,
    *,
    key: str | None = None,
    vocabulary: str | None = None,
    record: type | None = None,
    registry: bool = False,
    default: Any = None,
) -> Any:
    """Declare a field; `registry` marks what a registry refresh writes and no person edits."""
    assert kind in KINDS, kind
    declaration = {
        "kind": kind,
        "key": key,
        "label": label,
        "help": help,
        "vocabulary": vocabulary,
        "record": record,
        "registry": registry,
    }
    if default is MISSING:
        return field(metadata={"fact": declaration})
    return field(default=default, metadata={"fact": declaration})


@cache
def facts(record: type) -> dict[str, Fact]:
    """The declarations of a record by the keys that the file uses, in the order they are written."""
    found = {}
    for each in fields(record):
        declaration = each.metadata.get("fact")
        if declaration is not None:
            key = declaration["key"] or each.name
            found[key] = Fact(attribute=each.name, **{**declaration, "key": key})
    return found


@cache
def declared(record: type, attribute: str) -> Fact:
    """The declaration of one attribute. Raises KeyError where it has none."""
    for each in facts(record).values():
        if each.attribute == attribute:
            return each
    raise KeyError(attribute)


def walk(record: type, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Fact]]:
    """Every declared field below a record, depth first, each with the keys that lead to it."""
    for key, each in facts(record).items():
        yield (*path, key), each
        if each.record is not None:
            yield from walk(each.record, (*path, key))
