"""What can come next while a filter is typed: names of fields, and the values that the watchlist has in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .dates.countdown import STATES
from .filters.fields import field_names, find_field
from .filters.matching import folded, present
from .vocabulary import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .filters.fields import Field
    from .watchlist import Watchlist

__all__ = ["Completion", "completions"]

_SHOWN = 50
_SPANS = ("30d", "90d", "180d", "1y")
_AGES = (">90d", ">180d", ">1y")
_RATES = ("<5%", "<10%", ">=10%", ">=50%")


class Completion(NamedTuple):
    """A text that can replace the characters from `start` to `end`."""

    start: int
    end: int
    text: str
    help: str


def completions(text: str, watchlist: Watchlist, cursor: int | None = None) -> list[Completion]:
    """What the term left of the cursor can become: fields while a name is typed, then their values."""
    end = len(text) if cursor is None else min(cursor, len(text))
    start = _start_of_term(text, end)
    name, colon, typed = text[start:end].rpartition(":")
    if not colon:
        return [] if start == end and text[:end].endswith("|") else _names(text[start:end], start, end)
    field = find_field(name)
    if field is None:
        return []
    start = end - len(typed)
    wanted = folded(typed.strip('"'))
    found = [each for each in _candidates(field, watchlist) if wanted in folded(each)]
    found.sort(key=lambda each: not folded(each).startswith(wanted))
    return [Completion(start, end, _quoted(each), "") for each in found[:_SHOWN]]


def _start_of_term(text: str, end: int) -> int:
    start, quoted = 0, False
    for place in range(end):
        if text[place] == '"':
            quoted = not quoted
        elif not quoted and (text[place].isspace() or text[place] == "|" or (text[place] == "!" and place == start)):
            start = place + 1
    return start


def _names(typed: str, start: int, end: int) -> list[Completion]:
    wanted = typed.casefold().replace("≥", ">=")
    found = []
    for name in field_names():
        if name.startswith(wanted) and (wanted or "." not in name) and (field := find_field(name)) is not None:
            found.append(Completion(start, end, f"{name}:", field.help))
    return found


def _candidates(field: Field, watchlist: Watchlist) -> Iterable[str]:
    fixed = {
        "span": _AGES if field.name == "age" else _SPANS,
        "state": STATES,
        "rate": _RATES,
        "flag": ("yes", "no") if field.name == "pinned" else (),
        "facts": ("phase", "targets", "sponsor", "catalyst"),
    }.get(field.kind)
    if fixed is not None:
        return fixed
    found = dict.fromkeys(VOCABULARIES[field.vocabulary].words if field.vocabulary else ())
    own = {text for program in watchlist.programs for text in present(program, field) if len(text) <= 60}
    found.update(dict.fromkeys(sorted(own, key=str.casefold)))
    return found


def _quoted(value: str) -> str:
    return f'"{value}"' if any(each.isspace() or each in "|!:" for each in value) else value
