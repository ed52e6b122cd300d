"""Describes any record in words from its declaration: title, text of each field, one line for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .fields import facts, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .fields import Fact

__all__ = [
    "SHORT",
    "apart_from",
    "counted",
    "field_texts",
    "inside",
    "record_line",
    "short",
    "title_of",
    "value_text",
]

SHORT = 80  # characters of a value inside a sentence or a cell


def inside(fact: Fact) -> str:
    """Return the name of a field for use inside a sentence: lower case, except abbreviations."""
    first = fact.label.split(" ")[0]
    return fact.label if not first[1:].islower() else fact.label[0].lower() + fact.label[1:]


def counted(number: int, word: str, words: str = "") -> str:
    """Format a number with its noun: `1 program`, `2 programs`; `words` is an irregular plural."""
    return f"{number} {word if number == 1 else words or f'{word}s'}"


def short(text: str, limit: int = SHORT) -> str:
    """Shorten a text to one line."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def value_text(fact: Fact, value: Any) -> str:
    """Format the value of a field; of a record or a list of records, all their fields. Empty if absent."""
    if value is None or value is False or value == ():
        return ""
    if fact.kind == "record":
        return record_line(value)
    if fact.kind == "records":
        return "; ".join(map(record_line, value))
    if fact.kind == "map":
        return ", ".join(f"{key}: {' and '.join(each.text for each in cited)}" for key, cited in value.items())
    if value is True:
        return "yes"
    if isinstance(value, tuple):
        return ", ".join(getattr(each, "counts", None) or str(getattr(each, "text", each)) for each in value)
    return getattr(value, "counts", None) or getattr(value, "text", None) or str(value)


def title_of(record: Any) -> str:
    """Return the title of a record: the first non-empty field of its kind's titles; else empty."""
    kind = kind_of(type(record))
    found = (getattr(record, each, None) for each in (kind.titles if kind is not None else ()))
    return next((short(getattr(each, "text", None) or str(each)) for each in found if each), "")


def apart_from(record: Any) -> tuple[str, ...]:
    """Return the words that distinguish a record from others of the same title."""
    kind = kind_of(type(record))
    title = title_of(record)
    found = (getattr(record, each, None) for each in (kind.apart if kind is not None else ()))
    texts = (short(getattr(each, "text", None) or str(each)) for each in found if each)
    return tuple(each for each in texts if each != title)


def field_texts(record: Any) -> Iterator[tuple[Fact, str]]:
    """Return each field of a record with its text, except its title."""
    kind = kind_of(type(record))
    titles = kind.titles if kind is not None else ()
    title = next((each for each in titles if getattr(record, each, None)), None)
    declared: type = type(record)
    for each in facts(declared).values():
        if each.attribute != title and (text := value_text(each, getattr(record, each.attribute))):
            yield each, text


def record_line(record: Any) -> str:
    """Describe a record in one line: `clinical hold, agency FDA, placed 2023-12-22`."""
    told = (title_of(record), *(f"{inside(fact)} {text}" for fact, text in field_texts(record)))
    return short(", ".join(each for each in told if each), 4 * SHORT)
