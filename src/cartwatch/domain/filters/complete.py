"""Completes the term of a filter that is being typed: the name of a field, then its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.dates.countdown import STATES
from cartwatch.domain.vocabulary import VOCABULARIES

from .fields import LEADING, Field, field_names, find_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["complete_filter", "complete_term"]

_LONGEST = 60  # characters of a value that is offered
_FEWEST = 2  # letters of a word before it is taken for the beginning of a field


def complete_term(typed: str, values_of: Callable[[Field], Iterable[str]]) -> list[tuple[str, str]]:
    """Return what a typed term may become, each with the help of its field; `!` and earlier sides of `|` stay.

    `values_of` gives the values that the list has in a field.
    """
    start = max(typed.rfind("|") + 1, len(typed) - len(typed.lstrip("!")))
    before, name, colon, value = typed[:start], *typed[start:].partition(":")
    if not colon:
        names = (each for each in field_names() if each.startswith(name.casefold()) and ("." in name or "." not in each))
        return [(f"{before}{each}:", field.help) for each in names if (field := find_field(each)) is not None]
    field = find_field(name)
    if field is None or field.name in LEADING:
        return []
    if field.kind == "state":
        words: Iterable[str] = STATES
    elif field.vocabulary is not None:
        words = VOCABULARIES[field.vocabulary].words
    elif field.kind in ("text", "words", "term"):
        words = dict.fromkeys(each for each in values_of(field) if len(each) <= _LONGEST)
    else:
        return []
    quoted = (f'"{each}"' if any(map(str.isspace, each)) else each for each in words if '"' not in each)
    wanted = value.casefold().lstrip('"')
    return [(f"{before}{name}:{each}", field.help) for each in quoted if each.casefold().lstrip('"').startswith(wanted)]


def complete_filter(text: str, values_of: Callable[[Field], Iterable[str]]) -> str | None:
    """Return a typed filter with its last term completed, as it is typed so far; None where nothing is known."""
    at = text.rfind(" ") + 1 if text.count('"') % 2 == 0 else text.rfind(" ", 0, text.rfind('"')) + 1
    term = text[at:]
    if not term.strip("!|") or (":" not in term and len(term.lstrip("!")) < _FEWEST):
        return None
    for found, _ in complete_term(term, values_of):
        if len(found) > len(term) and found.casefold().startswith(term.casefold()):
            return text + found[len(term) :]
    return None
